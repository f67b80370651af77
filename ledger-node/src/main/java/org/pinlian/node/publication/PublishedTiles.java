// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.NodeSource;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.TruthStore;

/**
 * Tiles and entry bundles of the published tree, as they are served (B.5). All of it stays as it is
 * for ever: a partial one is the beginning of the wider ones, so every width up to what is
 * published can be had, and with it those of every size that ever was. Safe for many threads.
 */
public final class PublishedTiles {
  /** Hashes in a full tile, entries in a full bundle. */
  public static final int WIDTH = 256;

  /** The highest level that the format has. */
  public static final int LEVEL_MAX = 63;

  private static final int LEVEL_BITS = 8;

  /** Of a piece of a bundle; an entry more may come on top. */
  private static final int PIECE_BYTES = 256 << 10;

  private final Supplier<NodeSource> tree;
  private final TruthStore truth;
  private final LongSupplier publishedSize;

  /**
   * @param tree the tree's nodes, made for each request
   * @param publishedSize 0 before anything is published
   */
  public PublishedTiles(Supplier<NodeSource> tree, TruthStore truth, LongSupplier publishedSize) {
    this.tree = tree;
    this.truth = truth;
    this.publishedSize = publishedSize;
  }

  /**
   * Hashes of a tile, one after the other.
   *
   * @param index of the tile in its level
   * @param width how many, 256 for a full tile
   * @return empty if so much is not published
   */
  public Optional<byte[]> tile(int level, long index, int width) {
    if (level < 0 || level > LEVEL_MAX || !reaches(nodes(level), index, width)) {
      return Optional.empty();
    }
    NodeSource nodes = tree.get();
    byte[] bytes = new byte[width * Hash.SIZE];
    for (int i = 0; i < width; i++) {
      nodes.node(level * LEVEL_BITS, index * WIDTH + i).copyTo(bytes, i * Hash.SIZE);
    }
    return Optional.of(bytes);
  }

  /** How many complete subtrees of a level are published. */
  private long nodes(int level) {
    int shift = level * LEVEL_BITS;
    return shift >= Long.SIZE ? 0 : publishedSize.getAsLong() >>> shift;
  }

  private static boolean reaches(long count, long index, int width) {
    return width >= 1
        && width <= WIDTH
        && index >= 0
        && index <= count / WIDTH
        && index * WIDTH + width <= count;
  }

  /**
   * A bundle: of each entry {@code u16 length || bytes}, in pieces.
   *
   * @return whether so much is published; if not, there was no piece
   */
  public boolean entries(long index, int width, Consumer<byte[]> piece) {
    if (!reaches(publishedSize.getAsLong(), index, width)) {
      return false;
    }
    long next = index * WIDTH;
    long end = next + width;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Cursor<TruthStore.EntryRow> rows = truth.entriesFrom(next)) {
      while (next < end && rows.next() && rows.row().index() == next) {
        byte[] entry = rows.row().bytes();
        bytes.write(entry.length >>> 8);
        bytes.write(entry.length);
        bytes.writeBytes(entry);
        if (bytes.size() >= PIECE_BYTES) {
          piece.accept(bytes.toByteArray());
          bytes.reset();
        }
        next++;
      }
    }
    if (next < end) {
      throw new IllegalStateException("entry " + next + " is published and not there");
    }
    if (bytes.size() > 0) {
      piece.accept(bytes.toByteArray());
    }
    return true;
  }
}
