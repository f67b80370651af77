// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.SubmissionStream;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.testkit.TestAuthority;
import org.pinlian.testkit.TestAuthority.Issued;
import org.pinlian.testkit.TestAuthority.Wanted;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.Secrets;
import org.pinlian.tools.demo.Stage;
import org.pinlian.tools.demo.Tale;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.GetLedgerRequest;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TraceEvent;

/** Node and gateway apart, with mutual TLS between them. */
class TwoProcessesIT {
  private static final int CALL_SECONDS_MAX = 15;
  private static final int SETTLE_SECONDS_MAX = 60;

  @TempDir Path scratch;

  @Test
  void theStoriesAreToldAndNothingIsLostByKillsAndNewCertificates() throws Exception {
    try (TwoProcesses ledger = new TwoProcesses(scratch)) {
      // A gateway may be there before its node.
      ledger.startGateway();
      ledger.startNode();
      TrustPolicy policy = ledger.policy();
      try (Stream stage = new Stream(ledger, policy)) {
        awaitLedger(ledger);
        Enrolments.play(stage);
        List<Tale> tales = tales(stage);
        assertTrue(tales.size() >= 2);
        try (Load load = new Load(stage.client(Actor.COOPERATIVE))) {
          load.awaitAnswers(20);

          ledger.gateway().kill();
          ledger.startGateway();
          load.awaitAnswers(20);

          ledger.node().kill();
          ledger.startNode();
          load.awaitAnswers(20);

          ledger.rotate();
          // Longer than what anybody remembers of a certificate.
          Thread.sleep(6_500);
          load.awaitAnswers(20);
          requireShown(ledger);

          load.finish();
          load.verify();
          stage.filed.addAndGet(load.sent.size());
        }
        traced(stage, tales);
        assertEquals(0, ledger.gateway().terminate(), ledger.gateway().said());
        assertEquals(0, ledger.node().terminate(), ledger.node().said());
        Ran audit = Ran.pinlian("audit", "--data", ledger.data.toString(), "--json");
        assertEquals(0, audit.exit(), audit.out() + audit.err());
        JsonNode json = audit.json();
        assertEquals(stage.filed.get(), json.path("submissions").asInt());
      }
    }
  }

  private static void awaitLedger(TwoProcesses ledger) throws Exception {
    ManagedChannel channel = ledger.toGateway(null);
    try {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS_MAX);
      while (outcome(channel) != Status.Code.OK) {
        assertTrue(System.nanoTime() < until, "the gateway does not reach its node");
        Thread.sleep(100);
      }
    } finally {
      channel.shutdownNow();
    }
  }

  /** An open call: who gets that far is in. */
  private static Status.Code outcome(ManagedChannel channel) {
    try {
      var _ =
          LogGrpc.newBlockingStub(channel)
              .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
              .getLedger(GetLedgerRequest.getDefaultInstance());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  /** The package is searched, so that a story that is added is told here too. */
  private static List<Tale> tales(Stage stage) throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Secrets secrets = new Secrets();
    List<Tale> tales = new ArrayList<>();
    for (JavaClass found : new ClassFileImporter().importPackages(Tale.class.getPackageName())) {
      if (found.getSimpleName().endsWith("Tale") && !found.isEquivalentTo(Tale.class)) {
        Class<?> tale = found.reflect();
        Object made =
            tale.getConstructor(Stage.class, Secrets.class, Instant.class)
                .newInstance(stage, secrets, now);
        tales.add((Tale) tale.getMethod("play").invoke(made));
      }
    }
    return tales;
  }

  private static void traced(Stream stage, List<Tale> tales) throws Exception {
    PinlianClient reader = stage.client(Actor.CITY);
    for (Tale tale : tales) {
      for (String code : tale.backward()) {
        Subject subject = tale.codes().get(code);
        assertNotNull(subject, code);
        assertFalse(
            reader
                .trace(subject, Direction.DIRECTION_BACKWARD, TraceLimits.defaults())
                .records()
                .isEmpty(),
            code);
      }
    }
  }

  /** Both ends show what the files hold now. */
  private static void requireShown(TwoProcesses ledger) throws Exception {
    assertEquals(
        ledger.gatewayServes().certificate(), Shown.by(ledger.gatewayAddress, null));
    assertEquals(
        ledger.nodeServes().certificate(),
        Shown.by(ledger.nodeAddress, ledger.identity(ledger.gatewayCalls())));
  }

  // ---- parts -----------------------------------------------------------------------------------

  /** Plays through the gateway over TLS. */
  private static final class Stream implements Stage, AutoCloseable {
    final AtomicInteger filed = new AtomicInteger();
    private final TwoProcesses ledger;
    private final TrustPolicy policy;
    private final ManagedChannel channel;
    private final Map<Actor, PinlianClient> clients = new EnumMap<>(Actor.class);

    Stream(TwoProcesses ledger, TrustPolicy policy) throws Exception {
      this.ledger = ledger;
      this.policy = policy;
      this.channel = ledger.toGateway(null);
    }

    PinlianClient client(Actor actor) {
      return clients.computeIfAbsent(
          actor, who -> PinlianClient.connect(channel, who.id(), ledger.key(who), policy));
    }

    @Override
    public Filed file(Actor actor, String what, List<Draft> drafts) {
      try {
        SignedSubmission signed = client(actor).sign(drafts);
        VerifiedReceipt receipt = client(actor).submit(signed);
        filed.incrementAndGet();
        return new Filed(receipt.index(), signed.digests());
      } catch (Exception e) {
        throw new AssertionError("the scene \"" + what + "\" could not be played", e);
      }
    }

    @Override
    public VerifyingKey keyOf(Actor actor) {
      return ledger.key(actor).verifyingKey();
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  /** One stream of submissions, from beginning to end, whatever happens behind it. */
  private static final class Load implements AutoCloseable {
    final List<SignedSubmission> sent = new ArrayList<>();
    private final List<CompletableFuture<VerifiedReceipt>> answers = new ArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicBoolean enough = new AtomicBoolean();
    private final PinlianClient client;
    private final SubmissionStream stream;
    private final Thread sending;

    Load(PinlianClient client) {
      this.client = client;
      this.stream = client.openStream(16);
      this.sending = Thread.ofPlatform().name("load").daemon().start(this::send);
    }

    private void send() {
      try {
        for (int i = 0; !enough.get(); i++) {
          SignedSubmission one = client.sign(List.of(event(i)));
          sent.add(one);
          answers.add(
              stream
                  .submit(one)
                  .whenComplete((receipt, failed) -> {
                    if (receipt != null) {
                      answered.incrementAndGet();
                    }
                  }));
          // A shop, not a flood: the processes share this machine.
          Thread.sleep(5);
        }
      } catch (Exception e) {
        answers.add(CompletableFuture.failedFuture(e));
      }
    }

    /** Waits until so many more than now are answered. */
    void awaitAnswers(int more) throws InterruptedException {
      int target = answered.get() + more;
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS_MAX);
      while (answered.get() < target) {
        assertTrue(System.nanoTime() < until, "no answers any more, after " + answered.get());
        Thread.sleep(20);
      }
    }

    void finish() throws Exception {
      enough.set(true);
      sending.join(TimeUnit.SECONDS.toMillis(SETTLE_SECONDS_MAX));
      for (CompletableFuture<VerifiedReceipt> answer : answers) {
        var _ = answer.get(SETTLE_SECONDS_MAX, TimeUnit.SECONDS);
      }
    }

    /** Each is in, once, where its receipt says. */
    void verify() throws Exception {
      assertEquals(sent.size(), answers.size());
      Set<Long> indexes = new HashSet<>();
      for (int i = 0; i < sent.size(); i++) {
        VerifiedReceipt receipt = answers.get(i).get();
        assertTrue(indexes.add(receipt.index()), "two at " + receipt.index());
        if (i % 10 == 0) {
          assertEquals(receipt.index(), client.receipt(sent.get(i)).index());
          assertEquals(receipt.index(), client.submit(sent.get(i)).index(), "sent once more");
        }
      }
    }

    @Override
    public void close() {
      enough.set(true);
      sending.interrupt();
      stream.close();
    }
  }

  private static Draft event(int lot) throws Exception {
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
        .line(
            LineRole.LINE_ROLE_OBJECT,
            Subject.parse("urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":T" + lot % 50));
  }
}
