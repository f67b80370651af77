// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.ClientOptions;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.RefusedException;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.NewLedger;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.record.Draft;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.config.GatewayFile;
import org.pinlian.tools.connect.Agent;
import org.pinlian.tools.connect.AgentOptions;
import org.pinlian.tools.connect.InputFormat;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.witness.NoteKey;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;

/** A real ledger behind a real gateway, and real agents, in this process. */
final class AgentFixture implements AutoCloseable {
  private final Path scratch;
  private final SecureRandom random = new SecureRandom();
  final SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, random);
  private final SigningKey authority = SigningKey.generate(SignatureAlgorithm.ED25519, random);
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable LedgerServer server;
  private @Nullable TrustPolicy policy;

  AgentFixture(Path scratch) throws Exception {
    this.scratch = scratch;
    this.port = freePort();
    Node.create(
        data(),
        new NewLedger(
            "test.pinlian.example/connect",
            HashAlgorithm.SHA_256,
            List.of(
                UpCommand.authority(
                    Actor.DISTRICT.id(),
                    Actor.DISTRICT.displayName(),
                    Actor.REGION,
                    Actor.DISTRICT.level(),
                    authority.verifyingKey()))));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  Path data() {
    return scratch.resolve("data");
  }

  Path spool() {
    return scratch.resolve("spool");
  }

  Path watched() {
    return scratch.resolve("watched");
  }

  AgentFixture serve() throws Exception {
    LedgerServer started = LedgerServer.start(data(), "127.0.0.1", port);
    server = started;
    policy =
        TrustPolicy.parse(
            Policies.text(started.node().genesis(), started.node().hash(), started.node().logVkey())
                .getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /**
   * Serves anew, under a policy that asks for a witness.
   *
   * @param witness its key
   * @param at the port that it has, or will have
   */
  void serveWitnessed(NoteKey witness, int at) throws Exception {
    String text =
        policy()
            .text()
            .replace(
                "quorum none",
                "witness w1 %s http://127.0.0.1:%d\nquorum w1"
                    .formatted(witness.signer().verifier().vkey(), at));
    TrustPolicy witnessed = TrustPolicy.parse(text.getBytes(StandardCharsets.UTF_8));
    stopServing();
    server =
        LedgerServer.start(
            NodeConfig.defaults(data())
                .withPublication(
                    PublicationConfig.defaults()
                        .withPolicy(witnessed, false)
                        .withInterval(Duration.ofMillis(100))
                        .withCosignAgain(Duration.ofMillis(500))),
            new GatewayFile(
                GatewayConfig.builder().host("127.0.0.1").port(port).build(), null, null, null));
    policy = witnessed;
  }

  AgentFixture enrol() throws Exception {
    return enrol(Actor.COOPERATIVE.role());
  }

  AgentFixture enrol(Role... roles) throws Exception {
    try (PinlianClient client =
        PinlianClient.connect("127.0.0.1", port, Actor.DISTRICT.id(), authority, policy())) {
      var _ =
          client.submit(
              List.of(
                  Draft.of(
                          PublicPart.newBuilder()
                              .setEnrolment(
                                  Enrolment.newBuilder()
                                      .setParticipant(Actor.COOPERATIVE.id().toString())
                                      .setName(Actor.COOPERATIVE.displayName())
                                      .addAllRoles(List.of(roles))
                                      .setRegion(Actor.REGION)
                                      .addKeys(
                                          EnrolledKey.newBuilder()
                                              .setSpki(
                                                  ByteString.copyFrom(key.verifyingKey().spki())))))
                      .line(LineRole.LINE_ROLE_KEYS, Subject.keys(Actor.COOPERATIVE.id()))));
    }
    return this;
  }

  void stopServing() {
    LedgerServer running = server;
    if (running != null) {
      server = null;
      running.close();
    }
  }

  String gateway() {
    return "127.0.0.1:" + port;
  }

  TrustPolicy policy() {
    TrustPolicy known = policy;
    if (known == null) {
      throw new IllegalStateException("never served");
    }
    return known;
  }

  /** Submissions in the log, after an audit of it. The ledger is stopped then. */
  int auditedSubmissions() throws Exception {
    stopServing();
    Ran audit = Ran.pinlian("audit", "--data", data().toString(), "--json");
    if (audit.exit() != 0) {
      throw new AssertionError(audit.out() + audit.err());
    }
    return audit.json().path("submissions").asInt();
  }

  AgentOptions options() {
    return options(1, 100, false, null);
  }

  AgentOptions options(List<InputFormat> formats) {
    return options(formats, 1);
  }

  AgentOptions options(List<InputFormat> formats, int group) {
    return options(formats, group, 100, false, null);
  }

  AgentOptions options(int group, int queueMax, boolean dryRun, @Nullable String token) {
    return options(List.of(new RecordFormat()), group, queueMax, dryRun, token);
  }

  private AgentOptions options(
      List<InputFormat> formats, int group, int queueMax, boolean dryRun, @Nullable String token) {
    return new AgentOptions(
        spool(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        watched(),
        token,
        formats,
        dryRun,
        group,
        Duration.ofMillis(300),
        queueMax,
        64 << 10,
        Duration.ofMillis(100));
  }

  Agent agent() throws Exception {
    return agent(options(), Clock.systemUTC());
  }

  /** Started. */
  Agent agent(AgentOptions options, Clock clock) throws Exception {
    Agent agent = open(options, clock);
    agent.start();
    return agent;
  }

  Agent open(AgentOptions options, Clock clock) throws Exception {
    return open(options, clock, Actor.COOPERATIVE, key);
  }

  /** Started, and the authority's. */
  Agent authoritysAgent() throws Exception {
    AgentOptions ours = options();
    Agent agent =
        open(
            new AgentOptions(
                scratch.resolve("authority-spool"),
                ours.listen(),
                null,
                null,
                ours.formats(),
                false,
                1,
                ours.groupWait(),
                10,
                ours.inputBytesMax(),
                ours.receiptsEvery()),
            Clock.systemUTC(),
            Actor.DISTRICT,
            authority);
    agent.start();
    return agent;
  }

  private Agent open(AgentOptions options, Clock clock, Actor actor, SigningKey signer)
      throws Exception {
    return Agent.open(
        options,
        PinlianClient.plain("127.0.0.1", port),
        signer,
        actor.id(),
        policy,
        ReceiptFile::text,
        ClientOptions.defaults()
            .withClock(clock)
            .withOverall(Duration.ofSeconds(2))
            .withPauses(Duration.ofMillis(50), Duration.ofMillis(200)));
  }

  // Asking an agent ------------------------------------------------------------------------------

  record Answer(int status, String body, HttpResponse<String> response) {
    JsonNode json() throws IOException {
      return Console.JSON.readTree(body);
    }
  }

  Answer post(Agent agent, String key, String body) throws Exception {
    return send(
        agent,
        "/submissions",
        request ->
            request
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  Answer get(Agent agent, String path) throws Exception {
    return send(agent, path, HttpRequest.Builder::GET);
  }

  @FunctionalInterface
  interface Shape {
    HttpRequest.Builder of(HttpRequest.Builder request);
  }

  Answer send(Agent agent, String path, Shape shape) throws Exception {
    HttpRequest request =
        shape
            .of(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + agent.port() + path)))
            .timeout(Duration.ofSeconds(40))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body(), response);
  }

  /** What became of it, once that is known. */
  JsonNode settled(Agent agent, String id) throws Exception {
    JsonNode json = get(agent, "/submissions/" + id + "?wait=30").json();
    if (json.path("state").asText().equals("queued")) {
      throw new AssertionError(json + " " + get(agent, "/status").body());
    }
    return json;
  }

  /** Waits until the agent says so of itself. */
  void awaitState(Agent agent, String state) throws Exception {
    for (int i = 0; i < 200; i++) {
      if (get(agent, "/status").json().path("state").asText().equals(state)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(get(agent, "/status").body());
  }

  void awaitFile(Path file) throws Exception {
    for (int i = 0; i < 200; i++) {
      if (Files.exists(file)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(file + " does not appear");
  }

  /** Waits until so many names in a folder begin so. */
  void awaitFiles(Path folder, String start, int count) throws Exception {
    long found = 0;
    for (int i = 0; i < 200; i++) {
      try (Stream<Path> files = Files.list(folder)) {
        found = files.filter(file -> file.getFileName().toString().startsWith(start)).count();
      }
      if (found >= count) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError(found + " files " + start + "... in " + folder);
  }

  // Asking the ledger ----------------------------------------------------------------------------

  /** How many records there are of a lot. */
  int records(String lot) throws Exception {
    try (PinlianClient client =
        PinlianClient.connect("127.0.0.1", port, Actor.DISTRICT.id(), authority, policy())) {
      Story story =
          client.trace(
              Subject.parse(lotUri(lot)), Direction.DIRECTION_BACKWARD, TraceLimits.defaults());
      return story.records().size();
    } catch (RefusedException e) {
      if (e.code() == RefusalCode.NOT_FOUND) {
        return 0;
      }
      throw e;
    }
  }

  static String lotUri(String lot) {
    return "urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":" + lot;
  }

  /** An event about a lot, as a program would write it. */
  static String event(String lot) {
    return """
    [ { "kind": "trace_event",
        "public": { "type": "EVENT_TYPE_OBJECT", "action": "EVENT_ACTION_ADD",
                    "eventTime": "2026-03-01T06:30:00+08:00", "zoneOffset": "+08:00",
                    "businessStep": "commissioning" },
        "lines": [ { "role": "object", "subject": "%s" } ] } ]
    """
        .formatted(lotUri(lot));
  }

  /** Well formed, and not the signer's to say. */
  static String notPermitted(String lot) {
    return """
    [ { "kind": "commitment_certificate",
        "public": { "form": "CERTIFICATE_FORM_2025_1", "number": "1", "productName": "竹笋",
                    "quantity": { "unscaled": 1, "unit": "KGM" }, "origin": "示例镇",
                    "region": "000000", "issuer": "示例", "contact": "000-0000000",
                    "issuedOn": "2026-03-01", "bases": [ "COMMITMENT_BASIS_CONTROL" ] },
        "lines": [
          { "role": "object", "subject": "%s" },
          { "role": "certificate",
            "subject": "urn:pinlian:certificate:uscc:91000000MA0000074A:1" } ] } ]
    """
        .formatted(lotUri(lot));
  }

  @Override
  public void close() {
    stopServing();
  }
}
