// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.trade.TemperatureLimits;
import org.pinlian.trade.TemperatureLimits.Interval;
import org.pinlian.trade.TemperatureLimits.Limit;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.TemperatureVerdict;

/**
 * What the readings of a temperature log say (domain.md B4). A reading stands for the time until
 * the next one; the last stands for as long as the one before it. Where the next reading comes
 * later than allowed, the reading stands for no time: nothing is known of it, which is not the same
 * as well.
 */
public final class Temperatures {
  /** Calibration ends with a day in China. */
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  private Temperatures() {}

  /**
   * Readings in a row outside the limit, without a gap among them. Instants in milliseconds.
   *
   * @param end when the last of them stops standing for its time
   * @param deviation the greatest, in thousandths of a degree
   * @param peak the reading of the greatest deviation, the first of equals
   */
  public record Run(long start, long end, int readings, int deviation, int peak, long peakAt) {
    long millis() {
      return end - start;
    }
  }

  /** No reading for longer than allowed, from one reading, or end of the log, to the next. */
  public record Gap(long start, long end) {
    long millis() {
      return end - start;
    }
  }

  /**
   * All that the readings of one log say.
   *
   * @param limit null where none applies
   * @param readings how many there are
   * @param runs in the order of time
   * @param gaps in the order of time
   * @param uncalibrated how many readings were taken after the calibration ran out
   * @param uncalibratedFrom the first of those, in milliseconds; 0 if there is none
   */
  public record Evaluation(
      @Nullable Limit limit,
      Interval interval,
      int readings,
      List<Run> runs,
      List<Gap> gaps,
      int uncalibrated,
      long uncalibratedFrom) {

    public Evaluation {
      runs = List.copyOf(runs);
      gaps = List.copyOf(gaps);
    }

    /** Without readings for all of the time, it was never "within". */
    public TemperatureVerdict verdict() {
      if (!runs.isEmpty()) {
        return TemperatureVerdict.TEMPERATURE_VERDICT_EXCURSION;
      }
      return readings == 0 || !gaps.isEmpty()
          ? TemperatureVerdict.TEMPERATURE_VERDICT_NO_DATA
          : TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN;
    }

    /** All time out of limits. */
    long outMillis() {
      long millis = 0;
      for (Run run : runs) {
        millis += run.millis();
      }
      return millis;
    }

    int readingsOut() {
      int count = 0;
      for (Run run : runs) {
        count += run.readings();
      }
      return count;
    }

    long gapMillis() {
      long millis = 0;
      for (Gap gap : gaps) {
        millis += gap.millis();
      }
      return millis;
    }
  }

  /**
   * Walks once over the readings.
   *
   * @param log well formed
   * @param readings well formed, or null if the log has none
   */
  public static Evaluation evaluate(TemperatureLog log, @Nullable TemperatureReadings readings) {
    Limit limit =
        log.hasLabelRange()
            ? TemperatureLimits.of(log.getLabelRange())
            : TemperatureLimits.of(log.getTemperatureClass()).orElse(null);
    Interval interval = TemperatureLimits.interval(log.getMedium());
    Walk walk = new Walk(limit, interval.millis(), log.getFrom(), calibrationEnd(log));
    int count = readings == null ? 0 : readings.getSecondsCount();
    if (readings != null) {
      long seconds = readings.getFromSeconds();
      int temperature = 0;
      for (int i = 0; i < count; i++) {
        seconds += Integer.toUnsignedLong(readings.getSeconds(i));
        temperature += readings.getSteps(i);
        walk.read(seconds * 1000, temperature);
      }
    }
    walk.finish(log.getUntil());
    return new Evaluation(
        limit, interval, count, walk.runs, walk.gaps, walk.uncalibrated, walk.uncalibratedFrom);
  }

  private static long calibrationEnd(TemperatureLog log) {
    return LocalDate.parse(log.getCalibratedUntil())
        .plusDays(1)
        .atStartOfDay()
        .toInstant(CHINA)
        .toEpochMilli();
  }

  /** Once over the readings, keeping the one before. */
  private static final class Walk {
    private final @Nullable Limit limit;
    private final long intervalMillis;
    private final long from;
    private final long calibrationEnd;
    private final List<Run> runs = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private int uncalibrated;
    private long uncalibratedFrom;

    private boolean started;
    private long previousAt;
    private long previousStep;

    private boolean out;
    private long runStart;
    private int runReadings;
    private int runDeviation;
    private int runPeak;
    private long runPeakAt;

    Walk(@Nullable Limit limit, long intervalMillis, long from, long calibrationEnd) {
      this.limit = limit;
      this.intervalMillis = intervalMillis;
      this.from = from;
      this.calibrationEnd = calibrationEnd;
    }

    void read(long at, int temperature) {
      long since = started ? previousAt : from;
      boolean gap = at - since > intervalMillis;
      if (gap) {
        gaps.add(new Gap(since, at));
        closeRun(previousAt);
      }
      if (at >= calibrationEnd) {
        uncalibratedFrom = uncalibrated == 0 ? at : uncalibratedFrom;
        uncalibrated++;
      }
      int deviation = limit == null ? 0 : limit.deviation(temperature);
      if (deviation == 0) {
        closeRun(at);
      } else {
        if (!out) {
          out = true;
          runStart = at;
          runReadings = 0;
          runDeviation = 0;
        }
        runReadings++;
        if (deviation > runDeviation) {
          runDeviation = deviation;
          runPeak = temperature;
          runPeakAt = at;
        }
      }
      previousStep = started && !gap ? at - previousAt : 0;
      previousAt = at;
      started = true;
    }

    void finish(long until) {
      closeRun(previousAt + previousStep);
      long since = started ? previousAt : from;
      if (until - since > intervalMillis) {
        gaps.add(new Gap(since, until));
      }
    }

    private void closeRun(long end) {
      if (out) {
        runs.add(new Run(runStart, end, runReadings, runDeviation, runPeak, runPeakAt));
        out = false;
      }
    }
  }
}
