// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Hash;

/**
 * What a verifier is asked: a dossier, and everything it needs besides. As bytes, for verifiers
 * that are not written in Java:
 *
 * <pre>
 * frame = u32 length || field || field || ...      length of what follows it, in bytes
 * field = u32 length || bytes                      numbers are big-endian
 * </pre>
 *
 * <p>The fields, always all seven: the subject asked for, UTF-8; the trust policy, UTF-8; the time
 * in milliseconds since 1970, decimal; the greatest age allowed in milliseconds, decimal; the
 * checkpoint remembered, its three lines, empty if there is none; the consistency proof from there,
 * 32 bytes for each hash; the dossier. Frames come on standard input one after the other. To each
 * the verifier answers one line on standard output, {@code accepted} or {@code refused RULE}, the
 * rule as {@link org.pinlian.dossier.BrokenRule} has it; in the order of the frames, and it may be
 * read late.
 */
@SuppressWarnings("ArrayRecordComponent") // made, sent once and never compared
public record Frame(
    String asked,
    String policy,
    long nowMillis,
    long greatestAgeMillis,
    @Nullable Checkpoint remembered,
    List<Hash> consistency,
    byte[] dossier) {
  public static final String ACCEPTED = "accepted";
  static final String REFUSED = "refused ";

  /** With its length before it. */
  public byte[] bytes() {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(fields)) {
      field(out, asked.getBytes(StandardCharsets.UTF_8));
      field(out, policy.getBytes(StandardCharsets.UTF_8));
      field(out, Long.toString(nowMillis).getBytes(StandardCharsets.UTF_8));
      field(out, Long.toString(greatestAgeMillis).getBytes(StandardCharsets.UTF_8));
      String text = remembered == null ? "" : remembered.text();
      field(out, text.getBytes(StandardCharsets.UTF_8));
      ByteArrayOutputStream path = new ByteArrayOutputStream();
      consistency.forEach(hash -> path.writeBytes(hash.bytes()));
      field(out, path.toByteArray());
      field(out, dossier);
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      field(new DataOutputStream(frame), fields.toByteArray());
      return frame.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void field(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }
}
