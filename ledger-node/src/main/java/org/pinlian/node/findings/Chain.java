// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was stated of one subject, in the order of the times stated, as of an instant.
 *
 * @param touches each statement once
 */
record Chain(String subject, List<Touch> touches) {

  Chain {
    touches = List.copyOf(touches);
  }

  /** Leaves out what was not known yet, and what does not name the subject. */
  static Chain of(String subject, Collection<Told> told, long asOf) {
    Map<Told, Told> earliest = new HashMap<>();
    for (Told one : told) {
      if (one.sequencedAt() <= asOf) {
        // The same record sent twice was stated when it was stated first.
        earliest.merge(one, one, (a, b) -> a.sequencedAt() <= b.sequencedAt() ? a : b);
      }
    }
    List<Touch> touches = new ArrayList<>(earliest.size());
    for (Told one : earliest.values()) {
      List<Integer> lines = one.linesOf(subject);
      if (!lines.isEmpty()) {
        touches.add(Touch.of(one, lines));
      }
    }
    Collections.sort(touches);
    return new Chain(subject, touches);
  }
}
