// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.time.Instant;

/** How it goes with carrying to the ledger. */
sealed interface Condition {
  /** The last attempt was answered, or there was none. */
  record Working() implements Condition {}

  /** Nobody answers; the agent tries again by itself. */
  record Unreachable(Instant since, String why) implements Condition {}

  /**
   * The ledger answers, and not as it must for anything to be carried: somebody has to see to it.
   * The agent tries again by itself, at longer intervals.
   *
   * @param verified false if what was received contradicts its proofs
   */
  record Held(Instant since, String code, String why, boolean verified) implements Condition {}

  default String name() {
    return switch (this) {
      case Working() -> "working";
      case Unreachable _ -> "unreachable";
      case Held _ -> "held";
    };
  }
}
