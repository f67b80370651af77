// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.storage.TruthStore.PartRow;

/**
 * An entry with all that the truth has under its index, as read.
 *
 * @param attestation for whom it was signed; null if there is none
 * @param records rows of the column in order
 * @param sections the same
 * @param seed of the section keys; null if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // read, checked once and forgotten
record StoredEntry(
    long index,
    byte[] bytes,
    byte @Nullable [] attestation,
    List<PartRow> records,
    List<PartRow> sections,
    byte @Nullable [] seed) {

  long size() {
    long size = bytes.length;
    for (PartRow row : records) {
      size += row.bytes().length;
    }
    for (PartRow row : sections) {
      size += row.bytes().length;
    }
    return size;
  }
}
