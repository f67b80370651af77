// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of a growing tree: all that is needed to append leaves and to know the root. Not
 * safe for use by two threads.
 */
public final class Frontier {
  private final HashAlgorithm algorithm;
  // One node per bit of the size, the largest subtree first.
  private final List<Hash> nodes;
  private long size;

  /** The frontier of a tree without leaves. */
  public Frontier(HashAlgorithm algorithm) {
    this(algorithm, 0, new ArrayList<>());
  }

  private Frontier(HashAlgorithm algorithm, long size, List<Hash> owned) {
    this.algorithm = algorithm;
    this.size = size;
    this.nodes = owned;
  }

  /**
   * The frontier of a tree with {@code size} leaves, of which {@link #nodes} were kept.
   *
   * @throws IllegalArgumentException if their number is not what the size requires
   */
  public static Frontier resume(HashAlgorithm algorithm, long size, List<Hash> nodes) {
    if (size < 0 || nodes.size() != Long.bitCount(size)) {
      throw new IllegalArgumentException(
          nodes.size() + " nodes are not the frontier of a tree of size " + size);
    }
    return new Frontier(algorithm, size, new ArrayList<>(nodes));
  }

  /** Adds a leaf, by its hash, at the index that was {@link #size} until now. */
  public void append(Hash leaf) {
    Hash node = leaf;
    // As in binary addition: every trailing one of the size is a subtree that is now complete.
    for (long carry = size; (carry & 1) == 1; carry >>>= 1) {
      node = algorithm.inner(nodes.remove(nodes.size() - 1), node);
    }
    nodes.add(node);
    size = Math.incrementExact(size);
  }

  /** How many leaves the tree has. */
  public long size() {
    return size;
  }

  /** The root of the tree as it stands. */
  public Hash root() {
    if (nodes.isEmpty()) {
      return algorithm.empty();
    }
    Hash root = nodes.get(nodes.size() - 1);
    for (int i = nodes.size() - 2; i >= 0; i--) {
      root = algorithm.inner(nodes.get(i), root);
    }
    return root;
  }

  /** The roots of the complete subtrees that make up the tree, the largest first. */
  public List<Hash> nodes() {
    return List.copyOf(nodes);
  }

  /** A frontier that starts out the same and grows by itself. */
  public Frontier copy() {
    return new Frontier(algorithm, size, new ArrayList<>(nodes));
  }
}
