// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/**
 * A public key, checked once when it is read, so that verifying does only what depends on the
 * message. Immutable, so safe for use by many threads; a point that was decoded is kept.
 *
 * <p>Its one encoding is the DER of its SubjectPublicKeyInfo with an uncompressed point. Any other
 * is refused, even of the same key, because the key's id is the hash of those bytes.
 */
public final class VerifyingKey {
  /** How long a signature is, in each of the three algorithms. */
  public static final int SIGNATURE_SIZE = 64;

  static final byte[] SM2_USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);

  private static final String PEM_LABEL = "PUBLIC KEY";

  // DER has one way to write each of these, so comparing with it is the whole of the parsing.
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final byte[] P256_PREFIX = ecPrefix(Curve.P256);
  private static final byte[] SM2_PREFIX = ecPrefix(Curve.SM2);

  private static final byte[] ED25519_NEUTRAL = new byte[Ed25519.PUBLIC_KEY_SIZE];

  static {
    ED25519_NEUTRAL[0] = 1;
  }

  private final SignatureAlgorithm algorithm;
  private final byte[] spki;
  private final Hash keyId;
  private final Verification verification;

  /** Whether a signature of the right length is good for a message under one key. */
  @FunctionalInterface
  private interface Verification {
    boolean verifies(byte[] message, byte[] signature);
  }

  private VerifyingKey(SignatureAlgorithm algorithm, byte[] spki, Verification verification) {
    this.algorithm = algorithm;
    this.spki = spki;
    this.keyId = HashAlgorithm.SHA_256.hash(spki);
    this.verification = verification;
  }

  /** Reads a SubjectPublicKeyInfo in DER. */
  public static VerifyingKey ofSpki(byte[] der) throws KeyFormatException {
    byte[] spki = der.clone();
    if (hasPrefix(spki, ED25519_PREFIX, Ed25519.PUBLIC_KEY_SIZE)) {
      return new VerifyingKey(
          SignatureAlgorithm.ED25519, spki, ed25519(tail(spki, Ed25519.PUBLIC_KEY_SIZE)));
    }
    if (hasPrefix(spki, P256_PREFIX, Curve.POINT_SIZE)) {
      ECPublicKeyParameters key = Curve.P256.publicKey(tail(spki, Curve.POINT_SIZE));
      return new VerifyingKey(
          SignatureAlgorithm.ECDSA_P256,
          spki,
          (message, signature) -> ecdsaVerifies(key, message, signature));
    }
    if (hasPrefix(spki, SM2_PREFIX, Curve.POINT_SIZE)) {
      ECPublicKeyParameters key = Curve.SM2.publicKey(tail(spki, Curve.POINT_SIZE));
      return new VerifyingKey(
          SignatureAlgorithm.SM2,
          spki,
          (message, signature) -> sm2Verifies(key, message, signature));
    }
    throw new KeyFormatException(
        "the canonical SubjectPublicKeyInfo of an Ed25519, P-256 or SM2 key",
        spki.length
            + " bytes that begin "
            + HexFormat.of().formatHex(spki, 0, Math.min(spki.length, P256_PREFIX.length)));
  }

  /** Reads a SubjectPublicKeyInfo in PEM. */
  public static VerifyingKey ofPem(String pem) throws KeyFormatException {
    return ofSpki(Pem.parse(PEM_LABEL, pem));
  }

  /** The key at an Ed25519 point, given in the 32 bytes of RFC 8032. */
  public static VerifyingKey ofEd25519(byte[] point) throws KeyFormatException {
    if (point.length != Ed25519.PUBLIC_KEY_SIZE) {
      throw new KeyFormatException("32 bytes of an Ed25519 key", point.length + " bytes");
    }
    return ofSpki(join(ED25519_PREFIX, point));
  }

  static VerifyingKey ofPoint(Curve curve, byte[] point) throws KeyFormatException {
    return ofSpki(join(curve == Curve.P256 ? P256_PREFIX : SM2_PREFIX, point));
  }

  private static Verification ed25519(byte[] point) throws KeyFormatException {
    // Full: of canonical encoding, and neither of small order nor with a part of small order.
    Ed25519.@Nullable PublicPoint key = Ed25519.validatePublicKeyFullExport(point, 0);
    if (key == null) {
      throw new KeyFormatException(
          "a canonical Ed25519 point of the prime-order group", HexFormat.of().formatHex(point));
    }
    return (message, signature) -> ed25519Verifies(key, message, signature);
  }

  /**
   * Accepts exactly the signatures with S &lt; L for which the canonical encoding of [S]B - [k]A is
   * R, byte for byte: what RFC 8032 computes without the cofactor, and browsers do.
   *
   * <p>Bouncy Castle checks that equation multiplied by the cofactor. An R with a part of small
   * order can satisfy the product without satisfying the equation, so that the holder of a key
   * could make signatures which are good here and bad in a browser. Since A has no such part, R
   * must not have one either; checking that costs about as much again as verifying.
   */
  private static boolean ed25519Verifies(
      Ed25519.PublicPoint key, byte[] message, byte[] signature) {
    return Ed25519.verify(signature, 0, key, message, 0, message.length)
        && (Ed25519.validatePublicKeyFull(signature, 0) || beginsNeutral(signature));
  }

  /** The neutral element is in the group too, though it is no public key. */
  private static boolean beginsNeutral(byte[] signature) {
    return Arrays.equals(
        signature, 0, ED25519_NEUTRAL.length, ED25519_NEUTRAL, 0, ED25519_NEUTRAL.length);
  }

  private static boolean ecdsaVerifies(
      ECPublicKeyParameters key, byte[] message, byte[] signature) {
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, key);
    BigInteger r = new BigInteger(1, signature, 0, Curve.SCALAR_SIZE);
    BigInteger s = new BigInteger(1, signature, Curve.SCALAR_SIZE, Curve.SCALAR_SIZE);
    return verifier.verifySignature(HashAlgorithm.SHA_256.hash(message).bytes(), r, s);
  }

  private static boolean sm2Verifies(ECPublicKeyParameters key, byte[] message, byte[] signature) {
    SM2Signer verifier = new SM2Signer(PlainDSAEncoding.INSTANCE);
    verifier.init(false, new ParametersWithID(key, SM2_USER_ID));
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature);
  }

  /** Whether the holder of the secret signed exactly these bytes. */
  public boolean verifies(byte[] message, byte[] signature) {
    return signature.length == SIGNATURE_SIZE && verification.verifies(message, signature);
  }

  /** A copy of the SubjectPublicKeyInfo in DER. */
  public byte[] spki() {
    return spki.clone();
  }

  /** The SubjectPublicKeyInfo in PEM. */
  public String toPem() {
    return Pem.print(PEM_LABEL, spki);
  }

  /** SHA-256 over the SubjectPublicKeyInfo, whatever the ledger's hash is (A.2). */
  public Hash keyId() {
    return keyId;
  }

  /** What this key verifies with. */
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /**
   * The 32 bytes of RFC 8032, as note keys have them.
   *
   * @throws IllegalStateException if this is no Ed25519 key
   */
  public byte[] rawEd25519() {
    if (algorithm != SignatureAlgorithm.ED25519) {
      throw new IllegalStateException("an " + algorithm + " key has no Ed25519 encoding");
    }
    return tail(spki, Ed25519.PUBLIC_KEY_SIZE);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifyingKey that && Arrays.equals(spki, that.spki);
  }

  @Override
  public int hashCode() {
    return keyId.hashCode();
  }

  @Override
  public String toString() {
    return algorithm + " key " + keyId.hex();
  }

  private static byte[] ecPrefix(Curve curve) {
    // SEQUENCE { SEQUENCE { id-ecPublicKey, curve }, BIT STRING { point } }
    return HexFormat.of().parseHex("3059301306072a8648ce3d0201" + curve.oid() + "034200");
  }

  private static boolean hasPrefix(byte[] spki, byte[] prefix, int pointSize) {
    return spki.length == prefix.length + pointSize
        && Arrays.equals(spki, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static byte[] tail(byte[] bytes, int length) {
    return Arrays.copyOfRange(bytes, bytes.length - length, bytes.length);
  }

  private static byte[] join(byte[] head, byte[] tail) {
    byte[] joined = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, joined, head.length, tail.length);
    return joined;
  }
}
