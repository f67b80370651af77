// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.PolicyVerdict;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.HashAlgorithm;
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
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      witnessPort = free.getLocalPort();
    }
    policy = temp.resolve("witnesses.txt");
    try (TestLedger ledger = TestLedger.create(temp.resolve("data"), HashAlgorithm.SHA_256)) {
      // Before anything was submitted there is no block to publish.
      Enrolments.play(ledger);
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
    try (Spawned witness = witness();
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

  private Spawned witness() throws IOException, InterruptedException {
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
            Integer.toString(witnessPort),
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
