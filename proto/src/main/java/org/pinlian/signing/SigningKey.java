// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.util.BigIntegers;
import org.pinlian.merkle.HashAlgorithm;

/**
 * A secret key, and the public key that belongs to it. Immutable, so safe for use by many threads.
 *
 * <p>The secret leaves it only through {@link #toPem}, never through {@link #toString} or a
 * message.
 */
public final class SigningKey {
  private static final String PEM_LABEL = "PRIVATE KEY";

  // Everything of the PKCS#8 DER that stands before the 32 secret bytes, and between them and the
  // public point. As with public keys, one encoding is written, and what is read is compared.
  private static final byte[] ED25519_PREFIX =
      HexFormat.of().parseHex("302e020100300506032b657004220420");
  private static final byte[] EC_POINT_PREFIX = HexFormat.of().parseHex("a144034200");

  private final SignatureAlgorithm algorithm;
  private final byte[] secret;
  private final VerifyingKey verifyingKey;

  private SigningKey(SignatureAlgorithm algorithm, byte[] secret, VerifyingKey verifyingKey) {
    this.algorithm = algorithm;
    this.secret = secret;
    this.verifyingKey = verifyingKey;
  }

  /** A new key. */
  public static SigningKey generate(SignatureAlgorithm algorithm, SecureRandom random) {
    return switch (algorithm) {
      case ED25519 -> {
        byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
        random.nextBytes(seed);
        yield ofEd25519Seed(seed);
      }
      case ECDSA_P256 -> generate(Curve.P256, random);
      case SM2 -> generate(Curve.SM2, random);
    };
  }

  private static SigningKey generate(Curve curve, SecureRandom random) {
    while (true) {
      byte[] scalar = new byte[Curve.SCALAR_SIZE];
      random.nextBytes(scalar);
      if (curve.isSecret(new BigInteger(1, scalar))) {
        return ofScalar(curve, scalar);
      }
    }
  }

  /**
   * The Ed25519 key with this seed, the private key of RFC 8032.
   *
   * @throws IllegalArgumentException unless it is 32 bytes
   */
  public static SigningKey ofEd25519Seed(byte[] seed) {
    if (seed.length != Ed25519.SECRET_KEY_SIZE) {
      throw new IllegalArgumentException("an Ed25519 seed is 32 bytes, not " + seed.length);
    }
    byte[] secret = seed.clone();
    byte[] point = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(secret, 0, point, 0);
    try {
      return new SigningKey(SignatureAlgorithm.ED25519, secret, VerifyingKey.ofEd25519(point));
    } catch (KeyFormatException impossible) {
      throw new AssertionError("a generated point is a good key", impossible);
    }
  }

  private static SigningKey ofScalar(Curve curve, byte[] scalar) {
    byte[] point = curve.point(new BigInteger(1, scalar));
    try {
      return new SigningKey(curve.algorithm(), scalar, VerifyingKey.ofPoint(curve, point));
    } catch (KeyFormatException impossible) {
      throw new AssertionError("a generated point is a good key", impossible);
    }
  }

  /**
   * Reads PKCS#8 in PEM. Of elliptic curve keys both common forms are read, with and without the
   * public point; a point that does not belong to the secret is refused.
   */
  public static SigningKey ofPem(String pem) throws KeyFormatException {
    byte[] der = Pem.parse(PEM_LABEL, pem);
    if (startsWith(der, ED25519_PREFIX)
        && der.length == ED25519_PREFIX.length + Ed25519.SECRET_KEY_SIZE) {
      return ofEd25519Seed(Arrays.copyOfRange(der, ED25519_PREFIX.length, der.length));
    }
    for (Curve curve : Curve.ALL) {
      if (startsWith(der, prefixWithPoint(curve)) || startsWith(der, prefixWithoutPoint(curve))) {
        return ofDer(curve, der);
      }
    }
    throw new KeyFormatException(
        "the PKCS#8 of an Ed25519, P-256 or SM2 key",
        "another structure of " + der.length + " bytes");
  }

  private static SigningKey ofDer(Curve curve, byte[] der) throws KeyFormatException {
    boolean withPoint = startsWith(der, prefixWithPoint(curve));
    int at = (withPoint ? prefixWithPoint(curve) : prefixWithoutPoint(curve)).length;
    int end = at + Curve.SCALAR_SIZE;
    if (der.length < end || (!withPoint && der.length != end)) {
      throw new KeyFormatException("PKCS#8 with 32 secret bytes", der.length + " bytes in all");
    }
    byte[] scalar = Arrays.copyOfRange(der, at, end);
    if (!curve.isSecret(new BigInteger(1, scalar))) {
      throw new KeyFormatException("a secret from 1 to n - 2", "a number outside");
    }
    SigningKey key = ofScalar(curve, scalar);
    if (withPoint && !Arrays.equals(key.der(), der)) {
      throw new KeyFormatException("the public point of this secret", "other bytes");
    }
    return key;
  }

  /** PKCS#8 in PEM, of elliptic curve keys with the public point. This is the secret. */
  public String toPem() {
    return Pem.print(PEM_LABEL, der());
  }

  private byte[] der() {
    return switch (algorithm) {
      case ED25519 -> join(ED25519_PREFIX, secret);
      case ECDSA_P256 -> der(Curve.P256);
      case SM2 -> der(Curve.SM2);
    };
  }

  private byte[] der(Curve curve) {
    byte[] spki = verifyingKey.spki();
    byte[] point = Arrays.copyOfRange(spki, spki.length - Curve.POINT_SIZE, spki.length);
    return join(prefixWithPoint(curve), secret, EC_POINT_PREFIX, point);
  }

  /** The public key that belongs to this. */
  public VerifyingKey verifyingKey() {
    return verifyingKey;
  }

  /**
   * Signs these bytes. Ed25519 and ECDSA (RFC 6979) give one signature for one message; SM2 draws a
   * new nonce each time.
   */
  public byte[] sign(byte[] message) {
    return switch (algorithm) {
      case ED25519 -> signEd25519(message);
      case ECDSA_P256 -> signEcdsa(message);
      case SM2 -> signSm2(message);
    };
  }

  private byte[] signEd25519(byte[] message) {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    byte[] point = verifyingKey.rawEd25519();
    Ed25519.sign(secret, 0, point, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  private byte[] signEcdsa(byte[] message) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, secretOn(Curve.P256));
    BigInteger[] parts = signer.generateSignature(HashAlgorithm.SHA_256.hash(message).bytes());
    return join(
        BigIntegers.asUnsignedByteArray(Curve.SCALAR_SIZE, parts[0]),
        BigIntegers.asUnsignedByteArray(Curve.SCALAR_SIZE, parts[1]));
  }

  private byte[] signSm2(byte[] message) {
    SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE);
    signer.init(true, new ParametersWithID(secretOn(Curve.SM2), VerifyingKey.SM2_USER_ID));
    signer.update(message, 0, message.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException impossible) {
      throw new AssertionError("a signature always fits its encoding", impossible);
    }
  }

  private ECPrivateKeyParameters secretOn(Curve curve) {
    return new ECPrivateKeyParameters(new BigInteger(1, secret), curve.domain());
  }

  /** Names the public key only. */
  @Override
  public String toString() {
    return "secret of " + verifyingKey;
  }

  private static byte[] prefixWithPoint(Curve curve) {
    return ecPrefix("308187", curve, "046d306b0201010420");
  }

  private static byte[] prefixWithoutPoint(Curve curve) {
    return ecPrefix("3041", curve, "042730250201010420");
  }

  private static byte[] ecPrefix(String sequence, Curve curve, String octets) {
    return HexFormat.of()
        .parseHex(sequence + "020100301306072a8648ce3d0201" + curve.oid() + octets);
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }
}
