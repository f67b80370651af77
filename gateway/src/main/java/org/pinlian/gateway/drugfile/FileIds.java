// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.record.Limits;

/**
 * Names made of what a file says, so that the same file, or the same bill, brought twice has the
 * same ones: the ledger refuses a submission id it knows, and an event id tells readers. They give
 * nothing of the file away, but whoever guesses a bill's number can confirm the guess.
 */
final class FileIds {
  private FileIds() {}

  static byte[] sha256(byte[] bytes) {
    return digest().digest(bytes);
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * @param use keeps names of different things apart
   * @param name of the file or bill among the participant's
   * @param number of the part
   */
  private static byte[] hash(String use, ParticipantId participant, String name, int number) {
    MessageDigest digest = digest();
    for (String part : new String[] {use, participant.toString(), name}) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    return digest.digest();
  }

  static byte[] submission(String use, ParticipantId participant, String name, int number) {
    return Arrays.copyOf(
        hash("pinlian/submission/" + use, participant, name, number), Limits.SUBMISSION_ID_BYTES);
  }

  /** An EPCIS event id: a UUID of version 8 (RFC 9562 section 5.8) in its URN. */
  static String event(String use, ParticipantId participant, String name, int number) {
    ByteBuffer bits = ByteBuffer.wrap(hash("pinlian/event/" + use, participant, name, number));
    long high = (bits.getLong() & ~0xf000L) | 0x8000L;
    long low = (bits.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return "urn:uuid:" + new UUID(high, low);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
