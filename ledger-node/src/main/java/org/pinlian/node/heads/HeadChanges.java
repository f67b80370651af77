// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Heads;

/**
 * The heads that one stretch of the log changed: what each was before it and what it is after, by
 * key in ascending order. Flat, because a second of ingest changes a hundred thousand. Not changed
 * once made, but for {@link #forgetValues}.
 */
public final class HeadChanges {
  /** What one costs in memory. */
  static final int BYTES_EACH = Hash.SIZE + 2 * Heads.VALUE_SIZE;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long size;
  private final int count;
  private final byte[] keys;
  private final byte[] before;
  // Entry i: how many of the first i keys were there before. So a range is asked in one step.
  private final int[] existing;
  private byte[] after;

  private HeadChanges(
      long size, int count, byte[] keys, byte[] before, byte[] after, int[] existing) {
    this.size = size;
    this.count = count;
    this.keys = keys;
    this.before = before;
    this.after = after;
    this.existing = existing;
  }

  /** Takes changes in ascending order of their keys. */
  public static final class Builder {
    private final byte[] keys;
    private final byte[] before;
    private final byte[] after;
    private final int[] existing;
    private int count;

    /**
     * @param capacity how many there will be
     */
    public Builder(int capacity) {
      keys = new byte[Math.multiplyExact(capacity, Hash.SIZE)];
      before = new byte[Math.multiplyExact(capacity, Heads.VALUE_SIZE)];
      after = new byte[Math.multiplyExact(capacity, Heads.VALUE_SIZE)];
      existing = new int[capacity + 1];
    }

    /**
     * @param countBefore 0 if the key was not there; then the two that follow say nothing
     * @throws IllegalArgumentException if the key is not greater than the one before
     */
    public void add(
        Hash key,
        long countBefore,
        Hash linkBefore,
        long lastIndexBefore,
        long countAfter,
        Hash linkAfter,
        long lastIndexAfter) {
      key.copyTo(keys, count * Hash.SIZE);
      int at = count * Hash.SIZE;
      if (count > 0
          && Arrays.compareUnsigned(keys, at - Hash.SIZE, at, keys, at, at + Hash.SIZE) >= 0) {
        throw new IllegalArgumentException("keys that do not ascend: " + key);
      }
      if (countBefore > 0) {
        put(before, countBefore, linkBefore, lastIndexBefore);
      }
      put(after, countAfter, linkAfter, lastIndexAfter);
      existing[count + 1] = existing[count] + (countBefore > 0 ? 1 : 0);
      count++;
    }

    private void put(byte[] values, long links, Hash link, long lastIndex) {
      int at = count * Heads.VALUE_SIZE;
      LONG.set(values, at, links);
      link.copyTo(values, at + Long.BYTES);
      LONG.set(values, at + Long.BYTES + Hash.SIZE, lastIndex);
    }

    /**
     * @param size of the log up to which the heads changed
     */
    public HeadChanges build(long size) {
      return new HeadChanges(size, count, keys, before, after, existing);
    }
  }

  /** The log size after the changes. */
  public long size() {
    return size;
  }

  /** How many keys changed. */
  public int count() {
    return count;
  }

  Hash key(int i) {
    return Hash.read(keys, i * Hash.SIZE);
  }

  byte[] keys() {
    return keys;
  }

  byte[] valuesBefore() {
    return before;
  }

  byte[] valuesAfter() {
    return after;
  }

  /** Whether any of the keys from {@code low} up to, and without, {@code high} was there before. */
  boolean anyExisted(int low, int high) {
    return existing[low] < existing[high];
  }

  /** The first of a range that was there before; there must be one. */
  int firstExisting(int low, int high) {
    int from = low;
    int to = high - 1;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (anyExisted(low, middle + 1)) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  int existed(int low, int high) {
    return existing[high] - existing[low];
  }

  boolean bit(int i, int bit) {
    return side(i, bit) == 1;
  }

  /** A bit of one of the keys, which is also the side of a node on which the key is. */
  int side(int i, int bit) {
    return keys[i * Hash.SIZE + (bit >> 3)] >> (7 - (bit & 7)) & 1;
  }

  /** The first bit in which two of the keys differ, {@link MapNodes#KEY_BITS} for the same one. */
  int firstDifference(int i, int j) {
    return i == j ? MapNodes.KEY_BITS : firstDifference(keys, i, keys, j);
  }

  /** The first of a range whose keys have all bits before {@code bit} in common that has it. */
  int firstWithBit(int bit, int low, int high) {
    int from = low;
    int to = high;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (bit(middle, bit)) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }

  /** Place of the key, negative if it is not among these. */
  int find(Hash key) {
    byte[] wanted = key.bytes();
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = middle * Hash.SIZE;
      int order = Arrays.compareUnsigned(keys, at, at + Hash.SIZE, wanted, 0, Hash.SIZE);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /** The value before of a key that is among these; empty if it was not there. */
  Optional<byte[]> before(int i) {
    int at = i * Heads.VALUE_SIZE;
    return anyExisted(i, i + 1)
        ? Optional.of(Arrays.copyOfRange(before, at, at + Heads.VALUE_SIZE))
        : Optional.empty();
  }

  /** Once they are in the map, only what was before is of use. */
  void forgetValues() {
    after = new byte[0];
  }

  static int firstDifference(byte[] a, int i, byte[] b, int j) {
    for (int word = 0; word < Hash.SIZE; word += Long.BYTES) {
      long difference =
          (long) LONG.get(a, i * Hash.SIZE + word) ^ (long) LONG.get(b, j * Hash.SIZE + word);
      if (difference != 0) {
        return word * 8 + Long.numberOfLeadingZeros(difference);
      }
    }
    return MapNodes.KEY_BITS;
  }

  /** The first bit in which one of the keys and another differ. */
  int firstDifference(int i, Hash other) {
    return firstDifference(keys, i, other.bytes(), 0);
  }

  /** The first 8 bytes of one of the keys. */
  long prefix(int i) {
    return prefix(keys, i * Hash.SIZE);
  }

  static long prefix(byte[] keys, int at) {
    return (long) LONG.get(keys, at);
  }
}
