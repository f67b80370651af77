// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.record.Bounded;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;

/**
 * Checks receipts (formats.md A.7, B.6) under one trust policy. Safe for use by many threads.
 *
 * <p>What is not checked: the signature over the header against the registry. Whoever submitted can
 * give their own key; for anybody else's signature, ask for the story.
 */
public final class ReceiptVerifier {
  private static final Bounded<Receipt> RECEIPTS =
      Bounded.reader(Receipt.parser(), Receipt.getDescriptor());

  /** An entry, a proof, and one in the COSE form. */
  private static final int VALUES_MAX = 3;

  private final CheckpointVerifier checkpoints;

  public ReceiptVerifier(TrustPolicy policy) {
    this(new CheckpointVerifier(policy));
  }

  public ReceiptVerifier(CheckpointVerifier checkpoints) {
    this.checkpoints = checkpoints;
  }

  /**
   * Checks a receipt of what was submitted: header and records. The signature logged may be another
   * than the one submitted, if the header was signed twice: the ledger keeps the first it took, and
   * not every algorithm gives the same signature again. Such a signature is left to the story; see
   * {@link #verify(Receipt, SignedSubmission, VerifyingKey)}.
   */
  public VerifiedReceipt verify(Receipt receipt, SignedSubmission submitted)
      throws VerificationException {
    return verify(receipt, submitted.request().getSigned().getHeader(), submitted.digests());
  }

  /**
   * As {@link #verify(Receipt, SignedSubmission)}, and that the signature logged is good if it is
   * by this key. One by another key, as after a rotation, is left to the story.
   *
   * @param own key of whoever submitted
   */
  public VerifiedReceipt verify(Receipt receipt, SignedSubmission submitted, VerifyingKey own)
      throws VerificationException {
    Opened opened = open(receipt, submitted.request().getSigned().getHeader(), submitted.digests());
    SignedHeader signed = opened.signed;
    boolean isOwn = signed.getKeyId().equals(ByteString.copyFrom(own.keyId().bytes()));
    // What was submitted was signed here: only another signature is news.
    if (isOwn
        && !signed.equals(submitted.request().getSigned())
        && !own.verifies(
            Submissions.signedMessage(signed.getHeader()), signed.getSignature().toByteArray())) {
      throw new VerificationException(
          BrokenRule.BAD_SIGNATURE,
          "a signature of submission " + id(submitted.header()) + " by key " + own.keyId(),
          "another");
    }
    return opened.receipt;
  }

  /**
   * Checks a receipt of a header with these records.
   *
   * @param header bytes of the SubmissionHeader that was signed
   * @param digests of its records, by position
   */
  public VerifiedReceipt verify(Receipt receipt, ByteString header, List<Hash> digests)
      throws VerificationException {
    return open(receipt, header, digests).receipt;
  }

  private Opened open(Receipt receipt, ByteString header, List<Hash> digests)
      throws VerificationException {
    Opened opened = open(receipt);
    if (!opened.signed.getHeader().equals(header)) {
      throw new VerificationException(
          BrokenRule.OTHER_SUBMISSION,
          "the header submitted",
          "submission " + id(opened.receipt.header()) + " or another header of it");
    }
    requireRecords(opened.receipt, digests);
    return opened;
  }

  /** Checks that the receipt is of some submission in the ledger: which one, the result says. */
  public VerifiedReceipt verify(Receipt receipt) throws VerificationException {
    return open(receipt).receipt;
  }

  /** As {@link #verify(Receipt, SignedSubmission)}, from the bytes of a Receipt message. */
  public VerifiedReceipt verify(byte[] receipt, SignedSubmission submitted)
      throws VerificationException {
    return verify(parse(receipt), submitted);
  }

  /** As {@link #verify(Receipt)}, from the bytes of a Receipt message. */
  public VerifiedReceipt verify(byte[] receipt) throws VerificationException {
    return verify(parse(receipt));
  }

  private static Receipt parse(byte[] bytes) throws VerificationException {
    try {
      return RECEIPTS.read(ByteString.copyFrom(bytes), VALUES_MAX, "receipt");
    } catch (RecordException e) {
      throw ReadEntry.refused(e, "what was given for one");
    }
  }

  private record Opened(SignedHeader signed, VerifiedReceipt receipt) {}

  private Opened open(Receipt receipt) throws VerificationException {
    TlogProof proof;
    try {
      proof = TlogProof.parse(receipt.getProof().getBytes(StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new VerificationException(BrokenRule.PROOF_MALFORMED, e.expected(), e.found(), e);
    }
    VerifiedCheckpoint checkpoint = checkpoints.verifyForProof(proof.note().toString());
    Hash leaf = checkpoints.hash().leaf(receipt.getEntry().toByteArray());
    checkpoints.verifyIncluded(checkpoint.checkpoint(), proof.index(), leaf, proof.path());
    ReadSubmission submission =
        ReadEntry.read(proof.index(), receipt.getEntry())
            .requireSubmission(checkpoints.policy().genesis());
    if (!receipt.getCose().isEmpty()) {
      requireSame(receipt, proof.index(), checkpoint.checkpoint());
    }
    return new Opened(
        submission.signed(),
        new VerifiedReceipt(
            proof.index(),
            leaf,
            Instant.ofEpochMilli(submission.sequencedAt()),
            submission.header(),
            checkpoint.checkpoint(),
            checkpoint.grade(),
            receipt));
  }

  /** The other form, where it came along, must be of the same entry in the same tree. */
  private void requireSame(Receipt receipt, long index, Checkpoint checkpoint)
      throws VerificationException {
    VerifiedCoseReceipt cose =
        new CoseReceiptVerifier(checkpoints.policy())
            .verify(receipt.getCose().toByteArray(), receipt.getEntry());
    InclusionProof proof = cose.receipt().proof();
    if (!cose.root().equals(checkpoint.root())
        || proof.index() != index
        || proof.size() != checkpoint.size()
        || !cose.receipt().issuer().equals(checkpoint.origin())) {
      throw new VerificationException(
          BrokenRule.NOT_INCLUDED,
          "a COSE receipt of index " + index + " in the tree of size " + checkpoint.size(),
          "one of " + proof.index() + " and " + proof.size());
    }
  }

  private void requireRecords(VerifiedReceipt receipt, List<Hash> digests)
      throws VerificationException {
    SubmissionHeader header = receipt.header();
    if (header.getRecordCount() != digests.size()) {
      throw new VerificationException(
          BrokenRule.OTHER_SUBMISSION, digests.size() + " records", header.getRecordCount());
    }
    Hash root = Submissions.recordsRoot(checkpoints.hash(), digests);
    Hash found = CheckpointVerifier.hash(header.getRecordsRoot(), "records_root");
    if (!found.equals(root)) {
      throw new VerificationException(BrokenRule.OTHER_SUBMISSION, "records_root " + root, found);
    }
  }

  private static String id(SubmissionHeader header) {
    return header.getSubmitter() + " " + ReadEntry.hex(header.getSubmissionId());
  }
}
