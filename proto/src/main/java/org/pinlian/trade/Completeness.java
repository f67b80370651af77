// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.Dispatch;
import org.pinlian.v1.FarmActivity;
import org.pinlian.v1.FarmRecord;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Intake;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.Trade;

/**
 * What the law says a record must state (domain.md B1, B5), and what one leaves out. A gap is a
 * finding: the record stands, and says less than it must.
 */
public final class Completeness {
  private static final Set<Role> RETAIL =
      Set.of(Role.ROLE_SHOP, Role.ROLE_CANTEEN, Role.ROLE_PHARMACY, Role.ROLE_HOSPITAL);

  private static final Requirement NAME =
      new Requirement("名称", "name", filed -> !name(filed.part()).isEmpty());
  private static final Requirement SPECIFICATION =
      new Requirement("规格", "specification", filed -> !specification(filed.part()).isEmpty());
  private static final Requirement QUANTITY =
      new Requirement("数量", "quantity", filed -> filed.trade().getQuantitiesCount() > 0);
  private static final Requirement BATCH =
      new Requirement("生产日期或者生产批号", "production date or batch", Completeness::hasBatch);
  private static final Requirement SHELF_LIFE =
      new Requirement("保质期", "shelf life", filed -> !expiry(filed.part()).isEmpty());
  private static final Requirement DATE =
      new Requirement("进货或者销售日期", "date", filed -> !date(filed.part()).isEmpty());
  private static final Requirement PARTNER =
      new Requirement(
          "对方名称", "name of the other side", filed -> says(filed, party(filed).getName()));
  private static final Requirement PARTNER_ADDRESS =
      new Requirement(
          "对方地址", "address of the other side", filed -> says(filed, party(filed).getAddress()));
  private static final Requirement PARTNER_CONTACT =
      new Requirement(
          "对方联系方式", "contact of the other side", filed -> says(filed, party(filed).getContact()));

  /** All lists. */
  public static final List<StatutoryList> ALL =
      List.of(
          new StatutoryList(
              "FOOD_INTAKE",
              "食品进货查验记录",
              filed -> filed.part().hasIntake() && filed.goods() == Goods.GOODS_FOOD,
              List.of(
                  NAME,
                  SPECIFICATION,
                  QUANTITY,
                  BATCH,
                  SHELF_LIFE,
                  DATE,
                  PARTNER,
                  PARTNER_ADDRESS,
                  PARTNER_CONTACT),
              Source.read("食品安全法", "50, 53")),
          new StatutoryList(
              "FOOD_MAKERS_SALE",
              "食品出厂检验记录",
              filed ->
                  filed.part().hasDispatch()
                      && filed.goods() == Goods.GOODS_FOOD
                      && makes(filed.roles()),
              List.of(
                  NAME,
                  SPECIFICATION,
                  QUANTITY,
                  BATCH,
                  SHELF_LIFE,
                  new Requirement("检验合格证号", "inspection of the batch", Filed::inspected),
                  DATE,
                  PARTNER,
                  PARTNER_ADDRESS,
                  PARTNER_CONTACT),
              Source.read("食品安全法", "51")),
          new StatutoryList(
              "FOOD_WHOLESALE",
              "食品批发销售记录",
              filed ->
                  filed.part().hasDispatch()
                      && filed.goods() == Goods.GOODS_FOOD
                      && !makes(filed.roles())
                      && filed.roles().stream().noneMatch(RETAIL::contains),
              List.of(
                  NAME,
                  SPECIFICATION,
                  QUANTITY,
                  BATCH,
                  SHELF_LIFE,
                  DATE,
                  PARTNER,
                  PARTNER_ADDRESS,
                  PARTNER_CONTACT),
              Source.read("食品安全法", "53")),
          new StatutoryList(
              "FARM_PRODUCT_INTAKE",
              "食用农产品进货查验记录",
              filed -> filed.part().hasIntake() && filed.goods() == Goods.GOODS_FARM_PRODUCT,
              List.of(NAME, QUANTITY, DATE, PARTNER, PARTNER_ADDRESS, PARTNER_CONTACT),
              Source.read("食品安全法", "65")),
          new StatutoryList(
              "IMPORT",
              "进口食品记录",
              filed ->
                  filed.part().hasIntake()
                      && filed.goods() == Goods.GOODS_FOOD
                      && isImport(party(filed)),
              List.of(
                  new Requirement("进口批号", "import batch", filed -> !lot(filed.part()).isEmpty()),
                  new Requirement(
                      "境外生产企业",
                      "overseas producer",
                      filed -> !party(filed).getOverseasProducer().isEmpty()),
                  new Requirement(
                      "入境货物检验检疫证明",
                      "import certificate",
                      filed -> !party(filed).getImportCertificate().isEmpty()),
                  new Requirement(
                      "原产国", "country of origin", filed -> !party(filed).getCountry().isEmpty())),
              Source.read("食品安全法", "98")),
          new StatutoryList(
              "DRUG_TRADE",
              "药品购销记录",
              filed ->
                  (filed.part().hasIntake() || filed.part().hasDispatch())
                      && filed.goods() == Goods.GOODS_DRUG,
              List.of(
                  NAME,
                  SPECIFICATION,
                  new Requirement("批号", "batch", filed -> !lot(filed.part()).isEmpty()),
                  new Requirement("有效期", "expiry", filed -> !expiry(filed.part()).isEmpty()),
                  QUANTITY,
                  DATE,
                  PARTNER),
              Source.known("药品经营质量管理规范", "", Certainty.MEDIUM)),
          new StatutoryList(
              "FARM_INPUT_USE",
              "农业投入品使用记录",
              filed ->
                  filed.part().hasFarmRecord()
                      && filed.part().getFarmRecord().getActivity()
                          == FarmActivity.FARM_ACTIVITY_INPUT_USE,
              List.of(
                  new Requirement("名称", "name", filed -> !farm(filed).getInputName().isEmpty()),
                  new Requirement(
                      "来源", "where it came from", filed -> says(filed, party(filed).getName())),
                  new Requirement("用法", "way of use", filed -> !farm(filed).getUsage().isEmpty()),
                  new Requirement("用量", "dosage", filed -> !farm(filed).getDosage().isEmpty()),
                  new Requirement(
                      "使用、停用日期", "days of use", filed -> !farm(filed).getDoneOn().isEmpty())),
              Source.read("农产品质量安全法", "27")),
          new StatutoryList(
              "COMMITMENT_CERTIFICATE",
              "承诺达标合格证",
              filed -> filed.part().hasCommitmentCertificate(),
              List.of(
                  new Requirement(
                      "产品名称", "name", filed -> !certificate(filed).getProductName().isEmpty()),
                  new Requirement("数量", "quantity", filed -> certificate(filed).hasQuantity()),
                  new Requirement(
                      "产地", "origin", filed -> !certificate(filed).getOrigin().isEmpty()),
                  new Requirement(
                      "承诺主体", "issuer", filed -> says(filed, certificate(filed).getIssuer())),
                  new Requirement(
                      "联系方式", "contact", filed -> says(filed, certificate(filed).getContact())),
                  new Requirement(
                      "开具日期",
                      "day of issue",
                      filed -> !certificate(filed).getIssuedOn().isEmpty())),
              Source.read("农产品质量安全承诺达标合格证管理办法", "农业农村部令2025年第4号")));

  private Completeness() {}

  /**
   * A record, as far as lists ask.
   *
   * @param goods of the product class; unspecified if nobody said
   * @param trade the default instance where there is none, or it may not be read
   * @param personal whether it has a personal section: a natural person's name is there, unread
   * @param roles of the signer
   * @param inspected whether an inspection of the batch that passed it is known
   */
  public record Filed(
      PublicPart part,
      Goods goods,
      Trade trade,
      boolean personal,
      Set<Role> roles,
      boolean inspected) {
    public Filed {
      roles = Set.copyOf(roles);
    }
  }

  /** One thing that must be stated. */
  public record Requirement(String chinese, String english, Predicate<Filed> met) {}

  /** What a record of some sort must state. */
  public record StatutoryList(
      String name,
      String chinese,
      Predicate<Filed> applies,
      List<Requirement> requirements,
      Source source)
      implements Row {
    public StatutoryList {
      requirements = List.copyOf(requirements);
    }

    @Override
    public String words() {
      return chinese
          + ": "
          + String.join("、", requirements.stream().map(Requirement::chinese).toList());
    }
  }

  /** What a record leaves out of what a list asks for. */
  public record Gap(StatutoryList list, Requirement requirement) {}

  /** In the order of the lists and of what they ask for; empty if nothing is left out. */
  public static List<Gap> gaps(Filed filed) {
    List<Gap> gaps = new ArrayList<>();
    for (StatutoryList list : ALL) {
      if (!list.applies().test(filed)) {
        continue;
      }
      for (Requirement requirement : list.requirements()) {
        if (!requirement.met().test(filed)) {
          gaps.add(new Gap(list, requirement));
        }
      }
    }
    return gaps;
  }

  private static boolean makes(Set<Role> roles) {
    return roles.contains(Role.ROLE_PRODUCER) || roles.contains(Role.ROLE_PROCESSOR);
  }

  /** A natural person stands in a personal section, which no rule reads. */
  private static boolean says(Filed filed, String text) {
    return !text.isEmpty() || filed.personal();
  }

  private static boolean isImport(Counterparty party) {
    return !party.getImportCertificate().isEmpty()
        || !party.getOverseasProducer().isEmpty()
        || (!party.getCountry().isEmpty() && !party.getCountry().equals("CN"));
  }

  private static Counterparty party(Filed filed) {
    return filed.trade().getCounterparty();
  }

  private static FarmRecord farm(Filed filed) {
    return filed.part().getFarmRecord();
  }

  private static CommitmentCertificate certificate(Filed filed) {
    return filed.part().getCommitmentCertificate();
  }

  // An intake and a dispatch say the same of the goods, in messages of their own; one of the two is
  // there, and the other empty.

  private static String name(PublicPart part) {
    return either(part.getIntake().getProductName(), part.getDispatch().getProductName());
  }

  private static String specification(PublicPart part) {
    return either(part.getIntake().getSpecification(), part.getDispatch().getSpecification());
  }

  private static String lot(PublicPart part) {
    return either(part.getIntake().getLot(), part.getDispatch().getLot());
  }

  private static String expiry(PublicPart part) {
    return either(part.getIntake().getExpiresOn(), part.getDispatch().getExpiresOn());
  }

  private static String date(PublicPart part) {
    return either(part.getIntake().getReceivedOn(), part.getDispatch().getDispatchedOn());
  }

  private static boolean hasBatch(Filed filed) {
    Intake intake = filed.part().getIntake();
    Dispatch dispatch = filed.part().getDispatch();
    return !lot(filed.part()).isEmpty()
        || !either(intake.getProducedOn(), dispatch.getProducedOn()).isEmpty();
  }

  private static String either(String one, String other) {
    return one.isEmpty() ? other : one;
  }
}
