// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.HashAlgorithm;

/**
 * One input that was accepted: a body over HTTP, or a file.
 *
 * @param id by which the caller asks for it: made of what repeats when the input is repeated
 * @param digest of its bytes, SHA-256 in hexadecimal
 * @param records how many it has, one after the other in the submission they are in
 * @param source name of the file; null if it came over HTTP
 */
record Input(String id, String digest, int records, @Nullable String source) {
  private static final Pattern ID = Pattern.compile("[kfr]-[0-9a-f]{32}");
  private static final int ID_DIGITS = 32;

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Of whatever comes under this key. */
  static String idOfKey(String idempotencyKey) {
    return "k-" + shortDigest("key\n" + idempotencyKey);
  }

  /** Of a file with this name and these bytes. */
  static String idOfFile(String name, String digest) {
    return "f-" + shortDigest("file\n" + name + "\n" + digest);
  }

  private static String shortDigest(String text) {
    return digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)).substring(0, ID_DIGITS);
  }

  static String digest(byte[] bytes) {
    return HashAlgorithm.SHA_256.begin().bytes(bytes).finish().hex();
  }
}
