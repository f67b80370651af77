// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.Arrays;
import org.pinlian.merkle.Hash;

/**
 * Builds a map from heads in ascending order of their keys, in one pass, each node hashed once. For
 * one thread, once.
 */
final class MapLoad {
  private final MapNodes nodes;
  private final int revision;

  // The inner nodes on the way to the last leaf, of which the left side is complete. Their bits
  // ascend, so there are no more of them than a key has bits.
  private final int[] bits = new int[MapNodes.KEY_BITS];
  private final int[] lefts = new int[MapNodes.KEY_BITS];
  private int open;

  private int right = MapNodes.NONE;
  private byte[] last = {};
  private long keys;

  MapLoad(MapNodes nodes, int revision) {
    this.nodes = nodes;
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
      open++;
    }
    right = nodes.leaf(key, 0, value, at, revision);
    last = key;
    keys++;
  }

  /** The root. */
  int finish() {
    closeBelow(-1);
    return right;
  }

  long keys() {
    return keys;
  }

  /** Completes the nodes whose keys the next one does not share. */
  private void closeBelow(int bit) {
    while (open > 0 && bits[open - 1] > bit) {
      open--;
      right = nodes.inner(bits[open], lefts[open], right, revision);
    }
  }
}
