// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.EventAction;

/**
 * The types of 单据 (domain.md B2), and what each is in the ledger: the one table of it.
 *
 * <p>Goods that come from another firm are an answer to its custody offer, or a one-sided intake
 * where there is none; goods that go to another firm are an offer, or a one-sided dispatch where
 * that firm is not in the ledger. What happens within one firm, or is to be said of the goods
 * beside their changing hands, is a trace event on the codes.
 */
public enum BillType {
  PRODUCTION_IN(
      101,
      "生产入库",
      Movement.NONE,
      Transaction.PRODUCTION,
      Said.of("storing", "in_progress"),
      "the codes came to be with the packaging relation; this puts them into the maker's own stock"),
  PURCHASE_IN(102, "采购入库", Movement.IN, Transaction.RECEIPT, null, "bought from another firm"),
  RETURN_IN(
      103,
      "退货入库",
      Movement.IN,
      Transaction.RETURN,
      Said.of("receiving", "returned"),
      "comes back from a customer; that it was out once stays with the goods"),
  TRANSFER_IN(
      104,
      "调拨入库",
      Movement.IN_OR_NONE,
      Transaction.RECEIPT,
      Said.of("receiving", "in_progress"),
      "from another firm of a group goods change hands, between own stores they do not"),
  ODD_LOT_IN(
      106,
      "零头入库",
      Movement.NONE,
      Transaction.PRODUCTION,
      Said.of("storing", "in_progress"),
      "packs that did not fill a case, put into the maker's own stock"),
  SUPPLY_IN(107, "供应入库", Movement.IN, Transaction.RECEIPT, null, "supplied by another firm"),
  RECALL_IN(
      108,
      "召回入库",
      Movement.IN,
      Transaction.RETURN,
      Said.of("receiving", "recalled"),
      "comes back on a recall, and must not be sold again"),
  GIFT_IN(
      110, "赠品入库", Movement.IN, Transaction.RECEIPT, null, "given by another firm, price apart"),
  SURPLUS_IN(
      111,
      "盘盈入库",
      Movement.NONE,
      Transaction.NONE,
      Said.of("stock_taking", "available"),
      "found when counted: there, whatever the books said; nobody handed it over"),
  SCRAP_IN(
      112,
      "报废入库",
      Movement.NONE,
      Transaction.NONE,
      Said.of("holding", "non_sellable_other"),
      "put apart as not fit for sale; its destruction is bill 205"),
  OTHER_IN(
      113,
      "其他入库",
      Movement.IN_OR_NONE,
      Transaction.RECEIPT,
      Said.of("receiving", "in_progress"),
      "from another firm if the bill names one, else within the firm"),

  SALE_OUT(201, "销售出库", Movement.OUT, Transaction.DESPATCH, null, "sold to another firm"),
  RETURN_OUT(
      202,
      "退货出库",
      Movement.OUT,
      Transaction.RETURN,
      Said.of("shipping", "returned"),
      "goes back to the supplier"),
  TRANSFER_OUT(
      203,
      "调拨出库",
      Movement.OUT_OR_NONE,
      Transaction.DESPATCH,
      Said.of("shipping", "in_transit"),
      "to another firm of a group goods change hands, between own stores they do not"),
  REWORK_OUT(
      204,
      "返工出库",
      Movement.NONE,
      Transaction.PRODUCTION,
      Said.of("repackaging", "in_progress"),
      "taken out of stock to be packed anew; what comes of it has a packaging relation of its own"),
  DESTRUCTION_OUT(
      205,
      "销毁出库",
      Movement.NONE,
      Transaction.NONE,
      Said.end("destroying", "destroyed"),
      "the codes end here; one that is met later is not what it says"),
  SAMPLING_OUT(
      206,
      "抽检出库",
      Movement.NONE,
      Transaction.NONE,
      Said.of("sampling", "unavailable"),
      "taken as a sample by whoever inspects: not for sale any more, and not yet destroyed"),
  DIRECT_OUT(
      207,
      "直调出库",
      Movement.OUT,
      Transaction.DESPATCH,
      null,
      "sold through somebody who never has the goods: custody goes to where they are sent, destUserId"),
  PRODUCTION_OUT(
      208,
      "生产出库",
      Movement.NONE,
      Transaction.PRODUCTION,
      Said.of("picking", "unavailable"),
      "taken into production; the transformation that it goes into says what becomes of it"),
  SUPPLY_OUT(209, "供应出库", Movement.OUT, Transaction.DESPATCH, null, "supplied to another firm"),
  RECALL_OUT(
      211,
      "召回出库",
      Movement.OUT,
      Transaction.RETURN,
      Said.of("shipping", "recalled"),
      "goes back on a recall, and must not be sold on the way"),
  GIFT_OUT(212, "赠品出库", Movement.OUT, Transaction.DESPATCH, null, "given to another firm"),
  SHORTAGE_OUT(
      214,
      "盘亏出库",
      Movement.NONE,
      Transaction.NONE,
      Said.of("stock_taking", "unknown"),
      "not found when counted: not ended, since it may turn up, here (111) or elsewhere"),
  DAMAGE_OUT(
      215,
      "损坏出库",
      Movement.NONE,
      Transaction.NONE,
      Said.of("inspecting", "damaged"),
      "broken, and taken out of stock; its destruction is bill 205"),
  SCRAP_OUT(
      216,
      "报废出库",
      Movement.NONE,
      Transaction.NONE,
      Said.of("holding", "disposed"),
      "written off, and awaits its destruction, which is bill 205"),
  OTHER_OUT(
      217,
      "其他出库",
      Movement.OUT_OR_NONE,
      Transaction.DESPATCH,
      Said.of("holding", "unavailable"),
      "to another firm if the bill names one, else out of stock for a reason not given"),
  DIRECT_RETURN_OUT(
      237,
      "直调退货",
      Movement.OUT,
      Transaction.RETURN,
      Said.of("shipping", "returned"),
      "goes back to the supplier from where it was sent to, without passing the buyer");

  /** Between which parties goods change hands. */
  enum Movement {
    NONE,
    IN,
    OUT,
    /** In, if the bill names a firm other than the owner it comes from. */
    IN_OR_NONE,
    OUT_OR_NONE
  }

  /** What the bill is among the business transactions of CBV. */
  enum Transaction {
    NONE(""),
    PRODUCTION("urn:epcglobal:cbv:btt:prodorder"),
    RECEIPT("urn:epcglobal:cbv:btt:recadv"),
    DESPATCH("urn:epcglobal:cbv:btt:desadv"),
    RETURN("urn:epcglobal:cbv:btt:rma");

    private final String uri;

    Transaction(String uri) {
      this.uri = uri;
    }

    String uri() {
      return uri;
    }
  }

  /** What a trace event says of the codes. */
  record Said(EventAction action, String step, String disposition) {
    private static Said of(String step, String disposition) {
      return new Said(EventAction.EVENT_ACTION_OBSERVE, step, disposition);
    }

    private static Said end(String step, String disposition) {
      return new Said(EventAction.EVENT_ACTION_DELETE, step, disposition);
    }
  }

  private final int number;
  private final String title;
  private final Movement movement;
  private final Transaction transaction;

  @SuppressWarnings("ImmutableEnumChecker") // three values that cannot change
  private final @Nullable Said said;

  private final String reason;

  BillType(
      int number,
      String title,
      Movement movement,
      Transaction transaction,
      @Nullable Said said,
      String reason) {
    this.number = number;
    this.title = title;
    this.movement = movement;
    this.transaction = transaction;
    this.said = said;
    this.reason = reason;
  }

  /** By the number in the file. */
  static Optional<BillType> of(String number) {
    for (BillType type : values()) {
      if (Integer.toString(type.number).equals(number)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  public int number() {
    return number;
  }

  /** As the trade calls it. */
  public String title() {
    return title;
  }

  /** Why it is what it is in the ledger. */
  public String reason() {
    return reason;
  }

  Movement movement() {
    return movement;
  }

  Transaction transaction() {
    return transaction;
  }

  /**
   * Said of the codes beside their changing hands, or where they do not.
   *
   * @param changesHands whether this bill moves them
   */
  Optional<Said> said(boolean changesHands) {
    boolean either = movement == Movement.IN_OR_NONE || movement == Movement.OUT_OR_NONE;
    return either && changesHands ? Optional.empty() : Optional.ofNullable(said);
  }
}
