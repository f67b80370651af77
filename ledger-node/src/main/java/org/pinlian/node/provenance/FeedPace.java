// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.time.Duration;

/**
 * How much of the machine the feed of findings may take.
 *
 * @param share of one core, at most a half: it rests at least as long as it works. 0 for no feed
 * @param sweptPerSecond how many subjects are evaluated again in a second though nothing touched
 *     them, while all are gone over
 * @param betweenSweeps how long nothing is swept after all were
 */
public record FeedPace(double share, int sweptPerSecond, Duration betweenSweeps) {
  public static final double SHARE_MAX = 0.5;
  public static final int SWEPT_MAX = 1_000_000;

  public FeedPace {
    // Also false for what is not a number.
    if (!(share >= 0 && share <= SHARE_MAX)) {
      throw new IllegalArgumentException("findings: a share of " + share);
    }
    if (sweptPerSecond < 0 || sweptPerSecond > SWEPT_MAX || betweenSweeps.isNegative()) {
      throw new IllegalArgumentException("findings: " + sweptPerSecond + " every " + betweenSweeps);
    }
  }

  public static FeedPace defaults() {
    return new FeedPace(0.25, 200, Duration.ofMinutes(1));
  }
}
