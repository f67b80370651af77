// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

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

  public String chinese() {
    return chinese;
  }

  public String english() {
    return english;
  }
}
