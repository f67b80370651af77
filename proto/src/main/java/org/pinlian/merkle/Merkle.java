// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The tree hash of RFC 6962 section 2.1 ({@code MTH} in the formats), over leaves in memory or over
 * kept nodes.
 */
public final class Merkle {
  private Merkle() {}

  /** The root over these leaves; of none, {@code H("")}. */
  public static Hash root(HashAlgorithm algorithm, List<byte[]> leafData) {
    Frontier frontier = new Frontier(algorithm);
    for (byte[] data : leafData) {
      frontier.append(algorithm.leaf(data));
    }
    return frontier.root();
  }

  /** The root over leaves that are hashed already; of none, {@code H("")}. */
  public static Hash rootOfLeafHashes(HashAlgorithm algorithm, List<Hash> leafHashes) {
    Frontier frontier = new Frontier(algorithm);
    leafHashes.forEach(frontier::append);
    return frontier.root();
  }

  /** The root of the first {@code size} leaves of a kept tree; of none, {@code H("")}. */
  public static Hash root(HashAlgorithm algorithm, NodeSource nodes, long size) {
    if (size < 0) {
      throw new IllegalArgumentException("a tree cannot have " + size + " leaves");
    }
    return size == 0 ? algorithm.empty() : range(algorithm, nodes, 0, size);
  }

  /** The path that shows the leaf at {@code index}: its sibling first, the root's child last. */
  public static List<Hash> inclusionPath(
      HashAlgorithm algorithm, List<Hash> leafHashes, int index) {
    if (index < 0 || index >= leafHashes.size()) {
      throw new IllegalArgumentException("no leaf " + index + " in a tree of " + leafHashes.size());
    }
    List<Hash> path = new ArrayList<>();
    List<Hash> level = leafHashes;
    for (int position = index; level.size() > 1; position >>= 1) {
      // The last node of a level of odd length has no sibling and rises as it is.
      if ((position ^ 1) < level.size()) {
        path.add(level.get(position ^ 1));
      }
      level = parents(algorithm, level);
    }
    return Collections.unmodifiableList(path);
  }

  /**
   * The same path over leaves whose data are a hash each and lie one after the other: of hundreds
   * of leaves, none becomes an object.
   *
   * @param leafData {@link Hash#SIZE} bytes for each leaf
   */
  public static List<Hash> inclusionPath(HashAlgorithm algorithm, byte[] leafData, int index) {
    int count = leafData.length / Hash.SIZE;
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException("no leaf " + index + " in a tree of " + count);
    }
    byte[] level = new byte[count * Hash.SIZE];
    for (int at = 0; at < level.length; at += Hash.SIZE) {
      algorithm.leaf(leafData, at, Hash.SIZE, level, at);
    }
    List<Hash> path = new ArrayList<>(Integer.SIZE - Integer.numberOfLeadingZeros(count));
    for (int position = index; count > 1; position >>= 1) {
      // The last node of a level of odd length has no sibling and rises as it is.
      if ((position ^ 1) < count) {
        path.add(Hash.read(level, (position ^ 1) * Hash.SIZE));
      }
      for (int i = 0; i + 1 < count; i += 2) {
        algorithm.inner(level, i * Hash.SIZE, level, i / 2 * Hash.SIZE);
      }
      if (count % 2 == 1) {
        System.arraycopy(level, (count - 1) * Hash.SIZE, level, count / 2 * Hash.SIZE, Hash.SIZE);
      }
      count = (count + 1) / 2;
    }
    return Collections.unmodifiableList(path);
  }

  private static List<Hash> parents(HashAlgorithm algorithm, List<Hash> level) {
    List<Hash> parents = new ArrayList<>((level.size() + 1) / 2);
    for (int i = 0; i + 1 < level.size(); i += 2) {
      parents.add(algorithm.inner(level.get(i), level.get(i + 1)));
    }
    if (level.size() % 2 == 1) {
      parents.add(level.get(level.size() - 1));
    }
    return parents;
  }

  /**
   * {@code MTH(D[begin:end])}. The range is one that the recursive definition reaches: it begins at
   * a multiple of the smallest power of two that is not less than its length.
   */
  static Hash range(HashAlgorithm algorithm, NodeSource nodes, long begin, long end) {
    long length = end - begin;
    if (Long.bitCount(length) == 1) {
      int level = Long.numberOfTrailingZeros(length);
      return nodes.node(level, begin >> level);
    }
    long split = begin + splitPoint(length);
    return algorithm.inner(
        range(algorithm, nodes, begin, split), range(algorithm, nodes, split, end));
  }

  /** {@code k} of RFC 6962 section 2.1: the largest power of two that is less than the length. */
  static long splitPoint(long length) {
    return Long.highestOneBit(length - 1);
  }
}
