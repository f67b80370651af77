// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.TemperatureRecord.Log;
import org.pinlian.node.rules.Temperatures.Evaluation;
import org.pinlian.node.rules.Temperatures.Gap;
import org.pinlian.node.rules.Temperatures.Run;
import org.pinlian.trade.TemperatureLimits;
import org.pinlian.trade.TemperatureLimits.Limit;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.OldFindingCode;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureVerdict;

/** Temperature logs, and goods accepted in spite of them (domain.md B4). */
final class ColdChain {
  private ColdChain() {}

  static void applyLog(RuleView view, Statement statement, Consequences consequences) {
    TemperatureLog log = statement.part().getTemperatureLog();
    Evaluation evaluation =
        Temperatures.evaluate(
            log,
            statement.trade() != null && statement.trade().hasReadings()
                ? statement.trade().getReadings()
                : null);
    findExcursion(evaluation, consequences);
    findGap(evaluation, consequences);
    if (evaluation.uncalibrated() > 0) {
      consequences.find(
          OldFindingCode.OLD_CALIBRATION_EXPIRED,
          0,
          "calibrated_until",
          log.getCalibratedUntil(),
          "first_reading_after",
          instant(evaluation.uncalibratedFrom()),
          "readings_after",
          Integer.toString(evaluation.uncalibrated()));
    }
    if (log.getVerdict() != evaluation.verdict()) {
      consequences.find(
          OldFindingCode.OLD_VERDICT_CONTRADICTED,
          0,
          "stated",
          verdict(log.getVerdict()),
          "computed",
          verdict(evaluation.verdict()));
    }
    Log noted = new Log(statement.place(), evaluation.verdict());
    for (StatementLine line : statement.lines()) {
      if (line.isGoods()) {
        RuleKey key = RuleKey.of(RuleTable.TEMPERATURES, line.key());
        TemperatureRecord before = TemperatureRecord.read(view.get(key));
        consequences.write(key, TemperatureRecord.after(before, noted).bytes());
      }
    }
  }

  private static void findExcursion(Evaluation evaluation, Consequences consequences) {
    Limit limit = evaluation.limit();
    if (limit == null || evaluation.runs().isEmpty()) {
      return;
    }
    List<Run> runs = evaluation.runs();
    // The first of equals, since streams keep to the order of time.
    Run longest = first(runs, Comparator.comparingLong(Run::millis));
    Run farthest = first(runs, Comparator.comparingInt(Run::deviation));
    consequences.find(
        OldFindingCode.OLD_TEMPERATURE_EXCURSION,
        0,
        "limit_lowest_celsius",
        limit.lowest() == TemperatureLimits.NO_LOWEST ? "none" : celsius(limit.lowest()),
        "limit_highest_celsius",
        limit.highest() == TemperatureLimits.NO_HIGHEST ? "none" : celsius(limit.highest()),
        "limit_source",
        limit.source().words(),
        "runs",
        Integer.toString(runs.size()),
        "readings_out",
        Integer.toString(evaluation.readingsOut()),
        "start",
        instant(runs.get(0).start()),
        "end",
        instant(runs.get(runs.size() - 1).end()),
        "longest_start",
        instant(longest.start()),
        "longest_seconds",
        seconds(longest.millis()),
        "cumulative_seconds",
        seconds(evaluation.outMillis()),
        "max_deviation_celsius",
        celsius(farthest.deviation()),
        "max_deviation_reading_celsius",
        celsius(farthest.peak()),
        "max_deviation_at",
        instant(farthest.peakAt()));
  }

  private static void findGap(Evaluation evaluation, Consequences consequences) {
    List<Gap> gaps = evaluation.gaps();
    if (gaps.isEmpty() && evaluation.readings() > 0) {
      return;
    }
    Gap longest = gaps.isEmpty() ? null : first(gaps, Comparator.comparingLong(Gap::millis));
    consequences.find(
        OldFindingCode.OLD_TEMPERATURE_GAP,
        0,
        "interval_limit_seconds",
        seconds(evaluation.interval().millis()),
        "limit_source",
        evaluation.interval().source().words(),
        "readings",
        Integer.toString(evaluation.readings()),
        "gaps",
        Integer.toString(gaps.size()),
        "longest_start",
        longest == null ? "none" : instant(longest.start()),
        "longest_seconds",
        longest == null ? "0" : seconds(longest.millis()),
        "cumulative_seconds",
        seconds(evaluation.gapMillis()));
  }

  private static <T> T first(List<T> items, Comparator<T> greatest) {
    T best = items.get(0);
    for (T item : items) {
      best = greatest.compare(item, best) > 0 ? item : best;
    }
    return best;
  }

  /** A line was accepted: notes it if the goods' temperatures speak against that. */
  static void accepted(RuleView view, Statement answer, int lineNumber, Consequences consequences) {
    StatementLine line = answer.lines().get(lineNumber);
    RuleKey key = RuleKey.of(RuleTable.TEMPERATURES, line.key());
    TemperatureRecord own = TemperatureRecord.read(view.get(key));
    Log against = own == null ? null : own.against();
    String through = "line";
    if (against == null) {
      against = throughContainers(view, answer, line);
      through = "container";
    }
    if (against != null) {
      consequences.find(
          OldFindingCode.OLD_ACCEPTED_DESPITE_TEMPERATURE,
          lineNumber,
          "log",
          against.place().toString(),
          "verdict",
          verdict(against.verdict()),
          "through",
          through);
    }
    if (own != null && own.bad() != null) {
      // The next receiver answers for the time from here on.
      consequences.write(key, own.accepted().bytes());
    }
  }

  private static @Nullable Log throughContainers(
      RuleView view, Statement answer, StatementLine line) {
    for (Hash container : Containers.around(view, line.key())) {
      Log against = against(view, container);
      if (against != null) {
        return against;
      }
    }
    int parent = answer.firstLine(LineRole.LINE_ROLE_PARENT);
    return line.role() == LineRole.LINE_ROLE_OBJECT && parent >= 0
        ? against(view, answer.lines().get(parent).key())
        : null;
  }

  private static @Nullable Log against(RuleView view, Hash subject) {
    TemperatureRecord record =
        TemperatureRecord.read(view.get(RuleKey.of(RuleTable.TEMPERATURES, subject)));
    return record == null ? null : record.against();
  }

  static String verdict(TemperatureVerdict verdict) {
    return switch (verdict) {
      case TEMPERATURE_VERDICT_WITHIN -> "within";
      case TEMPERATURE_VERDICT_EXCURSION -> "excursion";
      case TEMPERATURE_VERDICT_NO_DATA -> "no data";
      case TEMPERATURE_VERDICT_UNSPECIFIED, UNRECOGNIZED -> "none";
    };
  }

  static String celsius(int thousandths) {
    return BigDecimal.valueOf(thousandths, 3).toPlainString();
  }

  static String instant(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  private static String seconds(long millis) {
    return BigDecimal.valueOf(millis, 3).stripTrailingZeros().toPlainString();
  }
}
