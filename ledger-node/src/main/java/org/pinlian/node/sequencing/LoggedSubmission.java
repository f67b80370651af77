// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.Trade;

/**
 * A submission as the rules read it: fresh from admission, or back from the truth, the same.
 *
 * @param attestation for whom, if the submitter does not speak for itself; else null
 */
public record LoggedSubmission(
    SubmissionHeader header,
    Hash keyId,
    @Nullable Attestation attestation,
    List<LoggedRecord> records) {

  public LoggedSubmission {
    records = List.copyOf(records);
  }

  /** Whose statements these are, by the trade's rules: the principal, or else the submitter. */
  String speaker() {
    return attestation == null ? header.getSubmitter() : attestation.getPrincipal();
  }

  /** Skeleton, public part, lines, trade and recipe: all that rules may read (formats.md A.1). */
  public record LoggedRecord(
      int kind,
      Hash digest,
      PublicPart publicPart,
      List<ParsedLine> lines,
      @Nullable Trade trade,
      @Nullable Recipe recipe) {}
}
