// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import com.google.protobuf.ByteString;
import java.util.List;
import org.pinlian.record.Draft;

/**
 * Records to be signed together, within the limits of one submission.
 *
 * @param id of the submission: the same file gives the same, so the ledger takes it once
 */
public record DraftSubmission(ByteString id, List<Draft> drafts) {
  public DraftSubmission {
    drafts = List.copyOf(drafts);
  }
}
