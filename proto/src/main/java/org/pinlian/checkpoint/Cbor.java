// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The little of CBOR (RFC 8949) that a receipt is made of, in its one deterministic encoding
 * (section 4.2.1): shortest heads, definite lengths. Maps are written in the order in which they
 * are called for, which is for the caller to get right.
 */
final class Cbor {
  static final int UNSIGNED = 0;
  static final int NEGATIVE = 1;
  static final int BYTES = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int TAG = 6;
  private static final int NULL = 0xf6;

  // An argument up to here is in the head itself; then follow codes for 1, 2, 4 and 8 bytes.
  private static final int INLINE_MAX = 23;

  private Cbor() {}

  /** Writes item after item. */
  static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The head of an item: its type, and its value, length or count. */
    Writer head(int type, long argument) {
      int major = type << 5;
      if (argument <= INLINE_MAX) {
        out.write(major | (int) argument);
        return this;
      }
      int power = argument <= 0xff ? 0 : argument <= 0xffff ? 1 : argument <= 0xffffffffL ? 2 : 3;
      out.write(major | (INLINE_MAX + 1 + power));
      for (int shift = (8 << power) - 8; shift >= 0; shift -= 8) {
        out.write((int) (argument >>> shift));
      }
      return this;
    }

    Writer number(long value) {
      return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
    }

    Writer bytes(byte[] bytes) {
      head(BYTES, bytes.length).out.writeBytes(bytes);
      return this;
    }

    Writer text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      head(TEXT, bytes.length).out.writeBytes(bytes);
      return this;
    }

    Writer nothing() {
      out.write(NULL);
      return this;
    }

    byte[] finish() {
      return out.toByteArray();
    }
  }

  /**
   * Reads what is expected, or refuses. Takes longer encodings too: whoever reads writes again what
   * was read, and compares.
   */
  static final class Reader {
    private final ByteBuffer in;

    Reader(byte[] bytes) {
      this.in = ByteBuffer.wrap(bytes);
    }

    boolean isAtEnd() {
      return !in.hasRemaining();
    }

    /** The argument of an item of this type; 2^63 and above is refused. */
    long head(int type, String what) throws NoteException {
      int head = Byte.toUnsignedInt(next(what));
      if (head >>> 5 != type) {
        throw NoteException.malformed(what + ", of CBOR type " + type, "type " + (head >>> 5));
      }
      int code = head & 0x1f;
      if (code <= INLINE_MAX) {
        return code;
      }
      int power = code - INLINE_MAX - 1;
      if (power > 3) {
        throw NoteException.malformed(what + " of a stated length", "CBOR code " + code);
      }
      long argument = 0;
      for (int i = 0; i < 1 << power; i++) {
        argument = argument << 8 | Byte.toUnsignedLong(next(what));
      }
      if (argument < 0) {
        throw NoteException.malformed(what + " below 2^63", Long.toUnsignedString(argument));
      }
      return argument;
    }

    /** Checks an item's value, length or count. */
    void require(int type, long argument, String what) throws NoteException {
      long found = head(type, what);
      if (found != argument) {
        throw NoteException.malformed(what + " " + argument, Long.toString(found));
      }
    }

    void requireNumber(long value, String what) throws NoteException {
      require(value < 0 ? NEGATIVE : UNSIGNED, value < 0 ? -1 - value : value, what);
    }

    void requireNothing(String what) throws NoteException {
      if (Byte.toUnsignedInt(next(what)) != NULL) {
        throw NoteException.malformed(what + ": nil", "something");
      }
    }

    byte[] bytes(String what) throws NoteException {
      return take(head(BYTES, what), what);
    }

    String text(String what) throws NoteException {
      byte[] bytes = take(head(TEXT, what), what);
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
        throw NoteException.malformed(what + " in UTF-8", "other bytes");
      }
      return text;
    }

    private byte[] take(long length, String what) throws NoteException {
      if (length > in.remaining()) {
        throw NoteException.malformed(
            what + " of " + length + " bytes", in.remaining() + " bytes left");
      }
      byte[] bytes = new byte[(int) length];
      in.get(bytes);
      return bytes;
    }

    private byte next(String what) throws NoteException {
      if (!in.hasRemaining()) {
        throw NoteException.malformed(what, "the end");
      }
      return in.get();
    }
  }
}
