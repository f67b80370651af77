// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import org.pinlian.node.findings.Severity;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingFact;
import org.pinlian.v1.FindingSeverity;

/** One finding, for people: the same from a list and from a watch. */
final class FindingText {
  /** So much of a digest is enough for people to find the record by. */
  private static final int DIGEST_DIGITS = 16;

  private FindingText() {}

  static void tell(Console console, Finding finding) {
    Paint paint = console.paint();
    Severity severity = severity(finding.getSeverity());
    String rank = severity.chinese() + " " + severity.english();
    console.say(
        (severity.compareTo(Severity.SERIOUS) <= 0 ? paint.bad(rank) : paint.careful(rank))
            + "  "
            + Paint.clean(finding.getRuleZh())
            + " "
            + Paint.clean(finding.getRuleEn()));
    console.say(
        "  " + paint.strong(Paint.clean(finding.getSubject())) + "  " + finding.getCode().name());
    for (FindingFact fact : finding.getFactsList()) {
      console.say("  " + Paint.clean(fact.getName()) + ": " + Paint.clean(fact.getValue()));
    }
    if (finding.getRecordsCount() > 0) {
      console.say(
          "  记录 records: "
              + String.join(
                  ", ", finding.getRecordsList().stream().map(FindingText::brief).toList()));
    }
    console.say(paint.faint("  依据 basis: " + Paint.clean(finding.getBasis())));
  }

  /**
   * A severity that this program does not know is said to be a note, like all that it cannot rank.
   */
  static Severity severity(FindingSeverity severity) {
    for (Severity one : Severity.values()) {
      if (one.code() == severity) {
        return one;
      }
    }
    return Severity.NOTE;
  }

  private static String brief(ByteString record) {
    String hex = hex(record);
    return hex.substring(0, Math.min(hex.length(), DIGEST_DIGITS));
  }

  private static String hex(ByteString record) {
    return HexFormat.of().formatHex(record.toByteArray());
  }
}
