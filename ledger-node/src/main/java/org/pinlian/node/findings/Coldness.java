// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.findings.InstanceCustody.Step;
import org.pinlian.node.findings.LotCustody.Flow;
import org.pinlian.node.findings.Temperatures.Evaluation;
import org.pinlian.node.findings.Temperatures.Gap;
import org.pinlian.node.findings.Temperatures.Run;
import org.pinlian.v1.Kind;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureReadings;

/** What temperature logs say of goods, and who had the goods then. */
final class Coldness {
  private Coldness() {}

  /** A log and what its readings say. */
  record Log(Touch touch, Evaluation evaluation) {
    TemperatureLog body() {
      return touch.told().part().getTemperatureLog();
    }

    /** Times of which nobody knows how warm it was: all of it, where there are no readings. */
    List<Gap> gaps() {
      return evaluation.readings() == 0 && evaluation.gaps().isEmpty()
          ? List.of(new Gap(body().getFrom(), body().getUntil()))
          : evaluation.gaps();
    }
  }

  static List<Log> logs(List<Touch> touches) {
    List<Log> logs = new ArrayList<>();
    for (Touch touch : touches) {
      if (touch.told().kind() == Kind.KIND_TEMPERATURE_LOG) {
        logs.add(
            new Log(
                touch,
                Temperatures.evaluate(
                    touch.told().part().getTemperatureLog(), readings(touch.told()))));
      }
    }
    return logs;
  }

  static @Nullable TemperatureReadings readings(Told told) {
    return told.trade() != null && told.trade().hasReadings() ? told.trade().getReadings() : null;
  }

  /**
   * A time that speaks against goods: too warm or too cold, or nobody knows.
   *
   * @param known whether it is known to be out of limits
   */
  record Bad(long start, long end, Log log, boolean known) {}

  /** Bad times in the order of their starts, so that one that overlaps another is found fast. */
  static final class BadTimes {
    private final List<Bad> sorted;
    // Of all up to that one, the one that ends last.
    private final int[] latest;

    BadTimes(List<Log> logs) {
      List<Bad> all = new ArrayList<>();
      for (Log log : logs) {
        for (Run run : log.evaluation().runs()) {
          all.add(new Bad(run.start(), Math.max(run.end(), run.start() + 1), log, true));
        }
        for (Gap gap : log.gaps()) {
          all.add(new Bad(gap.start(), gap.end(), log, false));
        }
      }
      all.sort(
          Comparator.comparingLong(Bad::start)
              .thenComparing(Bad::known, Comparator.reverseOrder())
              .thenComparing(bad -> bad.log().touch()));
      sorted = all;
      latest = new int[all.size()];
      for (int i = 1; i < latest.length; i++) {
        int before = latest[i - 1];
        latest[i] = all.get(i).end() > all.get(before).end() ? i : before;
      }
    }

    /** One that overlaps the time from start, included, to end; null if none does. */
    @Nullable Bad within(long start, long end) {
      int low = 0;
      int high = sorted.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (sorted.get(middle).start() < end) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      if (low == 0) {
        return null;
      }
      Bad bad = sorted.get(latest[low - 1]);
      return bad.end() > start ? bad : null;
    }
  }

  /** Since when somebody had the goods. Of a lot, whoever got some of it last is meant. */
  record Had(long since, String holder) {}

  /** In the order of time. */
  static List<Had> custody(Inquiry inquiry) {
    List<Had> had = new ArrayList<>();
    if (inquiry.isInstance()) {
      for (Step step : inquiry.instance().steps()) {
        had.add(
            new Had(
                step.by().at(), step.holder().isParticipant() ? step.holder().participant() : ""));
      }
    } else if (inquiry.isLot()) {
      for (Flow flow : inquiry.lot().flows()) {
        if (!flow.to().isEmpty()) {
          had.add(new Had(flow.by().at(), flow.to()));
        }
      }
    }
    return had;
  }

  /** When each holder got the goods. */
  static Map<String, NavigableSet<Long>> starts(List<Had> custody) {
    Map<String, NavigableSet<Long>> starts = new HashMap<>();
    for (Had had : custody) {
      starts.computeIfAbsent(had.holder(), _ -> new TreeSet<>()).add(had.since());
    }
    return starts;
  }
}
