// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.NodeSource;

/**
 * The complete subtrees that one batch added to the tree, with the edge it was added to: all that
 * the inclusion proofs of this batch's leaves against the size after it can ask for. Immutable, so
 * proofs are made on other threads while the next batch is sequenced.
 *
 * <p>At each level it holds a run of nodes. The run begins with the edge node to the left of the
 * batch where there is one (where the bit of that level is set in the size before), followed by
 * every node that the batch completed:
 *
 * <pre>
 *   size before 5 (101), three leaves added       level 2:  [n0]  n1
 *   [ ] is from the old edge                      level 1:        n2  n3
 *                                                 level 0:  [l4]  l5  l6  l7
 * </pre>
 */
final class AppendedRange implements NodeSource {
  private final List<List<Hash>> levels;
  private final long[] firsts;
  private final long sizeAfter;

  private AppendedRange(List<List<Hash>> levels, long[] firsts, long sizeAfter) {
    this.levels = levels;
    this.firsts = firsts;
    this.sizeAfter = sizeAfter;
  }

  /**
   * @param sizeBefore of the tree
   * @param edge roots of its complete subtrees, largest first
   * @param leaves added, one at least
   */
  static AppendedRange over(
      HashAlgorithm hash, long sizeBefore, List<Hash> edge, List<Hash> leaves) {
    long sizeAfter = sizeBefore + leaves.size();
    int depth = 64 - Long.numberOfLeadingZeros(sizeAfter);
    List<List<Hash>> levels = new ArrayList<>(depth);
    long[] firsts = new long[depth];
    List<Hash> added = leaves;
    int edgeNext = edge.size() - 1;
    for (int level = 0; level < depth; level++) {
      long first = sizeBefore >> level;
      List<Hash> run = new ArrayList<>(added.size() + 1);
      if ((first & 1) == 1) {
        run.add(edge.get(edgeNext--));
        first--;
      }
      run.addAll(added);
      levels.add(run);
      firsts[level] = first;
      // `first` is even now, so pairs begin at the run's start.
      List<Hash> parents = new ArrayList<>(run.size() / 2);
      for (int i = 0; i + 1 < run.size(); i += 2) {
        parents.add(hash.inner(run.get(i), run.get(i + 1)));
      }
      added = parents;
    }
    return new AppendedRange(levels, firsts, sizeAfter);
  }

  long sizeAfter() {
    return sizeAfter;
  }

  /** The edge after the batch: roots of the complete subtrees, largest first. */
  List<Hash> edge() {
    List<Hash> edge = new ArrayList<>();
    for (int level = levels.size() - 1; level >= 0; level--) {
      if ((sizeAfter >> level & 1) == 1) {
        edge.add(node(level, (sizeAfter >> level) - 1));
      }
    }
    return edge;
  }

  @Override
  public Hash node(int level, long index) {
    return levels.get(level).get(Math.toIntExact(index - firsts[level]));
  }
}
