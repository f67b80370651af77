// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.util.Arrays;

/**
 * A write batch in the bytes that RocksDB itself keeps it in, and writes to its log. Made here, a
 * batch of any number of rows crosses into native code once and not once a row, and an unused one
 * has no native memory to free. The form is as fixed as RocksDB's log, which it is the payload of;
 * {@link WalScan} reads the same.
 *
 * <p>{@code u64 sequence || u32 count}, both little-endian, then for each row a tag, the column's
 * id, the key and, for a put, the value: numbers as varints, bytes with their length before them.
 *
 * <p>Not for use by several threads.
 */
final class BatchBytes {
  static final int HEADER_BYTES = 12;
  static final int PUT_IN_COLUMN = 0x05;
  static final int DELETE_IN_COLUMN = 0x04;

  private byte[] bytes = new byte[16 * 1024];
  private int length = HEADER_BYTES;
  private int rows;

  void put(Column column, byte[] key, byte[] value) {
    open(PUT_IN_COLUMN, column, key, value.length + 5);
    add(value);
  }

  void delete(Column column, byte[] key) {
    open(DELETE_IN_COLUMN, column, key, 0);
  }

  int rows() {
    return rows;
  }

  int length() {
    return length;
  }

  void clear() {
    length = HEADER_BYTES;
    rows = 0;
  }

  /** A copy, with the count filled in; the sequence is RocksDB's to fill in. */
  byte[] toBytes() {
    byte[] batch = Arrays.copyOf(bytes, length);
    for (int i = 0; i < 4; i++) {
      batch[8 + i] = (byte) (rows >>> (8 * i));
    }
    return batch;
  }

  private void open(int tag, Column column, byte[] key, int more) {
    int needed = Math.addExact(length, Math.addExact(1 + 5 + 5 + key.length, more));
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, Math.max(needed, (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
    }
    bytes[length++] = (byte) tag;
    varint(column.id);
    add(key);
    rows++;
  }

  private void add(byte[] part) {
    varint(part.length);
    System.arraycopy(part, 0, bytes, length, part.length);
    length += part.length;
  }

  private void varint(int number) {
    int rest = number;
    while (rest >= 0x80) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }
}
