// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pinlian.merkle.ProofException.Reason;

/**
 * That a larger tree begins with all leaves of a smaller one, so that nothing was taken back (RFC
 * 9162 section 2.1.4). The fields are as claimed; nothing about them is true before {@link
 * #verify}.
 *
 * @param olderSize of the smaller tree, in leaves
 * @param newerSize of the larger tree, in leaves
 * @param path in the order of the RFC
 */
public record ConsistencyProof(long olderSize, long newerSize, List<Hash> path) {
  /** Keeps its own copy of the path. */
  public ConsistencyProof {
    path = List.copyOf(path);
  }

  /**
   * Makes the proof between the trees of the first {@code olderSize} and the first {@code
   * newerSize} leaves.
   *
   * @throws IllegalArgumentException unless 0 &lt; olderSize &lt;= newerSize
   */
  public static ConsistencyProof build(
      HashAlgorithm algorithm, NodeSource nodes, long olderSize, long newerSize) {
    if (olderSize <= 0 || olderSize > newerSize) {
      throw new IllegalArgumentException(
          "no consistency proof from size " + olderSize + " to " + newerSize);
    }
    List<Hash> path = new ArrayList<>();
    long begin = 0;
    long end = newerSize;
    // Down the larger tree, to the subtree that ends where the smaller tree ends.
    while (end != olderSize) {
      long split = begin + Merkle.splitPoint(end - begin);
      if (olderSize <= split) {
        path.add(Merkle.range(algorithm, nodes, split, end));
        end = split;
      } else {
        path.add(Merkle.range(algorithm, nodes, begin, split));
        begin = split;
      }
    }
    if (begin > 0) {
      path.add(Merkle.range(algorithm, nodes, begin, end));
    }
    Collections.reverse(path);
    return new ConsistencyProof(olderSize, newerSize, path);
  }

  /**
   * Checks that the tree with {@code newerRoot} begins with the tree with {@code olderRoot}. The
   * sizes must come from where the roots come from, two verified checkpoints: compare them before.
   */
  public void verify(HashAlgorithm algorithm, Hash olderRoot, Hash newerRoot)
      throws ProofException {
    if (olderSize <= 0) {
      throw new ProofException(Reason.SIZE_ZERO, "an older size above 0", olderSize);
    }
    if (olderSize > newerSize) {
      throw new ProofException(
          Reason.SIZES_REVERSED, "an older size up to " + newerSize, olderSize);
    }
    if (olderSize == newerSize) {
      requireLength(0);
      requireRoot(Reason.ROOT_MISMATCH, newerRoot, olderRoot);
      return;
    }

    // The subtree that ends where the older tree ends has 1 << start leaves. From there the climb
    // is that of an inclusion proof: first within, then along the right edge of the newer tree.
    int start = Long.numberOfTrailingZeros(olderSize);
    long node = (olderSize - 1) >>> start;
    int meeting = Long.SIZE - Long.numberOfLeadingZeros((olderSize - 1) ^ (newerSize - 1)) - start;
    int climb = meeting + Long.bitCount(node >>> meeting);
    // When that subtree is the older tree itself, its root is known and not sent.
    boolean olderIsSubtree = node == 0;
    requireLength(olderIsSubtree ? climb : climb + 1);

    int first = olderIsSubtree ? 0 : 1;
    Hash older = olderIsSubtree ? olderRoot : path.get(0);
    Hash newer = older;
    for (int level = 0; level < climb; level++) {
      Hash sibling = path.get(first + level);
      if (level >= meeting || (node >>> level & 1) == 1) {
        older = algorithm.inner(sibling, older);
        newer = algorithm.inner(sibling, newer);
      } else {
        // On the right stand leaves that only the newer tree has.
        newer = algorithm.inner(newer, sibling);
      }
    }
    requireRoot(Reason.OLDER_ROOT_MISMATCH, olderRoot, older);
    requireRoot(Reason.ROOT_MISMATCH, newerRoot, newer);
  }

  private void requireLength(int length) throws ProofException {
    if (path.size() != length) {
      throw new ProofException(
          Reason.WRONG_PATH_LENGTH, length + " hashes", path.size() + " hashes");
    }
  }

  private static void requireRoot(Reason reason, Hash expected, Hash found) throws ProofException {
    if (!found.equals(expected)) {
      throw new ProofException(reason, expected, found);
    }
  }
}
