// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.Stage.Filed;
import org.pinlian.v1.CertificateCheck;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.ErrorDeclaration;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.GateResult;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionItem;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.ProductRegister;
import org.pinlian.v1.ProductRegistration;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.SameGoods;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Voiding;

/** What {@code coverage} counts over real ledgers, one of which heard all in another order. */
class CoverageCommandTest {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  private static LocalDate today = LocalDate.EPOCH;
  private static String asOf = "";
  private static String year = "";

  @TempDir static Path shared;

  private static Path data = Path.of("");
  private static Path otherOrder = Path.of("");
  private static Instant before = Instant.EPOCH;

  /** What is said, each in a submission of its own; nothing of it cites another. */
  private record Said(Actor actor, Draft draft) {}

  @BeforeAll
  static void build() throws Exception {
    today = LocalDate.now(CHINA);
    asOf = today.plusDays(1).toString();
    year = Integer.toString(today.getYear());
    data = shared.resolve("one");
    otherOrder = shared.resolve("other");
    play(data, everything());
    List<Said> shuffled = everything();
    Collections.shuffle(shuffled, new Random(Seeds.random(CoverageCommandTest.class).nextLong()));
    play(otherOrder, shuffled);
  }

  private static void play(Path folder, List<Said> all) throws Exception {
    try (TestLedger ledger = TestLedger.create(folder, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      market(ledger, Actor.COLLECTOR);
      market(ledger, Actor.CANTEEN);
      before = before.equals(Instant.EPOCH) ? Instant.now() : before;
      Thread.sleep(5);
      for (Said said : all) {
        ledger.file(said.actor(), "", List.of(said.draft()));
      }
      // What is taken back counts no more.
      takeBack(ledger, Actor.DISTRICT, registration("G5", ProductRegister.PRODUCT_REGISTER_GREEN));
      takeBack(ledger, Actor.COLLECTOR, check(GateResult.GATE_RESULT_ACCEPTED, today, "V"));
      takeBack(ledger, Actor.DISTRICT, sampled("S-VOID", today, true));
    }
  }

  private static void takeBack(TestLedger ledger, Actor actor, Draft draft) throws Exception {
    Filed filed = ledger.file(actor, "", List.of(draft));
    ledger.file(
        actor,
        "",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setVoiding(
                            Voiding.newBuilder()
                                .setRecord(ByteString.copyFrom(filed.digests().get(0).bytes()))
                                .setReason("有误")))
                .line(LineRole.LINE_ROLE_RECORD, Subject.record(filed.index(), 0))));
  }

  private static void market(TestLedger ledger, Actor actor) throws Exception {
    ledger.file(
        Actor.DISTRICT,
        "is a market too",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setEnrolment(
                            Enrolment.newBuilder()
                                .setParticipant(actor.id().toString())
                                .setName(actor.displayName())
                                .addRoles(actor.role())
                                .addRoles(Role.ROLE_MARKET)
                                .setRegion(Actor.REGION)
                                .addKeys(
                                    EnrolledKey.newBuilder()
                                        .setSpki(ByteString.copyFrom(ledger.keyOf(actor).spki())))))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(actor.id()))));
  }

  private static List<Said> everything() throws Exception {
    List<Said> all = new ArrayList<>();
    // Registers: which products are in, and what was done with goods of them.
    for (String name : List.of("G1", "G2", "G3", "G4", "G6", "G7")) {
      all.add(new Said(Actor.DISTRICT, registration(name, ProductRegister.PRODUCT_REGISTER_GREEN)));
    }
    all.add(new Said(Actor.DISTRICT, registration("G1", ProductRegister.PRODUCT_REGISTER_ORGANIC)));
    all.add(
        new Said(
            Actor.DISTRICT, registration("P1", ProductRegister.PRODUCT_REGISTER_GEOGRAPHICAL)));
    all.add(new Said(Actor.COOPERATIVE, made("G1", 10)));
    all.add(new Said(Actor.COOPERATIVE, made("G3", 500)));
    all.add(new Said(Actor.COOPERATIVE, made("G4", 10)));
    all.add(new Said(Actor.COOPERATIVE, made("G5", 10)));
    all.add(new Said(Actor.COOPERATIVE, made("G6", 200)));
    all.add(new Said(Actor.COOPERATIVE, wronglyMade(false)));
    all.add(new Said(Actor.COOPERATIVE, wronglyMade(true)));
    // Goods of the indication were moved under a code of the co-operative's own.
    Subject own = Subject.parse("urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":P1");
    all.add(
        new Said(
            Actor.COOPERATIVE,
            Draft.of(PublicPart.newBuilder().setSameGoods(SameGoods.newBuilder().setReason("贴码")))
                .line(LineRole.LINE_ROLE_OBJECT, lot("P1"))
                .line(LineRole.LINE_ROLE_ALIAS, own)));
    all.add(new Said(Actor.COOPERATIVE, event(3, "").line(LineRole.LINE_ROLE_OBJECT, own)));
    // Gates.
    for (int n = 0; n < 3; n++) {
      all.add(new Said(Actor.COLLECTOR, check(GateResult.GATE_RESULT_ACCEPTED, today, "A" + n)));
    }
    all.add(new Said(Actor.COLLECTOR, check(GateResult.GATE_RESULT_ABSENT_TESTED, today, "")));
    all.add(new Said(Actor.COLLECTOR, check(GateResult.GATE_RESULT_REFUSED, today, "")));
    all.add(
        new Said(
            Actor.COLLECTOR,
            check(GateResult.GATE_RESULT_ACCEPTED, today.minusDays(100), "EARLY")));
    all.add(new Said(Actor.CANTEEN, check(GateResult.GATE_RESULT_COLLECTED, today, "C")));
    // Samples.
    all.add(new Said(Actor.DISTRICT, sampled("S-1", today, true)));
    all.add(new Said(Actor.DISTRICT, sampled("S-2", today, false)));
    all.add(new Said(Actor.DISTRICT, sampled("S-2", today, false)));
    all.add(new Said(Actor.DISTRICT, sampled("S-OLD", today.minusYears(1), true)));
    all.add(new Said(Actor.COLLECTOR, quick(false)));
    all.add(new Said(Actor.COLLECTOR, quick(false)));
    all.add(new Said(Actor.COLLECTOR, quick(true)));
    // A drug of a key variety, moved by the lot by two.
    all.add(
        new Said(
            Actor.DRUG_MAKER,
            Draft.of(
                    PublicPart.newBuilder()
                        .setProduct(
                            Product.newBuilder()
                                .setName("示例注射液")
                                .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_ROOM)
                                .setGoods(Goods.GOODS_DRUG)
                                .addKeyVarieties(KeyVariety.KEY_VARIETY_NARCOTIC)))
                .line(LineRole.LINE_ROLE_OBJECT, product("D1"))));
    all.add(new Said(Actor.DRUG_MAKER, offer(Actor.WHOLESALER, 20)));
    all.add(new Said(Actor.WHOLESALER, offer(Actor.HOSPITAL, 10)));
    all.add(new Said(Actor.WHOLESALER, offer(Actor.HOSPITAL, 5)));
    return all;
  }

  // ---- what is said ----------------------------------------------------------------------------

  private static Subject product(String name) throws Exception {
    String body = "09520000" + "%02d".formatted((int) name.charAt(0)) + "00" + name.charAt(1);
    int sum = 0;
    for (int i = 0; i < body.length(); i++) {
      sum += (body.charAt(i) - '0') * (i % 2 == 0 ? 3 : 1);
    }
    return Subject.parse("https://id.gs1.org/01/" + body + (10 - sum % 10) % 10);
  }

  private static Subject lot(String name) throws Exception {
    return Subject.parse(product(name).uri() + "/10/L1");
  }

  private static Draft registration(String name, ProductRegister register) throws Exception {
    boolean ended = name.equals("G4");
    boolean begun = !name.equals("G6");
    ProductRegistration.Builder registration =
        ProductRegistration.newBuilder()
            .setRegister(register)
            .setCertificateNumber("NO-" + name)
            .setHolder(Actor.COOPERATIVE.id().toString())
            .setProductName("示例产品" + name)
            .setValidFrom(today.minusDays(begun ? 700 : 100).toString());
    if (register == ProductRegister.PRODUCT_REGISTER_GEOGRAPHICAL) {
      registration.setRegion(Actor.REGION);
    } else {
      registration.setValidUntil((ended ? today.minusDays(5) : today.plusDays(300)).toString());
    }
    return Draft.of(PublicPart.newBuilder().setProductRegistration(registration))
        .line(LineRole.LINE_ROLE_OBJECT, product(name));
  }

  private static long daysAgo(int days) {
    return today.minusDays(days).atTime(9, 0).toInstant(CHINA).toEpochMilli();
  }

  private static Draft event(int daysAgo, String id) {
    return Draft.of(PublicPart.newBuilder().setTraceEvent(harvest(daysAgo, id)));
  }

  private static TraceEvent.Builder harvest(int daysAgo, String id) {
    return TraceEvent.newBuilder()
        .setType(EventType.EVENT_TYPE_OBJECT)
        .setAction(EventAction.EVENT_ACTION_ADD)
        .setEventTime(daysAgo(daysAgo))
        .setZoneOffset("+08:00")
        .setEventId(id);
  }

  private static Draft made(String name, int daysAgo) throws Exception {
    return event(daysAgo, "").line(LineRole.LINE_ROLE_OBJECT, lot(name));
  }

  /** An event, and its being taken back. */
  private static Draft wronglyMade(boolean declared) throws Exception {
    TraceEvent.Builder event = harvest(10, "urn:uuid:00000000-0000-4000-8000-000000000007");
    if (declared) {
      event.setErrorDeclaration(
          ErrorDeclaration.newBuilder().setDeclaredAt(daysAgo(1)).setReason("did_not_occur"));
    }
    return Draft.of(PublicPart.newBuilder().setTraceEvent(event))
        .line(LineRole.LINE_ROLE_OBJECT, lot("G7"));
  }

  private static Draft check(GateResult result, LocalDate day, String number) throws Exception {
    CertificateCheck.Builder check =
        CertificateCheck.newBuilder().setResult(result).setCheckedOn(day.toString());
    switch (result) {
      case GATE_RESULT_ABSENT_TESTED -> check.setQuickTest(ByteString.copyFrom(new byte[32]));
      case GATE_RESULT_REFUSED -> check.setReason("无合格证且快检阳性");
      default ->
          check
              .setForm(CertificateForm.CERTIFICATE_FORM_2025_1)
              .setNumber(number)
              .setIssuer("示例农户");
    }
    return Draft.of(PublicPart.newBuilder().setCertificateCheck(check))
        .line(LineRole.LINE_ROLE_OBJECT, lot("G2"));
  }

  private static Draft sampled(String number, LocalDate day, boolean passed) throws Exception {
    Inspection.Builder inspection =
        Inspection.newBuilder()
            .setType(InspectionType.INSPECTION_TYPE_SUPERVISION_SAMPLING)
            .setNumber(number)
            .setSampledOn(day.toString())
            .setReportedOn(day.toString())
            .setLaboratory("示例检验所")
            .setConclusion(
                passed
                    ? InspectionConclusion.INSPECTION_CONCLUSION_PASSED
                    : InspectionConclusion.INSPECTION_CONCLUSION_FAILED);
    if (!passed) {
      inspection.addItems(InspectionItem.newBuilder().setItem("毒死蜱").setResult("0.3"));
    }
    return Draft.of(PublicPart.newBuilder().setInspection(inspection))
        .line(LineRole.LINE_ROLE_OBJECT, lot("G2"));
  }

  private static Draft quick(boolean positive) throws Exception {
    return Draft.of(
            PublicPart.newBuilder()
                .setInspection(
                    Inspection.newBuilder()
                        .setType(InspectionType.INSPECTION_TYPE_QUICK_TEST)
                        .setSampledOn(today.toString())
                        .setConclusion(
                            positive
                                ? InspectionConclusion.INSPECTION_CONCLUSION_POSITIVE
                                : InspectionConclusion.INSPECTION_CONCLUSION_NEGATIVE)))
        .line(LineRole.LINE_ROLE_OBJECT, lot("G2"));
  }

  private static Draft offer(Actor receiver, int daysAgo) throws Exception {
    return Draft.of(
            PublicPart.newBuilder()
                .setCustodyOffer(
                    CustodyOffer.newBuilder()
                        .setOfferedAt(daysAgo(daysAgo))
                        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_ROOM)))
        .line(LineRole.LINE_ROLE_OBJECT, lot("D1"))
        .trade(Trade.newBuilder().setReceiver(receiver.id().toString()).build());
  }

  // ---- what is counted -------------------------------------------------------------------------

  private static Ran coverage(Path folder, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("coverage", "--data", folder.toString(), "--json"));
    arguments.addAll(List.of(more));
    Ran ran = Ran.pinlian(arguments.toArray(String[]::new));
    assertEquals(0, ran.exit(), ran.out() + ran.err());
    return ran;
  }

  private static String count(JsonNode json, int row) {
    JsonNode one = json.path("registers").path(row);
    return one.path("register").asText()
        + " "
        + one.path("live").asText()
        + "/"
        + one.path("registered").asText()
        + " "
        + one.path("percent").asText();
  }

  @Test
  void ofEachRegisterWhatIsLiveAndTheGapsByName() throws Exception {
    JsonNode json = coverage(data, "--register", "all", "--as-of", asOf).json();

    assertEquals("green 1/5 20.0", count(json, 0));
    assertEquals("organic 1/1 100.0", count(json, 1));
    assertEquals("geographical 1/1 100.0", count(json, 2));
    assertEquals(12, json.path("months").asInt());
    List<String> gaps = new ArrayList<>();
    for (JsonNode gap : json.path("gaps")) {
      gaps.add(
          gap.path("certificateNumber").asText()
              + " "
              + gap.path("gap").asText()
              + " "
              + gap.path("lastOn").asText());
    }
    assertEquals(
        List.of(
            "NO-G2 NO_GOODS ",
            "NO-G3 NOT_LATELY " + today.minusDays(500),
            "NO-G6 NOT_LATELY " + today.minusDays(200),
            "NO-G7 NO_GOODS "),
        gaps);
    JsonNode first = json.path("gaps").path(0);
    assertEquals(product("G2").uri(), first.path("subject").asText());
    assertEquals(Actor.COOPERATIVE.id().toString(), first.path("holder").asText());
    assertEquals("示例产品G2", first.path("name").asText());
  }

  @Test
  void oneRegisterAlone() {
    JsonNode json = coverage(data, "--register", "organic", "--as-of", asOf).json();

    assertEquals(1, json.path("registers").size());
    assertEquals(0, json.path("gaps").size());
  }

  @Test
  void asOfBeforeItWasSaidNothingIsCounted() {
    JsonNode json = coverage(data, "--register", "all", "--as-of", before.toString()).json();
    assertEquals("green 0/0 null", count(json, 0));
    assertEquals(
        0, coverage(data, "--gate", "--as-of", before.toString()).json().path("gates").size());
  }

  @Test
  void asOfALaterDayWhatWasLiveIsNoMore() {
    JsonNode json =
        coverage(data, "--register", "green", "--as-of", today.plusDays(290).toString()).json();
    assertEquals("green 1/5 20.0", count(json, 0));
    json = coverage(data, "--register", "green", "--as-of", today.plusDays(301).toString()).json();
    assertEquals("green 0/0 null", count(json, 0));
    json =
        coverage(data, "--register", "geographical", "--as-of", today.plusDays(400).toString())
            .json();
    assertEquals("geographical 0/1 0.0", count(json, 0));
    assertEquals("NOT_LATELY", json.path("gaps").path(0).path("gap").asText());
  }

  @Test
  void atEachGateWhatCameWithACertificateWithoutAndNotIn() {
    JsonNode gates = coverage(data, "--gate", "--as-of", asOf).json().path("gates");

    assertEquals(2, gates.size());
    JsonNode market = by(gates, Actor.COLLECTOR);
    // Four and one, one refused; the voided one is not among them.
    assertEquals(4, market.path("accepted").asInt());
    assertEquals(1, market.path("absentTested").asInt());
    assertEquals(1, market.path("refused").asInt());
    assertEquals("66.6", market.path("percent").asText());
    JsonNode canteen = by(gates, Actor.CANTEEN);
    assertEquals(1, canteen.path("collected").asInt());
    assertTrue(canteen.path("percent").isNull());

    JsonNode lately =
        coverage(
                data,
                "--gate",
                "--as-of",
                asOf,
                "--from",
                today.minusDays(9).toString(),
                "--until",
                today.toString())
            .json();
    assertEquals(3, by(lately.path("gates"), Actor.COLLECTOR).path("accepted").asInt());
    assertEquals("60.0", by(lately.path("gates"), Actor.COLLECTOR).path("percent").asText());
  }

  private static JsonNode by(JsonNode rows, Actor actor) {
    for (JsonNode row : rows) {
      if (row.path("participant").asText().equals(actor.id().toString())) {
        return row;
      }
    }
    throw new AssertionError(actor + " is not in " + rows);
  }

  @Test
  void whoMovedAKeyVarietyWithoutItsCodes() throws Exception {
    JsonNode rows = coverage(data, "--key-varieties", "--as-of", asOf).json().path("withoutCodes");

    assertEquals(2, rows.size());
    for (Actor actor : List.of(Actor.DRUG_MAKER, Actor.WHOLESALER)) {
      JsonNode lots = by(rows, actor).path("lots");
      assertEquals(1, lots.size());
      assertEquals(lot("D1").uri(), lots.path(0).path("lot").asText());
      assertEquals("KEY_VARIETY_NARCOTIC", lots.path(0).path("variety").asText());
    }
  }

  @Test
  void quickTestsAndSamplingAreNeverOneFigure() {
    JsonNode json =
        coverage(
                data,
                "--sampling",
                year,
                "--as-of",
                asOf,
                "--population",
                "1000",
                "--source",
                "假定人口")
            .json();

    JsonNode sampling = json.path("samples").path("SUPERVISION_SAMPLING");
    assertEquals(2, sampling.path("samples").asInt());
    assertEquals(1, sampling.path("against").asInt());
    JsonNode quick = json.path("samples").path("QUICK_TEST");
    assertEquals(3, quick.path("samples").asInt());
    assertEquals(1, quick.path("against").asInt());
    assertEquals(2.0, json.path("sampledPerThousand").asDouble());
    assertEquals("假定人口", json.path("populationSource").asText());
    assertEquals(5, json.path("inspected").asInt());
    assertEquals(36_000, json.path("inspectedAim").asInt());
    assertFalse(
        coverage(data, "--sampling", year, "--as-of", asOf).json().has("sampledPerThousand"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--register all", "--gate", "--sampling year", "--key-varieties"})
  void theOrderOfArrivalChangesNothing(String what) {
    String[] arguments = (what.replace("year", year) + " --as-of " + asOf).split(" ", -1);

    assertEquals(stable(coverage(data, arguments)), stable(coverage(otherOrder, arguments)));
  }

  /** Without the digests of records, which were salted anew. */
  private static String stable(Ran ran) {
    return ran.out().replaceAll("\"record\":\"[0-9a-f]{64}\"", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--register blue",
        "--register all --gate",
        "--register all --from 2026-01-01",
        "--gate --from yesterday",
        "--gate --population 5 --source x",
        "--sampling 26",
        "--sampling 2026 --population 0 --source x",
        "--sampling 2026 --population 1000",
        "--sampling 2026 --source x",
        "--register all --as-of never",
      })
  void whatCannotBeCountedIsSaid(String arguments) {
    List<String> all = new ArrayList<>(List.of("coverage", "--data", data.toString()));
    if (!arguments.isEmpty()) {
      all.addAll(List.of(arguments.split(" ", -1)));
    }
    assertEquals(2, Ran.pinlian(all.toArray(String[]::new)).exit());
  }

  @Test
  void peopleReadTheFigureAndTheGaps() {
    Ran ran =
        Ran.pinlian("coverage", "--register", "green", "--data", data.toString(), "--as-of", asOf);

    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.out().contains("绿色食品 green: 登记 registered 5, 在链 live 1, 20.0 %"), ran.out());
    assertTrue(ran.out().contains("NO-G2 示例产品G2"), ran.out());
    assertTrue(new TreeSet<>(List.of(ran.out().split("\n", -1))).size() > 5, ran.out());
  }
}
