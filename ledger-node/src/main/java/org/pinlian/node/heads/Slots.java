// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Slots of one size outside the heap, in chunks that never move. One thread takes them and gives
 * them back; others may read those that were published to them.
 */
final class Slots {
  static final int NONE = -1;

  private static final int CHUNK_BITS = 14;
  private static final int PER_CHUNK = 1 << CHUNK_BITS;

  private final Arena arena;
  private final int slotBytes;
  private volatile MemorySegment[] chunks = {};

  private int begun;
  // The last slot given back; its first four bytes name the one given back before it.
  private int free = NONE;
  private int live;

  Slots(Arena arena, int slotBytes) {
    this.arena = arena;
    this.slotBytes = slotBytes;
  }

  int take() {
    live++;
    if (free != NONE) {
      int slot = free;
      free = chunk(slot).get(ValueLayout.JAVA_INT, offset(slot));
      return slot;
    }
    if (begun == Integer.MAX_VALUE) {
      throw new IllegalStateException("the heads map is full");
    }
    if (begun == chunks.length << CHUNK_BITS) {
      MemorySegment[] more = Arrays.copyOf(chunks, chunks.length + 1);
      more[chunks.length] = arena.allocate((long) slotBytes * PER_CHUNK, Long.BYTES);
      chunks = more;
    }
    return begun++;
  }

  void giveBack(int slot) {
    live--;
    chunk(slot).set(ValueLayout.JAVA_INT, offset(slot), free);
    free = slot;
  }

  /** The chunk that has the slot, at {@link #offset}. */
  MemorySegment chunk(int slot) {
    return chunks[slot >>> CHUNK_BITS];
  }

  long offset(int slot) {
    return (long) (slot & (PER_CHUNK - 1)) * slotBytes;
  }

  int live() {
    return live;
  }

  long bytes() {
    return (long) chunks.length * slotBytes * PER_CHUNK;
  }
}
