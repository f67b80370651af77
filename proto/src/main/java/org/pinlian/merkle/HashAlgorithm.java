// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

/**
 * The hash of a ledger, {@code H} in the formats: chosen in its genesis entry and never changed.
 * Safe for use by many threads.
 */
public enum HashAlgorithm {
  /** FIPS 180-4, and the only one the public formats are defined for. */
  SHA_256("sha-256"),
  /** GB/T 32905. */
  SM3("sm3");

  // RFC 6962 section 2.1: a leaf can never be taken for an inner node, nor the reverse.
  private static final int LEAF_PREFIX = 0x00;
  private static final int INNER_PREFIX = 0x01;

  private static final ThreadLocal<Digest> SHA_256_OF_THREAD =
      ThreadLocal.withInitial(Digest::sha256);
  private static final ThreadLocal<Digest> SM3_OF_THREAD = ThreadLocal.withInitial(Digest::sm3);

  private final String label;

  HashAlgorithm(String label) {
    this.label = label;
  }

  /** The name in genesis entries and trust policies. */
  public String label() {
    return label;
  }

  /**
   * The algorithm of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static HashAlgorithm ofLabel(String label) {
    for (HashAlgorithm algorithm : values()) {
      if (algorithm.label.equals(label)) {
        return algorithm;
      }
    }
    throw new IllegalArgumentException("no hash algorithm is named \"" + label + "\"");
  }

  /**
   * A digest to fill, which belongs to the calling thread: it must be finished by that thread and
   * not be kept. Digests may be nested.
   */
  public Digest begin() {
    ThreadLocal<Digest> ofThread =
        switch (this) {
          case SHA_256 -> SHA_256_OF_THREAD;
          case SM3 -> SM3_OF_THREAD;
        };
    Digest digest = ofThread.get();
    if (digest.isOpen()) {
      // Nested, or abandoned half filled: leave that one alone.
      digest =
          switch (this) {
            case SHA_256 -> Digest.sha256();
            case SM3 -> Digest.sm3();
          };
      ofThread.set(digest);
    }
    return digest.open();
  }

  /** A digest that has already taken one byte: every kind of hash of ours begins with its own. */
  public Digest begin(int prefixByte) {
    return begin().u8(prefixByte);
  }

  /** The hash of the parts, joined. */
  public Hash hash(byte[]... parts) {
    Digest digest = begin();
    for (byte[] part : parts) {
      digest.bytes(part);
    }
    return digest.finish();
  }

  /** {@code H(0x00 || data)}: the hash of a leaf. */
  public Hash leaf(byte[] data) {
    return begin(LEAF_PREFIX).bytes(data).finish();
  }

  /** The hash of a leaf whose data lie in an array, into an array. */
  void leaf(byte[] from, int offset, int length, byte[] into, int at) {
    begin(LEAF_PREFIX).bytes(from, offset, length).finish(into, at);
  }

  /**
   * The hash of the inner node over two that lie side by side, into an array: the same, perhaps.
   */
  void inner(byte[] pair, int offset, byte[] into, int at) {
    begin(INNER_PREFIX).bytes(pair, offset, 2 * Hash.SIZE).finish(into, at);
  }

  /** {@code H(0x01 || left || right)}: the hash of an inner node. */
  public Hash inner(Hash left, Hash right) {
    return begin(INNER_PREFIX).hash(left).hash(right).finish();
  }

  /** {@code H("")}: the root of a tree without leaves. */
  public Hash empty() {
    return begin().finish();
  }
}
