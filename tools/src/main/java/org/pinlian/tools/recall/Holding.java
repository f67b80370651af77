// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.recall;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pinlian.v1.Whereabouts;

/**
 * One subject that somebody has, or had last.
 *
 * @param participant whoever has it; of what is no longer here, whoever had it last; empty where
 *     nobody said
 * @param depth steps away from the goods asked for
 * @param left of a lot, by unit of measure
 * @param unstated whether some came or went of which nobody says how much
 */
public record Holding(
    String participant,
    Whereabouts whereabouts,
    String subject,
    int depth,
    SortedMap<String, BigDecimal> left,
    boolean unstated) {
  public Holding {
    left = Collections.unmodifiableSortedMap(new TreeMap<>(left));
  }

  /** Whether a participant of the ledger has it now. */
  public boolean isHeld() {
    return whereabouts == Whereabouts.WHEREABOUTS_PARTICIPANT;
  }
}
