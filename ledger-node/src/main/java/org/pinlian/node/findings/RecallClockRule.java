// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.pinlian.node.findings.OrdersInEffect.InEffect;
import org.pinlian.trade.Clock;
import org.pinlian.trade.Deadline;
import org.pinlian.trade.WorkingDays;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;

/**
 * A recall begins and is completed in its time (domain.md B6). It has begun with the first report
 * under it, and is completed when it is closed. Told of the goods that the order names.
 */
final class RecallClockRule implements Rule {
  private static final String ORDER = "urn:pinlian:order:";

  @Override
  public void look(Inquiry inquiry) {
    for (InEffect order : OrdersInEffect.on(inquiry)) {
      Order body = order.body();
      if (body.getType() != OrderType.ORDER_TYPE_RECALL || !names(order.order(), inquiry)) {
        continue;
      }
      Optional<Clock> start = Clock.recallStart(body.getGoods(), body.getGrade());
      if (start.isPresent() && !isReported(inquiry, order, OrderStep.ORDER_STEP_UNSPECIFIED)) {
        Instant from = Instant.ofEpochMilli(order.from());
        find(inquiry, order, start.get(), start.get().from(from, WorkingDays.china()));
      }
      Optional<Clock> end = Clock.recallEnd(body.getGoods(), body.getGrade());
      OptionalLong announced = Times.startOf(body.getAnnouncedOn());
      if (end.isPresent()
          && announced.isPresent()
          && !isReported(inquiry, order, OrderStep.ORDER_STEP_CLOSED)) {
        Deadline deadline = end.get().from(Times.day(announced.getAsLong()), WorkingDays.china());
        find(inquiry, order, end.get(), deadline);
      }
    }
  }

  /** The order's own name, which it names too, says nothing more. */
  private static boolean names(Told order, Inquiry inquiry) {
    return !inquiry.subject().startsWith(ORDER)
        && order.lines().stream()
            .anyMatch(line ->
                line.role() == LineRole.LINE_ROLE_OBJECT
                    && line.subject().equals(inquiry.subject()));
  }

  /** Whether there is a report of that step; of any, where none is asked for. */
  private static boolean isReported(Inquiry inquiry, InEffect order, OrderStep step) {
    for (Told notice : inquiry.evidence().about(order.order())) {
      if (notice.part().hasOrderProgress()
          && order.order().hasDigest(notice.part().getOrderProgress().getOrder())
          && (step == OrderStep.ORDER_STEP_UNSPECIFIED
              || notice.part().getOrderProgress().getStep() == step)
          && inquiry.evidence().isStanding(notice)) {
        return true;
      }
    }
    return false;
  }

  private static void find(Inquiry inquiry, InEffect order, Clock clock, Deadline deadline) {
    if (inquiry.passed(deadline.last())) {
      inquiry.find(
          FindingKind.RECALL_OVERDUE,
          List.of(order.order()),
          "clock",
          clock.name(),
          "what",
          clock.chinese(),
          "until",
          Times.text(deadline.last()),
          "holidays_known",
          Boolean.toString(deadline.announced()),
          "source",
          clock.source().words());
    }
  }
}
