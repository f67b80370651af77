// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.record.Submissions;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.KeyStanding;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.LoginReply;
import org.pinlian.v1.LoginRequest;

/**
 * A gateway on a free port in front of a fake node, a client of it, and clocks that stand still.
 */
final class GatewayFixture implements AutoCloseable {
  static final String PARTICIPANT = "urn:pinlian:participant:000000000000000000";

  final FakeNode node = new FakeNode();
  final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-05-01T08:00:00Z"));
  final AtomicLong nanos = new AtomicLong();
  final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final Gateway gateway;
  final ManagedChannel channel;

  GatewayFixture() {
    this(GatewayConfig.builder());
  }

  GatewayFixture(GatewayConfig.Builder config) {
    this(config, null);
  }

  GatewayFixture(GatewayConfig.Builder config, @Nullable Attesting attesting) {
    gateway =
        Gateway.start(
            config.port(0).build(),
            attesting,
            node.channel,
            registry,
            (InstantSource) now::get,
            nanos::get);
    channel = newChannel();
  }

  ManagedChannel newChannel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", gateway.port()).usePlaintext().build();
  }

  /** A key that the node knows. */
  SigningKey enrolledKey(SignatureAlgorithm algorithm, boolean valid) {
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    node.keys.put(
        keyId(key),
        KeyStanding.newBuilder()
            .setParticipant(PARTICIPANT)
            .setSpki(ByteString.copyFrom(key.verifyingKey().spki()))
            .setValid(valid)
            .build());
    return key;
  }

  static ByteString keyId(SigningKey key) {
    return ByteString.copyFrom(key.verifyingKey().keyId().bytes());
  }

  ByteString challenge(ByteString keyId) {
    return LoginGrpc.newBlockingStub(channel)
        .challenge(ChallengeRequest.newBuilder().setKeyId(keyId).build())
        .getChallenge();
  }

  static LoginRequest answer(SigningKey key, ByteString challenge) {
    return LoginRequest.newBuilder()
        .setKeyId(keyId(key))
        .setChallenge(challenge)
        .setSignature(ByteString.copyFrom(key.sign(Submissions.loginMessage(challenge))))
        .build();
  }

  LoginReply login(LoginRequest request) {
    return LoginGrpc.newBlockingStub(channel).login(request);
  }

  String token() {
    SigningKey key = enrolledKey(SignatureAlgorithm.ED25519, true);
    return login(answer(key, challenge(keyId(key)))).getToken();
  }

  /** The channel, with a token on every call. */
  Channel loggedIn() {
    return withToken(channel, token());
  }

  static Channel withToken(Channel channel, String token) {
    return withHeader(channel, "authorization", "Bearer " + token);
  }

  static Channel withHeader(Channel channel, String name, String value) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  static byte[] submit(Channel channel, byte[] message) {
    return ClientCalls.blockingUnaryCall(
        channel, FakeNode.SUBMIT, CallOptions.DEFAULT.withMaxInboundMessageSize(8 << 20), message);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The reason in a status: a refusal code's name. */
  static String reason(StatusRuntimeException refused) {
    return detail(refused, ErrorInfo.class).orElseThrow().getReason();
  }

  /** After how long a status says the call may be tried again. */
  static Duration retryAfter(StatusRuntimeException refused) {
    com.google.protobuf.Duration delay =
        detail(refused, RetryInfo.class).orElseThrow().getRetryDelay();
    return Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
  }

  private static <T extends com.google.protobuf.Message> Optional<T> detail(
      StatusRuntimeException refused, Class<T> type) {
    com.google.rpc.Status status = StatusProto.fromThrowable(refused);
    if (status == null) {
      return Optional.empty();
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException broken) {
          throw new AssertionError(broken);
        }
      }
    }
    return Optional.empty();
  }

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    now.updateAndGet(before -> before.plus(time));
  }

  /** Waits for what another thread is about to do. */
  static void await(String what, BooleanSupplier done) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within 10 s: " + what);
      }
      sleep(5);
    }
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    gateway.stop();
    node.close();
  }
}
