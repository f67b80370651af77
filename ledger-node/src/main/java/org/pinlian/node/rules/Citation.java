// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.LineRole;

/**
 * The record that a record line leads to. Lines say where, bodies say which by digest; both must
 * agree for the one record to speak of the other.
 *
 * @param line number of the record line
 * @param record what is there; null if nothing is
 */
record Citation(int line, RecordPlace place, @Nullable CitedRecord record) {

  /** Null if the statement has no record line. */
  static @Nullable Citation of(RuleView view, Statement statement) {
    int line = statement.firstLine(LineRole.LINE_ROLE_RECORD);
    RecordPlace place =
        line < 0 ? null : RecordPlace.ofSubject(statement.lines().get(line).subject()).orElse(null);
    if (place == null) {
      return null;
    }
    // An entry cannot cite itself: its records have no place yet.
    boolean before = place.index() < statement.place().index();
    return new Citation(line, place, before ? view.record(place).orElse(null) : null);
  }

  boolean hasDigest(ByteString digest) {
    return record != null && Arrays.equals(record.digest().bytes(), digest.toByteArray());
  }
}
