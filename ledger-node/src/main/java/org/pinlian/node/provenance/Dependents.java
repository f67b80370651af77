// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.node.heads.ChainLinks;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;

/**
 * Whose findings may change because something was stated of another subject: what is in a
 * container, what is of a lot, the goods of a certificate, other codes of the same goods. Found
 * along the newest records of the subject, so what was put in long ago, and what is of a class, is
 * left to the sweep.
 */
final class Dependents {
  /** Of one subject that was touched. */
  static final int SUBJECTS_MAX = 1_000;

  /** Of each chain on the way. */
  private static final int RECORDS_MAX = 1_000;

  /** Of all chains together: a thousand crates that were packed a thousand times take hours. */
  private static final long ALL_RECORDS_MAX = 20_000;

  /** Of all these records: ten thousand of each are a gigabyte. */
  private static final long LINES_MAX = 2_000_000;

  /** Read at a time. */
  private static final int AT_ONCE = 64;

  private static final Set<LineRole> GOODS =
      Set.of(
          LineRole.LINE_ROLE_OBJECT,
          LineRole.LINE_ROLE_PARENT,
          LineRole.LINE_ROLE_CHILD,
          LineRole.LINE_ROLE_OUTPUT,
          LineRole.LINE_ROLE_LOT);

  private final StoredRelated related;
  private final Runnable paced;

  /**
   * @param paced run every now and then: may wait, and throw when it is time to end
   */
  Dependents(StoredRelated related, Runnable paced) {
    this.related = related;
    this.paced = paced;
  }

  /** By subject key, without the subject itself: at most {@link #SUBJECTS_MAX}. */
  Map<Hash, String> of(Hash key) {
    Map<Hash, String> found = new LinkedHashMap<>();
    Deque<Hash> next = new ArrayDeque<>(List.of(key));
    long recordsLeft = ALL_RECORDS_MAX;
    long linesLeft = LINES_MAX;
    while (!next.isEmpty() && found.size() < SUBJECTS_MAX && recordsLeft > 0 && linesLeft > 0) {
      Hash one = next.remove();
      ChainLinks links = related.links(one);
      if (links.count() == 0) {
        continue;
      }
      long from = Math.max(1, links.count() - Math.min(RECORDS_MAX, recordsLeft) + 1);
      for (long to = links.count(); to >= from && linesLeft > 0; to -= AT_ONCE) {
        List<RecordPlace> places = links.places(Math.max(from, to - AT_ONCE + 1), to);
        for (int i = places.size() - 1; i >= 0 && linesLeft > 0; i--) {
          Statement statement = related.along(places.subList(i, i + 1)).get(0).statement();
          recordsLeft--;
          linesLeft -= statement.lines().size();
          collect(statement, one, key, found, next);
        }
        paced.run();
      }
    }
    return found;
  }

  private static void collect(
      Statement statement, Hash on, Hash key, Map<Hash, String> found, Deque<Hash> next) {
    Set<LineRole> dependent = dependent(statement, on);
    for (StatementLine line : dependent.isEmpty() ? List.<StatementLine>of() : statement.lines()) {
      if (found.size() < SUBJECTS_MAX
          && dependent.contains(line.role())
          && !line.key().equals(key)
          && found.putIfAbsent(line.key(), line.subject()) == null) {
        next.add(line.key());
      }
    }
  }

  /** In which roles a record names what may depend on a subject that it names too. */
  private static Set<LineRole> dependent(Statement statement, Hash on) {
    if (statement.kind() == Kind.KIND_SAME_GOODS) {
      return EnumSet.of(LineRole.LINE_ROLE_OBJECT, LineRole.LINE_ROLE_ALIAS);
    }
    EnumSet<LineRole> dependent = EnumSet.noneOf(LineRole.class);
    for (StatementLine line : statement.lines()) {
      if (line.key().equals(on)) {
        switch (line.role()) {
          case LINE_ROLE_PARENT -> dependent.add(LineRole.LINE_ROLE_CHILD);
          case LINE_ROLE_LOT, LINE_ROLE_CERTIFICATE -> dependent.addAll(GOODS);
          default -> {}
        }
      }
    }
    return dependent;
  }
}
