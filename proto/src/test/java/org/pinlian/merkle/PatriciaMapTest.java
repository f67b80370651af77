// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;

class PatriciaMapTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;

  /** B.10 once more, the slow way: bit by bit, over unsorted keys. */
  private static Hash naive(List<Hash> keys, NavigableMap<Hash, byte[]> entries, int bit) {
    if (keys.size() == 1) {
      ByteArrayOutputStream leaf = new ByteArrayOutputStream();
      leaf.write(0x00);
      leaf.write(32);
      leaf.writeBytes(keys.get(0).bytes());
      byte[] value = requireNonNull(entries.get(keys.get(0)));
      leaf.write(value.length);
      leaf.writeBytes(value);
      return SHA.hash(leaf.toByteArray());
    }
    List<Hash> left = new ArrayList<>();
    List<Hash> right = new ArrayList<>();
    for (Hash key : keys) {
      boolean one = (key.bytes()[bit / 8] & 0x80 >> bit % 8) != 0;
      (one ? right : left).add(key);
    }
    if (left.isEmpty() || right.isEmpty()) {
      return naive(keys, entries, bit + 1);
    }
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    inner.write(0x01);
    if (bit >= 128) {
      inner.write(bit);
      inner.write(1);
    } else {
      inner.write(bit);
    }
    inner.writeBytes(naive(left, entries, bit + 1).bytes());
    inner.writeBytes(naive(right, entries, bit + 1).bytes());
    return SHA.hash(inner.toByteArray());
  }

  @Test
  void ofNothingIsTheHashOfNothing() {
    assertEquals(SHA.empty(), PatriciaMap.root(SHA, new TreeMap<>()));
  }

  @Test
  void followsTheHashRulesForAnyKeys() {
    var random = Seeds.random(PatriciaMapTest.class);
    for (int round = 0; round < 200; round++) {
      NavigableMap<Hash, byte[]> entries = new TreeMap<>();
      byte[] last = new byte[32];
      for (int i = random.nextInt(40); i >= 0; i--) {
        byte[] key = random.nextBoolean() ? Seeds.bytes(random, 32) : last.clone();
        // Keys that share long beginnings, so that bit indexes need two bytes.
        key[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
        entries.put(Hash.of(key), Seeds.bytes(random, random.nextInt(100)));
        last = key;
      }
      List<Hash> keys = new ArrayList<>(entries.keySet());
      Collections.reverse(keys);
      assertEquals(naive(keys, entries, 0), PatriciaMap.root(SHA, entries));
      PatriciaMap.Sorted sorted = new PatriciaMap.Sorted(SHA);
      entries.forEach(sorted::add);
      assertEquals(PatriciaMap.root(SHA, entries), sorted.root());
    }
  }

  @Test
  void changesWithEveryKeyAndValue() {
    NavigableMap<Hash, byte[]> entries = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      entries.put(SHA.hash(new byte[] {(byte) i}), new byte[] {(byte) i});
    }
    Hash root = PatriciaMap.root(SHA, entries);
    for (Hash key : entries.keySet()) {
      NavigableMap<Hash, byte[]> lying = new TreeMap<>(entries);
      lying.put(key, new byte[] {99});
      assertNotEquals(root, PatriciaMap.root(SHA, lying));
      lying.remove(key);
      assertNotEquals(root, PatriciaMap.root(SHA, lying));
    }
  }

  @Test
  void refusesAnotherOrder() {
    NavigableMap<Hash, byte[]> reversed = new TreeMap<>(Collections.reverseOrder());
    reversed.put(Hash.of(new byte[32]), new byte[0]);
    reversed.put(SHA.empty(), new byte[0]);
    assertThrows(IllegalArgumentException.class, () -> PatriciaMap.root(SHA, reversed));
    PatriciaMap.Sorted sorted = new PatriciaMap.Sorted(SHA);
    assertEquals(SHA.empty(), sorted.root());
    sorted.add(SHA.empty(), new byte[0]);
    assertThrows(IllegalArgumentException.class, () -> sorted.add(SHA.empty(), new byte[0]));
  }
}
