// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.HashMap;
import java.util.Map;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;

/**
 * Who holds what at the end of a story: whoever brought the goods into being or took them in from
 * outside, until somebody accepts them. An offer moves nothing, and neither does a refusal; goods
 * that went to somebody outside are held by nobody here.
 */
final class Holders {
  private Holders() {}

  /**
   * By subject URI, of the subjects shown. Holds as far as the story is whole; part of a line
   * accepted counts as the line.
   */
  static Map<String, String> of(Story story) {
    Map<String, String> holders = new HashMap<>();
    for (StoryRecord record : story.records()) {
      PublicPart part = record.publicPart();
      if (part == null) {
        continue;
      }
      for (StoryLine line : record.lines()) {
        String subject = line.subject();
        if (subject != null && (isMaking(part, line) || isTaking(part, line))) {
          holders.put(subject, record.signer().participant());
        } else if (subject != null && isGivingAway(part, line)) {
          holders.remove(subject);
        }
      }
    }
    return holders;
  }

  private static boolean isMaking(PublicPart part, StoryLine line) {
    return part.hasTraceEvent()
        && (line.role() == LineRole.LINE_ROLE_OUTPUT
            || (part.getTraceEvent().getAction() == EventAction.EVENT_ACTION_ADD
                && (line.role() == LineRole.LINE_ROLE_OBJECT
                    || line.role() == LineRole.LINE_ROLE_PARENT)));
  }

  private static boolean isTaking(PublicPart part, StoryLine line) {
    if (part.hasIntake()) {
      return line.role() == LineRole.LINE_ROLE_OBJECT;
    }
    if (!part.hasCustodyAnswer()) {
      return false;
    }
    for (LineAnswer answer : part.getCustodyAnswer().getAnswersList()) {
      if (answer.getLine() == line.number()) {
        return answer.getOutcome() == CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED;
      }
    }
    return false;
  }

  private static boolean isGivingAway(PublicPart part, StoryLine line) {
    return part.hasDispatch() && line.role() == LineRole.LINE_ROLE_OBJECT;
  }
}
