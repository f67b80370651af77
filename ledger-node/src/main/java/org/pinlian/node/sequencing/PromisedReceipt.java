// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;

/**
 * A durable entry and what its receipt is made of (formats.md A.7, promised grade). The proof is
 * made when asked for, on the asker's thread: making hundreds on the writer's thread would delay
 * the next batch.
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record PromisedReceipt(
    HashAlgorithm hash, long index, byte[] entry, AppendedRange range, SignedNote checkpoint) {

  /** The c2sp.org/tlog-proof text of the entry against its batch's checkpoint. */
  public String proof() {
    InclusionProof proof = InclusionProof.build(hash, range, index, range.sizeAfter());
    try {
      return TlogProof.of(null, index, proof.path(), checkpoint).text();
    } catch (NoteException e) {
      throw new IllegalStateException("a checkpoint of our own does not read back", e);
    }
  }
}
