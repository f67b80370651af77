// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.rules.Judgement.Refused;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SectionClass;

/**
 * Erasures: one authority asks for it, a second approves, and from there on the sections are to be
 * gone. What is in effect stands under {@link RuleTable#ERASED}; whoever holds the keys destroys
 * what that says, now or at any later start.
 */
public final class Erasures {
  private static final int ITEM_BYTES = 1 + 2 * RuleWrite.PLACE_BYTES;

  private Erasures() {}

  /**
   * One erasure in effect.
   *
   * @param record that is erased from
   * @param classes of the sections erased
   */
  public record InEffect(
      RecordPlace record, Set<SectionClass> classes, RecordPlace erasure, RecordPlace approval) {
    public InEffect {
      classes = Set.copyOf(classes);
    }
  }

  /** What a row of {@link RuleTable#ERASED} says, in the order of the approvals. */
  public static List<InEffect> inEffect(RuleKey key, byte[] value) {
    RecordPlace record = RuleWrite.placeIn(key.key().asReadOnlyByteBuffer());
    List<InEffect> found = new ArrayList<>(1);
    for (ByteBuffer in = ByteBuffer.wrap(value); in.hasRemaining(); ) {
      Set<SectionClass> classes = classes(in.get());
      found.add(new InEffect(record, classes, RuleWrite.placeIn(in), RuleWrite.placeIn(in)));
    }
    return found;
  }

  /**
   * An erasure is refused rather than noted: nothing must wait for a yes that says who knows what.
   */
  static @Nullable Refused refusal(Citation citation, Statement statement) {
    return citation.hasDigest(statement.part().getErasure().getRecord())
        ? null
        : new Refused(
            statement.place().position(),
            RefusalCode.UNKNOWN_RECORD,
            "public_part.erasure.record",
            "there is no record of that digest at " + citation.place());
  }

  /**
   * Of an approval whose signer is not the erasure's: that is refused for every approval.
   *
   * @param cited what it approves, an erasure
   */
  static @Nullable Refused approvalRefusal(CitedRecord cited, Statement approval) {
    if (!approval.isByAuthority()) {
      return refuse(
          approval,
          RefusalCode.ROLE_NOT_ALLOWED,
          "kind",
          "an erasure takes effect with the approval of a second authority");
    }
    for (StatementLine line : cited.lines()) {
      if (approval.lines().stream().noneMatch(own -> own.key().equals(line.key()))) {
        return refuse(
            approval, RefusalCode.BAD_FIELD, "lines", "must also touch " + line.subject());
      }
    }
    return null;
  }

  /**
   * Of an approval that was not refused.
   *
   * @return null if nothing more is to be erased by it
   */
  static @Nullable RuleWrite approved(RuleView view, Citation citation, Statement approval) {
    CitedRecord cited = citation.record();
    if (cited == null
        || cited.kind() != Kind.KIND_ERASURE
        || !citation.hasDigest(approval.part().getApproval().getRecord())) {
      return null;
    }
    Erasure erasure = cited.part().getErasure();
    RecordPlace record =
        RecordPlace.ofSubject(
                cited
                    .lines()
                    .get(StatementLine.first(cited.lines(), LineRole.LINE_ROLE_RECORD))
                    .subject())
            .orElseThrow();
    RuleKey key = new RuleKey(RuleTable.ERASED, ByteString.copyFrom(RuleWrite.place(record)));
    byte[] before = view.get(key);
    int known = 0;
    if (before != null) {
      for (InEffect one : inEffect(key, before)) {
        known |= bits(one.classes());
      }
    }
    int bits = bits(erasure.getClassesList());
    // Nothing is erased twice, so the row has three items at most.
    if ((bits & ~known) == 0) {
      return null;
    }
    ByteBuffer after = ByteBuffer.allocate((before == null ? 0 : before.length) + ITEM_BYTES);
    if (before != null) {
      after.put(before);
    }
    after
        .put((byte) bits)
        .put(RuleWrite.place(cited.place()))
        .put(RuleWrite.place(approval.place()));
    return new RuleWrite(key, after.array());
  }

  private static int bits(Iterable<SectionClass> classes) {
    int bits = 0;
    for (SectionClass sectionClass : classes) {
      bits |= 1 << sectionClass.getNumber();
    }
    return bits;
  }

  private static Set<SectionClass> classes(byte bits) {
    EnumSet<SectionClass> classes = EnumSet.noneOf(SectionClass.class);
    for (int number = 1; number < Byte.SIZE; number++) {
      SectionClass sectionClass = SectionClass.forNumber(number);
      if (sectionClass != null && (bits >>> number & 1) == 1) {
        classes.add(sectionClass);
      }
    }
    return classes;
  }

  private static Refused refuse(
      Statement statement, RefusalCode code, String path, String message) {
    return new Refused(statement.place().position(), code, path, message);
  }
}
