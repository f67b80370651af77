// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Heads;

/**
 * The nodes of the map, flat and outside the heap: at ten million keys, objects would be five times
 * as large and every collection would walk over them. A node is never changed once made. A
 * reference is 32 bits, of which the highest says leaf.
 *
 * <p>A leaf is its hash, the revision that made it and the first 8 bytes of its key; an inner node
 * its hash, that revision, the two sides and the bit in which they part. One thread makes and frees
 * nodes; others read those that were published to them.
 */
final class MapNodes implements AutoCloseable {
  /** No node: the whole map, when it is empty. */
  static final int NONE = -1;

  /** Bits of a key: one more than the last in which two can part. */
  static final int KEY_BITS = Hash.SIZE * 8;

  private static final int LEAF_FLAG = 0x8000_0000;

  private static final int BORN = 32;
  private static final int PREFIX = 36;
  private static final int LEAF_BYTES = 44;

  private static final int LEFT = 36;
  private static final int RIGHT = 40;
  private static final int BIT = 44;
  private static final int INNER_BYTES = 48;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final HashAlgorithm hash;
  private final Arena arena = Arena.ofShared();
  private final Slots leaves = new Slots(arena, LEAF_BYTES);
  private final Slots inners = new Slots(arena, INNER_BYTES);

  // What is hashed, by the thread that makes nodes.
  private final byte[] leafMessage = new byte[3 + Hash.SIZE + Heads.VALUE_SIZE];
  private final byte[] innerMessage = new byte[3 + 2 * Hash.SIZE];
  private final byte[] result = new byte[Hash.SIZE];

  MapNodes(HashAlgorithm hash) {
    this.hash = hash;
    leafMessage[0] = 0x00;
    leafMessage[1] = Hash.SIZE;
    leafMessage[2 + Hash.SIZE] = Heads.VALUE_SIZE;
    innerMessage[0] = 0x01;
  }

  // ---- making and freeing, one thread ----------------------------------------------------------

  /** A leaf, from a key and a value that lie in arrays. */
  int leaf(byte[] keys, int keyAt, byte[] values, int valueAt, int born) {
    hashLeaf(keys, keyAt, values, valueAt);
    int slot = leaves.take();
    MemorySegment chunk = leaves.chunk(slot);
    long at = leaves.offset(slot);
    putResult(chunk, at);
    chunk.set(INT, at + BORN, born);
    chunk.set(LONG, at + PREFIX, HeadChanges.prefix(keys, keyAt));
    return slot | LEAF_FLAG;
  }

  /** Whether a leaf is of this key and value. */
  boolean isLeafOf(int ref, byte[] keys, int keyAt, byte[] values, int valueAt) {
    hashLeaf(keys, keyAt, values, valueAt);
    byte[] held = new byte[Hash.SIZE];
    get(ref, held, 0);
    return Arrays.equals(held, result);
  }

  private void hashLeaf(byte[] keys, int keyAt, byte[] values, int valueAt) {
    System.arraycopy(keys, keyAt, leafMessage, 2, Hash.SIZE);
    System.arraycopy(values, valueAt, leafMessage, 3 + Hash.SIZE, Heads.VALUE_SIZE);
    hash.begin().bytes(leafMessage).finish(result, 0);
  }

  int inner(int bit, int left, int right, int born) {
    int numberBytes = 1;
    if (bit > 0x7f) {
      innerMessage[1] = (byte) (bit | 0x80);
      innerMessage[2] = (byte) (bit >>> 7);
      numberBytes = 2;
    } else {
      innerMessage[1] = (byte) bit;
    }
    get(left, innerMessage, 1 + numberBytes);
    get(right, innerMessage, 1 + numberBytes + Hash.SIZE);
    hash.begin().bytes(innerMessage, 0, 1 + numberBytes + 2 * Hash.SIZE).finish(result, 0);
    int slot = inners.take();
    MemorySegment chunk = inners.chunk(slot);
    long at = inners.offset(slot);
    putResult(chunk, at);
    chunk.set(INT, at + BORN, born);
    chunk.set(INT, at + LEFT, left);
    chunk.set(INT, at + RIGHT, right);
    chunk.set(INT, at + BIT, bit);
    return slot;
  }

  void free(int ref) {
    slots(ref).giveBack(ref & ~LEAF_FLAG);
  }

  // ---- reading, any thread ---------------------------------------------------------------------

  static boolean isLeaf(int ref) {
    return ref < 0;
  }

  /** The bit in which the two sides of an inner node part. */
  int bit(int ref) {
    return inners.chunk(ref).get(INT, inners.offset(ref) + BIT);
  }

  int left(int ref) {
    return inners.chunk(ref).get(INT, inners.offset(ref) + LEFT);
  }

  int right(int ref) {
    return inners.chunk(ref).get(INT, inners.offset(ref) + RIGHT);
  }

  /** The first 8 bytes of a leaf's key, as an unsigned number. */
  long prefix(int ref) {
    int slot = ref & ~LEAF_FLAG;
    return leaves.chunk(slot).get(LONG, leaves.offset(slot) + PREFIX);
  }

  /** The revision that made the node. */
  int born(int ref) {
    int slot = ref & ~LEAF_FLAG;
    Slots slots = slots(ref);
    return slots.chunk(slot).get(INT, slots.offset(slot) + BORN);
  }

  Hash hash(int ref) {
    byte[] bytes = new byte[Hash.SIZE];
    get(ref, bytes, 0);
    return Hash.of(bytes);
  }

  /** Writes the node's hash. */
  void copyHash(int ref, byte[] into, int at) {
    get(ref, into, at);
  }

  /** Bytes taken from the machine, whether filled or not. */
  long bytes() {
    return leaves.bytes() + inners.bytes();
  }

  /** Nodes that are not free. */
  long live() {
    return (long) leaves.live() + inners.live();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  private Slots slots(int ref) {
    return isLeaf(ref) ? leaves : inners;
  }

  private void get(int ref, byte[] into, int at) {
    int slot = ref & ~LEAF_FLAG;
    Slots slots = slots(ref);
    MemorySegment chunk = slots.chunk(slot);
    long from = slots.offset(slot);
    for (int i = 0; i < Hash.SIZE; i += Long.BYTES) {
      WORD.set(into, at + i, chunk.get(LONG, from + i));
    }
  }

  private void putResult(MemorySegment chunk, long at) {
    for (int i = 0; i < Hash.SIZE; i += Long.BYTES) {
      chunk.set(LONG, at + i, (long) WORD.get(result, i));
    }
  }
}
