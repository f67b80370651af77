// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;

/**
 * An entry that is a submission for this ledger. Who signed it is checked beside this.
 *
 * @param attestation for whom, if it was signed for a principal and that was shown; else null
 */
record ReadSubmission(
    long index,
    long sequencedAt,
    SignedHeader signed,
    SubmissionHeader header,
    @Nullable Attestation attestation) {

  /** What no other entry may have (formats.md A.2). */
  String id() {
    return header.getSubmitter() + " " + ReadEntry.hex(header.getSubmissionId());
  }

  /**
   * With what was shown as its attestation, which must be the one that the header names, if any.
   */
  ReadSubmission withAttestation(HashAlgorithm hash, ByteString shown)
      throws VerificationException {
    if (shown.isEmpty() && !header.getAttestation().isEmpty()) {
      throw new VerificationException(
          BrokenRule.ATTESTATION_MISSING,
          "the attestation " + ReadEntry.hex(header.getAttestation()) + " of entry " + index,
          "none");
    }
    try {
      return new ReadSubmission(
          index, sequencedAt, signed, header, Submissions.readAttestation(hash, header, shown));
    } catch (RecordException e) {
      throw ReadEntry.refused(e, "entry " + index);
    }
  }

  /** Whose statement it is: the principal it was signed for, or else the submitter. */
  String speaker() {
    return attestation == null ? header.getSubmitter() : attestation.getPrincipal();
  }

  /** Whose keys chains are needed to believe it. */
  List<String> signers() {
    return attestation == null
        ? List.of(header.getSubmitter())
        : List.of(header.getSubmitter(), attestation.getPrincipal());
  }
}
