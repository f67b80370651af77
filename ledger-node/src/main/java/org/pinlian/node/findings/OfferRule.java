// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.node.findings.Offers.Answered;
import org.pinlian.node.findings.Stays.Stay;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/**
 * Every offer has one answer, in time, for the goods it is of; and what is shipped is received. An
 * offer of what is in a container is answered too when the container is.
 */
final class OfferRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    answers(inquiry);
    unknown(inquiry);
    Set<Hash> answered = new HashSet<>();
    inquiry.answers().forEach(answer -> answered.add(answer.offer().digest()));
    Map<Hash, Touch> cancels = new HashMap<>();
    for (Touch touch : inquiry.touches()) {
      if (touch.deed() == Deed.CANCELS) {
        inquiry
            .evidence()
            .cited(touch.told(), touch.told().part().getCustodyCancel().getOffer())
            .filter(offer -> offer.signer().equals(touch.signer()))
            .ifPresent(offer -> cancels.putIfAbsent(offer.digest(), touch));
      }
    }
    boolean containersRead = false;
    Set<String> accepted = null;
    for (Touch touch : inquiry.touches()) {
      if (touch.deed() == Deed.OFFERS) {
        if (!touch.told().part().getCustodyOffer().getReturns().isEmpty()) {
          accepted = accepted == null ? acceptances(inquiry) : accepted;
          returns(inquiry, touch, accepted);
        }
        Hash digest = touch.told().digest();
        if (!answered.contains(digest) && !cancels.containsKey(digest) && isOver(inquiry, touch)) {
          if (!containersRead) {
            containersRead = true;
            answeredByContainer(inquiry, answered);
          }
          if (!answered.contains(digest)) {
            unanswered(inquiry, touch);
          }
        }
      }
    }
    for (Answered answer : inquiry.answers()) {
      Touch cancel = cancels.get(answer.offer().digest());
      if (cancel != null && answer.accepted() && cancel.isBefore(answer.touch())) {
        inquiry.find(
            FindingKind.ANSWERED_AFTER_CANCEL,
            List.of(answer.offer(), cancel.told(), answer.touch().told()),
            "cancelled_at",
            Times.text(cancel.at()),
            "answered_at",
            Times.text(answer.touch().at()));
      }
    }
    shipments(inquiry);
  }

  private static void answers(Inquiry inquiry) {
    Map<String, Touch> first = new HashMap<>();
    for (Answered answer : inquiry.answers()) {
      Told told = answer.touch().told();
      CustodyOffer offer = answer.offer().part().getCustodyOffer();
      int line = answer.answer().getOfferLine();
      if (!answer.fits()) {
        inquiry.find(
            FindingKind.OFFER_LINE_MISMATCH,
            List.of(answer.offer(), told),
            "offer_line",
            Integer.toString(line),
            "offer_lines",
            Integer.toString(answer.offer().lines().size()));
        continue;
      }
      Touch before = first.putIfAbsent(answer.offer().digest() + "/" + line, answer.touch());
      if (before != null && (answer.repeats() || !before.equals(answer.touch()))) {
        inquiry.find(
            FindingKind.OFFER_ANSWERED_TWICE,
            List.of(answer.offer(), before.told(), told),
            "offer_line",
            Integer.toString(line),
            "outcome",
            answer.answer().getOutcome().name());
      }
      // Either clock will do: the answer's own says when it was given, the log's when others
      // could know.
      long by = offer.getAnswerBy();
      if (answer.accepted() && by != 0 && (answer.touch().at() > by || told.sequencedAt() > by)) {
        inquiry.find(
            FindingKind.ANSWERED_LATE,
            List.of(answer.offer(), told),
            "answer_by",
            Times.text(by),
            "answered_at",
            Times.text(answer.touch().at()),
            "known_late",
            told.sequencedAt() > by ? "true" : "false");
      }
    }
  }

  private static void unknown(Inquiry inquiry) {
    for (Touch touch : inquiry.touches()) {
      if ((touch.deed() == Deed.ACCEPTS || touch.deed() == Deed.REFUSES)
          && inquiry.offers().offerOf(touch.told()).isEmpty()) {
        inquiry.find(
            FindingKind.OFFER_UNKNOWN,
            List.of(touch.told()),
            "cited",
            HexFormat.of()
                .formatHex(touch.told().part().getCustodyAnswer().getOffer().toByteArray()),
            "answered_by",
            touch.signer());
      }
    }
  }

  private static boolean isOver(Inquiry inquiry, Touch offer) {
    long by = offer.told().part().getCustodyOffer().getAnswerBy();
    return inquiry.passed(by != 0 ? by : offer.at() + Thresholds.NEVER_RECEIVED.millis());
  }

  private static void unanswered(Inquiry inquiry, Touch touch) {
    CustodyOffer offer = touch.told().part().getCustodyOffer();
    Trade trade = touch.told().trade();
    String receiver = trade == null ? "" : trade.getReceiver();
    if (offer.getAnswerBy() != 0) {
      inquiry.find(
          FindingKind.OFFER_UNANSWERED,
          List.of(touch.told()),
          "offered_by",
          touch.signer(),
          "receiver",
          receiver,
          "offered_at",
          Times.text(touch.at()),
          "answer_by",
          Times.text(offer.getAnswerBy()));
    } else {
      neverReceived(inquiry, touch, receiver);
    }
  }

  private static void neverReceived(Inquiry inquiry, Touch touch, String receiver) {
    inquiry.find(
        FindingKind.SHIPPED_NEVER_RECEIVED,
        List.of(touch.told()),
        "shipped_by",
        touch.signer(),
        "receiver",
        receiver,
        "shipped_at",
        Times.text(touch.at()),
        "days_allowed",
        Long.toString(Thresholds.NEVER_RECEIVED.millis() / Times.DAY_MILLIS));
  }

  private static void answeredByContainer(Inquiry inquiry, Set<Hash> answered) {
    Set<String> read = new HashSet<>();
    for (Stay stay : inquiry.stays().of(inquiry.subject())) {
      if (read.add(stay.container())) {
        Chain chain = inquiry.evidence().chain(stay.container());
        for (Answered answer : inquiry.offers().along(chain)) {
          answered.add(answer.offer().digest());
        }
      }
    }
  }

  /**
   * Events of firms that hand nothing over by offers: shipped by one, and then nothing by another.
   */
  private static void shipments(Inquiry inquiry) {
    Touch open = null;
    for (Touch touch : inquiry.touches()) {
      TraceEvent event = touch.event();
      if (event != null
          && touch.deed() == Deed.HANDLES
          && BusinessSteps.ships(event)
          && !BusinessSteps.isSetApart(event)) {
        open = touch;
      } else if (open != null && closes(open, touch)) {
        open = null;
      }
    }
    if (open != null && inquiry.passed(open.at() + Thresholds.NEVER_RECEIVED.millis())) {
      neverReceived(inquiry, open, "");
    }
  }

  /**
   * Anything done to the goods but what is done on the way: by the other, or by whoever kept them.
   */
  private static boolean closes(Touch open, Touch touch) {
    TraceEvent event = touch.event();
    return switch (touch.deed()) {
      case SPEAKS -> event != null && event.getBusinessStep().equals("void_shipping");
      case HANDLES ->
          event != null
              && (!BusinessSteps.isUnderWay(event)
                  || (BusinessSteps.receives(event) && !touch.signer().equals(open.signer())));
      // What is offered is looked after as an offer.
      default -> true;
    };
  }

  /** 退货 cites the acceptance by which whoever returns the goods had them. */
  private static void returns(Inquiry inquiry, Touch touch, Set<String> accepted) {
    CustodyOffer offer = touch.told().part().getCustodyOffer();
    Hash cited =
        offer.getReturns().size() == Hash.SIZE
            ? Hash.of(offer.getReturns().toByteArray())
            : touch.told().digest();
    if (accepted.contains(cited + " " + touch.signer())) {
      return;
    }
    inquiry.find(
        FindingKind.RETURN_WITHOUT_ACCEPTANCE,
        List.of(touch.told()),
        "returned_by",
        touch.signer(),
        "at",
        Times.text(touch.at()));
  }

  /** Digest and signer of every acceptance of the goods, or of what they were in. */
  private static Set<String> acceptances(Inquiry inquiry) {
    Set<String> all = new HashSet<>();
    for (Answered answer : inquiry.answers()) {
      if (answer.accepted()) {
        all.add(answer.touch().told().digest() + " " + answer.touch().signer());
      }
    }
    Set<String> read = new HashSet<>();
    for (Stay stay : inquiry.stays().of(inquiry.subject())) {
      if (read.add(stay.container())) {
        for (Touch touch : inquiry.evidence().chain(stay.container()).touches()) {
          if (touch.deed() == Deed.ACCEPTS) {
            all.add(touch.told().digest() + " " + touch.signer());
          }
        }
      }
    }
    return all;
  }
}
