// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;

/**
 * The tree's hashes in rows of 256, as formats.md B.5 lays out tiles: hash i of tile n at tile
 * level L is the root over the 256^L leaves that begin at (256 n + i) 256^L. Between, hashes are
 * computed when asked for. Owned by the thread that writes epochs down.
 */
final class Tiles {
  static final int WIDTH = 256;

  private final HashAlgorithm hash;

  // The last tile of each level, not full.
  private final List<List<Hash>> partial = new ArrayList<>();
  private long size;

  private Tiles(HashAlgorithm hash) {
    this.hash = hash;
  }

  /** Goes on from the tiles stored for the first {@code size} leaves. */
  static Tiles resume(HashAlgorithm hash, DerivedStore store, long size) {
    Tiles tiles = new Tiles(hash);
    tiles.size = size;
    long count = size;
    for (int level = 0; count > 0; level++) {
      List<Hash> last = new ArrayList<>(WIDTH);
      int width = (int) (count % WIDTH);
      if (width > 0) {
        byte[] stored = store.tile(level, count / WIDTH).orElse(null);
        if (stored == null || stored.length < width * Hash.SIZE) {
          throw new IllegalStateException(
              "tile " + level + "/" + count / WIDTH + " is missing from the derived database");
        }
        for (int i = 0; i < width; i++) {
          last.add(Hash.read(stored, i * Hash.SIZE));
        }
      }
      tiles.partial.add(last);
      count /= WIDTH;
    }
    return tiles;
  }

  long size() {
    return size;
  }

  void append(Hash leaf, DerivedBatch batch) {
    size++;
    long count = size;
    Hash node = leaf;
    for (int level = 0; ; level++) {
      if (level == partial.size()) {
        partial.add(new ArrayList<>(WIDTH));
      }
      List<Hash> tile = partial.get(level);
      tile.add(node);
      if (tile.size() < WIDTH) {
        return;
      }
      batch.putTile(level, count / WIDTH - 1, bytes(tile));
      node = root(hash, tile);
      tile.clear();
      count /= WIDTH;
    }
  }

  /** Writes what is not full, so that the stored tiles hold every leaf so far. */
  void writePartial(DerivedBatch batch) {
    long count = size;
    for (int level = 0; level < partial.size(); level++) {
      List<Hash> tile = partial.get(level);
      if (!tile.isEmpty()) {
        batch.putTile(level, count / WIDTH, bytes(tile));
      }
      count /= WIDTH;
    }
  }

  /** Root over a power of two of hashes. */
  static Hash root(HashAlgorithm hash, List<Hash> nodes) {
    List<Hash> level = nodes;
    while (level.size() > 1) {
      List<Hash> parents = new ArrayList<>(level.size() / 2);
      for (int i = 0; i < level.size(); i += 2) {
        parents.add(hash.inner(level.get(i), level.get(i + 1)));
      }
      level = parents;
    }
    return level.get(0);
  }

  private static byte[] bytes(List<Hash> tile) {
    byte[] bytes = new byte[tile.size() * Hash.SIZE];
    for (int i = 0; i < tile.size(); i++) {
      tile.get(i).copyTo(bytes, i * Hash.SIZE);
    }
    return bytes;
  }
}
