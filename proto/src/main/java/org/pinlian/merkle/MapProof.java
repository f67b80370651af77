// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.util.Arrays;
import java.util.List;
import org.pinlian.merkle.ProofException.Reason;

/**
 * Proofs that the Merkle Patricia map with some root has a key with a value, or has no such key
 * (formats.md B.10), over keys of 32 bytes.
 *
 * <p>A proof of presence is the steps from the leaf to the root, each the bit in which the two
 * sides part and the hash of the other side. A proof of absence begins with the leaf at which a
 * look-up of the key ends; since an inner node stands only where keys part, the key would have to
 * be there.
 */
public final class MapProof {
  /** The longest value that a proof may carry, in bytes. */
  public static final int VALUE_BYTES_MAX = 1_024;

  private static final int LEAF_PREFIX = 0x00;
  private static final int INNER_PREFIX = 0x01;
  private static final int KEY_BITS = Hash.SIZE * 8;

  /**
   * One step from a leaf towards the root.
   *
   * @param bit from 0, the most significant of the first byte: where the two sides part
   * @param sibling the hash of the side that the key is not on
   */
  public record Step(int bit, Hash sibling) {}

  /** The steps from a leaf to the root, where none is an object: a map of millions copies them. */
  public interface Steps {
    /** How many there are. */
    int count();

    /** Where the two sides part, at a step counted from the leaf. */
    int bit(int step);

    /** Writes the hash of the side that the key is not on. */
    void copySibling(int step, byte[] into, int at);
  }

  private record ListedSteps(List<Step> steps) implements Steps {
    @Override
    public int count() {
      return steps.size();
    }

    @Override
    public int bit(int step) {
      return steps.get(step).bit();
    }

    @Override
    public void copySibling(int step, byte[] into, int at) {
      steps.get(step).sibling().copyTo(into, at);
    }
  }

  private final byte[] bytes;
  private int at;

  private MapProof(byte[] bytes) {
    this.bytes = bytes;
  }

  // ---- hashing ---------------------------------------------------------------------------------

  /** The hash of an entry of a map. */
  public static Hash leaf(HashAlgorithm algorithm, Hash key, byte[] value) {
    return algorithm
        .begin(LEAF_PREFIX)
        .uv(Hash.SIZE)
        .hash(key)
        .uv(value.length)
        .bytes(value)
        .finish();
  }

  /** The hash over the two sides that part at a bit. */
  public static Hash inner(HashAlgorithm algorithm, int bit, Hash left, Hash right) {
    return algorithm.begin(INNER_PREFIX).uv(bit).hash(left).hash(right).finish();
  }

  // ---- writing ---------------------------------------------------------------------------------

  /**
   * The bytes that prove presence.
   *
   * @param steps leaf to root
   */
  public static byte[] presence(List<Step> steps) {
    return presence(new ListedSteps(steps));
  }

  /** The bytes that prove presence. */
  public static byte[] presence(Steps steps) {
    byte[] proof = new byte[length(steps)];
    writeSteps(steps, proof, 0);
    return proof;
  }

  /**
   * The bytes that prove absence from a map that is not empty.
   *
   * @param otherKey of the leaf at which a look-up of the key ends
   * @param steps from that leaf to the root
   */
  public static byte[] absence(Hash otherKey, byte[] otherValue, List<Step> steps) {
    return absence(otherKey, otherValue, new ListedSteps(steps));
  }

  /** As {@link #absence(Hash, byte[], List)}. */
  public static byte[] absence(Hash otherKey, byte[] otherValue, Steps steps) {
    int other = length(Hash.SIZE) + Hash.SIZE + length(otherValue.length) + otherValue.length;
    byte[] proof = new byte[other + length(steps)];
    int keyAt = writeNumber(Hash.SIZE, proof, 0);
    otherKey.copyTo(proof, keyAt);
    int valueFrom = writeNumber(otherValue.length, proof, keyAt + Hash.SIZE);
    System.arraycopy(otherValue, 0, proof, valueFrom, otherValue.length);
    writeSteps(steps, proof, valueFrom + otherValue.length);
    return proof;
  }

  /** The bytes that prove absence from the empty map, and from no other: none. */
  public static byte[] absenceFromNothing() {
    return new byte[0];
  }

  private static int length(Steps steps) {
    int length = steps.count() * Hash.SIZE;
    for (int step = 0; step < steps.count(); step++) {
      length += length(steps.bit(step));
    }
    return length;
  }

  private static void writeSteps(Steps steps, byte[] proof, int from) {
    int to = from;
    for (int step = 0; step < steps.count(); step++) {
      to = writeNumber(steps.bit(step), proof, to);
      steps.copySibling(step, proof, to);
      to += Hash.SIZE;
    }
  }

  /** Bytes of a number as {@link #writeNumber} writes it. */
  private static int length(int number) {
    int length = 1;
    for (int rest = number >>> 7; rest != 0; rest >>>= 7) {
      length++;
    }
    return length;
  }

  /** Returns where the next byte goes. */
  private static int writeNumber(int number, byte[] proof, int from) {
    int to = from;
    int rest = number;
    while (rest > 0x7f) {
      proof[to++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    proof[to++] = (byte) rest;
    return to;
  }

  // ---- verifying -------------------------------------------------------------------------------

  /** Checks that the map with this root has the key with exactly this value. */
  public static void verifyPresence(
      HashAlgorithm algorithm, Hash root, Hash key, byte[] value, byte[] proof)
      throws ProofException {
    new MapProof(proof).climb(algorithm, root, key, key, value);
  }

  /** Checks that the map with this root has no such key. */
  public static void verifyAbsence(HashAlgorithm algorithm, Hash root, Hash key, byte[] proof)
      throws ProofException {
    if (proof.length == 0) {
      if (!root.equals(algorithm.empty())) {
        throw new ProofException(Reason.ROOT_MISMATCH, root, algorithm.empty());
      }
      return;
    }
    MapProof read = new MapProof(proof);
    int keyLength = read.number(Hash.SIZE);
    if (keyLength != Hash.SIZE) {
      throw new ProofException(Reason.MALFORMED, "a key of 32 bytes", "one of " + keyLength);
    }
    Hash otherKey = Hash.owning(read.take(Hash.SIZE));
    byte[] otherValue = read.take(read.number(VALUE_BYTES_MAX));
    if (otherKey.equals(key)) {
      throw new ProofException(Reason.KEY_PRESENT, "another key", key);
    }
    read.climb(algorithm, root, key, otherKey, otherValue);
  }

  /**
   * @param key the one looked up, which must go the way of {@code leafKey}
   */
  private void climb(HashAlgorithm algorithm, Hash root, Hash key, Hash leafKey, byte[] value)
      throws ProofException {
    Hash hash = leaf(algorithm, leafKey, value);
    int below = KEY_BITS;
    while (at < bytes.length) {
      int bit = number(KEY_BITS - 1);
      if (bit >= below) {
        throw new ProofException(Reason.BITS_NOT_DECREASING, "a bit below " + below, bit);
      }
      if (key.bit(bit) != leafKey.bit(bit)) {
        throw new ProofException(
            Reason.OTHER_LEAF_ELSEWHERE, "a leaf that has bit " + bit + " of " + key, leafKey);
      }
      Hash sibling = Hash.owning(take(Hash.SIZE));
      hash =
          key.bit(bit)
              ? inner(algorithm, bit, sibling, hash)
              : inner(algorithm, bit, hash, sibling);
      below = bit;
    }
    if (!hash.equals(root)) {
      throw new ProofException(Reason.ROOT_MISMATCH, root, hash);
    }
  }

  /** A varint of at most two bytes, in its shortest form. */
  private int number(int most) throws ProofException {
    int first = take(1)[0];
    int number = first;
    if (first < 0) {
      int second = take(1)[0];
      if (second <= 0) {
        throw new ProofException(
            Reason.MALFORMED, "a number of one or two bytes in its shortest form", "another");
      }
      number = (first & 0x7f) | (second << 7);
    }
    if (number > most) {
      throw new ProofException(Reason.MALFORMED, "a number up to " + most, number);
    }
    return number;
  }

  private byte[] take(int length) throws ProofException {
    if (length > bytes.length - at) {
      throw new ProofException(
          Reason.MALFORMED, length + " bytes more", (bytes.length - at) + " bytes");
    }
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }
}
