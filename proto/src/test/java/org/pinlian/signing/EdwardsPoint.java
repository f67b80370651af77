// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.util.BigIntegers;

/** Edwards25519 by its affine equations (RFC 8032 section 5.1): slow, for forging in tests. */
public record EdwardsPoint(BigInteger x, BigInteger y) {
  public static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  public static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger SQRT_M1 =
      BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);

  public static final EdwardsPoint NEUTRAL = new EdwardsPoint(BigInteger.ZERO, BigInteger.ONE);
  public static final EdwardsPoint BASE =
      atY(BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P), false)
          .orElseThrow();

  /** The point with this y, if there is one, and with the x of that parity. */
  public static Optional<EdwardsPoint> atY(BigInteger y, boolean odd) {
    BigInteger yy = y.multiply(y);
    BigInteger xx =
        yy.subtract(BigInteger.ONE)
            .multiply(D.multiply(yy).add(BigInteger.ONE).modInverse(P))
            .mod(P);
    BigInteger x = xx.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
    if (!x.multiply(x).mod(P).equals(xx)) {
      x = x.multiply(SQRT_M1).mod(P);
    }
    if (!x.multiply(x).mod(P).equals(xx)) {
      return Optional.empty();
    }
    return Optional.of(new EdwardsPoint(x.testBit(0) == odd ? x : P.subtract(x).mod(P), y));
  }

  /** A generator of the eight points of small order. */
  public static EdwardsPoint ofOrder8() {
    for (int i = 2; ; i++) {
      Optional<EdwardsPoint> point = atY(BigInteger.valueOf(i), false).map(p -> p.times(L));
      if (point.isPresent() && !point.get().times(BigInteger.valueOf(4)).equals(NEUTRAL)) {
        return point.get();
      }
    }
  }

  public EdwardsPoint plus(EdwardsPoint o) {
    BigInteger t = D.multiply(x).multiply(o.x).multiply(y).multiply(o.y).mod(P);
    BigInteger newX =
        x.multiply(o.y).add(y.multiply(o.x)).multiply(BigInteger.ONE.add(t).modInverse(P)).mod(P);
    BigInteger newY =
        y.multiply(o.y)
            .add(x.multiply(o.x))
            .multiply(BigInteger.ONE.subtract(t).modInverse(P))
            .mod(P);
    return new EdwardsPoint(newX, newY);
  }

  public EdwardsPoint times(BigInteger scalar) {
    EdwardsPoint sum = NEUTRAL;
    for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
      sum = sum.plus(sum);
      if (scalar.testBit(bit)) {
        sum = sum.plus(this);
      }
    }
    return sum;
  }

  public byte[] encode() {
    byte[] bytes = littleEndian(y);
    bytes[31] |= (byte) (x.testBit(0) ? 0x80 : 0);
    return bytes;
  }

  public static byte[] littleEndian(BigInteger number) {
    byte[] bytes = BigIntegers.asUnsignedByteArray(32, number);
    for (int i = 0; i < 16; i++) {
      byte swapped = bytes[i];
      bytes[i] = bytes[31 - i];
      bytes[31 - i] = swapped;
    }
    return bytes;
  }

  public static BigInteger fromLittleEndian(byte[] bytes) {
    byte[] reversed = bytes.clone();
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(1, reversed);
  }

  /** The signature whose R is [r]B plus some other point, made as its key's holder could. */
  public static byte[] sign(
      BigInteger secret, byte[] encodedA, BigInteger r, EdwardsPoint extra, byte[] message) {
    byte[] encodedR = BASE.times(r).plus(extra).encode();
    BigInteger k = challenge(encodedR, encodedA, message);
    byte[] signature = Arrays.copyOf(encodedR, 64);
    System.arraycopy(littleEndian(r.add(k.multiply(secret)).mod(L)), 0, signature, 32, 32);
    return signature;
  }

  private static BigInteger challenge(byte[] encodedR, byte[] encodedA, byte[] message) {
    try {
      MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
      sha512.update(encodedR);
      sha512.update(encodedA);
      return fromLittleEndian(sha512.digest(message)).mod(L);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
