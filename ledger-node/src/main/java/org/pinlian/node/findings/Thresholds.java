// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

/**
 * The limits of the rules that no law gives a number for, each with why and how sure: the one place
 * where they are set.
 *
 * @param millis how long
 * @param source where the row comes from
 */
record Thresholds(long millis, String source) {
  /** Long-distance freight within the country takes less. */
  static final Thresholds NEVER_RECEIVED =
      new Thresholds(7 * Times.DAY_MILLIS, "own choice: wants confirming by the bureau");

  /** A clock that is wrong, or a date of another zone. */
  static final Thresholds FUTURE =
      new Thresholds(Times.DAY_MILLIS, "own choice: beyond a day it is no mistake");

  /** Loading and unloading: time between handoff and first or last reading. */
  static final Thresholds LOADING =
      new Thresholds(30 * 60_000L, "own choice: wants confirming by the bureau");
}
