// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Which numbered slots are taken. One that was given back is taken again by whoever asks for one
 * near it: what lay together stays together, however often it is made anew. For one thread.
 */
final class Slots {
  private static final int WORD_BITS = 6;

  /**
   * So many are chosen at a time. Each of them is elsewhere in memory, and waiting for all of them
   * at once takes hardly longer than for one.
   */
  static final int CHOSEN_MAX = 16;

  private final IntConsumer chosenSoon;

  // A bit for each slot that was given back; and a bit for each word of those that is not 0.
  private long[] free = {};
  private long[] words = {};
  private int freed;

  // Of those given back, the ones that are taken next, from the last to the first.
  private final int[] chosen = new int[CHOSEN_MAX];
  private int left;

  private int begun;

  /**
   * @param chosenSoon is told the slots given back that are about to be taken, several at a time
   */
  Slots(IntConsumer chosenSoon) {
    this.chosenSoon = chosenSoon;
  }

  /**
   * Takes a slot: of those given back, one not far from another slot; if there are none, a new one,
   * the next in number.
   */
  int take(int near) {
    if (left == 0 && freed > 0) {
      choose(near);
    }
    if (left > 0) {
      return chosen[--left];
    }
    if (begun == Integer.MAX_VALUE) {
      throw new IllegalStateException("the heads map is full");
    }
    return begun++;
  }

  private void choose(int near) {
    int word = near >>> WORD_BITS;
    left = Math.min(freed, CHOSEN_MAX);
    freed -= left;
    for (int i = left - 1; i >= 0; i--) {
      word = wordWithFree(word);
      chosen[i] = (word << WORD_BITS) + Long.numberOfTrailingZeros(free[word]);
      free[word] &= free[word] - 1;
      if (free[word] == 0) {
        words[word >>> WORD_BITS] &= ~(1L << word);
      }
    }
    for (int i = left - 1; i >= 0; i--) {
      chosenSoon.accept(chosen[i]);
    }
  }

  void giveBack(int slot) {
    int word = slot >>> WORD_BITS;
    if (word >= free.length) {
      grow();
    }
    free[word] |= 1L << slot;
    words[word >>> WORD_BITS] |= 1L << word;
    freed++;
  }

  /** For all slots begun so far, and then some. */
  private void grow() {
    int length = (begun >>> WORD_BITS) + 1;
    free = Arrays.copyOf(free, length + (length >>> 4));
    words = Arrays.copyOf(words, (free.length >>> WORD_BITS) + 1);
  }

  /**
   * The word itself if it has a free slot, else the next that has, the first coming after the last.
   */
  private int wordWithFree(int word) {
    if (word < free.length && free[word] != 0) {
      return word;
    }
    int at = word >>> WORD_BITS;
    long candidates = at < words.length ? words[at] & (-1L << word) : 0;
    while (candidates == 0) {
      at = at + 1 < words.length ? at + 1 : 0;
      candidates = words[at];
    }
    return (at << WORD_BITS) + Long.numberOfTrailingZeros(candidates);
  }

  /** Slots that are not free. */
  int live() {
    return begun - freed - left;
  }

  /** Memory held. */
  long bytes() {
    return (long) (free.length + words.length) * Long.BYTES;
  }
}
