// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.v1.Entry;

/**
 * What a folder that no node holds has in it, read row by row.
 *
 * @param leaves hashes of the entries, by index
 * @param derived all rows of the derived state, printed
 */
record FolderImage(
    List<Hash> leaves, Map<String, String> derived, Optional<LastSigned.Head> lastSigned) {
  private static final HexFormat HEX = HexFormat.of();

  static FolderImage read(Path data, HashAlgorithm hash) {
    List<Hash> leaves = new ArrayList<>();
    Map<String, String> rows = new TreeMap<>();
    try (DataFolder folder = DataFolder.existing(data, StorageConfig.defaults());
        TruthStore truth = TruthStore.open(folder, Access.READ_ONLY);
        DerivedStore derived = DerivedStore.open(folder, Access.READ_ONLY);
        LastSigned signed = LastSigned.open(folder)) {
      try (Cursor<TruthStore.EntryRow> entries = truth.entriesFrom(0)) {
        while (entries.next()) {
          assertEquals(leaves.size(), entries.row().index());
          leaves.add(hash.leaf(entries.row().bytes()));
        }
      }
      put(
          rows,
          derived.allHeads(),
          row ->
              new String[] {
                "head " + hex(row.mapKey()),
                row.head().chainId()
                    + " "
                    + row.head().count()
                    + " "
                    + hex(row.head().link())
                    + " "
                    + row.head().lastIndex()
              });
      put(
          rows,
          derived.allChainLinks(),
          row ->
              new String[] {
                "chain " + row.chainId() + " " + row.n(), row.index() + "." + row.position()
              });
      put(
          rows,
          derived.allLinkHashes(),
          row -> new String[] {"link hash " + row.chainId() + " " + row.n(), hex(row.hash())});
      put(
          rows,
          derived.allTiles(),
          row -> new String[] {"tile " + row.level() + " " + row.tile(), hex(row.hashes())});
      put(
          rows,
          derived.allRules(),
          row -> new String[] {"rule " + hex(row.key()), hex(row.value())});
      put(rows, derived.allMeta(), row -> new String[] {"meta " + row.name(), hex(row.value())});
      return new FolderImage(List.copyOf(leaves), rows, signed.read());
    }
  }

  /** The entries, in order. */
  static List<Entry> entries(Path data) {
    List<Entry> entries = new ArrayList<>();
    try (DataFolder folder = DataFolder.existing(data, StorageConfig.defaults());
        TruthStore truth = TruthStore.open(folder, Access.READ_ONLY);
        Cursor<TruthStore.EntryRow> rows = truth.entriesFrom(0)) {
      while (rows.next()) {
        entries.add(Submissions.readEntry(ByteString.copyFrom(rows.row().bytes())));
      }
    } catch (RecordException e) {
      throw new AssertionError(e);
    }
    return entries;
  }

  private static <R> void put(
      Map<String, String> rows, Cursor<R> cursor, Function<R, String[]> printed) {
    try (cursor) {
      while (cursor.next()) {
        String[] row = printed.apply(cursor.row());
        rows.put(row[0], row[1]);
      }
    }
  }

  /** Root of the tree over the first entries. */
  Hash root(HashAlgorithm hash, long size) {
    return Merkle.rootOfLeafHashes(hash, leaves.subList(0, Math.toIntExact(size)));
  }

  /** Whatever was signed is the tree of these entries, and the last-signed file knows of it. */
  void assertHolds(HashAlgorithm hash, List<Checkpoint> signed) {
    long noted = lastSigned.map(LastSigned.Head::size).orElse(0L);
    for (Checkpoint checkpoint : signed) {
      assertEquals(root(hash, checkpoint.size()), checkpoint.root(), checkpoint.text());
      if (checkpoint.size() > noted) {
        throw new AssertionError("only " + noted + " is noted, signed was " + checkpoint.text());
      }
    }
  }

  long derivedUpTo() {
    return Long.parseLong(derived.getOrDefault("meta derived_upto", "0"), 16);
  }

  /**
   * A node that has to derive all of it again makes the same rows.
   *
   * @param scratch a folder that is not there yet
   */
  static FolderImage assertDerivesAgain(Path data, Path scratch, HashAlgorithm hash) {
    FolderImage image = read(data, hash);
    LedgerFolder.copy(data, scratch);
    try (DataFolder folder = DataFolder.existing(scratch, StorageConfig.defaults())) {
      DerivedStore.drop(folder);
    }
    startAndClose(scratch);
    FolderImage again = read(scratch, hash);
    assertEquals(image.leaves, again.leaves);
    assertSameRows(again.derived, image.derived);
    return image;
  }

  /** Tells the rows that differ, and not megabytes. */
  static void assertSameRows(Map<String, String> expected, Map<String, String> found) {
    List<String> different = new ArrayList<>();
    TreeMap<String, String> all = new TreeMap<>(expected);
    all.putAll(found);
    for (String row : all.keySet()) {
      String one = expected.get(row);
      String other = found.get(row);
      if (one == null || !one.equals(other)) {
        different.add(row + ": expected " + one + ", found " + other);
      }
    }
    assertEquals(List.of(), different.subList(0, Math.min(10, different.size())));
  }

  static void startAndClose(Path data) {
    Node.start(NodeConfig.defaults(data), new SimpleMeterRegistry()).close();
  }

  private static String hex(byte[] bytes) {
    return HEX.formatHex(bytes);
  }
}
