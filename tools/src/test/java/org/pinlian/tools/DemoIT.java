// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.evidence.EvidencePackage;
import org.pinlian.tools.evidence.EvidencePackage.Part;

/** {@code demo --once} in a new folder, and what can be asked of the folder afterwards. */
class DemoIT {
  /** Literally, since people read and quote it. */
  private static final String PROVED =
      "✓ 未被篡改 unaltered; 完整 complete, 经审计方证明 proved by 1 auditors; 见证 1 witnesses; 隐去 12 withheld;"
          + " 未追踪 not followed: 无 none; 对象 subject:"
          + " https://id.gs1.org/01/09520000000103/21/V2601-0001";

  private static final String COMMITTED =
      "✓ 未被篡改 unaltered; 完整 complete, 仅账本承诺 committed only; 见证 1 witnesses; 隐去 12 withheld;"
          + " 未追踪 not followed: 无 none; 对象 subject:"
          + " https://id.gs1.org/01/09520000000103/21/V2601-0001";

  @TempDir static Path scratch;

  private static Path data = Path.of("");
  private static Ran demo = new Ran(-1, "", "");

  @BeforeAll
  static void play() {
    data = scratch.resolve("data");
    demo = Ran.pinlian("demo", "--once", "--data", data.toString(), "--json");
  }

  @Test
  void playsFiveStoriesAndVerifiesEveryReceipt() {
    assertEquals(0, demo.exit(), demo.err());
    JsonNode json = demo.json();
    assertEquals(5, json.path("stories").asInt());
    assertTrue(json.path("receipts").asInt() > 0);
    assertEquals(json.path("receipts").asInt(), json.path("receipts_verified").asInt());
    assertTrue(json.path("traces").size() >= 20);
    assertTrue(json.path("published").path("quorum").asBoolean(), json.toString());
    assertEquals(1, json.path("published").path("witnesses").asInt());
    assertEquals(1, json.path("published").path("auditors").asInt());
    assertFalse(
        Files.exists(
            data.resolve("demo").resolve("auditor").resolve("state").resolve("alarm.json")));
    assertEquals(0, json.path("audit").path("differences").asInt(-1));
    assertTrue(json.path("audit").path("complete").asBoolean());
    for (JsonNode holder : json.path("holders")) {
      assertEquals(holder.path("expected").asText(), holder.path("found").asText());
    }
  }

  /** Promised when it was given; by now a witness has cosigned what it hangs from. */
  @Test
  void aReceiptFetchedAfterwardsIsWitnessed() {
    Ran ran =
        Ran.pinlian(
            "receipt",
            "--index",
            "1",
            "--data",
            data.toString(),
            "--policy",
            data.resolve("demo").resolve("policy.txt").toString(),
            "--json");

    assertEquals(0, ran.exit(), ran.err());
    assertEquals("witnessed", ran.json().path("grade").asText());
  }

  @Test
  void leavesWhatOthersNeedToCheckIt() throws IOException {
    Path demoFolder = data.resolve("demo");
    assertTrue(Files.exists(demoFolder.resolve("codes.json")));
    assertTrue(Files.exists(demoFolder.resolve("private-strings.txt")));
    List<Path> keys = list(demoFolder.resolve("keys"));
    assertEquals(Actor.values().length, keys.size());
    for (Path key : keys) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    }
    for (Path receipt : list(demoFolder.resolve("receipts"))) {
      Ran ran =
          Ran.pinlian(
              "verify",
              receipt.toString(),
              "--policy",
              demoFolder.resolve("policy.txt").toString(),
              "--json");
      assertEquals(0, ran.exit(), ran.err());
      assertTrue(ran.json().path("verified").asBoolean());
    }
  }

  @Test
  void tellsEveryCodeBackwardAndForwardWithEveryRecordVerified() throws IOException {
    for (JsonNode story : codes()) {
      List<String> asked = new ArrayList<>();
      story.path("codes").fieldNames().forEachRemaining(asked::add);
      story.path("codes").forEach(uri -> asked.add(uri.asText()));
      story.path("lots").forEach(uri -> asked.add(uri.asText()));
      for (String code : asked) {
        for (String way : new String[] {"--backward", "--forward"}) {
          JsonNode told = trace(code, way);
          assertTrue(told.path("records").size() > 0, code);
          for (JsonNode record : told.path("records")) {
            assertTrue(record.path("verified").asBoolean(), code);
            assertFalse(record.path("signer").asText().isEmpty(), code);
            assertFalse(record.path("kind").asText().isEmpty(), code);
            assertTrue(record.path("index").isIntegralNumber(), code);
          }
          assertEquals("completeness not provided", told.path("completeness").asText());
          assertFalse(told.path("cut").asBoolean());
        }
      }
    }
  }

  @Test
  void followsTheFarmsLotForwardToTheCanteen() {
    JsonNode records = trace("bamboo-farm", "--forward").path("records");
    JsonNode last = records.get(records.size() - 1);
    assertEquals(Actor.CANTEEN.id().toString(), last.path("signer").asText());
    assertEquals("trace_event", last.path("kind").asText());
    assertEquals("decommissioning", last.path("public").path("businessStep").asText());
  }

  @Test
  void followsTheCanteensLotBackToTheFarmWithBothCertificates() {
    List<String> certificates = new ArrayList<>();
    List<String> signers = new ArrayList<>();
    for (JsonNode record : trace("bamboo-canteen", "--backward").path("records")) {
      signers.add(record.path("signer").asText());
      if (record.path("kind").asText().equals("commitment_certificate")) {
        certificates.add(record.path("public").path("form").asText());
      }
    }
    assertTrue(signers.contains(Actor.COOPERATIVE.id().toString()), signers.toString());
    assertTrue(certificates.contains("CERTIFICATE_FORM_2025_1"), certificates.toString());
    assertTrue(certificates.contains("CERTIFICATE_FORM_2025_2"), certificates.toString());
  }

  @Test
  void tellsOfAUnitWhatHappenedToItsCarton() {
    List<String> kinds = new ArrayList<>();
    trace("vaccine-unit", "--backward")
        .path("records")
        .forEach(record -> kinds.add(record.path("kind").asText()));
    assertTrue(kinds.contains("temperature_log"), kinds.toString());
    assertTrue(kinds.contains("custody_answer"), kinds.toString());
  }

  @Test
  void noticesTheExcursionOfTheCartonThatWasRefusedAndNoneInTheOther() {
    JsonNode refused = trace("vaccine-refused-carton", "--backward");
    assertTrue(findings(refused).contains("TEMPERATURE_EXCURSION"), findings(refused).toString());
    boolean saidNo = false;
    for (JsonNode record : refused.path("records")) {
      for (JsonNode answer : record.path("public").path("answers")) {
        saidNo |= answer.path("reason").asText().equals("CUSTODY_REASON_TEMPERATURE");
      }
    }
    assertTrue(saidNo);
    assertEquals(List.of(), findings(trace("vaccine-carton", "--backward")));
    for (String code :
        List.of("bamboo-canteen", "beef-balls", "formula-can", "drug-box", "drug-destroyed-box")) {
      assertEquals(List.of(), findings(trace(code, "--backward")), code);
    }
  }

  @Test
  void followsTheBeefBallsBackToWhatWasTakenInWithOneSideOnly() {
    JsonNode told = trace("beef-balls", "--backward");
    List<String> taken = new ArrayList<>();
    for (JsonNode record : told.path("records")) {
      if (record.path("kind").asText().equals("intake")) {
        taken.add(record.path("public").path("productName").asText());
        JsonNode other =
            record.findPath("trade").isMissingNode()
                ? record.findPath("counterparty")
                : record.findPath("trade").findPath("counterparty");
        assertFalse(other.path("name").asText().isEmpty(), record.toString());
      }
    }
    assertEquals(List.of("进口冷冻去骨牛肉", "薯类淀粉"), taken);
    assertTrue(told.toString().contains("DEMO-RJZM-000000417"), "the quarantine certificate");
    Ran ran = Ran.pinlian("trace", "beef-balls", "--backward", "--data", data.toString());
    assertTrue(ran.out().contains("进货(仅一方) intake, one side only"), ran.out());

    JsonNode records = trace("beef-imported", "--forward").path("records");
    assertTrue(
        records.findValuesAsText("signer").contains(Actor.SHOP.id().toString()),
        records.toString());
  }

  @Test
  void theRecallOfTheBeefBallsIsToldFirstAndToItsClose() throws IOException {
    JsonNode recall = demo.json().path("recalls").path(0);
    assertTrue(recall.path("asExpected").asBoolean(), recall.toString());
    assertEquals("closed", recall.path("state").asText());
    assertEquals(2, recall.path("holdersAcknowledged").asInt());
    assertEquals("100.0", recall.path("totals").path("KGM").path("percent").asText());
    JsonNode played = codes().path("beef-balls").path("recall");
    assertEquals(played.path("order").asText(), recall.path("order").asText());
    assertEquals(1, played.path("holders").size());
    for (String code : List.of("beef-balls", "beef-imported")) {
      Ran told = Ran.pinlian("trace", code, "--forward", "--data", data.toString());
      assertTrue(told.out().startsWith("- 已结案 CLOSED: 召回 recall 二级 grade 2"), told.out());
    }
    Ran everybody = Ran.pinlian("dossier", "beef-balls", "--data", data.toString());
    assertTrue(everybody.out().startsWith("- 已结案 CLOSED: 召回 recall"), everybody.out());
  }

  @Test
  void tellsOfACanWhatHappenedToItsCartonAndPalletOnlyWhileItWasInside() {
    JsonNode told = trace("formula-can", "--backward");
    List<String> said = steps(told.path("records"));
    assertEquals(
        List.of(
            "commissioning",
            "packing",
            "packing",
            "custody_offer",
            "custody_answer",
            "unpacking",
            "unpacking",
            "retail_selling"),
        said);
    // Chains are shown and checked whole, but what the pallet did without the can is set aside.
    assertEquals(List.of("custody_offer", "custody_answer", "packing"), steps(told.path("aside")));
    for (JsonNode chain : told.path("chains")) {
      assertFalse(chain.path("subject").asText().endsWith("195200000000003019"), "the next carton");
    }
    // The pallet itself went back and carries other cans now.
    List<String> pallet = steps(trace("formula-pallet", "--backward").path("records"));
    assertEquals(2, pallet.stream().filter("custody_answer"::equals).count());
    assertEquals("packing", pallet.getLast());
    // Of the can that is still in its carton: off the pallet as well.
    assertFalse(
        trace("formula-boxed-can", "--backward").path("records").toString().contains("空托盘一块"));
  }

  @Test
  void followsADrugByItsTwentyDigitsThroughFilesOfThreeFirms() {
    JsonNode told = trace("drug-box", "--backward");
    assertTrue(told.path("subject").asText().startsWith("urn:pinlian:cn-drug:"));
    List<String> signers = new ArrayList<>();
    told.path("records").forEach(record -> signers.add(record.path("signer").asText()));
    assertEquals(
        List.of(
            Actor.DRUG_MAKER.id().toString(),
            Actor.WHOLESALER.id().toString(),
            Actor.HOSPITAL.id().toString()),
        signers.stream().distinct().toList());
    assertEquals(2, steps(told.path("records")).stream().filter("custody_answer"::equals).count());
    assertEquals("dispensing", steps(told.path("records")).getLast());
    List<String> destroyed = steps(trace("drug-destroyed-box", "--backward").path("records"));
    assertEquals("destroying", destroyed.getLast());
    // It never left the wholesaler, so the hospital's records are not its own.
    assertFalse(
        trace("drug-box-left", "--backward")
            .path("records")
            .toString()
            .contains("\"signer\":\"" + Actor.HOSPITAL.id()));
    assertTrue(Files.exists(data.resolve("demo").resolve("files").resolve("relation.xml")));
  }

  /** Business steps of events, and kinds of what are none. */
  private static List<String> steps(JsonNode records) {
    List<String> steps = new ArrayList<>();
    for (JsonNode record : records) {
      String step = record.path("public").path("businessStep").asText();
      steps.add(step.isEmpty() ? record.path("kind").asText() : step);
    }
    return steps;
  }

  @Test
  void toldForPeopleItIsChineseFirstAndNeverCallsACommitmentAnInspection() {
    Ran ran = Ran.pinlian("trace", "bamboo-canteen", "--backward", "--data", data.toString());
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.out().contains("承诺达标合格证 commitment certificate"));
    assertFalse(ran.out().contains("检验合格"));
    assertFalse(ran.out().contains("\u001b["), "no colours off a terminal");
  }

  @Test
  void fetchesAReceiptFromTheFolderToBeVerifiedElsewhere() {
    Path file = scratch.resolve("fetched.tlog-proof");
    Ran ran =
        Ran.pinlian(
            "receipt", "--index", "3", "--data", data.toString(), "-o", file.toString(), "--json");
    if (ran.exit() == 3) {
      // Index 3 may be a block's.
      ran =
          Ran.pinlian(
              "receipt",
              "--index",
              "1",
              "--data",
              data.toString(),
              "-o",
              file.toString(),
              "--json");
    }
    assertEquals(0, ran.exit(), ran.err());
    Ran again =
        Ran.pinlian(
            "receipt",
            "--submission",
            ran.json().path("submitter").asText() + "/" + ran.json().path("submission").asText(),
            "--data",
            data.toString(),
            "--json");
    assertEquals(0, again.exit(), again.err());
    assertEquals(ran.json().path("index"), again.json().path("index"));
    assertEquals(
        0,
        Ran.pinlian(
                "verify",
                file.toString(),
                "--policy",
                data.resolve("demo").resolve("policy.txt").toString())
            .exit());
  }

  @Test
  void refusesAReceiptOfWhichOneByteIsOther() throws IOException {
    Path receipt = list(data.resolve("demo").resolve("receipts")).getFirst();
    String text = Files.readString(receipt);
    int extra = text.indexOf("extra ") + "extra ".length() + 20;
    char other = text.charAt(extra) == 'A' ? 'B' : 'A';
    Path changed = scratch.resolve("changed.tlog-proof");
    Files.writeString(changed, text.substring(0, extra) + other + text.substring(extra + 1));
    Ran ran =
        Ran.pinlian(
            "verify",
            changed.toString(),
            "--policy",
            data.resolve("demo").resolve("policy.txt").toString(),
            "--json");
    assertEquals(1, ran.exit(), ran.err());
    assertEquals("NOT_INCLUDED", ran.json().path("error").path("code").asText());
  }

  @Test
  void nothingPrivateLiesReadableInTheFolder() throws IOException {
    List<byte[]> secrets = secrets();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file :
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.startsWith(data.resolve("demo")))
              .toList()) {
        byte[] bytes = Files.readAllBytes(file);
        for (byte[] secret : secrets) {
          assertFalse(contains(bytes, secret), file.toString());
        }
      }
    }
  }

  @Test
  void saysNothingPrivateWhilePlaying() throws IOException {
    String said = demo.out() + demo.err();
    for (byte[] secret : secrets()) {
      assertFalse(said.contains(new String(secret, StandardCharsets.UTF_8)));
    }
  }

  @Test
  void evidenceTellsWhoVouchesAndNothingPrivate() throws Exception {
    Path file = scratch.resolve("evidence.zip");
    for (String code :
        List.of("bamboo-canteen", "vaccine-refused-carton", "drug-box", "beef-balls")) {
      Ran packed =
          Ran.pinlian("evidence", code, "--data", data.toString(), "-o", file.toString(), "--json");
      assertEquals(0, packed.exit(), packed.err());
      EvidencePackage files = EvidencePackage.read(Files.readAllBytes(file));
      String told;
      try (PDDocument report = Loader.loadPDF(files.require(Part.REPORT).toByteArray())) {
        told = new PDFTextStripper().getText(report).replaceAll("\\s", "");
      }
      assertEquals(code.equals("beef-balls"), told.contains("已结案CLOSED:召回recall"), told);
      assertTrue(told.contains("完整,经审计方证明Complete,provedbyauditors"), told);
      assertTrue(told.contains("witnesses1:same-machine("), told);
      assertTrue(told.contains("auditors1:same-machine-auditor("), told);
      byte[] dossier = files.require(Part.DOSSIER).toByteArray();
      for (byte[] secret : secrets()) {
        String text = new String(secret, StandardCharsets.UTF_8).replaceAll("\\s", "");
        assertFalse(told.contains(text), code);
        assertFalse(contains(dossier, secret), code);
      }
      Ran verified =
          Ran.pinlian(
              "verify",
              file.toString(),
              "--policy",
              data.resolve("demo").resolve("policy.txt").toString(),
              "--json");
      assertEquals(0, verified.exit(), verified.err());
      assertEquals("proved", verified.json().path("completeness").asText());
    }
  }

  private static Path policy() {
    return data.resolve("demo").resolve("policy.txt");
  }

  private static Path keptDossier() {
    Path file = scratch.resolve("unit.dossier");
    Ran kept =
        Ran.pinlian(
            "dossier",
            "vaccine-unit",
            "--view",
            "consumer",
            "--data",
            data.toString(),
            "-o",
            file.toString());
    assertEquals(0, kept.exit(), kept.err());
    assertEquals(PROVED, kept.out().strip());
    return file;
  }

  private static String verified(Path file, Path policy) {
    Ran ran = Ran.pinlian("verify", file.toString(), "--policy", policy.toString());
    assertEquals(0, ran.exit(), ran.err());
    return ran.out().strip();
  }

  @Test
  void aDossierInAFileSaysOneLine() throws Exception {
    Path file = keptDossier();
    assertEquals(PROVED, verified(file, policy()));
    // Of whoever knows no auditor it is the ledger's word that nothing is left out.
    Path noAuditors = scratch.resolve("no-auditors.txt");
    String text = Files.readString(policy());
    Files.writeString(
        noAuditors, text.replaceAll("(?m)^(witness [^ ]*-auditor|group auditors) .*\n", ""));
    assertEquals(COMMITTED, verified(file, noAuditors));

    // What it is of stands in the file; whoever scanned something else has to say so.
    Ran other =
        Ran.pinlian(
            "verify",
            file.toString(),
            "--policy",
            policy().toString(),
            "--code",
            "https://id.gs1.org/01/09520000000103",
            "--json");
    assertEquals(1, other.exit(), other.err());
    assertEquals("OTHER_SUBJECT", other.json().path("error").path("code").asText());

    // The same line from a program of which none is ours.
    Ran script =
        new WithoutPinlian(Files.createDirectory(scratch.resolve("without")))
            .run(file.toString(), policy().toString());
    assertEquals(0, script.exit(), script.err());
    assertEquals(PROVED, script.out().lines().findFirst().orElse(""));
  }

  @Test
  void aDossierIsVerifiedWhereThereIsNoNetwork() throws Exception {
    assumeTrue(
        Spawned.mayTakeNetworkAway(), "not possible here: unshare -n, which is for root on Linux");
    Path file = keptDossier();
    try (Spawned verify =
        Spawned.withoutNetwork(
            scratch, "verify", file.toString(), "--policy", policy().toString())) {
      assertEquals(0, verify.awaitEnd(), verify.said());
      assertEquals(PROVED, verify.out().strip());
    }
  }

  private static boolean contains(byte[] bytes, byte[] wanted) {
    outer:
    for (int i = 0; i <= bytes.length - wanted.length; i++) {
      for (int j = 0; j < wanted.length; j++) {
        if (bytes[i + j] != wanted[j]) {
          continue outer;
        }
      }
      return true;
    }
    return false;
  }

  private static List<byte[]> secrets() throws IOException {
    return Files.readAllLines(data.resolve("demo").resolve("private-strings.txt")).stream()
        .filter(line -> !line.isEmpty())
        .map(line -> line.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  private static List<String> findings(JsonNode story) {
    List<String> codes = new ArrayList<>();
    for (JsonNode finding : story.path("findings")) {
      // A note says how far a statement may be relied on: imported beef is stated by one side.
      if (!finding.path("severity").asText().equals("note")) {
        codes.add(finding.path("code").asText());
      }
    }
    return codes;
  }

  private static JsonNode trace(String code, String way) {
    Ran ran = Ran.pinlian("trace", code, way, "--data", data.toString(), "--json");
    assertEquals(0, ran.exit(), code + ran.err());
    return ran.json();
  }

  private static JsonNode codes() throws IOException {
    return Console.JSON.readTree(data.resolve("demo").resolve("codes.json").toFile());
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
