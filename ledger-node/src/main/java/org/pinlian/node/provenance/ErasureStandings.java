// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.record.Chains;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.BackupPlace;
import org.pinlian.v1.ErasureReply;
import org.pinlian.v1.ErasureStanding;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SectionClass;

/** What stands of a record's erasures, for the authorities that ask for them. Thread-safe. */
public final class ErasureStandings {
  private static final int NOTICES_MAX = 10_000;

  private final HashAlgorithm hash;
  private final LoggedRecords logged;
  private final KeyStore keys;
  private final Derivation derivation;
  private final Supplier<Published> published;
  private final List<BackupPlace> backups;

  /**
   * @param backups places that copies of the keys are kept in
   */
  public ErasureStandings(
      HashAlgorithm hash,
      LoggedRecords logged,
      KeyStore keys,
      Derivation derivation,
      Supplier<Published> published,
      List<BackupPlace> backups) {
    this.hash = hash;
    this.logged = logged;
    this.keys = keys;
    this.derivation = derivation;
    this.published = published;
    this.backups = List.copyOf(backups);
  }

  /**
   * @throws NotReadableException if the reader is no authority, or there is no such record
   */
  public ErasureReply of(Reader reader, RecordAt asked) {
    if (!reader.authority()) {
      throw new NotReadableException(RefusalCode.NOT_A_READER, "for authorities alone");
    }
    Published newest = published.get();
    if (asked.getIndex() < 0 || asked.getPosition() < 0 || asked.getIndex() >= newest.size()) {
      throw notFound(asked);
    }
    RecordPlace place = new RecordPlace(asked.getIndex(), asked.getPosition());
    ReadRecord record = record(place).orElseThrow(() -> notFound(asked));
    ErasureReply.Builder reply =
        ErasureReply.newBuilder()
            .setRecordDigest(ByteString.copyFrom(record.digest().bytes()))
            .setKind(record.stored().getKind())
            .addAllClasses(classes(record))
            .addAllBackups(backups);
    // What files still hold is not destroyed, even if nobody could read it any more.
    if (!keys.unpurged().contains(place.index())) {
      keys.keys(place.index())
          .ifPresent(left -> reply.addAllDestroyed(left.destroyed(place.position())));
    }
    Hash key = Chains.subjectKey(hash, place.subject());
    for (RecordPlace notice :
        derivation.links(Chains.noticeKey(hash, key), newest.size(), NOTICES_MAX)) {
      record(notice).ifPresent(one -> add(reply, notice, one));
    }
    return reply.build();
  }

  /** By the kinds and digests alone: what the rules refused is not in the log. */
  private void add(ErasureReply.Builder reply, RecordPlace at, ReadRecord notice) {
    PublicPart part = part(notice);
    if (part.hasErasure()) {
      reply.addErasures(
          ErasureStanding.newBuilder()
              .setErasure(at(at))
              .addAllClasses(part.getErasure().getClassesList()));
    } else if (part.hasApproval()) {
      for (ErasureStanding.Builder erasure : reply.getErasuresBuilderList()) {
        if (!erasure.hasApproval() && approves(notice, part, erasure.getErasure())) {
          erasure.setApproval(at(at));
        }
      }
    }
  }

  private boolean approves(ReadRecord approval, PublicPart part, RecordAt erasure) {
    RecordPlace place = new RecordPlace(erasure.getIndex(), erasure.getPosition());
    boolean cited = false;
    for (ParsedLine line : approval.lines()) {
      if (line.role() == LineRole.LINE_ROLE_RECORD_VALUE) {
        cited = line.line().getSubject().equals(place.subject());
        break;
      }
    }
    return cited
        && record(place)
            .filter(one -> one.stored().getKind() == Kind.KIND_ERASURE_VALUE)
            .filter(one ->
                part.getApproval().getRecord().equals(ByteString.copyFrom(one.digest().bytes())))
            .isPresent();
  }

  private Optional<ReadRecord> record(RecordPlace place) {
    return logged
        .read(place.index())
        .filter(submission -> place.position() < submission.records().size())
        .map(submission -> submission.records().get(place.position()));
  }

  private static Set<SectionClass> classes(ReadRecord record) {
    EnumSet<SectionClass> classes = EnumSet.noneOf(SectionClass.class);
    for (byte[] leaf : record.skeleton().sectionLeaves()) {
      SectionClass sectionClass = SectionClass.forNumber(leaf[0]);
      if (sectionClass != null) {
        classes.add(sectionClass);
      }
    }
    return classes;
  }

  private static PublicPart part(ReadRecord record) {
    try {
      return PublicPart.parseFrom(record.stored().getPublicPart());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a public part that was admitted", e);
    }
  }

  private static RecordAt at(RecordPlace place) {
    return RecordAt.newBuilder().setIndex(place.index()).setPosition(place.position()).build();
  }

  private static NotReadableException notFound(RecordAt asked) {
    return new NotReadableException(
        RefusalCode.NOT_FOUND,
        "no record "
            + Long.toUnsignedString(asked.getIndex())
            + "."
            + Integer.toUnsignedString(asked.getPosition()));
  }
}
