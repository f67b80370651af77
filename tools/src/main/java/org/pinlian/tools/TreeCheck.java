// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Frontier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.DerivedStore.TileRow;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.tools.LogReader.Peeked;

/**
 * Recomputes the tree from the leaves, compares the column {@code hashes} with it as it grows, and
 * the root with the one that was signed last. For one thread.
 *
 * <p>Beside the leaves of the tile at hand it keeps one hash for every 256 leaves: 1.25 MB for ten
 * million entries.
 */
final class TreeCheck {
  private static final int WIDTH = 256;

  private final HashAlgorithm hash;
  private final Differences differences;
  private final long derivedUpTo;
  private final LastSigned.@Nullable Head signed;
  private final Peeked<TileRow> rows;

  // The tree is `full`, whose leaves are the roots of full tiles, followed by `tile`.
  private final Frontier full;
  private Frontier tile;
  private final byte[] leaves = new byte[WIDTH * Hash.SIZE];
  private final ByteArrayOutputStream fullRoots = new ByteArrayOutputStream();
  private long size;

  // The tree as the stored tiles have it; null while they agree with the entries.
  private @Nullable Frontier asStored;
  private final List<Mismatch> mismatches = new ArrayList<>();
  private @Nullable Hash rootWhenSigned;
  private @Nullable Hash storedRootWhenSigned;

  /** A leaf that the tiles have otherwise: which of the two is false, the signed root tells. */
  private record Mismatch(long index, String recomputed, String stored) {}

  TreeCheck(
      HashAlgorithm hash,
      Differences differences,
      long derivedUpTo,
      LastSigned.@Nullable Head signed,
      Peeked<TileRow> rows) {
    this.hash = hash;
    this.differences = differences;
    this.derivedUpTo = derivedUpTo;
    this.signed = signed;
    this.rows = rows;
    this.full = new Frontier(hash);
    this.tile = new Frontier(hash);
  }

  void append(Hash leaf) {
    int at = (int) (size % WIDTH);
    leaf.copyTo(leaves, at * Hash.SIZE);
    tile.append(leaf);
    size++;
    if (asStored != null && size > derivedUpTo) {
      asStored.append(leaf);
    }
    if (at == WIDTH - 1) {
      if (size <= derivedUpTo) {
        compareLeaves(WIDTH);
      }
      Hash root = tile.root();
      full.append(root);
      fullRoots.writeBytes(root.bytes());
      tile = new Frontier(hash);
    }
    if (signed != null && size == signed.size()) {
      rootWhenSigned = root();
      storedRootWhenSigned = asStored != null && asStored.size() == size ? asStored.root() : null;
    }
  }

  private Hash root() {
    List<Hash> nodes = new ArrayList<>(full.nodes());
    nodes.addAll(tile.nodes());
    return Frontier.resume(hash, size, nodes).root();
  }

  /** To be called at the size {@code derived_upto}: nothing is stored of what comes after. */
  void endOfDerived() {
    if (size % WIDTH > 0) {
      compareLeaves((int) (size % WIDTH));
    }
    byte[] below = fullRoots.toByteArray();
    for (int level = 1; below.length > 0; level++) {
      ByteArrayOutputStream above = new ByteArrayOutputStream();
      int tileBytes = WIDTH * Hash.SIZE;
      for (int from = 0; from < below.length; from += tileBytes) {
        int to = Math.min(below.length, from + tileBytes);
        byte[] expected = Arrays.copyOfRange(below, from, to);
        byte[] stored = stored(level, from / tileBytes, expected);
        if (stored != null && !Arrays.equals(stored, expected)) {
          compareHashes(level, from / tileBytes, expected, stored);
        }
        if (expected.length == tileBytes) {
          Frontier upper = new Frontier(hash);
          for (int i = 0; i < WIDTH; i++) {
            upper.append(Hash.read(expected, i * Hash.SIZE));
          }
          above.writeBytes(upper.root().bytes());
        }
      }
      below = above.toByteArray();
    }
    for (TileRow row = rows.peek(); row != null; row = rows.peek()) {
      differ(name(row), "no such tile", row.hashes().length / Hash.SIZE + " hashes");
      rows.take();
    }
  }

  /** To be called after the last entry. */
  void endOfLog() {
    if (signed == null) {
      if (size > 1) {
        differences.ofTruth(
            size,
            new Difference("last-signed", Long.toString(size), "a tree head signed", "no file"));
      }
    } else if (rootWhenSigned == null) {
      differences.ofTruth(
          size,
          new Difference(
              "entries",
              Long.toString(size),
              "entries up to size " + signed.size() + ", for which a tree head was signed",
              "none: the database was set back"));
    }
    Hash root = signed == null ? null : Hash.of(signed.root());
    boolean treeIsFalse = root != null && rootWhenSigned != null && !root.equals(rootWhenSigned);
    boolean entriesAreFalse =
        treeIsFalse && root != null && Objects.equals(root, storedRootWhenSigned);
    for (Mismatch mismatch : mismatches) {
      if (entriesAreFalse) {
        differences.ofTruth(
            mismatch.index(),
            new Difference(
                "entries",
                Long.toString(mismatch.index()),
                "an entry with leaf " + mismatch.stored() + ", as signed",
                "one with leaf " + mismatch.recomputed()));
      } else {
        differences.ofDerived(
            mismatch.index(),
            new Difference(
                "hashes",
                "0." + mismatch.index() / WIDTH,
                "leaf " + mismatch.index() + " " + mismatch.recomputed(),
                mismatch.stored()));
      }
    }
    if (treeIsFalse && signed != null && rootWhenSigned != null) {
      differences.ofTruth(
          signed.size(),
          new Difference(
              "last-signed",
              Long.toString(signed.size()),
              "the root of the entries, " + rootWhenSigned,
              Hash.of(signed.root()).hex()));
    }
  }

  private void compareLeaves(int width) {
    long number = (size - 1) / WIDTH;
    byte[] expected = Arrays.copyOf(leaves, width * Hash.SIZE);
    byte[] stored = stored(0, number, expected);
    boolean comparable = stored != null && stored.length == expected.length;
    if (stored != null && !comparable) {
      compareHashes(0, number, expected, stored);
    } else if (stored != null && !Arrays.equals(stored, expected)) {
      if (asStored == null) {
        asStored = Frontier.resume(hash, number * WIDTH, full.nodes());
      }
      for (int i = 0; i < width; i++) {
        Hash found = Hash.read(stored, i * Hash.SIZE);
        Hash leaf = Hash.read(expected, i * Hash.SIZE);
        if (!found.equals(leaf)) {
          mismatch(number * WIDTH + i, leaf, found);
        }
      }
    }
    if (asStored != null) {
      byte[] taken = comparable && stored != null ? stored : expected;
      for (int i = 0; i < width; i++) {
        asStored.append(Hash.read(taken, i * Hash.SIZE));
      }
    }
  }

  private void mismatch(long index, Hash recomputed, Hash stored) {
    if (mismatches.size() < Differences.LISTED_MAX) {
      mismatches.add(new Mismatch(index, recomputed.hex(), stored.hex()));
    } else {
      differ("0." + index / WIDTH, "leaf " + index + " " + recomputed, stored.hex());
    }
  }

  private void compareHashes(int level, long number, byte[] expected, byte[] stored) {
    int at = Math.max(0, Arrays.mismatch(expected, stored)) / Hash.SIZE;
    String key = level + "." + number;
    if (expected.length != stored.length) {
      differ(
          key,
          expected.length / Hash.SIZE + " hashes",
          stored.length / Hash.SIZE + " hashes (" + stored.length + " bytes)");
    } else {
      differ(
          key,
          "hash " + at + " " + Hash.read(expected, at * Hash.SIZE),
          Hash.read(stored, at * Hash.SIZE).hex());
    }
  }

  /** The row of that tile, or null, which is told. */
  private byte @Nullable [] stored(int level, long number, byte[] expected) {
    for (TileRow row = rows.peek(); row != null; row = rows.peek()) {
      if (row.level() == level && row.tile() == number) {
        rows.take();
        return row.hashes();
      }
      if (row.level() > level || (row.level() == level && row.tile() > number)) {
        break;
      }
      differ(name(row), "no such tile", row.hashes().length / Hash.SIZE + " hashes");
      rows.take();
    }
    differ(level + "." + number, expected.length / Hash.SIZE + " hashes", "no such tile");
    return null;
  }

  private static String name(TileRow row) {
    return row.level() + "." + row.tile();
  }

  private void differ(String key, String expected, String found) {
    differences.ofDerived(size, new Difference("hashes", key, expected, found));
  }
}
