// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyCancel;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.CustodyReason;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;

/** Offers, the answers to them, and taking them back. */
final class CustodyRules {
  private final FieldChecks checks;
  private final LineTable lines;
  private final LineRules needed;
  private final SectionTable sections;

  CustodyRules(FieldChecks checks, LineTable lines, SectionTable sections) {
    this.checks = checks;
    this.lines = lines;
    this.needed = new LineRules(checks, lines);
    this.sections = sections;
  }

  void check(CustodyOffer offer) {
    FieldPath at = FieldPath.PUBLIC_PART.in("custody_offer");
    needed.goods();
    checks.requiredInstant(at, "offered_at", offer.getOfferedAt());
    checks.instant(at, "answer_by", offer.getAnswerBy());
    if (offer.getAnswerBy() != 0 && offer.getAnswerBy() < offer.getOfferedAt()) {
      checks.bad(at, "answer_by", "must not be before offered_at");
    }
    checks.choice(at, "temperature_class", offer.getTemperatureClass());
    if (offer.hasLabelRange()) {
      BodyRules.range(checks, at.in("label_range"), offer.getLabelRange());
    }
    checks.optionalDigest(at, "returns", offer.getReturns());
    if (sections.trade() == null || sections.trade().getReceiver().isEmpty()) {
      checks.missing(sections.tradeAt(), "receiver");
    }
  }

  void check(CustodyAnswer answer) {
    FieldPath at = FieldPath.PUBLIC_PART.in("custody_answer");
    needed.exactlyOne(LineRole.LINE_ROLE_RECORD);
    needed.goods();
    checks.digest(at, "offer", answer.getOffer());
    checks.requiredInstant(at, "answered_at", answer.getAnsweredAt());
    boolean[] answered = new boolean[lines.size()];
    for (int i = 0; i < answer.getAnswersCount() && !checks.isFull(); i++) {
      check(at.in("answers", i), answer.getAnswers(i), answered);
    }
    for (int n = 0; n < answered.length && !checks.isFull(); n++) {
      if (!answered[n] && isGoods(n)) {
        checks.bad(at, "answers", "line " + n + " is not answered");
      }
    }
  }

  private void check(FieldPath at, LineAnswer answer, boolean[] answered) {
    int line = answer.getLine();
    if (line < 0 || line >= answered.length || !isGoods(line)) {
      checks.bad(
          at, "line", "no object or parent line has number " + Integer.toUnsignedString(line));
    } else if (answered[line]) {
      checks.bad(at, "line", "line " + line + " is answered twice");
    } else {
      answered[line] = true;
    }
    if (answer.getOfferLine() < 0 || answer.getOfferLine() >= Limits.LINES_MAX) {
      checks.bad(
          at,
          "offer_line",
          "no record has a line " + Integer.toUnsignedString(answer.getOfferLine()));
    }
    checks.requiredChoice(at, "outcome", answer.getOutcome());
    if (answer.getOutcome() == CustodyOutcome.CUSTODY_OUTCOME_REFUSED) {
      checks.requiredChoice(at, "reason", answer.getReason());
    } else if (answer.getReason() != CustodyReason.CUSTODY_REASON_UNSPECIFIED) {
      checks.bad(at, "reason", "only a refusal has a reason");
    }
  }

  private boolean isGoods(int line) {
    return lines.role(line) == LineRole.LINE_ROLE_OBJECT_VALUE
        || lines.role(line) == LineRole.LINE_ROLE_PARENT_VALUE;
  }

  void check(CustodyCancel cancel) {
    FieldPath at = FieldPath.PUBLIC_PART.in("custody_cancel");
    needed.exactlyOne(LineRole.LINE_ROLE_RECORD);
    needed.goods();
    checks.digest(at, "offer", cancel.getOffer());
    checks.requiredInstant(at, "cancelled_at", cancel.getCancelledAt());
    checks.text(at, "reason", cancel.getReason());
  }
}
