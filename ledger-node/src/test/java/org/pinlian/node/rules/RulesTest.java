// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import static org.pinlian.node.rules.World.codes;
import static org.pinlian.node.rules.World.digest;
import static org.pinlian.node.rules.World.line;
import static org.pinlian.node.rules.World.object;
import static org.pinlian.node.rules.World.print;

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
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Intake;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.OldFinding;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
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
    world.acceptQuietly(offer);
    world.refuse(
        answer(CARRIER, offer, digest(offer), List.of(answer(0, 0, ACCEPTED)), object(LOT)),
        RefusalCode.NOT_THE_RECEIVER,
        "lines[1].subject");
    world.refuse(
        answer(COOPERATIVE, offer, digest(offer), List.of(answer(0, 0, REFUSED)), object(LOT)),
        RefusalCode.NOT_THE_RECEIVER,
        "lines[1].subject");
    world.acceptQuietly(accepting(offer, LOT));
  }

  @Test
  void anotherDigestDoesNotOpenSomebodyElsesOffer() {
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
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

  @Test
  void anAnswerToNoOfferIsAFinding() {
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
    ByteString other = ByteString.copyFrom(new byte[32]);
    assertEquals(
        List.of("OFFER_UNKNOWN line=1 cited=1.0 digest=" + "00".repeat(32)),
        print(
            world.accept(
                answer(MARKET, offer, other, List.of(answer(0, 0, ACCEPTED)), object(LOT)))));
    Statement event =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW, List.of(object(LOT)));
    world.acceptQuietly(event);
    assertEquals(
        List.of("OFFER_UNKNOWN"),
        codes(
            world.accept(
                answer(
                    MARKET, event, digest(event), List.of(answer(0, 0, ACCEPTED)), object(LOT)))));
    Statement nowhere =
        world.at(9, 9, NOW, MARKET, Kind.KIND_CUSTODY_OFFER, PublicPart.newBuilder(), null);
    assertEquals(
        List.of("OFFER_UNKNOWN"),
        codes(
            world.accept(
                answer(
                    MARKET,
                    nowhere,
                    digest(nowhere),
                    List.of(answer(0, 0, ACCEPTED)),
                    object(LOT)))));
  }

  @Test
  void aLineAnsweredASecondTimeIsAFindingThatNamesTheFirst() {
    Statement offer = offer(MARKET, object(LOT), object(OTHER_LOT));
    world.acceptQuietly(offer);
    world.acceptQuietly(accepting(offer, LOT));
    world.acceptQuietly(
        answer(MARKET, offer, digest(offer), List.of(answer(0, 1, REFUSED)), object(OTHER_LOT)));
    assertEquals(
        List.of("OFFER_ANSWERED_TWICE line=0 offer=1.0 offer_line=0 first_answer=2.0"),
        print(world.accept(accepting(offer, LOT))));
  }

  @Test
  void aLineMayBeAcceptedInPartAndRefusedInPartByOneAnswer() {
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
    world.acceptQuietly(
        answer(
            MARKET,
            offer,
            digest(offer),
            List.of(answer(0, 0, ACCEPTED), answer(1, 0, REFUSED)),
            object(LOT),
            object(LOT)));
  }

  @Test
  void theSameLineAcceptedTwiceByOneAnswerIsAFinding() {
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
    assertEquals(
        List.of("OFFER_ANSWERED_TWICE line=1 offer=1.0 offer_line=0 first_answer=2.0"),
        print(
            world.accept(
                answer(
                    MARKET,
                    offer,
                    digest(offer),
                    List.of(answer(0, 0, ACCEPTED), answer(1, 0, ACCEPTED)),
                    object(LOT),
                    object(LOT)))));
  }

  @Test
  void anAnswerAboutOtherGoodsThanOfferedIsAFinding() {
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
    assertEquals(
        List.of("OFFER_LINE_MISMATCH line=0 offer=1.0 offer_line=0 offer_lines=1"),
        print(world.accept(accepting(offer, OTHER_LOT))));
    assertEquals(
        List.of("OFFER_LINE_MISMATCH line=0 offer=1.0 offer_line=7 offer_lines=1"),
        print(
            world.accept(
                answer(
                    MARKET, offer, digest(offer), List.of(answer(0, 7, ACCEPTED)), object(LOT)))));
    // Neither was an answer to the line.
    world.acceptQuietly(accepting(offer, LOT));
  }

  @Test
  void acceptingAfterTheTimeIsAFindingAndRefusingIsNot() {
    Statement onTime = offer(NOW, MARKET, object(LOT));
    world.acceptQuietly(onTime);
    world.acceptQuietly(accepting(onTime, LOT));
    Statement late = offer(NOW - 1, MARKET, object(LOT));
    world.acceptQuietly(late);
    world.acceptQuietly(
        answer(MARKET, late, digest(late), List.of(answer(0, 0, REFUSED)), object(LOT)));
    Statement again = offer(NOW - 1, MARKET, object(LOT));
    world.acceptQuietly(again);
    assertEquals(
        List.of(
            "ANSWERED_LATE line=0 offer=5.0 answer_by=2025-10-09T08:53:19.999Z"
                + " answered_at=2025-10-09T08:53:20Z sequenced_at=2025-10-09T08:53:20Z"),
        print(world.accept(accepting(again, LOT))));
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
    world.acceptQuietly(certificate(COOPERATIVE, OWN_CERTIFICATE, form));
  }

  @Test
  void whoeverOnlyCollectsCannotGiveOutTheProducersForm() {
    String subject = "urn:pinlian:certificate:" + MARKET + ":HZ-1";
    world.refuse(
        certificate(MARKET, subject, CertificateForm.CERTIFICATE_FORM_2025_1),
        RefusalCode.ROLE_NOT_ALLOWED,
        "public_part.commitment_certificate.form");
    world.acceptQuietly(certificate(MARKET, subject, CertificateForm.CERTIFICATE_FORM_2025_2));
  }

  @Test
  void aCertificateNumberUsedAgainIsAFindingThatNamesTheFirst() {
    CertificateForm form = CertificateForm.CERTIFICATE_FORM_2025_1;
    world.acceptQuietly(certificate(COOPERATIVE, OWN_CERTIFICATE, form));
    for (int i = 0; i < 2; i++) {
      assertEquals(
          List.of("CERTIFICATE_NUMBER_REUSED line=1 number=HZ-1 first=1.0"),
          print(world.accept(certificate(COOPERATIVE, OWN_CERTIFICATE, form))));
    }
    world.acceptQuietly(
        certificate(
            MARKET,
            "urn:pinlian:certificate:" + MARKET + ":HZ-1",
            CertificateForm.CERTIFICATE_FORM_2025_2));
  }

  // Cold chain ------------------------------------------------------------------------------------

  @Test
  void anExcursionIsFoundWithItsFigures() {
    List<OldFinding> findings = world.accept(log(CARRIER, "T301-7", 12_300, object(LOT)));
    assertEquals(
        List.of(
            "TEMPERATURE_EXCURSION line=0 limit_lowest_celsius=2.000 limit_highest_celsius=8.000"
                + " limit_source=标签 2-8℃ runs=1 readings_out=2 start=2025-10-09T08:48:20Z"
                + " end=2025-10-09T08:58:20Z longest_start=2025-10-09T08:48:20Z"
                + " longest_seconds=600 cumulative_seconds=600 max_deviation_celsius=4.300"
                + " max_deviation_reading_celsius=12.300 max_deviation_at=2025-10-09T08:48:20Z",
            "VERDICT_CONTRADICTED line=0 stated=within computed=excursion"),
        print(findings));
  }

  @Test
  void aGapIsFoundAndIsNeverWithin() {
    TemperatureReadings readings =
        TemperatureReadings.newBuilder()
            .setFromSeconds(NOW / 1000 - 600)
            .addAllSeconds(List.of(0, 301, 299))
            .addAllSteps(List.of(5_000, 0, 0))
            .build();
    assertEquals(
        List.of(
            "TEMPERATURE_GAP line=0 interval_limit_seconds=300"
                + " limit_source=GSP 附录 温湿度自动监测: 运输 5 分钟 readings=3 gaps=1"
                + " longest_start=2025-10-09T08:43:20Z longest_seconds=301 cumulative_seconds=301",
            "VERDICT_CONTRADICTED line=0 stated=within computed=no data"),
        print(
            world.accept(
                log(
                    CARRIER,
                    "T301-7",
                    TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN,
                    readings,
                    object(LOT)))));
    assertEquals(
        List.of("TEMPERATURE_GAP"),
        codes(
            world.accept(
                log(
                    CARRIER,
                    "T301-7",
                    TemperatureVerdict.TEMPERATURE_VERDICT_NO_DATA,
                    TemperatureReadings.getDefaultInstance(),
                    object(LOT)))));
  }

  @Test
  void readingsOfALoggerOutOfCalibrationAreMarked() {
    Statement good = log(CARRIER, "T301-7", 5_000, object(LOT));
    PublicPart.Builder part = good.part().toBuilder();
    part.getTemperatureLogBuilder().setCalibratedUntil("2025-10-08");
    assertEquals(
        List.of(
            "CALIBRATION_EXPIRED line=0 calibrated_until=2025-10-08"
                + " first_reading_after=2025-10-09T08:43:20Z readings_after=3"),
        print(
            world.accept(
                world.state(CARRIER, Kind.KIND_TEMPERATURE_LOG, part, good.trade(), object(LOT)))));
  }

  @Test
  void aDeviceSignsItsOwnReadingsOnly() {
    world.refuse(
        log(LOGGER, "device:other", 5_000, object(LOT)),
        RefusalCode.NOT_PERMITTED,
        "public_part.temperature_log.device");
    world.acceptQuietly(log(LOGGER, LOGGER, 5_000, object(LOT)));
    world.acceptQuietly(log(CARRIER, "T301-7", 5_000, object(LOT)));
  }

  @Test
  void acceptingGoodsThatWereTooWarmIsAFinding() {
    world.accept(log(CARRIER, "T301-7", 12_000, object(LOT)));
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
    assertEquals(
        List.of("ACCEPTED_DESPITE_TEMPERATURE line=0 log=1.0 verdict=excursion through=line"),
        print(world.accept(accepting(offer, LOT))));
  }

  @Test
  void refusingGoodsThatWereTooWarmIsNone() {
    world.accept(log(CARRIER, "T301-7", 12_000, object(LOT)));
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
    world.acceptQuietly(
        answer(MARKET, offer, digest(offer), List.of(answer(0, 0, REFUSED)), object(LOT)));
  }

  @Test
  void aCleanLogAfterABadOneDoesNotHideItUntilTheGoodsAreAccepted() {
    world.accept(log(CARRIER, "T301-7", 12_000, object(LOT)));
    world.acceptQuietly(log(CARRIER, "T301-7", 5_000, object(LOT)));
    for (List<String> expected :
        List.of(
            List.of("ACCEPTED_DESPITE_TEMPERATURE line=0 log=1.0 verdict=excursion through=line"),
            List.<String>of())) {
      Statement offer = offer(MARKET, object(LOT));
      world.acceptQuietly(offer);
      assertEquals(expected, print(world.accept(accepting(offer, LOT))));
    }
  }

  @Test
  void theLatestLogSpeaksAgainstEveryAcceptanceUntilABetterOneComes() {
    world.accept(log(CARRIER, "T301-7", 12_000, object(LOT)));
    for (int i = 0; i < 2; i++) {
      Statement offer = offer(MARKET, object(LOT));
      world.acceptQuietly(offer);
      assertEquals(1, world.accept(accepting(offer, LOT)).size());
    }
  }

  @Test
  void whatHappenedToTheContainerHappenedToTheGoodsInIt() {
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_ADD, BOX, LOT));
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_ADD, PALLET, BOX));
    world.accept(log(CARRIER, "T301-7", 12_000, object(PALLET)));
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
    assertEquals(
        List.of("ACCEPTED_DESPITE_TEMPERATURE line=0 log=3.0 verdict=excursion through=container"),
        print(world.accept(accepting(offer, LOT))));
  }

  @Test
  void goodsTakenOutAreNotInTheContainerAnyMore() {
    for (Statement taking :
        List.of(
            packing(EventAction.EVENT_ACTION_DELETE, PALLET, LOT),
            packing(EventAction.EVENT_ACTION_DELETE, PALLET),
            packing(EventAction.EVENT_ACTION_ADD, BOX, LOT))) {
      World fresh = new World();
      Statement packed = packing(EventAction.EVENT_ACTION_ADD, PALLET, LOT);
      fresh.acceptQuietly(moved(packed, fresh));
      fresh.acceptQuietly(moved(taking, fresh));
      fresh.accept(moved(log(CARRIER, "T301-7", 12_000, object(PALLET)), fresh));
      Statement offer = moved(offer(MARKET, object(LOT)), fresh);
      fresh.acceptQuietly(offer);
      fresh.acceptQuietly(moved(accepting(offer, LOT), fresh));
    }
  }

  /** The statement as the next of another world. */
  private static Statement moved(Statement statement, World to) {
    return to.at(
        to.next,
        0,
        NOW,
        statement.signer(),
        statement.kind(),
        statement.part().toBuilder(),
        statement.trade(),
        statement.lines().toArray(StatementLine[]::new));
  }

  @Test
  void whatIsTakenOutOfOneContainerStaysInTheOtherItWasPutInto() {
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_ADD, BOX, LOT));
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_ADD, PALLET, LOT));
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_DELETE, BOX, LOT));
    world.accept(log(CARRIER, "T301-7", 12_000, object(PALLET)));
    Statement offer = offer(MARKET, object(LOT));
    world.acceptQuietly(offer);
    assertEquals(1, world.accept(accepting(offer, LOT)).size());
  }

  @Test
  void containersThatHoldEachOtherEndNowhere() {
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_ADD, PALLET, BOX));
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_ADD, BOX, PALLET));
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_ADD, LOT, LOT));
    Statement offer = offer(MARKET, object(LOT), line(LineRole.LINE_ROLE_PARENT, BOX));
    world.acceptQuietly(offer);
    world.acceptQuietly(
        answer(
            MARKET,
            offer,
            digest(offer),
            List.of(answer(0, 0, ACCEPTED), answer(1, 1, ACCEPTED)),
            object(LOT),
            line(LineRole.LINE_ROLE_PARENT, BOX)));
  }

  @Test
  void theParentLineOfAnAnswerIsTheContainerOfItsObjects() {
    StatementLine pallet = line(LineRole.LINE_ROLE_PARENT, PALLET);
    world.accept(log(CARRIER, "T301-7", 12_000, pallet));
    Statement offer = offer(MARKET, object(LOT), pallet);
    world.acceptQuietly(offer);
    assertEquals(
        List.of(
            "ACCEPTED_DESPITE_TEMPERATURE line=0 log=1.0 verdict=excursion through=container",
            "ACCEPTED_DESPITE_TEMPERATURE line=1 log=1.0 verdict=excursion through=line"),
        print(
            world.accept(
                answer(
                    MARKET,
                    offer,
                    digest(offer),
                    List.of(answer(0, 0, ACCEPTED), answer(1, 1, ACCEPTED)),
                    object(LOT),
                    pallet))));
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
      world.acceptQuietly(order(BUREAU, type, object(LOT)));
    }
    world.acceptQuietly(order(COOPERATIVE, OrderType.ORDER_TYPE_RECALL, object(LOT)));
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
    world.acceptQuietly(
        order(BUREAU, OrderType.ORDER_TYPE_RECALL, object("urn:pinlian:lot:" + MARKET + ":1")));
  }

  @Test
  void onlyItsSignerOrAnAuthorityVoidsARecord() {
    Statement certificate =
        certificate(COOPERATIVE, OWN_CERTIFICATE, CertificateForm.CERTIFICATE_FORM_2025_1);
    world.acceptQuietly(certificate);
    world.refuse(
        voiding(MARKET, digest(certificate), cites(certificate)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    world.refuse(
        voiding(MARKET, ByteString.copyFrom(new byte[32]), cites(certificate)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    world.acceptQuietly(
        voiding(
            COOPERATIVE,
            digest(certificate),
            object(LOT),
            line(LineRole.LINE_ROLE_CERTIFICATE, OWN_CERTIFICATE),
            cites(certificate)));
    world.acceptQuietly(voiding(BUREAU, digest(certificate), cites(certificate)));
  }

  @Test
  void aVoidingReachesNothingThatTheVoidedRecordDoesNot() {
    Statement event =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW, List.of(object(LOT)));
    world.acceptQuietly(event);
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
  void aVoidingOrApprovalThatCitesNothingIsAFinding() {
    StatementLine nowhere = line(LineRole.LINE_ROLE_RECORD, "urn:pinlian:record:99.0");
    ByteString digest = ByteString.copyFrom(new byte[32]);
    assertEquals(
        List.of("CITED_RECORD_UNKNOWN line=0 cited=99.0 digest=" + "00".repeat(32)),
        print(world.accept(voiding(COOPERATIVE, digest, nowhere))));
    assertEquals(
        List.of("CITED_RECORD_UNKNOWN"), codes(world.accept(approval(BUREAU, digest, nowhere))));
    Statement own =
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW, List.of(object(LOT)));
    world.acceptQuietly(own);
    assertEquals(
        List.of("CITED_RECORD_UNKNOWN"),
        codes(world.accept(voiding(COOPERATIVE, digest, cites(own)))));
  }

  @Test
  void nobodyApprovesTheirOwn() {
    Statement order = order(BUREAU, OrderType.ORDER_TYPE_RECALL, object(LOT));
    world.acceptQuietly(order);
    world.refuse(
        approval(BUREAU, digest(order), object(LOT), cites(order)),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
    world.refuse(
        approval(OTHER_BUREAU, digest(order), object(OTHER_LOT), cites(order)),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
    world.acceptQuietly(approval(OTHER_BUREAU, digest(order), object(LOT), cites(order)));
  }

  @Test
  void anEntryCannotCiteItself() {
    Statement offer = offer(MARKET, object(LOT));
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
    assertEquals(List.of("OFFER_UNKNOWN"), codes(world.accept(offer, answer)));
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
    world.acceptQuietly(enrolment);
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
  void laterRecordsOfASubmissionSeeWhatEarlierOnesDid() {
    CertificateForm form = CertificateForm.CERTIFICATE_FORM_2025_1;
    Statement first = certificate(COOPERATIVE, OWN_CERTIFICATE, form);
    Statement second =
        world.at(
            1,
            1,
            NOW,
            COOPERATIVE,
            first.kind(),
            first.part().toBuilder(),
            null,
            first.lines().toArray(StatementLine[]::new));
    List<OldFinding> findings = world.accept(first, second);
    assertEquals(
        List.of("CERTIFICATE_NUMBER_REUSED line=1 number=HZ-1 first=1.0"), print(findings));
    assertEquals(1, findings.get(0).getPosition());
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
  void anEventMoreThanADayAheadIsAFinding() {
    long day = 24L * 60 * 60 * 1000;
    List<StatementLine> lines = List.of(object(LOT));
    world.acceptQuietly(
        event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD, NOW + day, lines));
    assertEquals(
        List.of(
            "EVENT_IN_FUTURE line=0 field=event_time value=2025-10-10T08:53:20.001Z"
                + " sequenced_at=2025-10-09T08:53:20Z"),
        print(
            world.accept(
                event(
                    EventType.EVENT_TYPE_OBJECT,
                    EventAction.EVENT_ACTION_ADD,
                    NOW + day + 1,
                    lines))));
    Statement intake =
        world.state(
            MARKET,
            Kind.KIND_INTAKE,
            PublicPart.newBuilder().setIntake(Intake.newBuilder().setReceivedOn("2025-10-11")),
            null,
            object(LOT));
    assertEquals(List.of("EVENT_IN_FUTURE"), codes(world.accept(intake)));
  }

  @Test
  void theSameStatementOnTheSameStateGivesTheSameBytes() {
    world.acceptQuietly(packing(EventAction.EVENT_ACTION_ADD, PALLET, LOT, OTHER_LOT, BOX));
    world.accept(log(CARRIER, "T301-7", 12_000, object(PALLET)));
    Statement offer = offer(NOW - 1, MARKET, object(LOT), object(OTHER_LOT));
    world.acceptQuietly(offer);
    Statement answer =
        answer(
            MARKET,
            offer,
            digest(offer),
            List.of(answer(0, 0, ACCEPTED), answer(1, 1, ACCEPTED)),
            object(LOT),
            object(OTHER_LOT));
    String first = bytes(Rules.judge(world, answer));
    for (int i = 0; i < 10; i++) {
      assertEquals(first, bytes(Rules.judge(world, answer)));
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
    accepted.findings().forEach(f -> text.append(hex.formatHex(f.toByteArray())).append('\n'));
    return text.toString();
  }

  @Test
  void tableIdsAreTakenOnce() {
    assertEquals(
        RuleTable.values().length,
        List.of(RuleTable.values()).stream().map(RuleTable::id).distinct().count());
  }
}
