// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pinlian.trade.Clock;
import org.pinlian.trade.Deadline;
import org.pinlian.trade.WorkingDays;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;

/**
 * The statutory times of a recall, and whether they are kept: the clocks that findings go by, told
 * before they run out. A time starts when the order comes into effect, or on the day it was
 * announced; what is due counts as done when the ledger recorded it, whatever it says itself.
 */
public final class RecallClocks {
  private RecallClocks() {}

  /** How a time stands. */
  public enum State {
    /** The order is not in effect, or not announced: nothing runs. */
    NOT_STARTED,
    RUNNING,
    KEPT,
    /** Done, but too late. */
    LATE,
    OVERDUE
  }

  /**
   * One time.
   *
   * @param deadline empty if it has not started
   * @param met when what is due was recorded
   */
  public record Running(
      Clock clock, Optional<Deadline> deadline, Optional<Instant> met, State state) {}

  /**
   * @param since from when the order is in effect; empty if it is not
   * @param reports under it, in any order
   * @param now the instant to tell as of
   */
  public static List<Running> of(
      Order order, Optional<Instant> since, Collection<Report> reports, Instant now) {
    if (order.getType() != OrderType.ORDER_TYPE_RECALL) {
      return List.of();
    }
    List<Running> clocks = new ArrayList<>();
    Optional<Instant> first =
        reports.stream().map(Report::recordedAt).min(Comparator.naturalOrder());
    Optional<Instant> last =
        reports.stream().map(Report::recordedAt).max(Comparator.naturalOrder());
    Optional<Instant> closed =
        reports.stream()
            .filter(report -> report.step() == OrderStep.ORDER_STEP_CLOSED)
            .map(Report::recordedAt)
            .min(Comparator.naturalOrder());
    Clock.recallStart(order.getGoods(), order.getGrade())
        .ifPresent(
            clock -> clocks.add(running(clock, since.map(from -> from(clock, from)), first, now)));
    Clock.recallProgress(order.getGoods(), order.getGrade())
        .ifPresent(clock -> {
          Optional<Deadline> due =
              since.map(from -> from(clock, last.filter(from::isBefore).orElse(from)));
          clocks.add(running(clock, due, closed, now));
        });
    Clock.recallEnd(order.getGoods(), order.getGrade())
        .ifPresent(clock -> {
          Optional<Deadline> due =
              since
                  .flatMap(_ -> date(order.getAnnouncedOn()))
                  .map(day -> clock.from(day, calendar()));
          clocks.add(running(clock, due, closed, now));
        });
    return clocks;
  }

  private static Deadline from(Clock clock, Instant start) {
    return clock.from(start, calendar());
  }

  private static WorkingDays calendar() {
    return WorkingDays.china();
  }

  private static Running running(
      Clock clock, Optional<Deadline> deadline, Optional<Instant> met, Instant now) {
    State state =
        deadline
            .map(due ->
                met.map(at -> due.isPast(at.toEpochMilli()) ? State.LATE : State.KEPT)
                    .orElse(due.isPast(now.toEpochMilli()) ? State.OVERDUE : State.RUNNING))
            .orElse(State.NOT_STARTED);
    return new Running(clock, deadline, met, state);
  }

  private static Optional<LocalDate> date(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(LocalDate.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty(); // The ledger refuses such orders; another's may have one.
    }
  }
}
