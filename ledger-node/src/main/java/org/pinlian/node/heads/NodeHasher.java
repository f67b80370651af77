// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Heads;

/**
 * The hashes of leaves and inner nodes (formats.md B.10), from and into arrays: half a million of
 * them are made in a second, and none is kept in the heap. For one thread.
 */
final class NodeHasher {
  /** What must be free in an array before the two sides of an inner node. */
  static final int BEFORE_SIDES = 3;

  private static final byte LEAF_PREFIX = 0x00;
  private static final byte INNER_PREFIX = 0x01;

  private final HashAlgorithm hash;
  private final byte[] leafMessage = new byte[3 + Hash.SIZE + Heads.VALUE_SIZE];

  NodeHasher(HashAlgorithm hash) {
    this.hash = hash;
    leafMessage[0] = LEAF_PREFIX;
    leafMessage[1] = Hash.SIZE;
    leafMessage[2 + Hash.SIZE] = Heads.VALUE_SIZE;
  }

  /** Of a key and a value. */
  void leaf(byte[] keys, int keyAt, byte[] values, int valueAt, byte[] into, int at) {
    System.arraycopy(keys, keyAt, leafMessage, 2, Hash.SIZE);
    System.arraycopy(values, valueAt, leafMessage, 3 + Hash.SIZE, Heads.VALUE_SIZE);
    hash.begin().bytes(leafMessage).finish(into, at);
  }

  /**
   * Of a bit and the hashes of two sides.
   *
   * @param sides where these begin; the {@link #BEFORE_SIDES} bytes before are overwritten
   */
  void inner(int bit, byte[] hashes, int sides, byte[] into, int at) {
    int start;
    if (bit > 0x7f) {
      start = sides - 3;
      hashes[sides - 2] = (byte) (bit | 0x80);
      hashes[sides - 1] = (byte) (bit >>> 7);
    } else {
      start = sides - 2;
      hashes[sides - 1] = (byte) bit;
    }
    hashes[start] = INNER_PREFIX;
    hash.begin().bytes(hashes, start, sides - start + 2 * Hash.SIZE).finish(into, at);
  }
}
