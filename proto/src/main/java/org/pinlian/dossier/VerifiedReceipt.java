// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.time.Instant;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.SubmissionHeader;

/**
 * That a submission is in the ledger. Exists only when the receipt kept every rule.
 *
 * @param index of the submission's entry: record i of it is {@code urn:pinlian:record:{index}.{i}}
 * @param leaf of the entry
 * @param sequencedAt when the ledger says it took it: the ledger's word, not a proof of time
 * @param checkpoint whose tree holds the entry
 * @param receipt the bytes to keep: whoever has them and the policy can check again
 */
public record VerifiedReceipt(
    long index,
    Hash leaf,
    Instant sequencedAt,
    SubmissionHeader header,
    Checkpoint checkpoint,
    Grade grade,
    Receipt receipt) {

  /** Size of the tree that the receipt speaks of. */
  public long size() {
    return checkpoint.size();
  }
}
