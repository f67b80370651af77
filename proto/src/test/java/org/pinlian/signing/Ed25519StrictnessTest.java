// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;

/** Where verifiers of Ed25519 are known to differ, ours must stand on the same side each time. */
class Ed25519StrictnessTest {
  private static final EdwardsPoint SMALL = EdwardsPoint.ofOrder8();
  private static final BigInteger SECRET = new BigInteger("123456789012345678901234567890");
  private static final byte[] POINT = EdwardsPoint.BASE.times(SECRET).encode();
  private static final BigInteger NONCE = new BigInteger("987654321098765432109876543210");
  private static final byte[] MESSAGE = {1, 2, 3};

  private static VerifyingKey key() throws KeyFormatException {
    return VerifyingKey.ofEd25519(POINT);
  }

  private static byte[] honest() {
    return EdwardsPoint.sign(SECRET, POINT, NONCE, EdwardsPoint.NEUTRAL, MESSAGE);
  }

  @Test
  void acceptsTheSignatureThatTheForgeriesStartFrom() throws KeyFormatException {
    assertTrue(key().verifies(MESSAGE, honest()));
  }

  @Test
  void refusesAnSThatIsNotBelowL() throws KeyFormatException {
    byte[] signature = honest();
    BigInteger s = EdwardsPoint.fromLittleEndian(Arrays.copyOfRange(signature, 32, 64));
    for (int multiple = 1; multiple < 16; multiple++) {
      BigInteger same = s.add(EdwardsPoint.L.multiply(BigInteger.valueOf(multiple)));
      if (same.bitLength() <= 256) {
        byte[] malleated = signature.clone();
        System.arraycopy(EdwardsPoint.littleEndian(same), 0, malleated, 32, 32);
        assertFalse(key().verifies(MESSAGE, malleated));
      }
    }
  }

  @Test
  void refusesKeysOfSmallOrder() {
    EdwardsPoint point = EdwardsPoint.NEUTRAL;
    for (int i = 0; i < 8; i++) {
      byte[] encoded = point.encode();
      assertThrows(KeyFormatException.class, () -> VerifyingKey.ofEd25519(encoded));
      point = point.plus(SMALL);
    }
    assertEquals(EdwardsPoint.NEUTRAL, point);
  }

  @Test
  void refusesKeysWithAPartOfSmallOrder() {
    for (int i = 1; i < 8; i++) {
      EdwardsPoint torsion = SMALL.times(BigInteger.valueOf(i));
      byte[] mixed = EdwardsPoint.BASE.times(SECRET).plus(torsion).encode();
      assertThrows(KeyFormatException.class, () -> VerifyingKey.ofEd25519(mixed));
    }
  }

  @Test
  void refusesKeysInASecondEncoding() {
    // y + p still fits for y below 19, and x = 0 has no odd twin.
    for (int y = 0; y < 19; y++) {
      byte[] shifted = EdwardsPoint.littleEndian(EdwardsPoint.P.add(BigInteger.valueOf(y)));
      assertThrows(KeyFormatException.class, () -> VerifyingKey.ofEd25519(shifted));
      byte[] odd = shifted.clone();
      odd[31] |= (byte) 0x80;
      assertThrows(KeyFormatException.class, () -> VerifyingKey.ofEd25519(odd));
    }
    byte[] minusZero = EdwardsPoint.NEUTRAL.encode();
    minusZero[31] |= (byte) 0x80;
    assertThrows(KeyFormatException.class, () -> VerifyingKey.ofEd25519(minusZero));
  }

  @Test
  void refusesYsThatNoPointHas() {
    int refused = 0;
    for (int y = 2; y < 50; y++) {
      if (EdwardsPoint.atY(BigInteger.valueOf(y), false).isEmpty()) {
        byte[] encoded = EdwardsPoint.littleEndian(BigInteger.valueOf(y));
        assertThrows(KeyFormatException.class, () -> VerifyingKey.ofEd25519(encoded));
        refused++;
      }
    }
    assertTrue(refused > 10);
  }

  @Test
  void refusesAnRWithAPartOfSmallOrderWhateverTheMessage() throws KeyFormatException {
    // The holder of a key can make such signatures. A verifier that multiplies by the cofactor, as
    // Bouncy Castle does, accepts them, and one that does not, as browsers do not, refuses them.
    var random = Seeds.random(Ed25519StrictnessTest.class);
    VerifyingKey key = key();
    int takenByBouncyCastle = 0;
    for (int i = 0; i < 64; i++) {
      byte[] message = Seeds.bytes(random, 16);
      EdwardsPoint torsion = SMALL.times(BigInteger.valueOf(1 + i % 7));
      byte[] signature = EdwardsPoint.sign(SECRET, POINT, NONCE, torsion, message);
      assertFalse(key.verifies(message, signature));
      if (Ed25519.verify(signature, 0, POINT, 0, message, 0, message.length)) {
        takenByBouncyCastle++;
      }
    }
    assertEquals(64, takenByBouncyCastle, "the check of R may have become needless");
  }

  @Test
  void refusesAnROfSmallOrderUnlessItIsTheNeutralElement() throws KeyFormatException {
    for (int i = 1; i < 8; i++) {
      EdwardsPoint torsion = SMALL.times(BigInteger.valueOf(i));
      byte[] signature = EdwardsPoint.sign(SECRET, POINT, BigInteger.ZERO, torsion, MESSAGE);
      assertFalse(key().verifies(MESSAGE, signature));
    }
    // [0]B is what RFC 8032 computes for r = 0, and its encoding is compared like any other.
    byte[] neutral =
        EdwardsPoint.sign(SECRET, POINT, BigInteger.ZERO, EdwardsPoint.NEUTRAL, MESSAGE);
    assertTrue(key().verifies(MESSAGE, neutral));
  }

  @Test
  void refusesAnRInASecondEncoding() throws KeyFormatException {
    byte[] neutral =
        EdwardsPoint.sign(SECRET, POINT, BigInteger.ZERO, EdwardsPoint.NEUTRAL, MESSAGE);
    byte[] shifted = neutral.clone();
    System.arraycopy(
        EdwardsPoint.littleEndian(EdwardsPoint.P.add(BigInteger.ONE)), 0, shifted, 0, 32);
    assertFalse(key().verifies(MESSAGE, shifted));
    byte[] minusZero = neutral.clone();
    minusZero[31] |= (byte) 0x80;
    assertFalse(key().verifies(MESSAGE, minusZero));
  }
}
