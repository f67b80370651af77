// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Optional;
import org.pinlian.v1.FindingSeverity;

/** How much a finding matters: the most urgent first, which is also the order of lists. */
public enum Severity {
  /** Somebody may be harmed now. */
  URGENT("紧急", "urgent"),
  /** A duty of law seems broken, or somebody seems to lie. */
  SERIOUS("严重", "serious"),
  /** Wants looking into. */
  ORDINARY("一般", "ordinary"),
  /** Says how far what was stated may be relied on. */
  NOTE("提示", "note");

  private final String chinese;
  private final String english;

  Severity(String chinese, String english) {
    this.chinese = chinese;
    this.english = english;
  }

  /** The same, on the wire. */
  public FindingSeverity code() {
    return switch (this) {
      case URGENT -> FindingSeverity.FINDING_SEVERITY_URGENT;
      case SERIOUS -> FindingSeverity.FINDING_SEVERITY_SERIOUS;
      case ORDINARY -> FindingSeverity.FINDING_SEVERITY_ORDINARY;
      case NOTE -> FindingSeverity.FINDING_SEVERITY_NOTE;
    };
  }

  /**
   * The one of a number.
   *
   * @param number as on the wire, from 1 for what is most urgent
   */
  public static Optional<Severity> of(int number) {
    for (Severity severity : values()) {
      if (severity.code().getNumber() == number) {
        return Optional.of(severity);
      }
    }
    return Optional.empty();
  }

  public String chinese() {
    return chinese;
  }

  public String english() {
    return english;
  }
}
