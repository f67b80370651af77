// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.GatewayFixture.await;
import static org.pinlian.gateway.GatewayFixture.reason;
import static org.pinlian.gateway.GatewayFixture.retryAfter;
import static org.pinlian.gateway.GatewayFixture.submit;
import static org.pinlian.gateway.GatewayFixture.utf8;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.access.CallCaps;

/** Streams that never end, and readers who never read, take no place from others. */
class OpenCallsTest {
  private static final MethodDescriptor<byte[], byte[]> WATCH =
      Bytes.method("grpc.health.v1.Health/Watch", MethodType.SERVER_STREAMING);
  private static final MethodDescriptor<byte[], byte[]> REFLECTION =
      Bytes.method(
          "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", MethodType.BIDI_STREAMING);
  private static final String IN_FLIGHT = "pinlian.gateway.calls.in.flight";

  private final List<ManagedChannel> channels = new ArrayList<>();
  private @Nullable GatewayFixture started;

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    if (started != null) {
      started.close();
    }
  }

  @Test
  void anAddressMayHoldSoManyStreamsOpenAndOthersAreServed() {
    GatewayFixture fixture = start(new CallCaps(100, 50, 50, 3));
    Channel participant = fixture.loggedIn();
    Replies first = watch(fixture.channel);
    watch(channelFrom(fixture, "127.0.0.1"));
    Replies questions = Replies.to(fixture.channel, REFLECTION);
    await("three are open", () -> inFlight(fixture) == 3);

    StatusRuntimeException refused = refusal(() -> getLedger(fixture.channel));

    assertEquals("RATE_LIMITED", reason(refused));
    assertEquals(Duration.ofSeconds(1), retryAfter(refused));
    assertEquals(1, overCap(fixture, "address"));
    assertEquals(3, fixture.registry.get("pinlian.gateway.calls.of.strangers").gauge().value());
    assertArrayEquals(utf8("x"), submit(participant, utf8("x")));
    getLedger(channelFrom(fixture, "127.0.0.2"));

    first.call.cancel("enough", null);
    await("a place is given back", () -> inFlight(fixture) == 2);
    getLedger(fixture.channel);
    questions.call.halfClose();
    assertTrue(questions.end().getStatus().isOk());
    await("another is given back", () -> inFlight(fixture) == 1);
    watch(fixture.channel);
    watch(fixture.channel);
    assertThrows(StatusRuntimeException.class, () -> getLedger(fixture.channel));
  }

  @Test
  void strangersFromManyAddressesLeavePlacesForParticipants() {
    GatewayFixture fixture = start(new CallCaps(100, 4, 50, 3));
    Channel participant = fixture.loggedIn();
    List<Replies> watching = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      watching.add(watch(channelFrom(fixture, "127.0.0." + i)));
    }
    Channel another = channelFrom(fixture, "127.0.0.9");

    StatusRuntimeException refused = refusal(() -> getLedger(another));

    assertEquals("OVERLOADED", reason(refused));
    assertEquals(Duration.ofSeconds(1), retryAfter(refused));
    assertEquals(1, overCap(fixture, "strangers"));
    for (int i = 0; i < 10; i++) {
      assertArrayEquals(utf8("x"), submit(participant, utf8("x")));
    }
    watching.getFirst().call.cancel("enough", null);
    await("a place is given back", () -> inFlight(fixture) == 3);
    getLedger(another);
  }

  @Test
  void aParticipantMayHoldSoManyCallsOpenOverAllItsConnections() {
    GatewayFixture fixture = start(new CallCaps(100, 50, 2, 10));
    String token = fixture.token();
    Channel one = GatewayFixture.withToken(fixture.channel, token);
    Channel other = GatewayFixture.withToken(channelFrom(fixture, "127.0.0.2"), token);
    Replies stream = Replies.to(one, FakeNode.SUBMIT_STREAM);
    Replies watch = watch(other);
    await("two are open", () -> inFlight(fixture) == 2);

    StatusRuntimeException refused = refusal(() -> submit(one, utf8("x")));

    assertEquals("RATE_LIMITED", reason(refused));
    assertEquals(1, overCap(fixture, "participant"));
    getLedger(fixture.channel);
    stream.call.halfClose();
    assertTrue(stream.end().getStatus().isOk());
    await("a place is given back", () -> inFlight(fixture) == 1);
    submit(one, utf8("x"));
    watch.call.cancel("enough", null);
    await("all are given back", () -> inFlight(fixture) == 0);
  }

  @Test
  void aConnectionThatGoesGivesItsPlacesBack() {
    GatewayFixture fixture = start(new CallCaps(100, 50, 50, 3));
    ManagedChannel leaving = channelFrom(fixture, "127.0.0.1");
    for (int i = 0; i < 3; i++) {
      watch(leaving);
    }
    refusal(() -> getLedger(fixture.channel));

    leaving.shutdownNow();

    await("the places are given back", () -> inFlight(fixture) == 0);
    getLedger(fixture.channel);
  }

  @Test
  void aReaderWhoTakesNothingIsClosedAndTheNodeHearsOfIt() {
    AtomicBoolean cancelled = new AtomicBoolean();
    byte[] record = new byte[64 << 10];
    GatewayFixture fixture = start(Duration.ofMillis(600));
    fixture.node.trace =
        (request, reply) -> {
          ServerCallStreamObserver<byte[]> paced = (ServerCallStreamObserver<byte[]>) reply;
          paced.setOnCancelHandler(() -> cancelled.set(true));
          paced.setOnReadyHandler(() -> {
            while (paced.isReady() && !cancelled.get()) {
              paced.onNext(record);
            }
          });
        };
    Channel participant = fixture.loggedIn();

    Replies stalled = trace(participant);
    stalled.call.request(1);

    await("the node hears of it", cancelled::get);
    await("the place is given back", () -> inFlight(fixture) == 0);
    assertEquals(1, fixture.registry.get("pinlian.gateway.calls.stalled").counter().count());
    assertArrayEquals(utf8("x"), submit(participant, utf8("x")));
    stalled.call.request(1_000);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, stalled.end().getStatus().getCode());
  }

  @Test
  void whatIsAnsweredButNotReadKeepsItsPlaceUntilItIsClosed() {
    byte[] record = new byte[4 << 20];
    GatewayFixture fixture = start(Duration.ofMillis(1_500));
    AtomicBoolean answered = new AtomicBoolean();
    fixture.node.trace =
        (request, reply) -> {
          reply.onNext(record);
          reply.onCompleted();
          answered.set(true);
        };

    Replies stalled = trace(fixture.loggedIn());

    await("the node is done", answered::get);
    GatewayFixture.sleep(300);
    assertEquals(1, inFlight(fixture));
    await("the place is given back", () -> inFlight(fixture) == 0);
    assertEquals(1, fixture.registry.get("pinlian.gateway.calls.stalled").counter().count());
    stalled.call.request(10);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, stalled.end().getStatus().getCode());
  }

  @Test
  void whoReadsSlowlyOrWaitsForTheNodeIsLeftAlone() {
    byte[] record = new byte[64 << 10];
    GatewayFixture fixture = start(Duration.ofSeconds(2));
    fixture.node.trace =
        (request, reply) -> {
          for (int i = 0; i < 90; i++) {
            reply.onNext(record);
          }
          reply.onCompleted();
        };
    Channel participant = fixture.loggedIn();
    Replies quiet = watch(fixture.channel);
    Replies slow = trace(participant);

    // Never as fast as the gateway could write, and in all for longer than it waits.
    for (int i = 1; i <= 45; i++) {
      slow.call.request(2);
      int due = 2 * i;
      await("more", () -> slow.messages.size() >= due);
      GatewayFixture.sleep(80);
    }

    assertTrue(slow.end().getStatus().isOk());
    assertEquals(90, slow.messages.size());
    assertFalse(quiet.isClosed());
    assertEquals(0, fixture.registry.get("pinlian.gateway.calls.stalled").counter().count());
  }

  private GatewayFixture start(CallCaps caps) {
    return start(GatewayConfig.builder().callCaps(caps));
  }

  private GatewayFixture start(Duration stalledAfter) {
    return start(GatewayConfig.builder().stalledAfter(stalledAfter));
  }

  private GatewayFixture start(GatewayConfig.Builder config) {
    GatewayFixture fixture = new GatewayFixture(config);
    started = fixture;
    return fixture;
  }

  /** A channel whose connection comes from another address of this machine. */
  private ManagedChannel channelFrom(GatewayFixture fixture, String address) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", fixture.gateway.port())
            .usePlaintext()
            .localSocketPicker(
                new NettyChannelBuilder.LocalSocketPicker() {
                  @Override
                  public SocketAddress createSocketAddress(
                      SocketAddress remote, Attributes attributes) {
                    return new InetSocketAddress(address, 0);
                  }
                })
            .build();
    channels.add(channel);
    return channel;
  }

  private static Replies watch(Channel channel) {
    Replies watch = Replies.to(channel, WATCH);
    watch.call.request(10);
    watch.call.sendMessage(new byte[0]);
    watch.call.halfClose();
    await("the first answer", () -> !watch.messages.isEmpty());
    return watch;
  }

  private static Replies trace(Channel channel) {
    Replies replies = Replies.to(channel, FakeNode.TRACE);
    replies.call.sendMessage(utf8("subject"));
    replies.call.halfClose();
    return replies;
  }

  private static void getLedger(Channel channel) {
    ClientCalls.blockingUnaryCall(channel, FakeNode.GET_LEDGER, CallOptions.DEFAULT, utf8("x"));
  }

  private static StatusRuntimeException refusal(Runnable call) {
    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call::run);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    return refused;
  }

  private static int inFlight(GatewayFixture fixture) {
    return (int) fixture.registry.get(IN_FLIGHT).gauge().value();
  }

  private static int overCap(GatewayFixture fixture, String cap) {
    return (int)
        fixture
            .registry
            .get("pinlian.gateway.calls.over.cap")
            .tag("cap", cap)
            .functionCounter()
            .count();
  }
}
