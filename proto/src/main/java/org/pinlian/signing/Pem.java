// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The text form of keys (RFC 7468), one to a file. Of what lies outside the two boundary lines only
 * blank space is allowed: a file with two keys would leave open which is meant.
 */
final class Pem {
  /** Longer than any key of ours, even with generous line breaks. */
  private static final int MAX_CHARS = 4096;

  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  static String print(String label, byte[] der) {
    return begin(label) + "\n" + LINES.encodeToString(der) + "\n" + end(label) + "\n";
  }

  static byte[] parse(String label, String pem) throws KeyFormatException {
    if (pem.length() > MAX_CHARS) {
      throw new KeyFormatException(
          "PEM of at most " + MAX_CHARS + " characters", pem.length() + " characters");
    }
    String text = pem.strip();
    String begin = begin(label);
    String end = end(label);
    if (text.length() < begin.length() + end.length()
        || !text.startsWith(begin)
        || !text.endsWith(end)) {
      throw new KeyFormatException("one PEM block \"" + label + "\"", "other text");
    }
    String body = text.substring(begin.length(), text.length() - end.length());
    try {
      return Base64.getDecoder().decode(body.replaceAll("[ \t\r\n]", ""));
    } catch (IllegalArgumentException e) {
      // The cause quotes characters of what may be a secret, and is dropped for that.
      throw new KeyFormatException("base64 within PEM", "other characters");
    }
  }

  private static String begin(String label) {
    return "-----BEGIN " + label + "-----";
  }

  private static String end(String label) {
    return "-----END " + label + "-----";
  }
}
