// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import com.google.protobuf.ByteString;
import java.util.List;
import org.pinlian.v1.FollowedRecord;

/** An entry with all that the ledger sent of its records; none of it is checked. */
record FedEntry(
    long index, ByteString bytes, ByteString attestation, List<FollowedRecord> records) {
  FedEntry {
    records = List.copyOf(records);
  }
}
