// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.findings.FindingKind;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.tools.demo.Actor;

/** What {@code findings} says of one ledger, and {@code rebuild} between two looks at it. */
class FindingsCommandTest {
  private static final String NOBODYS = "urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":NOBODYS";

  @TempDir static Path shared;
  @TempDir Path scratch;

  private static Path closed = Path.of("");
  private static Path early = Path.of("");
  private static Instant then = Instant.EPOCH;

  @BeforeAll
  static void build() throws Exception {
    closed = shared.resolve("closed");
    early = shared.resolve("early");
    try (TestLedger ledger = TestLedger.create(closed, HashAlgorithm.SHA_256)) {
      ledger.playEverything();
      then = Instant.now();
      LedgerFolder.copy(closed, early);
      // Whatever comes is of a later millisecond.
      Thread.sleep(5);
      ledger.playEvents(5, 1);
    }
  }

  @Test
  void aRebuildChangesNoByteOfTheFindings() throws Exception {
    Path data = copy();
    String before = findings(data).out();
    List<String> truth = fingerprints(data, "truth");
    Ran rebuilt = Ran.pinlian("rebuild", "--data", data.toString(), "--json");
    assertEquals(0, rebuilt.exit(), rebuilt.out() + rebuilt.err());
    assertTrue(rebuilt.json().path("size").asLong() > 50, rebuilt.out());
    assertTrue(rebuilt.json().path("derivedUpTo").asLong() > 50, rebuilt.out());
    assertEquals(before, findings(data).out());
    assertEquals(truth, fingerprints(data, "truth"));
    assertTrue(Audit.run(data, Progress.SILENT).isClean());
  }

  @Test
  void aRebuildMendsWhatIsDerivedAndDamaged() throws Exception {
    Path data = copy();
    String before = findings(data).out();
    Files.writeString(data.resolve("derived").resolve("CURRENT"), "nothing");
    assertFalse(Ran.pinlian("findings", "--data", data.toString()).exit() == 0);
    assertEquals(0, Ran.pinlian("rebuild", "--data", data.toString()).exit());
    assertEquals(before, findings(data).out());
  }

  @Test
  void whatCameLaterChangesNothingAsOfThen() {
    Ran now = findings(closed, "--as-of", then.toString());
    Ran asItWas = findings(early, "--as-of", then.toString());
    assertEquals(asItWas.out(), now.out());
    assertTrue(
        now.json().path("records").asLong() < findings(closed).json().path("records").asLong());
  }

  @Test
  void beforeEverythingThereIsNothing() {
    JsonNode json = findings(closed, "--as-of", "2020-01-01").json();
    assertEquals("2020-01-01T15:59:59.999Z", json.path("asOf").asText());
    assertEquals(0, json.path("subjects").asLong(-1));
    assertEquals(0, json.path("records").asLong(-1));
    assertEquals(0, json.path("findings").size());
  }

  @Test
  void timesMayHaveAnOffsetOrBeOfChina() {
    String there = findings(closed, "--as-of", "2030-03-02T12:00:00+08:00").out();
    assertEquals(there, findings(closed, "--as-of", "2030-03-02T04:00:00Z").out());
    assertEquals(there, findings(closed, "--as-of", "2030-03-02T12:00:00").out());
    for (String wrong :
        List.of("yesterday", "2030-02-30", "2030-03-02T25:00:00Z", "+10000-01-01", "")) {
      Ran ran = Ran.pinlian("findings", "--data", closed.toString(), "--as-of", wrong);
      assertEquals(2, ran.exit(), wrong + ran.err());
    }
  }

  @Test
  void theObjectIsRankedAndSaysWhyAndNamesNoPlaceInTheLog() {
    Ran ran = findings(closed);
    assertFalse(ran.out().contains("urn:pinlian:record:"), ran.out());
    JsonNode json = ran.json();
    assertEquals(
        List.of(
            "asOf", "subjects", "records", "erased", "unreadable", "tooLong", "counts", "findings"),
        names(json));
    assertEquals(List.of("urgent", "serious", "ordinary", "note"), names(json.path("counts")));
    assertEquals(0, json.path("unreadable").asLong(-1));
    assertTrue(json.path("subjects").asLong() > 20, ran.out());
    Severity before = Severity.URGENT;
    TreeSet<String> codes = new TreeSet<>();
    for (JsonNode finding : json.path("findings")) {
      assertEquals(
          List.of("code", "severity", "subject", "records", "facts", "rule"), names(finding));
      FindingKind kind = FindingKind.valueOf(finding.path("code").asText());
      assertEquals(kind.severity().english(), finding.path("severity").asText());
      assertTrue(before.compareTo(kind.severity()) <= 0, "the most urgent first");
      before = kind.severity();
      finding
          .path("records")
          .forEach(record -> assertTrue(record.asText().matches("[0-9a-f]{64}"), record.asText()));
      assertEquals(kind.chinese(), finding.path("rule").path("zh").asText());
      assertEquals(kind.basis(), finding.path("rule").path("basis").asText());
      codes.add(kind.name());
    }
    assertTrue(
        codes.containsAll(List.of("TEMPERATURE_EXCURSION", "ONE_SIDE_ONLY")), codes.toString());
  }

  @Test
  void oneSubjectHasTheFindingsThatTheWholeListHasOfIt() {
    TreeMap<String, List<JsonNode>> bySubject = new TreeMap<>();
    for (JsonNode finding : findings(closed).json().path("findings")) {
      bySubject
          .computeIfAbsent(finding.path("subject").asText(), _ -> new ArrayList<>())
          .add(finding);
    }
    assertTrue(bySubject.size() > 3, bySubject.keySet().toString());
    bySubject.entrySet().stream()
        .limit(5)
        .forEach(entry -> {
          JsonNode json = findings(closed, "--subject", entry.getKey()).json();
          assertEquals(entry.getKey(), json.path("subject").asText());
          assertEquals(1, json.path("subjects").asLong());
          List<JsonNode> alone = new ArrayList<>();
          json.path("findings").forEach(alone::add);
          assertEquals(entry.getValue(), alone);
        });
  }

  @Test
  void anUnknownSubjectIsSaid() {
    Ran ran = Ran.pinlian("findings", "--data", closed.toString(), "--subject", NOBODYS, "--json");
    assertEquals(3, ran.exit(), ran.out() + ran.err());
    assertEquals("NOT_FOUND", ran.json().path("error").path("code").asText());
    assertTrue(ran.err().contains(NOBODYS), ran.err());
    String record = "urn:pinlian:record:3.0";
    assertEquals(
        2, Ran.pinlian("findings", "--data", closed.toString(), "--subject", record).exit());
  }

  @Test
  void whatMattersLessCanBeLeftOut() {
    JsonNode all = findings(closed).json();
    JsonNode serious = findings(closed, "--least-severity", "2").json();
    int more =
        all.path("counts").path("urgent").asInt() + all.path("counts").path("serious").asInt();
    assertEquals(more, serious.path("findings").size());
    assertTrue(more < all.path("findings").size());
    assertEquals(
        2, Ran.pinlian("findings", "--data", closed.toString(), "--least-severity", "5").exit());
  }

  @Test
  void peopleReadTheRuleTheGoodsAndTheTime() {
    Ran ran = Ran.pinlian("findings", "--data", closed.toString());
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.out().contains("严重 serious  温度超限 readings lie outside"), ran.out());
    assertTrue(ran.out().contains("截至 as of "), ran.out());
    assertTrue(ran.out().contains("疑点线索 findings: "), ran.out());
  }

  @Test
  void sectionsThatCannotBeReadAreDoneWithoutAndTold() throws Exception {
    Path data = copy();
    try (DataFolder folder = DataFolder.existing(data, StorageConfig.defaults());
        TruthStore truth = TruthStore.open(folder, Access.READ_ONLY);
        KeyStore keys = KeyStore.open(folder, Access.READ_WRITE);
        Cursor<TruthStore.PartRow> sections = truth.sectionsFrom(0)) {
      assertTrue(sections.next());
      keys.putSynced(new TreeMap<>(Map.of(sections.row().index(), new byte[32])));
    }
    Ran ran = findings(data);
    assertTrue(ran.json().path("unreadable").asLong() > 0, ran.out());
    assertEquals(
        findings(closed).json().path("subjects").asLong(), ran.json().path("subjects").asLong());
    Ran people = Ran.pinlian("findings", "--data", data.toString());
    assertTrue(people.out().contains("sections cannot be read"), people.out());
  }

  @Test
  void aFolderThatIsHeldOrHoldsNothingIsLeftAlone() throws Exception {
    Path data = copy();
    try (DataFolder folder = DataFolder.open(data, StorageConfig.defaults());
        DataFolder.Lock _ = folder.lock("127.0.0.1:1")) {
      assertEquals(4, Ran.pinlian("findings", "--data", data.toString()).exit());
      assertEquals(4, Ran.pinlian("rebuild", "--data", data.toString()).exit());
    }
    assertTrue(Audit.run(data, Progress.SILENT).isClean());
    for (String command : List.of("findings", "rebuild")) {
      assertEquals(2, Ran.pinlian(command, "--data", scratch.resolve("none").toString()).exit());
    }
  }

  @Test
  void findingsLeaveTheFolderAsItWas() throws Exception {
    Path data = copy();
    List<String> before = fingerprints(data, "");
    var _ = findings(data);
    assertEquals(before, fingerprints(data, ""));
  }

  private Path copy() {
    Path data = scratch.resolve("data");
    LedgerFolder.copy(closed, data);
    return data;
  }

  private static Ran findings(Path data, String... more) {
    List<String> arguments = new ArrayList<>(List.of("findings", "--data", data.toString()));
    arguments.addAll(Arrays.asList(more));
    arguments.add("--json");
    Ran ran = Ran.pinlian(arguments.toArray(String[]::new));
    assertEquals(0, ran.exit(), ran.out() + ran.err());
    return ran;
  }

  private static List<String> names(JsonNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<String> fingerprints(Path data, String under) throws Exception {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(data.resolve(under))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        // RocksDB's own journal of what it did, which it starts anew whenever it opens.
        if (!String.valueOf(file.getFileName()).startsWith("LOG")) {
          found.add(file + " " + Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    return found;
  }
}
