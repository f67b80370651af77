// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.testing.Seeds;

class KeysTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] MESSAGE = {1, 2, 3};

  private static byte[] flip(byte[] bytes, int bit) {
    byte[] flipped = bytes.clone();
    flipped[bit / 8] ^= (byte) (1 << bit % 8);
    return flipped;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsSignedVerifies(SignatureAlgorithm algorithm) throws Exception {
    for (int i = 0; i < 20; i++) {
      SigningKey key = SigningKey.generate(algorithm, RANDOM);
      assertEquals(algorithm, key.verifyingKey().algorithm());
      byte[] signature = key.sign(MESSAGE);
      assertEquals(VerifyingKey.SIGNATURE_SIZE, signature.length);
      VerifyingKey read = VerifyingKey.ofSpki(key.verifyingKey().spki());
      assertTrue(read.verifies(MESSAGE, signature));
      assertTrue(read.verifies(new byte[0], key.sign(new byte[0])));
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesEveryChangedBitOfMessageAndSignature(SignatureAlgorithm algorithm) {
    SigningKey key = SigningKey.generate(algorithm, RANDOM);
    byte[] signature = key.sign(MESSAGE);
    for (int bit = 0; bit < signature.length * 8; bit++) {
      assertFalse(key.verifyingKey().verifies(MESSAGE, flip(signature, bit)));
    }
    for (int bit = 0; bit < MESSAGE.length * 8; bit++) {
      assertFalse(key.verifyingKey().verifies(flip(MESSAGE, bit), signature));
    }
    VerifyingKey other = SigningKey.generate(algorithm, RANDOM).verifyingKey();
    assertFalse(other.verifies(MESSAGE, signature));
  }

  @ParameterizedTest
  @EnumSource
  void refusesSignaturesOfAnotherLengthOrRange(SignatureAlgorithm algorithm) {
    SigningKey key = SigningKey.generate(algorithm, RANDOM);
    byte[] signature = key.sign(MESSAGE);
    for (int length = 0; length < 130; length++) {
      if (length != signature.length) {
        assertFalse(key.verifyingKey().verifies(MESSAGE, Arrays.copyOf(signature, length)));
      }
    }
    byte[] zeros = new byte[64];
    byte[] ones = new byte[64];
    Arrays.fill(ones, (byte) 0xff);
    assertFalse(key.verifyingKey().verifies(MESSAGE, zeros));
    assertFalse(key.verifyingKey().verifies(MESSAGE, ones));
    byte[] half = Arrays.copyOf(signature, 64);
    Arrays.fill(half, 32, 64, (byte) 0);
    assertFalse(key.verifyingKey().verifies(MESSAGE, half));
    half = signature.clone();
    Arrays.fill(half, 0, 32, (byte) 0);
    assertFalse(key.verifyingKey().verifies(MESSAGE, half));
  }

  @Test
  void refusesPartsThatAreNotBelowTheOrder() {
    for (Curve curve : Curve.ALL) {
      BigInteger n = curve.domain().getN();
      SigningKey key = SigningKey.generate(curve.algorithm(), RANDOM);
      byte[] signature = key.sign(MESSAGE);
      for (int part = 0; part < 2; part++) {
        byte[] above = signature.clone();
        System.arraycopy(BigIntegers.asUnsignedByteArray(32, n), 0, above, part * 32, 32);
        assertFalse(key.verifyingKey().verifies(MESSAGE, above));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void verifiesOnManyThreadsAtOnce(SignatureAlgorithm algorithm) throws Exception {
    SigningKey key = SigningKey.generate(algorithm, RANDOM);
    VerifyingKey verifying = key.verifyingKey();
    var pool = Executors.newFixedThreadPool(4);
    try {
      Callable<Boolean> task =
          () ->
              IntStream.range(0, 50)
                  .allMatch(i -> {
                    byte[] message = {(byte) i};
                    byte[] signature = key.sign(message);
                    return verifying.verifies(message, signature)
                        && !verifying.verifies(MESSAGE, signature);
                  });
      for (var result : pool.invokeAll(Collections.nCopies(4, task))) {
        assertTrue(result.get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void areWrittenInPemAndReadAgain(SignatureAlgorithm algorithm) throws Exception {
    SigningKey key = SigningKey.generate(algorithm, RANDOM);
    SigningKey read = SigningKey.ofPem(key.toPem());
    assertEquals(key.verifyingKey(), read.verifyingKey());
    assertEquals(key.toPem(), read.toPem());
    assertTrue(key.verifyingKey().verifies(MESSAGE, read.sign(MESSAGE)));
    assertEquals(key.verifyingKey(), VerifyingKey.ofPem(key.verifyingKey().toPem()));
    // As a file comes from another system.
    String windows = "\r\n" + key.toPem().replace("\n", "\r\n") + "\r\n";
    assertEquals(key.verifyingKey(), SigningKey.ofPem(windows).verifyingKey());
  }

  @ParameterizedTest
  @EnumSource
  void readTheJdksEncodingsOfKeysAndItsSignaturesVerify(SignatureAlgorithm algorithm)
      throws Exception {
    if (algorithm == SignatureAlgorithm.SM2) {
      return; // The JDK has none.
    }
    boolean edwards = algorithm == SignatureAlgorithm.ED25519;
    var generator = java.security.KeyPairGenerator.getInstance(edwards ? "Ed25519" : "EC");
    if (!edwards) {
      generator.initialize(new java.security.spec.ECGenParameterSpec("secp256r1"));
    }
    var pair = generator.generateKeyPair();
    var signer =
        java.security.Signature.getInstance(edwards ? "Ed25519" : "SHA256withECDSAinP1363Format");
    signer.initSign(pair.getPrivate());
    signer.update(MESSAGE);
    VerifyingKey key = VerifyingKey.ofSpki(pair.getPublic().getEncoded());
    assertTrue(key.verifies(MESSAGE, signer.sign()));
    SigningKey secret = SigningKey.ofPem(Pem.print("PRIVATE KEY", pair.getPrivate().getEncoded()));
    assertEquals(key, secret.verifyingKey());
    signer.initVerify(pair.getPublic());
    signer.update(MESSAGE);
    assertTrue(signer.verify(secret.sign(MESSAGE)));
  }

  @ParameterizedTest
  @EnumSource
  void keyIdIsSha256OfTheSpki(SignatureAlgorithm algorithm) throws Exception {
    VerifyingKey key = SigningKey.generate(algorithm, RANDOM).verifyingKey();
    byte[] expected = MessageDigest.getInstance("SHA-256").digest(key.spki());
    assertArrayEquals(expected, key.keyId().bytes());
  }

  @ParameterizedTest
  @EnumSource
  void neverPrintTheSecret(SignatureAlgorithm algorithm) {
    SigningKey key = SigningKey.generate(algorithm, RANDOM);
    assertEquals("secret of " + key.verifyingKey(), key.toString());
    assertTrue(key.verifyingKey().toString().contains(key.verifyingKey().keyId().hex()));
  }

  @ParameterizedTest
  @EnumSource
  void refuseAnyOtherEncodingOfTheSameKey(SignatureAlgorithm algorithm) {
    byte[] spki = SigningKey.generate(algorithm, RANDOM).verifyingKey().spki();
    byte[] trailing = Arrays.copyOf(spki, spki.length + 1);
    assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(trailing));
    String hex = HexFormat.of().formatHex(spki);
    // The outer length in two bytes, and indefinite: BER, but not DER.
    byte[] longLength = HexFormat.of().parseHex("3081" + hex.substring(2));
    byte[] indefinite = HexFormat.of().parseHex("3080" + hex.substring(4) + "0000");
    assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(longLength));
    assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(indefinite));
    for (int length = 0; length < spki.length; length++) {
      byte[] cut = Arrays.copyOf(spki, length);
      assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(cut));
    }
  }

  @Test
  void refuseCompressedPointsAndPointsNotOnTheCurve() throws Exception {
    for (Curve curve : Curve.ALL) {
      byte[] spki = SigningKey.generate(curve.algorithm(), RANDOM).verifyingKey().spki();
      for (int bit = 0; bit < 64 * 8; bit++) {
        byte[] off = flip(spki, (spki.length - 64) * 8 + bit);
        assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(off));
      }
      for (int form : new int[] {0x00, 0x02, 0x03, 0x05, 0x06, 0x07}) {
        byte[] other = spki.clone();
        other[spki.length - 65] = (byte) form;
        assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(other), "form " + form);
      }
      // A coordinate that is not below the prime, though congruent to one that is.
      BigInteger p = curve.domain().getCurve().getField().getCharacteristic();
      byte[] above = spki.clone();
      System.arraycopy(BigIntegers.asUnsignedByteArray(32, p), 0, above, spki.length - 64, 32);
      assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(above));
    }
  }

  @Test
  void refuseACurveThatWeDoNotUse() throws Exception {
    byte[] spki = SigningKey.generate(SignatureAlgorithm.ECDSA_P256, RANDOM).verifyingKey().spki();
    // The last arc of P-256 made that of prime239v1.
    byte[] other = spki.clone();
    other[22] = 4;
    assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(other));
    // The same point, said to be on SM2's curve, is not.
    byte[] claimed =
        HexFormat.of()
            .parseHex(
                HexFormat.of().formatHex(spki).replace("06082a8648ce3d030107", Curve.SM2.oid()));
    assertThrows(KeyFormatException.class, () -> VerifyingKey.ofSpki(claimed));
  }

  @Test
  void onlyEd25519HasARawForm() throws Exception {
    VerifyingKey edwards = SigningKey.generate(SignatureAlgorithm.ED25519, RANDOM).verifyingKey();
    assertEquals(edwards, VerifyingKey.ofEd25519(edwards.rawEd25519()));
    VerifyingKey p256 = SigningKey.generate(SignatureAlgorithm.ECDSA_P256, RANDOM).verifyingKey();
    assertThrows(IllegalStateException.class, p256::rawEd25519);
    assertThrows(KeyFormatException.class, () -> VerifyingKey.ofEd25519(new byte[31]));
    assertThrows(IllegalArgumentException.class, () -> SigningKey.ofEd25519Seed(new byte[33]));
  }

  @Test
  void refuseASecretWithAnothersPoint() {
    for (Curve curve : Curve.ALL) {
      byte[] one = der(SigningKey.generate(curve.algorithm(), RANDOM));
      byte[] two = der(SigningKey.generate(curve.algorithm(), RANDOM));
      assertEquals(one.length, two.length);
      byte[] mixed = one.clone();
      System.arraycopy(two, two.length - 64, mixed, mixed.length - 64, 64);
      assertThrows(
          KeyFormatException.class, () -> SigningKey.ofPem(Pem.print("PRIVATE KEY", mixed)));
    }
  }

  @Test
  void refuseSecretsOutOfRange() {
    for (Curve curve : Curve.ALL) {
      BigInteger n = curve.domain().getN();
      for (BigInteger scalar : new BigInteger[] {BigInteger.ZERO, n.subtract(BigInteger.ONE), n}) {
        String der =
            "3041020100301306072a8648ce3d0201"
                + curve.oid()
                + "042730250201010420"
                + HexFormat.of().formatHex(BigIntegers.asUnsignedByteArray(32, scalar));
        String pem = Pem.print("PRIVATE KEY", HexFormat.of().parseHex(der));
        assertThrows(KeyFormatException.class, () -> SigningKey.ofPem(pem));
      }
    }
  }

  private static byte[] der(SigningKey key) {
    try {
      return Pem.parse("PRIVATE KEY", key.toPem());
    } catch (KeyFormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusePemThatIsNotOneKey() {
    String pem = SigningKey.generate(SignatureAlgorithm.ED25519, RANDOM).toPem();
    for (String wrong :
        new String[] {
          "",
          "-----BEGIN PRIVATE KEY-----",
          pem + pem,
          "comment\n" + pem,
          pem.replace("PRIVATE", "PUBLIC"),
          pem.replace("MC4C", "MC4*"),
          pem + " ".repeat(5000)
        }) {
      assertThrows(KeyFormatException.class, () -> SigningKey.ofPem(wrong));
    }
    assertThrows(KeyFormatException.class, () -> VerifyingKey.ofPem(pem));
  }

  @Test
  void neverQuoteASecretInARefusal() {
    var random = Seeds.random(KeysTest.class);
    String pem = SigningKey.generate(SignatureAlgorithm.SM2, RANDOM).toPem();
    String secret = HexFormat.of().formatHex(Arrays.copyOfRange(der(pem), 36, 68));
    for (int i = 0; i < 2000; i++) {
      byte[] mutated = Seeds.mutate(random, der(pem));
      try {
        SigningKey.ofPem(Pem.print("PRIVATE KEY", mutated));
      } catch (KeyFormatException e) {
        assertFalse(String.valueOf(e.getMessage()).contains(secret.substring(0, 8)));
      }
    }
  }

  private static byte[] der(String pem) {
    try {
      return Pem.parse("PRIVATE KEY", pem);
    } catch (KeyFormatException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void signTheSameWayTwiceUnlessSm2() {
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      SigningKey key = SigningKey.generate(algorithm, RANDOM);
      String first = HexFormat.of().formatHex(key.sign(MESSAGE));
      String second = HexFormat.of().formatHex(key.sign(MESSAGE));
      if (algorithm == SignatureAlgorithm.SM2) {
        assertNotEquals(first, second);
      } else {
        assertEquals(first, second);
      }
    }
  }
}
