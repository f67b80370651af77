// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;

class HashTest {
  private static final String HEX =
      "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

  @Test
  void keepsItsOwnCopyOfTheBytes() {
    byte[] bytes = new byte[32];
    Hash hash = Hash.of(bytes);
    bytes[0] = 1;
    hash.bytes()[1] = 1;
    assertEquals("00".repeat(32), hash.hex());
  }

  @Test
  void refusesAnyOtherLength() {
    assertThrows(IllegalArgumentException.class, () -> Hash.of(new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> Hash.of(new byte[31]));
    assertThrows(IllegalArgumentException.class, () -> Hash.of(new byte[33]));
    assertThrows(IllegalArgumentException.class, () -> Hash.ofHex("00"));
    assertThrows(IllegalArgumentException.class, () -> Hash.read(new byte[40], 9));
    assertThrows(IllegalArgumentException.class, () -> Hash.read(new byte[40], -1));
    assertThrows(IllegalArgumentException.class, () -> Hash.read(new byte[40], Integer.MAX_VALUE));
  }

  @Test
  void isReadAndWrittenWithinLargerArrays() {
    byte[] array = new byte[40];
    Hash.ofHex(HEX).copyTo(array, 5);
    assertEquals(Hash.ofHex(HEX), Hash.read(array, 5));
    assertNotEquals(Hash.ofHex(HEX), Hash.read(array, 4));
  }

  @Test
  void isWrittenInHexAndBase64AndReadAgain() {
    var random = Seeds.random(HashTest.class);
    for (int i = 0; i < 1000; i++) {
      Hash hash = Hash.of(Seeds.bytes(random, 32));
      assertEquals(hash, Hash.ofHex(hash.hex()));
      assertEquals(hash, Hash.ofBase64(hash.base64()));
      assertEquals(hash.hashCode(), Hash.ofHex(hash.hex()).hashCode());
    }
  }

  @Test
  void refusesASecondBase64Spelling() {
    String zeros = Hash.of(new byte[32]).base64();
    String stray = zeros.substring(0, 42) + "B=";
    assertThrows(IllegalArgumentException.class, () -> Hash.ofBase64(stray));
    assertThrows(IllegalArgumentException.class, () -> Hash.ofBase64(zeros.substring(0, 43)));
  }

  @Test
  void ordersByUnsignedBytes() {
    Hash low = Hash.ofHex("7f" + "ff".repeat(31));
    Hash high = Hash.ofHex("80" + "00".repeat(31));
    assertTrue(low.compareTo(high) < 0);
    assertTrue(high.compareTo(low) > 0);
    assertEquals(0, low.compareTo(Hash.of(low.bytes())));
  }

  @Test
  void findsTheFirstDifferingBit() {
    for (int bit = 0; bit < 256; bit++) {
      byte[] bytes = new byte[32];
      bytes[bit / 8] = (byte) (0xff >> bit % 8);
      Hash hash = Hash.of(bytes);
      assertEquals(bit, hash.firstDifferingBit(Hash.of(new byte[32])));
      assertTrue(hash.bit(bit));
    }
    assertEquals(-1, Hash.ofHex(HEX).firstDifferingBit(Hash.ofHex(HEX)));
  }
}
