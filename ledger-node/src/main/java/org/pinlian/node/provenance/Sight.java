// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Set;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.Section;
import org.pinlian.v1.View;

/**
 * What a reader sees in a view, beyond what a dossier must show to everybody (formats.md A.9).
 *
 * <ul>
 *   <li>Consumer: who signed, where that is somebody who makes the goods or answers for them, a
 *       laboratory or an authority, and who issued a certificate; of those who trade, carry and
 *       serve the goods nobody. Nothing else.
 *   <li>Partner: who signed; its own records whole, those signed for it or by it for others
 *       included; the trade section of offers and answers that are addressed to it.
 *   <li>Regulator: the records of its jurisdiction whole, and of all others what a partner sees.
 * </ul>
 *
 * @param participant who reads; empty for anybody
 * @param jurisdiction of the reader, in the regulator view; else nowhere
 */
public record Sight(View view, String participant, Jurisdiction jurisdiction) {
  private static final Set<Role> NAMED_TO_ALL =
      Set.of(
          Role.ROLE_PRODUCER,
          // Makes, also under contract for a licence holder.
          Role.ROLE_PROCESSOR,
          // Answers for a drug that others make, or that it imports.
          Role.ROLE_LICENCE_HOLDER,
          Role.ROLE_LABORATORY,
          Role.ROLE_AUTHORITY);

  /** What anybody sees. */
  public static final Sight CONSUMER = new Sight(View.VIEW_CONSUMER, "", Jurisdiction.NOWHERE);

  /**
   * The view asked for, if the reader may have it.
   *
   * @throws NotReadableException if not
   */
  public static Sight of(View view, Reader reader) {
    return switch (view) {
      case VIEW_CONSUMER -> CONSUMER;
      case VIEW_PARTNER -> new Sight(view, reader.participant(), Jurisdiction.NOWHERE);
      case VIEW_REGULATOR -> {
        if (!reader.authority()) {
          throw new NotReadableException(
              RefusalCode.NOT_A_READER, "the regulator view is for authorities");
        }
        if (!reader.lookedUp()) {
          throw new NotReadableException(
              RefusalCode.LOOK_UP_NOT_GOOD, "look_up: the regulator view needs one");
        }
        yield new Sight(view, reader.participant(), reader.whole());
      }
      case VIEW_UNSPECIFIED, UNRECOGNIZED ->
          throw new NotReadableException(RefusalCode.BAD_REQUEST, "view: say which");
    };
  }

  /**
   * Whether it sees a record whole.
   *
   * @param signers of the record
   * @param index of its entry
   */
  boolean seesWhole(List<String> signers, long index) {
    return switch (view) {
      case VIEW_REGULATOR -> signers.contains(participant) || jurisdiction.covers(signers, index);
      case VIEW_PARTNER -> signers.contains(participant);
      case VIEW_CONSUMER, VIEW_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  /**
   * Whether it sees who signed.
   *
   * @param roles of whoever speaks, when it did
   * @param kind of the record
   */
  boolean seesSigner(Set<Role> roles, int kind) {
    // A certificate is a promise in its issuer's name, also by who buys up, mixes and splits.
    return view != View.VIEW_CONSUMER
        || kind == Kind.KIND_COMMITMENT_CERTIFICATE_VALUE
        || roles.stream().anyMatch(NAMED_TO_ALL::contains);
  }

  /** Whether there may be records of others of which it sees a section. */
  boolean hasPartners() {
    return view == View.VIEW_PARTNER || view == View.VIEW_REGULATOR;
  }

  /**
   * Whether it sees a section of somebody else's record: one up and one down, what was offered to
   * it, and what was answered to its own offers.
   */
  boolean seesSection(ByteString section, ReadRecord record, Holdings holdings) {
    try {
      Section content = Section.parseFrom(section);
      return hasPartners()
          && content.hasTrade()
          && (content.getTrade().getReceiver().equals(participant) || answersTo(record, holdings));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a section that was admitted", e);
    }
  }

  private boolean answersTo(ReadRecord record, Holdings holdings) {
    if (record.stored().getKind() != Kind.KIND_CUSTODY_ANSWER_VALUE) {
      return false;
    }
    for (ParsedLine line : record.lines()) {
      if (line.role() == LineRole.LINE_ROLE_RECORD_VALUE) {
        return RecordPlace.ofSubject(line.subject())
            .flatMap(offer -> holdings.speakers(offer.index()))
            .map(speakers -> speakers.signers().contains(participant))
            .orElse(false);
      }
    }
    return false;
  }
}
