// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import org.jspecify.annotations.Nullable;
import org.pinlian.node.rules.Judgement.Refused;
import org.pinlian.record.KeyRecord;
import org.pinlian.record.KindTable;
import org.pinlian.v1.Kind;
import org.pinlian.v1.RefusalCode;

/** Corrections: everybody puts right their own statements, and nobody another's. */
final class Corrections {
  private Corrections() {}

  static @Nullable Refused refusal(Citation citation, Statement statement) {
    CitedRecord cited = citation.record();
    if (cited == null || !citation.hasDigest(statement.part().getCorrection().getRecord())) {
      return refuse(
          statement,
          RefusalCode.UNKNOWN_RECORD,
          "public_part.correction.record",
          "there is no record of that digest at " + citation.place());
    }
    String path = "lines[" + citation.line() + "].subject";
    if (!cited.signer().equals(statement.signer())) {
      return refuse(
          statement,
          RefusalCode.NOT_PERMITTED,
          path,
          "only the signer of " + cited.place() + " corrects it");
    }
    // What is in force because of these no correction undoes: it would only look undone.
    if (KeyRecord.concerns(cited.part())
        || cited.kind() == Kind.KIND_ERASURE
        || cited.kind() == Kind.KIND_LOOK_UP) {
      return refuse(
          statement,
          RefusalCode.NOT_PERMITTED,
          path,
          cited.kind() + " is put right by another of its kind, not by a correction");
    }
    // Or a gateway could take back, by itself, the very commitment it may not make.
    if (statement.attester() != null && !KindTable.isDelegable(cited.kind().getNumber())) {
      return refuse(
          statement,
          RefusalCode.NOT_DELEGABLE,
          path,
          cited.kind() + " is the signer's own to correct");
    }
    return Rules.strangerRefusal(cited, statement, line -> false);
  }

  private static Refused refuse(
      Statement statement, RefusalCode code, String path, String message) {
    return new Refused(statement.place().position(), code, path, message);
  }
}
