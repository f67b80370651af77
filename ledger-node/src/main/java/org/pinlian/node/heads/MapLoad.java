// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.Arrays;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/**
 * Builds a map from heads in ascending order of their keys, in one pass, each node hashed once. For
 * one thread, once.
 */
final class MapLoad {
  // Room for the two hashes of a node, and for what is hashed before them.
  private static final int FRAME_BYTES = Long.BYTES + MapNodes.SIDES_BYTES;

  private final MapNodes nodes;
  private final HashAlgorithm hash;
  private final NodeHasher hasher;
  private final int revision;

  // The inner nodes on the way to the last leaf, of which the left side is complete. Their bits
  // ascend, so there are no more of them than a key has bits.
  private final int[] bits = new int[MapNodes.KEY_BITS];
  private final int[] lefts = new int[MapNodes.KEY_BITS];
  private final byte[] sides = new byte[MapNodes.KEY_BITS * FRAME_BYTES];
  private int open;

  private int right = MapNodes.NONE;
  private final byte[] rightHash = new byte[Hash.SIZE];
  private byte[] last = {};
  private long keys;

  MapLoad(MapNodes nodes, HashAlgorithm hash, int revision) {
    this.nodes = nodes;
    this.hash = hash;
    this.hasher = new NodeHasher(hash);
    this.revision = revision;
  }

  /**
   * @param key kept: not to be changed afterwards
   * @param at where the value begins
   * @throws IllegalArgumentException if the key is not greater than the one before
   */
  void add(byte[] key, byte[] value, int at) {
    if (keys > 0) {
      if (Arrays.compareUnsigned(last, key) >= 0) {
        throw new IllegalArgumentException("keys that do not ascend: " + Hash.of(key));
      }
      int bit = HeadChanges.firstDifference(last, 0, key, 0);
      closeBelow(bit);
      bits[open] = bit;
      lefts[open] = right;
      System.arraycopy(rightHash, 0, sides, sidesOf(open), Hash.SIZE);
      open++;
    }
    right = nodes.leaf(HeadChanges.prefix(key, 0));
    hasher.leaf(key, 0, value, at, rightHash, 0);
    last = key;
    keys++;
  }

  Subtree finish() {
    closeBelow(-1);
    return new Subtree(right, keys == 0 ? hash.empty() : Hash.of(rightHash));
  }

  long keys() {
    return keys;
  }

  private static int sidesOf(int place) {
    return place * FRAME_BYTES + Long.BYTES;
  }

  /** Completes the nodes whose keys the next one does not share. */
  private void closeBelow(int bit) {
    while (open > 0 && bits[open - 1] > bit) {
      open--;
      int at = sidesOf(open);
      System.arraycopy(rightHash, 0, sides, at + Hash.SIZE, Hash.SIZE);
      hasher.inner(bits[open], sides, at, rightHash, 0);
      right = nodes.inner(bits[open], lefts[open], right, revision, right, sides, at);
    }
  }
}
