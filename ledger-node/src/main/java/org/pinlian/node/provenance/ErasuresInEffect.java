// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.pinlian.merkle.Hash;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.SectionClass;

/**
 * What of a record the notices on its own subject had erased. By kinds and digests alone: what the
 * rules refused, such as an approval by the same authority, is not in the log.
 */
final class ErasuresInEffect {
  private ErasuresInEffect() {}

  /** An erasure that may be approved yet. */
  private record Ordered(ByteString digest, List<SectionClass> classes) {}

  /**
   * The classes erased.
   *
   * @param notices of the record's own subject, oldest first
   */
  static Set<SectionClass> of(
      ReadRecord record, List<RecordPlace> notices, Function<RecordPlace, ReadRecord> read) {
    EnumSet<SectionClass> erased = EnumSet.noneOf(SectionClass.class);
    Map<String, Ordered> ordered = new HashMap<>();
    for (RecordPlace place : notices) {
      ReadRecord notice = read.apply(place);
      int kind = notice.stored().getKind();
      if (kind == Kind.KIND_ERASURE_VALUE) {
        PublicPart part = part(notice);
        if (part.getErasure().getRecord().equals(bytes(record.digest()))) {
          ordered.put(
              place.subject(),
              new Ordered(bytes(notice.digest()), part.getErasure().getClassesList()));
        }
      } else if (kind == Kind.KIND_APPROVAL_VALUE) {
        Ordered approved = ordered.get(cited(notice));
        if (approved != null && part(notice).getApproval().getRecord().equals(approved.digest())) {
          erased.addAll(approved.classes());
        }
      }
    }
    return erased;
  }

  /** The first record line of an approval is what it approves. */
  private static String cited(ReadRecord approval) {
    for (ParsedLine line : approval.lines()) {
      if (line.role() == LineRole.LINE_ROLE_RECORD_VALUE) {
        return line.subject();
      }
    }
    return "";
  }

  private static PublicPart part(ReadRecord notice) {
    try {
      return PublicPart.parseFrom(notice.stored().getPublicPart());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a public part that was admitted", e);
    }
  }

  private static ByteString bytes(Hash digest) {
    return ByteString.copyFrom(digest.bytes());
  }
}
