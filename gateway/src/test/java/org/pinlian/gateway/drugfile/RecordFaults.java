// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.security.SecureRandom;
import java.util.List;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;

/** What a ledger would say of a draft, without a ledger. */
final class RecordFaults {
  private static final SecureRandom RANDOM = new SecureRandom();

  private RecordFaults() {}

  static List<FieldViolation> of(Draft draft) {
    ParsedRecord record = parsed(draft);
    return FieldRules.check(
        draft.kind(),
        record.publicPart(),
        record.sections(),
        record.lines().stream()
            .map(line -> new FieldRules.RoledLine(line.role(), line.line()))
            .toList());
  }

  static ParsedRecord parsed(Draft draft) {
    try {
      return ParsedRecord.parse(HashAlgorithm.SHA_256, draft.seal(RANDOM), "record");
    } catch (RecordException e) {
      throw new AssertionError(e);
    }
  }
}
