// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Approval;
import org.pinlian.v1.Area;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Voiding;

/**
 * Statements for tests, and where the evaluation asks for related ones. Each is an hour after the
 * one before and known at once, unless a test says otherwise.
 */
final class Tellings implements Related {
  static final String BUREAU = "uscc:91000000MA00000157";
  static final String OTHER_BUREAU = "gln:9520000000011";
  static final String FARM = "uscc:91000000MA00000232";
  static final String MARKET = "uscc:91000000MA0000031W";
  static final String COLLECTOR = "farmer:collector";
  static final String CARRIER = "farmer:carrier";
  static final String SHOP = "farmer:shop";
  static final String CLINIC = "farmer:clinic";
  static final String LOGGER = "device:T301-7";

  static final String CLASS = "https://id.gs1.org/01/09520000000011";
  static final String LOT = CLASS + "/10/IF2601";
  static final String OTHER_LOT = CLASS + "/10/IF2602";
  static final String UNIT = CLASS + "/21/U1";
  static final String OTHER_UNIT = CLASS + "/21/U2";
  static final String BOX = "https://id.gs1.org/00/095200000000000028";
  static final String PALLET = "https://id.gs1.org/00/095200000000000011";

  static final long HOUR = 60L * 60 * 1000;
  static final long DAY = 24 * HOUR;

  /** Noon of 2026-03-02 in China. */
  static final long START = Times.startOf(LocalDate.parse("2026-03-02")) + 12 * HOUR;

  static final Map<String, Set<Role>> ROLES =
      Map.of(
          BUREAU, Set.of(Role.ROLE_AUTHORITY),
          OTHER_BUREAU, Set.of(Role.ROLE_AUTHORITY),
          FARM, Set.of(Role.ROLE_PRODUCER),
          MARKET, Set.of(Role.ROLE_MARKET),
          COLLECTOR, Set.of(Role.ROLE_COLLECTOR),
          CARRIER, Set.of(Role.ROLE_CARRIER),
          SHOP, Set.of(Role.ROLE_SHOP),
          CLINIC, Set.of(Role.ROLE_HOSPITAL),
          LOGGER, Set.of(Role.ROLE_DEVICE));

  final List<Told> all = new ArrayList<>();
  private final Map<String, List<Told>> bySubject = new HashMap<>();
  private final Map<String, Told> byPlace = new HashMap<>();
  private long next = 1;

  /** The time of the next statement. */
  long now = START;

  /** How much later than said it becomes known. */
  long lateness;

  // Related --------------------------------------------------------------------------------------

  @Override
  public List<Told> chain(String subject, int most) {
    return bySubject.getOrDefault(subject, List.of());
  }

  @Override
  public Optional<Told> cited(Told citing) {
    for (StatementLine line : citing.lines()) {
      if (line.role() == LineRole.LINE_ROLE_RECORD) {
        return Optional.ofNullable(byPlace.get(line.subject()));
      }
    }
    return Optional.empty();
  }

  @Override
  public List<Told> about(Told record) {
    return chain(record.statement().place().subject(), Integer.MAX_VALUE);
  }

  List<Found> findings(String subject) {
    return findings(subject, now + DAY);
  }

  List<Found> findings(String subject, long asOf) {
    return SubjectFindings.of(subject, chain(subject, Integer.MAX_VALUE), this, asOf);
  }

  CustodyState custody(String subject) {
    return CustodyState.of(subject, chain(subject, Integer.MAX_VALUE), this, now + DAY);
  }

  /** Names of what is noticed, notes left out. */
  List<String> noticed(String subject) {
    return names(findings(subject));
  }

  static List<String> names(List<Found> found) {
    return found.stream()
        .filter(one -> one.kind().severity() != Severity.NOTE)
        .map(one -> one.kind().name())
        .toList();
  }

  Found one(FindingKind kind, String subject) {
    List<Found> found = findings(subject).stream().filter(one -> one.kind() == kind).toList();
    assertEquals(1, found.size(), () -> kind + " among " + findings(subject));
    return found.get(0);
  }

  /** The same statements, come in another order: what names a place in the log names another. */
  Tellings reordered(Comparator<Told> order) {
    return reordered(order, Told::sequencedAt);
  }

  /** And with other times of arrival. */
  Tellings reordered(Comparator<Told> order, ToLongFunction<Told> sequencedAt) {
    Tellings other = new Tellings();
    List<Told> moved = new ArrayList<>(all);
    moved.sort(order);
    Map<String, String> places = new HashMap<>();
    long index = 1000;
    for (Told told : moved) {
      places.put(told.statement().place().subject(), new RecordPlace(index++, 0).subject());
    }
    index = 1000;
    for (Told told : moved) {
      Statement was = told.statement();
      List<StatementLine> lines = new ArrayList<>();
      for (StatementLine line : was.lines()) {
        lines.add(line(line.role(), places.getOrDefault(line.subject(), line.subject())));
      }
      other.add(
          new Told(
              new Statement(
                  new RecordPlace(index++, 0),
                  sequencedAt.applyAsLong(told),
                  was.signer(),
                  was.attester(),
                  was.roles(),
                  was.level(),
                  was.digest(),
                  was.kind(),
                  was.part(),
                  lines,
                  was.trade(),
                  was.recipe())));
    }
    other.now = now;
    return other;
  }

  // What is stated -------------------------------------------------------------------------------

  static StatementLine line(LineRole role, String subject) {
    Hash key = HashAlgorithm.SHA_256.begin(0x22).bytes(subject.getBytes(UTF_8)).finish();
    return new StatementLine(role, subject, key);
  }

  static StatementLine object(String subject) {
    return line(LineRole.LINE_ROLE_OBJECT, subject);
  }

  static StatementLine cites(Told told) {
    return line(LineRole.LINE_ROLE_RECORD, told.statement().place().subject());
  }

  static ByteString digest(Told told) {
    return ByteString.copyFrom(told.digest().bytes());
  }

  static Quantity quantity(int line, long whole, String unit) {
    return Quantity.newBuilder().setLine(line).setUnscaled(whole).setUnit(unit).build();
  }

  static Trade quantities(Quantity... quantities) {
    return Trade.newBuilder().addAllQuantities(Arrays.asList(quantities)).build();
  }

  /** Later by so many hours. */
  Tellings pass(long hours) {
    now += hours * HOUR;
    return this;
  }

  Told tell(
      String signer,
      Kind kind,
      PublicPart.Builder part,
      @Nullable Trade trade,
      StatementLine... lines) {
    return tell(signer, kind, part, trade, List.of(lines));
  }

  Told tell(
      String signer,
      Kind kind,
      PublicPart.Builder part,
      @Nullable Trade trade,
      List<StatementLine> lines) {
    long index = next++;
    List<StatementLine> sorted = new ArrayList<>(lines);
    sorted.sort(Comparator.comparing(StatementLine::role));
    Hash digest =
        HashAlgorithm.SHA_256.hash(ByteBuffer.allocate(16).putLong(index).putLong(77).array());
    Told told =
        new Told(
            new Statement(
                new RecordPlace(index, 0),
                now + lateness,
                signer,
                null,
                ROLES.getOrDefault(signer, Set.of(Role.ROLE_SHOP)),
                AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED,
                digest,
                kind,
                part.build(),
                sorted,
                trade,
                null));
    add(told);
    pass(1);
    return told;
  }

  /** The same record sent once more. */
  Told again(Told told) {
    Statement was = told.statement();
    Told again =
        new Told(
            new Statement(
                new RecordPlace(next++, 0),
                now + lateness,
                was.signer(),
                was.attester(),
                was.roles(),
                was.level(),
                was.digest(),
                was.kind(),
                was.part(),
                was.lines(),
                was.trade(),
                was.recipe()));
    add(again);
    pass(1);
    return again;
  }

  void add(Told told) {
    all.add(told);
    byPlace.put(told.statement().place().subject(), told);
    told.lines().stream()
        .map(StatementLine::subject)
        .distinct()
        .forEach(subject -> bySubject.computeIfAbsent(subject, _ -> new ArrayList<>()).add(told));
  }

  TraceEvent.Builder event(EventType type, EventAction action, String step) {
    return TraceEvent.newBuilder()
        .setType(type)
        .setAction(action)
        .setEventTime(now)
        .setZoneOffset("+08:00")
        .setBusinessStep(step);
  }

  Told event(String signer, TraceEvent.Builder event, @Nullable Trade trade, StatementLine... l) {
    return tell(
        signer, Kind.KIND_TRACE_EVENT, PublicPart.newBuilder().setTraceEvent(event), trade, l);
  }

  Told commission(String signer, String subject) {
    return event(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning"),
        null,
        object(subject));
  }

  /** A lot comes into being. */
  Told make(String signer, String lot, long amount, String unit) {
    return event(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, "commissioning"),
        quantities(quantity(0, amount, unit)),
        object(lot));
  }

  Told observe(String signer, String step, String subject) {
    return event(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, step),
        null,
        object(subject));
  }

  Told observe(String signer, String step, String subject, long amount, String unit) {
    return event(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, step),
        quantities(quantity(0, amount, unit)),
        object(subject));
  }

  Told seenIn(String signer, String region, String subject) {
    return event(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_OBSERVE, "storing")
            .setReadPoint(Area.newBuilder().setRegion(region)),
        null,
        object(subject));
  }

  Told end(String signer, String step, String subject) {
    return event(
        signer,
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_DELETE, step),
        null,
        object(subject));
  }

  Told pack(String signer, String container, String... goods) {
    return aggregate(signer, EventAction.EVENT_ACTION_ADD, "packing", container, goods);
  }

  Told unpack(String signer, String container, String... goods) {
    return aggregate(signer, EventAction.EVENT_ACTION_DELETE, "unpacking", container, goods);
  }

  private Told aggregate(
      String signer, EventAction action, String step, String container, String... goods) {
    List<StatementLine> lines = new ArrayList<>();
    lines.add(line(LineRole.LINE_ROLE_PARENT, container));
    for (String one : goods) {
      lines.add(line(LineRole.LINE_ROLE_CHILD, one));
    }
    return event(
        signer,
        event(EventType.EVENT_TYPE_AGGREGATION, action, step),
        null,
        lines.toArray(StatementLine[]::new));
  }

  /** So much of one lot becomes so much of another. */
  Told transform(String signer, String from, long used, String to, long made, String unit) {
    return event(
        signer,
        event(
            EventType.EVENT_TYPE_TRANSFORMATION,
            EventAction.EVENT_ACTION_UNSPECIFIED,
            "repackaging"),
        quantities(quantity(0, used, unit), quantity(1, made, unit)),
        line(LineRole.LINE_ROLE_INPUT, from),
        line(LineRole.LINE_ROLE_OUTPUT, to));
  }

  Told offer(String signer, String receiver, String subject, Quantity... quantities) {
    return offer(signer, receiver, now + 2 * DAY, subject, quantities);
  }

  Told offer(
      String signer, String receiver, long answerBy, String subject, Quantity... quantities) {
    return offer(
        signer,
        receiver,
        CustodyOffer.newBuilder().setOfferedAt(now).setAnswerBy(answerBy),
        subject,
        quantities);
  }

  Told offer(
      String signer,
      String receiver,
      CustodyOffer.Builder offer,
      String subject,
      Quantity... quantities) {
    return tell(
        signer,
        Kind.KIND_CUSTODY_OFFER,
        PublicPart.newBuilder().setCustodyOffer(offer),
        quantities(quantities).toBuilder().setReceiver(receiver).build(),
        object(subject));
  }

  Told accept(String signer, Told offer, String subject, Quantity... quantities) {
    return answer(signer, offer, subject, CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED, quantities);
  }

  Told refuse(String signer, Told offer, String subject) {
    return answer(signer, offer, subject, CustodyOutcome.CUSTODY_OUTCOME_REFUSED);
  }

  private Told answer(
      String signer, Told offer, String subject, CustodyOutcome outcome, Quantity... quantities) {
    return tell(
        signer,
        Kind.KIND_CUSTODY_ANSWER,
        PublicPart.newBuilder()
            .setCustodyAnswer(
                CustodyAnswer.newBuilder()
                    .setOffer(digest(offer))
                    .setAnsweredAt(now)
                    .addAnswers(
                        LineAnswer.newBuilder().setLine(0).setOfferLine(0).setOutcome(outcome))),
        quantities.length == 0 ? null : quantities(quantities),
        object(subject),
        cites(offer));
  }

  /** Offered, and accepted an hour later. */
  Told hand(String from, String to, String subject, Quantity... quantities) {
    return accept(to, offer(from, to, subject, quantities), subject);
  }

  CommitmentCertificate.Builder certificate(CertificateForm form, String number, long kilograms) {
    return CommitmentCertificate.newBuilder()
        .setForm(form)
        .setNumber(number)
        .setQuantity(quantity(0, kilograms, "KGM"))
        .setProductName("竹笋")
        .setOrigin("示例区示例镇")
        .setIssuer("示例合作社")
        .setContact("000-0000000")
        .setIssuedOn(Times.day(now).toString());
  }

  Told certify(String signer, String lot, CommitmentCertificate.Builder body, String... inputs) {
    List<StatementLine> lines = new ArrayList<>();
    lines.add(object(lot));
    for (String input : inputs) {
      lines.add(line(LineRole.LINE_ROLE_INPUT, input));
    }
    lines.add(line(LineRole.LINE_ROLE_CERTIFICATE, certificateSubject(signer, body.getNumber())));
    return tell(
        signer,
        Kind.KIND_COMMITMENT_CERTIFICATE,
        PublicPart.newBuilder().setCommitmentCertificate(body),
        null,
        lines);
  }

  Told certify(String signer, String lot, String number, long kilograms) {
    return certify(
        signer, lot, certificate(CertificateForm.CERTIFICATE_FORM_2025_1, number, kilograms));
  }

  Told recertify(String signer, String lot, String number, long kilograms, String... inputs) {
    return certify(
        signer,
        lot,
        certificate(CertificateForm.CERTIFICATE_FORM_2025_2, number, kilograms),
        inputs);
  }

  static String certificateSubject(String signer, String number) {
    return "urn:pinlian:certificate:" + signer + ":" + number;
  }

  Told order(OrderType type, boolean needsApproval, String subject) {
    return tell(
        BUREAU,
        Kind.KIND_ORDER,
        PublicPart.newBuilder()
            .setOrder(
                Order.newBuilder()
                    .setType(type)
                    .setGrade(type == OrderType.ORDER_TYPE_RECALL ? 1 : 0)
                    .setLegalBasis("食品安全法 63")
                    .setReason("test")
                    .setOrderedAt(now)
                    .setNeedsApproval(needsApproval)),
        null,
        object(subject));
  }

  Told approve(Told record) {
    return tell(
        OTHER_BUREAU,
        Kind.KIND_APPROVAL,
        PublicPart.newBuilder().setApproval(Approval.newBuilder().setRecord(digest(record))),
        null,
        cites(record));
  }

  Told voided(String signer, Told record) {
    return tell(
        signer,
        Kind.KIND_VOIDING,
        PublicPart.newBuilder()
            .setVoiding(Voiding.newBuilder().setRecord(digest(record)).setReason("test")),
        null,
        cites(record));
  }
}
