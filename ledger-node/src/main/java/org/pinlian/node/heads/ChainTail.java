// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.Arrays;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.record.Chains;

/**
 * The end of one chain: its head, and the links that its epoch added. One thread appends; others
 * read the links up to a count they take once.
 */
final class ChainTail {
  private final long id;
  private final long countBefore;
  private final Hash linkBefore;
  private final long lastIndexBefore;

  // Written before `added`, which is volatile: whoever reads `added` sees the links below it.
  private long[] indexes = new long[2];
  private int[] positions = new int[2];
  private Hash[] storedLinks = new Hash[0];
  private volatile int added;

  private Hash link;

  /**
   * @param id of the chain, dense in the order of first touch
   * @param countBefore links before this epoch
   * @param link the last of them, or what the first hangs from
   * @param lastIndexBefore of the entry that it is about; says nothing where there is none
   */
  ChainTail(long id, long countBefore, Hash link, long lastIndexBefore) {
    this.id = id;
    this.countBefore = countBefore;
    this.linkBefore = link;
    this.lastIndexBefore = lastIndexBefore;
    this.link = link;
  }

  void append(HashAlgorithm hash, long index, int position, Hash recordDigest) {
    int n = added;
    if (n == indexes.length) {
      indexes = Arrays.copyOf(indexes, n * 2);
      positions = Arrays.copyOf(positions, n * 2);
    }
    indexes[n] = index;
    positions[n] = position;
    link = Chains.link(hash, link, countBefore + n + 1, index, position, recordDigest);
    if ((countBefore + n + 1) % DerivedStore.LINK_HASHES_EVERY == 0) {
      int at = storedLinks.length;
      storedLinks = Arrays.copyOf(storedLinks, at + 1);
      storedLinks[at] = link;
    }
    added = n + 1;
  }

  /** Number of the first link after some whose hash is stored. */
  static long firstStoredAfter(long count) {
    return (count / DerivedStore.LINK_HASHES_EVERY + 1) * DerivedStore.LINK_HASHES_EVERY;
  }

  /** The hash of a link that this epoch added, of those whose hash is stored. */
  Hash storedLink(long n) {
    return storedLinks[
        Math.toIntExact((n - firstStoredAfter(countBefore)) / DerivedStore.LINK_HASHES_EVERY)];
  }

  long id() {
    return id;
  }

  long countBefore() {
    return countBefore;
  }

  Hash linkBefore() {
    return linkBefore;
  }

  long lastIndexBefore() {
    return lastIndexBefore;
  }

  long count() {
    return countBefore + added;
  }

  int added() {
    return added;
  }

  /** Entry index of the last link, of which this epoch must have added one. */
  long lastIndex() {
    return index(added - 1);
  }

  /** Entry index of the i-th link that this epoch added. */
  long index(int i) {
    return indexes[i];
  }

  int position(int i) {
    return positions[i];
  }

  /** Only for the appending thread, or once the epoch is cut. */
  Hash link() {
    return link;
  }
}
