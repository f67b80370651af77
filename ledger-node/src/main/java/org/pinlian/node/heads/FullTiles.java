// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/**
 * Tiles that are full, and so never change, with the nodes above their hashes: of the tiles asked
 * for last, because every proof goes through the same few upper ones. Thread-safe.
 */
final class FullTiles {
  /** 16 KiB each. */
  private static final int TILES_MAX = 2_048;

  private final HashAlgorithm hash;

  // Guarded by itself.
  private final Map<Place, byte[]> tiles =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, byte[]> eldest) {
          return size() > TILES_MAX;
        }
      };

  private record Place(int level, long tile) {}

  FullTiles(HashAlgorithm hash) {
    this.hash = hash;
  }

  /** Reads a tile as it is stored. */
  @FunctionalInterface
  interface Store {
    byte[] tile(int level, long tile);
  }

  /**
   * A node within a tile that is full.
   *
   * @param up levels above the tile's hashes, 0 to 7
   * @param at place of the node in the tile among those of its level
   */
  Hash node(int level, long tile, int up, int at, Store store) {
    Place place = new Place(level, tile);
    byte[] nodes;
    synchronized (tiles) {
      nodes = tiles.get(place);
    }
    if (nodes == null) {
      nodes = withNodesAbove(store.tile(level, tile));
      synchronized (tiles) {
        tiles.put(place, nodes);
      }
    }
    return Hash.read(nodes, place(up, at) * Hash.SIZE);
  }

  private byte[] withNodesAbove(byte[] hashes) {
    byte[] nodes = new byte[place(8, 0) * Hash.SIZE];
    System.arraycopy(hashes, 0, nodes, 0, Tiles.WIDTH * Hash.SIZE);
    for (int up = 1; up < 8; up++) {
      for (int at = 0; at < Tiles.WIDTH >> up; at++) {
        Hash left = Hash.read(nodes, place(up - 1, 2 * at) * Hash.SIZE);
        Hash right = Hash.read(nodes, place(up - 1, 2 * at + 1) * Hash.SIZE);
        hash.inner(left, right).copyTo(nodes, place(up, at) * Hash.SIZE);
      }
    }
    return nodes;
  }

  /** The hashes first, then the 128 nodes above them, and so on. */
  private static int place(int up, int at) {
    return 2 * Tiles.WIDTH - ((2 * Tiles.WIDTH) >> up) + at;
  }
}
