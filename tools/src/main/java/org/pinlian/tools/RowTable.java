// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;

/**
 * Rows of a short key and a value, in bytes: what a map of objects would hold in three or four
 * times the memory. A row costs its bytes, 7 more, and between 11 and 22 of the index. Rows are
 * walked in the order in which their keys first came, as long as no value changed its length. For
 * one thread.
 */
final class RowTable {
  static final long NONE = 0;

  // A slot: 24 bits of the key's hash, then where the row is: page in 20 bits, from 1, offset in
  // 20.
  // The bits spare a look at most rows that are not meant, and with it a miss of the cache.
  private static final int OFFSET_BITS = 20;
  private static final int PAGE_BYTES = 1 << OFFSET_BITS;
  private static final long ADDRESS_MASK = (1L << (2 * OFFSET_BITS)) - 1;

  // A row: u8 flags, u16 length of the key, u32 length of the value, key, value.
  private static final int HEADER_BYTES = 7;
  private static final byte MARKED = 1;
  private static final byte REMOVED = 2;
  private static final byte MOVED = 4;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  // Keys are chosen by whoever signs records; how they fall into slots must not be.
  private final long seed = new SecureRandom().nextLong();
  private final List<byte[]> pages = new ArrayList<>();
  private final List<Integer> usedOf = new ArrayList<>();
  private long[] slots = new long[1 << 10];
  private int taken;
  private long rows;

  /** How many keys have a value. */
  long size() {
    return rows;
  }

  /** Where the row is, until its value changes its length; {@link #NONE} if there is none. */
  long find(byte[] key) {
    long address = slots[slot(key)] & ADDRESS_MASK;
    return address == NONE || (page(address)[offset(address)] & REMOVED) != 0 ? NONE : address;
  }

  byte @Nullable [] get(byte[] key) {
    long address = find(key);
    return address == NONE ? null : value(address);
  }

  /** Sets the value of a key, and says where the row is. */
  long put(byte[] key, byte[] value) {
    int slot = slot(key);
    long address = slots[slot] & ADDRESS_MASK;
    if (address != NONE) {
      byte[] page = page(address);
      int at = offset(address);
      if ((page[at] & REMOVED) != 0) {
        page[at] &= ~REMOVED;
        rows++;
      }
      if (valueLength(address) == value.length) {
        System.arraycopy(value, 0, page, valueAt(address), value.length);
        return address;
      }
      page[at] |= MOVED;
      address = append(key, value);
      slots[slot] = (slots[slot] & ~ADDRESS_MASK) | address;
      return address;
    }
    if (++taken > slots.length / 4 * 3) {
      grow();
      slot = slot(key);
    }
    address = append(key, value);
    slots[slot] = (hash(key, 0, key.length) & ~ADDRESS_MASK) | address;
    rows++;
    return address;
  }

  void remove(byte[] key) {
    long address = find(key);
    if (address != NONE) {
      page(address)[offset(address)] |= REMOVED;
      rows--;
    }
  }

  /** Marks the row; false if it was marked already. */
  boolean mark(long address) {
    byte[] page = page(address);
    int at = offset(address);
    boolean fresh = (page[at] & MARKED) == 0;
    page[at] |= MARKED;
    return fresh;
  }

  boolean isMarked(long address) {
    return (page(address)[offset(address)] & MARKED) != 0;
  }

  byte[] key(long address) {
    int from = offset(address) + HEADER_BYTES;
    return Arrays.copyOfRange(page(address), from, from + keyLength(address));
  }

  byte[] value(long address) {
    int from = valueAt(address);
    return Arrays.copyOfRange(page(address), from, from + valueLength(address));
  }

  long longAt(long address, int offset) {
    return (long) LONG.get(page(address), valueAt(address) + offset);
  }

  void setLong(long address, int offset, long value) {
    LONG.set(page(address), valueAt(address) + offset, value);
  }

  Hash hashAt(long address, int offset) {
    return Hash.read(page(address), valueAt(address) + offset);
  }

  void setHash(long address, int offset, Hash hash) {
    hash.copyTo(page(address), valueAt(address) + offset);
  }

  /** All rows, in the order in which they came. The table must not be written meanwhile. */
  Walk walk() {
    return new Walk();
  }

  final class Walk {
    private int page;
    private int at;
    private long address = NONE;

    /** Goes to the next row, at first to the first. */
    boolean next() {
      while (page < pages.size()) {
        if (at >= usedOf.get(page)) {
          page++;
          at = 0;
          continue;
        }
        address = (long) (page + 1) << OFFSET_BITS | at;
        at = valueAt(address) + valueLength(address);
        if ((page(address)[offset(address)] & (REMOVED | MOVED)) == 0) {
          return true;
        }
      }
      return false;
    }

    long address() {
      return address;
    }
  }

  private long append(byte[] key, byte[] value) {
    int length = HEADER_BYTES + key.length + value.length;
    int last = pages.size() - 1;
    if (last < 0 || usedOf.get(last) + length > pages.get(last).length) {
      // A row longer than a page gets one of its own.
      pages.add(new byte[Math.max(PAGE_BYTES, length)]);
      usedOf.add(0);
      last++;
    }
    int at = usedOf.get(last);
    byte[] page = pages.get(last);
    page[at] = 0;
    SHORT.set(page, at + 1, (short) key.length);
    INT.set(page, at + 3, value.length);
    System.arraycopy(key, 0, page, at + HEADER_BYTES, key.length);
    System.arraycopy(value, 0, page, at + HEADER_BYTES + key.length, value.length);
    usedOf.set(last, at + length);
    return (long) (last + 1) << OFFSET_BITS | at;
  }

  /** The key's slot, or the empty one that it would take. */
  private int slot(byte[] key) {
    long hash = hash(key, 0, key.length);
    int mask = slots.length - 1;
    for (int slot = (int) hash & mask; ; slot = slot + 1 & mask) {
      long found = slots[slot];
      if (found == 0 || (((found ^ hash) & ~ADDRESS_MASK) == 0 && has(found & ADDRESS_MASK, key))) {
        return slot;
      }
    }
  }

  private boolean has(long address, byte[] key) {
    int from = offset(address) + HEADER_BYTES;
    int length = keyLength(address);
    return Arrays.equals(page(address), from, from + length, key, 0, key.length);
  }

  private void grow() {
    long[] before = slots;
    slots = new long[before.length * 2];
    int mask = slots.length - 1;
    for (long found : before) {
      if (found != 0) {
        long address = found & ADDRESS_MASK;
        long hash = hash(page(address), offset(address) + HEADER_BYTES, keyLength(address));
        int slot = (int) hash & mask;
        while (slots[slot] != 0) {
          slot = slot + 1 & mask;
        }
        slots[slot] = found;
      }
    }
  }

  private long hash(byte[] bytes, int from, int length) {
    long hash = seed ^ length;
    int at = from;
    for (; at + 8 <= from + length; at += 8) {
      hash = mix(hash ^ (long) LONG.get(bytes, at));
    }
    for (; at < from + length; at++) {
      hash = mix(hash ^ bytes[at]);
    }
    return hash;
  }

  private static long mix(long number) {
    long mixed = number * 0x9e3779b97f4a7c15L;
    mixed ^= mixed >>> 32;
    mixed *= 0xd6e8feb86659fd93L;
    return mixed ^ mixed >>> 29;
  }

  private byte[] page(long address) {
    return pages.get((int) (address >>> OFFSET_BITS) - 1);
  }

  private static int offset(long address) {
    return (int) address & PAGE_BYTES - 1;
  }

  private int keyLength(long address) {
    return (short) SHORT.get(page(address), offset(address) + 1) & 0xffff;
  }

  private int valueLength(long address) {
    return (int) INT.get(page(address), offset(address) + 3);
  }

  private int valueAt(long address) {
    return offset(address) + HEADER_BYTES + keyLength(address);
  }
}
