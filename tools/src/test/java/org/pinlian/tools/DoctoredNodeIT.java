// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Chains;
import org.pinlian.record.Draft;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.config.GatewayFile;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TraceEvent;

/**
 * An operator who has the log's key, the folder and the program, and changes what the map says of
 * one lot. The node that we ship does not go on from there; one whose check was taken out does: all
 * that it makes, signs and publishes is as ever, tree and blocks are good, and only whoever makes
 * the map again can see it.
 */
class DoctoredNodeIT {
  private static final Subject LOT = lot("L1");
  private static final Subject OTHER_LOT = lot("L2");
  private static final long SECONDS_MAX = 60;

  @TempDir Path temp;

  private Path data = Path.of("");
  private Path policy = Path.of("");
  private SigningKey maker = SigningKey.ofEd25519Seed(new byte[32]);
  private Head first = new Head(0, 0, new byte[32], 0);

  private static Subject lot(String code) {
    try {
      return Subject.parse("urn:pinlian:lot:" + Actor.LICENCE_HOLDER.id() + ":" + code);
    } catch (IdentifierException e) {
      throw new AssertionError(e);
    }
  }

  /** A ledger whose lot has two records; and its lot's head, as it was after the first. */
  @BeforeEach
  void fill() throws Exception {
    data = temp.resolve("data");
    policy = temp.resolve("policy.txt");
    try (TestLedger ledger = TestLedger.create(data, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      maker = ledger.key(Actor.LICENCE_HOLDER);
      KeyFiles.writeSecret(temp.resolve("city.pem"), ledger.key(Actor.CITY));
      Files.writeString(
          policy,
          "#pinlian genesis %s\n#pinlian hash sha-256\nlog %s\nquorum none\n"
              .formatted(ledger.node().genesis().hex(), ledger.node().logVkey()));
    }
    sayInOneRun(LOT);
    first = head();
    sayInOneRun(LOT);
    assertEquals(2, head().count());
  }

  /** What belongs to the newest blocks a start derives from the log again; so others follow. */
  private void sayInOneRun(Subject lot) throws Exception {
    try (LedgerServer server = serve()) {
      say(server, lot);
      for (int n = 0; n < 4; n++) {
        say(server, OTHER_LOT);
      }
    }
  }

  @Test
  void aLedgerThatWasLeftAloneIsAuditedToItsEnd() throws Exception {
    try (LedgerServer server = serve()) {
      say(server, LOT);
      Ran ran = audit(server.address());
      assertEquals(0, ran.exit(), ran.out() + ran.err());
    }
  }

  @Test
  void theNodeDoesNotStartOnHeadsThatWereChangedAndMakesThemAgainWhenTheyAreGone()
      throws Exception {
    putHead(first);
    try (Spawned node = Spawned.pinlian(temp, up())) {
      assertEquals(1, node.awaitEnd(), node.said());
      assertTrue(node.said().contains("they, or the block, were changed"), node.said());
    }
    assertEquals(1, Ran.pinlian("audit", "--data", data.toString()).exit());
    // Which is what it then advises.
    try (Stream<Path> derived = Files.walk(data.resolve("derived"))) {
      for (Path file : derived.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    sayInOneRun(LOT);
    assertEquals(3, head().count());
    assertEquals(0, Ran.pinlian("audit", "--data", data.toString()).exit());
  }

  @Test
  void aHeadThatIsRolledBackIsCaughtByTheAuditor() throws Exception {
    putHead(first);
    alarmedAfter(OTHER_LOT);
  }

  @Test
  void aRecordThatTheMapSkipsIsCaughtThoughTheChainGoesOn() throws Exception {
    putHead(first);
    alarmedAfter(LOT);
  }

  /** A record of that lot, and others until a block has the map of after it. */
  private void alarmedAfter(Subject lot) throws Exception {
    try (Spawned node = Spawned.altered(alteredClassPath(), temp, up())) {
      Address address = Address.parse(node.awaitReady(ready()).path("address").asText());
      var _ = submit(address, lot);
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
      Ran ran = audit(address);
      while (ran.exit() == 0 && System.nanoTime() < until) {
        var _ = submit(address, OTHER_LOT);
        Thread.sleep(200);
        ran = audit(address);
      }
      assertEquals(1, ran.exit(), ran.out() + ran.err());
      JsonNode alarm = ran.json().path("alarm");
      assertEquals("HEADS_ROOT", alarm.path("rule").asText(), ran.out());
      assertTrue(alarm.path("index").asLong() > first.lastIndex(), ran.out());
      assertTrue(ran.err().contains("审计警报"), ran.err());
    }
  }

  private String[] up() {
    return new String[] {
      "up", "--data", data.toString(), "--port", "0", "--ready-file", ready().toString()
    };
  }

  private Path ready() {
    return temp.resolve("ready");
  }

  /** The program with {@code Mapping.check} emptied. */
  private String alteredClassPath() throws IOException {
    String name = "org/pinlian/node/heads/Mapping.class";
    byte[] good;
    try (InputStream in = Objects.requireNonNull(Pinlian.class.getResourceAsStream("/" + name))) {
      good = in.readAllBytes();
    }
    CodeTransform emptied =
        new CodeTransform() {
          @Override
          public void accept(CodeBuilder builder, CodeElement element) {
            // What it did is left out.
          }

          @Override
          public void atEnd(CodeBuilder builder) {
            builder.return_();
          }
        };
    ClassFile classes = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG);
    byte[] altered =
        classes.transformClass(
            classes.parse(good),
            ClassTransform.transformingMethodBodies(
                method -> method.methodName().equalsString("check"), emptied));
    Path file = temp.resolve("altered").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, altered);
    return temp.resolve("altered") + File.pathSeparator + System.getProperty("java.class.path");
  }

  private Ran audit(Address address) {
    return Ran.pinlian(
        "auditor",
        "--gateway",
        address.toString(),
        "--key",
        temp.resolve("city.pem").toString(),
        "--policy",
        policy.toString(),
        "--state",
        temp.resolve("state").toString(),
        "--once",
        "--json");
  }

  private LedgerServer serve() throws IOException {
    return LedgerServer.start(
        NodeConfig.defaults(data).withBlockInterval(Duration.ofMillis(20)),
        new GatewayFile(
            GatewayConfig.builder().host("127.0.0.1").port(0).build(), null, null, null));
  }

  /** Comes back when a block with it is published. */
  private void say(LedgerServer server, Subject lot) throws Exception {
    long index = submit(server.address(), lot);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
    while (server.node().published().map(PublishedBlock::size).orElse(0L) <= index) {
      assertTrue(System.nanoTime() < until, "nothing is published");
      Thread.sleep(10);
    }
  }

  private long submit(Address address, Subject lot) throws Exception {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    try (GatewaySession session =
        GatewaySession.open(
            address,
            Actor.LICENCE_HOLDER.id(),
            maker,
            Policies.read(policy),
            new Console(Pinlian.commandLine(nowhere, nowhere), true))) {
      return session.submit(List.of(seen(lot))).receipt().index();
    }
  }

  private static Draft seen(Subject lot) {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_OBSERVE)
                        .setEventTime(System.currentTimeMillis())
                        .setZoneOffset("+08:00")
                        .setBusinessStep("inspecting")
                        .setDisposition("active")))
        .line(LineRole.LINE_ROLE_OBJECT, lot);
  }

  // ---- what only the operator can
  // ----------------------------------------------------------------

  private Head head() {
    try (DataFolder folder = DataFolder.open(data, StorageConfig.defaults());
        DerivedStore derived = DerivedStore.open(folder, Access.READ_ONLY)) {
      return derived.head(mapKey()).orElseThrow();
    }
  }

  private void putHead(Head head) {
    try (DataFolder folder = DataFolder.open(data, StorageConfig.defaults());
        DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
      DerivedBatch batch = derived.newBatch();
      batch.putHead(mapKey(), head);
      derived.writeUnsynced(batch);
    }
  }

  private static byte[] mapKey() {
    return Chains.subjectKey(HashAlgorithm.SHA_256, LOT.uri()).bytes();
  }
}
