// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.util.Arrays;

/**
 * Reads the numbers and byte strings of RocksDB's own records. Anything malformed throws one
 * exception.
 */
final class ByteReader {

  /** The bytes end too early, or a number has too many of them. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  private final byte[] bytes;
  private int at;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean more() {
    return at < bytes.length;
  }

  int u8() throws Malformed {
    need(1);
    return bytes[at++] & 0xff;
  }

  long fixed64() throws Malformed {
    need(8);
    long number = 0;
    for (int i = 0; i < 8; i++) {
      number |= (bytes[at++] & 0xffL) << (8 * i);
    }
    return number;
  }

  long fixed32() throws Malformed {
    need(4);
    long number = 0;
    for (int i = 0; i < 4; i++) {
      number |= (bytes[at++] & 0xffL) << (8 * i);
    }
    return number;
  }

  long varint() throws Malformed {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = u8();
      number |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        return number;
      }
    }
    throw new Malformed("a number of more than ten bytes");
  }

  int varint32() throws Malformed {
    long number = varint();
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new Malformed("number " + Long.toUnsignedString(number) + " out of range");
    }
    return (int) number;
  }

  /** A byte string with its length before it. */
  byte[] string() throws Malformed {
    int length = varint32();
    need(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  void skipString() throws Malformed {
    int length = varint32();
    need(length);
    at += length;
  }

  private void need(int count) throws Malformed {
    if (count > bytes.length - at) {
      throw new Malformed("ends " + (count - (bytes.length - at)) + " bytes early");
    }
  }
}
