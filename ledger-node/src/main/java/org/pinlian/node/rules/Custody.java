// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.OldFindingCode;
import org.pinlian.v1.RefusalCode;

/**
 * Answers to offers. Custody moves with the receiver's answer, never on the offer alone: otherwise
 * a shipper could unload responsibility onto someone who never saw the goods. So nobody else may
 * answer.
 */
final class Custody {
  private Custody() {}

  /**
   * The record line alone decides whose offer it is. An answer that points at somebody else's offer
   * is refused even if it cites another digest, or it would stand in the story of goods it has no
   * part in.
   */
  static Judgement.@Nullable Refused refusal(Citation citation, Statement answer) {
    CitedRecord offer = citation.record();
    if (offer == null || offer.kind() != Kind.KIND_CUSTODY_OFFER) {
      return null;
    }
    if (offer.trade() == null || !offer.trade().getReceiver().equals(answer.signer())) {
      return new Judgement.Refused(
          answer.place().position(),
          RefusalCode.NOT_THE_RECEIVER,
          "lines[" + citation.line() + "].subject",
          "the offer at " + offer.place() + " names another receiver");
    }
    return null;
  }

  /** Whether somebody has answered meanwhile is a finding: the two may cross on their way here. */
  static Judgement.@Nullable Refused cancelRefusal(Citation citation, Statement cancel) {
    CitedRecord offer = citation.record();
    if (offer == null
        || offer.kind() != Kind.KIND_CUSTODY_OFFER
        || !citation.hasDigest(cancel.part().getCustodyCancel().getOffer())) {
      return new Judgement.Refused(
          cancel.place().position(),
          RefusalCode.UNKNOWN_RECORD,
          "public_part.custody_cancel.offer",
          "there is no offer of that digest at " + citation.place());
    }
    if (!offer.signer().equals(cancel.signer())) {
      return new Judgement.Refused(
          cancel.place().position(),
          RefusalCode.NOT_PERMITTED,
          "lines[" + citation.line() + "].subject",
          "only whoever made the offer at " + offer.place() + " takes it back");
    }
    return Rules.strangerRefusal(offer, cancel, line -> false);
  }

  static void apply(
      RuleView view, Citation citation, Statement statement, Consequences consequences) {
    CustodyAnswer answer = statement.part().getCustodyAnswer();
    CitedRecord offer = citation.record();
    if (offer != null
        && (offer.kind() != Kind.KIND_CUSTODY_OFFER || !citation.hasDigest(answer.getOffer()))) {
      offer = null;
    }
    if (offer == null) {
      citation.findUnknown(OldFindingCode.OLD_OFFER_UNKNOWN, answer.getOffer(), consequences);
    } else {
      checkTime(statement, answer, offer, consequences);
    }
    // Of this answer: a line may be accepted in part and refused in part, each once.
    Map<Integer, Integer> outcomes = new HashMap<>();
    for (LineAnswer line : answer.getAnswersList()) {
      if (offer != null) {
        checkLine(view, statement, offer, line, outcomes, consequences);
      }
      if (line.getOutcome() == CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED) {
        ColdChain.accepted(view, statement, line.getLine(), consequences);
      }
    }
  }

  private static void checkTime(
      Statement statement, CustodyAnswer answer, CitedRecord offer, Consequences consequences) {
    long answerBy = offer.part().getCustodyOffer().getAnswerBy();
    boolean accepted =
        answer.getAnswersList().stream()
            .anyMatch(line -> line.getOutcome() == CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED);
    // Either clock will do: the answer's own says when it was given, the log's when others could
    // know.
    if (accepted
        && answerBy != 0
        && (answer.getAnsweredAt() > answerBy || statement.sequencedAt() > answerBy)) {
      consequences.find(
          OldFindingCode.OLD_ANSWERED_LATE,
          0,
          "offer",
          offer.place().toString(),
          "answer_by",
          ColdChain.instant(answerBy),
          "answered_at",
          ColdChain.instant(answer.getAnsweredAt()),
          "sequenced_at",
          ColdChain.instant(statement.sequencedAt()));
    }
  }

  private static void checkLine(
      RuleView view,
      Statement statement,
      CitedRecord offer,
      LineAnswer answer,
      Map<Integer, Integer> outcomes,
      Consequences consequences) {
    StatementLine line = statement.lines().get(answer.getLine());
    int offerLine = answer.getOfferLine();
    if (offerLine >= offer.lines().size()
        || !offer.lines().get(offerLine).isGoods()
        || !offer.lines().get(offerLine).key().equals(line.key())) {
      consequences.find(
          OldFindingCode.OLD_OFFER_LINE_MISMATCH,
          answer.getLine(),
          "offer",
          offer.place().toString(),
          "offer_line",
          Integer.toString(offerLine),
          "offer_lines",
          Integer.toString(offer.lines().size()));
      return;
    }
    RuleKey key = RuleKey.of(RuleTable.ANSWERS, offer.place(), offerLine);
    byte[] first = view.get(key);
    int bit = 1 << answer.getOutcome().getNumber();
    int before = outcomes.getOrDefault(offerLine, 0);
    outcomes.put(offerLine, before | bit);
    if (first != null || (before & bit) != 0) {
      RecordPlace place = first != null ? RuleWrite.placeOf(first) : statement.place();
      consequences.find(
          OldFindingCode.OLD_OFFER_ANSWERED_TWICE,
          answer.getLine(),
          "offer",
          offer.place().toString(),
          "offer_line",
          Integer.toString(offerLine),
          "first_answer",
          place.toString());
    } else if (before == 0) {
      consequences.write(key, RuleWrite.place(statement.place()));
    }
  }
}
