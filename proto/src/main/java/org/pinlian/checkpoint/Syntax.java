// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.merkle.Hash;

/**
 * The words the text formats are made of. Each has one spelling, so whatever is read is printed
 * again with the same bytes.
 */
final class Syntax {
  private static final int QUOTED_CHARS = 80;

  private Syntax() {}

  static String utf8(byte[] bytes, int maxBytes) throws NoteException {
    if (bytes.length > maxBytes) {
      throw new NoteException(
          Reason.TOO_LARGE, "at most " + maxBytes + " bytes", bytes.length + " bytes");
    }
    try {
      // A new decoder reports what a String constructor would replace.
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      NoteException refused = NoteException.malformed("UTF-8", String.valueOf(e.getMessage()));
      refused.initCause(e);
      throw refused;
    }
  }

  /** Whether this text can be written in UTF-8 and has no control character but the line feed. */
  static boolean isNoteText(String text) {
    return text.chars().noneMatch(c -> c < 0x20 && c != '\n')
        && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /** Whether a key may be called this (B.2): not empty, no Unicode space, no plus. */
  static boolean isKeyName(String name) {
    return !name.isEmpty()
        && isNoteText(name)
        && name.codePoints().noneMatch(c -> c == '+' || isUnicodeSpace(c));
  }

  private static boolean isUnicodeSpace(int codePoint) {
    return Character.isSpaceChar(codePoint)
        || (codePoint >= 0x09 && codePoint <= 0x0d)
        || codePoint == 0x85;
  }

  static byte[] base64(String text) throws NoteException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      NoteException refused = NoteException.malformed("base64", text);
      refused.initCause(e);
      throw refused;
    }
    if (!base64(bytes).equals(text)) {
      throw NoteException.malformed("base64 with padding and no stray bits", text);
    }
    return bytes;
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static Hash hash(String base64) throws NoteException {
    byte[] bytes = base64(base64);
    if (bytes.length != Hash.SIZE) {
      throw NoteException.malformed("base64 of " + Hash.SIZE + " bytes", base64);
    }
    return Hash.of(bytes);
  }

  /** A number from 0 to 2^63 - 1, in ASCII digits without a leading zero. */
  static long decimal(String text) throws NoteException {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits && (text.length() == 1 || text.charAt(0) != '0')) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException beyond) {
        // Falls through to the one refusal.
      }
    }
    throw NoteException.malformed("a decimal from 0 to 2^63 - 1 without leading zeros", text);
  }

  /** For messages: cut to a length that a log line bears, and without line breaks. */
  static String quote(String text) {
    String cut = text.length() <= QUOTED_CHARS ? text : text.substring(0, QUOTED_CHARS) + "...";
    return "\"" + cut.replace("\n", "\\n") + "\"";
  }
}
