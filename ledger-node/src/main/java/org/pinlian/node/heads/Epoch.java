// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.RuleTable;
import org.pinlian.record.RecordPlace;

/**
 * What was derived from the entries of one stretch of the log and is not in the database yet. One
 * thread writes; readers may look at any time, and filter by the size they speak of.
 */
final class Epoch {
  /** Index of its first entry. */
  final long from;

  final ConcurrentHashMap<Hash, ChainTail> tails;

  /** By rule key; the last write wins, empty removes. Read only when the epoch goes down. */
  final ConcurrentHashMap<ByteString, Optional<ByteString>> rules = new ConcurrentHashMap<>();

  /** Records that {@link RuleTable#ORDERS} will have. */
  final ConcurrentSkipListSet<RecordPlace> orders = new ConcurrentSkipListSet<>();

  /** By entry index. Read only when the epoch goes down. */
  final ConcurrentSkipListMap<Long, byte[]> digests = new ConcurrentSkipListMap<>();

  // Guarded by itself: appended by one thread, read by those who make proofs.
  private final List<Hash> leaves = new ArrayList<>();

  /**
   * @param tailsLikely how many chains it will touch: as many as the one before, say, because a
   *     table that grows under a flood is copied again and again
   */
  Epoch(long from, int tailsLikely) {
    this.from = from;
    this.tails = new ConcurrentHashMap<>(Math.max(16, tailsLikely));
  }

  void addLeaf(Hash leaf) {
    synchronized (leaves) {
      leaves.add(leaf);
    }
  }

  Hash leaf(long index) {
    synchronized (leaves) {
      return leaves.get(Math.toIntExact(index - from));
    }
  }

  /** Index after its last entry so far. */
  long upto() {
    synchronized (leaves) {
      return from + leaves.size();
    }
  }
}
