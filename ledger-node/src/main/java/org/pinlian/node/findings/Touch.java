// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.TraceEvent;

/**
 * One statement on a subject's chain, and what it says of that subject. Ordered by the time stated,
 * then by what is done, then by digest: an order that does not know how the records arrived.
 *
 * @param lines numbers of the lines that name the subject
 */
record Touch(Told told, List<Integer> lines, Deed deed) implements Comparable<Touch> {
  static Touch of(Told told, List<Integer> lines) {
    return new Touch(told, List.copyOf(lines), Deed.of(told, lines));
  }

  long at() {
    return told.at();
  }

  String signer() {
    return told.signer();
  }

  /** Whether that line names the subject. Lines ascend, and there may be ten thousand. */
  boolean names(int line) {
    return Collections.binarySearch(lines, line) >= 0;
  }

  boolean has(LineRole role) {
    return line(role) >= 0;
  }

  /** Number of the first line that names the subject in the role, or -1. */
  int line(LineRole role) {
    for (int line : lines) {
      if (told.lines().get(line).role() == role) {
        return line;
      }
    }
    return -1;
  }

  /** The event, if it is one. */
  @Nullable TraceEvent event() {
    return told.part().hasTraceEvent() ? told.part().getTraceEvent() : null;
  }

  /** The subject of the first line with the role, whichever it is; empty if there is none. */
  String other(LineRole role) {
    for (StatementLine line : told.lines()) {
      if (line.role() == role) {
        return line.subject();
      }
    }
    return "";
  }

  boolean isBefore(Touch other) {
    return compareTo(other) < 0;
  }

  @Override
  public int compareTo(Touch other) {
    // Asked for millions of times in one search: written out.
    int order = Long.compare(at(), other.at());
    if (order == 0) {
      order = deed.compareTo(other.deed);
    }
    if (order == 0) {
      order = told.digest().compareTo(other.told.digest());
    }
    return order == 0 ? signer().compareTo(other.signer()) : order;
  }
}
