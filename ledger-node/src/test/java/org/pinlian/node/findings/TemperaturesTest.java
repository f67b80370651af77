// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.node.findings.Temperatures.Evaluation;
import org.pinlian.node.findings.Temperatures.Gap;
import org.pinlian.node.findings.Temperatures.Run;
import org.pinlian.trade.TemperatureLimits;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureMedium;
import org.pinlian.v1.TemperatureRange;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.TemperatureVerdict;

class TemperaturesTest {
  private static final long START = 1_760_000_000L;

  private final List<long[]> readings = new ArrayList<>();
  private final TemperatureLog.Builder log =
      TemperatureLog.newBuilder()
          .setCalibratedUntil("2027-01-31")
          .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
          .setMedium(TemperatureMedium.TEMPERATURE_MEDIUM_TRANSPORT)
          .setFrom(START * 1000);

  /** Seconds after the start, thousandths of a degree. */
  private TemperaturesTest read(long second, int temperature) {
    readings.add(new long[] {second, temperature});
    return this;
  }

  private Evaluation evaluate(long untilSecond) {
    TemperatureReadings.Builder packed = TemperatureReadings.newBuilder().setFromSeconds(START);
    long second = 0;
    long temperature = 0;
    for (long[] reading : readings) {
      packed.addSeconds((int) (reading[0] - second)).addSteps((int) (reading[1] - temperature));
      second = reading[0];
      temperature = reading[1];
    }
    return Temperatures.evaluate(
        log.setUntil((START + untilSecond) * 1000).build(), packed.build());
  }

  private static Run run(long start, long end, int count, int deviation, int peak, long peakAt) {
    return new Run(
        (START + start) * 1000,
        (START + end) * 1000,
        count,
        deviation,
        peak,
        (START + peakAt) * 1000);
  }

  private static Gap gap(long start, long end) {
    return new Gap((START + start) * 1000, (START + end) * 1000);
  }

  @Test
  void readingsAtBothEndsOfTheRangeAreWithin() {
    Evaluation evaluation = read(0, 2_000).read(300, 8_000).read(600, 5_000).evaluate(600);
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN, evaluation.verdict());
    assertEquals(List.of(), evaluation.runs());
    assertEquals(List.of(), evaluation.gaps());
  }

  @Test
  void aThousandthOfADegreeBeyondEitherEndIsAnExcursion() {
    Evaluation evaluation = read(0, 1_999).read(60, 5_000).read(120, 8_001).evaluate(120);
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_EXCURSION, evaluation.verdict());
    assertEquals(
        List.of(run(0, 60, 1, 1, 1_999, 0), run(120, 180, 1, 1, 8_001, 120)), evaluation.runs());
    assertEquals(120_000, evaluation.outMillis());
  }

  @Test
  void theReadingsOfTheDictionaryAreOneExcursionThoughTheirMeanIsWithin() {
    int[] celsius = {4_000, 4_500, 5_000, 6_000, 12_000, 9_000, 5_500, 4_500};
    for (int i = 0; i < celsius.length; i++) {
      read(i * 300L, celsius[i]);
    }
    Evaluation evaluation = evaluate(2_100);
    assertEquals(List.of(run(1_200, 1_800, 2, 4_000, 12_000, 1_200)), evaluation.runs());
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_EXCURSION, evaluation.verdict());
  }

  /**
   * GiterLab bvfile T301: 3,091 points of 300 s, 60 above 8 degrees at the tail, 18,000 s; lowest,
   * highest and their places as its header has them, the readings between made up.
   */
  @Test
  void aRealLoggersRunIsAsLongAsItsOwnHeaderSays() {
    long start = OffsetDateTime.parse("2020-05-30T08:00:56+08:00").toEpochSecond();
    TemperatureReadings.Builder packed = TemperatureReadings.newBuilder().setFromSeconds(start);
    int before = 0;
    for (int i = 0; i < 3_091; i++) {
      int temperature = i == 2_851 ? 3_900 : i < 3_031 ? 5_000 : i == 3_089 ? 23_800 : 20_000;
      packed.addSeconds(i == 0 ? 0 : 300).addSteps(temperature - before);
      before = temperature;
    }
    Evaluation evaluation =
        Temperatures.evaluate(
            log.setFrom(start * 1000).setUntil((start + 3_090 * 300) * 1000).build(),
            packed.build());
    assertEquals(1, evaluation.runs().size());
    Run run = evaluation.runs().get(0);
    assertEquals(Instant.parse("2020-06-09T12:35:56Z"), Instant.ofEpochMilli(run.start()));
    assertEquals(60, run.readings());
    assertEquals(18_000_000, run.millis());
    assertEquals(15_800, run.deviation());
    assertEquals(23_800, run.peak());
    assertEquals(1_591_723_556_000L, run.peakAt());
    assertEquals(909_300_000, 3_091 * 300_000L - run.millis());
    assertEquals(List.of(), evaluation.gaps());
  }

  @ParameterizedTest
  @CsvSource({
    "TEMPERATURE_MEDIUM_TRANSPORT, 300",
    "TEMPERATURE_MEDIUM_STORAGE, 1800",
    "TEMPERATURE_MEDIUM_UNSPECIFIED, 300"
  })
  void theIntervalItselfIsAllowedAndASecondMoreIsNot(TemperatureMedium medium, long seconds) {
    log.setMedium(medium);
    Evaluation allowed = read(0, 5_000).read(seconds, 5_000).evaluate(2 * seconds);
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN, allowed.verdict());
    readings.clear();
    Evaluation gap = read(0, 5_000).read(seconds + 1, 5_000).evaluate(seconds + 1);
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_NO_DATA, gap.verdict());
    assertEquals(List.of(gap(0, seconds + 1)), gap.gaps());
  }

  @Test
  void theTimeBeforeTheFirstAndAfterTheLastReadingCountsToo() {
    Evaluation evaluation = read(301, 5_000).read(400, 5_000).evaluate(701);
    assertEquals(List.of(gap(0, 301), gap(400, 701)), evaluation.gaps());
    assertEquals(602_000, evaluation.gapMillis());
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_NO_DATA, evaluation.verdict());
  }

  @Test
  void noReadingsAreNeverWithin() {
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_NO_DATA, evaluate(0).verdict());
    assertEquals(List.of(), evaluate(0).gaps());
    assertEquals(List.of(gap(0, 301)), evaluate(301).gaps());
    assertEquals(
        TemperatureVerdict.TEMPERATURE_VERDICT_NO_DATA,
        Temperatures.evaluate(log.setUntil(log.getFrom()).build(), null).verdict());
  }

  @Test
  void anExcursionWeighsMoreThanAGap() {
    Evaluation evaluation = read(0, 9_000).read(1_000, 5_000).evaluate(1_000);
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_EXCURSION, evaluation.verdict());
    assertEquals(1, evaluation.gaps().size());
  }

  @Test
  void aGapEndsARunAndIsNotCountedAsTimeOut() {
    Evaluation evaluation =
        read(0, 9_000).read(60, 9_500).read(1_000, 9_200).read(1_060, 5_000).evaluate(1_060);
    assertEquals(
        List.of(run(0, 60, 2, 1_500, 9_500, 60), run(1_000, 1_060, 1, 1_200, 9_200, 1_000)),
        evaluation.runs());
    assertEquals(120_000, evaluation.outMillis());
    assertEquals(List.of(gap(60, 1_000)), evaluation.gaps());
  }

  @Test
  void theLabelWinsOverTheClass() {
    log.setLabelRange(TemperatureRange.newBuilder().setLowest(2_000).setHighest(25_000));
    assertEquals(
        TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN, read(0, 24_000).evaluate(60).verdict());
    log.setLabelRange(TemperatureRange.newBuilder().setLowest(2_000).setHighest(3_000));
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_EXCURSION, evaluate(60).verdict());
  }

  @Test
  void goodsWithoutALimitHaveNoExcursionsButStillGaps() {
    log.setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_NONE);
    Evaluation evaluation = read(0, 60_000).read(1_000, -60_000).evaluate(1_000);
    assertEquals(List.of(), evaluation.runs());
    assertEquals(TemperatureVerdict.TEMPERATURE_VERDICT_NO_DATA, evaluation.verdict());
  }

  @ParameterizedTest
  @CsvSource({
    "TEMPERATURE_CLASS_ROOM, 10000, 30000",
    "TEMPERATURE_CLASS_COOL, , 20000",
    "TEMPERATURE_CLASS_COLD, 2000, 10000",
    "TEMPERATURE_CLASS_TWO_TO_EIGHT, 2000, 8000",
    "TEMPERATURE_CLASS_DEEP_FROZEN, , -20000",
    "TEMPERATURE_CLASS_FROZEN, , -18000",
    "TEMPERATURE_CLASS_CHILLED_MEAT, 0, 4000",
    "TEMPERATURE_CLASS_REFRIGERATED, 0, 8000",
    "TEMPERATURE_CLASS_FRESH_PRODUCE, 0, 10000"
  })
  void everyClassHoldsAtItsLimitsAndNotAThousandthBeyond(
      TemperatureClass temperatureClass, Integer lowest, int highest) {
    log.setTemperatureClass(temperatureClass);
    assertEquals(List.of(), read(0, highest).evaluate(60).runs());
    readings.clear();
    assertEquals(1, read(0, highest + 1).evaluate(60).runs().size());
    readings.clear();
    assertEquals(
        lowest == null ? 0 : 1,
        read(0, lowest == null ? -190_000 : lowest - 1).evaluate(60).runs().size());
    readings.clear();
    assertEquals(List.of(), read(0, lowest == null ? -190_000 : lowest).evaluate(60).runs());
  }

  @ParameterizedTest
  @EnumSource(TemperatureClass.class)
  void noLimitIsEmpty(TemperatureClass temperatureClass) {
    TemperatureLimits.of(temperatureClass)
        .ifPresent(limit -> assertTrue(limit.lowest() < limit.highest()));
  }

  @Test
  void calibrationLastsToTheEndOfItsDayInChina() {
    long midnight = OffsetDateTime.parse("2027-02-01T00:00:00+08:00").toEpochSecond();
    log.setFrom((midnight - 60) * 1000);
    Evaluation evaluation =
        Temperatures.evaluate(
            log.setUntil((midnight + 60) * 1000).build(),
            TemperatureReadings.newBuilder()
                .setFromSeconds(midnight - 1)
                .addAllSeconds(List.of(0, 1, 1))
                .addAllSteps(List.of(5_000, 0, 0))
                .build());
    assertEquals(2, evaluation.uncalibrated());
    assertEquals(midnight * 1000, evaluation.uncalibratedFrom());
  }

  /** Against the plainest reading of the rule: second by second, what is known and what is out. */
  @Test
  void agreesWithCountingSecondBySecond() {
    SplittableRandom random = seeded();
    for (int round = 0; round < 300; round++) {
      readings.clear();
      int count = 1 + random.nextInt(40);
      long at = random.nextInt(400);
      for (int i = 0; i < count; i++) {
        read(at, 1_000 + random.nextInt(9_000));
        at += 1 + (random.nextInt(5) == 0 ? random.nextInt(900) : random.nextInt(300));
      }
      long last = readings.get(count - 1)[0];
      Evaluation evaluation = evaluate(last);
      long out = 0;
      long gaps = 0;
      long before = 0;
      for (int i = 0; i < count; i++) {
        long here = readings.get(i)[0];
        gaps += here - before > 300 ? here - before : 0;
        long next = i + 1 < count ? readings.get(i + 1)[0] : here;
        boolean isOut = readings.get(i)[1] < 2_000 || readings.get(i)[1] > 8_000;
        for (long second = here; isOut && next - here <= 300 && second < next; second++) {
          out++;
        }
        if (i + 1 == count && isOut && i > 0 && here - before <= 300) {
          out += here - before;
        }
        before = here;
      }
      assertEquals(out * 1000, evaluation.outMillis());
      assertEquals(gaps * 1000, evaluation.gapMillis());
    }
  }

  private static SplittableRandom seeded() {
    long seed = Long.getLong("pinlian.seed", System.nanoTime());
    System.out.println("TemperaturesTest pinlian.seed=" + seed);
    return new SplittableRandom(seed);
  }
}
