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
  /** Most things have no more statements than this. */
  private static final int FEW = 16;

  Chain {
    touches = List.copyOf(touches);
  }

  /** Leaves out what was not known yet, and what does not name the subject. */
  static Chain of(String subject, Collection<Told> told, long asOf) {
    Collection<Told> earliest = told.size() <= FEW ? fewEarliest(told, asOf) : earliest(told, asOf);
    List<Touch> touches = new ArrayList<>(earliest.size());
    for (Told one : earliest) {
      List<Integer> lines = one.linesOf(subject);
      if (!lines.isEmpty()) {
        touches.add(Touch.of(one, lines));
      }
    }
    Collections.sort(touches);
    return new Chain(subject, touches);
  }

  /** The same record sent twice was stated when it was stated first. */
  private static Collection<Told> earliest(Collection<Told> told, long asOf) {
    Map<Told, Told> earliest = new HashMap<>();
    for (Told one : told) {
      if (one.sequencedAt() <= asOf) {
        earliest.merge(one, one, (a, b) -> a.sequencedAt() <= b.sequencedAt() ? a : b);
      }
    }
    return earliest.values();
  }

  /** The same, without a table. */
  private static Collection<Told> fewEarliest(Collection<Told> told, long asOf) {
    List<Told> earliest = new ArrayList<>(told.size());
    for (Told one : told) {
      if (one.sequencedAt() > asOf) {
        continue;
      }
      int same = earliest.indexOf(one);
      if (same < 0) {
        earliest.add(one);
      } else if (one.sequencedAt() < earliest.get(same).sequencedAt()) {
        earliest.set(same, one);
      }
    }
    return earliest;
  }
}
