// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Order;
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
   */
  record InEffect(Told order, long from, Told approval) {
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
      long ordered = told.part().getOrder().getOrderedAt();
      OrderStanding.approval(told, inquiry.evidence())
          .map(approval ->
              approval.equals(told)
                  ? new InEffect(told, ordered, told)
                  : new InEffect(told, Math.max(ordered, approval.sequencedAt()), approval))
          .ifPresent(all::add);
    }
  }
}
