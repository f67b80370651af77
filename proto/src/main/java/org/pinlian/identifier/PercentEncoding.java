// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.pinlian.identifier.IdentifierException.Reason;

/**
 * RFC 3986 section 2 in its one normal form: unreserved characters as they are, every other byte of
 * the UTF-8 as % and two upper-case digits. Text of any script is allowed and is not normalized:
 * what a normalizer does changes with the Unicode version, and a name must never stop being valid.
 */
final class PercentEncoding {
  private static final String HEX = "0123456789ABCDEF";

  private PercentEncoding() {}

  /** RFC 3986 section 2.3. */
  static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  static String encode(String text) throws IdentifierException {
    if (isPlain(text)) {
      return text;
    }
    ByteBuffer bytes;
    try {
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw IdentifierException.of(Reason.BAD_CHARACTER, "half of a surrogate pair", text);
    }
    StringBuilder encoded = new StringBuilder(bytes.remaining() * 3);
    while (bytes.hasRemaining()) {
      int b = bytes.get() & 0xff;
      if (isUnreserved(b)) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 15));
      }
    }
    return encoded.toString();
  }

  /** Decodes any spelling: small hex digits, needless escapes, characters not escaped at all. */
  static String decode(String encoded) throws IdentifierException {
    if (isPlain(encoded)) {
      return encoded;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    try {
      int from = 0;
      for (int i = encoded.indexOf('%'); i >= 0; i = encoded.indexOf('%', from)) {
        writeUtf8(encoded, from, i, bytes);
        int high = i + 2 < encoded.length() ? hexValue(encoded.charAt(i + 1)) : -1;
        int low = i + 2 < encoded.length() ? hexValue(encoded.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          throw IdentifierException.badCharacter("% without two hex digits", encoded, i);
        }
        bytes.write(high << 4 | low);
        from = i + 3;
      }
      writeUtf8(encoded, from, encoded.length(), bytes);
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw IdentifierException.of(Reason.BAD_CHARACTER, "not UTF-8", encoded);
    }
  }

  /** Decodes the normal form and refuses every other. */
  static String decodeCanonical(String encoded) throws IdentifierException {
    if (isPlain(encoded)) {
      return encoded;
    }
    String text = decode(encoded);
    String canonical = encode(text);
    if (!canonical.equals(encoded)) {
      throw IdentifierException.of(
          Reason.NOT_CANONICAL, "percent-encoding", encoded, canonical, encoded);
    }
    return text;
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isUnreserved(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static boolean isHex(char c) {
    return hexValue(c) >= 0;
  }

  /** ASCII only: Character.digit would take full-width digits too. */
  private static int hexValue(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }

  private static void writeUtf8(String text, int from, int to, ByteArrayOutputStream bytes)
      throws CharacterCodingException {
    if (from < to) {
      ByteBuffer encoded =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text, from, to));
      bytes.write(encoded.array(), encoded.arrayOffset(), encoded.remaining());
    }
  }
}
