// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.tools.recall.RecallClocks.Running;
import org.pinlian.tools.recall.RecallClocks.State;
import org.pinlian.trade.Clock;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;

class RecallClocksTest {
  /** A Monday; 08:00 in China. */
  private static final Instant EFFECT = Instant.parse("2026-03-02T00:00:00Z");

  @Test
  void nothingRunsBeforeTheOrderIsInEffect() {
    for (Running clock : RecallClocks.of(food(1), Optional.empty(), List.of(), EFFECT)) {
      assertEquals(State.NOT_STARTED, clock.state());
      assertEquals(Optional.empty(), clock.deadline());
    }
  }

  @Test
  void aFoodRecallBeginsInItsHoursAndEndsInWorkingDays() {
    List<Running> clocks =
        RecallClocks.of(food(1), Optional.of(EFFECT), List.of(), EFFECT.plusSeconds(60));
    assertEquals(Clock.FOOD_RECALL_1_START, clocks.get(0).clock());
    assertEquals(
        EFFECT.plus(Duration.ofHours(24)).toEpochMilli(),
        clocks.get(0).deadline().orElseThrow().last());
    assertEquals(State.RUNNING, clocks.get(0).state());
    assertEquals(Clock.FOOD_RECALL_1_END, clocks.get(1).clock());
    // Ten working days after Monday 2 March: Monday 16 March, to its end in China.
    assertEquals(
        Instant.parse("2026-03-16T15:59:59.999Z").toEpochMilli(),
        clocks.get(1).deadline().orElseThrow().last());
  }

  @Test
  void theFirstReportKeepsTheStartAndTheClosingTheEnd() {
    Instant in = EFFECT.plus(Duration.ofHours(23));
    Instant late = EFFECT.plus(Duration.ofHours(25));
    Instant end = Instant.parse("2026-03-17T00:00:00Z");
    assertEquals(State.KEPT, state(0, late, report(OrderStep.ORDER_STEP_ACKNOWLEDGED, in)));
    assertEquals(State.LATE, state(0, late, report(OrderStep.ORDER_STEP_ACKNOWLEDGED, late)));
    assertEquals(State.OVERDUE, state(0, late));
    assertEquals(State.RUNNING, state(1, late, report(OrderStep.ORDER_STEP_PROGRESS, in)));
    assertEquals(State.OVERDUE, state(1, end, report(OrderStep.ORDER_STEP_PROGRESS, in)));
    assertEquals(State.LATE, state(1, end, report(OrderStep.ORDER_STEP_CLOSED, end)));
    assertEquals(State.KEPT, state(1, end, report(OrderStep.ORDER_STEP_CLOSED, in)));
  }

  @Test
  void whatAReportSaysOfItsOwnTimeKeepsNoClock() {
    Instant late = EFFECT.plus(Duration.ofHours(25));
    Report backdated =
        new Report(
            HashAlgorithm.SHA_256.hash("r".getBytes(StandardCharsets.UTF_8)),
            "a",
            "",
            false,
            OrderStep.ORDER_STEP_ACKNOWLEDGED,
            EFFECT,
            late,
            true,
            List.of());
    assertEquals(State.LATE, state(0, late, backdated));
  }

  @Test
  void progressOfADrugRecallIsDueAgainAfterEachReport() {
    Order order =
        Order.newBuilder()
            .setType(OrderType.ORDER_TYPE_RECALL)
            .setGrade(1)
            .setGoods(Goods.GOODS_DRUG)
            .build();
    Instant reported = EFFECT.plus(Duration.ofHours(20));
    List<Running> clocks =
        RecallClocks.of(
            order,
            Optional.of(EFFECT),
            List.of(report(OrderStep.ORDER_STEP_PROGRESS, reported)),
            reported);
    Running progress =
        clocks.stream()
            .filter(clock -> clock.clock() == Clock.DRUG_RECALL_1_PROGRESS)
            .findFirst()
            .orElseThrow();
    // Reported on the 3rd in China, so due until the end of the 4th.
    assertEquals(
        Instant.parse("2026-03-04T15:59:59.999Z").toEpochMilli(),
        progress.deadline().orElseThrow().last());
    assertEquals(State.RUNNING, progress.state());
  }

  @Test
  void onlyRecallsHaveClocksAndNoAnnouncementNoEnd() {
    Order stop = Order.newBuilder().setType(OrderType.ORDER_TYPE_STOP_SALE).build();
    assertEquals(List.of(), RecallClocks.of(stop, Optional.of(EFFECT), List.of(), EFFECT));
    Order unannounced = food(2).toBuilder().clearAnnouncedOn().build();
    Running end =
        RecallClocks.of(unannounced, Optional.of(EFFECT), List.of(), EFFECT.plusSeconds(1)).get(1);
    assertEquals(State.NOT_STARTED, end.state());
  }

  @Test
  void aYearWithoutAnnouncedHolidaysIsSaid() {
    Instant far = Instant.parse("2031-03-03T00:00:00Z");
    Order order = food(1).toBuilder().setAnnouncedOn("2031-03-03").build();
    Running end = RecallClocks.of(order, Optional.of(far), List.of(), far).get(1);
    assertFalse(end.deadline().orElseThrow().announced());
  }

  private static State state(int clock, Instant now, Report... reports) {
    return RecallClocks.of(food(1), Optional.of(EFFECT), List.of(reports), now).get(clock).state();
  }

  private static Order food(int grade) {
    return Order.newBuilder()
        .setType(OrderType.ORDER_TYPE_RECALL)
        .setGrade(grade)
        .setGoods(Goods.GOODS_FOOD)
        .setAnnouncedOn("2026-03-02")
        .build();
  }

  private static Report report(OrderStep step, Instant recorded) {
    return new Report(
        HashAlgorithm.SHA_256.hash(recorded.toString().getBytes(StandardCharsets.UTF_8)),
        "a",
        "",
        false,
        step,
        recorded,
        recorded,
        true,
        List.of());
  }
}
