// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.NodeSource;
import org.pinlian.node.storage.DerivedStore;

/**
 * The tree as one reader sees it: stored tiles below, the epochs still in memory above. Remembers
 * the tiles it has read and the nodes it has computed, so make one for each request. Not
 * thread-safe.
 */
final class StoredTree implements NodeSource {
  /** 8 KiB each. */
  private static final int TILES_MAX = 512;

  private static final int COMPUTED_MAX = 65_536;

  /** No log has as many leaves as one node of this level would be over. */
  private static final int LEVEL_MAX = 48;

  private static <V> Map<Node, V> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Node, V> eldest) {
        return size() > most;
      }
    };
  }

  private record Node(int level, long index) {}

  private final HashAlgorithm hash;
  private final DerivedStore store;
  private final List<Epoch> epochs;
  private final FullTiles full;
  private final long storedUpto;
  private final Map<Node, byte[]> tiles = bounded(TILES_MAX);
  private final Map<Node, Hash> computed = bounded(COMPUTED_MAX);

  /**
   * @param full of the same tree, for all requests
   * @param epochs taken before the tiles are read: an epoch leaves memory only once it is stored
   */
  StoredTree(HashAlgorithm hash, DerivedStore store, FullTiles full, List<Epoch> epochs) {
    this.hash = hash;
    this.store = store;
    this.full = full;
    this.epochs = epochs;
    this.storedUpto = epochs.get(0).from;
  }

  @Override
  public Hash node(int level, long index) {
    int up = level % 8;
    long tile = index >> (8 - up);
    if (level < LEVEL_MAX && (tile + 1) << (level - up + 8) <= storedUpto) {
      int at = (int) (index - (tile << (8 - up)));
      return full.node(level / 8, tile, up, at, this::read);
    }
    long end = (index + 1) << level;
    if (level % 8 == 0 && end <= storedUpto) {
      return stored(level / 8, index);
    }
    if (level == 0) {
      return inMemory(index);
    }
    Node key = new Node(level, index);
    Hash known = computed.get(key);
    if (known == null) {
      known = hash.inner(node(level - 1, index * 2), node(level - 1, index * 2 + 1));
      computed.put(key, known);
    }
    return known;
  }

  private Hash stored(int tileLevel, long index) {
    Node key = new Node(tileLevel, index / Tiles.WIDTH);
    byte[] tile = tiles.get(key);
    if (tile == null) {
      tile = read(key.level(), key.index());
      tiles.put(key, tile);
    }
    return Hash.read(tile, (int) (index % Tiles.WIDTH) * Hash.SIZE);
  }

  private byte[] read(int level, long tile) {
    return store
        .tile(level, tile)
        .orElseThrow(() ->
            new IllegalStateException(
                "tile " + level + "/" + tile + " is missing from the derived database"));
  }

  private Hash inMemory(long index) {
    for (Epoch epoch : epochs) {
      if (index >= epoch.from && index < epoch.upto()) {
        return epoch.leaf(index);
      }
    }
    throw new IllegalStateException("leaf " + index + " is not derived yet");
  }
}
