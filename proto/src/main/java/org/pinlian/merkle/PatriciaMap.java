// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * The Merkle Patricia map of the formats, B.10, over keys of 32 bytes: an inner node stands only
 * where keys part, so the root depends on the entries alone and not on the order they came in.
 *
 * <p>This computes a root from all entries at once and keeps nothing: the reference against which
 * any kept map is checked.
 */
public final class PatriciaMap {
  private static final int LEAF_PREFIX = 0x00;
  private static final int INNER_PREFIX = 0x01;

  private final HashAlgorithm algorithm;
  private final List<Hash> keys;
  private final List<byte[]> values;

  private PatriciaMap(HashAlgorithm algorithm, List<Hash> keys, List<byte[]> values) {
    this.algorithm = algorithm;
    this.keys = keys;
    this.values = values;
  }

  /**
   * The root of the map with these entries; of none, {@code H("")}.
   *
   * @throws IllegalArgumentException if the map is not sorted by the keys' own order
   */
  public static Hash root(HashAlgorithm algorithm, NavigableMap<Hash, byte[]> entries) {
    List<Hash> keys = new ArrayList<>(entries.size());
    List<byte[]> values = new ArrayList<>(entries.size());
    for (Map.Entry<Hash, byte[]> entry : entries.entrySet()) {
      if (!keys.isEmpty() && keys.get(keys.size() - 1).compareTo(entry.getKey()) >= 0) {
        throw new IllegalArgumentException("the entries are not in the order of their keys");
      }
      keys.add(entry.getKey());
      values.add(entry.getValue());
    }
    if (keys.isEmpty()) {
      return algorithm.empty();
    }
    return new PatriciaMap(algorithm, keys, values).subtree(0, keys.size());
  }

  /**
   * The node over the entries from {@code begin} to {@code end}, of which there is at least one.
   */
  private Hash subtree(int begin, int end) {
    Hash first = keys.get(begin);
    if (end - begin == 1) {
      byte[] value = values.get(begin);
      return algorithm
          .begin(LEAF_PREFIX)
          .uv(Hash.SIZE)
          .hash(first)
          .uv(value.length)
          .bytes(value)
          .finish();
    }
    // What the first and the last of a sorted range share, all between them share.
    int bit = first.firstDifferingBit(keys.get(end - 1));
    int split = firstWithBit(bit, begin, end);
    Hash left = subtree(begin, split);
    Hash right = subtree(split, end);
    return algorithm.begin(INNER_PREFIX).uv(bit).hash(left).hash(right).finish();
  }

  private int firstWithBit(int bit, int begin, int end) {
    int low = begin;
    int high = end - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys.get(middle).bit(bit)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
