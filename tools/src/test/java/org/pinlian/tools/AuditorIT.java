// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.record.Draft;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.config.GatewayFile;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.witness.NoteKey;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TemperatureClass;

/** The command, against a ledger that is served. */
class AuditorIT {
  private static final int KILLS = 2;
  private static final long COSIGNED_SECONDS_MAX = 60;

  @TempDir Path temp;
  private Path policyFile = Path.of("");
  private Path cosignerKey = Path.of("");
  private int port;
  private SigningKey holder = SigningKey.ofEd25519Seed(new byte[32]);
  private LedgerServer server;

  @BeforeEach
  void serve() throws Exception {
    Path data = temp.resolve("data");
    String genesis;
    String logVkey;
    try (TestLedger ledger = TestLedger.create(data, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      holder = ledger.key(Actor.LICENCE_HOLDER);
      KeyFiles.writeSecret(temp.resolve("city.pem"), ledger.key(Actor.CITY));
      KeyFiles.writeSecret(temp.resolve("clinic.pem"), ledger.key(Actor.CLINIC));
      genesis = ledger.node().genesis().hex();
      logVkey = ledger.node().logVkey();
    }
    NoteKey key = NoteKey.make("auditor.example/a1", new SecureRandom());
    cosignerKey = temp.resolve("cosigner.key");
    KeyFiles.writeSecretLine(cosignerKey, key.line() + "\n");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    policyFile = temp.resolve("policy.txt");
    Files.writeString(
        policyFile,
        "#pinlian genesis %s\n#pinlian hash sha-256\nlog %s\nwitness a1 %s http://127.0.0.1:%d\n"
                .formatted(genesis, logVkey, key.signer().verifier().vkey(), port)
            + "group auditors any a1\nquorum auditors\n");
    server =
        LedgerServer.start(
            NodeConfig.defaults(data)
                .withPublication(
                    PublicationConfig.defaults().withPolicy(Policies.read(policyFile), false)),
            new GatewayFile(
                GatewayConfig.builder().host("127.0.0.1").port(0).build(), null, null, null));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String[] auditor(String key, Path policy, String... more) {
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of(
                "auditor",
                "--gateway",
                server.address().toString(),
                "--key",
                temp.resolve(key).toString(),
                "--policy",
                policy.toString(),
                "--state",
                temp.resolve("state").toString(),
                "--json"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  @Test
  void anAuditorThatIsKilledAgainAndAgainCosignsOneHistory() throws Exception {
    TrustPolicy policy = Policies.read(policyFile);
    long cosigned = 0;
    try (GatewaySession session =
        GatewaySession.open(
            server.address(),
            Actor.LICENCE_HOLDER.id(),
            holder,
            policy,
            new Console(Pinlian.commandLine(nowhere(), nowhere()), true))) {
      for (int round = 0; round <= KILLS; round++) {
        Path ready = temp.resolve("ready" + round);
        try (Spawned auditor =
            Spawned.pinlian(
                temp,
                auditor(
                    "city.pem",
                    policyFile,
                    "--cosigner-key",
                    cosignerKey.toString(),
                    "--listen",
                    "127.0.0.1:" + port,
                    "--ready-file",
                    ready.toString()))) {
          JsonNode said = auditor.awaitReady(ready);
          assertEquals("http://127.0.0.1:" + port, said.path("url").asText());
          var _ = session.submit(List.of(product()));
          long size = awaitCosigned(policy, cosigned, auditor);
          assertTrue(size > cosigned, size + " after " + cosigned);
          cosigned = size;
          if (round < KILLS) {
            auditor.kill();
          } else {
            assertEquals(0, auditor.terminate(), auditor.said());
            assertTrue(auditor.said().contains("Stopped at size"), auditor.said());
          }
        }
      }
    }
    assertTrue(Files.notExists(temp.resolve("state").resolve("alarm.json")));
  }

  private static java.io.PrintWriter nowhere() {
    return new java.io.PrintWriter(java.io.Writer.nullWriter());
  }

  private static Draft product() throws Exception {
    return Draft.of(
            PublicPart.newBuilder()
                .setProduct(
                    Product.newBuilder()
                        .setName("示例疫苗")
                        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_NONE)))
        .line(
            LineRole.LINE_ROLE_OBJECT,
            org.pinlian.identifier.Subject.parse("https://id.gs1.org/01/09520000000103"));
  }

  /** Size of a tree larger than that, which the auditor has cosigned. */
  private long awaitCosigned(TrustPolicy policy, long above, Spawned auditor) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(COSIGNED_SECONDS_MAX);
    while (System.nanoTime() < until) {
      PublishedBlock block = server.node().published().orElse(null);
      if (block != null && block.size() > above && policy.check(block.checkpoint()).audited()) {
        return block.size();
      }
      Thread.sleep(50);
    }
    throw new AssertionError("nothing is cosigned: " + auditor.said());
  }

  @Test
  void onceTellsHowFarItCameAndCosignsNothing() throws IOException {
    Ran ran = Ran.pinlian(auditor("city.pem", policyFile, "--once"));

    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.json().path("size").asLong() > 2, ran.out());
    assertTrue(ran.json().path("alarm").isNull(), ran.out());
    assertTrue(ran.err().contains("caught up"), ran.err());
  }

  @Test
  void anAlarmIsToldWrittenDownAndStaysUntilSomebodySeesToIt() throws IOException {
    Path other = temp.resolve("other.txt");
    String text = Files.readString(policyFile);
    int at = text.indexOf("genesis ") + 8;
    Files.writeString(
        other,
        text.substring(0, at) + (text.charAt(at) == '0' ? '1' : '0') + text.substring(at + 1));

    Ran ran = Ran.pinlian(auditor("city.pem", other, "--once"));

    assertEquals(1, ran.exit(), ran.err());
    assertEquals("GENESIS", ran.json().path("alarm").path("rule").asText());
    assertTrue(ran.err().contains("审计警报"), ran.err());
    assertTrue(Files.exists(temp.resolve("state").resolve("alarm.json")));
    Ran again = Ran.pinlian(auditor("city.pem", policyFile, "--once"));
    assertEquals(1, again.exit(), again.err());
    assertTrue(again.err().contains("alarm.json"), again.err());
  }

  @Test
  void whoMayNotReadTheLogIsRefused() {
    assertEquals(3, Ran.pinlian(auditor("clinic.pem", policyFile, "--once")).exit());
    assertEquals(2, Ran.pinlian(auditor("city.pem", policyFile)).exit(), "no cosigner key");
    assertTrue(Ran.pinlian("auditor", "--help").out().contains("Examples:"));
  }
}
