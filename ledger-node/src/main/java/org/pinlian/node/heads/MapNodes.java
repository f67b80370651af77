// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.pinlian.merkle.Hash;

/**
 * The nodes of the map, flat and outside the heap: at ten million keys, objects would be five times
 * as large and every collection would walk over them. A node is never changed once made. A
 * reference is 32 bits, of which the highest says leaf.
 *
 * <p>A node's hash is in its parent, beside that of the other side; the root's is in {@link
 * Subtree}. So whoever comes down to a node has read all that its parent's hash is made of, and a
 * leaf is only the first 8 bytes of its key: the same one whatever the value is. An inner node is
 * in two places, its form (two sides, the bit in which they part, the revision that made it) and
 * the two hashes, which fill one line of the cache.
 *
 * <p>One thread makes and frees nodes; others read those that were published to them.
 */
final class MapNodes implements AutoCloseable {
  /** No node: the whole map, when it is empty. */
  static final int NONE = -1;

  /** Bits of a key: one more than the last in which two can part. */
  static final int KEY_BITS = Hash.SIZE * 8;

  /** The hashes of the two sides of an inner node. */
  static final int SIDES_BYTES = 2 * Hash.SIZE;

  private static final int LEAF_FLAG = 0x8000_0000;

  // The form of an inner node. The right side follows the left: the one of a bit is found by it.
  private static final int SIDE = 0;
  private static final int BIT = 8;
  private static final int BORN = 12;
  private static final int FORM_BYTES = 16;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final Arena arena = Arena.ofShared();
  private final Cells prefixes = new Cells(arena, Long.BYTES);
  private final Cells forms = new Cells(arena, FORM_BYTES);
  private final Cells hashes = new Cells(arena, SIDES_BYTES);
  private final Slots inners = new Slots(this::glance);
  private int leaves;

  // Not private, so that nobody may conclude that what is read is of no use.
  long glances;

  // ---- making and freeing, one thread ----------------------------------------------------------

  /**
   * A leaf. No map loses a key, so it stays until all of this goes.
   *
   * @param prefix the first 8 bytes of its key
   */
  int leaf(long prefix) {
    if (leaves == Integer.MAX_VALUE) {
      throw new IllegalStateException("the heads map is full");
    }
    int cell = leaves++;
    prefixes.reach(cell);
    prefixes.chunk(cell).set(LONG, prefixes.offset(cell), prefix);
    return cell | LEAF_FLAG;
  }

  /**
   * An inner node.
   *
   * @param near a node, best one of the same part of the map, beside which it is put if there is
   *     room
   * @param sides where the hashes of its two sides begin, the left one first
   */
  int inner(int bit, int left, int right, int born, int near, byte[] from, int sides) {
    int slot = inners.take(near & ~LEAF_FLAG);
    forms.reach(slot);
    hashes.reach(slot);
    MemorySegment form = forms.chunk(slot);
    long at = forms.offset(slot);
    form.set(INT, at + SIDE, left);
    form.set(INT, at + SIDE + Integer.BYTES, right);
    form.set(INT, at + BIT, bit);
    form.set(INT, at + BORN, born);
    MemorySegment.copy(from, sides, hashes.chunk(slot), BYTE, hashes.offset(slot), SIDES_BYTES);
    return slot;
  }

  /** Gives an inner node back: no revision that is still read has it. */
  void free(int inner) {
    inners.giveBack(inner);
  }

  /** Has the memory bring what is about to be written. */
  private void glance(int inner) {
    glances += hashes.chunk(inner).get(LONG, hashes.offset(inner)) + born(inner);
  }

  // ---- reading, any thread ---------------------------------------------------------------------

  static boolean isLeaf(int ref) {
    return ref < 0;
  }

  /** The bit in which the two sides of an inner node part. */
  int bit(int inner) {
    return forms.chunk(inner).get(INT, forms.offset(inner) + BIT);
  }

  /**
   * One of the sides of an inner node.
   *
   * @param side 0 for the left one, 1 for the right
   */
  int side(int inner, int side) {
    return forms.chunk(inner).get(INT, forms.offset(inner) + SIDE + (long) side * Integer.BYTES);
  }

  /** The revision that made an inner node. */
  int born(int inner) {
    return forms.chunk(inner).get(INT, forms.offset(inner) + BORN);
  }

  /** The hash of one side of an inner node. */
  Hash hash(int inner, int side) {
    byte[] sides = new byte[SIDES_BYTES];
    sides(inner, sides, 0);
    return Hash.read(sides, side * Hash.SIZE);
  }

  /** Writes the hash of one side. */
  void copyHash(int inner, int side, byte[] into, int at) {
    MemorySegment.copy(
        hashes.chunk(inner),
        BYTE,
        hashes.offset(inner) + (long) side * Hash.SIZE,
        into,
        at,
        Hash.SIZE);
  }

  /** Reads the hashes of both sides, the left one first. */
  void sides(int inner, byte[] into, int at) {
    MemorySegment.copy(hashes.chunk(inner), BYTE, hashes.offset(inner), into, at, SIDES_BYTES);
  }

  /** The first 8 bytes of a leaf's key, as an unsigned number. */
  long prefix(int leaf) {
    int cell = leaf & ~LEAF_FLAG;
    return prefixes.chunk(cell).get(LONG, prefixes.offset(cell));
  }

  /** Bytes taken from the machine, whether filled or not. */
  long bytes() {
    return prefixes.bytes() + forms.bytes() + hashes.bytes() + inners.bytes();
  }

  /** Nodes that are not free. */
  long live() {
    return (long) leaves + inners.live();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
