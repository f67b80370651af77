// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pinlian.v1.Approval;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.Role;

/**
 * The orders on a subject that are in effect: those on itself, its lots and its class, not voided,
 * and approved where they need that (法制审核).
 */
final class OrdersInEffect {
  /** Authorities' own first: nobody hides one behind many of their own. */
  private static final Comparator<InEffect> ORDER =
      Comparator.comparing((InEffect order) -> !order.order().is(Role.ROLE_AUTHORITY))
          .thenComparingLong(InEffect::from)
          .thenComparing(order -> order.order().digest());

  private OrdersInEffect() {}

  /**
   * One order.
   *
   * @param from the instant from which it holds
   * @param approval the record that brought it into effect; the order itself where none was needed
   * @param until the instant from which it was lifted again. Closing a recall ends what is to be
   *     done under it, and leaves the goods recalled
   */
  record InEffect(Told order, long from, Told approval, long until) {
    boolean holdsAt(long instant) {
      return instant > from && instant <= until;
    }

    Order body() {
      return order.part().getOrder();
    }
  }

  static List<InEffect> on(Inquiry inquiry) {
    List<InEffect> all = new ArrayList<>();
    Set<Told> seen = new HashSet<>();
    add(inquiry, inquiry.touches(), seen, all);
    for (String wider : inquiry.wider()) {
      add(inquiry, inquiry.evidence().chain(wider).touches(), seen, all);
    }
    all.sort(ORDER);
    return all;
  }

  private static void add(
      Inquiry inquiry, List<Touch> touches, Set<Told> seen, List<InEffect> all) {
    for (Touch touch : touches) {
      Told told = touch.told();
      if (told.kind() != Kind.KIND_ORDER || !seen.add(told)) {
        continue;
      }
      Order order = told.part().getOrder();
      if (!order.getNeedsApproval()) {
        all.add(new InEffect(told, order.getOrderedAt(), told, liftedAt(inquiry, told)));
        continue;
      }
      for (Told notice : inquiry.evidence().about(told)) {
        if (approves(notice, told) && inquiry.evidence().isStanding(notice)) {
          long from = Math.max(order.getOrderedAt(), notice.sequencedAt());
          all.add(new InEffect(told, from, notice, liftedAt(inquiry, told)));
          break;
        }
      }
    }
  }

  private static long liftedAt(Inquiry inquiry, Told order) {
    long lifted = Long.MAX_VALUE;
    if (order.part().getOrder().getType() != OrderType.ORDER_TYPE_RECALL) {
      for (Told notice : inquiry.evidence().about(order)) {
        if (closes(notice, order) && inquiry.evidence().isStanding(notice)) {
          lifted = Math.min(lifted, notice.sequencedAt());
        }
      }
    }
    return lifted;
  }

  private static boolean closes(Told notice, Told order) {
    OrderProgress progress = notice.part().getOrderProgress();
    return notice.kind() == Kind.KIND_ORDER_PROGRESS
        && progress.getStep() == OrderStep.ORDER_STEP_CLOSED
        && order.hasDigest(progress.getOrder())
        && (notice.is(Role.ROLE_AUTHORITY) || notice.signer().equals(order.signer()));
  }

  private static boolean approves(Told notice, Told order) {
    if (notice.kind() != Kind.KIND_APPROVAL || notice.signer().equals(order.signer())) {
      return false;
    }
    Approval approval = notice.part().getApproval();
    return order.hasDigest(approval.getRecord());
  }
}
