// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Record;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;

/**
 * One header, signed, over its records. Keep it until its receipt is there: sending the same bytes
 * again is the safe retry, and drafting anew is not.
 *
 * @param digests of the records, by position
 */
public record SignedSubmission(SubmitRequest request, SubmissionHeader header, List<Hash> digests) {

  /** How long a client has to get an unanswered submission in, unless it says otherwise. */
  public static final Duration DEFAULT_VALIDITY = Duration.ofDays(7);

  public SignedSubmission {
    digests = List.copyOf(digests);
  }

  /**
   * Salts, digests and signs, under a submission id of its own.
   *
   * @param ledger leaf hash of the ledger's genesis entry
   * @throws RecordException if a record breaks a rule that the ledger would refuse it for
   */
  public static SignedSubmission sign(
      HashAlgorithm hash,
      Hash ledger,
      ParticipantId submitter,
      SigningKey key,
      List<Draft> drafts,
      Instant now,
      SecureRandom random)
      throws RecordException {
    ByteString id = random(random, Limits.SUBMISSION_ID_BYTES);
    return sign(hash, ledger, submitter, key, drafts, id, now, random);
  }

  /**
   * Salts, digests and signs.
   *
   * @param ledger leaf hash of the ledger's genesis entry
   * @param id of the submission, 16 bytes: for whoever names it by what it is made from, so that
   *     the ledger takes it once
   * @throws RecordException if a record breaks a rule that the ledger would refuse it for
   */
  public static SignedSubmission sign(
      HashAlgorithm hash,
      Hash ledger,
      ParticipantId submitter,
      SigningKey key,
      List<Draft> drafts,
      ByteString id,
      Instant now,
      SecureRandom random)
      throws RecordException {
    return sign(hash, ledger, submitter, key, drafts, id, now, DEFAULT_VALIDITY, random);
  }

  /**
   * As {@link #sign(HashAlgorithm, Hash, ParticipantId, SigningKey, List, ByteString, Instant,
   * SecureRandom)}.
   *
   * @param validity how long it may still be sequenced; 31 days at most
   */
  public static SignedSubmission sign(
      HashAlgorithm hash,
      Hash ledger,
      ParticipantId submitter,
      SigningKey key,
      List<Draft> drafts,
      ByteString id,
      Instant now,
      Duration validity,
      SecureRandom random)
      throws RecordException {
    List<Record> records = sealed(drafts, random);
    return sign(
        hash,
        ledger,
        submitter,
        key,
        id,
        ByteString.EMPTY,
        records,
        digests(hash, records),
        now,
        validity);
  }

  /**
   * Signs records that were salted before, under a new id. Only for records of which it is certain
   * that they are not in the ledger under another: else they would be in twice.
   *
   * @param id of the submission, 16 bytes; empty: one of its own
   * @param digests of the records, by position
   * @param validity how long it may still be sequenced; 31 days at most
   */
  public static SignedSubmission sign(
      HashAlgorithm hash,
      Hash ledger,
      ParticipantId submitter,
      SigningKey key,
      ByteString id,
      List<Record> records,
      List<Hash> digests,
      Instant now,
      Duration validity,
      SecureRandom random) {
    return sign(
        hash,
        ledger,
        submitter,
        key,
        id.isEmpty() ? random(random, Limits.SUBMISSION_ID_BYTES) : id,
        ByteString.EMPTY,
        records,
        digests,
        now,
        validity);
  }

  /**
   * As {@link #sign}, by a gateway for a principal who cannot sign: under the principal's
   * delegation to that key (formats.md A.2).
   */
  public static SignedSubmission attest(
      HashAlgorithm hash,
      Hash ledger,
      ParticipantId gateway,
      SigningKey key,
      ParticipantId principal,
      List<Draft> drafts,
      Instant now,
      SecureRandom random)
      throws RecordException {
    return attest(hash, ledger, gateway, key, principal, drafts, now, DEFAULT_VALIDITY, random);
  }

  /**
   * As {@link #attest(HashAlgorithm, Hash, ParticipantId, SigningKey, ParticipantId, List, Instant,
   * SecureRandom)}.
   *
   * @param validity how long it may still be sequenced; 31 days at most
   */
  public static SignedSubmission attest(
      HashAlgorithm hash,
      Hash ledger,
      ParticipantId gateway,
      SigningKey key,
      ParticipantId principal,
      List<Draft> drafts,
      Instant now,
      Duration validity,
      SecureRandom random)
      throws RecordException {
    Attestation attestation =
        Attestation.newBuilder()
            .setSalt(random(random, Limits.SALT_BYTES))
            .setPrincipal(principal.toString())
            .build();
    List<Record> records = sealed(drafts, random);
    return sign(
        hash,
        ledger,
        gateway,
        key,
        random(random, Limits.SUBMISSION_ID_BYTES),
        attestation.toByteString(),
        records,
        digests(hash, records),
        now,
        validity);
  }

  /**
   * As {@link #attest(HashAlgorithm, Hash, ParticipantId, SigningKey, ParticipantId, List, Instant,
   * SecureRandom)}, over records that were salted elsewhere.
   *
   * @param submissionId 16 bytes, of the gateway's
   */
  public static SignedSubmission attest(
      HashAlgorithm hash,
      Hash ledger,
      ParticipantId gateway,
      SigningKey key,
      Attestation attestation,
      ByteString submissionId,
      List<Record> records,
      Instant now)
      throws RecordException {
    return sign(
        hash,
        ledger,
        gateway,
        key,
        submissionId,
        attestation.toByteString(),
        records,
        digests(hash, records),
        now,
        DEFAULT_VALIDITY);
  }

  private static List<Record> sealed(List<Draft> drafts, SecureRandom random) {
    List<Record> records = new ArrayList<>(drafts.size());
    for (Draft draft : drafts) {
      records.add(draft.seal(random));
    }
    return records;
  }

  private static SignedSubmission sign(
      HashAlgorithm hash,
      Hash ledger,
      ParticipantId submitter,
      SigningKey key,
      ByteString submissionId,
      ByteString attestation,
      List<Record> records,
      List<Hash> digests,
      Instant now,
      Duration validity) {
    SubmissionHeader.Builder header =
        SubmissionHeader.newBuilder()
            .setFormat(Limits.FORMAT)
            .setLedger(ByteString.copyFrom(ledger.bytes()))
            .setSubmitter(submitter.toString())
            .setSubmissionId(submissionId)
            .setCreatedAt(now.toEpochMilli())
            .setNotAfter(now.plus(validity).toEpochMilli())
            .setRecordCount(records.size())
            .setRecordsRoot(ByteString.copyFrom(Submissions.recordsRoot(hash, digests).bytes()));
    if (!attestation.isEmpty()) {
      header.setAttestation(
          ByteString.copyFrom(Submissions.attestationDigest(hash, attestation).bytes()));
    }
    return of(header.build(), attestation, records, digests, key);
  }

  private static List<Hash> digests(HashAlgorithm hash, List<Record> records)
      throws RecordException {
    List<Hash> digests = new ArrayList<>(records.size());
    for (int i = 0; i < records.size(); i++) {
      digests.add(ParsedRecord.parse(hash, records.get(i), "records[" + i + "]").digest());
    }
    return digests;
  }

  /**
   * What was written to disk before it was sent.
   *
   * @throws RecordException if these are not the bytes of a submission
   */
  public static SignedSubmission read(HashAlgorithm hash, SubmitRequest request)
      throws RecordException {
    return new SignedSubmission(
        request,
        Submissions.readHeader(request.getSigned().getHeader()),
        digests(hash, request.getRecordsList()));
  }

  private static ByteString random(SecureRandom random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /** Signs a header made elsewhere: for tests of what a ledger refuses, and for signing agents. */
  public static SignedSubmission of(
      SubmissionHeader header, List<Record> records, List<Hash> digests, SigningKey key) {
    return of(header, ByteString.EMPTY, records, digests, key);
  }

  /**
   * As {@link #of(SubmissionHeader, List, List, SigningKey)}, for a principal.
   *
   * @param attestation bytes of the Attestation that the header has the digest of; empty for none
   */
  public static SignedSubmission of(
      SubmissionHeader header,
      ByteString attestation,
      List<Record> records,
      List<Hash> digests,
      SigningKey key) {
    ByteString bytes = header.toByteString();
    SignedHeader signed =
        SignedHeader.newBuilder()
            .setHeader(bytes)
            .setKeyId(ByteString.copyFrom(key.verifyingKey().keyId().bytes()))
            .setSignature(ByteString.copyFrom(key.sign(Submissions.signedMessage(bytes))))
            .build();
    return new SignedSubmission(
        SubmitRequest.newBuilder()
            .setSigned(signed)
            .addAllRecords(records)
            .setAttestation(attestation)
            .build(),
        header,
        digests);
  }
}
