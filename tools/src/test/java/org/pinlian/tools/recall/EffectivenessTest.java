// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.recall.Effectiveness.Row;
import org.pinlian.tools.recall.Report.Amounts;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.Whereabouts;

class EffectivenessTest {
  private static final String LOT = "https://id.gs1.org/01/09520000000011/10/L1";
  private static final String OTHER = "https://id.gs1.org/01/09520000000011/10/L2";
  private static final Instant T = Instant.parse("2026-03-02T00:00:00Z");

  @Test
  void allIsAccountedForWhenTheFourTogetherAreWhatWasHeld() {
    List<Holding> had = List.of(lot("a", LOT, "100"), lot("b", LOT, "50.5"));
    Effectiveness effect =
        Effectiveness.of(
            had,
            had,
            List.of(
                report("a", 1, amounts(LOT, "KGM", "60", "20", "15", "5")),
                report("b", 2, amounts(LOT, "KGM", "50.5", "0", "0", "0"))));
    assertTrue(effect.complete());
    assertEquals(2, effect.acknowledged());
    assertEquals(new BigDecimal("150.5"), requireNonNull(effect.totals().get("KGM")).held());
    assertEquals(
        new BigDecimal("100.0"),
        requireNonNull(effect.totals().get("KGM")).percent().orElseThrow());
  }

  @Test
  void whatIsNotQuiteAllIsNotAHundredPercent() {
    List<Holding> had = List.of(lot("a", LOT, "100000"));
    Effectiveness effect =
        Effectiveness.of(
            had, had, List.of(report("a", 1, amounts(LOT, "KGM", "99999", "0", "0", "0"))));
    assertEquals(
        new BigDecimal("99.9"), requireNonNull(effect.totals().get("KGM")).percent().orElseThrow());
    assertEquals(List.of("a"), open(effect));
    assertEquals("1", requireNonNull(effect.rows().get(0).open().get("KGM")).toPlainString());
  }

  @Test
  void anAcknowledgementAccountsForNothing() {
    List<Holding> had = List.of(lot("a", LOT, "10"), lot("b", LOT, "10"));
    Effectiveness effect = Effectiveness.of(had, had, List.of(report("a", 1)));
    assertEquals(1, effect.acknowledged());
    assertEquals(List.of("a", "b"), open(effect));
    assertEquals(T.plusSeconds(1), effect.rows().get(0).acknowledged().orElseThrow());
    assertTrue(effect.rows().get(1).acknowledged().isEmpty());
  }

  @Test
  void oneHoldersExcessDoesNotHideAnothersGap() {
    List<Holding> had = List.of(lot("a", LOT, "10"), lot("b", LOT, "10"));
    Effectiveness effect =
        Effectiveness.of(
            had, had, List.of(report("a", 1, amounts(LOT, "KGM", "20", "0", "0", "0"))));
    assertTrue(effect.rows().get(0).over());
    assertEquals("10", requireNonNull(effect.totals().get("KGM")).accounted().toPlainString());
    assertEquals(
        new BigDecimal("50.0"), requireNonNull(effect.totals().get("KGM")).percent().orElseThrow());
    assertEquals(List.of("b"), open(effect));
  }

  @Test
  void unitsThatDifferCannotBeAdded() {
    List<Holding> had = List.of(lot("a", LOT, "10"));
    Effectiveness effect =
        Effectiveness.of(
            had, had, List.of(report("a", 1, amounts(LOT, "EA", "10", "0", "0", "0"))));
    Row row = effect.rows().get(0);
    assertTrue(row.unitsDiffer());
    assertFalse(row.settled());
    assertEquals("0", requireNonNull(effect.totals().get("KGM")).accounted().toPlainString());
    assertFalse(effect.totals().containsKey("EA"), "nothing was held in it");
  }

  @Test
  void reportsAreTotalsToDateAndTheLastCountsWhateverTheirOrder() {
    List<Holding> had = List.of(lot("a", LOT, "10"), lot("a", OTHER, "5"));
    List<Report> reports =
        new ArrayList<>(
            List.of(
                report("a", 1, amounts(LOT, "KGM", "3", "0", "0", "0")),
                report("a", 2, amounts(LOT, "KGM", "3", "4", "0", "0")),
                report("a", 3, amounts(OTHER, "KGM", "0", "0", "5", "0")),
                report("a", 4, amounts(LOT, "KGM", "3", "6", "0", "1")),
                report("a", 5)));
    SplittableRandom dice = Seeds.random(EffectivenessTest.class);
    Effectiveness expected = Effectiveness.of(had, had, reports);
    assertEquals(
        new BigDecimal("100.0"),
        requireNonNull(expected.totals().get("KGM")).percent().orElseThrow());
    for (int n = 0; n < 50; n++) {
      Collections.shuffle(reports, dice);
      assertEquals(expected, Effectiveness.of(had, had, reports));
    }
  }

  @Test
  void aHolderKnownLaterIsFoundAndItsGoodsAreAddedIfNobodyHadThem() {
    List<Holding> then = List.of(lot("a", LOT, "10"));
    List<Holding> now = List.of(lot("a", LOT, "10"), lot("late", OTHER, "7"));
    Effectiveness effect =
        Effectiveness.of(
            then, now, List.of(report("a", 1, amounts(LOT, "KGM", "10", "0", "0", "0"))));
    Row late = effect.rows().get(1);
    assertTrue(late.late());
    assertFalse(late.moved());
    assertEquals("17", requireNonNull(effect.totals().get("KGM")).held().toPlainString());
    assertEquals(List.of("late"), open(effect));
  }

  @Test
  void goodsThatMovedSinceAreCountedOnceAndAnsweredForByWhoHasThem() {
    List<Holding> then = List.of(lot("carrier", LOT, "10"));
    List<Holding> now = List.of(lot("shop", LOT, "10"));
    Effectiveness effect = Effectiveness.of(then, now, List.of());
    assertEquals("10", requireNonNull(effect.totals().get("KGM")).held().toPlainString());
    assertEquals(List.of("shop"), open(effect));
    assertTrue(effect.rows().get(0).passedOn());
    Effectiveness told =
        Effectiveness.of(
            then, now, List.of(report("shop", 1, amounts(LOT, "KGM", "10", "0", "0", "0"))));
    assertTrue(told.complete());
    assertEquals(
        new BigDecimal("100.0"), requireNonNull(told.totals().get("KGM")).percent().orElseThrow());
  }

  @Test
  void whatWasDestroyedSinceIsStillHeldAgainstWhatWasThere() {
    List<Holding> then = List.of(lot("a", LOT, "10"));
    Effectiveness effect =
        Effectiveness.of(
            then, List.of(), List.of(report("a", 1, amounts(LOT, "KGM", "0", "10", "0", "0"))));
    assertEquals("10", requireNonNull(effect.totals().get("KGM")).held().toPlainString());
    assertFalse(effect.rows().get(0).over());
    assertTrue(effect.complete());
  }

  @Test
  void thingsWithCodesAreCountedByThePieceUnlessTheirLotIs() {
    List<Holding> units =
        List.of(
            thing("a", "https://id.gs1.org/01/09520000000011/21/S1"),
            thing("a", "urn:pinlian:cn-drug:95200110000000000001"),
            thing("a", "https://id.gs1.org/00/095200000000000011"));
    assertEquals("2", amountOf(units, "EA"));
    List<Holding> both = new ArrayList<>(units);
    both.add(lot("a", LOT, "EA", "12"));
    assertEquals("12", amountOf(both, "EA"));
  }

  @Test
  void booksThatDoNotBalanceCountAsNothingAndAreOpenUntilReported() {
    List<Holding> had = List.of(lot("a", LOT, "-3"));
    Effectiveness silent = Effectiveness.of(had, had, List.of(report("a", 1)));
    assertTrue(silent.totals().isEmpty());
    assertEquals(List.of("a"), open(silent));
    Effectiveness told =
        Effectiveness.of(
            had, had, List.of(report("a", 1, amounts(LOT, "KGM", "1", "0", "0", "0"))));
    assertTrue(told.complete());
  }

  @Test
  void whoReportsAndNeverHeldAnythingIsToldApart() {
    List<Holding> had = List.of(lot("a", LOT, "10"));
    Effectiveness effect =
        Effectiveness.of(
            had, had, List.of(report("b", 1, amounts(LOT, "KGM", "10", "0", "0", "0"))));
    assertEquals(Set.of("b"), effect.others().keySet());
    assertEquals("0", requireNonNull(effect.totals().get("KGM")).accounted().toPlainString());
    assertEquals(List.of("a"), open(effect));
  }

  @Test
  void goodsThatAreWithNobodyHereHaveNoHolder() {
    Holding sold =
        new Holding("a", Whereabouts.WHEREABOUTS_CONSUMER, LOT, 0, new TreeMap<>(), false);
    assertTrue(Effectiveness.of(List.of(sold), List.of(sold), List.of()).rows().isEmpty());
  }

  private static String amountOf(List<Holding> had, String unit) {
    return requireNonNull(Effectiveness.of(had, had, List.of()).rows().get(0).held().get(unit))
        .toPlainString();
  }

  private static List<String> open(Effectiveness effect) {
    return effect.open().stream().map(Row::participant).toList();
  }

  private static Holding lot(String who, String subject, String kilograms) {
    return lot(who, subject, "KGM", kilograms);
  }

  private static Holding lot(String who, String subject, String unit, String amount) {
    TreeMap<String, BigDecimal> left = new TreeMap<>();
    left.put(unit, new BigDecimal(amount));
    return new Holding(who, Whereabouts.WHEREABOUTS_PARTICIPANT, subject, 1, left, false);
  }

  private static Holding thing(String who, String subject) {
    return new Holding(
        who, Whereabouts.WHEREABOUTS_PARTICIPANT, subject, 1, new TreeMap<>(), false);
  }

  private static Amounts amounts(
      String subject,
      String unit,
      String recovered,
      String destroyed,
      String sold,
      String missing) {
    return new Amounts(
        subject,
        unit,
        new BigDecimal(recovered),
        new BigDecimal(destroyed),
        new BigDecimal(sold),
        new BigDecimal(missing));
  }

  private static Report report(String who, int second, Amounts... amounts) {
    return new Report(
        HashAlgorithm.SHA_256.hash((who + second).getBytes(StandardCharsets.UTF_8)),
        who,
        "",
        false,
        OrderStep.ORDER_STEP_PROGRESS,
        T.plusSeconds(second),
        T.plusSeconds(second),
        true,
        List.of(amounts));
  }
}
