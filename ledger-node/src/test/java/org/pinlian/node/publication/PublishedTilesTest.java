// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.sequencing.SequencedBatch;
import org.pinlian.node.sequencing.SequencedEntry;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthBatch;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.v1.Block;

/** Tiles and bundles against the definition in B.5, around every size where a tile fills. */
class PublishedTilesTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
  private static final int[] SIZES = {1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 70_000};

  @TempDir Path temp;

  private final List<Hash> leaves = new ArrayList<>();
  private final AtomicLong published = new AtomicLong();

  private static byte[] entry(long index) {
    return ("trace-vector-" + index).getBytes(StandardCharsets.US_ASCII);
  }

  /** A log of plain entries, cut into epochs by a block now and then, the last part in memory. */
  @Test
  void tilesAndBundlesOfEverySizeAreWhatTheirDefinitionSays() throws Exception {
    try (DataFolder folder = DataFolder.open(temp, StorageConfig.defaults());
        TruthStore truth = TruthStore.open(folder, Access.READ_WRITE);
        DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE);
        Derivation derivation =
            new Derivation(
                HASH,
                derived,
                false,
                cause -> {
                  throw new AssertionError(cause);
                })) {
      PublishedTiles tiles = new PublishedTiles(derivation::tree, truth, published::get);
      assertFalse(tiles.tile(0, 0, 1).isPresent());
      for (int size : SIZES) {
        grow(truth, derivation, size);
        published.set(size);
        assertSize(tiles, size);
        LeafCheck check = LeafCheck.after(HASH, truth, derivation.tree(), size / 2);
        check.extendTo(new Checkpoint("log.example", size, root(0, size)));
        assertEquals(size, check.size());
      }
      assertEquals(16, tiles.tile(2, 0, 1).orElseThrow().length / 2);
      assertEquals(112 * 32, tiles.tile(0, 273, 112).orElseThrow().length);
      assertFalse(tiles.tile(0, 273, 113).isPresent());
      assertEquals(17 * 32, tiles.tile(1, 1, 17).orElseThrow().length);
      assertEquals(256 * 32, tiles.tile(0, 272, 256).orElseThrow().length);
      assertVectors(tiles);
      assertNothingBeyond(tiles);
      assertThrows(
          PublicationException.class,
          () ->
              LeafCheck.after(HASH, truth, derivation.tree(), 7)
                  .extendTo(new Checkpoint("log.example", 70_000, root(0, 69_999))));
      assertThrows(
          PublicationException.class,
          () ->
              LeafCheck.after(HASH, truth, derivation.tree(), 7)
                  .extendTo(new Checkpoint("log.example", 70_001, root(0, 70_000))));
    }
  }

  private void grow(TruthStore truth, Derivation derivation, int size) throws InterruptedException {
    while (leaves.size() < size) {
      int end = Math.min(size, leaves.size() + 4_000);
      TruthBatch batch = truth.newBatch();
      List<SequencedEntry> entries = new ArrayList<>();
      while (leaves.size() < end) {
        long index = leaves.size();
        Hash leaf = HASH.leaf(entry(index));
        leaves.add(leaf);
        batch.putEntry(index, entry(index));
        boolean cuts = index % 3_001 == 3_000;
        entries.add(
            new SequencedEntry(
                index,
                leaf,
                List.of(),
                List.of(),
                cuts ? Block.newBuilder().setCovers(index).build() : null));
      }
      truth.writeSynced(batch);
      derivation.follow(new SequencedBatch(entries, null));
    }
    derivation.awaitApplied(size);
  }

  private void assertSize(PublishedTiles tiles, int size) {
    long nodes = size;
    for (int level = 0; nodes > 0; level++, nodes /= 256) {
      long full = nodes / 256;
      int rest = (int) (nodes % 256);
      // Tiles at both ends; all of them would be as many hashes again for every size.
      for (long index : new long[] {0, 1, full - 2, full - 1, full}) {
        int width = index == full ? rest : 256;
        if (index < 0 || index > full || width == 0) {
          continue;
        }
        byte[] expected = tile(level, index, width);
        assertArrayEquals(expected, tiles.tile(level, index, width).orElseThrow());
        if (width > 1) {
          assertEquals(
              Optional.of(HexFormat.of().formatHex(expected, 0, 32 * (width / 2))),
              tiles.tile(level, index, width / 2).map(HexFormat.of()::formatHex));
        }
      }
      if (rest == 0) {
        assertFalse(tiles.tile(level, full, 1).isPresent(), "an empty tile is served");
      }
      assertFalse(tiles.tile(level, full, rest + 1).isPresent());
      assertFalse(tiles.tile(level, full + 1, 1).isPresent());
    }
    for (long index : new long[] {0, size / 256 - 1, size / 256}) {
      int width = (int) Math.min(256, size - index * 256);
      if (index >= 0 && width > 0) {
        assertArrayEquals(bundle(index, width), read(tiles, index, width));
        assertFalse(tiles.entries(index, width + 1, _ -> {}) && width < 256);
      }
    }
  }

  private byte[] tile(int level, long index, int width) {
    byte[] bytes = new byte[width * Hash.SIZE];
    int span = 1 << (8 * level);
    for (int i = 0; i < width; i++) {
      int begin = (int) ((index * 256 + i) * span);
      root(begin, begin + span).copyTo(bytes, i * Hash.SIZE);
    }
    return bytes;
  }

  private Hash root(int begin, int end) {
    return Merkle.rootOfLeafHashes(HASH, leaves.subList(begin, end));
  }

  private static byte[] bundle(long index, int width) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < width; i++) {
      byte[] entry = entry(index * 256 + i);
      bytes.write(entry.length >> 8);
      bytes.write(entry.length);
      bytes.writeBytes(entry);
    }
    return bytes.toByteArray();
  }

  private static byte[] read(PublishedTiles tiles, long index, int width) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertTrue(tiles.entries(index, width, bytes::writeBytes));
    return bytes.toByteArray();
  }

  /** B.11. */
  private static void assertVectors(PublishedTiles tiles) throws NoSuchAlgorithmException {
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    byte[] bundle = read(tiles, 0, 5);
    assertEquals(80, bundle.length);
    assertEquals(
        "826d16ab1e9b23f90126b376d3aa1efa2c6648e5b8fbf66836f6effa903187d7",
        HexFormat.of().formatHex(sha.digest(bundle)));
    byte[] tile = tiles.tile(0, 0, 5).orElseThrow();
    assertEquals(160, tile.length);
    assertEquals(
        "dc147973627994be4e0029094ff86d1e18ccd6d91ad376711203fdec1fe4fe38",
        HexFormat.of().formatHex(sha.digest(tile)));
  }

  private static void assertNothingBeyond(PublishedTiles tiles) {
    for (int level : new int[] {-1, 3, 7, 8, 62, 63, 64, Integer.MAX_VALUE}) {
      assertFalse(tiles.tile(level, 0, 1).isPresent(), "level " + level);
    }
    for (long index : new long[] {-1, 274, 1L << 40, 1L << 55, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertFalse(tiles.tile(0, index, 1).isPresent(), "tile " + index);
      assertFalse(tiles.entries(index, 1, _ -> {}), "bundle " + index);
    }
    for (int width : new int[] {-1, 0, 257, Integer.MAX_VALUE}) {
      assertFalse(tiles.tile(0, 0, width).isPresent(), "width " + width);
      assertFalse(tiles.entries(0, width, _ -> {}), "width " + width);
    }
  }
}
