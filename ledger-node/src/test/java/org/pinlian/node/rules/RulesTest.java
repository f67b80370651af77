// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.rules.World.BOX;
import static org.pinlian.node.rules.World.BUREAU;
import static org.pinlian.node.rules.World.CARRIER;
import static org.pinlian.node.rules.World.COOPERATIVE;
import static org.pinlian.node.rules.World.LOGGER;
import static org.pinlian.node.rules.World.LOT;
import static org.pinlian.node.rules.World.MARKET;
import static org.pinlian.node.rules.World.NOW;
import static org.pinlian.node.rules.World.OTHER_BUREAU;
import static org.pinlian.node.rules.World.OTHER_LOT;
import static org.pinlian.node.rules.World.PALLET;
import static org.pinlian.node.rules.World.cites;
import static org.pinlian.node.rules.World.digest;
import static org.pinlian.node.rules.World.line;
import static org.pinlian.node.rules.World.object;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.node.rules.Judgement.Accepted;
import org.pinlian.node.rules.Judgement.Refused;
import org.pinlian.record.KindTable;
import org.pinlian.v1.Approval;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Intake;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureMedium;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.TemperatureVerdict;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Voiding;

class RulesTest {
  private static final CustodyOutcome ACCEPTED = CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED;
  private static final CustodyOutcome REFUSED = CustodyOutcome.CUSTODY_OUTCOME_REFUSED;
  private static final String OWN_CERTIFICATE = "urn:pinlian:certificate:" + COOPERATIVE + ":HZ-1";

  private final World world = new World();

  // What is stated --------------------------------------------------------------------------------

  private Statement offer(String to, StatementLine... lines) {
    return offer(0, to, lines);
  }

  private Statement offer(long answerBy, String to, StatementLine... lines) {
    return world.state(
        COOPERATIVE,
        Kind.KIND_CUSTODY_OFFER,
        PublicPart.newBuilder()
            .setCustodyOffer(CustodyOffer.newBuilder().setOfferedAt(NOW).setAnswerBy(answerBy)),
        Trade.newBuilder().setReceiver(to).build(),
        lines);
  }

  private static LineAnswer answer(int line, int offerLine, CustodyOutcome outcome) {
    return LineAnswer.newBuilder()
        .setLine(line)
        .setOfferLine(offerLine)
        .setOutcome(outcome)
        .build();
  }

  private Statement answer(
      String signer,
      Statement offer,
      ByteString digest,
      List<LineAnswer> answers,
      StatementLine... goods) {
    List<StatementLine> lines = new ArrayList<>(List.of(goods));
    lines.add(cites(offer));
    return world.state(
        signer,
        Kind.KIND_CUSTODY_ANSWER,
        PublicPart.newBuilder()
            .setCustodyAnswer(
                CustodyAnswer.newBuilder()
                    .setOffer(digest)
                    .setAnsweredAt(NOW)
                    .addAllAnswers(answers)),
        null,
        lines.toArray(StatementLine[]::new));
  }

  private Statement accepting(Statement offer, String lot) {
    return answer(MARKET, offer, digest(offer), List.of(answer(0, 0, ACCEPTED)), object(lot));
  }

  private Statement certificate(String signer, String subject, CertificateForm form) {
    return world.state(
        signer,
        Kind.KIND_COMMITMENT_CERTIFICATE,
        PublicPart.newBuilder()
            .setCommitmentCertificate(
                CommitmentCertificate.newBuilder()
                    .setForm(form)
                    .setNumber("HZ-1")
                    .setIssuedOn("2025-10-09")),
        null,
        object(LOT),
        line(LineRole.LINE_ROLE_CERTIFICATE, subject));
  }

  private Statement log(String signer, String device, int temperature, StatementLine... lines) {
    return log(
        signer,
        device,
        TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN,
        TemperatureReadings.newBuilder()
            .setFromSeconds(NOW / 1000 - 600)
            .addAllSeconds(List.of(0, 300, 300))
            .addAllSteps(List.of(5_000, temperature - 5_000, 0))
            .build(),
        lines);
  }

  private Statement log(
      String signer,
      String device,
      TemperatureVerdict verdict,
      TemperatureReadings readings,
      StatementLine... lines) {
    return world.state(
        signer,
        Kind.KIND_TEMPERATURE_LOG,
        PublicPart.newBuilder()
            .setTemperatureLog(
                TemperatureLog.newBuilder()
                    .setDevice(device)
                    .setCalibratedUntil("2027-01-31")
                    .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
                    .setMedium(TemperatureMedium.TEMPERATURE_MEDIUM_TRANSPORT)
                    .setFrom(NOW - 600_000)
                    .setUntil(NOW)
                    .setVerdict(verdict)),
        Trade.newBuilder().setReadings(readings).build(),
        lines);
  }

  private Statement packing(EventAction action, String parent, String... children) {
    List<StatementLine> lines = new ArrayList<>();
    lines.add(line(LineRole.LINE_ROLE_PARENT, parent));
    for (String child : children) {
      lines.add(line(LineRole.LINE_ROLE_CHILD, child));
    }
    return event(EventType.EVENT_TYPE_AGGREGATION, action, NOW, lines);
  }

  private Statement event(EventType type, EventAction action, long at, List<StatementLine> lines) {
    return world.state(
        COOPERATIVE,
        Kind.KIND_TRACE_EVENT,
        PublicPart.newBuilder()
            .setTraceEvent(
                TraceEvent.newBuilder().setType(type).setAction(action).setEventTime(at)),
        null,
        lines.toArray(StatementLine[]::new));
  }

  private Statement order(String signer, OrderType type, StatementLine... lines) {
    return world.state(
        signer,
        Kind.KIND_ORDER,
        PublicPart.newBuilder()
            .setOrder(
                Order.newBuilder()
                    .setType(type)
                    .setGrade(1)
                    .setOrderedAt(NOW)
                    .setGoods(Goods.GOODS_FOOD)),
        null,
        lines);
  }

  private Statement voiding(String signer, ByteString digest, StatementLine... lines) {
    return world.state(
        signer,
        Kind.KIND_VOIDING,
        PublicPart.newBuilder().setVoiding(Voiding.newBuilder().setRecord(digest)),
        null,
        lines);
  }

  private Statement approval(String signer, ByteString digest, StatementLine... lines) {
    return world.state(
        signer,
        Kind.KIND_APPROVAL,
        PublicPart.newBuilder().setApproval(Approval.newBuilder().setRecord(digest)),
        null,
        lines);
  }

  // Kinds and roles -------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(Kind.class)
  void kindsThatAreNotBuiltAreRefusedWhoeverSigns(Kind kind) {
    Statement statement = world.state(BUREAU, kind, PublicPart.newBuilder(), null, object(LOT));
    if (kind == Kind.KIND_UNSPECIFIED || kind == Kind.UNRECOGNIZED) {
      world.refuse(statement, RefusalCode.UNKNOWN_KIND, "kind");
    } else if (!KindTable.isBuilt(kind.getNumber())) {
      world.refuse(statement, RefusalCode.KIND_NOT_BUILT, "kind");
    }
  }

  @Test
  void everyBuiltKindIsClosedToEveryRoleThatTheTableDoesNotName() {
    for (Kind kind : Kind.values()) {
      if (kind == Kind.UNRECOGNIZED || !KindTable.isBuilt(kind.getNumber())) {
        continue;
      }
      for (Role role : Role.values()) {
        if (role == Role.UNRECOGNIZED || KindTable.allowsSigner(kind.getNumber(), Set.of(role))) {
          continue;
        }
        Statement open = world.state("farmer:x", kind, PublicPart.newBuilder(), null, object(LOT));
        world.refuse(
            new Statement(
                open.place(),
                NOW,
                open.signer(),
                null,
                Set.of(role),
                open.level(),
                open.digest(),
                kind,
                open.part(),
                open.lines(),
                null,
                null),
            RefusalCode.ROLE_NOT_ALLOWED,
            "kind");
      }
    }
  }

  @Test
  void whoeverIsEnrolledNowhereMayStateNothing() {
    world.refuse(
        world.state(
            "farmer:nobody",
            Kind.KIND_TRACE_EVENT,
            PublicPart.newBuilder().setTraceEvent(TraceEvent.getDefaultInstance()),
            null,
            object(LOT)),
        RefusalCode.ROLE_NOT_ALLOWED,
        "kind");
  }

  // Custody ---------------------------------------------------------------------------------------

  @Test
  void onlyTheReceiverNamedAnswersAnOffer() {
    Statement offer = offer(MARKET, object(LOT));
    world.accept(offer);
    world.refuse(
        answer(CARRIER, offer, digest(offer), List.of(answer(0, 0, ACCEPTED)), object(LOT)),
        RefusalCode.NOT_THE_RECEIVER,
        "lines[1].subject");
    world.refuse(
        answer(COOPERATIVE, offer, digest(offer), List.of(answer(0, 0, REFUSED)), object(LOT)),
        RefusalCode.NOT_THE_RECEIVER,
        "lines[1].subject");
    world.accept(accepting(offer, LOT));
  }

  @Test
  void anotherDigestDoesNotOpenSomebodyElsesOffer() {
    Statement offer = offer(MARKET, object(LOT));
    world.accept(offer);
    world.refuse(
        answer(
            CARRIER,
            offer,
            ByteString.copyFrom(new byte[32]),
            List.of(answer(0, 0, ACCEPTED)),
            object(LOT)),
        RefusalCode.NOT_THE_RECEIVER,
        "lines[1].subject");
  }

  // What is suspicious, and let in
  // -----------------------------------------------------------------

  /** What comes of it is in the tests of findings, which are made afterwards. */
  private void letIn(Statement statement) {
    assertEquals(Accepted.WITHOUT_WRITES, Rules.judge(world, statement), statement.toString());
    world.accept(statement);
  }

  @Test
  void anAnswerToNoOfferIsLetIn() {
    Statement offer = offer(MARKET, object(LOT));
    letIn(offer);
    ByteString other = ByteString.copyFrom(new byte[32]);
    letIn(answer(MARKET, offer, other, List.of(answer(0, 0, ACCEPTED)), object(LOT)));
    Statement event =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW, List.of(object(LOT)));
    letIn(event);
    letIn(answer(MARKET, event, digest(event), List.of(answer(0, 0, ACCEPTED)), object(LOT)));
    Statement nowhere =
        world.at(9, 9, NOW, MARKET, Kind.KIND_CUSTODY_OFFER, PublicPart.newBuilder(), null);
    letIn(answer(MARKET, nowhere, digest(nowhere), List.of(answer(0, 0, ACCEPTED)), object(LOT)));
  }

  @Test
  void anAnswerThatDoesNotFitItsOfferIsLetIn() {
    Statement offer = offer(NOW - 1, MARKET, object(LOT), object(OTHER_LOT));
    letIn(offer);
    // Late, twice, in part, twice by one answer, of other goods, and of a line that is not there.
    letIn(accepting(offer, LOT));
    letIn(accepting(offer, LOT));
    for (CustodyOutcome second : List.of(REFUSED, ACCEPTED)) {
      letIn(
          answer(
              MARKET,
              offer,
              digest(offer),
              List.of(answer(0, 1, ACCEPTED), answer(1, 1, second)),
              object(OTHER_LOT),
              object(OTHER_LOT)));
    }
    letIn(accepting(offer, OTHER_LOT));
    letIn(answer(MARKET, offer, digest(offer), List.of(answer(0, 7, ACCEPTED)), object(LOT)));
  }

  @Test
  void readingsOfAnyKindAreLetInAndSoAreAcceptancesInSpiteOfThem() {
    letIn(log(CARRIER, "T301-7", 12_300, object(LOT), line(LineRole.LINE_ROLE_PARENT, PALLET)));
    letIn(
        log(
            CARRIER,
            "T301-7",
            TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN,
            TemperatureReadings.getDefaultInstance(),
            object(LOT)));
    Statement good = log(CARRIER, "T301-7", 5_000, object(LOT));
    PublicPart.Builder part = good.part().toBuilder();
    part.getTemperatureLogBuilder().setCalibratedUntil("2025-10-08");
    letIn(world.state(CARRIER, Kind.KIND_TEMPERATURE_LOG, part, good.trade(), object(LOT)));
    Statement offer = offer(MARKET, object(LOT));
    letIn(offer);
    letIn(accepting(offer, LOT));
  }

  @Test
  void containersThatHoldEachOtherAreLetIn() {
    letIn(packing(EventAction.EVENT_ACTION_ADD, PALLET, BOX));
    letIn(packing(EventAction.EVENT_ACTION_ADD, BOX, PALLET));
    letIn(packing(EventAction.EVENT_ACTION_ADD, LOT, LOT));
    letIn(packing(EventAction.EVENT_ACTION_DELETE, BOX, LOT));
  }

  @Test
  void aCertificateNumberUsedAgainIsLetIn() {
    CertificateForm form = CertificateForm.CERTIFICATE_FORM_2025_1;
    for (int i = 0; i < 3; i++) {
      letIn(certificate(COOPERATIVE, OWN_CERTIFICATE, form));
    }
  }

  @Test
  void aVoidingOrApprovalThatCitesNothingIsLetIn() {
    StatementLine nowhere = line(LineRole.LINE_ROLE_RECORD, "urn:pinlian:record:99.0");
    ByteString digest = ByteString.copyFrom(new byte[32]);
    letIn(voiding(COOPERATIVE, digest, nowhere));
    letIn(approval(BUREAU, digest, nowhere));
    Statement own =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW, List.of(object(LOT)));
    letIn(own);
    letIn(voiding(COOPERATIVE, digest, cites(own)));
  }

  @Test
  void whatIsSaidToHappenInTheFutureIsLetIn() {
    long days = 30L * 24 * 60 * 60 * 1000;
    letIn(
        event(
            EventType.EVENT_TYPE_OBJECT,
            EventAction.EVENT_ACTION_ADD,
            NOW + days,
            List.of(object(LOT))));
    letIn(
        world.state(
            MARKET,
            Kind.KIND_INTAKE,
            PublicPart.newBuilder().setIntake(Intake.newBuilder().setReceivedOn("2025-11-11")),
            null,
            object(LOT)));
  }

  // Certificates ----------------------------------------------------------------------------------

  @Test
  void nobodyCommitsForAnother() {
    CertificateForm form = CertificateForm.CERTIFICATE_FORM_2025_1;
    world.refuse(
        certificate(COOPERATIVE, "urn:pinlian:certificate:" + MARKET + ":HZ-1", form),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
    // A longer participant that begins like the signer is somebody else.
    world.refuse(
        certificate(COOPERATIVE, "urn:pinlian:certificate:" + COOPERATIVE + "9:HZ-1", form),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
    world.accept(certificate(COOPERATIVE, OWN_CERTIFICATE, form));
  }

  @Test
  void whoeverOnlyCollectsCannotGiveOutTheProducersForm() {
    String subject = "urn:pinlian:certificate:" + MARKET + ":HZ-1";
    world.refuse(
        certificate(MARKET, subject, CertificateForm.CERTIFICATE_FORM_2025_1),
        RefusalCode.ROLE_NOT_ALLOWED,
        "public_part.commitment_certificate.form");
    world.accept(certificate(MARKET, subject, CertificateForm.CERTIFICATE_FORM_2025_2));
  }

  // Cold chain ------------------------------------------------------------------------------------

  @Test
  void aDeviceSignsItsOwnReadingsOnly() {
    world.refuse(
        log(LOGGER, "device:other", 5_000, object(LOT)),
        RefusalCode.NOT_PERMITTED,
        "public_part.temperature_log.device");
    world.accept(log(LOGGER, LOGGER, 5_000, object(LOT)));
    world.accept(log(CARRIER, "T301-7", 5_000, object(LOT)));
  }

  // Orders, voiding, approval ---------------------------------------------------------------------

  @Test
  void withoutAuthorityThereIsNoOrderButARecall() {
    for (OrderType type :
        List.of(
            OrderType.ORDER_TYPE_STOP_SALE,
            OrderType.ORDER_TYPE_WITHDRAWAL,
            OrderType.ORDER_TYPE_SUSPENSION)) {
      world.refuse(
          order(COOPERATIVE, type, object(LOT)),
          RefusalCode.NO_SUCH_POWER,
          "public_part.order.type");
      world.accept(order(BUREAU, type, object(LOT)));
    }
    world.accept(order(COOPERATIVE, OrderType.ORDER_TYPE_RECALL, object(LOT)));
    world.refuse(
        order(MARKET, OrderType.ORDER_TYPE_RECALL, object(LOT)),
        RefusalCode.ROLE_NOT_ALLOWED,
        "kind");
  }

  @Test
  void nobodyRecallsALotThatAnotherNumbered() {
    world.refuse(
        order(
            COOPERATIVE,
            OrderType.ORDER_TYPE_RECALL,
            object("urn:pinlian:lot:" + COOPERATIVE + ":1"),
            object("urn:pinlian:lot:" + MARKET + ":1")),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
    world.accept(
        order(BUREAU, OrderType.ORDER_TYPE_RECALL, object("urn:pinlian:lot:" + MARKET + ":1")));
  }

  @Test
  void onlyItsSignerOrAnAuthorityVoidsARecord() {
    Statement certificate =
        certificate(COOPERATIVE, OWN_CERTIFICATE, CertificateForm.CERTIFICATE_FORM_2025_1);
    world.accept(certificate);
    world.refuse(
        voiding(MARKET, digest(certificate), cites(certificate)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    world.refuse(
        voiding(MARKET, ByteString.copyFrom(new byte[32]), cites(certificate)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    world.accept(
        voiding(
            COOPERATIVE,
            digest(certificate),
            object(LOT),
            line(LineRole.LINE_ROLE_CERTIFICATE, OWN_CERTIFICATE),
            cites(certificate)));
    world.accept(voiding(BUREAU, digest(certificate), cites(certificate)));
  }

  @Test
  void aVoidingReachesNothingThatTheVoidedRecordDoesNot() {
    Statement event =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW, List.of(object(LOT)));
    world.accept(event);
    for (String signer : List.of(COOPERATIVE, BUREAU)) {
      world.refuse(
          voiding(signer, digest(event), object(LOT), object(OTHER_LOT), cites(event)),
          RefusalCode.NOT_PERMITTED,
          "lines[1].subject");
    }
    world.refuse(
        voiding(
            MARKET,
            ByteString.copyFrom(new byte[32]),
            line(LineRole.LINE_ROLE_CERTIFICATE, OWN_CERTIFICATE),
            line(LineRole.LINE_ROLE_RECORD, "urn:pinlian:record:99.0")),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
  }

  @Test
  void nobodyApprovesTheirOwn() {
    Statement order = order(BUREAU, OrderType.ORDER_TYPE_RECALL, object(LOT));
    world.accept(order);
    world.refuse(
        approval(BUREAU, digest(order), object(LOT), cites(order)),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
    world.refuse(
        approval(OTHER_BUREAU, digest(order), object(OTHER_LOT), cites(order)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    world.accept(approval(OTHER_BUREAU, digest(order), object(LOT), cites(order)));
  }

  @Test
  void anEntryCannotCiteItself() {
    Statement offer = offer(MARKET, object(LOT));
    // Whose offer it is, if it could be cited, would refuse this.
    Statement answer =
        world.at(
            1,
            1,
            NOW,
            COOPERATIVE,
            Kind.KIND_CUSTODY_ANSWER,
            PublicPart.newBuilder()
                .setCustodyAnswer(
                    CustodyAnswer.newBuilder()
                        .setOffer(digest(offer))
                        .addAnswers(answer(0, 0, REFUSED))),
            null,
            object(LOT),
            cites(offer));
    world.accept(offer, answer);
    world.refuse(
        answer(COOPERATIVE, offer, digest(offer), List.of(answer(0, 0, REFUSED)), object(LOT)),
        RefusalCode.NOT_THE_RECEIVER,
        "lines[1].subject");
  }

  // Keys ------------------------------------------------------------------------------------------

  private Statement enrolment(int position, String signer, String participant, int key) {
    return world.at(
        world.next,
        position,
        NOW,
        signer,
        Kind.KIND_ENROLMENT,
        PublicPart.newBuilder()
            .setEnrolment(
                Enrolment.newBuilder()
                    .setParticipant(participant)
                    .addRoles(Role.ROLE_SHOP)
                    .addKeys(
                        EnrolledKey.newBuilder()
                            .setSpki(ByteString.copyFrom(new byte[] {(byte) key})))),
        null,
        line(LineRole.LINE_ROLE_KEYS, "urn:pinlian:keys:" + participant));
  }

  @Test
  void keyRecordsAreJudgedByTheRegistryAndKeptForIt() {
    Statement enrolment = enrolment(0, BUREAU, MARKET, 1);
    world.accept(enrolment);
    world.refuse(
        enrolment(0, BUREAU, CARRIER, 1),
        RefusalCode.NOT_PERMITTED,
        "public_part.enrolment.keys[0].spki");
    TreeMap<String, RuleWrite> kept = new TreeMap<>();
    world.state.forEach((key, write) -> kept.put(key.toString(), write));
    assertEquals(1, kept.size());
    RuleWrite write = kept.firstEntry().getValue();
    assertEquals(RuleTable.KEYS, write.key().table());
    assertEquals(RuleTable.KEYS.id(), write.key().bytes()[0]);
    assertTrue(world.registry.standing(MARKET, 2).isPresent());
  }

  @Test
  void twoRecordsOfOneSubmissionCannotEnrolOneKeyTwice() {
    List<Statement> submission =
        List.of(enrolment(0, BUREAU, MARKET, 1), enrolment(1, BUREAU, CARRIER, 1));
    Refused refused = assertInstanceOf(Refused.class, Rules.judge(world, submission));
    assertEquals(1, refused.position());
    assertEquals(RefusalCode.NOT_PERMITTED, refused.code());
    assertEquals(List.of(), world.registry.standings(MARKET));
  }

  @Test
  void oneRefusalRefusesTheSubmission() {
    Statement good =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW, List.of(object(LOT)));
    Statement bad =
        world.at(
            1,
            1,
            NOW,
            CARRIER,
            Kind.KIND_ORDER,
            PublicPart.newBuilder().setOrder(Order.getDefaultInstance()),
            null,
            object(LOT));
    Refused refused = assertInstanceOf(Refused.class, Rules.judge(world, List.of(good, bad)));
    assertEquals(1, refused.position());
    assertEquals(RefusalCode.ROLE_NOT_ALLOWED, refused.code());
  }

  // Time, and sameness ----------------------------------------------------------------------------

  @Test
  void theSameStatementOnTheSameStateGivesTheSameBytes() {
    Statement event =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW, List.of(object(LOT)));
    world.accept(event);
    Statement erasure =
        world.state(
            BUREAU,
            Kind.KIND_ERASURE,
            PublicPart.newBuilder()
                .setErasure(
                    Erasure.newBuilder()
                        .setRecord(digest(event))
                        .addClasses(SectionClass.SECTION_CLASS_PERSONAL)),
            null,
            cites(event));
    world.accept(erasure);
    Statement approval = approval(OTHER_BUREAU, digest(erasure), cites(erasure), cites(event));
    String first = bytes(Rules.judge(world, approval));
    assertFalse(first.isEmpty());
    for (int i = 0; i < 10; i++) {
      assertEquals(first, bytes(Rules.judge(world, approval)));
    }
  }

  private static String bytes(Judgement judgement) {
    Accepted accepted = assertInstanceOf(Accepted.class, judgement);
    HexFormat hex = HexFormat.of();
    StringBuilder text = new StringBuilder();
    for (RuleWrite write : accepted.writes()) {
      text.append(hex.formatHex(write.key().bytes())).append('=');
      text.append(write.value() == null ? "" : hex.formatHex(write.value())).append('\n');
    }
    return text.toString();
  }

  @Test
  void tableIdsAreTakenOnceAndThoseGivenUpAreNotTakenAgain() {
    Set<Integer> givenUp = Set.of(2, 3, 4, 5, 6);
    assertTrue(
        List.of(RuleTable.values()).stream().noneMatch(table -> givenUp.contains(table.id())));
    assertEquals(
        RuleTable.values().length,
        List.of(RuleTable.values()).stream().map(RuleTable::id).distinct().count());
  }
}
