// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStoreTest {
  private static final byte[] NONE = new byte[32];

  @TempDir Path temp;

  private final Sample sample = Sample.seeded("KeyStoreTest");

  @Test
  void keepsSeedsOverAReopen() {
    SortedMap<Long, byte[]> seeds = seeds(20);
    try (DataFolder folder = Sample.open(temp)) {
      try (KeyStore keys = KeyStore.open(folder, Access.READ_WRITE)) {
        keys.putSynced(seeds);
      }
      try (KeyStore keys = KeyStore.open(folder, Access.READ_ONLY)) {
        seeds.forEach((index, seed) -> assertArrayEquals(seed, keys.seed(index).orElseThrow()));
        assertTrue(keys.seed(20).isEmpty());
        assertEquals(17, DerivedStoreTest.rows(keys.seedsFrom(3), KeyStore.SeedRow::index).size());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavesNoByteOfADestroyedSeedInItsFiles(boolean reopened) throws Exception {
    SortedMap<Long, byte[]> seeds = seeds(500);
    byte[] destroyed = seeds.getOrDefault(250L, NONE);
    byte[] kept = seeds.getOrDefault(251L, NONE);
    try (DataFolder folder = Sample.open(temp)) {
      KeyStore keys = KeyStore.open(folder, Access.READ_WRITE);
      keys.putSynced(seeds);
      if (reopened) {
        // The seed is then in a table file, and not only in the log.
        keys.close();
        keys = KeyStore.open(folder, Access.READ_WRITE);
        keys.replaceSynced(0, new byte[] {1});
        keys.purge();
      }
      assertTrue(anyFileHolds(destroyed));
      keys.replaceSynced(250, new byte[] {1});
      assertEquals(1, keys.seed(250).orElseThrow().length);
      assertEquals(Set.of(250L), keys.unpurged());
      keys.purge();
      assertEquals(Set.of(), keys.unpurged());
      assertFalse(anyFileHolds(destroyed));
      assertArrayEquals(kept, keys.seed(251).orElseThrow());
      assertTrue(anyFileHolds(kept));
      keys.close();
      assertFalse(anyFileHolds(destroyed));
    }
  }

  private SortedMap<Long, byte[]> seeds(int count) {
    SortedMap<Long, byte[]> seeds = new TreeMap<>();
    for (long index = 0; index < count; index++) {
      seeds.put(index, sample.bytes(32));
    }
    return seeds;
  }

  private boolean anyFileHolds(byte[] seed) throws Exception {
    String wanted = new String(seed, StandardCharsets.ISO_8859_1);
    try (var files = Files.walk(temp)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(wanted)) {
          return true;
        }
      }
    }
    return false;
  }
}
