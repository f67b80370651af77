// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pinlian.node.findings.Coldness.Had;
import org.pinlian.node.findings.Coldness.Log;
import org.pinlian.node.findings.Temperatures.Evaluation;
import org.pinlian.node.findings.Temperatures.Gap;
import org.pinlian.node.findings.Temperatures.Run;
import org.pinlian.trade.TemperatureLimits;
import org.pinlian.trade.TemperatureLimits.Limit;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.TemperatureVerdict;

/**
 * What the readings of a log say (domain.md B4): out of limits, without data, out of calibration,
 * not as its own verdict has it, not signed by a logger. For each time out of limits whoever had
 * the goods then answers: readings after the receiver's answer belong to the receiver.
 */
final class TemperatureRule implements Rule {
  private static final String DEVICE = "device:";

  /** What one holder answers for. */
  private static final class Part {
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long millis;
    private long longest;
    private int times;
    private int deviation;
    private int peak;
    private long peakAt;

    void add(long start, long end) {
      first = Math.min(first, start);
      last = Math.max(last, end);
      millis += end - start;
      longest = Math.max(longest, end - start);
      times++;
    }

    void peak(Run run) {
      if (run.deviation() > deviation) {
        deviation = run.deviation();
        peak = run.peak();
        peakAt = run.peakAt();
      }
    }
  }

  @Override
  public void look(Inquiry inquiry) {
    List<Log> logs = Coldness.logs(inquiry.touches());
    if (logs.isEmpty()) {
      return;
    }
    List<Had> custody = Coldness.custody(inquiry);
    for (Log log : logs) {
      findExcursion(inquiry, log, custody);
      findGap(inquiry, log, custody);
      findCalibration(inquiry, log);
      findVerdict(inquiry, log);
      if (!log.touch().signer().startsWith(DEVICE)) {
        inquiry.find(
            FindingKind.UNSIGNED_READINGS,
            List.of(log.touch().told()),
            "signed_by",
            log.touch().signer(),
            "device",
            log.body().getDevice());
      }
    }
  }

  private static void findExcursion(Inquiry inquiry, Log log, List<Had> custody) {
    Evaluation evaluation = log.evaluation();
    Limit limit = evaluation.limit();
    if (limit == null || evaluation.runs().isEmpty()) {
      return;
    }
    Map<String, Part> parts = new TreeMap<>();
    for (Run run : evaluation.runs()) {
      share(run.start(), run.end(), custody, parts);
      parts.computeIfAbsent(holder(custody, run.peakAt()), _ -> new Part()).peak(run);
    }
    parts.forEach((holder, part) ->
        inquiry.find(
            FindingKind.TEMPERATURE_EXCURSION,
            List.of(log.touch().told()),
            "held_by",
            holder.isEmpty() ? "unknown" : holder,
            "limit_lowest_celsius",
            limit.lowest() == TemperatureLimits.NO_LOWEST ? "none" : celsius(limit.lowest()),
            "limit_highest_celsius",
            limit.highest() == TemperatureLimits.NO_HIGHEST ? "none" : celsius(limit.highest()),
            "limit_source",
            limit.source().words(),
            "runs",
            Integer.toString(part.times),
            "start",
            part.times == 0 ? "none" : Times.text(part.first),
            "end",
            part.times == 0 ? "none" : Times.text(part.last),
            "longest_seconds",
            seconds(part.longest),
            "cumulative_seconds",
            seconds(part.millis),
            "max_deviation_celsius",
            celsius(part.deviation),
            "max_deviation_reading_celsius",
            part.deviation == 0 ? "none" : celsius(part.peak),
            "max_deviation_at",
            part.deviation == 0 ? "none" : Times.text(part.peakAt),
            "mean_kinetic_celsius",
            kinetic(log)));
  }

  private static String kinetic(Log log) {
    TemperatureReadings readings = Coldness.readings(log.touch().told());
    TemperatureClass held = log.body().getTemperatureClass();
    boolean frozen =
        held == TemperatureClass.TEMPERATURE_CLASS_FROZEN
            || held == TemperatureClass.TEMPERATURE_CLASS_DEEP_FROZEN;
    return readings == null || frozen ? "none" : KineticTemperature.text(readings);
  }

  private static void findGap(Inquiry inquiry, Log log, List<Had> custody) {
    List<Gap> gaps = log.gaps();
    if (gaps.isEmpty()) {
      return;
    }
    Map<String, Part> parts = new TreeMap<>();
    for (Gap gap : gaps) {
      share(gap.start(), gap.end(), custody, parts);
    }
    parts.forEach((holder, part) ->
        inquiry.find(
            FindingKind.TEMPERATURE_GAP,
            List.of(log.touch().told()),
            "held_by",
            holder.isEmpty() ? "unknown" : holder,
            "interval_limit_seconds",
            seconds(log.evaluation().interval().millis()),
            "limit_source",
            log.evaluation().interval().source().words(),
            "readings",
            Integer.toString(log.evaluation().readings()),
            "gaps",
            Integer.toString(part.times),
            "start",
            Times.text(part.first),
            "end",
            Times.text(part.last),
            "longest_seconds",
            seconds(part.longest),
            "cumulative_seconds",
            seconds(part.millis)));
  }

  private static void findCalibration(Inquiry inquiry, Log log) {
    if (log.evaluation().uncalibrated() > 0) {
      inquiry.find(
          FindingKind.CALIBRATION_EXPIRED,
          List.of(log.touch().told()),
          "device",
          log.body().getDevice(),
          "calibrated_until",
          log.body().getCalibratedUntil(),
          "first_reading_after",
          Times.text(log.evaluation().uncalibratedFrom()),
          "readings_after",
          Integer.toString(log.evaluation().uncalibrated()));
    }
  }

  private static void findVerdict(Inquiry inquiry, Log log) {
    TemperatureVerdict stated = log.body().getVerdict();
    TemperatureVerdict computed = log.evaluation().verdict();
    if (stated != computed) {
      inquiry.find(
          FindingKind.VERDICT_CONTRADICTED,
          List.of(log.touch().told()),
          "stated",
          verdict(stated),
          "computed",
          verdict(computed));
    }
  }

  /** Cuts a time at the handoffs, and gives each holder the part that is theirs. */
  private static void share(long start, long end, List<Had> custody, Map<String, Part> parts) {
    long from = start;
    int next = after(custody, start);
    while (next < custody.size() && custody.get(next).since() < end) {
      long until = custody.get(next).since();
      if (until > from) {
        parts.computeIfAbsent(holderBefore(custody, next), _ -> new Part()).add(from, until);
        from = until;
      }
      next++;
    }
    parts.computeIfAbsent(holderBefore(custody, next), _ -> new Part()).add(from, end);
  }

  private static String holder(List<Had> custody, long at) {
    return holderBefore(custody, after(custody, at));
  }

  private static String holderBefore(List<Had> custody, int next) {
    return next == 0 ? "" : custody.get(next - 1).holder();
  }

  /** Number of the first that began after that instant. */
  private static int after(List<Had> custody, long at) {
    int low = 0;
    int high = custody.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (custody.get(middle).since() <= at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static String verdict(TemperatureVerdict verdict) {
    return switch (verdict) {
      case TEMPERATURE_VERDICT_WITHIN -> "within";
      case TEMPERATURE_VERDICT_EXCURSION -> "excursion";
      case TEMPERATURE_VERDICT_NO_DATA -> "no data";
      case TEMPERATURE_VERDICT_UNSPECIFIED, UNRECOGNIZED -> "none";
    };
  }

  private static String celsius(int thousandths) {
    return BigDecimal.valueOf(thousandths, 3).toPlainString();
  }

  private static String seconds(long millis) {
    return Amounts.number(BigDecimal.valueOf(millis, 3));
  }
}
