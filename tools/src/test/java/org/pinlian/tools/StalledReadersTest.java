// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.client.PinlianClient;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.gateway.Gateway;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Document;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.LoginRequest;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;

/**
 * Clients that stop reading, before a real gateway and a real node: they are cut off, what is held
 * for them stays within its caps, and nobody else notices. An audit ends every test.
 */
class StalledReadersTest {
  private static final int LARGE_RECORDS = 8;
  private static final int LARGE_BYTES = 1_000_000;
  private static final int WINDOW_BYTES = 64 << 10;
  private static final int SUBMISSIONS_MAX = 20_000;
  private static final Duration STALLED_AFTER = Duration.ofMillis(1_500);
  private static final ByteCaps BYTE_CAPS = new ByteCaps(64L << 20, 16L << 20);

  /** What a caller may have beyond its cap while it is being cut off: one write. */
  private static final long ONE_WRITE = 9L << 20;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Subject large = lot("LARGE");
  private @Nullable TestLedger started;
  private @Nullable Gateway listening;
  @TempDir Path scratch;

  @BeforeEach
  void serve() {
    TestLedger ledger = TestLedger.create(scratch.resolve("data"), HashAlgorithm.SHA_256);
    started = ledger;
    Enrolments.play(ledger);
    byte[] bytes = new byte[LARGE_BYTES];
    new Random(7).nextBytes(bytes);
    Document attachment =
        Document.newBuilder()
            .setMediaType("application/octet-stream")
            .setName("photograph")
            .setContent(ByteString.copyFrom(bytes))
            .build();
    for (int i = 0; i < LARGE_RECORDS; i++) {
      ledger.file(Actor.COOPERATIVE, "files", List.of(seen(large).attachment(attachment)));
    }
  }

  @AfterEach
  void stopAndAudit() {
    channels.forEach(ManagedChannel::shutdownNow);
    gateway().stop();
    ledger().close();
    AuditReport report = Audit.run(scratch.resolve("data"), Progress.SILENT, true);
    assertTrue(report.isClean(), report.toString());
  }

  @Test
  void tracesThatNobodyReadsAreCutOffAndOthersGoOn() throws Exception {
    start(STALLED_AFTER, Duration.ofSeconds(20));
    Channel stalling = loggedIn(Actor.COOPERATIVE);
    List<HeldCall<TraceRequest, TraceReply>> stalled = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      stalled.add(trace(stalling, large));
    }
    await("something is held", () -> bytesHeld() > LARGE_BYTES);

    long most = 0;
    try (PinlianClient district = client(Actor.DISTRICT);
        PinlianClient same = client(Actor.COOPERATIVE)) {
      long deadline = deadline();
      while (callsStalled() < stalled.size() && System.nanoTime() - deadline < 0) {
        most = Math.max(most, bytesHeld());
        // Somebody else, and another connection of the same participant.
        district.trace(large, Direction.DIRECTION_STORY, TraceLimits.defaults());
        same.submit(List.of(seen(lot("OTHER"))));
      }
    }

    assertEquals(stalled.size(), callsStalled());
    stalled.forEach(StalledReadersTest::assertCutOff);
    assertTrue(most < BYTE_CAPS.perCaller() + ONE_WRITE, "held " + most);
    assertNothingIsHeld();
  }

  @Test
  void whatIsHeldForOneParticipantHasACapHoweverManyTracesItOpens() throws Exception {
    start(Duration.ofMinutes(1), Duration.ofSeconds(20));
    List<HeldCall<TraceRequest, TraceReply>> stalled = new ArrayList<>();
    for (int connection = 0; connection < 4; connection++) {
      Channel channel = loggedIn(Actor.COOPERATIVE);
      stalled.add(trace(channel, large));
      stalled.add(trace(channel, large));
    }

    long most = 0;
    try (PinlianClient district = client(Actor.DISTRICT)) {
      long deadline = deadline();
      while (overCap("bytes of a caller") == 0 && System.nanoTime() - deadline < 0) {
        most = Math.max(most, bytesHeld());
        district.trace(large, Direction.DIRECTION_STORY, TraceLimits.defaults());
      }
    }

    assertTrue(overCap("bytes of a caller") > 0);
    assertTrue(most < BYTE_CAPS.perCaller() + ONE_WRITE, "held " + most);
    stalled.forEach(call -> call.call.cancel("enough", null));
    assertNothingIsHeld();
  }

  @Test
  void whoSendsAndNeverReadsIsSlowedThenCutOffAndKeepsWhatWasAcknowledged() throws Exception {
    start(STALLED_AFTER, Duration.ofSeconds(20));
    HeldCall<SubmitRequest, SubmitReply> stream =
        HeldCall.to(loggedIn(Actor.COLLECTOR), SubmissionGrpc.getSubmitStreamMethod());
    List<SignedSubmission> sent = new ArrayList<>();
    stream.call.request(20);

    try (PinlianClient other = client(Actor.COOPERATIVE)) {
      // As fast as it is let: in the end only the flow control holds it back.
      long deadline = deadline();
      while (callsStalled() == 0 && System.nanoTime() - deadline < 0) {
        if (stream.call.isReady() && sent.size() < SUBMISSIONS_MAX) {
          SignedSubmission submission =
              ledger().sign(Actor.COLLECTOR, seen(lot("S" + sent.size() % 50)));
          stream.call.sendMessage(submission.request());
          sent.add(submission);
        } else {
          other.submit(List.of(seen(lot("OTHER"))));
        }
        assertTrue(bytesHeld() < BYTE_CAPS.perCaller(), "held " + bytesHeld());
      }
    }

    assertTrue(sent.size() < SUBMISSIONS_MAX, "the stream was never slowed down");
    assertCutOff(stream);
    assertEquals(1, callsStalled());
    assertTrue(stream.replies.size() < sent.size(), "all were answered");
    assertNothingIsHeld();
    try (PinlianClient collector = client(Actor.COLLECTOR)) {
      ReceiptVerifier verifier = new ReceiptVerifier(PinlianClient.trustOnFirstUse(plain()));
      for (int i = 0; i < stream.replies.size(); i++) {
        VerifiedReceipt acknowledged = verifier.verify(stream.replies.get(i).getReceipt());
        if (i % 50 == 0) {
          assertEquals(acknowledged.leaf(), collector.receipt(acknowledged.index()).leaf());
        }
      }
      // Whether it was in already or is only now: sending it again is safe.
      for (SignedSubmission submission : sent.subList(sent.size() - 5, sent.size())) {
        collector.submit(submission);
      }
    }
  }

  @Test
  void stalledReadersDoNotHoldUpTheEnd() throws Exception {
    start(Duration.ofMinutes(1), Duration.ofMillis(500));
    HeldCall<TraceRequest, TraceReply> reader = trace(loggedIn(Actor.COOPERATIVE), large);
    HeldCall<SubmitRequest, SubmitReply> sender =
        HeldCall.to(loggedIn(Actor.COLLECTOR), SubmissionGrpc.getSubmitStreamMethod());
    await("something is held", () -> bytesHeld() > LARGE_BYTES);
    for (int sent = 0; sent < SUBMISSIONS_MAX && sender.call.isReady(); sent++) {
      sender.call.sendMessage(ledger().sign(Actor.COLLECTOR, seen(lot("S"))).request());
    }

    assertTimeout(
        Duration.ofSeconds(20),
        () -> {
          gateway().stop();
          ledger().close();
        });

    reader.call.request(1_000);
    sender.call.request(SUBMISSIONS_MAX);
    assertFalse(reader.end().isOk());
    assertFalse(sender.end().isOk());
    assertNothingIsHeld();
  }

  private void start(Duration stalledAfter, Duration shutdownGrace) {
    listening =
        Gateway.start(
            GatewayConfig.builder()
                .port(0)
                .stalledAfter(stalledAfter)
                .shutdownGrace(shutdownGrace)
                .byteCaps(BYTE_CAPS)
                .build(),
            ledger().node().channel(),
            registry);
  }

  private TestLedger ledger() {
    if (started == null) {
      throw new IllegalStateException("no ledger");
    }
    return started;
  }

  private Gateway gateway() {
    if (listening == null) {
      throw new IllegalStateException("no gateway");
    }
    return listening;
  }

  private ManagedChannel plain() {
    return kept(PinlianClient.plain("127.0.0.1", gateway().port()));
  }

  private ManagedChannel kept(ManagedChannel channel) {
    channels.add(channel);
    return channel;
  }

  private PinlianClient client(Actor actor) throws Exception {
    ManagedChannel channel = plain();
    return PinlianClient.connect(
        channel, actor.id(), ledger().key(actor), PinlianClient.trustOnFirstUse(channel));
  }

  /**
   * A connection of its own, with a token on every call, that takes little before somebody reads.
   */
  private Channel loggedIn(Actor actor) {
    ManagedChannel channel =
        kept(
            NettyChannelBuilder.forAddress("127.0.0.1", gateway().port())
                .usePlaintext()
                .flowControlWindow(WINDOW_BYTES)
                .build());
    LoginGrpc.LoginBlockingStub login = LoginGrpc.newBlockingStub(channel);
    ByteString key = ByteString.copyFrom(ledger().keyOf(actor).keyId().bytes());
    ByteString challenge =
        login.challenge(ChallengeRequest.newBuilder().setKeyId(key).build()).getChallenge();
    String token =
        login
            .login(
                LoginRequest.newBuilder()
                    .setKeyId(key)
                    .setChallenge(challenge)
                    .setSignature(
                        ByteString.copyFrom(
                            ledger().key(actor).sign(Submissions.loginMessage(challenge))))
                    .build())
            .getToken();
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** A trace of which only the first message is read. */
  private static HeldCall<TraceRequest, TraceReply> trace(Channel channel, Subject subject) {
    HeldCall<TraceRequest, TraceReply> call = HeldCall.to(channel, ProvenanceGrpc.getTraceMethod());
    call.call.sendMessage(
        TraceRequest.newBuilder()
            .setSubject(subject.uri())
            .setDirection(Direction.DIRECTION_STORY)
            .build());
    call.call.halfClose();
    call.call.request(1);
    return call;
  }

  private static Draft seen(Subject lot) {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_OBSERVE)
                        .setEventTime(1_780_000_000_000L)
                        .setZoneOffset("+08:00")))
        .line(LineRole.LINE_ROLE_OBJECT, lot);
  }

  private static Subject lot(String name) {
    try {
      return Subject.parse("urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":" + name);
    } catch (IdentifierException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertCutOff(HeldCall<?, ?> call) {
    // What had arrived before the reset is read first.
    call.call.request(SUBMISSIONS_MAX);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, call.end().getCode());
  }

  private void assertNothingIsHeld() {
    await(
        "nothing is held and nobody has a place",
        () -> bytesHeld() == 0 && gauge("pinlian.gateway.calls.in.flight") == 0);
  }

  private long bytesHeld() {
    return gauge("pinlian.gateway.bytes.held");
  }

  private long gauge(String name) {
    return (long) registry.get(name).gauge().value();
  }

  private long callsStalled() {
    return (long) registry.get("pinlian.gateway.calls.stalled").counter().count();
  }

  private long overCap(String cap) {
    return (long)
        registry.get("pinlian.gateway.calls.over.cap").tag("cap", cap).functionCounter().count();
  }

  private static long deadline() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
  }

  private static void await(String what, BooleanSupplier done) {
    long deadline = deadline();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within 30 s: " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }
  }
}
