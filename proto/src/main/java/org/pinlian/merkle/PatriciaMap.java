// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * The Merkle Patricia map of the formats, B.10, over keys of 32 bytes: an inner node stands only
 * where keys part, so the root depends on the entries alone and not on the order they came in.
 *
 * <p>This computes roots and proofs from all entries at once and keeps nothing: the reference
 * against which any kept map is checked.
 */
public final class PatriciaMap {
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
    PatriciaMap map = of(algorithm, entries);
    return map.keys.isEmpty() ? algorithm.empty() : map.subtree(0, map.keys.size());
  }

  /**
   * Proves that a key has its value, for {@link MapProof#verifyPresence}.
   *
   * @throws IllegalArgumentException if the map has no such key, or is not sorted
   */
  public static byte[] presence(
      HashAlgorithm algorithm, NavigableMap<Hash, byte[]> entries, Hash key) {
    PatriciaMap map = of(algorithm, entries);
    List<MapProof.Step> steps = new ArrayList<>();
    if (map.keys.isEmpty() || !map.keys.get(map.lookUp(key, steps)).equals(key)) {
      throw new IllegalArgumentException("the map has no key " + key);
    }
    return MapProof.presence(steps);
  }

  /**
   * Proves that a key is not there, for {@link MapProof#verifyAbsence}.
   *
   * @throws IllegalArgumentException if the map has the key, or is not sorted
   */
  public static byte[] absence(
      HashAlgorithm algorithm, NavigableMap<Hash, byte[]> entries, Hash key) {
    PatriciaMap map = of(algorithm, entries);
    if (map.keys.isEmpty()) {
      return MapProof.absenceFromNothing();
    }
    List<MapProof.Step> steps = new ArrayList<>();
    int other = map.lookUp(key, steps);
    if (map.keys.get(other).equals(key)) {
      throw new IllegalArgumentException("the map has the key " + key);
    }
    return MapProof.absence(map.keys.get(other), map.values.get(other), steps);
  }

  private static PatriciaMap of(HashAlgorithm algorithm, NavigableMap<Hash, byte[]> entries) {
    List<Hash> keys = new ArrayList<>(entries.size());
    List<byte[]> values = new ArrayList<>(entries.size());
    for (Map.Entry<Hash, byte[]> entry : entries.entrySet()) {
      if (!keys.isEmpty() && keys.get(keys.size() - 1).compareTo(entry.getKey()) >= 0) {
        throw new IllegalArgumentException("the entries are not in the order of their keys");
      }
      keys.add(entry.getKey());
      values.add(entry.getValue());
    }
    return new PatriciaMap(algorithm, keys, values);
  }

  /** The leaf at which a look-up of the key ends; what it goes past is added, leaf to root. */
  private int lookUp(Hash key, List<MapProof.Step> steps) {
    int begin = 0;
    int end = keys.size();
    while (end - begin > 1) {
      int bit = keys.get(begin).firstDifferingBit(keys.get(end - 1));
      int split = firstWithBit(bit, begin, end);
      if (key.bit(bit)) {
        steps.add(new MapProof.Step(bit, subtree(begin, split)));
        begin = split;
      } else {
        steps.add(new MapProof.Step(bit, subtree(split, end)));
        end = split;
      }
    }
    Collections.reverse(steps);
    return begin;
  }

  /**
   * The node over the entries from {@code begin} to {@code end}, of which there is at least one.
   */
  private Hash subtree(int begin, int end) {
    Hash first = keys.get(begin);
    if (end - begin == 1) {
      return MapProof.leaf(algorithm, first, values.get(begin));
    }
    // What the first and the last of a sorted range share, all between them share.
    int bit = first.firstDifferingBit(keys.get(end - 1));
    int split = firstWithBit(bit, begin, end);
    Hash left = subtree(begin, split);
    Hash right = subtree(split, end);
    return MapProof.inner(algorithm, bit, left, right);
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
