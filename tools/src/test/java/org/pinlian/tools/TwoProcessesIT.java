// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
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
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.client.SubmissionStream;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.signing.SignatureAlgorithm;
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
import org.pinlian.v1.AttestedSubmissionGrpc;
import org.pinlian.v1.AttestedSubmitRequest;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.GetLedgerRequest;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.TraceEvent;

/** Node and gateway apart, with mutual TLS between them. */
class TwoProcessesIT {
  private static final int CALL_SECONDS_MAX = 15;

  /** Longer than anybody remembers what was found of a certificate. */
  private static final int REMEMBERED_MILLIS = 6_500;

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
        assertEquals(5, tales.size(), "all that the demo tells");
        try (Load load = new Load(stage.client(Actor.COOPERATIVE))) {
          load.awaitAnswers(20);

          ledger.gateway().kill();
          ledger.startGateway();
          load.awaitAnswers(20);

          ledger.node().kill();
          ledger.startNode();
          load.awaitAnswers(20);

          ledger.rotate();
          Thread.sleep(REMEMBERED_MILLIS);
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

  @Test
  void whoeverShowsACertificateThatIsNotGoodGetsNowhere() throws Exception {
    try (TwoProcesses ledger = new TwoProcesses(scratch)) {
      Issued revokedCaller = ledger.callers.issue(Wanted.client("revoked"));
      Issued revokedGateway = ledger.inner.issue(Wanted.client(TwoProcesses.GATEWAY_NAME));
      ledger.callers.revoke(revokedCaller);
      ledger.inner.revoke(revokedGateway);
      ledger.writeLists();
      ledger.startNode();
      ledger.startGateway();
      awaitLedger(ledger);
      Instant hourAgo = Instant.now().minus(Duration.ofHours(1));
      TestAuthority foreign = TestAuthority.create("示例参与主体根");
      Map<String, Issued> badCallers =
          Map.of(
              "expired",
              ledger.callers.issue(
                  Wanted.client("expired").valid(hourAgo.minusSeconds(60), hourAgo)),
              "not yet valid",
              ledger.callers.issue(
                  Wanted.client("early")
                      .valid(Instant.now().plusSeconds(600), Instant.now().plusSeconds(900))),
              "foreign",
              foreign.issue(Wanted.client("foreign")),
              "another authority of ours",
              ledger.inner.issue(Wanted.client(TwoProcesses.GATEWAY_NAME)),
              "revoked",
              revokedCaller,
              "for servers",
              ledger.callers.issue(Wanted.server("server")));
      for (Map.Entry<String, Issued> bad : badCallers.entrySet()) {
        assertEquals(
            Status.Code.UNAVAILABLE,
            outcome(ledger.toGateway(bad.getValue()), null),
            "a caller: " + bad.getKey());
      }
      Instant past = hourAgo;
      Map<String, Issued> badGateways =
          Map.of(
              "expired",
              ledger.inner.issue(
                  Wanted.client(TwoProcesses.GATEWAY_NAME).valid(past.minusSeconds(60), past)),
              "foreign",
              TestAuthority.create("示例内部根").issue(Wanted.client(TwoProcesses.GATEWAY_NAME)),
              "revoked",
              revokedGateway,
              "of another name",
              ledger.inner.issue(Wanted.client("shop.internal.example")),
              "of the name for people only",
              ledger.inner.issue(
                  Wanted.bare(TwoProcesses.GATEWAY_NAME).purpose(KeyPurposeId.id_kp_clientAuth)),
              "the node's own",
              ledger.nodeServes());
      for (Map.Entry<String, Issued> bad : badGateways.entrySet()) {
        assertEquals(
            Status.Code.UNAVAILABLE,
            outcome(ledger.toNode(bad.getValue()), Actor.CITY),
            "a gateway: " + bad.getKey());
      }
      assertEquals(Status.Code.UNAVAILABLE, outcome(ledger.toNode(null), Actor.CITY));
      assertEquals(
          Status.Code.UNAVAILABLE,
          outcome(
              PinlianClient.plain(ledger.nodeAddress.host(), ledger.nodeAddress.port()),
              Actor.CITY),
          "without TLS");
      // As a control: a good one is let in, and believed about who reads.
      assertEquals(
          Status.Code.NOT_FOUND, outcome(ledger.toNode(ledger.gatewayCalls()), Actor.CITY));
      aCertifiedCallerNeedsNoToken(ledger);
      aNodeWhoseCertificateIsRevokedIsCalledNoMore(ledger);
      assertEquals(0, ledger.gateway().terminate(), ledger.gateway().said());
      assertEquals(0, ledger.node().terminate(), ledger.node().said());
    }
  }

  /** The key in the certificate is the one that is enrolled. */
  private static void aCertifiedCallerNeedsNoToken(TwoProcesses ledger) throws Exception {
    Issued city = ledger.callers.issue(Wanted.client("city").key(pair(ledger.key(Actor.CITY))));
    Issued nobody = ledger.callers.issue(Wanted.client("nobody"));
    ManagedChannel certified = ledger.toGateway(city);
    ManagedChannel computer = ledger.toGateway(ledger.cannotSign);
    try {
      // Nothing is there yet to have a receipt of; but who asks may ask.
      assertEquals(Status.Code.NOT_FOUND, receipt(certified));
      for (Issued stranger : new Issued[] {nobody, null}) {
        ManagedChannel channel = ledger.toGateway(stranger);
        assertEquals(Status.Code.UNAUTHENTICATED, receipt(channel));
        assertEquals(Status.Code.OK, outcome(channel, null));
      }
      // Who sends a token means to be its holder, and is nobody when it is good no more.
      for (String token : new String[] {"Bearer " + "A".repeat(43), "Bearer ", "", "Basic eDp5"}) {
        assertEquals(Status.Code.UNAUTHENTICATED, receipt(withToken(certified, token)), token);
        assertEquals(Status.Code.OK, outcome(withToken(certified, token)), token);
      }
      aCertifiedCallerThatCannotSignIsSignedFor(ledger, computer);
      thePublishedTreeComesThroughBoth(ledger, city, nobody);
      ledger.callers.revoke(city);
      ledger.callers.revoke(ledger.cannotSign);
      ledger.writeLists();
      Thread.sleep(REMEMBERED_MILLIS);
      assertEquals(Status.Code.UNAVAILABLE, receipt(certified), "revoked while connected");
      assertEquals(Status.Code.UNAVAILABLE, receipt(computer), "revoked while connected");
    } finally {
      certified.shutdownNow();
      computer.shutdownNow();
    }
    // Who speaks plainly, or believes another authority, does not get through either.
    ManagedChannel plain =
        PinlianClient.plain(ledger.gatewayAddress.host(), ledger.gatewayAddress.port());
    assertEquals(Status.Code.UNAVAILABLE, outcome(plain, null));
    assertEquals(
        Status.Code.UNAVAILABLE,
        outcome(
            PinlianClient.encrypted(
                ledger.gatewayAddress.host(),
                ledger.gatewayAddress.port(),
                ledger.trust("inner", List.of()),
                null),
            null));
    assertEquals(
        Status.Code.UNAVAILABLE,
        outcome(
            PinlianClient.encrypted(
                "localhost", ledger.gatewayAddress.port(), ledger.trust("edge", List.of()), null),
            null),
        "a name that is not in the certificate");
  }

  /** Over HTTPS, with nobody's certificate, an auditor's, and others'. */
  private static void thePublishedTreeComesThroughBoth(
      TwoProcesses ledger, Issued city, Issued nobody) throws Exception {
    Issued auditor = ledger.callers.issue(Wanted.client("auditor").key(pair(enrolAuditor(ledger))));
    Issued producer =
        ledger.callers.issue(Wanted.client("producer").key(pair(ledger.key(Actor.COOPERATIVE))));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS_MAX);
    HttpResponse<byte[]> shown = get(ledger, null, "/tlog/checkpoint");
    while (shown.statusCode() == 404) {
      assertTrue(System.nanoTime() < until, "nothing is published");
      Thread.sleep(100);
      shown = get(ledger, null, "/tlog/checkpoint");
    }
    assertEquals(200, shown.statusCode());
    long size = ledger.policy().check(SignedNote.parse(shown.body())).checkpoint().size();
    HttpResponse<byte[]> tile = get(ledger, null, "/tlog/tile/0/000.p/" + size);
    assertEquals(200, tile.statusCode());
    assertEquals(32 * size, tile.body().length);
    assertEquals(404, get(ledger, null, "/tlog/tile/0/001").statusCode());
    assertEquals(404, get(ledger, null, "/tlog/tile/1/000.p/1").statusCode());
    assertEquals(404, get(ledger, null, "/tlog/checkpoint?new").statusCode());
    String bundle = "/tlog/tile/entries/000.p/" + size;
    assertEquals(401, get(ledger, null, bundle).statusCode());
    assertEquals(401, get(ledger, nobody, bundle).statusCode());
    assertEquals(403, get(ledger, producer, bundle).statusCode());
    for (Issued reader : new Issued[] {auditor, city}) {
      HttpResponse<byte[]> entries = get(ledger, reader, bundle);
      assertEquals(200, entries.statusCode());
      int length = Short.toUnsignedInt(ByteBuffer.wrap(entries.body()).getShort());
      byte[] genesis = Arrays.copyOfRange(entries.body(), 2, 2 + length);
      assertEquals(Hash.read(tile.body(), 0), HashAlgorithm.SHA_256.leaf(genesis));
    }
  }

  private static SigningKey enrolAuditor(TwoProcesses ledger) throws Exception {
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
    ParticipantId auditor = ParticipantId.parse("gln:9520000000011");
    Enrolment.Builder enrolment =
        Enrolment.newBuilder()
            .setParticipant(auditor.toString())
            .setName("示例审计所")
            .addRoles(Role.ROLE_AUDITOR)
            .setRegion(Actor.REGION)
            .addKeys(
                EnrolledKey.newBuilder().setSpki(ByteString.copyFrom(key.verifyingKey().spki())));
    try (Stream stage = new Stream(ledger, ledger.policy())) {
      var _ =
          stage.file(
              Actor.DISTRICT,
              "enrols an auditor",
              List.of(
                  Draft.of(PublicPart.newBuilder().setEnrolment(enrolment))
                      .line(LineRole.LINE_ROLE_KEYS, Subject.keys(auditor))));
    }
    return key;
  }

  private static HttpResponse<byte[]> get(TwoProcesses ledger, @Nullable Issued shown, String path)
      throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("edge", ledger.edge.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    if (shown != null) {
      own.setKeyEntry(
          "own", shown.pair().getPrivate(), new char[0], new Certificate[] {shown.certificate()});
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, new char[0]);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("https://" + ledger.gatewayAddress + path))
              .timeout(Duration.ofSeconds(CALL_SECONDS_MAX))
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  /** Under the delegation of whom the gateway's file says it belongs to, and while there is one. */
  private static void aCertifiedCallerThatCannotSignIsSignedFor(
      TwoProcesses ledger, ManagedChannel computer) throws Exception {
    try (Stream stage = new Stream(ledger, ledger.policy())) {
      ParticipantId service = ParticipantId.parse(TwoProcesses.SERVICE);
      ByteString keyId = ByteString.copyFrom(ledger.serviceKey.verifyingKey().keyId().bytes());
      Enrolments.play(stage);
      stage.file(
          Actor.DISTRICT,
          "enrols the service",
          List.of(
              Draft.of(
                      PublicPart.newBuilder()
                          .setEnrolment(
                              Enrolment.newBuilder()
                                  .setParticipant(service.toString())
                                  .setName("示例代签服务")
                                  .addRoles(Role.ROLE_GATEWAY)
                                  .setRegion(Actor.REGION)
                                  .addKeys(
                                      EnrolledKey.newBuilder()
                                          .setSpki(
                                              ByteString.copyFrom(
                                                  ledger.serviceKey.verifyingKey().spki())))))
                  .line(LineRole.LINE_ROLE_KEYS, Subject.keys(service))));
      assertEquals(Status.Code.PERMISSION_DENIED, attested(computer).code());
      delegates(
          stage,
          keyId,
          Instant.now().plus(Duration.ofDays(1)).toEpochMilli(),
          Kind.KIND_TRACE_EVENT);
      SubmissionHeader header = attested(computer).header();
      assertEquals(TwoProcesses.SERVICE, header.getSubmitter());
      assertFalse(header.getAttestation().isEmpty());
      assertEquals(
          Status.Code.UNAUTHENTICATED,
          attested(withToken(computer, "Bearer " + "A".repeat(43))).code());
      delegates(stage, keyId, 0);
      assertEquals(Status.Code.PERMISSION_DENIED, attested(computer).code());
    }
  }

  private static void delegates(Stream stage, ByteString keyId, long until, Kind... kinds) {
    stage.file(
        Actor.COOPERATIVE,
        "delegates, or ends it",
        List.of(
            Draft.of(
                    PublicPart.newBuilder()
                        .setDelegation(
                            Delegation.newBuilder()
                                .setParticipant(Actor.COOPERATIVE.id().toString())
                                .setGateway(TwoProcesses.SERVICE)
                                .setKeyId(keyId)
                                .addAllKinds(List.of(kinds))
                                .setValidUntil(until)))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(Actor.COOPERATIVE.id()))));
  }

  private record Attested(Status.Code code, SubmissionHeader header) {}

  private static Attested attested(Channel channel) throws Exception {
    SecureRandom random = new SecureRandom();
    byte[] id = new byte[16];
    random.nextBytes(id);
    try {
      return new Attested(
          Status.Code.OK,
          Submissions.readHeader(
              Submissions.readEntry(
                      AttestedSubmissionGrpc.newBlockingStub(channel)
                          .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                          .submit(
                              AttestedSubmitRequest.newBuilder()
                                  .setSubmissionId(ByteString.copyFrom(id))
                                  .addRecords(event(0).seal(random))
                                  .build())
                          .getReceipt()
                          .getEntry())
                  .getSubmission()
                  .getHeader()));
    } catch (StatusRuntimeException e) {
      return new Attested(e.getStatus().getCode(), SubmissionHeader.getDefaultInstance());
    }
  }

  private static Channel withToken(Channel channel, String authorization) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** The connection stands, and TLS asks no more: the gateway does. */
  private static void aNodeWhoseCertificateIsRevokedIsCalledNoMore(TwoProcesses ledger)
      throws Exception {
    ManagedChannel channel = ledger.toGateway(null);
    try {
      assertEquals(Status.Code.OK, outcome(channel));
      ledger.revokeNode();
      Thread.sleep(REMEMBERED_MILLIS / 2);
      assertEquals(Status.Code.UNAVAILABLE, outcome(channel), "the node's is revoked");
      ledger.renewNode();
    } finally {
      channel.shutdownNow();
    }
    awaitLedger(ledger);
  }

  private static KeyPair pair(SigningKey key) throws Exception {
    KeyFactory factory = KeyFactory.getInstance("Ed25519");
    String pem = key.toPem().replaceAll("-----[A-Z ]+-----|\\s", "");
    return new KeyPair(
        factory.generatePublic(new X509EncodedKeySpec(key.verifyingKey().spki())),
        factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))));
  }

  private static Status.Code receipt(Channel channel) {
    try {
      var _ =
          LogGrpc.newBlockingStub(channel)
              .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
              .getReceipt(GetReceiptRequest.newBuilder().setIndex(1_000_000).build());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  /** Of a channel that is closed after it. */
  private static Status.Code outcome(ManagedChannel channel, @Nullable Actor reader) {
    try {
      if (reader == null) {
        return outcome(channel);
      }
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("pinlian-reader", Metadata.ASCII_STRING_MARSHALLER),
          reader.id().toString());
      var _ =
          LogGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
              .getReceipt(GetReceiptRequest.newBuilder().setIndex(1_000_000).build());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    } finally {
      channel.shutdownNow();
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
  private static Status.Code outcome(Channel channel) {
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
    assertEquals(ledger.gatewayServes().certificate(), Shown.by(ledger.gatewayAddress, null));
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
