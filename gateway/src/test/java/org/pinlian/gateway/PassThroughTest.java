// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.GatewayFixture.await;
import static org.pinlian.gateway.GatewayFixture.reason;
import static org.pinlian.gateway.GatewayFixture.submit;
import static org.pinlian.gateway.GatewayFixture.utf8;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.v1.FindKeyRequest;
import org.pinlian.v1.RegistryGrpc;

class PassThroughTest {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private final GatewayFixture fixture = new GatewayFixture();

  @AfterEach
  void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 5, 16_384, 70_000, 131_072, 131_073, 1_000_000, (4 << 20) + (64 << 10)})
  void bytesArriveAndReturnAsTheyWereSent(int size) {
    byte[] message = new byte[size];
    new Random(size).nextBytes(message);

    assertArrayEquals(message, submit(fixture.loggedIn(), message));
  }

  @Test
  void fieldsThatNobodyKnowsArePassedOn() {
    // Field 4,000 of a message that has two.
    byte[] unknownField = ByteString.fromHex("82fa01056f74686572").toByteArray();

    assertArrayEquals(unknownField, submit(fixture.loggedIn(), unknownField));
  }

  @Test
  void streamedMessagesKeepTheirOrderAndTheirBytes() {
    Random random = new Random(7);
    List<byte[]> sent = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      byte[] message = new byte[random.nextInt(i % 100 == 0 ? 100_000 : 600)];
      random.nextBytes(message);
      sent.add(message);
    }

    Replies replies = Replies.to(fixture.loggedIn(), FakeNode.SUBMIT_STREAM);
    replies.call.request(Integer.MAX_VALUE);
    sent.forEach(replies.call::sendMessage);
    replies.call.halfClose();

    assertEquals(Status.Code.OK, replies.end().getStatus().getCode());
    assertEquals(sent.size(), replies.messages.size());
    for (int i = 0; i < sent.size(); i++) {
      assertArrayEquals(sent.get(i), replies.messages.get(i), "message " + i);
    }
  }

  @Test
  void theNodesStatusMessageAndTrailersLeaveUnchanged() {
    byte[] details = new byte[700];
    new Random(1).nextBytes(details);
    fixture.node.submit =
        (request, reply) -> {
          Metadata trailers = new Metadata();
          trailers.put(DETAILS, details);
          trailers.put(Metadata.Key.of("note", Metadata.ASCII_STRING_MARSHALLER), "a b");
          reply.onError(
              Status.FAILED_PRECONDITION
                  .withDescription("过期 at 100% of\n1 limit")
                  .asRuntimeException(trailers));
        };
    Channel channel = fixture.loggedIn();

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> submit(channel, utf8("x")));

    assertEquals(Status.Code.FAILED_PRECONDITION, refused.getStatus().getCode());
    assertEquals("过期 at 100% of\n1 limit", refused.getStatus().getDescription());
    Metadata trailers = Objects.requireNonNull(refused.getTrailers());
    assertArrayEquals(details, trailers.get(DETAILS));
    assertEquals("a b", trailers.get(Metadata.Key.of("note", Metadata.ASCII_STRING_MARSHALLER)));
  }

  @Test
  void aStatusAfterRepliesLeavesAfterThem() {
    fixture.node.trace =
        (request, reply) -> {
          reply.onNext(utf8("one"));
          reply.onNext(utf8("two"));
          reply.onError(Status.DATA_LOSS.withDescription("record 3").asRuntimeException());
        };

    Replies replies = trace(fixture.loggedIn(), CallOptions.DEFAULT);
    replies.call.request(10);

    assertEquals("record 3", replies.end().getStatus().getDescription());
    assertEquals(2, replies.messages.size());
  }

  @Test
  void deadlinesReachTheNode() throws InterruptedException {
    BlockingQueue<Long> millisLeft = new LinkedBlockingQueue<>();
    fixture.node.trace =
        (request, reply) ->
            millisLeft.add(
                io.grpc.Context.current().getDeadline().timeRemaining(TimeUnit.MILLISECONDS));

    Replies replies =
        trace(
            fixture.loggedIn(), CallOptions.DEFAULT.withDeadlineAfter(700, TimeUnit.MILLISECONDS));

    Long left = millisLeft.poll(5, TimeUnit.SECONDS);
    assertNotNull(left);
    assertTrue(left > 0 && left <= 700, left + " ms left");
    assertEquals(Status.Code.DEADLINE_EXCEEDED, replies.end().getStatus().getCode());
  }

  @Test
  void aCallersCancellationReachesTheNode() {
    AtomicBoolean started = new AtomicBoolean();
    AtomicBoolean cancelled = new AtomicBoolean();
    fixture.node.trace =
        (request, reply) -> {
          ((ServerCallStreamObserver<byte[]>) reply).setOnCancelHandler(() -> cancelled.set(true));
          started.set(true);
        };

    Replies replies = trace(fixture.loggedIn(), CallOptions.DEFAULT);
    await("the node has the call", started::get);
    replies.call.cancel("enough", null);

    await("the node hears of it", cancelled::get);
  }

  @Test
  void aCallerThatVanishesIsACancellation() {
    AtomicBoolean started = new AtomicBoolean();
    AtomicBoolean cancelled = new AtomicBoolean();
    fixture.node.trace =
        (request, reply) -> {
          ((ServerCallStreamObserver<byte[]>) reply).setOnCancelHandler(() -> cancelled.set(true));
          started.set(true);
        };

    trace(fixture.loggedIn(), CallOptions.DEFAULT);
    await("the node has the call", started::get);
    fixture.channel.shutdownNow();

    await("the node hears of it", cancelled::get);
  }

  @Test
  void aReaderWhoStopsReadingHoldsTheNodeBack() {
    AtomicInteger pulled = new AtomicInteger();
    AtomicBoolean cancelled = new AtomicBoolean();
    byte[] record = new byte[64 << 10];
    fixture.node.trace =
        (request, reply) -> {
          ServerCallStreamObserver<byte[]> paced = (ServerCallStreamObserver<byte[]>) reply;
          paced.setOnCancelHandler(() -> cancelled.set(true));
          paced.setOnReadyHandler(() -> {
            while (paced.isReady() && !cancelled.get()) {
              pulled.incrementAndGet();
              paced.onNext(record);
            }
          });
        };

    Replies replies = trace(fixture.loggedIn(), CallOptions.DEFAULT);
    replies.call.request(1);
    await("the first reply", () -> replies.messages.size() == 1);
    GatewayFixture.sleep(500);
    int whenQuiet = pulled.get();
    GatewayFixture.sleep(500);

    // The client's own window and socket hold some, the gateway its 32 and the stream's buffers.
    assertTrue(whenQuiet < 150, whenQuiet + " records were pulled for a reader that took one");
    assertEquals(whenQuiet, pulled.get());
    replies.call.request(400);
    await("reading on", () -> replies.messages.size() == 401);
    replies.call.cancel("enough", null);
    await("the node hears of it", cancelled::get);
  }

  @Test
  void aSenderWhomTheNodeCannotFollowIsHeldBack() {
    AtomicInteger taken = new AtomicInteger();
    fixture.node.submitStream =
        replies -> {
          ((ServerCallStreamObserver<byte[]>) replies).disableAutoRequest();
          return new StreamObserver<>() {
            @Override
            public void onNext(byte[] message) {
              taken.incrementAndGet();
            }

            @Override
            public void onError(Throwable failed) {}

            @Override
            public void onCompleted() {}
          };
        };
    Replies replies = Replies.to(fixture.loggedIn(), FakeNode.SUBMIT_STREAM);
    await("the stream is open", replies.call::isReady);

    int sent = 0;
    byte[] message = new byte[64 << 10];
    while (sent < 10_000) {
      if (!replies.call.isReady()) {
        GatewayFixture.sleep(200);
        if (!replies.call.isReady()) {
          break;
        }
      }
      replies.call.sendMessage(message);
      sent++;
    }

    assertTrue(sent < 100, sent + " messages were taken from a sender whom nobody read");
    assertTrue(taken.get() <= 1, taken + " reached the node");
  }

  @Test
  void aMessageBeyondTheLimitIsRefusedAndTheConnectionLives() {
    Channel channel = fixture.loggedIn();
    byte[] tooLarge = new byte[(4 << 20) + (64 << 10) + 1];

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> submit(channel, tooLarge));

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    assertEquals("MESSAGE_TOO_LARGE", reason(refused));
    assertArrayEquals(utf8("next"), submit(channel, utf8("next")));
  }

  @Test
  void whatAnyoneMaySendIsSmall() {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    fixture.channel,
                    FakeNode.GET_LEDGER,
                    CallOptions.DEFAULT,
                    new byte[(64 << 10) + 1]));

    assertEquals("MESSAGE_TOO_LARGE", reason(refused));
  }

  @Test
  void compressedMessagesAreRefused() {
    Channel channel = fixture.loggedIn();

    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    FakeNode.SUBMIT,
                    CallOptions.DEFAULT.withCompression("gzip"),
                    new byte[1000]));

    assertEquals(Status.Code.UNIMPLEMENTED, refused.getStatus().getCode());
  }

  @Test
  void theNodeLearnsWhoCallsAndNobodyElseCanSayIt() {
    Channel forged =
        GatewayFixture.withHeader(fixture.loggedIn(), "pinlian-reader", "urn:somebody:else");
    fixture.node.headersSeen.clear();

    submit(forged, utf8("x"));

    Metadata seen = fixture.node.headersSeen.remove();
    assertEquals(
        List.of(GatewayFixture.PARTICIPANT),
        list(Objects.requireNonNull(seen.getAll(FakeNode.READER))));
  }

  @Test
  void someoneNotLoggedInIsNobodyWhateverTheySay() {
    Channel forged =
        GatewayFixture.withHeader(fixture.channel, "pinlian-reader", "urn:somebody:else");

    ClientCalls.blockingUnaryCall(forged, FakeNode.GET_LEDGER, CallOptions.DEFAULT, utf8("x"));

    assertNull(fixture.node.headersSeen.remove().get(FakeNode.READER));
  }

  @Test
  void aCallThatNeedsALoginIsRefusedWithoutOne() {
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> submit(fixture.channel, utf8("x")));
    assertEquals(Status.Code.UNAUTHENTICATED, refused.getStatus().getCode());
    assertEquals("NOT_LOGGED_IN", reason(refused));

    StatusRuntimeException asking =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                RegistryGrpc.newBlockingStub(fixture.channel)
                    .findKey(FindKeyRequest.getDefaultInstance()));
    assertEquals("NOT_LOGGED_IN", reason(asking));
    assertTrue(fixture.node.headersSeen.isEmpty(), "the node was asked");
  }

  @Test
  void aMadeUpTokenIsNoToken() {
    Channel channel = GatewayFixture.withToken(fixture.channel, "A".repeat(43));

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> submit(channel, utf8("x")));

    assertEquals("NOT_LOGGED_IN", reason(refused));
  }

  @Test
  void callsThatNobodyOffersAreUnknown() {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    fixture.channel,
                    Bytes.method(
                        "pinlian.v1.Submission/Forget", io.grpc.MethodDescriptor.MethodType.UNARY),
                    CallOptions.DEFAULT,
                    utf8("x")));

    assertEquals(Status.Code.UNIMPLEMENTED, refused.getStatus().getCode());
    assertEquals("UNKNOWN_CALL", reason(refused));
  }

  @Test
  void healthAndReflectionAreOpenToAnyone() throws InterruptedException {
    assertEquals(
        ServingStatus.SERVING,
        HealthGrpc.newBlockingStub(fixture.channel)
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus());

    BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    StreamObserver<ServerReflectionRequest> questions =
        ServerReflectionGrpc.newStub(fixture.channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse answer) {
                    answers.add(answer);
                  }

                  @Override
                  public void onError(Throwable failed) {}

                  @Override
                  public void onCompleted() {}
                });
    questions.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    ServerReflectionResponse answer = answers.poll(5, TimeUnit.SECONDS);
    questions.onCompleted();

    assertNotNull(answer);
    assertFalse(answer.getListServicesResponse().getServiceList().isEmpty());
  }

  @Test
  void aNodeThatIsGoneIsUnavailable() {
    Channel channel = fixture.loggedIn();
    fixture.node.close();

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> submit(channel, utf8("x")));

    assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
  }

  private static Replies trace(Channel channel, CallOptions options) {
    Replies replies = Replies.to(channel, FakeNode.TRACE, options);
    replies.call.sendMessage(utf8("subject"));
    replies.call.halfClose();
    return replies;
  }

  private static <T> List<T> list(Iterable<T> values) {
    List<T> list = new ArrayList<>();
    values.forEach(list::add);
    return list;
  }
}
