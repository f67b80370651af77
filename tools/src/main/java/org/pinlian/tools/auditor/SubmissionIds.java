// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.pinlian.merkle.HashAlgorithm;

/**
 * Which submission ids were there, as 128 bits of a hash each, in 21 to 43 bytes. The hash is
 * salted with a secret, so nobody can choose ids that collide; that two others do by chance is
 * below one in 10^20 with a thousand million of them. For one thread.
 */
final class SubmissionIds {
  private static final int SALT_BYTES = 16;

  private final byte[] salt = new byte[SALT_BYTES];
  private long[] slots = new long[1 << 11];
  private long count;

  SubmissionIds() {
    new SecureRandom().nextBytes(salt);
  }

  /** Takes an id; false if it was there. */
  boolean add(String submitter, ByteString id) {
    byte[] digest =
        HashAlgorithm.SHA_256
            .begin()
            .bytes(salt)
            .bytes(id.toByteArray())
            .bytes(submitter.getBytes(StandardCharsets.UTF_8))
            .finish()
            .bytes();
    long high = word(digest, 0);
    // No id has two words of zeros, which mark an empty slot.
    long low = word(digest, 8) | 1;
    if (4 * count >= 3L * (slots.length / 2)) {
      grow();
    }
    int at = slot(slots, high, low);
    if (slots[2 * at + 1] != 0) {
      return false;
    }
    slots[2 * at] = high;
    slots[2 * at + 1] = low;
    count++;
    return true;
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(slots.length, 2)];
    for (int i = 0; i < slots.length; i += 2) {
      if (slots[i + 1] != 0) {
        int at = slot(larger, slots[i], slots[i + 1]);
        larger[2 * at] = slots[i];
        larger[2 * at + 1] = slots[i + 1];
      }
    }
    slots = larger;
  }

  /** Where the id is, or would be. */
  private static int slot(long[] slots, long high, long low) {
    int mask = slots.length / 2 - 1;
    int at = (int) high & mask;
    while (slots[2 * at + 1] != 0 && (slots[2 * at] != high || slots[2 * at + 1] != low)) {
      at = at + 1 & mask;
    }
    return at;
  }

  private static long word(byte[] bytes, int from) {
    long word = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      word = (word << 8) | (bytes[from + i] & 0xff);
    }
    return word;
  }
}
