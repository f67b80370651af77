// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.Limits;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;

/**
 * Records of one input, salted and found well formed, ready to be signed.
 *
 * @param bytes what they take in a submission
 * @param id of their submission, where it is made from what they say; empty: one of its own
 */
record Prepared(List<Record> records, List<Hash> digests, int bytes, ByteString id) {
  private static final int VIOLATIONS_MAX = 20;

  /** Room for the signed header. */
  private static final int RECORD_BYTES_MAX = Limits.SUBMISSION_BYTES_MAX - 4_096;

  Prepared {
    records = List.copyOf(records);
    digests = List.copyOf(digests);
  }

  /**
   * Salts and checks.
   *
   * @throws BadInputException with everything that the ledger would find wrong without looking at
   *     what it holds
   */
  static Prepared of(HashAlgorithm hash, DraftSubmission submission, SecureRandom random)
      throws BadInputException {
    List<Draft> drafts = submission.drafts();
    if (drafts.size() > Limits.RECORDS_MAX) {
      throw BadInputException.notAcceptable(
          List.of(
              new Violation(
                  RefusalCode.LIMIT_EXCEEDED.name(),
                  "",
                  drafts.size() + " records, at most " + Limits.RECORDS_MAX)));
    }
    List<Record> records = new ArrayList<>(drafts.size());
    List<Hash> digests = new ArrayList<>(drafts.size());
    List<Violation> violations = new ArrayList<>();
    int bytes = 0;
    // A draft may share bytes with others that its record has for itself: no more are made than
    // fit.
    for (int i = 0;
        i < drafts.size() && violations.size() < VIOLATIONS_MAX && bytes <= RECORD_BYTES_MAX;
        i++) {
      String path = "records[" + i + "]";
      Draft draft = drafts.get(i);
      Record record = draft.seal(random);
      bytes += record.getSerializedSize() + 8;
      try {
        ParsedRecord parsed = ParsedRecord.parse(hash, record, path);
        records.add(record);
        digests.add(parsed.digest());
        check(draft, parsed, path, violations);
      } catch (RecordException e) {
        violations.add(new Violation(e.code().name(), e.path(), String.valueOf(e.getMessage())));
      }
    }
    if (violations.isEmpty() && bytes > RECORD_BYTES_MAX) {
      violations.add(
          new Violation(
              RefusalCode.LIMIT_EXCEEDED.name(),
              "",
              "a submission of more than " + RECORD_BYTES_MAX + " bytes"));
    }
    if (!violations.isEmpty()) {
      throw BadInputException.notAcceptable(violations);
    }
    return new Prepared(records, digests, bytes, submission.id());
  }

  private static void check(
      Draft draft, ParsedRecord parsed, String path, List<Violation> violations) {
    List<RoledLine> lines =
        parsed.lines().stream().map(line -> new RoledLine(line.role(), line.line())).toList();
    for (FieldViolation violation :
        FieldRules.check(draft.kind(), parsed.publicPart(), parsed.sections(), lines)) {
      if (violations.size() < VIOLATIONS_MAX) {
        violations.add(
            new Violation(
                violation.code().name(), path + "." + violation.path(), violation.message()));
      }
    }
  }
}
