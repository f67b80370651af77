// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pinlian.node.findings.Inquiry.Movement;
import org.pinlian.node.findings.OrdersInEffect.InEffect;

/**
 * Goods that move although an order says that they must not. One finding for each who moved them.
 */
final class RecallRule implements Rule {
  /** More orders on the same goods say nothing more. */
  private static final int ORDERS_MAX = 16;

  @Override
  public void look(Inquiry inquiry) {
    List<InEffect> orders = OrdersInEffect.on(inquiry);
    if (orders.isEmpty()) {
      return;
    }
    for (InEffect order : orders.subList(0, Math.min(orders.size(), ORDERS_MAX))) {
      Map<String, List<Movement>> byMover = new TreeMap<>();
      for (Movement movement : inquiry.movements()) {
        if (order.holdsAt(movement.earliest())) {
          byMover.computeIfAbsent(movement.by(), _ -> new ArrayList<>()).add(movement);
        }
      }
      byMover.forEach((mover, moves) -> find(inquiry, order, mover, moves));
    }
  }

  private static void find(
      Inquiry inquiry, InEffect order, String mover, List<Movement> movements) {
    List<Told> records = new ArrayList<>();
    records.add(order.order());
    if (!order.approval().equals(order.order())) {
      records.add(order.approval());
    }
    records.add(movements.get(0).record().told());
    inquiry.find(
        FindingKind.RECALLED_GOODS_MOVED,
        records,
        "order",
        order.body().getType().name(),
        "grade",
        Integer.toString(order.body().getGrade()),
        "legal_basis",
        order.body().getLegalBasis(),
        "ordered_by",
        order.order().signer(),
        "in_effect_from",
        Times.text(order.from()),
        "moved_by",
        mover,
        "first_at",
        Times.text(movements.get(0).at()),
        "last_at",
        Times.text(movements.get(movements.size() - 1).at()),
        "movements",
        Integer.toString(movements.size()));
  }
}
