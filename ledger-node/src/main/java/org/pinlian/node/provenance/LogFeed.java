// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordException;
import org.pinlian.record.Skeleton;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Entry;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.FollowedEntry;
import org.pinlian.v1.FollowedGroup;
import org.pinlian.v1.FollowedRecord;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.SubmissionHeader;

/**
 * What auditors are sent: entries and skeletons, and whole but for their sections the records that
 * say whose key is good (formats.md A.7). What is sent was hashed again and opens to the signed
 * header, so that damage here is told as damage and not taken for a lie. Thread-safe.
 */
public final class LogFeed {
  /** A reply goes when it has so many. */
  private static final int REPLY_BYTES = 1 << 20;

  /** Entries taken with one cursor, which is not held while a slow reader makes us wait. */
  private static final int ENTRIES_AT_ONCE = 64;

  private final TruthStore truth;
  private final LoggedRecords logged;

  public LogFeed(TruthStore truth, LoggedRecords logged) {
    this.truth = truth;
    this.logged = logged;
  }

  /**
   * Sends the entries of a range, which must be there.
   *
   * @throws DamagedRecordException if something is missing, or is not what was signed
   */
  public void send(long from, long to, Consumer<? super FollowReply> replies) {
    for (long next = from; next < to; ) {
      for (byte[] entry : entries(next, Math.min(to, next + ENTRIES_AT_ONCE))) {
        send(next, ByteString.copyFrom(entry), replies);
        next++;
      }
    }
  }

  private List<byte[]> entries(long from, long to) {
    List<byte[]> entries = new ArrayList<>((int) (to - from));
    try (Cursor<TruthStore.EntryRow> rows = truth.entriesFrom(from)) {
      while (from + entries.size() < to) {
        long index = from + entries.size();
        if (!rows.next() || rows.row().index() != index) {
          throw new DamagedRecordException("entry " + index + " is missing");
        }
        entries.add(rows.row().bytes());
      }
    }
    return entries;
  }

  private void send(long index, ByteString bytes, Consumer<? super FollowReply> replies) {
    FollowReply.Builder reply = FollowReply.newBuilder();
    FollowedEntry.Builder followed = FollowedEntry.newBuilder().setIndex(index).setEntry(bytes);
    List<ReadRecord> records = List.of();
    try {
      Entry entry = Submissions.readEntry(bytes);
      if (entry.hasSubmission()) {
        SubmissionHeader header = Submissions.readHeader(entry.getSubmission().getHeader());
        if (!header.getAttestation().isEmpty()) {
          truth.attestation(index).map(ByteString::copyFrom).ifPresent(followed::setAttestation);
        }
        records = logged.skeletons(index, header);
      }
    } catch (RecordException e) {
      throw new DamagedRecordException("entry " + index + ": " + e.getMessage());
    }
    reply.setEntry(followed);
    int size = bytes.size();
    for (ReadRecord record : records) {
      FollowedRecord next = followed(record);
      int more = next.getSerializedSize();
      if (size > 0 && size + more > REPLY_BYTES) {
        replies.accept(reply.build());
        reply.clear();
        size = 0;
      }
      reply.addRecords(next);
      size += more;
    }
    replies.accept(reply.build());
  }

  private static FollowedRecord followed(ReadRecord record) {
    int kind = record.stored().getKind();
    boolean whole = concernsKeys(record);
    FollowedRecord.Builder followed = FollowedRecord.newBuilder().setKind(kind);
    if (whole) {
      followed.setPublicPart(record.stored().getPublicPart());
    } else {
      followed.setPublicDigest(ByteString.copyFrom(record.skeleton().publicDigest().bytes()));
    }
    followed.addAllSectionLeaves(record.stored().getSectionLeavesList());
    List<Skeleton.Group> groups = record.skeleton().groups();
    for (int g = 0; g < groups.size(); g++) {
      FollowedGroup.Builder group = followed.addGroupsBuilder().setRole(groups.get(g).role());
      if (whole) {
        LineGroup stored = record.stored().getGroups(g);
        group.addAllLines(stored.getLinesList());
      } else {
        groups.get(g).lineLeaves().forEach(leaf -> group.addLineLeaves(ByteString.copyFrom(leaf)));
      }
    }
    return followed.build();
  }

  private static boolean concernsKeys(ReadRecord record) {
    int kind = record.stored().getKind();
    if (kind >= Kind.KIND_ENROLMENT_VALUE && kind <= Kind.KIND_DELEGATION_VALUE) {
      return true;
    }
    for (ParsedLine line : record.lines()) {
      if (line.role() == LineRole.LINE_ROLE_KEYS_VALUE) {
        return true;
      }
    }
    return false;
  }
}
