// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.gateway.access.CallCaps;
import org.pinlian.gateway.access.Challenges;
import org.pinlian.gateway.access.Tokens;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.ChallengeReply;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.LoginRequest;

/** Whatever comes to the login: a challenge, or a refusal; never a token, never a fault. */
class LoginFuzzTest {
  private static final Set<Status.Code> REFUSALS =
      Set.of(Status.Code.INVALID_ARGUMENT, Status.Code.UNAUTHENTICATED);
  private static final Method CHALLENGE = Methods.at("/pinlian.v1.Login/Challenge").orElseThrow();
  private static final Method LOGIN = Methods.at("/pinlian.v1.Login/Login").orElseThrow();
  private static final ByteString KEY_ID = ByteString.copyFrom(new byte[32]);

  private static final Tokens TOKENS =
      new Tokens(Duration.ofMinutes(15), InstantSource.system(), new SecureRandom());
  private static final LoginCalls LOGINS =
      new LoginCalls(
          new NobodyIsEnrolled(),
          new Challenges(() -> "gateway.example", InstantSource.system(), new SecureRandom()),
          TOKENS,
          new CallMeters(
              new SimpleMeterRegistry(),
              new CallsInFlight(new CallCaps(4, 2, 2, 2), new ByteCaps(1_000, 1_000))));

  @FuzzTest
  void challengeRequest(byte[] bytes) {
    switch (LOGINS.answer(CHALLENGE, bytes)) {
      case Answer.Reply(ChallengeReply reply) -> assertTrue(reply.getChallenge().size() > 32);
      case Answer.Reply(var other) -> throw new AssertionError(other);
      case Answer.Refused(var status) -> assertTrue(REFUSALS.contains(status.code()), "" + status);
    }
  }

  @FuzzTest
  void loginRequest(byte[] bytes) {
    switch (LOGINS.answer(LOGIN, bytes)) {
      case Answer.Reply(var token) -> throw new AssertionError(token);
      case Answer.Refused(var status) -> assertTrue(REFUSALS.contains(status.code()), "" + status);
    }
    assertEquals(0, TOKENS.live());
  }

  @Test
  void mutationsOfGoodRequests() {
    var random = Seeds.random(LoginFuzzTest.class);
    byte[] question = ChallengeRequest.newBuilder().setKeyId(KEY_ID).build().toByteArray();
    for (int i = 0; i < 300; i++) {
      challengeRequest(Seeds.mutate(random, question));
      // A challenge that is good, so that only the rest can be wrong with it.
      byte[] login =
          LoginRequest.newBuilder()
              .setKeyId(KEY_ID)
              .setChallenge(challenge(question))
              .setSignature(ByteString.copyFrom(Seeds.bytes(random, 64)))
              .build()
              .toByteArray();
      loginRequest(i % 3 == 0 ? login : Seeds.mutate(random, login));
    }
  }

  private static ByteString challenge(byte[] question) {
    return switch (LOGINS.answer(CHALLENGE, question)) {
      case Answer.Reply(ChallengeReply reply) -> reply.getChallenge();
      case Answer.Reply(var other) -> throw new AssertionError(other);
      case Answer.Refused(var status) -> throw new AssertionError(status);
    };
  }

  /** A node that knows no key, without a thread or a connection. */
  private static final class NobodyIsEnrolled extends Channel {
    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
      return new ClientCall<>() {
        private @Nullable Listener<A> caller;

        @Override
        public void start(Listener<A> listener, Metadata headers) {
          caller = listener;
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(@Nullable String why, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {
          if (caller != null) {
            caller.onClose(Status.NOT_FOUND, new Metadata());
          }
        }

        @Override
        public void sendMessage(Q message) {}
      };
    }

    @Override
    public String authority() {
      return "node";
    }
  }
}
