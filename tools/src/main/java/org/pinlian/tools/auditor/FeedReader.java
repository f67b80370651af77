// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.Limits;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.FollowedEntry;
import org.pinlian.v1.FollowedRecord;

/**
 * Puts entries together from the replies of a ledger, which sends those with many records in
 * pieces. Bounded: an entry that would be more than any submission can be is refused. For one
 * thread.
 */
final class FeedReader {
  /** A submission whose parts are all hashes instead: no skeleton of one has more. */
  static final int BYTES_MAX = 4 * Limits.SUBMISSION_BYTES_MAX;

  private long next;
  private @Nullable FollowedEntry open;
  private final List<FollowedRecord> records = new ArrayList<>();
  private long bytes;

  /**
   * @param next index of the entry that is to come
   */
  FeedReader(long next) {
    this.next = next;
  }

  /**
   * What a reply made complete.
   *
   * @param entry null if none
   * @param checkpoint as sent; null if none came
   */
  record Read(@Nullable FedEntry entry, @Nullable String checkpoint) {}

  Read take(FollowReply reply) throws AlarmException {
    if (!reply.getCheckpoint().isEmpty()) {
      if (reply.hasEntry() || reply.getRecordsCount() > 0) {
        throw malformed("a checkpoint alone in its reply", "more");
      }
      return new Read(complete(), reply.getCheckpoint());
    }
    FedEntry complete = null;
    if (reply.hasEntry()) {
      complete = complete();
      begin(reply.getEntry());
    } else if (open == null || reply.getRecordsCount() == 0) {
      throw malformed("an entry, more records of one, or a checkpoint", "neither");
    }
    for (FollowedRecord record : reply.getRecordsList()) {
      bytes += record.getSerializedSize();
      if (records.size() == Limits.RECORDS_MAX || bytes > BYTES_MAX) {
        throw malformed(
            "at most " + Limits.RECORDS_MAX + " records in " + BYTES_MAX + " bytes", "more");
      }
      records.add(record);
    }
    return new Read(complete, null);
  }

  private void begin(FollowedEntry entry) throws AlarmException {
    if (entry.getIndex() != next) {
      throw new AlarmException(
          Rule.ENTRY_MISSING,
          next,
          "entry " + next,
          "entry " + Long.toUnsignedString(entry.getIndex()));
    }
    if (entry.getEntry().size() > Limits.ENTRY_BYTES_MAX
        || entry.getAttestation().size() > Limits.ATTESTATION_BYTES_MAX) {
      throw new AlarmException(
          Rule.FEED_MALFORMED,
          next,
          "at most " + Limits.ENTRY_BYTES_MAX + " bytes",
          Math.max(entry.getEntry().size(), entry.getAttestation().size()) + " bytes");
    }
    open = entry;
    next++;
  }

  private @Nullable FedEntry complete() {
    FollowedEntry entry = open;
    if (entry == null) {
      return null;
    }
    ByteString attestation = entry.getAttestation();
    FedEntry complete = new FedEntry(entry.getIndex(), entry.getEntry(), attestation, records);
    open = null;
    records.clear();
    bytes = 0;
    return complete;
  }

  private AlarmException malformed(String expected, String found) {
    return new AlarmException(Rule.FEED_MALFORMED, next, expected, found);
  }
}
