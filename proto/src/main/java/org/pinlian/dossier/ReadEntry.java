// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Limits;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Entry;
import org.pinlian.v1.SubmissionHeader;

/**
 * An entry that was read strictly. That it is in the log is checked beside this.
 *
 * @param header of a submission, else null
 */
record ReadEntry(long index, Entry entry, @Nullable SubmissionHeader header) {

  static ReadEntry read(long index, ByteString bytes) throws VerificationException {
    if (bytes.size() > Limits.ENTRY_BYTES_MAX) {
      throw new VerificationException(
          BrokenRule.LIMIT_EXCEEDED,
          "an entry of " + Limits.ENTRY_BYTES_MAX + " bytes at most",
          bytes.size());
    }
    try {
      Entry entry = Submissions.readEntry(bytes);
      SubmissionHeader header =
          entry.hasSubmission() ? Submissions.readHeader(entry.getSubmission().getHeader()) : null;
      return new ReadEntry(index, entry, header);
    } catch (RecordException e) {
      throw refused(e, "entry " + index);
    }
  }

  /**
   * Checks what a submission's entry says of itself: this ledger, in time. For whom it was signed
   * is in no entry: see {@link ReadSubmission#withAttestation}.
   *
   * @param genesis leaf hash to compare {@code ledger} with, if the policy names it
   */
  ReadSubmission requireSubmission(Optional<Hash> genesis) throws VerificationException {
    SubmissionHeader submission = header;
    if (submission == null) {
      throw new VerificationException(
          BrokenRule.WRONG_ENTRY, "a submission at index " + index, entry.getBodyCase());
    }
    Hash ledger = CheckpointVerifier.hash(submission.getLedger(), "the ledger of a header");
    if (genesis.isPresent() && !genesis.get().equals(ledger)) {
      throw new VerificationException(
          BrokenRule.OTHER_LEDGER, "a header for ledger " + genesis.get(), ledger);
    }
    if (entry.getSequencedAt() > submission.getNotAfter()) {
      throw new VerificationException(
          BrokenRule.SEQUENCED_TOO_LATE,
          "sequenced at " + submission.getNotAfter() + " at the latest",
          entry.getSequencedAt());
    }
    return new ReadSubmission(
        index, entry.getSequencedAt(), entry.getSubmission(), submission, null);
  }

  static VerificationException refused(RecordException e, String where) {
    BrokenRule rule =
        switch (e.code()) {
          case NOT_CANONICAL -> BrokenRule.NOT_CANONICAL;
          case UNSUPPORTED_FORMAT -> BrokenRule.UNSUPPORTED_FORMAT;
          case LIMIT_EXCEEDED, ENTRY_TOO_LARGE -> BrokenRule.LIMIT_EXCEEDED;
          case ATTESTATION_MISMATCH -> BrokenRule.ATTESTATION_MISMATCH;
          default -> BrokenRule.MALFORMED;
        };
    return new VerificationException(rule, "a readable " + e.path() + " in " + where, e);
  }

  static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
