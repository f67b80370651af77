// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Kind;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Trade;

/**
 * A record already in the log, as much of it as rules read.
 *
 * @param signer whose statement it is
 * @param submitter who signed it: the signer, or a gateway that signed it for the signer
 * @param lines numbered over the groups in order
 * @param trade null only where the record has none
 */
public record CitedRecord(
    RecordPlace place,
    Hash digest,
    String signer,
    String submitter,
    Kind kind,
    PublicPart part,
    List<StatementLine> lines,
    @Nullable Trade trade) {

  public CitedRecord {
    lines = List.copyOf(lines);
  }
}
