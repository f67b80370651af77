// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.v1.Approval;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderQuantities;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Trade;

/**
 * The records of one order. Each is on the chain of the order's own name too, where whoever follows
 * the order finds them all; what puts it into effect or ends it is on the goods as well, so that
 * their story says so.
 *
 * @param name {@code urn:pinlian:order:AUTHORITY:NUMBER}
 * @param goods that it names, those asked about first
 */
public record OrderDrafts(Subject name, List<Subject> goods) {
  public OrderDrafts {
    goods = List.copyOf(goods);
  }

  public Draft order(Order order) {
    return on(goods, PublicPart.newBuilder().setOrder(order));
  }

  /**
   * @param at the order, as a subject
   * @param opinion may be empty
   */
  public Draft approval(Subject at, Hash order, String opinion) {
    Approval approval = Approval.newBuilder().setRecord(bytes(order)).setOpinion(opinion).build();
    return on(goods, PublicPart.newBuilder().setApproval(approval))
        .line(LineRole.LINE_ROLE_RECORD, at);
  }

  /**
   * @param at the order, as a subject
   * @param of goods that it is about; the amounts are of the first
   * @param amounts totals to date; their line is set here
   */
  public Draft progress(
      Subject at,
      OrderProgress.Builder progress,
      Hash order,
      List<Subject> of,
      OrderQuantities.@Nullable Builder amounts) {
    Draft draft =
        on(of, PublicPart.newBuilder().setOrderProgress(progress.setOrder(bytes(order))))
            .line(LineRole.LINE_ROLE_RECORD, at);
    return amounts == null
        ? draft
        : draft.trade(Trade.newBuilder().addOrderQuantities(amounts.setLine(0)).build());
  }

  private Draft on(List<Subject> touched, PublicPart.Builder part) {
    Draft draft = Draft.of(part);
    touched.forEach(subject -> draft.line(LineRole.LINE_ROLE_OBJECT, subject));
    return draft.line(LineRole.LINE_ROLE_OBJECT, name);
  }

  private static ByteString bytes(Hash hash) {
    return ByteString.copyFrom(hash.bytes());
  }
}
