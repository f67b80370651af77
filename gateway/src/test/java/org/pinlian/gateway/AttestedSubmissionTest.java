// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.GatewayFixture.reason;
import static org.pinlian.gateway.GatewayFixture.submit;
import static org.pinlian.gateway.GatewayFixture.utf8;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.gateway.access.RateLimit;
import org.pinlian.gateway.access.ServiceTokens;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.AttestedSubmissionGrpc;
import org.pinlian.v1.AttestedSubmitReply;
import org.pinlian.v1.AttestedSubmitRequest;
import org.pinlian.v1.Entry;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.Ledger;
import org.pinlian.v1.LedgerHash;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.Record;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;

/** Records of callers who cannot sign, and what the gateway makes of them. */
class AttestedSubmissionTest {
  private static final ParticipantId GATEWAY = participant("gln:9520000000011");
  private static final ParticipantId FIRM = participant("uscc:91000000MA00000157");
  private static final ParticipantId OTHER = participant("farmer:other");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ByteString ID = ByteString.copyFromUtf8("0123456789abcdef");

  private static final MethodDescriptor<byte[], byte[]> SUBMIT =
      Bytes.method("pinlian.v1.AttestedSubmission/Submit", MethodType.UNARY);

  private final SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, RANDOM);
  private final String token = ServiceTokens.make(RANDOM);
  private final String othersToken = ServiceTokens.make(RANDOM);
  private final Queue<SubmitRequest> seen = new ConcurrentLinkedQueue<>();
  private final Map<ByteString, SubmitRequest> taken = new HashMap<>();
  private GatewayFixture fixture = start(GatewayConfig.builder());
  private LedgerHash hash = LedgerHash.LEDGER_HASH_SHA_256;

  private GatewayFixture start(GatewayConfig.Builder config) {
    return new GatewayFixture(
        config,
        new Attesting(
            GATEWAY,
            key,
            new ServiceTokens(
                Map.of(
                    ServiceTokens.Digest.of(token), FIRM,
                    ServiceTokens.Digest.of(othersToken), OTHER))));
  }

  @BeforeEach
  void behaveLikeALedger() {
    fixture.node.getLedger = (request, reply) -> answer(reply, ledger().toByteArray());
    fixture.node.submit = (request, reply) -> take(parsed(request), reply);
    fixture.node.getReceipt = (request, reply) -> receipt(request, reply);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  // What is signed -------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(
      value = LedgerHash.class,
      names = {"LEDGER_HASH_SHA_256", "LEDGER_HASH_SM3"})
  void theGatewaySignsForTheCallerAndSaysSo(LedgerHash which) throws Exception {
    hash = which;
    AttestedSubmitReply reply = as(token).submit(request(event()));

    SubmitRequest signed = seen.remove();
    SubmissionHeader header = Submissions.readHeader(signed.getSigned().getHeader());
    assertEquals(GATEWAY.toString(), header.getSubmitter());
    assertEquals(
        ByteString.copyFrom(algorithm().leaf(ledger().getGenesis().toByteArray()).bytes()),
        header.getLedger());
    assertEquals(fixture.now.get().toEpochMilli(), header.getCreatedAt());
    assertEquals(1, header.getRecordCount());
    assertTrue(
        key.verifyingKey()
            .verifies(
                Submissions.signedMessage(signed.getSigned().getHeader()),
                signed.getSigned().getSignature().toByteArray()));
    Attestation attestation =
        Submissions.readAttestation(algorithm(), header, signed.getAttestation());
    assertEquals(FIRM.toString(), java.util.Objects.requireNonNull(attestation).getPrincipal());
    assertEquals(signed.getAttestation(), reply.getAttestation());
    assertEquals(List.of(), reply.getRecordsList());
    assertFalse(reply.getDuplicate());
    assertEquals("receipt", reply.getReceipt().getProof());
  }

  @Test
  void recordsThatAreSaltedArePassedOnAsTheyCame() {
    Record record = event();
    as(token).submit(request(record));

    assertEquals(List.of(record), seen.remove().getRecordsList());
  }

  @Test
  void emptySaltsAreFilledInAlikeEachTimeAndUnlikeEverywhereElse() throws Exception {
    Record bare = bare(event());
    AttestedSubmitReply reply = as(token).submit(request(bare, bare));
    AttestedSubmitReply again = as(token).submit(request(bare, bare));

    assertEquals(seen.remove().getRecordsList(), reply.getRecordsList());
    assertEquals(reply.getRecordsList(), again.getRecordsList());
    assertTrue(again.getDuplicate());
    assertEquals(6, salts(reply.getRecordsList()).stream().distinct().count());
    salts(reply.getRecordsList()).forEach(salt -> assertEquals(16, salt.size()));
    AttestedSubmitReply others = as(othersToken).submit(request(bare, bare));
    assertTrue(
        salts(others.getRecordsList()).stream().noneMatch(salts(reply.getRecordsList())::contains));
  }

  @Test
  void aSaltThatIsThereStays() throws Exception {
    Record half = event();
    PublicPart part = PublicPart.parseFrom(half.getPublicPart());
    half =
        half.toBuilder().setPublicPart(part.toBuilder().clearSalt().build().toByteString()).build();
    Record salted = as(token).submit(request(half)).getRecords(0);

    assertNotEquals(half.getPublicPart(), salted.getPublicPart());
    assertEquals(half.getSectionsList(), salted.getSectionsList());
    assertEquals(half.getGroupsList(), salted.getGroupsList());
  }

  // Again ----------------------------------------------------------------------------------------

  @Test
  void theSameRecordsAgainGetTheReceiptOfTheFirst() throws Exception {
    AttestedSubmitRequest request = request(event());
    AttestedSubmitReply first = as(token).submit(request);
    fixture.pass(java.time.Duration.ofHours(1));
    AttestedSubmitReply again = as(token).submit(request);

    assertTrue(again.getDuplicate());
    assertEquals(first.getReceipt().getEntry(), again.getReceipt().getEntry());
    assertEquals(first.getAttestation(), again.getAttestation());
    assertEquals(
        GATEWAY.toString(),
        fixture.node.headersSeen.stream()
            .map(headers -> headers.get(FakeNode.READER))
            .filter(java.util.Objects::nonNull)
            .reduce((one, other) -> other)
            .orElseThrow());
  }

  @Test
  void otherRecordsUnderAUsedIdAreRefused() {
    as(token).submit(request(event()));

    refused("SUBMISSION_ID_REUSED", () -> as(token).submit(request(event())));
  }

  @Test
  void oneCallersIdIsNotAnothers() {
    Record record = event();
    as(token).submit(request(record));

    assertFalse(as(othersToken).submit(request(record)).getDuplicate());
  }

  // Refused --------------------------------------------------------------------------------------

  @Test
  void whoHoldsNoTokenIsRefused() {
    for (String wrong : List.of("", "x", ServiceTokens.make(RANDOM), token + "A")) {
      refused("NOT_LOGGED_IN", () -> as(wrong).submit(request(event())));
    }
    refused(
        "NOT_LOGGED_IN",
        () -> AttestedSubmissionGrpc.newBlockingStub(fixture.channel).submit(request(event())));
    assertTrue(seen.isEmpty());
  }

  @Test
  void whatTheNodeRefusesIsPassedOn() {
    fixture.node.submit =
        (request, reply) -> reply.onError(refusal(Code.PERMISSION_DENIED, "NO_DELEGATION"));

    refused("NO_DELEGATION", () -> as(token).submit(request(event())));
  }

  @Test
  void whenTheNodeDoesNotAnswerTheCallerIsToldToTryAgain() {
    fixture.node.submit =
        (request, reply) -> reply.onError(io.grpc.Status.UNAVAILABLE.asException());

    refused("NODE_UNAVAILABLE", () -> as(token).submit(request(event())));
  }

  @Test
  void whatCannotBeSignedIsRefusedByName() {
    refused(
        "BAD_FIELD",
        () -> as(token).submit(request(event()).toBuilder().clearSubmissionId().build()));
    refused(
        "MALFORMED",
        () ->
            as(token)
                .submit(
                    request(
                        event().toBuilder().setPublicPart(ByteString.copyFromUtf8("?")).build())));
    refused(
        "NOT_CANONICAL",
        () ->
            as(token)
                .submit(
                    request(
                        event().toBuilder()
                            .setPublicPart(
                                event()
                                    .getPublicPart()
                                    .concat(ByteString.copyFrom(new byte[] {0x78, 1})))
                            .build())));
    assertTrue(seen.isEmpty());
  }

  @Test
  void aGatewayThatSignsForNobodySaysSo() {
    try (GatewayFixture plain = new GatewayFixture()) {
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  AttestedSubmissionGrpc.newBlockingStub(plain.loggedIn())
                      .submit(request(event())));
      assertEquals("UNKNOWN_CALL", reason(refused));
      refused =
          assertThrows(
              StatusRuntimeException.class,
              () -> submit(GatewayFixture.withToken(plain.channel, token), utf8("x")));
      assertEquals("NOT_LOGGED_IN", reason(refused));
    }
  }

  @Test
  void whateverBytesComeAreSignedOrRefusedByNameAndNothingBreaks() throws Exception {
    fixture.close();
    fixture = start(GatewayConfig.builder().participantLimit(RateLimit.perSecond(1e9, 1e12)));
    behaveLikeALedger();
    SplittableRandom random = Seeds.random(AttestedSubmissionTest.class);
    byte[] good = request(event(), bare(event())).toByteArray();
    Channel channel = GatewayFixture.withToken(fixture.channel, token);
    Set<String> reasons = new HashSet<>();
    for (int i = 0; i < 1_500; i++) {
      byte[] hostile =
          i % 4 == 0 ? Seeds.bytes(random, random.nextInt(400)) : Seeds.mutate(random, good);
      try {
        byte[] reply = ClientCalls.blockingUnaryCall(channel, SUBMIT, CallOptions.DEFAULT, hostile);
        assertFalse(AttestedSubmitReply.parseFrom(reply).getReceipt().getEntry().isEmpty());
      } catch (StatusRuntimeException refused) {
        assertNotEquals(io.grpc.Status.Code.INTERNAL, refused.getStatus().getCode());
        reasons.add(reason(refused));
      }
    }
    assertTrue(reasons.contains("MALFORMED"), reasons.toString());
    // What was signed is what a ledger takes: whole, canonical, for the caller and nobody else.
    for (SubmitRequest signed : seen) {
      SubmissionHeader header = Submissions.readHeader(signed.getSigned().getHeader());
      Attestation attestation =
          Submissions.readAttestation(algorithm(), header, signed.getAttestation());
      assertEquals(FIRM.toString(), java.util.Objects.requireNonNull(attestation).getPrincipal());
      assertEquals(signed.getRecordsCount(), header.getRecordCount());
    }
    as(othersToken).submit(request(event()));
  }

  @Test
  void aMessageBeyondTheLimitIsRefusedUnread() {
    byte[] large = new byte[(4 << 20) + (65 << 10)];
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    GatewayFixture.withToken(fixture.channel, token),
                    SUBMIT,
                    CallOptions.DEFAULT,
                    large));
    assertEquals(io.grpc.Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    assertTrue(seen.isEmpty());
  }

  // Who calls ------------------------------------------------------------------------------------

  @Test
  void aServiceTokenIsALoginForEverythingElseToo() {
    fixture.node.submit = (request, reply) -> answer(reply, request);

    assertArrayEquals(
        utf8("x"), submit(GatewayFixture.withToken(fixture.channel, token), utf8("x")));
    assertEquals(
        FIRM.toString(),
        java.util.Objects.requireNonNull(fixture.node.headersSeen.poll()).get(FakeNode.READER));
  }

  @Test
  void aServiceTokenDoesNotExpire() {
    fixture.pass(java.time.Duration.ofDays(400));
    as(token).submit(request(event()));

    assertEquals(1, seen.size());
  }

  @Test
  void itsHolderIsSlowedDownLikeAnybodyElse() {
    fixture.close();
    fixture =
        start(
            GatewayConfig.builder()
                .participantLimit(new RateLimit(1, 2, 1 << 20, 1 << 20))
                .addressLimit(RateLimit.perSecond(100, 1 << 20)));
    behaveLikeALedger();
    Record record = event();
    as(token).submit(request(record));
    as(token).submit(request(record));

    refused("RATE_LIMITED", () -> as(token).submit(request(record)));
    as(othersToken).submit(request(record));
  }

  @Test
  void oneCallerDoesNotKeepTheOthersOutWhileTheNodeIsSlow() throws Exception {
    Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    fixture.node.submit = (request, reply) -> held.add(() -> take(parsed(request), reply));
    AttestedSubmissionGrpc.AttestedSubmissionFutureStub stub =
        AttestedSubmissionGrpc.newFutureStub(GatewayFixture.withToken(fixture.channel, token));
    AttestedSubmitRequest request = request(event());
    List<Future<AttestedSubmitReply>> answers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      answers.add(stub.submit(request));
    }
    GatewayFixture.await("all are with the node", () -> held.size() == 8);
    refused("OVERLOADED", () -> as(token).submit(request));

    fixture.node.submit = (one, reply) -> take(parsed(one), reply);
    assertFalse(as(othersToken).submit(request).getDuplicate());
    held.forEach(Runnable::run);
    for (Future<AttestedSubmitReply> answer : answers) {
      assertFalse(answer.get(10, TimeUnit.SECONDS).getReceipt().getEntry().isEmpty());
    }
    assertTrue(as(token).submit(request).getDuplicate());
  }

  // The fake ledger ------------------------------------------------------------------------------

  private Ledger ledger() {
    return Ledger.newBuilder()
        .setGenesis(
            Entry.newBuilder()
                .setFormat(1)
                .setGenesis(
                    Genesis.newBuilder().setFormat(1).setOrigin("ledger.example/g").setHash(hash))
                .build()
                .toByteString())
        .build();
  }

  private HashAlgorithm algorithm() {
    return hash == LedgerHash.LEDGER_HASH_SM3 ? HashAlgorithm.SM3 : HashAlgorithm.SHA_256;
  }

  private synchronized void take(SubmitRequest request, StreamObserver<byte[]> reply) {
    ByteString id = header(request).getSubmissionId();
    SubmitRequest first = taken.putIfAbsent(id, request);
    if (first != null && !first.getSigned().getHeader().equals(request.getSigned().getHeader())) {
      reply.onError(refusal(Code.ALREADY_EXISTS, "SUBMISSION_ID_REUSED"));
      return;
    }
    seen.add(request);
    answer(
        reply,
        SubmitReply.newBuilder()
            .setReceipt(receipt(request))
            .setDuplicate(first != null)
            .build()
            .toByteArray());
  }

  private synchronized void receipt(byte[] request, StreamObserver<byte[]> reply) {
    try {
      ByteString id = GetReceiptRequest.parseFrom(request).getSubmission().getSubmissionId();
      answer(reply, receipt(java.util.Objects.requireNonNull(taken.get(id))).toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static Receipt receipt(SubmitRequest request) {
    return Receipt.newBuilder()
        .setEntry(
            Entry.newBuilder()
                .setFormat(1)
                .setSequencedAt(1)
                .setSubmission(request.getSigned())
                .build()
                .toByteString())
        .setProof("receipt")
        .build();
  }

  private static void answer(StreamObserver<byte[]> reply, byte[] message) {
    reply.onNext(message);
    reply.onCompleted();
  }

  private static StatusRuntimeException refusal(Code code, String reason) {
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage("refused")
            .addDetails(
                Any.pack(ErrorInfo.newBuilder().setReason(reason).setDomain("pinlian.org").build()))
            .build());
  }

  private static SubmitRequest parsed(byte[] request) {
    try {
      return SubmitRequest.parseFrom(request);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static SubmissionHeader header(SubmitRequest request) {
    try {
      return Submissions.readHeader(request.getSigned().getHeader());
    } catch (RecordException e) {
      throw new AssertionError(e);
    }
  }

  // Parts ----------------------------------------------------------------------------------------

  private AttestedSubmissionGrpc.AttestedSubmissionBlockingStub as(String bearer) {
    return AttestedSubmissionGrpc.newBlockingStub(
        GatewayFixture.withToken(fixture.channel, bearer));
  }

  private static void refused(String reason, org.junit.jupiter.api.function.Executable call) {
    assertEquals(reason, reason(assertThrows(StatusRuntimeException.class, call)));
  }

  private static AttestedSubmitRequest request(Record... records) {
    return AttestedSubmitRequest.newBuilder()
        .setSubmissionId(ID)
        .addAllRecords(List.of(records))
        .build();
  }

  private static Record event() {
    try {
      return Draft.of(
              PublicPart.newBuilder()
                  .setTraceEvent(
                      TraceEvent.newBuilder()
                          .setType(EventType.EVENT_TYPE_OBJECT)
                          .setAction(EventAction.EVENT_ACTION_OBSERVE)
                          .setEventTime(1_780_000_000_000L)
                          .setZoneOffset("+08:00")))
          .line(LineRole.LINE_ROLE_OBJECT, Subject.parse("urn:pinlian:lot:" + FIRM + ":L1"))
          .trade(Trade.newBuilder().setNote("n").build())
          .seal(RANDOM);
    } catch (IdentifierException e) {
      throw new AssertionError(e);
    }
  }

  /** Without any salt, as a system would send it that knows of none. */
  private static Record bare(Record salted) throws InvalidProtocolBufferException {
    Record.Builder bare = salted.toBuilder();
    bare.setPublicPart(
        PublicPart.parseFrom(salted.getPublicPart()).toBuilder()
            .clearSalt()
            .build()
            .toByteString());
    bare.setSections(
        0,
        org.pinlian.v1.Section.parseFrom(salted.getSections(0)).toBuilder()
            .clearSalt()
            .build()
            .toByteString());
    bare.getGroupsBuilder(0)
        .setLines(
            0,
            Line.parseFrom(salted.getGroups(0).getLines(0)).toBuilder()
                .clearSalt()
                .build()
                .toByteString());
    return bare.build();
  }

  private static List<ByteString> salts(List<Record> records)
      throws InvalidProtocolBufferException {
    List<ByteString> salts = new java.util.ArrayList<>();
    for (Record record : records) {
      salts.add(PublicPart.parseFrom(record.getPublicPart()).getSalt());
      salts.add(org.pinlian.v1.Section.parseFrom(record.getSections(0)).getSalt());
      salts.add(Line.parseFrom(record.getGroups(0).getLines(0)).getSalt());
    }
    return salts;
  }

  private static ParticipantId participant(String text) {
    try {
      return ParticipantId.parse(text);
    } catch (IdentifierException e) {
      throw new AssertionError(e);
    }
  }
}
