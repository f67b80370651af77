// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.testing.Seeds;

class HashAlgorithmTest {
  @Test
  void givesTheStandardsVectors() {
    // FIPS 180-4 and GB/T 32905, appendix A.
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        HashAlgorithm.SHA_256.hash("abc".getBytes(US_ASCII)).hex());
    assertEquals(
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        HashAlgorithm.SM3.hash("abc".getBytes(US_ASCII)).hex());
    assertEquals(
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
        HashAlgorithm.SM3.hash("abcd".repeat(16).getBytes(US_ASCII)).hex());
    assertEquals(
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", HashAlgorithm.SHA_256.empty().base64());
  }

  @Test
  void isNamedByItsLabel() {
    assertEquals(HashAlgorithm.SHA_256, HashAlgorithm.ofLabel("sha-256"));
    assertEquals(HashAlgorithm.SM3, HashAlgorithm.ofLabel("sm3"));
    assertThrows(IllegalArgumentException.class, () -> HashAlgorithm.ofLabel("SHA-256"));
  }

  @ParameterizedTest
  @EnumSource
  void takesNumbersBigEndian(HashAlgorithm algorithm) {
    Hash found =
        algorithm.begin(0x10).u8(1).u16(0x0203).u32(0x04050607).u64(0x08090a0b0c0d0e0fL).finish();
    byte[] joined = new byte[16];
    for (int i = 0; i < 16; i++) {
      joined[i] = (byte) i;
    }
    joined[0] = 0x10;
    assertEquals(algorithm.hash(joined), found);
  }

  @Test
  void writesVarintsInTheirShortestForm() {
    HashAlgorithm sha = HashAlgorithm.SHA_256;
    assertEquals(sha.hash(new byte[] {0}), sha.begin().uv(0).finish());
    assertEquals(sha.hash(new byte[] {0x7f}), sha.begin().uv(127).finish());
    assertEquals(sha.hash(new byte[] {(byte) 0x80, 1}), sha.begin().uv(128).finish());
    assertEquals(sha.hash(new byte[] {(byte) 0xac, 2}), sha.begin().uv(300).finish());
    byte[] widest = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
    assertEquals(sha.hash(widest), sha.begin().uv(-1).finish());
  }

  @ParameterizedTest
  @EnumSource
  void hashesTheSameHoweverThePiecesFall(HashAlgorithm algorithm) {
    var random = Seeds.random(HashAlgorithmTest.class);
    for (int round = 0; round < 300; round++) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      Digest digest = algorithm.begin();
      for (int piece = random.nextInt(12); piece > 0; piece--) {
        byte[] bytes = Seeds.bytes(random, random.nextInt(600));
        switch (random.nextInt(3)) {
          case 0 -> digest.bytes(bytes);
          case 1 -> digest.bytes(ByteBuffer.wrap(bytes));
          default -> {
            ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            digest.bytes(direct);
            assertEquals(0, direct.remaining());
          }
        }
        all.writeBytes(bytes);
      }
      Hash mixed = digest.hash(algorithm.empty()).finish();
      all.writeBytes(algorithm.empty().bytes());
      assertEquals(algorithm.hash(all.toByteArray()), mixed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void mayBeNested(HashAlgorithm algorithm) {
    Hash inner = algorithm.hash(new byte[] {2});
    Hash apart = algorithm.begin(1).hash(inner).u8(3).finish();
    Hash nested = algorithm.begin(1).hash(algorithm.begin(2).finish()).u8(3).finish();
    assertEquals(apart, nested);
  }

  @ParameterizedTest
  @EnumSource
  void isNotSpoiledByADigestThatWasAbandoned(HashAlgorithm algorithm) {
    Hash expected = algorithm.hash(new byte[] {7});
    Digest abandoned = algorithm.begin(9);
    assertEquals(expected, algorithm.begin(7).finish());
    assertEquals(algorithm.hash(new byte[] {9}), abandoned.finish());
    assertEquals(expected, algorithm.begin(7).finish());
  }

  @ParameterizedTest
  @EnumSource
  void refusesAFinishedDigest(HashAlgorithm algorithm) {
    Digest digest = algorithm.begin();
    digest.finish();
    assertThrows(IllegalStateException.class, () -> digest.u8(1));
    assertThrows(IllegalStateException.class, () -> digest.bytes(new byte[1000]));
    assertThrows(IllegalStateException.class, digest::finish);
  }

  @ParameterizedTest
  @EnumSource
  void keepsLeavesAndInnerNodesApart(HashAlgorithm algorithm) {
    Hash left = algorithm.leaf(new byte[] {1});
    Hash right = algorithm.leaf(new byte[] {2});
    assertEquals(algorithm.hash(new byte[] {0, 1}), left);
    assertEquals(
        algorithm.hash(new byte[] {1}, left.bytes(), right.bytes()), algorithm.inner(left, right));
  }
}
