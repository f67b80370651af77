// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.rules.RuleWrite;
import org.pinlian.v1.Block;

/**
 * One entry as everything derived needs it: on the way from the writer, and on replay at start, the
 * same.
 *
 * @param records of a submission, by position; else empty
 * @param block the block this entry is, or null
 */
public record SequencedEntry(
    long index,
    Hash leaf,
    List<TouchedRecord> records,
    List<RuleWrite> writes,
    @Nullable Block block) {

  public SequencedEntry {
    records = List.copyOf(records);
    writes = List.copyOf(writes);
  }

  /**
   * What chains need of a record.
   *
   * @param subjectKeys each once, in the order of the lines that first name them
   */
  public record TouchedRecord(Hash digest, boolean notice, List<Hash> subjectKeys) {
    public TouchedRecord {
      subjectKeys = List.copyOf(subjectKeys);
    }
  }
}
