// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

/** Subjects of ours that say whose they are. Of all others nobody can tell by the name. */
final class OwnSubjects {
  static final String CERTIFICATE = "urn:pinlian:certificate:";
  static final String LOT = "urn:pinlian:lot:";

  private OwnSubjects() {}

  /** Whether the participant named in a subject of ours is this one. */
  static boolean isOf(String prefix, StatementLine line, String participant) {
    return line.subject().startsWith(prefix)
        && line.subject().startsWith(participant, prefix.length())
        && line.subject().startsWith(":", prefix.length() + participant.length());
  }

  static boolean isOthersLot(StatementLine line, String participant) {
    return line.subject().startsWith(LOT) && !isOf(LOT, line, participant);
  }
}
