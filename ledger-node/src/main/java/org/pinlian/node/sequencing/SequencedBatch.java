// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.SignedNote;

/**
 * Entries that became durable together.
 *
 * @param entries in log order, without a hole after the batch before
 * @param checkpoint signed for the size after the last entry; null within a replay
 */
public record SequencedBatch(List<SequencedEntry> entries, @Nullable SignedNote checkpoint) {
  public SequencedBatch {
    entries = List.copyOf(entries);
  }

  public long sizeAfter() {
    return entries.get(entries.size() - 1).index() + 1;
  }

  /** Takes what was sequenced, in order. May make the writer wait, never refuse. */
  @FunctionalInterface
  public interface Follower {
    void follow(SequencedBatch batch);
  }
}
