// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.ArrayDeque;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.Block;

/**
 * Which heads map the newest block names, and since when submissions lie beyond it (formats.md A.6,
 * {@code lag_since}). A map is always of what some block covers, so it remembers for each block
 * that may still be named when the first submission followed. Owned by whoever owns the log's
 * state.
 */
final class Lag {
  /**
   * @param since {@code sequenced_at} of the first submission at or after {@code size}, 0 if there
   *     is none yet
   */
  private record Mark(long size, long since) {}

  private long headsSize;
  private Hash headsRoot;

  // Ascending; the first is of the map named. Only at the end are there any without a submission.
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();

  /**
   * @param empty root of the map over nothing, which blocks name until there is another
   */
  Lag(Hash empty) {
    this.headsRoot = empty;
    marks.add(new Mark(0, 0));
  }

  long headsSize() {
    return headsSize;
  }

  Hash headsRoot() {
    return headsRoot;
  }

  long since() {
    return marks.getFirst().since();
  }

  /** What the newest block covers: a map of that leaves no submission out. */
  long newestCovered() {
    return marks.getLast().size();
  }

  void submission(long sequencedAt) {
    ArrayDeque<Mark> waiting = new ArrayDeque<>();
    while (!marks.isEmpty() && marks.getLast().since() == 0) {
      waiting.push(marks.removeLast());
    }
    for (Mark mark : waiting) {
      marks.add(new Mark(mark.size(), sequencedAt));
    }
  }

  void block(long covers) {
    marks.add(new Mark(covers, 0));
  }

  /** The next block names this map. */
  void name(FinishedHeads.At finished) {
    while (marks.getFirst().size() < finished.size()) {
      marks.removeFirst();
      if (marks.isEmpty()) {
        throw new IllegalStateException("a heads map of size " + finished.size() + ", not covered");
      }
    }
    if (marks.getFirst().size() != finished.size()) {
      throw new IllegalStateException("no block covers " + finished.size());
    }
    headsSize = finished.size();
    headsRoot = finished.root();
  }

  /**
   * Takes what a block in the log names.
   *
   * @param first whether it is where the replay begins, so that nothing is known of what is before
   * @throws RecoveryException if it cannot be what follows
   */
  void replay(Block block, boolean first) {
    long size = block.getHeadsSize();
    if (size < headsSize || size > block.getCovers() || block.getHeadsRoot().size() != Hash.SIZE) {
      throw new RecoveryException(
          "block "
              + block.getNumber()
              + " names the heads map of size "
              + size
              + ", after one of size "
              + headsSize
              + " and with "
              + block.getCovers()
              + " entries before it");
    }
    if (first) {
      marks.clear();
    }
    while (!marks.isEmpty() && marks.getFirst().size() < size) {
      marks.removeFirst();
    }
    if (marks.isEmpty() || marks.getFirst().size() != size) {
      // Of a block before the replay began, which `audit` checks.
      marks.addFirst(new Mark(size, block.getLagSince()));
    } else if (marks.getFirst().since() != block.getLagSince()) {
      throw new RecoveryException(
          "block "
              + block.getNumber()
              + " says that the heads map lags since "
              + block.getLagSince()
              + ", but it does since "
              + marks.getFirst().since());
    }
    headsSize = size;
    headsRoot = Hash.of(block.getHeadsRoot().toByteArray());
  }
}
