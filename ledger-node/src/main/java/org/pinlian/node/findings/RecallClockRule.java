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
import org.pinlian.v1.OrderType;

/**
 * A recall begins and is completed in its time (domain.md B6). It has begun with the first report
 * under it, and is completed when it is closed: in time if the ledger recorded that in time, and
 * what was done too late stays late. Told of the goods that the order names.
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
      if (start.isPresent()) {
        Instant from = Instant.ofEpochMilli(order.from());
        Deadline deadline = start.get().from(from, WorkingDays.china());
        find(inquiry, order, start.get(), deadline, begun(inquiry, order));
      }
      Optional<Clock> end = Clock.recallEnd(body.getGoods(), body.getGrade());
      OptionalLong announced = Times.startOf(body.getAnnouncedOn());
      if (end.isPresent() && announced.isPresent()) {
        Deadline deadline = end.get().from(Times.day(announced.getAsLong()), WorkingDays.china());
        find(inquiry, order, end.get(), deadline, closed(inquiry, order));
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

  /** When the first report under it was recorded. */
  private static OptionalLong begun(Inquiry inquiry, InEffect order) {
    return inquiry.evidence().about(order.order()).stream()
        .filter(notice ->
            notice.part().hasOrderProgress()
                && order.order().hasDigest(notice.part().getOrderProgress().getOrder())
                && inquiry.evidence().isStanding(notice))
        .mapToLong(Told::sequencedAt)
        .min();
  }

  /** When it was first closed by somebody entitled to close it. */
  private static OptionalLong closed(Inquiry inquiry, InEffect order) {
    return OrderStanding.closing(order.order(), inquiry.evidence()).stream()
        .mapToLong(Told::sequencedAt)
        .findFirst();
  }

  private static void find(
      Inquiry inquiry, InEffect order, Clock clock, Deadline deadline, OptionalLong done) {
    boolean inTime = done.isPresent() && !deadline.isPast(done.getAsLong());
    if (!inTime && inquiry.passed(deadline.last())) {
      inquiry.find(
          FindingKind.RECALL_OVERDUE,
          List.of(order.order()),
          "clock",
          clock.name(),
          "what",
          clock.chinese(),
          "until",
          Times.text(deadline.last()),
          "done",
          done.isPresent() ? "late" : "not yet",
          "holidays_known",
          Boolean.toString(deadline.announced()),
          "source",
          clock.source().words());
    }
  }
}
