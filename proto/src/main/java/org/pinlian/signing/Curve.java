// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import java.math.BigInteger;
import java.util.List;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** The two curves on which points have 32-byte coordinates and a cofactor of one. */
final class Curve {
  static final Curve P256 =
      new Curve(SignatureAlgorithm.ECDSA_P256, "secp256r1", "06082a8648ce3d030107");
  static final Curve SM2 = new Curve(SignatureAlgorithm.SM2, "sm2p256v1", "06082a811ccf5501822d");
  static final List<Curve> ALL = List.of(P256, SM2);

  /** 04 || x || y. */
  static final int POINT_SIZE = 65;

  private static final byte UNCOMPRESSED = 0x04;

  static final int SCALAR_SIZE = 32;

  private final SignatureAlgorithm algorithm;
  private final ECDomainParameters domain;
  private final String oid;

  private Curve(SignatureAlgorithm algorithm, String name, String oid) {
    this.algorithm = algorithm;
    this.domain = new ECDomainParameters(CustomNamedCurves.getByName(name));
    this.oid = oid;
  }

  /** What is signed with on this curve. */
  SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /** The DER of the curve's object identifier, in hexadecimal. */
  String oid() {
    return oid;
  }

  ECDomainParameters domain() {
    return domain;
  }

  /** The public key at this uncompressed point. */
  ECPublicKeyParameters publicKey(byte[] point) throws KeyFormatException {
    // Bouncy Castle also takes 06 and 07, which say the parity of y once more.
    if (point[0] != UNCOMPRESSED) {
      throw new KeyFormatException("an uncompressed point, 04", String.format("%02x", point[0]));
    }
    try {
      // Refuses coordinates that are not below the field's prime, and points not on the curve.
      return new ECPublicKeyParameters(domain.getCurve().decodePoint(point), domain);
    } catch (IllegalArgumentException e) {
      KeyFormatException refused =
          new KeyFormatException(
              "a point of the " + algorithm + " curve", String.valueOf(e.getMessage()));
      refused.initCause(e);
      throw refused;
    }
  }

  /** The uncompressed point of the public key that belongs to a secret scalar. */
  byte[] point(BigInteger secret) {
    return new FixedPointCombMultiplier()
        .multiply(domain.getG(), secret)
        .normalize()
        .getEncoded(false);
  }

  /** Whether this may be a secret scalar: SM2 needs it below n - 1, and one bound serves both. */
  boolean isSecret(BigInteger scalar) {
    return scalar.signum() > 0 && scalar.compareTo(domain.getN().subtract(BigInteger.ONE)) < 0;
  }
}
