// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Thirty-two bytes that came out of a hash, as a value. Immutable, so safe to share between
 * threads.
 *
 * <p>It does not say which algorithm made it: a ledger has one, named in its genesis.
 */
public final class Hash implements Comparable<Hash> {
  /** How long every hash of ours is, in bytes. */
  public static final int SIZE = 32;

  private static final HexFormat HEX = HexFormat.of();

  private final byte[] bytes;

  private Hash(byte[] owned) {
    this.bytes = owned;
  }

  /**
   * A hash of these bytes, which are copied.
   *
   * @throws IllegalArgumentException unless there are exactly {@link #SIZE} of them
   */
  public static Hash of(byte[] bytes) {
    return owning(bytes.clone());
  }

  /** Takes the array itself: only for arrays that nobody else keeps. */
  static Hash owning(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("a hash is " + SIZE + " bytes, not " + bytes.length);
    }
    return new Hash(bytes);
  }

  /**
   * A hash written as 64 hexadecimal digits.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Hash ofHex(String hex) {
    return owning(HEX.parseHex(hex));
  }

  /**
   * A hash written in base64 (RFC 4648 section 4, padded). The last character before the padding
   * carries bits that mean nothing; they must be zero, so that a hash has one spelling.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Hash ofBase64(String base64) {
    Hash hash = owning(Base64.getDecoder().decode(base64));
    if (!hash.base64().equals(base64)) {
      throw new IllegalArgumentException("not the one base64 spelling of " + hash.base64());
    }
    return hash;
  }

  /** The hash that lies in {@code from} at {@code offset}. */
  public static Hash read(byte[] from, int offset) {
    if (offset < 0 || offset > from.length - SIZE) {
      throw new IllegalArgumentException(
          "no " + SIZE + " bytes at offset " + offset + " of " + from.length);
    }
    return new Hash(Arrays.copyOfRange(from, offset, offset + SIZE));
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Writes the bytes into {@code target} at {@code offset}. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, SIZE);
  }

  /** The bit at {@code index}, where 0 is the most significant bit of the first byte (B.10). */
  boolean bit(int index) {
    return (bytes[index >> 3] >> (7 - (index & 7)) & 1) == 1;
  }

  /** The first bit in which the two differ, or -1 if they are equal. */
  int firstDifferingBit(Hash other) {
    int index = Arrays.mismatch(bytes, other.bytes);
    if (index < 0) {
      return -1;
    }
    int difference = (bytes[index] ^ other.bytes[index]) & 0xff;
    return index * 8 + Integer.numberOfLeadingZeros(difference) - 24;
  }

  /** Lowercase hexadecimal. */
  public String hex() {
    return HEX.formatHex(bytes);
  }

  /** Base64 with padding, as in checkpoints and proofs. */
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Orders by the bytes taken as unsigned, the first byte first. */
  @Override
  public int compareTo(Hash other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
