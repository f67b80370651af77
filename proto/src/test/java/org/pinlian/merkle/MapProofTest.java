// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.merkle.MapProof.Step;
import org.pinlian.merkle.ProofException.Reason;
import org.pinlian.testing.Seeds;

class MapProofTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;

  /** Keys that share long beginnings, so that bits of one and of two bytes are met. */
  private static NavigableMap<Hash, byte[]> entries(SplittableRandom random, int count) {
    NavigableMap<Hash, byte[]> entries = new TreeMap<>();
    byte[] last = new byte[32];
    while (entries.size() < count) {
      byte[] key = random.nextBoolean() ? Seeds.bytes(random, 32) : last.clone();
      key[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
      entries.put(Hash.of(key), Seeds.bytes(random, random.nextInt(200)));
      last = key;
    }
    return entries;
  }

  private static Hash nearby(SplittableRandom random, NavigableMap<Hash, byte[]> entries) {
    Hash absent;
    do {
      List<Hash> keys = List.copyOf(entries.keySet());
      byte[] key =
          keys.isEmpty() || random.nextInt(4) == 0
              ? Seeds.bytes(random, 32)
              : keys.get(random.nextInt(keys.size())).bytes();
      key[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
      absent = Hash.of(key);
    } while (entries.containsKey(absent));
    return absent;
  }

  private static byte[] value(NavigableMap<Hash, byte[]> entries, Hash key) {
    return requireNonNull(entries.get(key));
  }

  private static Reason present(Hash root, Hash key, byte[] value, byte[] proof) {
    return assertThrows(
            ProofException.class, () -> MapProof.verifyPresence(SHA, root, key, value, proof))
        .reason();
  }

  private static Reason absent(Hash root, Hash key, byte[] proof) {
    return assertThrows(ProofException.class, () -> MapProof.verifyAbsence(SHA, root, key, proof))
        .reason();
  }

  private static Hash key(int first, int last) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) first;
    bytes[31] = (byte) last;
    return Hash.of(bytes);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void everyKeyIsProvedPresentOrAbsentAndNeverBoth(HashAlgorithm hash) throws Exception {
    var random = Seeds.random(MapProofTest.class);
    for (int round = 0; round < 60; round++) {
      NavigableMap<Hash, byte[]> entries = entries(random, random.nextInt(30));
      Hash root = PatriciaMap.root(hash, entries);
      for (var entry : entries.entrySet()) {
        byte[] proof = PatriciaMap.presence(hash, entries, entry.getKey());
        MapProof.verifyPresence(hash, root, entry.getKey(), entry.getValue(), proof);
        assertThrows(
            IllegalArgumentException.class,
            () -> PatriciaMap.absence(hash, entries, entry.getKey()));
        // Its own leaf proves nothing of its absence, nor does a neighbour's.
        for (Hash other : List.of(entries.firstKey(), entry.getKey(), entries.lastKey())) {
          byte[] turned =
              joined(
                  new byte[] {32},
                  other.bytes(),
                  uv(value(entries, other).length),
                  value(entries, other),
                  PatriciaMap.presence(hash, entries, other));
          assertThrows(
              ProofException.class,
              () -> MapProof.verifyAbsence(hash, root, entry.getKey(), turned));
        }
      }
      for (int i = 0; i < 20; i++) {
        Hash missing = nearby(random, entries);
        byte[] proof = PatriciaMap.absence(hash, entries, missing);
        MapProof.verifyAbsence(hash, root, missing, proof);
        assertThrows(
            IllegalArgumentException.class, () -> PatriciaMap.presence(hash, entries, missing));
      }
    }
  }

  private static byte[] uv(int number) {
    return number < 128
        ? new byte[] {(byte) number}
        : new byte[] {(byte) (number | 0x80), (byte) (number >> 7)};
  }

  @Test
  void anotherValueKeyOrRootIsRefused() {
    var random = Seeds.random(MapProofTest.class);
    NavigableMap<Hash, byte[]> entries = entries(random, 12);
    Hash root = PatriciaMap.root(SHA, entries);
    List<Hash> keys = List.copyOf(entries.keySet());
    for (Hash key : keys) {
      byte[] value = value(entries, key);
      byte[] proof = PatriciaMap.presence(SHA, entries, key);
      assertEquals(Reason.ROOT_MISMATCH, present(root, key, joined(value, new byte[1]), proof));
      assertEquals(Reason.ROOT_MISMATCH, present(SHA.empty(), key, value, proof));
      for (Hash other : keys) {
        if (!other.equals(key)) {
          assertEquals(Reason.ROOT_MISMATCH, present(root, other, value, proof));
        }
      }
    }
  }

  @Test
  void absenceFromTheEmptyMapIsNoBytesAndFromNoOther() throws Exception {
    NavigableMap<Hash, byte[]> none = new TreeMap<>();
    assertArrayEquals(new byte[0], PatriciaMap.absence(SHA, none, key(1, 1)));
    MapProof.verifyAbsence(SHA, SHA.empty(), key(1, 1), new byte[0]);
    none.put(key(2, 2), new byte[3]);
    assertEquals(Reason.ROOT_MISMATCH, absent(PatriciaMap.root(SHA, none), key(1, 1), new byte[0]));
  }

  @Test
  void bitsMustDecreaseTowardsTheRoot() {
    Hash key = key(0, 0);
    for (int[] bits : new int[][] {{3, 3}, {3, 4}, {0, 255}}) {
      byte[] proof =
          MapProof.presence(
              List.of(new Step(bits[0], SHA.empty()), new Step(bits[1], SHA.empty())));
      Hash first = MapProof.inner(SHA, bits[0], MapProof.leaf(SHA, key, new byte[1]), SHA.empty());
      Hash root = MapProof.inner(SHA, bits[1], first, SHA.empty());
      assertEquals(Reason.BITS_NOT_DECREASING, present(root, key, new byte[1], proof));
    }
  }

  @Test
  void numbersHaveOneSpellingAndNothingIsLeftOver() {
    Hash key = key(0, 0);
    Hash leaf = MapProof.leaf(SHA, key, new byte[1]);
    byte[] sibling = SHA.empty().bytes();
    Hash root = MapProof.inner(SHA, 5, leaf, SHA.empty());
    for (byte[] bit :
        List.of(
            new byte[] {(byte) 0x85, 0},
            new byte[] {(byte) 0x85, (byte) 0x80, 0},
            new byte[] {(byte) 0x85, 2},
            new byte[] {(byte) 0x85})) {
      assertEquals(Reason.MALFORMED, present(root, key, new byte[1], joined(bit, sibling)));
    }
    byte[] good = joined(new byte[] {5}, sibling);
    for (int length = 1; length < good.length; length++) {
      assertEquals(Reason.MALFORMED, present(root, key, new byte[1], Arrays.copyOf(good, length)));
    }
    assertEquals(Reason.MALFORMED, present(root, key, new byte[1], joined(good, new byte[1])));
    // A bit that no key of 32 bytes has, and the last that one has.
    byte[] beyond = joined(uv(256), sibling);
    assertEquals(
        Reason.MALFORMED,
        present(MapProof.inner(SHA, 256, leaf, SHA.empty()), key, new byte[1], beyond));
  }

  @Test
  void theOtherLeafMustLieWhereALookUpOfTheKeyEnds() {
    NavigableMap<Hash, byte[]> entries = new TreeMap<>();
    for (int i = 0; i < 16; i++) {
      entries.put(key(i * 16, i), new byte[] {(byte) i});
    }
    Hash root = PatriciaMap.root(SHA, entries);
    Hash missing = key(0x31, 9);
    Set<Reason> reasons = new HashSet<>();
    for (Hash other : entries.keySet()) {
      if (other.bytes()[0] == 0x30) {
        continue;
      }
      byte[] proof =
          joined(
              new byte[] {32},
              other.bytes(),
              new byte[] {1},
              value(entries, other),
              PatriciaMap.presence(SHA, entries, other));
      reasons.add(absent(root, missing, proof));
    }
    assertEquals(Set.of(Reason.OTHER_LEAF_ELSEWHERE), reasons);
  }

  @Test
  void aLeafInAnAbsenceProofHasAKeyOf32BytesAndAValueWithinTheLimit() {
    Hash missing = key(1, 1);
    Hash other = key(2, 2);
    byte[] shorter = joined(new byte[] {31}, Arrays.copyOf(other.bytes(), 31), new byte[] {0});
    assertEquals(Reason.MALFORMED, absent(SHA.empty(), missing, shorter));
    byte[] longer =
        joined(new byte[] {32}, other.bytes(), uv(MapProof.VALUE_BYTES_MAX + 1), new byte[1_025]);
    assertEquals(Reason.MALFORMED, absent(SHA.empty(), missing, longer));
  }

  @Test
  void anyChangeOfAProofIsRefused() {
    var random = Seeds.random(MapProofTest.class);
    for (int round = 0; round < 20; round++) {
      NavigableMap<Hash, byte[]> entries = entries(random, 1 + random.nextInt(30));
      Hash root = PatriciaMap.root(SHA, entries);
      Hash key = new ArrayList<>(entries.keySet()).get(random.nextInt(entries.size()));
      Hash missing = nearby(random, entries);
      byte[] presence = PatriciaMap.presence(SHA, entries, key);
      byte[] absence = PatriciaMap.absence(SHA, entries, missing);
      for (int i = 0; i < 200; i++) {
        byte[] changed = Seeds.mutate(random, presence);
        if (!Arrays.equals(changed, presence)) {
          assertThrows(
              ProofException.class,
              () -> MapProof.verifyPresence(SHA, root, key, value(entries, key), changed));
        }
        byte[] turned = Seeds.mutate(random, absence);
        if (!Arrays.equals(turned, absence)) {
          assertThrows(
              ProofException.class, () -> MapProof.verifyAbsence(SHA, root, missing, turned));
        }
      }
    }
  }

  /** Whatever comes is taken or refused with the rule named; nothing else happens. */
  @FuzzTest
  void proof(byte[] bytes) {
    Hash key = key(0x80, 1);
    try {
      MapProof.verifyPresence(SHA, SHA.empty(), key, new byte[48], bytes);
      throw new AssertionError("nothing hashes to the hash of nothing");
    } catch (ProofException refused) {
      assertTrue(refused.expected().length() < 200 && refused.found().length() < 200);
    }
    try {
      MapProof.verifyAbsence(SHA, SHA.empty(), key, bytes);
      assertEquals(0, bytes.length);
    } catch (ProofException refused) {
      assertTrue(refused.expected().length() < 200 && refused.found().length() < 200);
    }
  }

  @Test
  void mutationsAreRefusedOrTaken() {
    var random = Seeds.random(MapProofTest.class);
    NavigableMap<Hash, byte[]> entries = entries(random, 20);
    byte[] absence = PatriciaMap.absence(SHA, entries, nearby(random, entries));
    for (int i = 0; i < 5_000; i++) {
      proof(Seeds.mutate(random, absence));
      proof(Seeds.bytes(random, random.nextInt(120)));
    }
  }
}
