// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What one synced write puts into the truth, all of it or nothing. Rows in log order, please: the
 * write is then an append, and fastest. Not for use by several threads; may be cleared and used
 * again.
 */
public final class TruthBatch {
  final BatchBytes bytes = new BatchBytes();

  TruthBatch() {}

  public void putEntry(long index, byte[] entry) {
    bytes.put(Column.ENTRIES, Keys.of(index), entry);
  }

  /** For whom the gateway that submitted the entry signed. */
  public void putAttestation(long index, byte[] attestation) {
    bytes.put(Column.ATTESTATIONS, Keys.of(index), attestation);
  }

  public void putRecord(long index, int position, byte[] storedRecord) {
    bytes.put(Column.RECORDS, Keys.of(index, position), storedRecord);
  }

  public void putSections(long index, int position, byte[] storedSections) {
    bytes.put(Column.SECTIONS, Keys.of(index, position), storedSections);
  }

  /** Remembers that this submission is in, so that a retry gets the receipt of the same entry. */
  public void putSubmission(
      byte[] submitterHash, byte[] submissionId, long index, byte[] headerHash) {
    bytes.put(
        Column.SUBMISSIONS,
        TruthStore.submissionKey(submitterHash, submissionId),
        Keys.joined(Keys.of(index), Keys.exactly(32, headerHash, "header hash")));
  }

  public void putMeta(String name, byte[] value) {
    bytes.put(Column.TRUTH_META, name.getBytes(UTF_8), value);
  }

  public int rows() {
    return bytes.rows();
  }

  /** What the write adds to the log, nearly. */
  public int sizeBytes() {
    return bytes.length();
  }

  public void clear() {
    bytes.clear();
  }
}
