// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;

/**
 * Whether a bill whose number is in the ledger names the codes that the ledger has under it. The
 * submission's id is made of the number alone, so a bill that was corrected, or another one under
 * the same number, would else pass for recorded.
 */
final class RepeatedBill {
  private RepeatedBill() {}

  /**
   * @param index of the entry that has the bill's submission
   * @throws CommandException REFUSED, if it is about other codes
   */
  static void requireSame(Path source, List<Draft> drafts, long index, Session session)
      throws RefusedException, UnreachableException, VerificationException, IdentifierException {
    Set<String> stated = codes(drafts);
    TreeSet<String> left = new TreeSet<>(stated);
    while (!left.isEmpty()) {
      Set<String> held = held(left.first(), index, session);
      if (held.isEmpty()) {
        throw other(source, index, left.first() + " is not in it");
      }
      for (String code : held) {
        if (!stated.contains(code)) {
          throw other(source, index, code + " is in it, and not in this bill");
        }
      }
      left.removeAll(held);
    }
  }

  private static CommandException other(Path source, long index, String difference) {
    return new CommandException(
        Exit.REFUSED,
        RefusalCode.SUBMISSION_ID_REUSED.name(),
        source
            + ": the bill's number was used, for other codes: entry "
            + index
            + " has it, and "
            + difference,
        "Nothing of this bill was recorded. Give it a number of its own.");
  }

  private static Set<String> codes(List<Draft> drafts) {
    Set<String> codes = new TreeSet<>();
    SecureRandom random = new SecureRandom();
    for (Draft draft : drafts) {
      for (LineGroup group : draft.seal(random).getGroupsList()) {
        if (group.getRole() == LineRole.LINE_ROLE_OBJECT_VALUE) {
          for (ByteString line : group.getLinesList()) {
            codes.add(subject(line));
          }
        }
      }
    }
    return codes;
  }

  private static String subject(ByteString line) {
    try {
      return Line.parseFrom(line).getSubject();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a line that was made here", e);
    }
  }

  /** Of the entry's records that touch a code, all codes. */
  private static Set<String> held(String code, long index, Session session)
      throws RefusedException, UnreachableException, VerificationException, IdentifierException {
    Set<String> held = new TreeSet<>();
    List<StoryRecord> records;
    try {
      records =
          session
              .trace(Subject.parse(code), Direction.DIRECTION_STORY, TraceLimits.defaults())
              .records();
    } catch (RefusedException e) {
      if (e.code() == RefusalCode.NOT_FOUND) {
        return held;
      }
      throw e;
    }
    for (StoryRecord record : records) {
      if (record.index() == index) {
        for (StoryLine line : record.lines()) {
          if (line.role() == LineRole.LINE_ROLE_OBJECT && line.subject() != null) {
            held.add(line.subject());
          }
        }
      }
    }
    return held;
  }
}
