// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keys and numbers as bytes, big-endian: RocksDB orders keys as unsigned bytes, so this is log
 * order.
 */
final class Keys {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private Keys() {}

  static byte[] of(long first) {
    byte[] key = new byte[8];
    LONG.set(key, 0, unsigned(first));
    return key;
  }

  static byte[] of(long first, int second) {
    byte[] key = new byte[12];
    LONG.set(key, 0, unsigned(first));
    INT.set(key, 8, second);
    return key;
  }

  static byte[] of(long first, int second, int third) {
    byte[] key = new byte[16];
    LONG.set(key, 0, unsigned(first));
    INT.set(key, 8, second);
    INT.set(key, 12, third);
    return key;
  }

  static byte[] of(long first, long second) {
    byte[] key = new byte[16];
    LONG.set(key, 0, unsigned(first));
    LONG.set(key, 8, unsigned(second));
    return key;
  }

  static byte[] ofTile(int level, long tile) {
    if (level < 0 || level > 255) {
      throw new IllegalArgumentException("level " + level);
    }
    byte[] key = new byte[9];
    key[0] = (byte) level;
    LONG.set(key, 1, unsigned(tile));
    return key;
  }

  static long longAt(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset);
  }

  static int intAt(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  static void putLong(byte[] bytes, int offset, long value) {
    LONG.set(bytes, offset, value);
  }

  static byte[] joined(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** The first key after all keys that begin with the prefix, or null if there is none. */
  static byte @Nullable [] after(byte[] prefix) {
    for (int last = prefix.length - 1; last >= 0; last--) {
      if (prefix[last] != (byte) 0xff) {
        byte[] next = Arrays.copyOf(prefix, last + 1);
        next[last]++;
        return next;
      }
    }
    return null;
  }

  static byte[] exactly(int length, byte[] bytes, String what) {
    if (bytes.length != length) {
      throw new IllegalArgumentException(what + " has " + bytes.length + " bytes, not " + length);
    }
    return bytes;
  }

  // Indexes are u64 on disk but never come near the sign: a negative one is a fault of the caller.
  private static long unsigned(long number) {
    if (number < 0) {
      throw new IllegalArgumentException("negative number in a key: " + number);
    }
    return number;
  }
}
