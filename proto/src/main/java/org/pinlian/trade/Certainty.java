// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

/** How far a row may be relied on. */
public enum Certainty {
  /** Read in a public source. */
  READ("read", "已查阅"),
  /** Computed and checked. */
  COMPUTED("computed", "已验算"),
  /** Stated by the goods' own label. */
  LABEL("stated on the label", "标签标示"),
  /** General knowledge: wants confirming before anyone is held to it. */
  HIGH("general knowledge, likely: wants confirming", "常识，较可靠，待核实"),
  MEDIUM("general knowledge: wants confirming", "常识，待核实"),
  LOW("general knowledge, doubtful: wants confirming", "常识，存疑，待核实");

  private final String english;
  private final String chinese;

  Certainty(String english, String chinese) {
    this.english = english;
    this.chinese = chinese;
  }

  public String english() {
    return english;
  }

  public String chinese() {
    return chinese;
  }

  /** Whether somebody has to look it up before anyone is held to it. */
  public boolean wantsConfirming() {
    return compareTo(HIGH) >= 0;
  }
}
