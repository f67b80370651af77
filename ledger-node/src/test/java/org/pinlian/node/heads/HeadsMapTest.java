// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.MapProof;
import org.pinlian.merkle.PatriciaMap;
import org.pinlian.testing.Seeds;

class HeadsMapTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;

  @TempDir Path temp;

  private final SplittableRandom random = Seeds.random(HeadsMapTest.class);

  @ParameterizedTest
  @CsvSource({"SHA_256,false", "SHA_256,true", "SM3,true"})
  void hasTheReferencesRootAndProofsAtEveryRevision(HashAlgorithm hash, boolean adversarial)
      throws Exception {
    try (KeptMap kept = new KeptMap(temp, hash, random)) {
      kept.map.keepFrom(0);
      for (int round = 0; round < 24; round++) {
        Set<Hash> keys = new HashSet<>();
        List<Hash> known = kept.keys();
        for (int i = random.nextInt(1 << random.nextInt(7)); i >= 0; i--) {
          boolean old = !known.isEmpty() && random.nextBoolean();
          keys.add(old ? known.get(random.nextInt(known.size())) : kept.someKey(adversarial));
        }
        kept.change(random.nextInt(8) == 0 ? List.of() : keys);
        for (long size : kept.expected.keySet()) {
          if (random.nextInt(4) == 0 || size == kept.size()) {
            try (MapRevision revision = kept.map.at(size).orElseThrow()) {
              kept.assertHolds(revision);
            }
          }
        }
        assertEquals(kept.keys().size(), kept.map.keys());
      }
      Hash root = kept.map.newest().orElseThrow().root();
      kept.reload();
      try (MapRevision again = kept.map.newest().orElseThrow()) {
        assertEquals(root, again.root());
        kept.assertHolds(again);
      }
    }
  }

  @Test
  void hasOneRootWhateverTheOrderAndTheBatches() {
    TreeMap<Hash, byte[]> values = new TreeMap<>();
    List<Hash> keys = new ArrayList<>();
    try (KeptMap first = new KeptMap(temp.resolve("all"), SHA, random)) {
      for (int i = 0; i < 3_000; i++) {
        keys.add(first.someKey(false));
      }
      first.change(keys);
      values.putAll(first.expected.get(first.size()));
    }
    Hash expected = PatriciaMap.root(SHA, values);
    for (int order = 0; order < 4; order++) {
      HeadsMap map = new HeadsMap(SHA, new Nothing());
      map.load().finish(0);
      List<Hash> left = new ArrayList<>(keys);
      for (int size = 1; !left.isEmpty(); size++) {
        TreeMap<Hash, byte[]> batch = new TreeMap<>();
        for (int i = random.nextInt(1 << random.nextInt(11)); i >= 0 && !left.isEmpty(); i--) {
          Hash key = left.remove(random.nextInt(left.size()));
          batch.put(key, values.get(key));
        }
        HeadChanges.Builder changes = new HeadChanges.Builder(batch.size());
        batch.forEach(
            (key, value) -> changes.add(key, 0, SHA.empty(), 0, 1, Hash.read(value, 8), value[47]));
        map.announce(changes.build(size));
        map.update();
      }
      assertEquals(expected, map.newest().orElseThrow().root());
      map.close();
    }
  }

  /** Keys that share all but their last bits: every one of them meets the whole key of another. */
  @Test
  void tellsKeysApartThatShareTheirFirstEightBytes() throws Exception {
    try (KeptMap kept = new KeptMap(temp, SHA, random)) {
      kept.map.keepFrom(0);
      byte[] same = Seeds.bytes(random, 32);
      List<Hash> keys = new ArrayList<>();
      for (int bit = 64; bit < 256; bit += 1 + random.nextInt(8)) {
        byte[] key = same.clone();
        key[bit >> 3] ^= (byte) (0x80 >> (bit & 7));
        keys.add(Hash.of(key));
      }
      keys.add(Hash.of(same));
      while (!keys.isEmpty()) {
        List<Hash> batch = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0 && !keys.isEmpty(); i--) {
          batch.add(keys.remove(random.nextInt(keys.size())));
        }
        kept.change(batch);
        try (MapRevision newest = kept.map.newest().orElseThrow()) {
          kept.assertHolds(newest);
        }
      }
      for (long size = 0; size <= kept.size(); size++) {
        try (MapRevision revision = kept.map.at(size).orElseThrow()) {
          kept.assertHolds(revision);
        }
      }
    }
  }

  /** The database is ahead of the map by what was announced: what the map has stays provable. */
  @Test
  void provesARevisionWhileTheHeadsAreAheadOfIt() throws Exception {
    try (KeptMap kept = new KeptMap(temp, SHA, random)) {
      kept.change(keys(kept, 50));
      for (int i = 0; i < 3; i++) {
        List<Hash> keys = keys(kept, 10);
        keys.addAll(kept.keys().subList(0, 20));
        kept.announce(keys);
      }
      try (MapRevision held = kept.map.at(1).orElseThrow()) {
        kept.assertHolds(held);
        kept.map.update();
        kept.assertHolds(held);
        kept.map.update();
        kept.map.update();
        kept.assertHolds(held);
      }
      try (MapRevision newest = kept.map.newest().orElseThrow()) {
        kept.assertHolds(newest);
      }
    }
  }

  private static List<Hash> keys(KeptMap kept, int count) {
    List<Hash> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(kept.someKey(false));
    }
    return keys;
  }

  @Test
  void readersSeeTheirRevisionWhileOthersAreBuiltAndFreed() throws Exception {
    try (KeptMap kept = new KeptMap(temp, SHA, random)) {
      kept.change(keys(kept, 300));
      List<Throwable> failures = new CopyOnWriteArrayList<>();
      AtomicBoolean done = new AtomicBoolean();
      List<Thread> readers = new ArrayList<>();
      List<Hash> asked = kept.keys();
      for (int i = 0; i < 3; i++) {
        SplittableRandom own = random.split();
        readers.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    while (!done.get()) {
                      readOne(kept, asked, own);
                    }
                  } catch (Exception | Error e) {
                    failures.add(e);
                  }
                }));
      }
      for (int round = 0; round < 150; round++) {
        List<Hash> keys = keys(kept, 5);
        keys.addAll(asked.subList(random.nextInt(150), 150 + random.nextInt(150)));
        kept.change(keys);
      }
      done.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      assertEquals(List.of(), failures);
    }
  }

  private static void readOne(KeptMap kept, List<Hash> asked, SplittableRandom random)
      throws Exception {
    try (MapRevision revision = kept.map.newest().orElseThrow()) {
      for (int i = 0; i < 20; i++) {
        Hash key = asked.get(random.nextInt(asked.size()));
        byte[] value = revision.value(key).orElseThrow();
        MapProof.verifyPresence(SHA, revision.root(), key, value, revision.presence(key));
        byte[] other = key.bytes();
        other[31] ^= 1;
        Hash missing = Hash.of(other);
        MapProof.verifyAbsence(SHA, revision.root(), missing, revision.absence(missing));
      }
    }
  }

  /** Nodes of revisions that nobody wants are used again, whichever of them were held longer. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void freesWhatNoRevisionHas(boolean holding) throws Exception {
    try (KeptMap kept = new KeptMap(temp, SHA, random)) {
      List<Hash> keys = keys(kept, 200);
      kept.change(keys);
      Deque<MapRevision> held = new ArrayDeque<>();
      for (int round = 0; round < 60; round++) {
        kept.change(keys.subList(random.nextInt(100), 100 + random.nextInt(100)));
        if (holding && random.nextBoolean()) {
          held.add(kept.map.newest().orElseThrow());
        }
        if (held.size() > 5) {
          MapRevision first = random.nextBoolean() ? held.removeFirst() : held.removeLast();
          kept.assertHolds(first);
          first.close();
        }
      }
      held.forEach(MapRevision::close);
      kept.change(List.of());
      kept.change(List.of());
      assertEquals(2L * keys.size() - 1, kept.map.nodes());
      assertEquals(2, kept.map.revisions());
      try (MapRevision newest = kept.map.newest().orElseThrow()) {
        kept.assertHolds(newest);
      }
    }
  }

  /** A leaf is the same whatever its value: a change makes inner nodes anew, and no leaf. */
  @Test
  void changesOfAKnownKeyMakeOnlyInnerNodesAnew() throws Exception {
    try (KeptMap kept = new KeptMap(temp, SHA, random)) {
      List<Hash> keys = keys(kept, 2);
      kept.change(keys.subList(0, 1));
      kept.map.keepFrom(0);
      for (int i = 0; i < 3; i++) {
        kept.change(keys.subList(0, 1));
      }
      assertEquals(1, kept.map.nodes());
      kept.change(keys);
      kept.change(keys.subList(1, 2));
      assertEquals(2 + 2, kept.map.nodes());
      for (long size = 1; size <= kept.size(); size++) {
        try (MapRevision revision = kept.map.at(size).orElseThrow()) {
          kept.assertHolds(revision);
        }
      }
    }
  }

  @Test
  void keepsWhatIsWantedAndTheMiddleOnlyWithinReason() throws Exception {
    try (KeptMap kept = new KeptMap(temp, SHA, random)) {
      List<Hash> keys = keys(kept, 100);
      kept.change(keys);
      kept.map.keepFrom(1);
      for (int round = 0; round < 100; round++) {
        kept.change(keys.subList(random.nextInt(50), 50 + random.nextInt(50)));
      }
      assertTrue(kept.map.revisions() <= 34, () -> "" + kept.map.revisions());
      try (MapRevision oldest = kept.map.at(1).orElseThrow()) {
        kept.assertHolds(oldest);
      }
      for (long size = kept.size() - 3; size <= kept.size(); size++) {
        try (MapRevision new4 = kept.map.at(size).orElseThrow()) {
          kept.assertHolds(new4);
        }
      }
      kept.map.keepFrom(kept.size());
      kept.change(List.of());
      assertTrue(kept.map.at(1).isEmpty());
    }
  }

  @Test
  void stopsWhenTheHeadsWereNotWhatTheMapHas() {
    try (KeptMap kept = new KeptMap(temp, SHA, random)) {
      kept.change(keys(kept, 20));
      Hash known = kept.keys().get(7);
      Hash unknown = kept.someKey(false);
      for (int lie = 0; lie < 3; lie++) {
        HeadChanges.Builder changes = new HeadChanges.Builder(1);
        switch (lie) {
          // A head rolled back, a key that was never there, and one that is there and said new.
          case 0 -> changes.add(known, 7, SHA.empty(), 0, 8, SHA.empty(), 1);
          case 1 -> changes.add(unknown, 1, SHA.empty(), 0, 2, SHA.empty(), 1);
          default -> changes.add(known, 0, SHA.empty(), 0, 1, SHA.empty(), 1);
        }
        kept.reload();
        kept.map.announce(changes.build(9));
        assertThrows(IllegalStateException.class, kept.map::update, "lie " + lie);
      }
    }
  }

  @Test
  void refusesKeysThatDoNotAscend() {
    HeadChanges.Builder changes = new HeadChanges.Builder(2);
    changes.add(SHA.empty(), 0, SHA.empty(), 0, 1, SHA.empty(), 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> changes.add(SHA.empty(), 0, SHA.empty(), 0, 1, SHA.empty(), 1));
    try (HeadsMap map = new HeadsMap(SHA, new Nothing())) {
      HeadsMap.Load load = map.load();
      load.add(SHA.empty().bytes(), new byte[48]);
      assertThrows(
          IllegalArgumentException.class, () -> load.add(SHA.empty().bytes(), new byte[48]));
    }
  }

  /** For keys of which no two share their beginning. */
  private static final class Nothing implements HeadSource {
    @Override
    public List<Hash> keysWithPrefix(long prefix) {
      return List.of();
    }

    @Override
    public Optional<byte[]> value(Hash key) {
      return Optional.empty();
    }
  }
}
