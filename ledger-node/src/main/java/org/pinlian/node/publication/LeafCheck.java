// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Frontier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.NodeSource;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.TruthStore;

/**
 * Reads every entry again before a checkpoint over it is shown, and hashes it anew: what the writer
 * had in memory when it signed, and what is on the disk, must be the same bytes. For one thread.
 */
final class LeafCheck {
  private final HashAlgorithm hash;
  private final TruthStore truth;
  private final Frontier tree;

  private LeafCheck(HashAlgorithm hash, TruthStore truth, Frontier tree) {
    this.hash = hash;
    this.truth = truth;
    this.tree = tree;
  }

  /**
   * Goes on from a tree that was checked before.
   *
   * @param nodes of it, of which {@code size} leaves were checked
   */
  static LeafCheck after(HashAlgorithm hash, TruthStore truth, NodeSource nodes, long size) {
    List<Hash> edge = new ArrayList<>();
    for (int level = 62; level >= 0; level--) {
      if ((size >> level & 1) == 1) {
        edge.add(nodes.node(level, (size >> level) - 1));
      }
    }
    return new LeafCheck(hash, truth, Frontier.resume(hash, size, edge));
  }

  long size() {
    return tree.size();
  }

  /**
   * Reads on to where a checkpoint ends.
   *
   * @throws PublicationException if the stored bytes do not make the tree that was signed
   */
  void extendTo(Checkpoint checkpoint) {
    if (tree.size() > checkpoint.size()) {
      throw new IllegalArgumentException(
          "checked up to " + tree.size() + ", asked for " + checkpoint.size());
    }
    if (tree.size() < checkpoint.size()) {
      try (Cursor<TruthStore.EntryRow> rows = truth.entriesFrom(tree.size())) {
        while (tree.size() < checkpoint.size() && rows.next()) {
          if (rows.row().index() != tree.size()) {
            break;
          }
          tree.append(hash.leaf(rows.row().bytes()));
        }
      }
    }
    if (tree.size() < checkpoint.size()) {
      throw new PublicationException(
          "entry "
              + tree.size()
              + " is missing; a checkpoint of size "
              + checkpoint.size()
              + " was signed and must not be published");
    }
    if (!tree.root().equals(checkpoint.root())) {
      throw new PublicationException(
          "the stored entries below "
              + checkpoint.size()
              + " have root "
              + tree.root().hex()
              + ", and "
              + checkpoint.root().hex()
              + " was signed: it must not be published. Run `pinlian audit` on the folder");
    }
  }
}
