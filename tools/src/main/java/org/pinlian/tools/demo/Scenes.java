// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.v1.Area;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.CustodyReason;
import org.pinlian.v1.Document;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Place;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/** What happens in more than one story. */
final class Scenes {
  /** Dates are China Standard Time throughout (record.proto). */
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  private Scenes() {}

  static LocalDate date(Instant instant) {
    return LocalDate.ofInstant(instant, CHINA);
  }

  static Quantity quantity(int line, long whole, String unit) {
    return Quantity.newBuilder().setLine(line).setUnscaled(whole).setUnit(unit).build();
  }

  /** The county and the role: all that the public may know of where. */
  static Area area(Actor actor) {
    return Area.newBuilder().setRegion(Actor.REGION).setRole(actor.role()).build();
  }

  static TraceEvent.Builder event(
      EventType type, EventAction action, Actor at, Instant time, String step, String disposition) {
    return TraceEvent.newBuilder()
        .setType(type)
        .setAction(action)
        .setEventTime(time.toEpochMilli())
        .setZoneOffset("+08:00")
        .setBusinessStep(step)
        .setDisposition(disposition)
        .setReadPoint(area(at));
  }

  static Draft of(TraceEvent.Builder event) {
    return Draft.of(PublicPart.newBuilder().setTraceEvent(event));
  }

  static Draft place(Actor actor, Subject location, String name, String address) {
    return Draft.of(
            PublicPart.newBuilder().setPlace(Place.newBuilder().setName(name).setArea(area(actor))))
        .line(LineRole.LINE_ROLE_PLACE, location)
        .trade(Trade.newBuilder().setAddress(address).build());
  }

  /** An offer of one thing. The rest of the trade section is the caller's. */
  static Draft offer(
      CustodyOffer.Builder offer, Subject goods, Actor receiver, Trade.Builder more) {
    return Draft.of(PublicPart.newBuilder().setCustodyOffer(offer))
        .line(LineRole.LINE_ROLE_OBJECT, goods)
        .trade(more.setReceiver(receiver.id().toString()).build());
  }

  /** The answer to an offer of one thing. */
  static Draft answer(
      Stage.Filed offer, Subject goods, Instant at, CustodyReason refusedFor, Trade.Builder trade) {
    CustodyAnswer.Builder answer = answer(offer, at).addAnswers(line(0, refusedFor));
    return Draft.of(PublicPart.newBuilder().setCustodyAnswer(answer))
        .line(LineRole.LINE_ROLE_OBJECT, goods)
        .line(LineRole.LINE_ROLE_RECORD, offer.record(0))
        .trade(trade.build());
  }

  /** A load accepted whole: what lies on a carrier, and the carrier. */
  static Draft acceptLoad(Stage.Filed offer, List<Subject> goods, Subject carrier, Instant at) {
    CustodyAnswer.Builder answer = answer(offer, at);
    for (int line = 0; line <= goods.size(); line++) {
      answer.addAnswers(line(line, CustodyReason.CUSTODY_REASON_UNSPECIFIED));
    }
    Draft draft = Draft.of(PublicPart.newBuilder().setCustodyAnswer(answer));
    goods.forEach(subject -> draft.line(LineRole.LINE_ROLE_OBJECT, subject));
    return draft
        .line(LineRole.LINE_ROLE_PARENT, carrier)
        .line(LineRole.LINE_ROLE_RECORD, offer.record(0));
  }

  private static CustodyAnswer.Builder answer(Stage.Filed offer, Instant at) {
    return CustodyAnswer.newBuilder()
        .setOffer(bytes(offer.digests().get(0)))
        .setAnsweredAt(at.toEpochMilli());
  }

  /** Offer and answer name the goods in the same order. */
  private static LineAnswer.Builder line(int number, CustodyReason refusedFor) {
    LineAnswer.Builder answer = LineAnswer.newBuilder().setLine(number).setOfferLine(number);
    return refusedFor == CustodyReason.CUSTODY_REASON_UNSPECIFIED
        ? answer.setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED)
        : answer.setOutcome(CustodyOutcome.CUSTODY_OUTCOME_REFUSED).setReason(refusedFor);
  }

  /** Puts goods into a container, or takes them out. */
  static Draft pack(
      Actor actor, EventAction action, Instant at, Subject container, List<Subject> goods) {
    boolean in = action == EventAction.EVENT_ACTION_ADD;
    Draft draft =
        of(
            event(
                EventType.EVENT_TYPE_AGGREGATION,
                action,
                actor,
                at,
                in ? "packing" : "unpacking",
                "in_progress"));
    draft.line(LineRole.LINE_ROLE_PARENT, container);
    goods.forEach(subject -> draft.line(LineRole.LINE_ROLE_CHILD, subject));
    return draft;
  }

  /** Who drove what: a person's, so it can be erased under law. */
  static Document driver(Secrets secrets, String name, String licence, String plate) {
    String text =
        String.join(
            "\n",
            List.of(
                "驾驶员: " + secrets.of(name),
                "驾驶证号: " + secrets.of(licence),
                "车牌: " + secrets.of(plate)));
    return Document.newBuilder()
        .setMediaType("text/plain; charset=utf-8")
        .setName("承运人员")
        .setContent(ByteString.copyFrom(text, StandardCharsets.UTF_8))
        .build();
  }

  private static ByteString bytes(Hash hash) {
    return ByteString.copyFrom(hash.bytes());
  }
}
