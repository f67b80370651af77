// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;
import static org.pinlian.node.TestLedger.SECOND_AUTHORITY;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.CheckpointVerifier;
import org.pinlian.dossier.FoundHolders;
import org.pinlian.dossier.FoundHolders.Held;
import org.pinlian.dossier.HoldersReader;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.CustodyReason;
import org.pinlian.v1.Dispatch;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.FindHoldersReply;
import org.pinlian.v1.FindHoldersRequest;
import org.pinlian.v1.HeldSubject;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.Role;
import org.pinlian.v1.SameGoods;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/** Who has what came of some goods, and who is told. */
class FindHoldersTest {
  private static final Subject PEAS = Goods.lot("PEAS");
  private static final Subject SOUP = Goods.lot("SOUP");
  private static final Subject BOX = Goods.pallet(1);
  private static final ParticipantId CANTEEN = TestLedger.participant("uscc:93000000MA00000669");
  private static final ParticipantId ELSEWHERE = TestLedger.participant("gln:9520000000011");

  /** Its last instant is after everything that is told here: WHEN is some hours before. */
  private static final String DAY = "2026-05-29";

  private static final String AT = "PARTICIPANT ";

  @TempDir static Path sharedTemp;
  private static TestLedger shared;

  @TempDir Path temp;
  private TestLedger ledger;
  private int steps;

  @SuppressWarnings("NullAway.Init")
  FindHoldersTest() {}

  @BeforeAll
  static void make() {
    shared = TestLedger.create(sharedTemp.resolve("data"));
    shared.enrol(PRODUCER, Role.ROLE_PRODUCER);
    shared.enrol(RECEIVER, Role.ROLE_COLLECTOR);
    shared.enrol(CANTEEN, Role.ROLE_CANTEEN);
    shared.enrolIn("000100", ELSEWHERE, Role.ROLE_PROCESSOR);
    shared.stop();
  }

  @BeforeEach
  void copy() {
    ledger = shared.copiedTo(temp.resolve("data"));
    ledger.start();
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  // ---- telling ---------------------------------------------------------------------------------

  private static Subject unit(int n) {
    return TestLedger.subject("https://id.gs1.org/01/09520000000011/21/U" + n);
  }

  private void state(ParticipantId signer, Draft draft) {
    var _ = ledger.submit(signer, draft);
  }

  private Draft event(EventType type, EventAction action, String step) {
    return Draft.of(
        PublicPart.newBuilder()
            .setTraceEvent(
                TraceEvent.newBuilder()
                    .setType(type)
                    .setAction(action)
                    .setBusinessStep(step)
                    .setEventTime(Goods.WHEN + 1_000L * steps++)
                    .setZoneOffset("+08:00")));
  }

  private void make(ParticipantId signer, Subject goods, long amount) {
    state(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning")
            .line(LineRole.LINE_ROLE_OBJECT, goods)
            .trade(kilograms(amount)));
  }

  private static Trade kilograms(long amount) {
    return Trade.newBuilder()
        .addQuantities(Quantity.newBuilder().setUnscaled(amount).setUnit("KGM"))
        .build();
  }

  private void pack(ParticipantId signer, Subject container, Subject... goods) {
    Draft draft =
        event(EventType.EVENT_TYPE_AGGREGATION, EventAction.EVENT_ACTION_ADD, "packing")
            .line(LineRole.LINE_ROLE_PARENT, container);
    for (Subject each : goods) {
      draft.line(LineRole.LINE_ROLE_CHILD, each);
    }
    state(signer, draft);
  }

  private void transform(ParticipantId signer, Subject in, long amount, Subject out, long made) {
    state(
        signer,
        event(
                EventType.EVENT_TYPE_TRANSFORMATION,
                EventAction.EVENT_ACTION_UNSPECIFIED,
                "creating_class_instance")
            .line(LineRole.LINE_ROLE_INPUT, in)
            .line(LineRole.LINE_ROLE_OUTPUT, out)
            .trade(
                Trade.newBuilder()
                    .addQuantities(Quantity.newBuilder().setUnscaled(amount).setUnit("KGM"))
                    .addQuantities(
                        Quantity.newBuilder().setLine(1).setUnscaled(made).setUnit("KGM"))
                    .build()));
  }

  private void makeUnits(ParticipantId signer, Subject of, Subject... units) {
    Draft draft =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning")
            .line(LineRole.LINE_ROLE_LOT, of);
    for (Subject unit : units) {
      draft.line(LineRole.LINE_ROLE_OBJECT, unit);
    }
    state(signer, draft);
  }

  private void unpack(ParticipantId signer, Subject container, Subject... goods) {
    Draft draft =
        event(EventType.EVENT_TYPE_AGGREGATION, EventAction.EVENT_ACTION_DELETE, "unpacking")
            .line(LineRole.LINE_ROLE_PARENT, container);
    for (Subject each : goods) {
      draft.line(LineRole.LINE_ROLE_CHILD, each);
    }
    state(signer, draft);
  }

  private void sell(ParticipantId signer, Subject goods, long amount) {
    state(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "retail_selling")
            .line(LineRole.LINE_ROLE_OBJECT, goods)
            .trade(kilograms(amount)));
  }

  private void destroy(ParticipantId signer, Subject goods, long amount) {
    state(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_DELETE, "destroying")
            .line(LineRole.LINE_ROLE_OBJECT, goods)
            .trade(kilograms(amount)));
  }

  private void hand(ParticipantId from, ParticipantId to, Subject goods, long amount) {
    answer(from, to, goods, amount, amount);
  }

  /** Of what is offered so much is accepted; nothing of it: it is refused. */
  private void answer(
      ParticipantId from, ParticipantId to, Subject goods, long offered, long accepted) {
    SignedSubmission offer =
        ledger.sign(
            from,
            Draft.of(
                    PublicPart.newBuilder()
                        .setCustodyOffer(
                            CustodyOffer.newBuilder()
                                .setOfferedAt(Goods.WHEN + 1_000L * steps++)
                                .setTemperatureClass(
                                    TemperatureClass.TEMPERATURE_CLASS_FRESH_PRODUCE)))
                .line(LineRole.LINE_ROLE_OBJECT, goods)
                .trade(kilograms(offered).toBuilder().setReceiver(to.toString()).build()));
    long index = ledger.submit(offer).index();
    LineAnswer.Builder answer =
        accepted == 0
            ? LineAnswer.newBuilder()
                .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_REFUSED)
                .setReason(CustodyReason.CUSTODY_REASON_QUANTITY)
            : LineAnswer.newBuilder().setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED);
    Draft answered =
        Draft.of(
                PublicPart.newBuilder()
                    .setCustodyAnswer(
                        CustodyAnswer.newBuilder()
                            .setOffer(ByteString.copyFrom(offer.digests().get(0).bytes()))
                            .setAnsweredAt(Goods.WHEN + 1_000L * steps++)
                            .addAnswers(answer)))
            .line(LineRole.LINE_ROLE_OBJECT, goods)
            .line(LineRole.LINE_ROLE_RECORD, Subject.record(index, 0));
    if (accepted != offered && accepted != 0) {
      answered.trade(kilograms(accepted));
    }
    state(to, answered);
  }

  private void dispatch(ParticipantId signer, Subject goods, long amount) {
    // A dispatch has a day, which ends after all that is told here.
    state(
        signer,
        Draft.of(
                PublicPart.newBuilder()
                    .setDispatch(Dispatch.newBuilder().setDispatchedOn(DAY).setProductName("豌豆")))
            .line(LineRole.LINE_ROLE_OBJECT, goods)
            .trade(
                kilograms(amount).toBuilder()
                    .setCounterparty(Counterparty.newBuilder().setName("示例外地批发部"))
                    .build()));
  }

  // ---- asking ----------------------------------------------------------------------------------

  private List<FindHoldersReply> replies(ParticipantId reader, FindHoldersRequest.Builder request) {
    Iterator<FindHoldersReply> replies =
        ProvenanceGrpc.newBlockingStub(ledger.as(reader)).findHolders(request.build());
    List<FindHoldersReply> list = new ArrayList<>();
    replies.forEachRemaining(list::add);
    return list;
  }

  private FoundHolders read(List<FindHoldersReply> replies) {
    return read(ledger.policy(), replies);
  }

  private static FoundHolders read(TrustPolicy policy, List<FindHoldersReply> replies) {
    HoldersReader reader = new HoldersReader(new CheckpointVerifier(policy));
    try {
      for (FindHoldersReply reply : replies) {
        reader.accept(reply);
      }
      return reader.finish();
    } catch (VerificationException e) {
      throw new AssertionError(e);
    }
  }

  private FindHoldersRequest.Builder of(Subject subject) {
    return FindHoldersRequest.newBuilder().setSubject(subject.uri());
  }

  private FoundHolders found(ParticipantId reader, Subject subject) {
    FindHoldersRequest.Builder request = of(subject);
    if (reader.equals(AUTHORITY) || reader.equals(SECOND_AUTHORITY)) {
      request.setLookUp(ledger.lookUp(reader, subject.uri()));
    }
    return read(replies(reader, request));
  }

  /** By subject, whoever has it or had it last, and how much. */
  private static Map<String, Set<String>> bySubject(FoundHolders found) {
    Map<String, Set<String>> bySubject = new TreeMap<>();
    for (Held held : found.held()) {
      for (HeldSubject subject : held.subjects()) {
        StringBuilder where =
            new StringBuilder(held.whereabouts().name().substring("WHEREABOUTS_".length()))
                .append(' ')
                .append(held.participant());
        subject
            .getLeftList()
            .forEach(left ->
                where.append(' ').append(left.getAmount()).append(' ').append(left.getUnit()));
        bySubject
            .computeIfAbsent(subject.getSubject(), _ -> new TreeSet<>())
            .add(where + (subject.getUnstated() ? " some" : ""));
      }
    }
    return bySubject;
  }

  private static Set<String> set(String... values) {
    return new TreeSet<>(List.of(values));
  }

  private Status.Code refused(ParticipantId reader, FindHoldersRequest.Builder request) {
    return assertThrows(StatusRuntimeException.class, () -> replies(reader, request))
        .getStatus()
        .getCode();
  }

  // ---- who has it ------------------------------------------------------------------------------

  @Test
  void whatCameOfALotIsFoundWithWhoeverHasItNow() {
    make(PRODUCER, PEAS, 1000);
    hand(PRODUCER, RECEIVER, PEAS, 400);
    transform(RECEIVER, PEAS, 300, SOUP, 500);
    hand(RECEIVER, CANTEEN, SOUP, 200);
    makeUnits(CANTEEN, SOUP, unit(1), unit(2), unit(3), unit(4));
    pack(CANTEEN, BOX, unit(1), unit(2));
    hand(CANTEEN, PRODUCER, BOX, 1);
    sell(PRODUCER, unit(2), 1);
    destroy(CANTEEN, unit(4), 1);
    dispatch(RECEIVER, SOUP, 50);

    FoundHolders found = found(AUTHORITY, PEAS);

    assertEquals(
        Map.of(
            PEAS.uri(),
            set(
                AT + PRODUCER + " 600 KGM",
                AT + RECEIVER + " 100 KGM",
                "ENDED " + RECEIVER + " 300 KGM"),
            SOUP.uri(),
            set(
                AT + RECEIVER + " 250 KGM",
                AT + CANTEEN + " 200 KGM",
                "OUTSIDE " + RECEIVER + " 50 KGM"),
            unit(1).uri(),
            set(AT + PRODUCER),
            unit(2).uri(),
            set("CONSUMER " + PRODUCER),
            unit(3).uri(),
            set(AT + CANTEEN),
            unit(4).uri(),
            set("ENDED " + CANTEEN)),
        bySubject(found));
    assertEquals(6, found.subjects());
    assertEquals(List.of(), found.cutBy());
  }

  @Test
  void theOperatorFindsTheSameInTheFolder() {
    make(PRODUCER, PEAS, 1000);
    hand(PRODUCER, RECEIVER, PEAS, 400);
    transform(RECEIVER, PEAS, 300, SOUP, 500);
    FoundHolders online = found(AUTHORITY, PEAS);
    TrustPolicy policy = ledger.policy();
    ledger.stop();
    try (ReadOnlyNode reading = ReadOnlyNode.open(ledger.data())) {
      List<FindHoldersReply> list = new ArrayList<>();
      ProvenanceGrpc.newBlockingStub(reading.channel())
          .findHolders(of(PEAS).build())
          .forEachRemaining(list::add);
      assertEquals(bySubject(online), bySubject(read(policy, list)));
    }
  }

  @Test
  void otherCodesOfTheSameGoodsAreFollowed() {
    make(PRODUCER, PEAS, 1000);
    Subject other = TestLedger.subject("https://id.gs1.org/01/09520000000011/10/P7");
    state(
        PRODUCER,
        Draft.of(PublicPart.newBuilder().setSameGoods(SameGoods.newBuilder().setReason("换标")))
            .line(LineRole.LINE_ROLE_OBJECT, PEAS)
            .line(LineRole.LINE_ROLE_ALIAS, other));
    make(PRODUCER, other, 10);
    hand(PRODUCER, RECEIVER, other, 10);
    assertEquals(
        set(AT + RECEIVER + " 10 KGM"), bySubject(found(AUTHORITY, PEAS)).get(other.uri()));
  }

  // ---- histories at random ---------------------------------------------------------------------

  /** What is really so, as the hands that do it know. */
  private final class World {
    private final List<ParticipantId> firms = List.of(PRODUCER, RECEIVER, CANTEEN);
    private final SplittableRandom random = Seeds.random(FindHoldersTest.class);
    private final Map<Subject, Map<ParticipantId, Long>> lots = new LinkedHashMap<>();
    private final Map<Subject, Map<String, Long>> gone = new LinkedHashMap<>();
    private final Map<Subject, String> units = new LinkedHashMap<>();
    private final Map<Subject, Subject> inside = new LinkedHashMap<>();
    private final Map<Subject, ParticipantId> boxes = new LinkedHashMap<>();

    World() {
      lots.put(PEAS, new LinkedHashMap<>(Map.of(PRODUCER, 1_000L)));
      make(PRODUCER, PEAS, 1_000);
      // Of no concern to the peas.
      make(PRODUCER, SOUP, 5);
      makeUnits(PRODUCER, SOUP, unit(9_000));
    }

    private <T> T any(List<T> some) {
      return some.get(random.nextInt(some.size()));
    }

    private ParticipantId other(ParticipantId than) {
      ParticipantId one = any(firms);
      return one.equals(than) ? other(than) : one;
    }

    private List<Subject> loose(ParticipantId holder) {
      return units.keySet().stream()
          .filter(unit -> (AT + holder).equals(units.get(unit)) && !inside.containsKey(unit))
          .toList();
    }

    private void step(int n) {
      Subject lot = any(List.copyOf(lots.keySet()));
      Map<ParticipantId, Long> held = requireNonNull(lots.get(lot));
      ParticipantId from = any(List.copyOf(held.keySet()));
      long has = held.getOrDefault(from, 0L);
      Subject box = Goods.pallet(100 + random.nextInt(4));
      ParticipantId packer = boxes.getOrDefault(box, any(firms));
      switch (random.nextInt(9)) {
        case 0 -> {
          if (has > 1) {
            long used = 1 + random.nextLong(has - 1);
            Subject made = lotOf(n);
            transform(from, lot, used, made, 2 * used);
            held.merge(from, -used, Long::sum);
            out(lot, "ENDED " + from, used);
            lots.put(made, new LinkedHashMap<>(Map.of(from, 2 * used)));
          }
        }
        case 1 -> {
          List<Subject> made = List.of(unit(10 * n), unit(10 * n + 1), unit(10 * n + 2));
          makeUnits(from, lot, made.toArray(Subject[]::new));
          made.forEach(unit -> units.put(unit, AT + from));
        }
        case 2 -> handLot(lot, held, from, has);
        case 3 -> {
          if (has > 0) {
            long sold = 1 + random.nextLong(has);
            sell(from, lot, sold);
            held.merge(from, -sold, Long::sum);
            out(lot, "CONSUMER " + from, sold);
          }
        }
        case 4, 5 -> {
          List<Subject> some = loose(packer);
          if (!some.isEmpty()) {
            List<Subject> packed = some.subList(0, 1 + random.nextInt(some.size()));
            pack(packer, box, packed.toArray(Subject[]::new));
            boxes.put(box, packer);
            packed.forEach(unit -> inside.put(unit, box));
          }
        }
        case 6 -> {
          if (boxes.containsKey(box)) {
            unpack(packer, box);
            inside.values().removeIf(box::equals);
          }
        }
        case 7 -> {
          if (boxes.containsKey(box)) {
            ParticipantId to = other(packer);
            boolean accepted = random.nextInt(4) > 0;
            answer(packer, to, box, 1, accepted ? 1 : 0);
            if (accepted) {
              boxes.put(box, to);
              inside.forEach((unit, in) -> {
                if (in.equals(box)) {
                  units.put(unit, AT + to);
                }
              });
            }
          }
        }
        default -> {
          List<Subject> some = loose(from);
          if (!some.isEmpty()) {
            endOne(from, any(some));
          }
        }
      }
    }

    private void handLot(Subject lot, Map<ParticipantId, Long> held, ParticipantId from, long has) {
      if (has > 0) {
        long offered = 1 + random.nextLong(has);
        long accepted = random.nextLong(offered + 1);
        ParticipantId to = other(from);
        answer(from, to, lot, offered, accepted);
        held.merge(from, -accepted, Long::sum);
        held.merge(to, accepted, Long::sum);
      }
    }

    private void endOne(ParticipantId holder, Subject unit) {
      switch (random.nextInt(3)) {
        case 0 -> {
          sell(holder, unit, 1);
          units.put(unit, "CONSUMER " + holder);
        }
        case 1 -> {
          destroy(holder, unit, 1);
          units.put(unit, "ENDED " + holder);
        }
        default -> {
          ParticipantId to = other(holder);
          hand(holder, to, unit, 1);
          units.put(unit, AT + to);
        }
      }
    }

    private void out(Subject lot, String where, long amount) {
      gone.computeIfAbsent(lot, _ -> new LinkedHashMap<>()).merge(where, amount, Long::sum);
    }

    private Subject lotOf(int n) {
      return TestLedger.subject("https://id.gs1.org/01/09520000000011/10/T" + n);
    }

    Map<String, Set<String>> truth() {
      Map<String, Set<String>> truth = new TreeMap<>();
      units.forEach((unit, where) -> truth.put(unit.uri(), set(where)));
      lots.forEach((lot, held) -> {
        Set<String> where = new TreeSet<>();
        held.forEach((firm, amount) -> {
          if (amount > 0) {
            where.add(AT + firm + " " + amount + " KGM");
          }
        });
        gone.getOrDefault(lot, Map.of())
            .forEach((firm, amount) -> where.add(firm + " " + amount + " KGM"));
        truth.put(lot.uri(), where);
      });
      return truth;
    }
  }

  /** Transformed, split, packed and packed again, refused, taken in part, given back. */
  @RepeatedTest(4)
  void theHoldersFoundAreThoseThatThereReallyAre() {
    World world = new World();
    for (int n = 1; n <= 60; n++) {
      world.step(n);
    }
    FoundHolders found = found(AUTHORITY, PEAS);
    assertEquals(world.truth(), bySubject(found));
    assertEquals(List.of(), found.cutBy());
  }

  // ---- who is told -----------------------------------------------------------------------------

  @Test
  void aCompetitorSeesNothing() {
    make(PRODUCER, PEAS, 1000);
    hand(PRODUCER, RECEIVER, PEAS, 400);
    FoundHolders found = found(CANTEEN, PEAS);
    assertEquals(List.of(), found.held());
    assertEquals(List.of("not visible to this reader"), found.cutBy());
    assertEquals(0, found.records());
    // Nor by saying something of it.
    state(
        CANTEEN,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "storing")
            .line(LineRole.LINE_ROLE_OBJECT, PEAS));
    assertEquals(Map.of(PEAS.uri(), set("UNKNOWN ")), bySubject(found(CANTEEN, PEAS)));
    // An authority that did not say that it looks is told no more.
    assertEquals(List.of(), read(replies(AUTHORITY, of(PEAS))).held());
  }

  @Test
  void theMakerFindsWhoAcceptedWhatItOfferedAndNobodyBeyond() {
    make(PRODUCER, PEAS, 1000);
    hand(PRODUCER, RECEIVER, PEAS, 400);
    hand(RECEIVER, CANTEEN, PEAS, 100);
    FoundHolders found = found(PRODUCER, PEAS);
    assertEquals(
        Map.of(PEAS.uri(), set(AT + PRODUCER + " 600 KGM", AT + RECEIVER + " 400 KGM")),
        bySubject(found));
    assertEquals(List.of("not visible to this reader"), found.cutBy());
    assertEquals(
        // How much was offered is the other's to tell.
        Map.of(PEAS.uri(), set(AT + CANTEEN + " some")), bySubject(found(CANTEEN, PEAS)));
  }

  @Test
  void anAuthorityFindsWhoAcceptedFromItsFirmsAndNotWhatOthersMadeOfIt() {
    make(PRODUCER, PEAS, 1000);
    hand(PRODUCER, ELSEWHERE, PEAS, 400);
    transform(ELSEWHERE, PEAS, 300, SOUP, 500);
    for (ParticipantId authority : List.of(AUTHORITY, SECOND_AUTHORITY)) {
      FoundHolders found = found(authority, PEAS);
      assertEquals(
          Map.of(PEAS.uri(), set(AT + PRODUCER + " 600 KGM", AT + ELSEWHERE + " 400 KGM")),
          bySubject(found));
      assertEquals(List.of("not visible to this reader"), found.cutBy());
    }
  }

  // ---- limits ----------------------------------------------------------------------------------

  @Test
  void theLimitOfSubjectsCutsTheSearchAndIsNamed() {
    make(PRODUCER, PEAS, 1000);
    Subject[] units = new Subject[600];
    for (int i = 0; i < units.length; i++) {
      units[i] = unit(i);
    }
    makeUnits(PRODUCER, PEAS, units);
    FindHoldersRequest.Builder request =
        of(PEAS).setLookUp(ledger.lookUp(AUTHORITY, PEAS.uri())).setMaxSubjects(600);
    FoundHolders cut = read(replies(AUTHORITY, request));
    assertEquals(List.of("max_subjects"), cut.cutBy());
    assertEquals(600, cut.subjects());
    FoundHolders whole = read(replies(AUTHORITY, request.setMaxSubjects(601)));
    assertEquals(List.of(), whole.cutBy());
    assertEquals(601, whole.subjects());
    assertEquals(601, bySubject(whole).size());
    assertEquals(2, whole.records());
  }

  @Test
  void goodsOfOneHolderFillSeveralMessages() {
    make(PRODUCER, PEAS, 1000);
    Subject[] units = new Subject[2_500];
    for (int i = 0; i < units.length; i++) {
      units[i] = unit(i);
    }
    makeUnits(PRODUCER, PEAS, units);
    List<FindHoldersReply> replies =
        replies(AUTHORITY, of(PEAS).setLookUp(ledger.lookUp(AUTHORITY, PEAS.uri())));
    assertEquals(5, replies.size());
    assertEquals(1_000, replies.get(1).getHeld().getSubjectsCount());
    assertEquals(1, read(replies).held().size());
  }

  @Test
  void whatIsNoQuestionGetsNoAnswer() {
    make(PRODUCER, PEAS, 1000);
    assertEquals(Status.Code.NOT_FOUND, refused(PRODUCER, of(SOUP)));
    assertEquals(
        Status.Code.INVALID_ARGUMENT, refused(PRODUCER, of(PEAS).setMaxSubjects(1_000_001)));
    assertEquals(Status.Code.INVALID_ARGUMENT, refused(PRODUCER, of(PEAS).setMaxSubjects(-1)));
    assertEquals(
        Status.Code.INVALID_ARGUMENT,
        refused(PRODUCER, FindHoldersRequest.newBuilder().setSubject("peas")));
    RecordAt another = ledger.lookUp(AUTHORITY, SOUP.uri());
    assertEquals(Status.Code.PERMISSION_DENIED, refused(AUTHORITY, of(PEAS).setLookUp(another)));
    StatusRuntimeException anonymous =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                ProvenanceGrpc.newBlockingStub(ledger.node().channel())
                    .findHolders(of(PEAS).build())
                    .hasNext());
    assertTrue(
        List.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED)
            .contains(anonymous.getStatus().getCode()));
  }
}
