// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.Direction;

/** The agent as a process of its own, in front of a ledger that is one too. */
class ConnectIT {
  private static final String WHO = "uscc:93000000MA00000669";
  private static final int KILLS = Boolean.getBoolean("pinlian.long") ? 40 : 5;
  private static final int CALLERS = 3;
  private static final int UNDER_LOAD_MILLIS_MAX = 800;

  @TempDir Path scratch;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private Ledger ledger;
  private int processes;

  @BeforeEach
  void serve() throws Exception {
    ledger = new Ledger(freePort());
    ledger.start();
    assertEquals(0, Ran.pinlian("keygen", "-o", scratch.resolve("who.pem").toString()).exit());
    Ran enrolled =
        Ran.pinlian(
            "enrol",
            "--gateway",
            ledger.gateway,
            "--policy",
            ledger.policy(),
            "--key",
            ledger.data().resolve("authority.pem").toString(),
            "--as",
            ledger.authority,
            "--participant",
            WHO,
            "--role",
            "producer,collector,carrier,canteen,hospital,licence-holder",
            "--name",
            "示例多能社",
            "--region",
            "000000",
            "--public-key",
            scratch.resolve("who.pem.pub").toString());
    assertEquals(0, enrolled.exit(), enrolled.err());
  }

  @AfterEach
  void stop() {
    ledger.close();
  }

  /** A node and gateway that are killed and started again, at one address. */
  private final class Ledger implements AutoCloseable {
    final String gateway;
    final int port;
    String authority = "";
    private @Nullable Spawned process;

    Ledger(int port) {
      this.port = port;
      this.gateway = "127.0.0.1:" + port;
    }

    Path data() {
      return scratch.resolve("data");
    }

    String policy() {
      return data().resolve("policy.txt").toString();
    }

    void start() throws Exception {
      Path ready = scratch.resolve("ledger-" + processes++ + ".json");
      Spawned started =
          Spawned.pinlian(
              scratch,
              "up",
              "--data",
              data().toString(),
              "--port",
              Integer.toString(port),
              "--ready-file",
              ready.toString(),
              "--json");
      process = started;
      JsonNode json = started.awaitReady(ready);
      if (json.has("authority")) {
        authority = json.path("authority").asText();
      }
    }

    void kill() throws Exception {
      if (process != null) {
        process.kill();
      }
    }

    void terminate() throws Exception {
      if (process != null) {
        assertEquals(0, process.terminate(), process.said());
      }
    }

    @Override
    public void close() {
      if (process != null) {
        process.close();
      }
    }
  }

  // ---- killed ----------------------------------------------------------------------------------

  @Test
  void whateverIsKilledNothingAcceptedIsLostAndNothingIsDoubled() throws Exception {
    long seed = Long.getLong("pinlian.seed", System.nanoTime());
    System.out.println("ConnectIT pinlian.seed=" + seed);
    Random dice = new Random(seed);
    int port = freePort();
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger numbers = new AtomicInteger();
    Map<String, String> accepted = new ConcurrentHashMap<>();
    Path watched = Files.createDirectories(scratch.resolve("watched"));
    Set<String> dropped = new TreeSet<>();
    List<Future<?>> callers = new ArrayList<>();
    Spawned agent = agent(port, watched);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CALLERS; i++) {
        callers.add(threads.submit(() -> call(port, enough, numbers, accepted)));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        for (int file = 0; file < 5; file++) {
          String lot = "W" + kill + "-" + file;
          drop(watched, lot, AgentFixture.event(lot));
          dropped.add(lot);
        }
        Thread.sleep(50 + dice.nextInt(UNDER_LOAD_MILLIS_MAX));
        boolean ledgerToo = kill % 2 == 1;
        if (ledgerToo) {
          ledger.kill();
          Thread.sleep(dice.nextInt(300));
        }
        agent.kill();
        agent = agent(port, watched);
        if (ledgerToo) {
          Thread.sleep(dice.nextInt(300));
          ledger.start();
        }
      }
      Thread.sleep(500);
      enough.set(true);
      for (Future<?> caller : callers) {
        caller.get(120, TimeUnit.SECONDS);
      }
      awaitDrained(port, watched);
      for (Map.Entry<String, String> one : accepted.entrySet()) {
        JsonNode json = get(port, "/submissions/" + one.getValue());
        assertEquals("recorded", json.path("state").asText(), one.getKey() + " " + json);
      }
      assertEquals(0, agent.terminate(), agent.said());
    } finally {
      enough.set(true);
      agent.close();
    }
    ledger.terminate();

    // What the ledger holds, by what it is about: once each, and nothing else.
    Set<String> lots = new HashSet<>(accepted.keySet());
    lots.addAll(dropped);
    assertTrue(lots.size() > KILLS * 5 + CALLERS, "there was load");
    try (FolderSession session =
        FolderSession.open(ledger.data(), Policies.read(Path.of(ledger.policy())))) {
      for (String lot : lots) {
        Story story =
            session.trace(
                Subject.parse(AgentFixture.lotUri(lot)),
                Direction.DIRECTION_STORY,
                TraceLimits.defaults());
        assertEquals(1, story.records().size(), lot);
      }
    }
    Ran audit = Ran.pinlian("audit", "--data", ledger.data().toString(), "--json");
    assertEquals(0, audit.exit(), audit.out() + audit.err());
    assertEquals(lots.size() + 1, audit.json().path("submissions").asInt(), "and the enrolment");
    assertEquals(lots.size() + 1, audit.json().path("records").asInt());
    System.out.println("ConnectIT: " + KILLS + " kills, " + lots.size() + " inputs");

    // Every receipt that was kept is good, offline.
    try (Stream<Path> receipts = Files.list(scratch.resolve("spool/receipts"))) {
      List<Path> files = receipts.toList();
      assertEquals(lots.size(), files.size());
      for (Path file : files) {
        Ran verified =
            Ran.pinlian("verify", file.toString(), "--policy", ledger.policy(), "--json");
        assertEquals(0, verified.exit(), file + verified.err());
      }
    }
  }

  /** One program of the enterprise: hands over one lot after the other, until each is accepted. */
  private Void call(
      int port, AtomicBoolean enough, AtomicInteger numbers, Map<String, String> accepted)
      throws Exception {
    while (!enough.get()) {
      String lot = "K" + numbers.incrementAndGet();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!accepted.containsKey(lot)) {
        try {
          HttpResponse<String> answer = post(port, "lot-" + lot, AgentFixture.event(lot));
          if (answer.statusCode() == 202) {
            accepted.put(lot, Console.JSON.readTree(answer.body()).path("id").asText());
          } else {
            assertTrue(answer.statusCode() == 503 || answer.statusCode() == 429, answer.body());
          }
        } catch (IOException killed) {
          assertTrue(System.nanoTime() < until, "the agent does not come back");
        }
        // Less than what the agent carries, so that the end is not spent on waiting.
        Thread.sleep(100);
      }
    }
    return null;
  }

  private void awaitDrained(int port, Path watched) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      JsonNode status = get(port, "/status");
      boolean left;
      try (Stream<Path> files = Files.list(watched)) {
        left = files.anyMatch(file -> file.toString().endsWith(".json"));
      }
      if (!left && status.path("queuedInputs").asInt() == 0) {
        return;
      }
      assertTrue(System.nanoTime() < until, status.toString());
      Thread.sleep(100);
    }
  }

  // ---- processes and requests ------------------------------------------------------------------

  /** Whose key it is and which ledger, the agent finds out by itself, or has kept. */
  private Spawned agent(int port, Path watched) throws Exception {
    Path ready = scratch.resolve("agent-" + processes++ + ".json");
    Spawned process =
        Spawned.pinlian(
            scratch,
            "connect",
            "--key",
            scratch.resolve("who.pem").toString(),
            "--gateway",
            ledger.gateway,
            "--spool",
            scratch.resolve("spool").toString(),
            "--watch",
            watched.toString(),
            "--listen",
            "127.0.0.1:" + port,
            "--ready-file",
            ready.toString(),
            "--json");
    try {
      JsonNode json = process.awaitReady(ready);
      assertEquals("127.0.0.1:" + port, json.path("address").asText());
      return process;
    } catch (AssertionError | Exception e) {
      process.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void drop(Path folder, String name, String text) throws IOException {
    Path draft = folder.resolve("." + name);
    Files.writeString(draft, text);
    Files.move(draft, folder.resolve(name + ".json"), StandardCopyOption.ATOMIC_MOVE);
  }

  private HttpResponse<String> post(int port, String key, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/submissions"))
            .timeout(Duration.ofSeconds(35))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode get(int port, String path) throws Exception {
    return Console.JSON.readTree(
        http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(Duration.ofSeconds(40))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }
}
