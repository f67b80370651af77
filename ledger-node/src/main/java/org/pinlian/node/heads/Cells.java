// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Numbered cells of one size outside the heap, in chunks that never move. One thread adds and
 * writes them; others may read those that were published to them.
 */
final class Cells {
  private static final int CHUNK_BITS = 14;
  private static final int PER_CHUNK = 1 << CHUNK_BITS;

  /** So that cells of 64 bytes, and pairs of smaller ones, lie in one line of the cache. */
  private static final int ALIGNMENT = 64;

  private final Arena arena;
  private final int cellBytes;
  private volatile MemorySegment[] chunks = {};

  Cells(Arena arena, int cellBytes) {
    this.arena = arena;
    this.cellBytes = cellBytes;
  }

  /** Makes room up to, and with, a cell that is at most the next after those there are. */
  void reach(int cell) {
    MemorySegment[] present = chunks;
    if (cell >>> CHUNK_BITS == present.length) {
      MemorySegment[] more = Arrays.copyOf(present, present.length + 1);
      more[present.length] = arena.allocate((long) cellBytes * PER_CHUNK, ALIGNMENT);
      chunks = more;
    }
  }

  /** The chunk that has the cell, at {@link #offset}. */
  MemorySegment chunk(int cell) {
    return chunks[cell >>> CHUNK_BITS];
  }

  long offset(int cell) {
    return (long) (cell & (PER_CHUNK - 1)) * cellBytes;
  }

  /** Bytes taken from the machine, whether filled or not. */
  long bytes() {
    return (long) chunks.length * cellBytes * PER_CHUNK;
  }
}
