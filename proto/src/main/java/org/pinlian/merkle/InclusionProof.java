// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pinlian.merkle.ProofException.Reason;

/**
 * That a leaf stands at an index of a tree of a size (RFC 9162 section 2.1.3). The fields are as
 * claimed; nothing about them is true before {@link #verify}.
 *
 * @param index of the leaf, from 0
 * @param size of the tree, in leaves
 * @param path the leaf's sibling first, the root's child last
 */
public record InclusionProof(long index, long size, List<Hash> path) {
  /** Keeps its own copy of the path. */
  public InclusionProof {
    path = List.copyOf(path);
  }

  /**
   * Makes the proof for a leaf of the tree of the first {@code size} leaves.
   *
   * @throws IllegalArgumentException if the tree has no such leaf
   */
  public static InclusionProof build(
      HashAlgorithm algorithm, NodeSource nodes, long index, long size) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("no leaf " + index + " in a tree of " + size);
    }
    List<Hash> path = new ArrayList<>();
    long begin = 0;
    long end = size;
    while (end - begin > 1) {
      long split = begin + Merkle.splitPoint(end - begin);
      if (index < split) {
        path.add(Merkle.range(algorithm, nodes, split, end));
        end = split;
      } else {
        path.add(Merkle.range(algorithm, nodes, begin, split));
        begin = split;
      }
    }
    Collections.reverse(path);
    return new InclusionProof(index, size, path);
  }

  /**
   * Checks that the leaf stands where this says, in the tree with this root. The size must come
   * from where the root comes from, a verified checkpoint: compare it before.
   */
  public void verify(HashAlgorithm algorithm, Hash leafHash, Hash root) throws ProofException {
    Hash reached = rootFrom(algorithm, leafHash);
    if (!reached.equals(root)) {
      throw new ProofException(Reason.ROOT_MISMATCH, root, reached);
    }
  }

  /**
   * The root that the path leads to from this leaf. Index and length of the path are checked as
   * {@link #verify} does; whether it is the root of a published tree is for the caller to compare.
   */
  public Hash rootFrom(HashAlgorithm algorithm, Hash leafHash) throws ProofException {
    if (index < 0 || index >= size) {
      throw new ProofException(Reason.INDEX_BEYOND_SIZE, "index from 0 below " + size, index);
    }
    // Up to the level where the leaf's path meets the right edge of the tree there is a sibling on
    // either side at every level. Above, the path runs along that edge, and has a sibling, always
    // on the left, only where the index has a bit. Without this exact length, a proof for leaf 0 of
    // 4 would pass as one for leaf 4 of 1000.
    int meeting = Long.SIZE - Long.numberOfLeadingZeros(index ^ (size - 1));
    int length = meeting + Long.bitCount(index >>> meeting);
    if (path.size() != length) {
      throw new ProofException(
          Reason.WRONG_PATH_LENGTH, length + " hashes", path.size() + " hashes");
    }
    Hash hash = leafHash;
    for (int level = 0; level < length; level++) {
      Hash sibling = path.get(level);
      boolean siblingIsLeft = level >= meeting || (index >>> level & 1) == 1;
      hash = siblingIsLeft ? algorithm.inner(sibling, hash) : algorithm.inner(hash, sibling);
    }
    return hash;
  }
}
