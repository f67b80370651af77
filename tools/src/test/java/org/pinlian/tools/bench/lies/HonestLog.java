// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.UnreachableException;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Skeleton;
import org.pinlian.tools.auditor.AlarmException;
import org.pinlian.tools.auditor.Audited;
import org.pinlian.tools.auditor.Auditor;
import org.pinlian.v1.Entry;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.FollowedGroup;
import org.pinlian.v1.FollowedRecord;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Section;

/**
 * Whether a log is one that an honest ledger can have: every record would have been admitted, and
 * an auditor who is sent all of it makes the same of it.
 */
final class HonestLog {
  private final CrookedLedger ledger;
  private final HashAlgorithm hash;
  private final List<FollowReply> replies = new ArrayList<>();

  private HonestLog(CrookedLedger ledger) {
    this.ledger = ledger;
    this.hash = ledger.hash();
  }

  /**
   * Why it is not; empty if it is.
   *
   * @param note a checkpoint of all of it, signed
   */
  static Optional<String> objection(CrookedLedger ledger, TrustPolicy policy, String note)
      throws Exception {
    HonestLog log = new HonestLog(ledger);
    try {
      for (long index = 0; index < ledger.size(); index++) {
        log.send(index);
      }
    } catch (RecordException e) {
      return Optional.of(e.path() + ": " + e.getMessage());
    }
    if (!Entry.parseFrom(ledger.entry(ledger.size() - 1)).hasBlock()) {
      return Optional.of("a published tree that does not end with a block");
    }
    log.replies.add(FollowReply.newBuilder().setCheckpoint(note).build());
    try (Auditor auditor =
        new Auditor(
            policy, from -> new ListFeed(log.replies), null, new Audited(), new Unheard())) {
      auditor.run(true);
      return Optional.empty();
    } catch (AlarmException e) {
      return Optional.of(e.rule() + " at entry " + e.index() + ": " + e.getMessage());
    }
  }

  private void send(long index) throws RecordException, InvalidProtocolBufferException {
    FollowReply.Builder reply = FollowReply.newBuilder();
    reply
        .getEntryBuilder()
        .setIndex(index)
        .setEntry(ledger.entry(index))
        .setAttestation(
            ledger.speakers(index).map(speakers -> speakers.attested()).orElse(ByteString.EMPTY));
    for (int position = 0; position < ledger.digests(index).size(); position++) {
      ReadRecord record = ledger.record(new RecordPlace(index, position));
      requireAdmissible(record);
      reply.addRecords(followed(record));
    }
    replies.add(reply.build());
  }

  /** As far as an auditor is not shown it. */
  private void requireAdmissible(ReadRecord read)
      throws RecordException, InvalidProtocolBufferException {
    Record record =
        Record.newBuilder()
            .setKind(read.stored().getKind())
            .setPublicPart(read.stored().getPublicPart())
            .addAllGroups(read.stored().getGroupsList())
            .build();
    ParsedRecord parsed = ParsedRecord.parse(hash, record, "record");
    if (!parsed.skeleton().publicDigest().equals(read.skeleton().publicDigest())) {
      throw refused("record.public_part", "a part of another digest");
    }
    List<RoledLine> lines = new ArrayList<>();
    for (ParsedLine line : parsed.lines()) {
      lines.add(new RoledLine(line.role(), line.line()));
    }
    Kind kind = Kind.forNumber(record.getKind());
    List<FieldViolation> violations =
        FieldRules.check(
            kind == null ? Kind.UNRECOGNIZED : kind, parsed.publicPart(), sections(read), lines);
    if (!violations.isEmpty()) {
      throw refused(violations.getFirst().path(), violations.getFirst().message());
    }
  }

  /** Those that were not destroyed. */
  private static List<Section> sections(ReadRecord read) throws InvalidProtocolBufferException {
    List<Section> sections = new ArrayList<>();
    for (ByteString section : read.sections().values()) {
      sections.add(Section.parseFrom(section));
    }
    return sections;
  }

  private static RecordException refused(String path, String message) {
    return new RecordException(RefusalCode.BAD_FIELD, path, message);
  }

  private static FollowedRecord followed(ReadRecord record) {
    int kind = record.stored().getKind();
    boolean whole =
        (kind >= Kind.KIND_ENROLMENT_VALUE && kind <= Kind.KIND_DELEGATION_VALUE)
            || record.lines().stream()
                .anyMatch(line -> line.role() == LineRole.LINE_ROLE_KEYS_VALUE);
    FollowedRecord.Builder followed = FollowedRecord.newBuilder().setKind(kind);
    record
        .skeleton()
        .sectionLeaves()
        .forEach(leaf -> followed.addSectionLeaves(ByteString.copyFrom(leaf)));
    if (whole) {
      followed.setPublicPart(record.stored().getPublicPart());
      record
          .stored()
          .getGroupsList()
          .forEach(group ->
              followed.addGroups(
                  FollowedGroup.newBuilder()
                      .setRole(group.getRole())
                      .addAllLines(group.getLinesList())));
    } else {
      followed.setPublicDigest(CrookedLedger.bytes(record.skeleton().publicDigest()));
      for (Skeleton.Group group : record.skeleton().groups()) {
        FollowedGroup.Builder leaves = followed.addGroupsBuilder().setRole(group.role());
        group.lineLeaves().forEach(leaf -> leaves.addLineLeaves(ByteString.copyFrom(leaf)));
      }
    }
    return followed.build();
  }

  /** Sends a list. */
  private static final class ListFeed implements Auditor.Feed {
    private final List<FollowReply> replies;
    private int next;

    ListFeed(List<FollowReply> replies) {
      this.replies = replies;
    }

    @Override
    public FollowReply next() {
      return replies.get(next++);
    }

    @Override
    public void close() {}
  }

  private static final class Unheard implements Auditor.Listener {
    @Override
    public void audited(long size) {}

    @Override
    public void caughtUp(Auditor.Standing standing) {}

    @Override
    public void interrupted(UnreachableException why) {
      throw new AssertionError(why);
    }
  }
}
