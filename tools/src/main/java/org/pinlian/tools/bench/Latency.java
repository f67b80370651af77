// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import org.HdrHistogram.Histogram;

/** Times to a receipt at one load, over the rounds. In microseconds until they are told. */
final class Latency {
  private final Histogram times = new Histogram(3);
  private final Rates p99 = new Rates();
  private final Rates load = new Rates();

  /**
   * @param perSecond submissions
   */
  void add(double perSecond, Histogram round) {
    times.add(round);
    p99.add(round.getValueAtPercentile(99) / 1e3);
    load.add(perSecond);
  }

  long count() {
    return times.getTotalCount();
  }

  /** Of all rounds together, in milliseconds. */
  double millis(double percentile) {
    return times.getValueAtPercentile(percentile) / 1e3;
  }

  /** The 99th percentile of each round, in milliseconds. */
  Rates p99() {
    return p99;
  }

  /** Submissions a second in each round. */
  Rates load() {
    return load;
  }
}
