// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.List;
import java.util.Optional;

/**
 * Where a record is in the log: its entry and its position in the submission. Ordered as the log
 * is.
 */
public record RecordPlace(long index, int position) implements Comparable<RecordPlace> {
  private static final String URN = "urn:pinlian:record:";

  public RecordPlace {
    if (index < 0 || position < 0) {
      throw new IllegalArgumentException("negative: " + index + ", " + position);
    }
  }

  /** The place that a canonical record subject names; empty for every other subject. */
  public static Optional<RecordPlace> ofSubject(String subject) {
    if (!subject.startsWith(URN)) {
      return Optional.empty();
    }
    int dot = subject.indexOf('.', URN.length());
    return Optional.of(
        new RecordPlace(
            Long.parseLong(subject, URN.length(), dot, 10),
            Integer.parseInt(subject, dot + 1, subject.length(), 10)));
  }

  /** The place named by the first record subject among these; empty if there is none. */
  public static Optional<RecordPlace> firstOf(List<String> subjects) {
    for (String subject : subjects) {
      if (subject.startsWith(URN)) {
        return ofSubject(subject);
      }
    }
    return Optional.empty();
  }

  /** The canonical subject of the record there. */
  public String subject() {
    return URN + this;
  }

  @Override
  public int compareTo(RecordPlace other) {
    int byIndex = Long.compare(index, other.index);
    return byIndex != 0 ? byIndex : Integer.compare(position, other.position);
  }

  /** As in {@code 12.3}: position 3 of entry 12. */
  @Override
  public String toString() {
    return index + "." + position;
  }
}
