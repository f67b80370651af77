// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import com.google.protobuf.ByteString;
import java.util.List;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/** Statements about goods, as the tests of this package draft them. */
final class Goods {
  static final long WHEN = 1_780_000_000_000L;

  private Goods() {}

  static Subject lot(String name) {
    return TestLedger.subject("urn:pinlian:lot:" + TestLedger.PRODUCER + ":" + name);
  }

  /** A logistic unit: a thousand numbers exist. */
  static Subject pallet(int number) {
    String body = "09520000000000" + "%03d".formatted(number);
    return TestLedger.subject("https://id.gs1.org/00/" + body + checkDigit(body));
  }

  private static int checkDigit(String body) {
    int sum = 0;
    for (int i = 0; i < body.length(); i++) {
      int digit = body.charAt(body.length() - 1 - i) - '0';
      sum += i % 2 == 0 ? 3 * digit : digit;
    }
    return (10 - sum % 10) % 10;
  }

  /** Seen, with a quantity in a restricted section. */
  static Draft event(String lot) {
    return of(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE)
        .line(LineRole.LINE_ROLE_OBJECT, lot(lot))
        .trade(
            Trade.newBuilder()
                .addQuantities(Quantity.newBuilder().setUnscaled(1200).setUnit("KGM"))
                .build());
  }

  static Draft pack(Subject container, Subject... goods) {
    return aggregation(EventAction.EVENT_ACTION_ADD, container, goods);
  }

  /** Without goods: all that is inside. */
  static Draft unpack(Subject container, Subject... goods) {
    return aggregation(EventAction.EVENT_ACTION_DELETE, container, goods);
  }

  private static Draft aggregation(EventAction action, Subject container, Subject... goods) {
    Draft draft =
        of(EventType.EVENT_TYPE_AGGREGATION, action).line(LineRole.LINE_ROLE_PARENT, container);
    for (Subject each : goods) {
      draft.line(LineRole.LINE_ROLE_CHILD, each);
    }
    return draft;
  }

  static Draft seen(Subject goods) {
    return of(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE)
        .line(LineRole.LINE_ROLE_OBJECT, goods);
  }

  static Draft transform(List<Subject> inputs, List<Subject> outputs) {
    Draft draft = of(EventType.EVENT_TYPE_TRANSFORMATION, EventAction.EVENT_ACTION_UNSPECIFIED);
    inputs.forEach(input -> draft.line(LineRole.LINE_ROLE_INPUT, input));
    outputs.forEach(output -> draft.line(LineRole.LINE_ROLE_OUTPUT, output));
    return draft;
  }

  static Draft offer(ParticipantId receiver, Subject goods) {
    return Draft.of(
            PublicPart.newBuilder()
                .setCustodyOffer(
                    CustodyOffer.newBuilder()
                        .setOfferedAt(WHEN)
                        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)))
        .line(LineRole.LINE_ROLE_OBJECT, goods)
        .trade(Trade.newBuilder().setReceiver(receiver.toString()).build());
  }

  /**
   * @param index of the offer's entry
   */
  static Draft acceptance(SignedSubmission offer, long index, Subject goods) {
    return Draft.of(
            PublicPart.newBuilder()
                .setCustodyAnswer(
                    CustodyAnswer.newBuilder()
                        .setOffer(ByteString.copyFrom(offer.digests().get(0).bytes()))
                        .setAnsweredAt(WHEN)
                        .addAnswers(
                            LineAnswer.newBuilder()
                                .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED))))
        .line(LineRole.LINE_ROLE_OBJECT, goods)
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(index, 0));
  }

  private static Draft of(EventType type, EventAction action) {
    return Draft.of(
        PublicPart.newBuilder()
            .setTraceEvent(
                TraceEvent.newBuilder()
                    .setType(type)
                    .setAction(action)
                    .setEventTime(WHEN)
                    .setZoneOffset("+08:00")));
  }
}
