// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.LinkRow;

class DerivedStoreTest {
  @TempDir Path temp;

  private final Sample sample = Sample.seeded("DerivedStoreTest");

  @Test
  void givesBackWhatWasWritten() {
    byte[] key = sample.bytes(32);
    byte[] other = sample.bytes(32);
    Head head = new Head(3, 17, sample.bytes(32), 99);
    byte[] tile = sample.bytes(256 * 32);
    try (DataFolder folder = Sample.open(temp)) {
      try (DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
        assertEquals(0, derived.derivedUpTo());
        assertEquals(0, derived.nextChainId());
        DerivedBatch batch = derived.newBatch();
        batch.putHead(key, head);
        batch.putChainLink(3, 17, 99, 4);
        batch.putTile(2, 5, tile);
        batch.putRule(new byte[] {1, 2}, new byte[] {3});
        batch.putRule(new byte[] {1, 3}, new byte[] {4});
        batch.putDigests(98, tile);
        batch.putDerivedUpTo(100);
        batch.putNextChainId(4);
        batch.putMeta("note", new byte[] {9});
        derived.writeUnsynced(batch);
        DerivedBatch later = derived.newBatch();
        later.deleteRule(new byte[] {1, 2});
        derived.writeUnsynced(later);
      }
      try (DerivedStore derived = DerivedStore.open(folder, Access.READ_ONLY)) {
        assertEquals(Optional.of(head), derived.head(key));
        assertEquals(
            List.of(Optional.empty(), Optional.of(head)), derived.heads(List.of(other, key)));
        assertEquals(List.of(), derived.heads(List.of()));
        assertEquals(Optional.of(new LinkRow(3, 17, 99, 4)), derived.chainLink(3, 17));
        assertArrayEquals(tile, derived.tile(2, 5).orElseThrow());
        assertTrue(derived.rule(new byte[] {1, 2}).isEmpty());
        assertArrayEquals(new byte[] {4}, derived.rule(new byte[] {1, 3}).orElseThrow());
        assertArrayEquals(tile, derived.digests(98).orElseThrow());
        assertTrue(derived.digests(99).isEmpty());
        assertEquals(100, derived.derivedUpTo());
        assertEquals(4, derived.nextChainId());
        assertArrayEquals(new byte[] {9}, derived.meta("note").orElseThrow());
        assertEquals(
            List.of("derived_upto", "format", "next_chain_id", "note"),
            rows(derived.allMeta(), DerivedStore.MetaRow::name));
      }
    }
  }

  @Test
  void scansOneChain() {
    try (DataFolder folder = Sample.open(temp);
        DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
      DerivedBatch batch = derived.newBatch();
      // 255 to 256: the end of the prefix carries into the byte before.
      for (long chain = 254; chain <= 257; chain++) {
        for (long n = 1; n <= 3; n++) {
          batch.putChainLink(chain, n, 10 * chain + n, 0);
        }
      }
      derived.writeUnsynced(batch);
      assertEquals(List.of(2551L, 2552L, 2553L), rows(derived.chain(255, 1), LinkRow::index));
      assertEquals(List.of(2553L), rows(derived.chain(255, 3), LinkRow::index));
      assertEquals(List.of(), rows(derived.chain(255, 4), LinkRow::index));
      assertEquals(12, rows(derived.allChainLinks(), LinkRow::n).size());
    }
  }

  @Test
  void scansRulesByPrefixUpToTheLastByteThereIs() {
    try (DataFolder folder = Sample.open(temp);
        DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
      DerivedBatch batch = derived.newBatch();
      byte[][] keys = {{1}, {1, 0}, {1, (byte) 0xff}, {2}, {(byte) 0xff, (byte) 0xff}};
      for (byte[] key : keys) {
        batch.putRule(key, key);
      }
      derived.writeUnsynced(batch);
      assertEquals(3, rows(derived.rulesWithPrefix(new byte[] {1}), row -> row).size());
      assertEquals(1, rows(derived.rulesWithPrefix(new byte[] {(byte) 0xff}), row -> row).size());
      assertEquals(5, rows(derived.allRules(), row -> row).size());
    }
  }

  @Test
  void isEmptyAfterADropAndTheTruthIsStillThere() {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, true, true);
      DerivedStore.drop(folder);
      assertFalse(Files.exists(folder.path().resolve("derived")));
      assertEquals(List.of(), DamageScan.scan(folder, _ -> {}).damages());
      try (DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE);
          TruthStore truth = TruthStore.open(folder, Access.READ_ONLY)) {
        assertEquals(0, derived.derivedUpTo());
        assertEquals(List.of(), rows(derived.allHeads(), row -> row));
        assertEquals(List.of(), rows(derived.allTiles(), row -> row));
        assertEquals(20, truth.size());
      }
      DerivedStore.drop(folder);
      DerivedStore.drop(folder);
    }
  }

  @Test
  void goesBackToAnEarlierWholeBatchWhenTheUnsyncedLogHasAHole() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, false, true);
      Path log;
      try (var all = Files.list(folder.path().resolve("derived"))) {
        log =
            all.filter(file -> file.toString().endsWith(".log")).max(Path::compareTo).orElseThrow();
      }
      byte[] bytes = Files.readAllBytes(log);
      bytes[bytes.length / 2] ^= 1;
      Files.write(log, bytes);
      try (DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
        long upTo = derived.derivedUpTo();
        assertTrue(upTo > 0 && upTo < 10, "derived up to " + upTo);
        assertTrue(derived.digests(upTo).isEmpty());
      }
    }
  }

  @Test
  void refusesATileThatIsNotOfWholeHashes() {
    DerivedBatch batch = new DerivedBatch();
    assertThrows(IllegalArgumentException.class, () -> batch.putTile(0, 0, new byte[33]));
    assertThrows(IllegalArgumentException.class, () -> batch.putTile(0, 0, new byte[257 * 32]));
    assertThrows(IllegalArgumentException.class, () -> batch.putTile(256, 0, new byte[32]));
    assertThrows(
        IllegalArgumentException.class,
        () -> batch.putHead(new byte[31], new Head(0, 0, new byte[32], 0)));
  }

  static <R, T> List<T> rows(Cursor<R> cursor, Function<R, T> of) {
    try (cursor) {
      List<T> rows = new ArrayList<>();
      while (cursor.next()) {
        rows.add(of.apply(cursor.row()));
      }
      return rows;
    }
  }
}
