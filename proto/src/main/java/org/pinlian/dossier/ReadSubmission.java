// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;

/** An entry that is a submission for this ledger. Who signed it is checked beside this. */
record ReadSubmission(long index, long sequencedAt, SignedHeader signed, SubmissionHeader header) {

  /** What no other entry may have (formats.md A.2). */
  String id() {
    return header.getSubmitter() + " " + ReadEntry.hex(header.getSubmissionId());
  }
}
