// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.admission;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.SectionCipher;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.Limits;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.StoredRecord;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;

/**
 * Checks one submission without regard to any other. Thread-safe.
 *
 * <p>Cheap checks come first, so that garbage costs little; the signature comes after the digests
 * it covers. Whether the key is still valid, the submission a repetition, and the records allowed
 * is asked later, in log order.
 */
public final class Admission {
  /** Field violations named in one refusal; the rest would only help an attacker fill the reply. */
  private static final int VIOLATIONS_MAX = 20;

  /** Where admission finds the keys of the last synced batch. */
  @FunctionalInterface
  public interface KnownKeys {
    Optional<VerifyingKey> find(Hash keyId);
  }

  private final HashAlgorithm hash;
  private final ByteString ledger;
  private final KnownKeys keys;
  private final SignatureCheck signatures;
  private final SectionCipher sections;

  public Admission(
      HashAlgorithm hash,
      Hash ledger,
      KnownKeys keys,
      SignatureCheck signatures,
      SectionCipher sections) {
    this.hash = hash;
    this.ledger = ByteString.copyFrom(ledger.bytes());
    this.keys = keys;
    this.signatures = signatures;
    this.sections = sections;
  }

  /**
   * @param request bytes of a SubmitRequest, as they came
   */
  public Admittance admit(ByteString request) {
    try {
      return check(Submissions.readRequest(request));
    } catch (RecordException e) {
      return Refused.of(e.code(), e.path(), String.valueOf(e.getMessage()));
    }
  }

  private Admittance check(SubmitRequest request) throws RecordException {
    SignedHeader signed = request.getSigned();
    // An entry holds the signed header and a few bytes of its own.
    if (signed.getSerializedSize() > Limits.ENTRY_BYTES_MAX - 64) {
      return Refused.of(
          RefusalCode.ENTRY_TOO_LARGE,
          "signed",
          "the entry would exceed " + Limits.ENTRY_BYTES_MAX + " bytes");
    }
    // The signed header goes into the entry as it is. A field it does not know would make the entry
    // one that nobody, this node included, accepts again.
    requireKnownFields(signed.getUnknownFields(), "signed");
    SubmissionHeader header = Submissions.readHeader(signed.getHeader());
    if (!header.getLedger().equals(ledger)) {
      return Refused.of(
          RefusalCode.OTHER_LEDGER,
          "header.ledger",
          "made for another ledger: its genesis is " + hex(header.getLedger()));
    }
    Attestation attestation = Submissions.readAttestation(hash, header, request.getAttestation());
    if (header.getRecordCount() != request.getRecordsCount()) {
      return Refused.of(
          RefusalCode.RECORD_COUNT_MISMATCH,
          "header.record_count",
          "the header signs "
              + header.getRecordCount()
              + " records, "
              + request.getRecordsCount()
              + " came with it");
    }
    if (signed.getKeyId().size() != Hash.SIZE) {
      return Refused.of(RefusalCode.UNKNOWN_KEY, "signed.key_id", "a key id has 32 bytes");
    }
    Hash keyId = Hash.of(signed.getKeyId().toByteArray());
    Optional<VerifyingKey> key = keys.find(keyId);
    if (key.isEmpty()) {
      return Refused.of(
          RefusalCode.UNKNOWN_KEY, "signed.key_id", "no such key is enrolled: " + keyId.hex());
    }

    List<ParsedRecord> records = new ArrayList<>(request.getRecordsCount());
    List<Hash> digests = new ArrayList<>(request.getRecordsCount());
    for (int i = 0; i < request.getRecordsCount(); i++) {
      String path = "records[" + i + "]";
      ParsedRecord record = ParsedRecord.parse(hash, request.getRecords(i), path);
      records.add(record);
      digests.add(record.digest());
    }
    Hash root = Submissions.recordsRoot(hash, digests);
    if (!root.equals(Hash.of(header.getRecordsRoot().toByteArray()))) {
      return Refused.of(
          RefusalCode.RECORDS_ROOT_MISMATCH,
          "header.records_root",
          "the records hash to " + root.hex());
    }
    if (!signatures.verifies(
        key.get(),
        Submissions.signedMessage(signed.getHeader()),
        signed.getSignature().toByteArray())) {
      return Refused.of(
          RefusalCode.BAD_SIGNATURE,
          "signed.signature",
          "not a signature of these header bytes by key " + keyId.hex());
    }
    // Only now: checking fields costs far more than a signature, and this caller answers for it.
    List<FieldViolation> violations = new ArrayList<>();
    for (int i = 0; i < records.size() && violations.size() < VIOLATIONS_MAX; i++) {
      addViolations(violations, records.get(i), "records[" + i + "]");
    }
    if (!violations.isEmpty()) {
      return new Refused(
          violations.get(0).code(),
          violations.subList(0, Math.min(VIOLATIONS_MAX, violations.size())));
    }
    return admitted(
        signed,
        header,
        keyId,
        attestation == null
            ? null
            : new Admitted.Attested(attestation, request.getAttestation().toByteArray()),
        records);
  }

  private static void requireKnownFields(UnknownFieldSet unknown, String path)
      throws RecordException {
    if (!unknown.asMap().isEmpty()) {
      throw new RecordException(
          RefusalCode.NOT_CANONICAL,
          path,
          "unknown fields " + unknown.asMap().keySet().stream().limit(10).toList());
    }
  }

  private static void addViolations(
      List<FieldViolation> violations, ParsedRecord record, String path) {
    Kind kind = Kind.forNumber(record.record().getKind());
    List<RoledLine> lines = new ArrayList<>(record.lines().size());
    for (ParsedLine line : record.lines()) {
      lines.add(new RoledLine(line.role(), line.line()));
    }
    for (FieldViolation violation :
        FieldRules.check(
            kind == null ? Kind.UNRECOGNIZED : kind,
            record.publicPart(),
            record.sections(),
            lines)) {
      violations.add(
          new FieldViolation(path + "." + violation.path(), violation.code(), violation.message()));
    }
  }

  private Admitted admitted(
      SignedHeader signed,
      SubmissionHeader header,
      Hash keyId,
      Admitted.@Nullable Attested attested,
      List<ParsedRecord> records) {
    SectionCipher.Seed seed = null;
    List<Admitted.Kept> kept = new ArrayList<>(records.size());
    for (int position = 0; position < records.size(); position++) {
      ParsedRecord record = records.get(position);
      byte[] sealed = null;
      if (!record.sections().isEmpty()) {
        if (seed == null) {
          seed = sections.newSeed();
        }
        sealed =
            sections.seal(seed, position, record.sections(), record.record().getSectionsList());
      }
      kept.add(new Admitted.Kept(record, stored(record), sealed));
    }
    return new Admitted(signed, header, keyId, attested, kept, seed);
  }

  private static byte[] stored(ParsedRecord parsed) {
    Record record = parsed.record();
    StoredRecord.Builder stored =
        StoredRecord.newBuilder()
            .setKind(record.getKind())
            .setPublicPart(record.getPublicPart())
            .addAllGroups(record.getGroupsList());
    for (byte[] leaf : parsed.skeleton().sectionLeaves()) {
      stored.addSectionLeaves(ByteString.copyFrom(leaf));
    }
    return stored.build().toByteArray();
  }

  private static String hex(ByteString bytes) {
    return java.util.HexFormat.of().formatHex(bytes.toByteArray());
  }
}
