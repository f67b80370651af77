// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The differences that an audit has found: all counted, some listed. For one thread. */
final class Differences {
  static final int LISTED_MAX = 100;

  // The truth comes first: what is derived from something false differs too, and tells nothing new.
  private record Placed(boolean derived, long index, Difference difference) {}

  private static final Comparator<Placed> ORDER =
      Comparator.comparing(Placed::derived).thenComparingLong(Placed::index);

  private final List<Placed> listed = new ArrayList<>();
  private final SortedMap<String, Long> counts = new TreeMap<>();
  private long count;

  /** In the truth, or in what was signed. */
  void ofTruth(long index, Difference difference) {
    add(new Placed(false, index, difference));
  }

  /** In what was derived from it. */
  void ofDerived(long index, Difference difference) {
    add(new Placed(true, index, difference));
  }

  private void add(Placed placed) {
    count++;
    counts.merge(placed.difference().column(), 1L, Long::sum);
    if (listed.size() < LISTED_MAX) {
      listed.add(placed);
    } else if (!placed.derived()) {
      // Whatever else has to go: the list never loses what came first in the truth.
      Placed last = listed.stream().max(ORDER).orElseThrow();
      if (ORDER.compare(placed, last) < 0) {
        listed.set(listed.lastIndexOf(last), placed);
      }
    }
  }

  long count() {
    return count;
  }

  SortedMap<String, Long> counts() {
    return counts;
  }

  /** The first first. */
  List<Difference> listed() {
    return listed.stream().sorted(ORDER).map(Placed::difference).toList();
  }
}
