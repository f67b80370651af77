// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.Subject;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.v1.LineRole;

/**
 * The lines of the record being checked: how many of each role, and the subjects that could be
 * read.
 */
final class LineTable {
  private final List<RoledLine> lines;
  private final @Nullable Subject[] subjects;
  private final int[] counts = new int[LineRole.values().length];

  LineTable(List<RoledLine> lines, @Nullable Subject[] subjects) {
    this.lines = lines;
    this.subjects = subjects;
    for (RoledLine line : lines) {
      if (line.role() > 0 && line.role() < counts.length) {
        counts[line.role()]++;
      }
    }
  }

  int size() {
    return lines.size();
  }

  int count(LineRole role) {
    return counts[role.getNumber()];
  }

  /** Role of a line as a number of LineRole. */
  int role(int line) {
    return lines.get(line).role();
  }

  /** Number of the first line with the role, or -1. */
  int first(LineRole role) {
    for (int n = 0; n < lines.size(); n++) {
      if (lines.get(n).role() == role.getNumber()) {
        return n;
      }
    }
    return -1;
  }

  /** What a line names, or null if that was no subject. */
  @Nullable Subject subject(int line) {
    return subjects[line];
  }
}
