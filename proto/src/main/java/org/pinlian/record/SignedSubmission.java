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
    byte[] id = new byte[Limits.SUBMISSION_ID_BYTES];
    random.nextBytes(id);
    return sign(hash, ledger, submitter, key, drafts, ByteString.copyFrom(id), now, random);
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
    List<Record> records = new ArrayList<>(drafts.size());
    List<Hash> digests = new ArrayList<>(drafts.size());
    for (int i = 0; i < drafts.size(); i++) {
      Record record = drafts.get(i).seal(random);
      records.add(record);
      digests.add(ParsedRecord.parse(hash, record, "records[" + i + "]").digest());
    }
    SubmissionHeader header =
        SubmissionHeader.newBuilder()
            .setFormat(Limits.FORMAT)
            .setLedger(ByteString.copyFrom(ledger.bytes()))
            .setSubmitter(submitter.toString())
            .setSubmissionId(id)
            .setCreatedAt(now.toEpochMilli())
            .setNotAfter(now.plus(DEFAULT_VALIDITY).toEpochMilli())
            .setRecordCount(records.size())
            .setRecordsRoot(ByteString.copyFrom(Submissions.recordsRoot(hash, digests).bytes()))
            .build();
    return of(header, records, digests, key);
  }

  /** Signs a header made elsewhere: for tests of what a ledger refuses, and for signing agents. */
  public static SignedSubmission of(
      SubmissionHeader header, List<Record> records, List<Hash> digests, SigningKey key) {
    ByteString bytes = header.toByteString();
    SignedHeader signed =
        SignedHeader.newBuilder()
            .setHeader(bytes)
            .setKeyId(ByteString.copyFrom(key.verifyingKey().keyId().bytes()))
            .setSignature(ByteString.copyFrom(key.sign(Submissions.signedMessage(bytes))))
            .build();
    return new SignedSubmission(
        SubmitRequest.newBuilder().setSigned(signed).addAllRecords(records).build(),
        header,
        digests);
  }
}
