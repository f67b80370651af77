// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.signing.EdwardsPoint;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.testing.Seeds;

/** The native check and the portable one must be of one opinion about every signature. */
class SignatureCheckTest {
  private static final EdwardsPoint SMALL = EdwardsPoint.ofOrder8();

  private final SignatureCheck fastest = SignatureCheck.fastest();
  private final SignatureCheck portable = SignatureCheck.portable();
  private final SplittableRandom random = Seeds.random(SignatureCheckTest.class);

  @Test
  void theNativeLibraryIsUsedWhereThereIsOne() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"));
    assertTrue(fastest.isNative(), "not loaded; run with debug logs to see why");
    assertFalse(portable.isNative());
  }

  @ParameterizedTest
  @EnumSource(SignatureAlgorithm.class)
  void agreesOnGoodAndMutatedSignatures(SignatureAlgorithm algorithm) throws Exception {
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    VerifyingKey other = SigningKey.generate(algorithm, new SecureRandom()).verifyingKey();
    int rounds = algorithm == SignatureAlgorithm.ED25519 ? 300 : 20;
    for (int i = 0; i < rounds; i++) {
      byte[] message = Seeds.bytes(random, random.nextInt(300));
      byte[] signature = key.sign(message);
      assertTrue(agreed(key.verifyingKey(), message, signature));
      assertFalse(agreed(other, message, signature));
      byte[] mutated = Seeds.mutate(random, signature);
      assertEquals(Arrays.equals(mutated, signature), agreed(key.verifyingKey(), message, mutated));
      byte[] otherMessage = Seeds.mutate(random, message);
      assertEquals(
          Arrays.equals(otherMessage, message),
          agreed(key.verifyingKey(), otherMessage, signature));
    }
  }

  @Test
  void agreesOnAnRWithAPartOfSmallOrder() throws Exception {
    for (int i = 0; i < 64; i++) {
      Forger forger = new Forger();
      byte[] message = Seeds.bytes(random, 32);
      int multiple = i % 8;
      byte[] signature = forger.sign(SMALL.times(BigInteger.valueOf(multiple)), message);
      assertEquals(multiple == 0, agreed(forger.key, message, signature));
    }
  }

  @Test
  void agreesOnAnROfSmallOrder() throws Exception {
    for (int i = 0; i < 8; i++) {
      Forger forger = new Forger(BigInteger.ZERO);
      byte[] message = Seeds.bytes(random, 32);
      byte[] signature = forger.sign(SMALL.times(BigInteger.valueOf(i)), message);
      // [0]B is a point like any other.
      assertEquals(i == 0, agreed(forger.key, message, signature));
    }
  }

  @Test
  void agreesOnEncodingsThatAreNotCanonical() throws Exception {
    Forger forger = new Forger(BigInteger.ZERO);
    byte[] message = Seeds.bytes(random, 32);
    byte[] neutral = forger.sign(EdwardsPoint.NEUTRAL, message);
    for (int y = 0; y < 19; y++) {
      byte[] shifted = neutral.clone();
      BigInteger number = EdwardsPoint.P.add(BigInteger.valueOf(y));
      System.arraycopy(EdwardsPoint.littleEndian(number), 0, shifted, 0, 32);
      assertFalse(agreed(forger.key, message, shifted));
      shifted[31] |= (byte) 0x80;
      assertFalse(agreed(forger.key, message, shifted));
    }
    byte[] minusZero = neutral.clone();
    minusZero[31] |= (byte) 0x80;
    assertFalse(agreed(forger.key, message, minusZero));
  }

  @Test
  void agreesOnAnSThatIsNotBelowL() throws Exception {
    Forger forger = new Forger();
    byte[] message = Seeds.bytes(random, 32);
    byte[] good = forger.sign(EdwardsPoint.NEUTRAL, message);
    BigInteger s = EdwardsPoint.fromLittleEndian(Arrays.copyOfRange(good, 32, 64));
    int tried = 0;
    for (int multiple = 1; multiple < 16; multiple++) {
      BigInteger same = s.add(EdwardsPoint.L.multiply(BigInteger.valueOf(multiple)));
      if (same.bitLength() <= 256) {
        byte[] malleated = good.clone();
        System.arraycopy(EdwardsPoint.littleEndian(same), 0, malleated, 32, 32);
        assertFalse(agreed(forger.key, message, malleated));
        tried++;
      }
    }
    assertTrue(tried > 10);
  }

  @Test
  void agreesOnSignaturesOfOtherLengthsAndOnNoise() throws Exception {
    Forger forger = new Forger();
    for (int length = 0; length < 130; length++) {
      assertFalse(agreed(forger.key, new byte[0], Seeds.bytes(random, length)));
      assertFalse(agreed(forger.key, new byte[0], new byte[length]));
    }
  }

  private boolean agreed(VerifyingKey key, byte[] message, byte[] signature) {
    boolean expected = portable.verifies(key, message, signature);
    assertEquals(
        expected,
        fastest.verifies(key, message, signature),
        () ->
            key
                + " "
                + HexFormat.of().formatHex(message)
                + " "
                + HexFormat.of().formatHex(signature));
    return expected;
  }

  /** Holds a secret and signs as no honest library would. */
  private final class Forger {
    final BigInteger secret = new BigInteger(1, Seeds.bytes(random, 32)).mod(EdwardsPoint.L);
    final BigInteger nonce;
    final byte[] point = EdwardsPoint.BASE.times(secret).encode();
    final VerifyingKey key;

    Forger() throws Exception {
      this(new BigInteger(1, Seeds.bytes(random, 32)).mod(EdwardsPoint.L));
    }

    Forger(BigInteger nonce) throws Exception {
      this.nonce = nonce;
      this.key = VerifyingKey.ofEd25519(point);
    }

    byte[] sign(EdwardsPoint extra, byte[] message) {
      return EdwardsPoint.sign(secret, point, nonce, extra, message);
    }
  }
}
