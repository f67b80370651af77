// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.BambooTale;
import org.pinlian.tools.demo.BeefBallTale;
import org.pinlian.tools.demo.DrugTale;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.FormulaTale;
import org.pinlian.tools.demo.Secrets;
import org.pinlian.tools.demo.Tale;
import org.pinlian.tools.demo.VaccineTale;

/** Orders on real goods, at a real node behind a real gateway in this process. */
class RecallCommandTest {
  @TempDir static Path scratch;

  private static Path data = Path.of("");

  @SuppressWarnings("NullAway.Init") // before all
  private static LedgerServer server;

  @SuppressWarnings("NullAway.Init")
  private static Tale bamboo;

  @SuppressWarnings("NullAway.Init")
  private static Tale beef;

  @BeforeAll
  static void build() throws Exception {
    data = scratch.resolve("data");
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    try (TestLedger ledger = TestLedger.create(data, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      Secrets secrets = new Secrets();
      bamboo = new BambooTale(ledger, secrets, now).play();
      beef = new BeefBallTale(ledger, secrets, now).play();
      Tale vaccine = new VaccineTale(ledger, secrets, now).play();
      Tale drug = new DrugTale(ledger, secrets, now).play();
      Tale formula = new FormulaTale(ledger, secrets, now).play();
      DemoFolder folder = new DemoFolder(data);
      Files.createDirectories(folder.path());
      folder.write(List.of(bamboo, beef, vaccine, drug, formula));
      for (Actor actor : Actor.values()) {
        KeyFiles.writeSecret(scratch.resolve(actor.fileName() + ".pem"), ledger.key(actor));
      }
    }
    server = LedgerServer.start(data, "127.0.0.1", 0);
    Files.writeString(
        scratch.resolve("policy.txt"),
        Policies.text(server.node().genesis(), server.node().hash(), server.node().logVkey()));
  }

  @AfterAll
  static void everythingIsProvable() {
    server.close();
    assertTrue(Audit.run(data, Progress.SILENT).isClean());
  }

  @Test
  void aDistrictRecallsFoodFromEverybodyWhoHasIt() throws Exception {
    JsonNode told = good(recall("bamboo-farm", Actor.DISTRICT, Actor.LEGAL, "--grade", "1"));
    JsonNode codes = Console.JSON.readTree(data.resolve("demo").resolve("codes.json").toFile());
    assertEquals(codes.path("bamboo").path("holders"), told.path("holders"));
    // The canteen has eaten its part, and is told as well.
    assertEquals(
        Stream.of(Actor.CANTEEN, Actor.COLLECTOR)
            .map(actor -> actor.id().toString())
            .sorted()
            .toList(),
        texts(told.path("notify")));
    assertTrue(told.path("inEffect").asBoolean(), told.toString());
    assertFalse(told.path("cut").asBoolean(true));
    assertEquals(
        "farm-product",
        good(recall(
                "bamboo-stall",
                Actor.DISTRICT,
                null,
                "--type",
                "stop-sale",
                "--basis",
                "农产品质量安全法",
                "--dry-run"))
            .path("goods")
            .asText());
    assertEquals("food", told.path("goods").asText());
    // All three lots, so that the order is said first of each.
    assertEquals(3, told.path("names").size(), told.toString());
    assertEquals(
        requireNonNull(bamboo.lots().get("bamboo-farm")).uri(),
        told.path("names").path(0).asText());
    assertEquals("FOOD_RECALL_1_START", told.path("clocks").path(0).path("clock").asText());
    assertEquals("running", told.path("clocks").path(0).path("state").asText());
    assertEquals("FOOD_RECALL_1_END", told.path("clocks").path(1).path("clock").asText());

    JsonNode story = good(trace("bamboo-stall", Actor.COLLECTOR));
    assertEquals("orders", story.fieldNames().next(), "before everything else");
    JsonNode first = story.path("orders").path(0);
    assertEquals("in-effect", first.path("state").asText());
    assertEquals(1, first.path("grade").asInt());
    assertEquals(told.path("record").asText(), first.path("record").asText());
    assertEquals(told.path("approval").asText(), first.path("approval").asText());
    Ran people = run(trace("bamboo-canteen", Actor.CANTEEN));
    assertTrue(people.out().startsWith("!! 生效中 IN EFFECT: 召回 recall 一级 grade 1"), people.out());

    String order = told.path("order").asText();
    JsonNode before = good(status(order, Actor.DISTRICT));
    assertEquals(List.of(Actor.COLLECTOR.id().toString()), texts(before.path("open")));
    assertEquals("300", before.path("totals").path("KGM").path("held").asText());
    assertEquals("0.0", before.path("totals").path("KGM").path("percent").asText());

    // A canteen that has none of it left cannot end it, nor can whoever has some.
    assertEquals(
        3, run(report(order, Actor.COLLECTOR, "--step", "closed", "--lot", "bamboo-stall")).exit());
    good(report(order, Actor.COLLECTOR, "--step", "acknowledged"));
    good(
        report(
            order,
            Actor.COLLECTOR,
            "--step",
            "progress",
            "--lot",
            "bamboo-stall",
            "--recovered",
            "150.5",
            "--sold",
            "100",
            "--unit",
            "KGM"));
    JsonNode midway = good(status(order, Actor.DISTRICT));
    assertEquals(1, midway.path("holdersAcknowledged").asInt());
    assertEquals("250.5", midway.path("totals").path("KGM").path("accounted").asText());
    assertEquals("83.5", midway.path("totals").path("KGM").path("percent").asText());
    assertFalse(midway.path("complete").asBoolean());
    // Totals to date: the last report counts, not the sum.
    good(
        report(
            order,
            Actor.COLLECTOR,
            "--step",
            "progress",
            "--lot",
            "bamboo-stall",
            "--recovered",
            "200",
            "--sold",
            "99.25",
            "--missing",
            "0.75",
            "--unit",
            "KGM"));
    JsonNode after = good(status(order, Actor.DISTRICT));
    assertEquals("100.0", after.path("totals").path("KGM").path("percent").asText());
    assertTrue(after.path("complete").asBoolean(), after.toString());
    assertEquals(0, after.path("open").size());
    assertEquals("kept", after.path("clocks").path(0).path("state").asText());
    Ran lines = run(status(order, Actor.DISTRICT));
    assertTrue(lines.out().contains("查明 found 1, 已知悉 acknowledged 1, 未了结 open 0"), lines.out());
    assertEquals(3, run(status(order, Actor.CANTEEN)).exit(), "not shown which goods");

    good(report(order, Actor.DISTRICT, "--step", "closed", "--text", "核查处置完毕"));
    JsonNode closed = good(trace("bamboo-canteen", Actor.CANTEEN));
    assertEquals("closed", closed.path("orders").path(0).path("state").asText());
    Ran ended = run(trace("bamboo-canteen", Actor.CANTEEN));
    assertTrue(ended.out().startsWith("- 已结案 CLOSED: 召回 recall"), ended.out());
  }

  @Test
  void aDistrictMayNotRecallDrugsAndIsToldWhoseThePowerIs() {
    for (String lot : List.of("drug-lot", "vaccine-lot", "drug-box")) {
      for (String way : List.of("--json", "--dry-run")) {
        Ran ran = run(recall(lot, Actor.DISTRICT, Actor.LEGAL, "--grade", "1", way));
        assertEquals(3, ran.exit(), lot + ran.out() + ran.err());
        assertTrue(ran.err().contains("NO_SUCH_POWER"), ran.err());
        assertTrue(ran.err().contains("省级监管部门 a provincial authority"), ran.err());
        assertTrue(ran.err().contains("药品管理法 82, 135"), ran.err());
      }
      assertEquals(0, good(trace(lot, Actor.CITY)).path("orders").size(), lot);
    }
    Ran pretended =
        run(recall("vaccine-lot", Actor.DISTRICT, Actor.LEGAL, "--grade", "1", "--goods", "food"));
    assertEquals(2, pretended.exit(), pretended.err());
    // What a district may: stop them.
    JsonNode stopped =
        good(
            recall(
                "vaccine-refused-lot",
                Actor.DISTRICT,
                Actor.LEGAL,
                "--type",
                "suspension",
                "--basis",
                "药品管理法99"));
    assertEquals("drug", stopped.path("goods").asText());
    assertTrue(stopped.path("inEffect").asBoolean());
    assertEquals(0, stopped.path("clocks").size());
    // Of a unit the order is on its lot.
    JsonNode unit = good(trace("vaccine-refused-unit", Actor.CITY, "--backward"));
    assertEquals("in-effect", unit.path("orders").path(0).path("state").asText());
    good(report(stopped.path("order").asText(), Actor.DISTRICT, "--step", "closed"));
    Ran lifted = run(trace("vaccine-refused-unit", Actor.CITY, "--backward"));
    assertTrue(lifted.out().startsWith("- 已解除 LIFTED: 暂停销售使用"), lifted.out());
  }

  @Test
  void anOrderWaitsForItsLegalReview() throws Exception {
    JsonNode told = good(recall("beef-starch", Actor.DISTRICT, null, "--type", "stop-sale"));
    String order = told.path("order").asText();
    assertFalse(told.path("inEffect").asBoolean(true));
    assertTrue(told.path("needsApproval").asBoolean());
    Ran waiting = run(trace("beef-starch", Actor.BALL_MAKER));
    assertTrue(waiting.out().startsWith("! 未生效,待法制审核 NOT IN EFFECT"), waiting.out());
    assertEquals("waiting", good(status(order, Actor.DISTRICT)).path("state").asText());

    assertEquals(3, run(approve(order, Actor.DISTRICT)).exit(), "nobody approves an own order");
    assertEquals(3, run(approve(order, Actor.SHOP)).exit());
    JsonNode approved = good(approve(order, Actor.LEGAL));
    assertEquals(3, run(approve(order, Actor.CITY)).exit(), "it waits no longer");
    JsonNode story = good(trace("beef-starch", Actor.BALL_MAKER)).path("orders").path(0);
    assertEquals("in-effect", story.path("state").asText());
    assertEquals(
        approved.path("inEffectFrom").asText(), story.path("inEffectFrom").asText(), "not before");
    assertDossierSaysIt(requireNonNull(beef.lots().get("beef-starch")));
  }

  /** To whoever scans the code, without a key. */
  private static void assertDossierSaysIt(Subject subject) throws Exception {
    List<String> fetch =
        List.of(
            "dossier",
            subject.uri(),
            "--view",
            "consumer",
            "--gateway",
            server.address().toString(),
            "--policy",
            scratch.resolve("policy.txt").toString());
    Path file = scratch.resolve("starch.dossier");
    Ran told = new Ran(-1, "", "");
    for (int n = 0; n < 100 && !told.out().startsWith("!! 生效中 IN EFFECT: 停止销售"); n++) {
      Thread.sleep(n == 0 ? 0 : 100);
      List<String> keep = new ArrayList<>(fetch);
      keep.addAll(List.of("-o", file.toString()));
      told = run(keep);
      assertEquals(0, told.exit(), told.err());
    }
    assertTrue(told.out().startsWith("!! 生效中 IN EFFECT: 停止销售"), told.out());
    JsonNode json = good(fetch);
    assertEquals("orders", json.fieldNames().next());
    assertEquals("in-effect", json.path("orders").path(0).path("state").asText());
    Ran offline =
        run(
            List.of(
                "verify", file.toString(), "--policy", scratch.resolve("policy.txt").toString()));
    assertEquals(0, offline.exit(), offline.err());
    assertTrue(offline.out().startsWith("!! 生效中 IN EFFECT"), offline.out());
  }

  @Test
  void aMakerRecallsItsOwnWithoutAReviewer() throws Exception {
    assertEquals(
        2, run(recall("formula-lot", Actor.FORMULA_MAKER, Actor.LEGAL, "--grade", "3")).exit());
    JsonNode told = good(recall("formula-lot", Actor.FORMULA_MAKER, null, "--grade", "3"));
    assertTrue(told.path("inEffect").asBoolean(), told.toString());
    assertFalse(told.path("needsApproval").asBoolean(true));
    JsonNode story = good(trace("formula-can", Actor.BABY_SHOP, "--backward"));
    assertEquals(
        Actor.FORMULA_MAKER.id().toString(),
        story.path("orders").path(0).path("orderedBy").asText());
    // A shop cannot recall, nor can a maker stop sale by order.
    Ran shop = run(recall("formula-lot", Actor.BABY_SHOP, null, "--grade", "3"));
    assertEquals(3, shop.exit(), shop.err());
    Ran stop = run(recall("formula-lot", Actor.FORMULA_MAKER, null, "--type", "stop-sale"));
    assertEquals(3, stop.exit(), stop.err());
    assertTrue(stop.err().contains("NO_SUCH_POWER"), stop.err());
  }

  @Test
  void theRecallOfTheStoryWasClosedWithEverythingAccountedFor() {
    Tale.Recall played = beef.recall().orElseThrow();
    JsonNode told = good(status(played.order().uri(), Actor.CITY));
    assertEquals("closed", told.path("state").asText());
    assertEquals(2, told.path("holdersFound").asInt());
    assertTrue(told.path("complete").asBoolean(), told.toString());
    assertEquals("390", told.path("totals").path("KGM").path("held").asText());
    assertEquals("390", told.path("totals").path("KGM").path("accounted").asText());
    for (JsonNode clock : told.path("clocks")) {
      assertEquals("kept", clock.path("state").asText());
    }
  }

  @Test
  void aDryRunShowsEverythingAndOrdersNothing() {
    Ran ran =
        run(
            recall(
                "bamboo-farm",
                Actor.DISTRICT,
                Actor.LEGAL,
                "--grade",
                "2",
                "--dry-run",
                "--number",
                "DRY-1"));
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.out().contains("须通知 to be notified " + Actor.COLLECTOR.id()), ran.out());
    assertTrue(ran.out().contains("试运行 dry run"), ran.out());
    String order = "urn:pinlian:order:" + Actor.DISTRICT.id() + ":DRY-1";
    assertTrue(ran.out().contains(order), ran.out());
    assertEquals(3, run(status(order, Actor.DISTRICT)).exit());
  }

  @Test
  void whatCannotBeMeantIsAUsageError() {
    List<List<String>> wrong =
        List.of(
            List.of("recall"),
            List.of("recall", "bamboo-farm", "--grade", "1", "--key", key(Actor.DISTRICT)),
            recall("bamboo-farm", Actor.DISTRICT, Actor.LEGAL),
            recall("bamboo-farm", Actor.DISTRICT, Actor.LEGAL, "--grade", "4"),
            recall(
                "bamboo-farm", Actor.DISTRICT, Actor.LEGAL, "--grade", "1", "--type", "stop-sale"),
            recall("bamboo-farm", Actor.DISTRICT, Actor.LEGAL, "--grade", "1", "--type", "burn"),
            recall("bamboo-farm", Actor.DISTRICT, Actor.DISTRICT, "--grade", "1"),
            recall("bamboo-farm", Actor.DISTRICT, Actor.LEGAL, "--grade", "1", "--ground", "1.0"),
            recall(
                "bamboo-farm", Actor.DISTRICT, Actor.LEGAL, "--grade", "1", "--announced", "soon"),
            List.of("recall", "status", "bamboo-farm", "--key", key(Actor.DISTRICT)),
            report("urn:pinlian:order:uscc:11000000MA000004XW:X", Actor.SHOP, "--step", "eaten"),
            report(
                "urn:pinlian:order:uscc:11000000MA000004XW:X",
                Actor.SHOP,
                "--step",
                "progress",
                "--sold",
                "3"));
    for (List<String> arguments : wrong) {
      Ran ran = run(arguments);
      assertEquals(2, ran.exit(), arguments + ran.out() + ran.err());
    }
    assertEquals(
        3, run(status("urn:pinlian:order:uscc:11000000MA000004XW:NOBODYS", Actor.CITY)).exit());
  }

  @Test
  void theAnnouncementSetsTheEnd() {
    String today = LocalDate.now(ZoneOffset.ofHours(8)).toString();
    JsonNode told = good(recall("bamboo-stall", Actor.DISTRICT, null, "--grade", "2", "--dry-run"));
    assertEquals(today, told.path("announcedOn").asText());
    assertEquals("not-started", told.path("clocks").path(1).path("state").asText());
  }

  private static List<String> recall(
      String lot, Actor by, @Nullable Actor reviewer, String... more) {
    List<String> arguments = new ArrayList<>(List.of("recall", lot));
    if (!Arrays.asList(more).contains("--basis")) {
      arguments.addAll(List.of("--basis", "食品安全法63"));
    }
    arguments.addAll(reach(by));
    if (reviewer != null) {
      arguments.addAll(List.of("--reviewer", key(reviewer)));
    }
    arguments.addAll(List.of(more));
    return arguments;
  }

  private static List<String> status(String order, Actor by) {
    List<String> arguments = new ArrayList<>(List.of("recall", "status", order));
    arguments.addAll(reach(by));
    return arguments;
  }

  private static List<String> approve(String order, Actor by) {
    List<String> arguments = new ArrayList<>(List.of("recall", "approve", order));
    arguments.addAll(reach(by));
    return arguments;
  }

  private static List<String> report(String order, Actor by, String... more) {
    List<String> arguments = new ArrayList<>(List.of("recall", "report", order));
    arguments.addAll(reach(by));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private static List<String> trace(String code, Actor by, String... more) {
    List<String> arguments = new ArrayList<>(List.of("trace", code));
    arguments.addAll(reach(by));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private static List<String> reach(Actor actor) {
    return List.of(
        "--key",
        key(actor),
        "--gateway",
        server.address().toString(),
        "--data",
        data.toString(),
        "--policy",
        scratch.resolve("policy.txt").toString());
  }

  private static String key(Actor actor) {
    return scratch.resolve(actor.fileName() + ".pem").toString();
  }

  private static Ran run(List<String> arguments) {
    return Ran.pinlian(arguments.toArray(new String[0]));
  }

  private static JsonNode good(List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.add("--json");
    Ran ran = run(all);
    assertEquals(0, ran.exit(), all + ran.out() + ran.err());
    return ran.json();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(one -> texts.add(one.asText()));
    return texts;
  }
}
