// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.DigestsRow;
import org.pinlian.tools.CheckedEntry.CheckedRecord;
import org.pinlian.tools.LogReader.Peeked;

/** Compares the column {@code digests} with the records, in log order. For one thread. */
final class DigestCheck {
  private static final String COLUMN = "digests";

  private final Differences differences;
  private final Peeked<DigestsRow> rows;

  DigestCheck(Differences differences, Peeked<DigestsRow> rows) {
    this.differences = differences;
    this.rows = rows;
  }

  /** To be called of each submission that {@code derived_upto} covers. */
  void compare(CheckedEntry checked) {
    long index = checked.index();
    tooMany(index);
    DigestsRow row = rows.peek();
    byte[] found = row != null && row.index() == index ? row.digests() : null;
    if (found != null) {
      rows.take();
    }
    // Of false records nothing follows.
    if (!checked.differences().isEmpty()) {
      return;
    }
    List<CheckedRecord> records = checked.records();
    if (records.size() < DerivedStore.DIGESTS_FROM) {
      if (found != null) {
        differ(index, "no such row", said(found));
      }
      return;
    }
    byte[] expected = new byte[records.size() * Hash.SIZE];
    for (int n = 0; n < records.size(); n++) {
      records.get(n).digest().copyTo(expected, n * Hash.SIZE);
    }
    if (!Arrays.equals(expected, found)) {
      differ(index, said(expected), found == null ? "no such row" : said(found));
    }
  }

  /** To be called at the size {@code derived_upto}: nothing is stored of what comes after. */
  void endOfDerived() {
    tooMany(Long.MAX_VALUE);
  }

  private void tooMany(long below) {
    for (DigestsRow row = rows.peek(); row != null && row.index() < below; row = rows.peek()) {
      differ(row.index(), "no such row", said(row.digests()));
      rows.take();
    }
  }

  private void differ(long index, String expected, String found) {
    differences.ofDerived(index, new Difference(COLUMN, Long.toString(index), expected, found));
  }

  private static String said(byte[] digests) {
    String all = HexFormat.of().formatHex(digests);
    return digests.length / Hash.SIZE + " digests " + all;
  }
}
