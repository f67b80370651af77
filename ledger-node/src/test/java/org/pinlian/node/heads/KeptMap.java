// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.MapProof;
import org.pinlian.merkle.PatriciaMap;
import org.pinlian.merkle.ProofException;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Heads;
import org.pinlian.testing.Seeds;

/** A map over heads in a real database, and beside it what every revision must hold. */
final class KeptMap implements AutoCloseable {
  final HashAlgorithm hash;
  final DataFolder folder;
  final DerivedStore store;
  final SplittableRandom random;
  HeadsMap map;

  /** What each size has. */
  final NavigableMap<Long, NavigableMap<Hash, byte[]>> expected = new TreeMap<>();

  private NavigableMap<Hash, byte[]> heads = new TreeMap<>();
  private long size;

  KeptMap(Path data, HashAlgorithm hash, SplittableRandom random) {
    this.hash = hash;
    this.random = random;
    this.folder = DataFolder.open(data, StorageConfig.defaults());
    this.store = DerivedStore.open(folder, Access.READ_WRITE);
    this.map = new HeadsMap(hash, new StoredHeads(store));
    expected.put(0L, new TreeMap<>());
    map.load().finish(0);
  }

  /** Loads another map from what is stored, as a start does. */
  void reload() {
    map.close();
    map = new HeadsMap(hash, new StoredHeads(store));
    HeadsMap.Load load = map.load();
    try (Cursor<HeadRow> rows = store.allHeads()) {
      while (rows.next()) {
        load.add(rows.row().mapKey(), StoredHeads.value(rows.row().head()));
      }
    }
    load.finish(size);
  }

  long size() {
    return size;
  }

  List<Hash> keys() {
    return new ArrayList<>(heads.keySet());
  }

  /** Puts a link more on each of the chains, first in the database, then in the map. */
  void change(Collection<Hash> keys) {
    announce(keys);
    map.update();
  }

  /** As {@link #change}, without the map. */
  void announce(Collection<Hash> keys) {
    size++;
    NavigableMap<Hash, byte[]> next = new TreeMap<>(heads);
    TreeMap<Hash, Head> rows = new TreeMap<>();
    TreeSet<Hash> sorted = new TreeSet<>(keys);
    HeadChanges.Builder changes = new HeadChanges.Builder(sorted.size());
    for (Hash key : sorted) {
      byte[] value = heads.get(key);
      ByteBuffer before = value == null ? ByteBuffer.allocate(48) : ByteBuffer.wrap(value);
      long count = before.getLong();
      byte[] link = new byte[32];
      before.get(link);
      Hash after = Hash.of(Seeds.bytes(random, 32));
      changes.add(key, count, Hash.of(link), before.getLong(), count + 1, after, size - 1);
      next.put(key, Heads.value(count + 1, after, size - 1));
      rows.put(key, new Head(1, count + 1, after.bytes(), size - 1));
    }
    map.announce(changes.build(size));
    DerivedBatch batch = store.newBatch();
    rows.forEach((key, head) -> batch.putHead(key.bytes(), head));
    store.writeUnsynced(batch);
    heads = next;
    expected.put(size, next);
  }

  /** Random keys, or ones that begin as one that is there, for up to all but the last bit. */
  Hash someKey(boolean adversarial) {
    List<Hash> keys = keys();
    byte[] key = Seeds.bytes(random, 32);
    if (adversarial && !keys.isEmpty() && random.nextInt(4) > 0) {
      byte[] near = keys.get(random.nextInt(keys.size())).bytes();
      int shared = random.nextBoolean() ? 8 : random.nextInt(32);
      System.arraycopy(near, 0, key, 0, shared);
      if (random.nextInt(3) == 0) {
        key = near;
        key[31 - random.nextInt(24)] ^= (byte) (1 << random.nextInt(8));
      }
    }
    return Hash.of(key);
  }

  /** Every key's presence, some keys' absence, root and values, against the reference. */
  void assertHolds(MapRevision revision) throws ProofException {
    NavigableMap<Hash, byte[]> holds = requireNonNull(expected.get(revision.size()));
    assertEquals(PatriciaMap.root(hash, holds), revision.root());
    for (Hash key : some(new ArrayList<>(holds.keySet()))) {
      byte[] value = requireNonNull(holds.get(key));
      assertArrayEquals(value, revision.value(key).orElseThrow());
      byte[] proof = revision.presence(key);
      MapProof.verifyPresence(hash, revision.root(), key, value, proof);
      assertArrayEquals(PatriciaMap.presence(hash, holds, key), proof);
      assertThrows(IllegalArgumentException.class, () -> revision.absence(key));
      assertTrue(revision.mayHave(key));
      assertArrayEquals(proof, revision.presence(key, value).orElseThrow());
      assertTrue(revision.absenceIfSo(key).isEmpty());
      byte[] other = value.clone();
      other[random.nextInt(other.length)] ^= 1;
      assertTrue(revision.presence(key, other).isEmpty(), "no proof of what it does not have");
    }
    List<Hash> absent = some(keys());
    for (int i = 0; i < 10; i++) {
      absent.add(someKey(true));
    }
    absent.removeAll(holds.keySet());
    for (Hash key : absent) {
      assertEquals(false, revision.value(key).isPresent());
      byte[] proof = revision.absence(key);
      MapProof.verifyAbsence(hash, revision.root(), key, proof);
      assertArrayEquals(PatriciaMap.absence(hash, holds, key), proof);
      assertThrows(IllegalArgumentException.class, () -> revision.presence(key));
      assertArrayEquals(proof, revision.absenceIfSo(key).orElseThrow());
      assertTrue(revision.presence(key, new byte[Heads.VALUE_SIZE]).isEmpty());
    }
  }

  private List<Hash> some(List<Hash> all) {
    List<Hash> some = new ArrayList<>();
    for (int i = 0; i < 12 && !all.isEmpty(); i++) {
      some.add(all.get(random.nextInt(all.size())));
    }
    return some;
  }

  @Override
  public void close() {
    map.close();
    store.close();
    folder.close();
  }
}
