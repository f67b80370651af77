// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.security.SecureRandom;
import java.util.List;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;

/** What a ledger would say of a draft, without a ledger. */
final class FieldFaults {
  private FieldFaults() {}

  static List<FieldViolation> of(Draft draft) throws RecordException {
    ParsedRecord record =
        ParsedRecord.parse(HashAlgorithm.SHA_256, draft.seal(new SecureRandom()), "record");
    return FieldRules.check(
        draft.kind(),
        record.publicPart(),
        record.sections(),
        record.lines().stream()
            .map(line -> new FieldRules.RoledLine(line.role(), line.line()))
            .toList());
  }
}
