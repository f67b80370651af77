// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.time.Instant;
import java.util.List;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.v1.HeldSubject;
import org.pinlian.v1.Whereabouts;

/**
 * Who has what came of some goods, in the ledger's word: its checkpoint is verified, and what it
 * found is not proved. Whoever doubts it traces the subjects.
 *
 * @param checkpoint of the size that it speaks of
 * @param asOf time of the last entry below that size
 * @param held by participant, whereabouts and subject
 * @param cutBy the limits that may have hidden holders; none if there are no others
 * @param subjects how many were followed
 * @param records on how many records it rests
 */
public record FoundHolders(
    Checkpoint checkpoint,
    Instant asOf,
    List<Held> held,
    List<String> cutBy,
    long subjects,
    long records) {

  /**
   * Goods that one participant has, or had last.
   *
   * @param participant empty where nobody said
   */
  public record Held(String participant, Whereabouts whereabouts, List<HeldSubject> subjects) {
    public Held {
      subjects = List.copyOf(subjects);
    }
  }

  public FoundHolders {
    held = List.copyOf(held);
    cutBy = List.copyOf(cutBy);
  }

  /** Whether there may be more holders. */
  public boolean isCut() {
    return !cutBy.isEmpty();
  }
}
