// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Order;
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
      OrderStanding.approval(told, inquiry.evidence())
          .map(approval ->
              new InEffect(told, from(told, approval), approval, liftedAt(inquiry, told)))
          .ifPresent(all::add);
    }
  }

  private static long from(Told order, Told approval) {
    long ordered = order.part().getOrder().getOrderedAt();
    return approval.equals(order) ? ordered : Math.max(ordered, approval.sequencedAt());
  }

  private static long liftedAt(Inquiry inquiry, Told order) {
    if (order.part().getOrder().getType() == OrderType.ORDER_TYPE_RECALL) {
      return Long.MAX_VALUE;
    }
    return OrderStanding.closing(order, inquiry.evidence())
        .map(Told::sequencedAt)
        .orElse(Long.MAX_VALUE);
  }
}
