// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.List;
import org.pinlian.merkle.Hash;

/**
 * Where the log stands. Owned by the sequencing thread, and before it by the replay; a mutable
 * struct, because all its fields move together from one batch to the next.
 */
final class LogState {
  /** Entries so far. */
  long size;

  /** Roots of the tree's complete subtrees, largest first. */
  List<Hash> edge = List.of();

  /** {@code sequenced_at} of the last entry: the next is never less. */
  long sequencedAt;

  /** Number of the last block, 0 before the first. */
  long blockNumber;

  /** Leaf of the last block entry; of genesis before the first. */
  Hash blockLeaf;

  /** Whether a submission followed the last block. */
  boolean submissionSinceBlock;

  /** What the newest block says of the heads map, and what the next may say. */
  final Lag lag;

  /**
   * @param empty root of a map over nothing
   */
  LogState(Hash genesisLeaf, Hash empty) {
    this.blockLeaf = genesisLeaf;
    this.lag = new Lag(empty);
  }
}
