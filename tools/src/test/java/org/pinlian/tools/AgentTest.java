// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.dossier.Grade;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.tools.AgentFixture.Answer;
import org.pinlian.tools.connect.Agent;
import org.pinlian.tools.connect.AgentOptions;
import org.pinlian.tools.connect.BadInputException;
import org.pinlian.tools.connect.FolderTakenException;
import org.pinlian.tools.connect.InputFormat;
import org.pinlian.tools.connect.SpoolException;
import org.pinlian.tools.witness.NoteKey;
import org.pinlian.tools.witness.Witness;
import org.pinlian.tools.witness.WitnessServer;
import org.pinlian.tools.witness.WitnessedLog;

/** The agent against a real ledger; what kills it is in {@link ConnectIT}. */
class AgentTest {
  @TempDir Path scratch;
  private AgentFixture fixture;

  @BeforeEach
  void serve() throws Exception {
    fixture = new AgentFixture(scratch).serve().enrol();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  // ---- accepting -------------------------------------------------------------------------------

  @Test
  void whatIsAcceptedIsRecordedAndItsReceiptIsKept() throws Exception {
    try (Agent agent = fixture.agent()) {
      Answer accepted = fixture.post(agent, "one", AgentFixture.event("A1"));
      assertEquals(202, accepted.status(), accepted.body());
      String id = accepted.json().path("id").asText();
      assertEquals("/submissions/" + id, accepted.json().path("location").asText());
      JsonNode settled = fixture.settled(agent, id);
      assertEquals("recorded", settled.path("state").asText(), settled.toString());
      long index = settled.path("index").asLong();
      assertEquals("urn:pinlian:record:" + index + ".0", settled.at("/records/0/record").asText());
      assertEquals("promised", settled.at("/receipt/grade").asText());
      assertEquals(1, fixture.records("A1"));

      Path kept = fixture.spool().resolve("receipts/" + index + ".tlog-proof");
      ReceiptVerifier verifier = new ReceiptVerifier(fixture.policy());
      assertEquals(index, verifier.verify(ReceiptFile.read(kept)).index());
      assertEquals(
          Files.readString(kept), fixture.get(agent, "/submissions/" + id + "/receipt").body());

      // Asked for again when the tree has grown.
      long before = verifier.verify(ReceiptFile.read(kept)).size();
      String second =
          fixture.post(agent, "two", AgentFixture.event("A2")).json().path("id").asText();
      assertEquals("recorded", fixture.settled(agent, second).path("state").asText());
      Answer exchanged =
          fixture.send(
              agent,
              "/submissions/" + id + "/receipt",
              request -> request.POST(HttpRequest.BodyPublishers.noBody()));
      assertEquals(200, exchanged.status());
      assertTrue(verifier.verify(ReceiptFile.read(kept)).size() > before);
      awaitNoMarkers();
    }
  }

  @Test
  void whatWasPromisedIsExchangedByTheAgentItselfWhenTheWitnessHasCosigned() throws Exception {
    NoteKey key = NoteKey.make("witness.pinlian.example/w1", new SecureRandom());
    int port = AgentFixture.freePort();
    fixture.serveWitnessed(key, port);
    try (Agent agent = fixture.agent()) {
      String id = fixture.post(agent, "one", AgentFixture.event("W1")).json().path("id").asText();
      JsonNode settled = fixture.settled(agent, id);
      assertEquals("promised", settled.at("/receipt/grade").asText(), settled.toString());
      // It has asked, and there is nothing better yet.
      awaitTrue(() -> fixture.get(agent, "/metrics").json().path("exchanged").asInt() > 0);
      assertEquals("promised", grade(agent, id));
      Path kept =
          fixture.spool().resolve("receipts/" + settled.path("index").asLong() + ".tlog-proof");
      try (Witness witness =
              Witness.open(
                  key.signer(),
                  scratch.resolve("witness"),
                  List.of(
                      new WitnessedLog(
                          fixture.policy().logs().getFirst().verifier(), HashAlgorithm.SHA_256)),
                  InstantSource.system());
          WitnessServer server =
              new WitnessServer(
                  witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
        assertEquals(port, server.port());
        awaitTrue(() -> grade(agent, id).equals("witnessed"));
      }
      assertEquals(
          Grade.WITNESSED,
          new ReceiptVerifier(fixture.policy()).verify(ReceiptFile.read(kept)).grade());
      awaitNoMarkers();
    }
  }

  private String grade(Agent agent, String id) throws Exception {
    return fixture.get(agent, "/submissions/" + id).json().at("/receipt/grade").asText();
  }

  private static void awaitTrue(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 600; i++) {
      if (condition.call()) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("not within 30 seconds");
  }

  /** Promised receipts are exchanged by themselves; with nobody to witness, that is done once. */
  private void awaitNoMarkers() throws Exception {
    for (int i = 0; i < 100; i++) {
      try (Stream<Path> markers = Files.list(fixture.spool().resolve("promised"))) {
        if (markers.findAny().isEmpty()) {
          return;
        }
      }
      Thread.sleep(50);
    }
    throw new AssertionError("receipts are still to be exchanged");
  }

  @Test
  void theSameKeyAndBytesGetTheSameAnswerAndOtherBytesAreRefused() throws Exception {
    String event = AgentFixture.event("B1");
    Answer first;
    try (Agent agent = fixture.agent()) {
      first = fixture.post(agent, "key-1", event);
      assertEquals(202, first.status());
      assertEquals(first.body(), fixture.post(agent, "key-1", event).body());
      fixture.settled(agent, first.json().path("id").asText());
      assertEquals(first.body(), fixture.post(agent, "key-1", event).body());
      Answer other = fixture.post(agent, "key-1", event + " ");
      assertEquals(409, other.status(), other.body());
    }
    try (Agent agent = fixture.agent()) {
      assertEquals(first.body(), fixture.post(agent, "key-1", event).body(), "after a restart");
      assertEquals(409, fixture.post(agent, "key-1", AgentFixture.event("B2")).status());
      assertEquals(1, fixture.records("B1"));
    }
  }

  @Test
  void manyAtOnceUnderOneKeyAreOneInput() throws Exception {
    try (Agent agent = fixture.agent();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        answers.add(threads.submit(() -> fixture.post(agent, "same", AgentFixture.event("C1"))));
      }
      Set<String> bodies = new HashSet<>();
      for (Future<Answer> answer : answers) {
        assertEquals(202, answer.get().status());
        bodies.add(answer.get().body());
      }
      assertEquals(1, bodies.size());
      String id = answers.get(0).get().json().path("id").asText();
      assertEquals("recorded", fixture.settled(agent, id).path("state").asText());
      assertEquals(1, fixture.records("C1"));
    }
  }

  @Test
  void whatTheLedgerWouldRefuseForItsFormIsRefusedAtOnceWithEveryViolation() throws Exception {
    try (Agent agent = fixture.agent()) {
      String wrong =
          AgentFixture.event("D1").replace("\"zoneOffset\": \"+08:00\"", "\"zoneOffset\": \"\"");
      Answer refused =
          fixture.post(
              agent, "k", wrong.strip().replaceFirst("]$", "," + wrong.strip().substring(1)));
      assertEquals(422, refused.status(), refused.body());
      List<String> paths = new ArrayList<>();
      refused.json().path("violations").forEach(v -> paths.add(v.path("path").asText()));
      assertEquals(2, paths.size(), refused.body());
      assertTrue(paths.get(0).startsWith("records[0]."), refused.body());
      assertTrue(paths.get(1).startsWith("records[1]."), refused.body());
      for (String unreadable : List.of("", "{}", "[", "[1]", "[{\"kind\":\"x\"}]")) {
        assertEquals(400, fixture.post(agent, "k", unreadable).status(), unreadable);
      }
      assertEquals(0, fixture.get(agent, "/metrics").json().path("accepted").asInt());
    }
  }

  @Test
  void whatTheLedgerRefusesIsKeptWithItsReasons() throws Exception {
    try (Agent agent = fixture.agent()) {
      String id =
          fixture.post(agent, "bad", AgentFixture.notPermitted("E1")).json().path("id").asText();
      String good =
          fixture.post(agent, "good", AgentFixture.event("E2")).json().path("id").asText();
      JsonNode refused = fixture.settled(agent, id);
      assertEquals("refused", refused.path("state").asText(), refused.toString());
      assertEquals("NOT_PERMITTED", refused.path("code").asText());
      assertTrue(refused.at("/violations/0/path").asText().startsWith("records[0]."));
      assertEquals("recorded", fixture.settled(agent, good).path("state").asText());
      Path kept = fixture.spool().resolve("refused").resolve(id + ".json");
      assertEquals(refused, Console.JSON.readTree(Files.readString(kept)));
      assertTrue(Files.exists(kept.resolveSibling(id + ".submission")));
      assertEquals(404, fixture.get(agent, "/submissions/" + id + "/receipt").status());
    }
  }

  @Test
  void aFullQueueSaysWhenToComeBack() throws Exception {
    fixture.stopServing();
    List<String> ids = new ArrayList<>();
    try (Agent agent = fixture.agent(fixture.options(1, 3, false, null), Clock.systemUTC())) {
      for (int i = 0; i < 3; i++) {
        Answer accepted = fixture.post(agent, "q" + i, AgentFixture.event("F" + i));
        assertEquals(202, accepted.status());
        ids.add(accepted.json().path("id").asText());
      }
      Answer full = fixture.post(agent, "q3", AgentFixture.event("F3"));
      assertEquals(429, full.status(), full.body());
      assertTrue(full.response().headers().firstValueAsLong("Retry-After").orElse(0) > 0);
      assertEquals(202, fixture.post(agent, "q0", AgentFixture.event("F0")).status());
      fixture.awaitState(agent, "unreachable");
      assertEquals(503, fixture.get(agent, "/health").status());
    }
    fixture.serve();
    try (Agent agent = fixture.agent()) {
      for (String id : ids) {
        assertEquals("recorded", fixture.settled(agent, id).path("state").asText());
      }
      assertEquals(200, fixture.get(agent, "/health").status());
      assertEquals(1, fixture.records("F0"));
    }
  }

  // ---- the door --------------------------------------------------------------------------------

  @Test
  void theDoorIsNarrow() throws Exception {
    try (Agent agent = fixture.agent()) {
      String event = AgentFixture.event("G1");
      assertEquals(400, fixture.post(agent, "x".repeat(256), event).status());
      assertEquals(400, fixture.post(agent, "two words", event).status());
      assertEquals(413, fixture.post(agent, "k", " ".repeat(65 << 10)).status());
      assertEquals(
          413,
          fixture
              .send(
                  agent,
                  "/submissions",
                  r ->
                      r.header("Content-Type", "application/json")
                          .POST(
                              HttpRequest.BodyPublishers.ofByteArrays(
                                  List.of(new byte[40 << 10], new byte[40 << 10]))))
              .status(),
          "chunked");
      assertEquals(
          415,
          fixture
              .send(
                  agent,
                  "/submissions",
                  r ->
                      r.header("Content-Type", "text/plain")
                          .POST(HttpRequest.BodyPublishers.ofString(event)))
              .status());
      assertEquals(
          403,
          fixture
              .send(
                  agent,
                  "/submissions",
                  r ->
                      r.header("Content-Type", "application/json")
                          .header("Origin", "http://127.0.0.1:" + agent.port())
                          .POST(HttpRequest.BodyPublishers.ofString(event)))
              .status());
      assertEquals(405, fixture.get(agent, "/submissions").status());
      for (String path :
          List.of(
              "/",
              "/submissions/k-1",
              "/submissions/..%2f..%2fagent",
              "/statusx",
              "/status/x",
              "/submissions/k-" + "0".repeat(32),
              "/submissions/k-" + "0".repeat(32) + "/key")) {
        assertEquals(404, fixture.get(agent, path).status(), path);
      }
      assertTrue(raw(agent, "Host: pinlian.example\r\n").contains(" 421 "));
      assertTrue(raw(agent, "Host: 127.0.0.1:1\r\n").contains(" 421 "));
      assertTrue(raw(agent, "Host: localhost:" + agent.port() + "\r\n").contains(" 200 "));
      assertFalse(raw(agent, "Host: localhost:" + agent.port() + "\r\n").contains("Allow-Origin"));
      assertEquals(0, fixture.get(agent, "/metrics").json().path("accepted").asInt());
    }
  }

  private static String raw(Agent agent, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET /status HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void withATokenNobodyElseIsLetIn() throws Exception {
    String token = "a-word-of-some-length";
    try (Agent agent = fixture.agent(fixture.options(1, 10, false, token), Clock.systemUTC())) {
      assertEquals(401, fixture.get(agent, "/status").status());
      assertEquals(401, fixture.post(agent, "k", AgentFixture.event("T1")).status());
      assertEquals(
          401,
          fixture
              .send(agent, "/status", r -> r.header("Authorization", "Bearer " + token + "x"))
              .status());
      assertEquals(
          200,
          fixture
              .send(agent, "/status", r -> r.header("Authorization", "Bearer " + token))
              .status());
    }
  }

  // ---- files -----------------------------------------------------------------------------------

  @Test
  void filesAreTakenOnceAndGoWhereTheirFateIs() throws Exception {
    Path watched = Files.createDirectories(fixture.watched());
    Files.createSymbolicLink(watched.resolve("link.json"), scratch.resolve("elsewhere"));
    try (Agent agent = fixture.agent()) {
      assertTrue(agent.port() > 0);
      drop("good.json", AgentFixture.event("H1"));
      drop("broken.json", "[");
      drop("wrong.json", AgentFixture.notPermitted("H2"));
      drop("large.json", " ".repeat(65 << 10));
      drop("note.txt", "not for the agent");
      fixture.awaitFile(watched.resolve("accepted/good.json"));
      for (String name : List.of("broken", "wrong", "large")) {
        Path reason = watched.resolve("refused/" + name + ".json.reason.json");
        fixture.awaitFile(reason);
        assertTrue(Files.exists(watched.resolve("refused/" + name + ".json")));
        JsonNode json = Console.JSON.readTree(Files.readString(reason));
        assertFalse(json.path("violations").isEmpty(), json.toString());
      }
      assertFalse(Files.exists(watched.resolve("accepted/wrong.json")));
      assertTrue(Files.exists(watched.resolve("note.txt")));
      assertTrue(Files.isSymbolicLink(watched.resolve("link.json")));

      // The same file again, then another of that name.
      drop("good.json", AgentFixture.event("H1"));
      awaitGone(watched.resolve("good.json"));
      drop("good.json", AgentFixture.event("H3"));
      awaitGone(watched.resolve("good.json"));
      for (int i = 0; i < 200 && fixture.records("H3") == 0; i++) {
        Thread.sleep(50);
      }
      assertEquals(1, fixture.records("H1"));
      assertEquals(0, fixture.records("H2"));
      assertEquals(1, fixture.records("H3"));

      // One that was refused, again: the same input, so the same end, and not among the accepted.
      drop("wrong.json", AgentFixture.notPermitted("H2"));
      awaitGone(watched.resolve("wrong.json"));
      fixture.awaitFiles(watched.resolve("refused"), "wrong", 4);
      assertEquals(List.of(), names(watched.resolve("accepted"), "wrong"));
    }
  }

  private static List<String> names(Path folder, String start) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(start))
          .sorted()
          .toList();
    }
  }

  @Test
  void aFileThatCannotBeTakenStaysAndKeepsNoOtherFromBeingTaken() throws Exception {
    Path watched = Files.createDirectories(fixture.watched());
    InputFormat faulty =
        new InputFormat() {
          private final RecordFormat sound = new RecordFormat();

          @Override
          public Set<String> mediaTypes() {
            return sound.mediaTypes();
          }

          @Override
          public Set<String> endings() {
            return sound.endings();
          }

          @Override
          public DraftSubmission read(byte[] bytes) throws BadInputException {
            if (bytes[0] == '!') {
              throw new IllegalStateException("a fault of this program");
            }
            return sound.read(bytes);
          }
        };
    drop("a.json", "!");
    drop("b.json", AgentFixture.event("F1"));
    try (Agent agent = fixture.agent(fixture.options(List.of(faulty)), Clock.systemUTC())) {
      fixture.awaitFile(watched.resolve("accepted/b.json"));
      drop("c.json", AgentFixture.event("F2"));
      fixture.awaitFile(watched.resolve("accepted/c.json"));
      assertTrue(Files.exists(watched.resolve("a.json")));
      assertFalse(agent.stopped().isDone());
    }
  }

  @Test
  void epcisDocumentsAreTakenAsTheyAre() throws Exception {
    Path examples = Path.of("..", "docs", "examples", "epcis");
    Path watched = Files.createDirectories(fixture.watched());
    List<InputFormat> formats = List.of(new RecordFormat(), new EpcisFormat());
    String packing = Files.readString(examples.resolve("packing.jsonld"));
    try (Agent agent = fixture.agent(fixture.options(formats), Clock.systemUTC())) {
      Answer taken = epcis(agent, "application/ld+json", packing);
      assertEquals(202, taken.status(), taken.body());
      JsonNode settled = fixture.settled(agent, taken.json().path("id").asText());
      assertEquals("recorded", settled.path("state").asText(), settled.toString());
      assertEquals(taken.json().path("records").asInt(), settled.path("records").size());

      drop("shipping.xml", Files.readString(examples.resolve("shipping-1.2.xml")));
      fixture.awaitFile(watched.resolve("accepted/shipping.xml"));

      Answer wrong =
          epcis(
              agent,
              "application/ld+json; charset=utf-8",
              packing.replace("01/09520000000011", "01/09520000000012"));
      assertEquals(422, wrong.status(), wrong.body());
      assertEquals(
          "line 12, eventList[0].epcList[0]",
          wrong.json().at("/violations/0/path").asText(),
          wrong.body());
      assertTrue(wrong.body().contains("check digit"), wrong.body());
      assertEquals("NOT_ACCEPTABLE", wrong.json().path("code").asText());
      assertEquals("WRONG_CHECK_DIGIT", wrong.json().at("/violations/0/code").asText());
      Answer other = epcis(agent, "text/plain", packing);
      assertEquals(415, other.status(), other.body());
      assertTrue(other.body().contains("application/ld+json, application/xml"), other.body());
      Answer unread = epcis(agent, "application/xml", "<!DOCTYPE x><x/>");
      assertEquals(400, unread.status());
      assertEquals("UNREADABLE", unread.json().path("code").asText());
      assertEquals("NOT_WELL_FORMED", unread.json().at("/violations/0/code").asText());
      Answer empty =
          epcis(agent, "application/ld+json", packing.replaceAll("(?s)\"eventList\".*", "}}"));
      assertEquals(422, empty.status(), empty.body());
    }
  }

  @Test
  void theSameEventsAreRecordedOnceWhicheverWayTheyComeAgain() throws Exception {
    Path examples = Path.of("..", "docs", "examples", "epcis");
    Path packing = examples.resolve("packing.jsonld");
    Path shipping = examples.resolve("shipping-1.2.xml");
    String document = Files.readString(packing);
    Path key = scratch.resolve("key.pem");
    KeyFiles.writeSecret(key, fixture.key);
    AgentOptions options = fixture.options(List.of(new RecordFormat(), new EpcisFormat()), 8);
    long index;
    try (Agent agent = fixture.agent(options, Clock.systemUTC())) {
      // By the command first, then by the agent, at once under two keys.
      Ran submitted = submit(key, "--epcis", packing.toString());
      assertEquals(0, submitted.exit(), submitted.err());
      index = submitted.json().at("/receipts/0/index").asLong();
      Answer validated =
          fixture.send(
              agent,
              "/validations",
              r ->
                  r.header("Content-Type", "application/ld+json")
                      .POST(HttpRequest.BodyPublishers.ofString(document)));
      assertEquals("duplicate", validated.json().path("outcome").asText(), validated.body());
      assertEquals(index, validated.json().path("index").asLong());
      Answer one = epcis(agent, "application/ld+json", document);
      Answer other = epcis(agent, "application/ld+json", document);
      assertNotEquals(one.body(), other.body());
      for (Answer taken : List.of(one, other)) {
        String id = taken.json().path("id").asText();
        JsonNode settled = fixture.settled(agent, id);
        assertEquals("recorded", settled.path("state").asText(), settled.toString());
        assertTrue(settled.path("repeated").asBoolean(), settled.toString());
        assertEquals(index, settled.path("index").asLong());
        assertEquals("promised", settled.at("/receipt/grade").asText());
        assertEquals(taken.json().path("records").asInt(), settled.path("records").size());
        assertFalse(settled.at("/records/0").has("digest"), "the first one has other salts");
      }

      // By the agent first, then by the command.
      Answer taken = epcis(agent, "application/xml", Files.readString(shipping));
      JsonNode settled = fixture.settled(agent, taken.json().path("id").asText());
      assertFalse(settled.has("repeated"), settled.toString());
      Ran repeated = submit(key, "--epcis", shipping.toString());
      assertEquals(0, repeated.exit(), repeated.err());
      assertTrue(repeated.json().at("/receipts/0/repeated").asBoolean(), repeated.out());
      assertEquals(
          settled.path("index").asLong(), repeated.json().at("/receipts/0/index").asLong());
    }
    // The enrolment, and each document once.
    assertEquals(3, fixture.auditedSubmissions());
  }

  private Ran submit(Path key, String... files) {
    List<String> command =
        new ArrayList<>(
            List.of("submit", "--json", "--gateway", fixture.gateway(), "--key", key.toString()));
    command.addAll(List.of(files));
    return Ran.pinlian(command.toArray(new String[0]));
  }

  private Answer epcis(Agent agent, String type, String document) throws Exception {
    return fixture.send(
        agent,
        "/submissions",
        r -> r.header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(document)));
  }

  private void drop(String name, String text) throws Exception {
    Path draft = fixture.watched().resolve("." + name);
    Files.writeString(draft, text);
    Files.move(draft, fixture.watched().resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void awaitGone(Path file) throws Exception {
    for (int i = 0; i < 200; i++) {
      if (!Files.exists(file)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(file + " stays");
  }

  // ---- dry
  // ---------------------------------------------------------------------------------------

  @Test
  void aDryRunRecordsAndKeepsNothing() throws Exception {
    Path file = Files.createDirectories(fixture.watched()).resolve("event.json");
    Files.writeString(file, AgentFixture.event("I1"));
    try (Agent agent = fixture.agent(fixture.options(1, 10, true, null), Clock.systemUTC())) {
      Answer good = fixture.post(agent, "k", AgentFixture.event("I1"));
      assertEquals(200, good.status(), good.body());
      assertEquals("acceptable", good.json().path("outcome").asText());
      Answer bad = fixture.post(agent, "k", AgentFixture.notPermitted("I1"));
      assertEquals(422, bad.status(), bad.body());
      assertEquals("NOT_PERMITTED", bad.json().path("code").asText());
      assertEquals(422, fixture.post(agent, "k", noZone("I1")).status());
    }
    try (Agent agent = fixture.open(fixture.options(1, 10, true, null), Clock.systemUTC())) {
      Agent.Run run = agent.once();
      assertEquals("acceptable", run.json().at("/files/0/outcome").asText(), run.toString());
    }
    assertTrue(Files.exists(file));
    try (Stream<Path> queue = Files.list(fixture.spool().resolve("queue"))) {
      assertEquals(List.of(), queue.toList());
    }
    // Asked for by the request, not by the agent's options.
    Files.delete(file);
    try (Agent agent = fixture.agent()) {
      Answer asked =
          fixture.send(
              agent,
              "/validations",
              r ->
                  r.header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(AgentFixture.event("I2"))));
      assertEquals("acceptable", asked.json().path("outcome").asText());
    }
    assertEquals(1, fixture.auditedSubmissions(), "the enrolment");
  }

  private static String noZone(String lot) {
    return AgentFixture.event(lot).replace("\"zoneOffset\": \"+08:00\",", "");
  }

  // ---- cron ------------------------------------------------------------------------------------

  @Test
  void onceTakesWhatIsThereAndSaysWhatBecameOfIt() throws Exception {
    KeyFiles.writeSecret(scratch.resolve("who.pem"), fixture.key);
    Path outbox = Files.createDirectories(fixture.watched());
    drop("a.json", AgentFixture.event("S1"));
    drop("b.json", AgentFixture.event("S2"));

    Ran dry = once("--dry-run");
    assertEquals(0, dry.exit(), dry.err());
    assertEquals(2, dry.json().path("files").size());
    assertEquals("acceptable", dry.json().at("/files/1/outcome").asText());

    fixture.stopServing();
    try (Agent agent = fixture.open(fixture.options(), Clock.systemUTC())) {
      Agent.Run run = agent.once();
      assertFalse(run.isReachable());
      assertEquals(2, run.json().path("queuedInputs").asInt());
    }

    // A first start has to be told whose key it is.
    assertEquals(4, once("--spool", scratch.resolve("another").toString()).exit());
    fixture.serve();
    drop("c.json", AgentFixture.notPermitted("S3"));
    Ran refused = once();
    assertEquals(3, refused.exit(), refused.out() + refused.err());
    assertEquals(2, refused.json().at("/counts/recorded").asInt(), refused.out());
    assertEquals(1, refused.json().at("/counts/refused").asInt());
    assertTrue(Files.exists(outbox.resolve("refused/c.json.reason.json")));

    Ran nothing = once();
    assertEquals(0, nothing.exit(), nothing.err());
    assertEquals(3, fixture.auditedSubmissions(), "the enrolment and two");
  }

  private Ran once(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "connect",
                "--once",
                "--key",
                scratch.resolve("who.pem").toString(),
                "--gateway",
                fixture.gateway(),
                "--watch",
                fixture.watched().toString(),
                "--json"));
    all.addAll(List.of(more));
    if (!all.contains("--spool")) {
      all.addAll(List.of("--spool", fixture.spool().toString()));
    }
    return Ran.pinlian(all.toArray(new String[0]));
  }

  // ---- certainty -------------------------------------------------------------------------------

  @Test
  void whatExpiredInTheQueueIsSignedAnewOnceAndOnlyWhenBothClocksSaySo() throws Exception {
    fixture.stopServing();
    String id = queueAt(Instant.now().minus(Duration.ofDays(7)).minusSeconds(60));
    fixture.serve();
    byte[] queued = onlyQueued();
    // By this clock it has not expired, so the agent is not certain of anything.
    Clock slow = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-5));
    try (Agent agent = fixture.agent(fixture.options(), slow)) {
      fixture.awaitState(agent, "held");
      assertEquals("EXPIRED", fixture.get(agent, "/status").json().path("code").asText());
    }
    assertArrayEquals(queued, onlyQueued());
    try (Agent agent = fixture.agent()) {
      assertEquals("recorded", fixture.settled(agent, id).path("state").asText());
      assertEquals(1, fixture.get(agent, "/metrics").json().path("renewed").asInt());
      assertEquals(1, fixture.records("J"));
    }
  }

  /** As after a kill between the ledger's answer and what follows from it. */
  @Test
  void whatIsInIsNotSignedAnewAlthoughItExpired() throws Exception {
    fixture.stopServing();
    Instant expires = Instant.now().plusSeconds(6);
    String id = queueAt(expires.minus(Duration.ofDays(7)));
    fixture.serve();
    byte[] queued = onlyQueued();
    try (Agent agent = fixture.agent()) {
      assertEquals("recorded", fixture.settled(agent, id).path("state").asText());
      assertEquals(0, fixture.get(agent, "/metrics").json().path("renewed").asInt(), "in time");
    }
    Files.write(fixture.spool().resolve("queue/0000000000000000.submission"), queued);
    Files.delete(
        fixture.spool().resolve("outcomes").resolve(id.substring(2, 4)).resolve(id + ".json"));
    while (!Instant.now().isAfter(expires)) {
      Thread.sleep(50);
    }
    try (Agent agent = fixture.agent()) {
      assertEquals("recorded", fixture.settled(agent, id).path("state").asText());
      assertEquals(0, fixture.get(agent, "/metrics").json().path("renewed").asInt());
      assertEquals(1, fixture.records("J"));
    }
    assertEquals(2, fixture.auditedSubmissions(), "the enrolment and this");
  }

  /** Accepts one by a clock that says so, while nobody answers. */
  private String queueAt(Instant now) throws Exception {
    try (Agent agent = fixture.agent(fixture.options(), Clock.fixed(now, ZoneOffset.UTC))) {
      return fixture.post(agent, "k", AgentFixture.event("J")).json().path("id").asText();
    }
  }

  private byte[] onlyQueued() throws IOException {
    try (Stream<Path> queue = Files.list(fixture.spool().resolve("queue"))) {
      List<Path> files = queue.toList();
      assertEquals(1, files.size());
      return Files.readAllBytes(files.get(0));
    }
  }

  @Test
  void oneThatIsRefusedDoesNotTakeTheOthersOfItsSubmissionWithIt() throws Exception {
    try (Agent agent = fixture.agent(fixture.options(8, 100, false, null), Clock.systemUTC());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String body = i == 3 ? AgentFixture.notPermitted("L3") : AgentFixture.event("L" + i);
        int number = i;
        answers.add(threads.submit(() -> fixture.post(agent, "l" + number, body)));
      }
      for (int i = 0; i < 8; i++) {
        Answer answer = answers.get(i).get();
        assertEquals(202, answer.status(), answer.body());
        JsonNode settled = fixture.settled(agent, answer.json().path("id").asText());
        assertEquals(i == 3 ? "refused" : "recorded", settled.path("state").asText());
        assertEquals(i == 3 ? 0 : 1, fixture.records("L" + i));
      }
      JsonNode metrics = fixture.get(agent, "/metrics").json();
      assertEquals(1, metrics.path("takenApart").asInt(), metrics.toString());
      assertEquals(7, metrics.path("recorded").asInt());
    }
  }

  @Test
  void manySmallOnesShareASubmission() throws Exception {
    try (Agent agent = fixture.agent(fixture.options(8, 100, false, null), Clock.systemUTC());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String body = AgentFixture.event("M" + i);
        int number = i;
        answers.add(threads.submit(() -> fixture.post(agent, "m" + number, body)));
      }
      Set<String> records = new HashSet<>();
      Set<Long> indexes = new HashSet<>();
      for (Future<Answer> answer : answers) {
        JsonNode settled = fixture.settled(agent, answer.get().json().path("id").asText());
        records.add(settled.at("/records/0/record").asText());
        indexes.add(settled.path("index").asLong());
      }
      assertEquals(8, records.size());
      assertTrue(indexes.size() < 8, indexes.toString());
    }
  }

  @Test
  void aKeyThatIsNotEnrolledHoldsTheQueueAndRefusesNothing() throws Exception {
    try (AgentFixture other = new AgentFixture(scratch.resolve("other")).serve();
        Agent agent = other.agent()) {
      String id = other.post(agent, "k", AgentFixture.event("N1")).json().path("id").asText();
      other.awaitState(agent, "held");
      assertEquals("queued", other.get(agent, "/submissions/" + id).json().path("state").asText());
      other.enrol();
      assertEquals("recorded", other.settled(agent, id).path("state").asText());
    }
  }

  @Test
  void nothingIsSentToALedgerThatForgotWhatItShowed() throws Exception {
    try (Agent agent = fixture.agent()) {
      String id = fixture.post(agent, "k", AgentFixture.event("O1")).json().path("id").asText();
      assertEquals("recorded", fixture.settled(agent, id).path("state").asText());
    }
    Path file = fixture.spool().resolve("checkpoint");
    Checkpoint seen = Checkpoint.parse(Files.readString(file));
    Files.writeString(
        file, new Checkpoint(seen.origin(), seen.size() + 1_000, Hash.of(new byte[32])).text());
    try (Agent agent = fixture.agent()) {
      assertEquals(202, fixture.post(agent, "l", AgentFixture.event("O2")).status());
      fixture.awaitState(agent, "held");
      assertEquals("LEDGER_SHRANK", fixture.get(agent, "/status").json().path("code").asText());
      assertEquals(0, fixture.records("O2"));
    }
  }

  // ---- the spool -------------------------------------------------------------------------------

  @Test
  void twoAgentsNeverShareAFolder() throws Exception {
    try (Agent agent = fixture.agent()) {
      assertTrue(agent.port() > 0);
      assertThrows(FolderTakenException.class, () -> fixture.agent());
      // Nor the watched one, with spools of their own.
      try (AgentFixture other = new AgentFixture(scratch.resolve("other")).serve()) {
        Files.createDirectories(other.watched().getParent());
        Files.createSymbolicLink(other.watched(), fixture.watched());
        assertThrows(FolderTakenException.class, () -> other.agent());
      }
    }
    try (Agent again = fixture.agent()) {
      assertTrue(again.port() > 0);
    }
  }

  @Test
  void aSpoolIsOneLedgersAndIsReadByItsOwnerAlone() throws Exception {
    fixture.stopServing();
    try (Agent agent = fixture.agent()) {
      assertEquals(202, fixture.post(agent, "k", AgentFixture.event("P1")).status());
    }
    try (Stream<Path> files = Files.walk(fixture.spool())) {
      for (Path file : files.toList()) {
        assertEquals(
            Files.isDirectory(file) ? "rwx------" : "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file.toString());
        if (Files.isRegularFile(file)) {
          assertFalse(Files.readString(file, StandardCharsets.ISO_8859_1).contains("PRIVATE KEY"));
        }
      }
    }
    Path others = scratch.resolve("other");
    try (AgentFixture other = new AgentFixture(others).serve().enrol()) {
      Files.move(fixture.spool(), other.spool());
      SpoolException refused = assertThrows(SpoolException.class, () -> other.agent());
      assertTrue(String.valueOf(refused.getMessage()).contains("is the spool of"));
    }
  }

  @Test
  void aDamagedFileOfTheQueueIsNamedAndNothingIsDropped() throws Exception {
    fixture.stopServing();
    try (Agent agent = fixture.agent()) {
      assertEquals(202, fixture.post(agent, "k", AgentFixture.event("Q1")).status());
      assertEquals(202, fixture.post(agent, "l", AgentFixture.event("Q2")).status());
    }
    Path first = fixture.spool().resolve("queue/0000000000000000.submission");
    byte[] good = Files.readAllBytes(first);
    byte[] damaged = good.clone();
    damaged[damaged.length - 5] ^= 1;
    for (byte[] bytes : List.of(damaged, Arrays.copyOf(good, 80), new byte[0])) {
      Files.write(first, bytes);
      SpoolException refused = assertThrows(SpoolException.class, () -> fixture.agent());
      assertTrue(String.valueOf(refused.getMessage()).contains(first.toString()));
    }
    Files.write(first, good);
    // What a crash leaves of a file that was never accepted.
    Files.write(first.resolveSibling("0000000000000002.submission.new"), new byte[7]);
    fixture.serve();
    try (Agent agent = fixture.agent()) {
      for (int i = 0; i < 200 && fixture.records("Q2") == 0; i++) {
        Thread.sleep(50);
      }
      assertEquals(1, fixture.records("Q1"));
      assertEquals(1, fixture.records("Q2"));
      assertEquals(0, fixture.get(agent, "/status").json().path("queuedInputs").asInt());
    }
  }
}
