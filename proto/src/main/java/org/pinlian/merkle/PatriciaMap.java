// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * The Merkle Patricia map of the formats, B.10, over keys of 32 bytes: an inner node stands only
 * where keys part, so the root depends on the entries alone and not on the order they came in.
 *
 * <p>This computes roots and proofs from all entries at once and keeps nothing: the reference
 * against which any kept map is checked.
 */
public final class PatriciaMap {
  /**
   * The root of a map too large to be held: takes the entries in the order of their keys, and keeps
   * no more than the way to the last one. Not safe for use by two threads.
   */
  public static final class Sorted {
    private final HashAlgorithm algorithm;
    // Complete left sides, with the bit in which what comes next parts from them.
    private final Deque<MapProof.Step> open = new ArrayDeque<>();
    private @Nullable Hash last;
    private @Nullable Hash subtree;

    public Sorted(HashAlgorithm algorithm) {
      this.algorithm = algorithm;
    }

    /**
     * Takes the next entry.
     *
     * @throws IllegalArgumentException if its key is not greater than the one before
     */
    public void add(Hash key, byte[] value) {
      if (last != null && subtree != null) {
        if (last.compareTo(key) >= 0) {
          throw new IllegalArgumentException("the entries are not in the order of their keys");
        }
        int bit = last.firstDifferingBit(key);
        open.push(new MapProof.Step(bit, closeBelow(bit, subtree)));
      }
      subtree = MapProof.leaf(algorithm, key, value);
      last = key;
    }

    /** The root over what was added; nothing may be added afterwards. */
    public Hash root() {
      return subtree == null ? algorithm.empty() : closeBelow(-1, subtree);
    }

    private Hash closeBelow(int bit, Hash right) {
      Hash closed = right;
      while (!open.isEmpty() && open.getFirst().bit() > bit) {
        MapProof.Step left = open.pop();
        closed = MapProof.inner(algorithm, left.bit(), left.sibling(), closed);
      }
      return closed;
    }
  }

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
