// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.CheckDigit;
import org.pinlian.identifier.Gtin;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Sscc;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.CustodyReason;
import org.pinlian.v1.Dispatch;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Whereabouts;

/**
 * A lot that is recalled, and what came of it: a grower's lot becomes a processor's, that another,
 * and that so many units, which are packed, re-packed by a distributor and re-packed by a shop; of
 * the boxes some are refused, some given back, sold, destroyed or sent to somebody who is not
 * enrolled. Where each unit is in the end follows from its number.
 */
final class RecallGoods {
  /** Stages in which it is told, with other records in between. */
  static final int STAGES = 7;

  static final int UNITS_MIN = 1_000;

  private static final int GROWER = 0;
  private static final int PROCESSOR = 1;
  private static final int DISTRIBUTOR = 2;
  private static final int SHOP = 3;

  private static final int BOX = 100;
  private static final int LINES_A_RECORD = 1_000;
  private static final int LINES_A_SUBMISSION = 8_000;
  private static final int RECORDS_A_SUBMISSION = 200;

  /** Shuffles the units when they are re-packed; has no divisor in common with their number. */
  private static final int STRIDE = 7_919;

  private static final String DAY = "2026-01-05";
  private static final long START = Instant.parse("2026-01-04T00:00:00Z").toEpochMilli();

  private final int number;
  private final int units;
  private final List<ParticipantId> firms;
  private final List<List<Integer>> first;
  private final List<List<Integer>> second = new ArrayList<>();
  private final List<List<Integer>> third;
  private long clock = START;
  private long told;

  /** A place where goods can be. */
  record Where(Whereabouts whereabouts, String participant) {}

  /**
   * The goods of that number.
   *
   * @param units made of them, a multiple of 1,000
   * @param firms grower, processor, distributor and shop
   */
  RecallGoods(int number, int units, List<ParticipantId> firms) {
    if (units < UNITS_MIN || units % UNITS_MIN != 0) {
      throw new IllegalArgumentException("units " + units + ", no multiple of " + UNITS_MIN);
    }
    this.number = number;
    this.units = units;
    this.firms = List.copyOf(firms);
    List<Integer> made = new ArrayList<>(units);
    List<Integer> mixed = new ArrayList<>(units);
    for (int i = 0; i < units; i++) {
      made.add(i);
      mixed.add((int) ((long) i * STRIDE % units));
    }
    this.first = boxes(made);
    second.addAll(boxes(mixed));
    List<Integer> accepted = new ArrayList<>();
    for (int box = 0; box < second.size(); box++) {
      if (!isRefused(box)) {
        accepted.addAll(second.get(box));
      }
    }
    this.third = boxes(accepted);
  }

  private static List<List<Integer>> boxes(List<Integer> units) {
    List<List<Integer>> boxes = new ArrayList<>();
    for (int from = 0; from < units.size(); from += BOX) {
      boxes.add(units.subList(from, Math.min(units.size(), from + BOX)));
    }
    return boxes;
  }

  private static boolean isRefused(int box) {
    return box % 10 == 9;
  }

  /** What becomes of a box in the shop. */
  private enum Fate {
    KEPT,
    RETURNED,
    SOLD,
    DESTROYED,
    SENT_OUTSIDE
  }

  private static Fate fate(int box) {
    return switch (box % 10) {
      case 3 -> Fate.RETURNED;
      case 5 -> Fate.SOLD;
      case 7 -> Fate.DESTROYED;
      case 8 -> Fate.SENT_OUTSIDE;
      default -> Fate.KEPT;
    };
  }

  int units() {
    return units;
  }

  /** What is recalled. */
  Subject recalled() throws IdentifierException {
    return lot(0);
  }

  /** By subject, where each is: all that a search must find, and all that it may. */
  Map<String, Where> expected() throws IdentifierException {
    Map<String, Where> expected = new TreeMap<>();
    // The first two were made into something else, of the third the units bear their own codes.
    expected.put(lot(0).uri(), where(Whereabouts.WHEREABOUTS_ENDED, PROCESSOR));
    expected.put(lot(1).uri(), where(Whereabouts.WHEREABOUTS_ENDED, PROCESSOR));
    expected.put(lot(2).uri(), where(Whereabouts.WHEREABOUTS_PARTICIPANT, PROCESSOR));
    for (int box = 0; box < second.size(); box++) {
      if (isRefused(box)) {
        put(expected, second.get(box), where(Whereabouts.WHEREABOUTS_PARTICIPANT, DISTRIBUTOR));
      }
    }
    for (int box = 0; box < third.size(); box++) {
      put(
          expected,
          third.get(box),
          switch (fate(box)) {
            case KEPT -> where(Whereabouts.WHEREABOUTS_PARTICIPANT, SHOP);
            case RETURNED -> where(Whereabouts.WHEREABOUTS_PARTICIPANT, DISTRIBUTOR);
            case SOLD -> where(Whereabouts.WHEREABOUTS_CONSUMER, SHOP);
            case DESTROYED -> where(Whereabouts.WHEREABOUTS_ENDED, SHOP);
            case SENT_OUTSIDE -> where(Whereabouts.WHEREABOUTS_OUTSIDE, SHOP);
          });
    }
    return expected;
  }

  private Where where(Whereabouts whereabouts, int firm) {
    return new Where(whereabouts, firms.get(firm).toString());
  }

  private void put(Map<String, Where> expected, List<Integer> box, Where where)
      throws IdentifierException {
    for (int unit : box) {
      expected.put(unit(unit).uri(), where);
    }
  }

  // ---- codes -----------------------------------------------------------------------------------

  private Gtin gtin() throws IdentifierException {
    String body = "0952" + "%09d".formatted(950_000 + number);
    return Gtin.parse(body + CheckDigit.gs1(body));
  }

  private Subject lot(int stage) throws IdentifierException {
    return Subject.lot(gtin(), "R" + stage);
  }

  private Subject unit(int n) throws IdentifierException {
    return Subject.unit(gtin(), "%07d".formatted(n));
  }

  /** Apart from those of {@link Workload} and {@link Stories}. */
  private Subject box(int level, int n) throws IdentifierException {
    String body = "0952%02d%02d%01d%08d".formatted(98, number, level, n);
    return Subject.sscc(Sscc.parse(body + CheckDigit.gs1(body)));
  }

  // ---- telling ---------------------------------------------------------------------------------

  /** How many records were told. */
  long told() {
    return told;
  }

  /** Tells one stage, and waits until all of it is acknowledged. */
  void tell(int stage, IntFunction<PinlianClient> clients)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    switch (stage) {
      case 0 -> lots(clients);
      case 1 -> made(clients);
      case 2 -> packed(clients, PROCESSOR, 1, first);
      case 3 -> repacked(clients, DISTRIBUTOR, PROCESSOR, 1, first, second);
      case 4 -> repacked(clients, SHOP, DISTRIBUTOR, 2, second, third);
      case 5 -> returned(clients);
      default -> ended(clients);
    }
  }

  private void lots(IntFunction<PinlianClient> clients)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    send(
        clients,
        GROWER,
        List.of(
            event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning")
                .line(LineRole.LINE_ROLE_OBJECT, lot(0))
                .trade(kilograms(1))));
    hand(clients, GROWER, PROCESSOR, List.of(lot(0)), List.of(), kilograms(1));
    for (int i = 0; i < 2; i++) {
      send(
          clients,
          PROCESSOR,
          List.of(
              event(
                      EventType.EVENT_TYPE_TRANSFORMATION,
                      EventAction.EVENT_ACTION_UNSPECIFIED,
                      "creating_class_instance")
                  .line(LineRole.LINE_ROLE_INPUT, lot(i))
                  .line(LineRole.LINE_ROLE_OUTPUT, lot(i + 1))
                  .trade(kilograms(2))));
    }
  }

  private void made(IntFunction<PinlianClient> clients)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    List<Draft> drafts = new ArrayList<>();
    for (int from = 0; from < units; from += LINES_A_RECORD) {
      Draft draft =
          event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning")
              .line(LineRole.LINE_ROLE_LOT, lot(2));
      for (int unit = from; unit < Math.min(units, from + LINES_A_RECORD); unit++) {
        draft.line(LineRole.LINE_ROLE_OBJECT, unit(unit));
      }
      drafts.add(draft);
    }
    send(clients, PROCESSOR, drafts);
  }

  private void packed(
      IntFunction<PinlianClient> clients, int firm, int level, List<List<Integer>> boxes)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    List<Draft> drafts = new ArrayList<>();
    for (int box = 0; box < boxes.size(); box++) {
      Draft draft =
          event(EventType.EVENT_TYPE_AGGREGATION, EventAction.EVENT_ACTION_ADD, "packing")
              .line(LineRole.LINE_ROLE_PARENT, box(level, box));
      for (int unit : boxes.get(box)) {
        draft.line(LineRole.LINE_ROLE_CHILD, unit(unit));
      }
      drafts.add(draft);
    }
    send(clients, firm, drafts);
  }

  /** The boxes are handed over, those accepted are emptied, and the units packed anew. */
  private void repacked(
      IntFunction<PinlianClient> clients,
      int firm,
      int giver,
      int level,
      List<List<Integer>> boxes,
      List<List<Integer>> anew)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    List<Subject> accepted = new ArrayList<>();
    List<Subject> refused = new ArrayList<>();
    for (int box = 0; box < boxes.size(); box++) {
      (level == 2 && isRefused(box) ? refused : accepted).add(box(level, box));
    }
    hand(clients, giver, firm, accepted, refused, Trade.getDefaultInstance());
    List<Draft> emptied = new ArrayList<>();
    for (Subject box : accepted) {
      emptied.add(
          event(EventType.EVENT_TYPE_AGGREGATION, EventAction.EVENT_ACTION_DELETE, "unpacking")
              .line(LineRole.LINE_ROLE_PARENT, box));
    }
    send(clients, firm, emptied);
    packed(clients, firm, level + 1, anew);
  }

  private void returned(IntFunction<PinlianClient> clients)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    List<Subject> returned = new ArrayList<>();
    for (int box = 0; box < third.size(); box++) {
      if (fate(box) == Fate.RETURNED) {
        returned.add(box(3, box));
      }
    }
    hand(clients, SHOP, DISTRIBUTOR, returned, List.of(), Trade.getDefaultInstance());
  }

  private void ended(IntFunction<PinlianClient> clients)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    List<Draft> drafts = new ArrayList<>();
    for (int box = 0; box < third.size(); box++) {
      Fate fate = fate(box);
      if (fate == Fate.KEPT || fate == Fate.RETURNED) {
        continue;
      }
      Draft draft = ending(fate);
      for (int unit : third.get(box)) {
        draft.line(LineRole.LINE_ROLE_OBJECT, unit(unit));
      }
      drafts.add(draft);
    }
    send(clients, SHOP, drafts);
  }

  private Draft ending(Fate fate) {
    return switch (fate) {
      case SOLD ->
          event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "retail_selling");
      case DESTROYED ->
          event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_DELETE, "destroying");
      case SENT_OUTSIDE ->
          Draft.of(
                  PublicPart.newBuilder()
                      .setDispatch(
                          Dispatch.newBuilder().setDispatchedOn(DAY).setProductName("竹笋(埔田)")))
              .trade(
                  Trade.newBuilder()
                      .setCounterparty(Counterparty.newBuilder().setName("示例外地批发部"))
                      .build());
      case KEPT, RETURNED -> throw new IllegalArgumentException(fate + " does not end");
    };
  }

  // ---- statements ------------------------------------------------------------------------------

  private Draft event(EventType type, EventAction action, String step) {
    return Draft.of(
        PublicPart.newBuilder()
            .setTraceEvent(
                TraceEvent.newBuilder()
                    .setType(type)
                    .setAction(action)
                    .setEventTime(clock++)
                    .setZoneOffset("+08:00")
                    .setBusinessStep(step)));
  }

  /** As many as there are units, of each of the first lines. */
  private Trade kilograms(int lines) {
    Trade.Builder trade = Trade.newBuilder();
    for (int line = 0; line < lines; line++) {
      trade.addQuantities(Quantity.newBuilder().setLine(line).setUnscaled(units).setUnit("KGM"));
    }
    return trade.build();
  }

  private void hand(
      IntFunction<PinlianClient> clients,
      int from,
      int to,
      List<Subject> accepted,
      List<Subject> refused,
      Trade trade)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    List<Subject> all = new ArrayList<>(accepted);
    all.addAll(refused);
    for (int first = 0; first < all.size(); first += BOX) {
      List<Subject> some = all.subList(first, Math.min(all.size(), first + BOX));
      Draft offer =
          Draft.of(
                  PublicPart.newBuilder()
                      .setCustodyOffer(
                          CustodyOffer.newBuilder()
                              .setOfferedAt(clock++)
                              .setTemperatureClass(
                                  TemperatureClass.TEMPERATURE_CLASS_FRESH_PRODUCE)))
              .trade(trade.toBuilder().setReceiver(firms.get(to).toString()).build());
      some.forEach(goods -> offer.line(LineRole.LINE_ROLE_OBJECT, goods));
      told++;
      SignedSubmission offered = clients.apply(from).sign(List.of(offer));
      long index = clients.apply(from).submit(offered).index();
      CustodyAnswer.Builder answers =
          CustodyAnswer.newBuilder()
              .setOffer(ByteString.copyFrom(offered.digests().get(0).bytes()))
              .setAnsweredAt(clock++);
      for (int line = 0; line < some.size(); line++) {
        LineAnswer.Builder answer =
            LineAnswer.newBuilder()
                .setLine(line)
                .setOfferLine(line)
                .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED);
        if (first + line >= accepted.size()) {
          answer
              .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_REFUSED)
              .setReason(CustodyReason.CUSTODY_REASON_QUANTITY);
        }
        answers.addAnswers(answer);
      }
      Draft answer =
          Draft.of(PublicPart.newBuilder().setCustodyAnswer(answers))
              .line(LineRole.LINE_ROLE_RECORD, Subject.record(index, 0));
      some.forEach(goods -> answer.line(LineRole.LINE_ROLE_OBJECT, goods));
      send(clients, to, List.of(answer));
    }
  }

  private void send(IntFunction<PinlianClient> clients, int firm, List<Draft> drafts)
      throws RefusedException, UnreachableException, VerificationException {
    told += drafts.size();
    List<Draft> some = new ArrayList<>();
    int lines = 0;
    for (Draft draft : drafts) {
      some.add(draft);
      lines += draft.lineCount();
      if (lines >= LINES_A_SUBMISSION || some.size() == RECORDS_A_SUBMISSION) {
        var _ = clients.apply(firm).submit(some);
        some = new ArrayList<>();
        lines = 0;
      }
    }
    if (!some.isEmpty()) {
      var _ = clients.apply(firm).submit(some);
    }
  }
}
