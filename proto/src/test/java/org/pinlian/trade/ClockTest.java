// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinlian.v1.Goods;

class ClockTest {
  private static final WorkingDays CHINA = WorkingDays.china();

  private static Instant at(String time) {
    return OffsetDateTime.parse(time).toInstant();
  }

  /** In China Standard Time, to the second. */
  private static String end(Clock clock, String started) {
    Deadline deadline = clock.from(at(started), CHINA);
    return Instant.ofEpochMilli(deadline.last()).atOffset(ZoneOffset.ofHours(8)).toString();
  }

  private static final String DAYS_END = "T23:59:59.999+08:00";

  @Test
  void hoursRunFromTheMinuteThroughNightsAndHolidays() {
    assertEquals(
        "2026-10-02T09:30+08:00", end(Clock.FOOD_RECALL_1_START, "2026-10-01T09:30:00+08:00"));
    assertEquals(
        "2026-06-13T02:00+08:00", end(Clock.QUICK_TEST_OBJECTION, "2026-06-12T22:00:00+08:00"));
  }

  @Test
  void theDayIsThatOfChinaAndNotThatOfGreenwich() {
    // A minute before and a minute after midnight in China; both the 12th in Greenwich.
    assertEquals("2026-06-15" + DAYS_END, end(Clock.DRUG_RECALL_2_NOTICE, "2026-06-12T15:59:00Z"));
    assertEquals("2026-06-16" + DAYS_END, end(Clock.DRUG_RECALL_2_NOTICE, "2026-06-12T16:01:00Z"));
    assertEquals(
        "2026-06-16" + DAYS_END, end(Clock.DRUG_RECALL_2_NOTICE, "2026-06-13T00:00:00+08:00"));
  }

  @Test
  void aDayEndsWithItsLastMillisecond() {
    Deadline deadline = Clock.DRUG_RECALL_1_NOTICE.from(at("2026-06-12T10:00:00+08:00"), CHINA);
    long midnight = at("2026-06-14T00:00:00+08:00").toEpochMilli();
    assertFalse(deadline.isPast(midnight - 1));
    assertTrue(deadline.isPast(midnight));
  }

  @Test
  void leapDaysCount() {
    assertEquals(
        "2024-03-01" + DAYS_END, end(Clock.DRUG_RECALL_2_NOTICE, "2024-02-27T12:00:00+08:00"));
    assertEquals(
        "2025-03-02" + DAYS_END, end(Clock.DRUG_RECALL_2_NOTICE, "2025-02-27T12:00:00+08:00"));
    assertEquals(
        "2024-02-29T12:00+08:00", end(Clock.FOOD_RECALL_1_START, "2024-02-28T12:00:00+08:00"));
  }

  @ParameterizedTest
  @CsvSource({
    // Over the national holiday of 2026, with two Saturdays or Sundays worked: 28, 29, 30
    // September,
    // then 8, 9, 10 October.
    "2026-09-27, 6, 2026-10-10",
    "2026-09-18, 1, 2026-09-20",
    // Spring festival 2026: rest from 15 to 23 February, the 14th and 28th worked.
    "2026-02-13, 1, 2026-02-14",
    "2026-02-14, 1, 2026-02-24",
    "2026-02-27, 1, 2026-02-28",
    // The eve of the spring festival of 2024 was a working day.
    "2024-02-08, 2, 2024-02-18",
    "2025-12-31, 1, 2026-01-04",
    "2026-06-18, 1, 2026-06-22"
  })
  void workingDaysKnowHolidaysAndTheWeekendsWorkedForThem(
      LocalDate day, int n, LocalDate expected) {
    assertEquals(new WorkingDays.Counted(expected, true), CHINA.after(day, n));
  }

  @Test
  void aYearNotAnnouncedHasWeekendsOnlyAndSaysSo() {
    assertFalse(CHINA.isAnnounced(2027));
    // 1 January 2027 is a Friday.
    assertEquals(
        new WorkingDays.Counted(LocalDate.parse("2027-01-01"), false),
        CHINA.after(LocalDate.parse("2026-12-31"), 1));
    Deadline deadline = Clock.FOOD_RECALL_1_END.from(LocalDate.parse("2026-12-28"), CHINA);
    assertFalse(deadline.announced());
    assertTrue(Clock.FOOD_RECALL_1_END.from(LocalDate.parse("2026-06-01"), CHINA).announced());
    assertTrue(Clock.FAILURE_HANDLING.from(LocalDate.parse("2026-12-28"), CHINA).announced());
  }

  @Test
  void aRecallOfTheFirstGradeEndsTenWorkingDaysAfterItsAnnouncement() {
    Deadline deadline = Clock.FOOD_RECALL_1_END.from(LocalDate.parse("2026-09-24"), CHINA);
    assertEquals(at("2026-10-16T00:00:00+08:00").toEpochMilli() - 1, deadline.last());
  }

  @Test
  void countsAreBounded() {
    LocalDate day = LocalDate.parse("2026-01-01");
    assertThrows(IllegalArgumentException.class, () -> CHINA.after(day, 0));
    assertThrows(IllegalArgumentException.class, () -> CHINA.after(day, WorkingDays.COUNT_MAX + 1));
  }

  @Test
  void theGradeChoosesTheClock() {
    assertEquals(
        Optional.of(Clock.FOOD_RECALL_3_END), Clock.recallEnd(Goods.GOODS_FARM_PRODUCT, 3));
    assertEquals(Optional.of(Clock.DRUG_RECALL_1_NOTICE), Clock.recallStart(Goods.GOODS_DRUG, 1));
    assertEquals(
        Optional.of(Clock.DRUG_RECALL_2_PROGRESS), Clock.recallProgress(Goods.GOODS_DRUG, 2));
    assertEquals(Optional.empty(), Clock.recallProgress(Goods.GOODS_FOOD, 1));
    assertEquals(Optional.empty(), Clock.recallStart(Goods.GOODS_FOOD, 0));
    assertEquals(Optional.empty(), Clock.recallEnd(Goods.GOODS_COSMETIC, 1));
  }

  @Test
  void everyClockEndsAfterItStarted() {
    Instant start = at("2026-06-12T10:00:00+08:00");
    for (Clock clock : Clock.values()) {
      assertTrue(clock.from(start, CHINA).last() > start.toEpochMilli(), clock.name());
      assertFalse(clock.chinese().isEmpty());
      assertFalse(clock.start().english().isEmpty());
    }
  }
}
