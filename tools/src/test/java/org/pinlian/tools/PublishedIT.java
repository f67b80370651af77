// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.PolicyVerdict;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;

/** What `up --witnesses` shows the world, with a witness and without, by commands alone. */
class PublishedIT {
  private static final long SECONDS_MAX = 60;

  @TempDir Path temp;

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private Path policy = Path.of("");
  private int witnessPort;
  private int starts;

  /** A ledger, and a policy of its witness, which does not run yet. */
  @BeforeEach
  void make() throws Exception {
    JsonNode made =
        Ran.pinlian(
                "witness",
                "--init",
                "--name",
                "witness.example/w1",
                "--key",
                temp.resolve("witness.key").toString(),
                "--json")
            .json();
    witnessPort = freePort();
    policy = temp.resolve("witnesses.txt");
    try (TestLedger ledger = TestLedger.create(temp.resolve("data"), HashAlgorithm.SHA_256)) {
      // Before anything was submitted there is no block to publish.
      Enrolments.play(ledger);
      KeyFiles.writeSecret(temp.resolve("district.pem"), ledger.key(Actor.DISTRICT));
      Files.writeString(
          policy,
          "#pinlian genesis %s\n#pinlian hash sha-256\nlog %s\nwitness w1 %s http://127.0.0.1:%d\n"
                  .formatted(
                      ledger.node().genesis().hex(),
                      ledger.node().logVkey(),
                      made.path("vkey").asText(),
                      witnessPort)
              + "group witnesses any w1\nquorum witnesses\n");
    }
  }

  @Test
  void withoutItsWitnessALedgerThatFailsOpenPublishesAloneAndOneThatFailsClosedDoesNotStart()
      throws Exception {
    try (Spawned up = up("--witnesses", policy.toString())) {
      assertEquals(Set.of(), published(ready(up)).witnesses());
      assertEquals(0, up.terminate(), up.said());
    }
    try (Spawned up = up("--witnesses", policy.toString(), "--fail-closed")) {
      assertEquals(1, up.awaitEnd(), up.said());
      assertTrue(up.said().contains("w1"), up.said());
    }
  }

  @Test
  void withItsWitnessWhatIsPublishedIsCosigned() throws Exception {
    try (Spawned witness = witness(witnessPort);
        Spawned up = up("--witnesses", policy.toString(), "--fail-closed")) {
      JsonNode ready = ready(up);
      PolicyVerdict verdict = published(ready);
      assertEquals(Set.of("w1"), verdict.witnesses());
      long size = verdict.checkpoint().size();
      String address = ready.path("address").asText();
      HttpResponse<byte[]> tile = get(address, "/tlog/tile/0/000.p/" + size);
      assertEquals(200, tile.statusCode());
      assertEquals(32 * size, tile.body().length);
      assertTrue(
          tile.headers().firstValue("cache-control").orElse("").contains("immutable"),
          tile.headers()::toString);
      assertEquals(404, get(address, "/tlog/tile/0/000.p/" + (size + 1)).statusCode());
      // Those who did not log in are not shown entries.
      assertEquals(401, get(address, "/tlog/tile/entries/000.p/" + size).statusCode());
      assertEquals(0, up.terminate(), up.said());
      assertEquals(0, witness.terminate(), witness.said());
    }
  }

  /** What the audit makes again from the log is what a run without a kill would have made. */
  @Test
  void aKillWhileAWitnessKeepsItWaitingLeavesTheMapOfTheLog() throws Exception {
    int behind = freePort();
    AtomicBoolean holds = new AtomicBoolean();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    HttpServer between =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), witnessPort), 0);
    ExecutorService answering = Executors.newCachedThreadPool();
    between.setExecutor(answering);
    between.createContext(
        "/",
        exchange -> {
          try {
            if (holds.get()) {
              held.countDown();
              var _ = end.await(SECONDS_MAX, TimeUnit.SECONDS);
            } else {
              pass(exchange, behind);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            exchange.close();
          }
        });
    between.start();
    long before;
    try (Spawned witness = witness(behind);
        Spawned up = up("--witnesses", policy.toString())) {
      JsonNode ready = ready(up);
      before = published(ready).checkpoint().size();
      enrol(ready, 0);
      holds.set(true);
      enrol(ready, 1);
      assertTrue(held.await(SECONDS_MAX, TimeUnit.SECONDS), "the witness is not asked");
      up.kill();
      assertEquals(0, witness.terminate(), witness.said());
    } finally {
      end.countDown();
      between.stop(0);
      answering.shutdownNow();
    }
    audited(2);

    try (Spawned up = up()) {
      assertTrue(published(ready(up)).checkpoint().size() > before);
      assertEquals(0, up.terminate(), up.said());
    }
    audited(2);
  }

  private void pass(HttpExchange exchange, int port) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + port + exchange.getRequestURI()))
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        exchange.getRequestBody().readAllBytes()))
                .build(),
            BodyHandlers.ofByteArray());
    exchange.sendResponseHeaders(
        answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
    exchange.getResponseBody().write(answer.body());
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private void enrol(JsonNode ready, int number) throws Exception {
    Path key = temp.resolve("firm" + number + ".pem");
    assertEquals(0, Ran.pinlian("keygen", "-o", key.toString()).exit());
    Ran enrolled =
        Ran.pinlian(
            "enrol",
            "--gateway",
            ready.path("address").asText(),
            "--policy",
            policy.toString(),
            "--key",
            temp.resolve("district.pem").toString(),
            "--as",
            Actor.DISTRICT.id().toString(),
            "--participant",
            "device:firm-" + number,
            "--name",
            "示例记录仪",
            "--role",
            "device",
            "--public-key",
            key + ".pub",
            "--json");
    assertEquals(0, enrolled.exit(), enrolled.err());
  }

  /** Every heads root in every block, made again. */
  private void audited(int enrolled) throws IOException {
    Path copy = temp.resolve("copy" + starts);
    LedgerFolder.copy(temp.resolve("data"), copy);
    Ran audit = Ran.pinlian("audit", "--data", copy.toString(), "--json");
    assertEquals(0, audit.exit(), audit.out() + audit.err());
    assertEquals(0, audit.json().path("differences").asInt(-1));
    assertTrue(audit.json().path("submissions").asInt() >= enrolled + 1, audit.out());
  }

  private Spawned up(String... more) throws IOException {
    starts++;
    String[] command = new String[7 + more.length];
    String[] common = {
      "up", "--data", temp.resolve("data").toString(), "--port", "0", "--ready-file", file()
    };
    System.arraycopy(common, 0, command, 0, 7);
    System.arraycopy(more, 0, command, 7, more.length);
    return Spawned.pinlian(temp, command);
  }

  private String file() {
    return temp.resolve("ready" + starts).toString();
  }

  private JsonNode ready(Spawned up) throws IOException, InterruptedException {
    return up.awaitReady(Path.of(file()));
  }

  private Spawned witness(int port) throws IOException, InterruptedException {
    Path ready = temp.resolve("witness.ready");
    Spawned witness =
        Spawned.pinlian(
            temp,
            "witness",
            "--key",
            temp.resolve("witness.key").toString(),
            "--state",
            temp.resolve("state").toString(),
            "--policy",
            policy.toString(),
            "--port",
            Integer.toString(port),
            "--ready-file",
            ready.toString());
    var _ = witness.awaitReady(ready);
    return witness;
  }

  private HttpResponse<byte[]> get(String address, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://" + address + path)).build(),
        BodyHandlers.ofByteArray());
  }

  private PolicyVerdict published(JsonNode ready) throws Exception {
    String address = ready.path("address").asText();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    HttpResponse<byte[]> answer = get(address, "/tlog/checkpoint");
    while (answer.statusCode() == 404 && System.nanoTime() < until) {
      Thread.sleep(50);
      answer = get(address, "/tlog/checkpoint");
    }
    assertEquals(200, answer.statusCode());
    return TrustPolicy.parse(Files.readAllBytes(policy)).check(SignedNote.parse(answer.body()));
  }
}
