// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.record.Canonical;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.LoginChallenge;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.LoginReply;
import org.pinlian.v1.LoginRequest;
import org.pinlian.v1.RefusalCode;

/** Logs in by signing a challenge, and again before the token runs out. Safe for many threads. */
final class Session {
  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Canonical<LoginChallenge> CHALLENGES =
      Canonical.reader(LoginChallenge.parser());
  private static final int NONCE_BYTES = 32;
  private static final int AUDIENCE_MAX = 256;
  private static final int TOKEN_MAX = 4_096;

  /** A challenge that lives long could be kept for later. Clocks may differ by some of this. */
  private static final Duration CHALLENGE_MAX = Duration.ofMinutes(30);

  private final Channel channel;
  private final SigningKey key;
  private final ClientOptions options;
  private @Nullable ParticipantId participant;
  private @Nullable String audience;
  private @Nullable Token token;

  /**
   * @param renewFrom from when on a new one is fetched instead
   */
  private record Token(String text, Instant renewFrom, Instant expiresAt) {}

  /**
   * @param participant whose key it is; null to be told
   */
  Session(
      Channel channel, @Nullable ParticipantId participant, SigningKey key, ClientOptions options) {
    this.channel = channel;
    this.participant = participant;
    this.key = key;
    this.options = options;
    this.audience = options.audience();
  }

  /**
   * A token that is good for a while.
   *
   * @throws StatusRuntimeException if trying again may help
   */
  synchronized String token() throws RefusedException {
    Token known = token;
    if (known != null && options.clock().instant().isBefore(known.renewFrom)) {
      return known.text;
    }
    Token fresh;
    try {
      fresh = logIn();
    } catch (StatusRuntimeException e) {
      // A gateway that restarted between the two calls forgot its challenge: worth one more.
      requireWorthTrying(e, false);
      try {
        fresh = logIn();
      } catch (StatusRuntimeException again) {
        requireWorthTrying(again, true);
        throw again;
      }
    }
    token = fresh;
    return fresh.text;
  }

  private static void requireWorthTrying(StatusRuntimeException e, boolean last)
      throws RefusedException {
    Failure failure = Failure.of(e);
    switch (failure.remedy()) {
      case TRY_AGAIN -> throw e;
      case GIVE_UP, REMEDY_UNSPECIFIED, UNRECOGNIZED -> {
        if (last || e.getStatus().getCode() != io.grpc.Status.Code.UNAUTHENTICATED) {
          throw failure.refused();
        }
      }
      case LOG_IN -> {
        if (last) {
          throw failure.refused();
        }
      }
    }
  }

  /** Who is logged in. */
  synchronized ParticipantId participant() {
    ParticipantId known = participant;
    if (known == null) {
      throw new IllegalStateException("not logged in");
    }
    return known;
  }

  private static ParticipantId told(LoginReply reply) throws RefusedException {
    try {
      return ParticipantId.parse(reply.getParticipant());
    } catch (IdentifierException e) {
      throw suspicious("this key logs in as nobody: " + e.getMessage());
    }
  }

  /** Until when the token is good, says the gateway. In the past if there is none. */
  synchronized Instant expiresAt() {
    Token known = token;
    return known == null ? Instant.EPOCH : known.expiresAt;
  }

  /** The server did not take this token: never send it again. */
  synchronized void forget(String refused) {
    Token known = token;
    if (known != null && known.text.equals(refused)) {
      token = null;
    }
  }

  private Token logIn() throws RefusedException {
    LoginGrpc.LoginBlockingStub stub =
        LoginGrpc.newBlockingStub(channel)
            .withDeadlineAfter(options.attempt().toMillis(), TimeUnit.MILLISECONDS);
    ByteString keyId = ByteString.copyFrom(key.verifyingKey().keyId().bytes());
    ByteString challenge =
        stub.challenge(ChallengeRequest.newBuilder().setKeyId(keyId).build()).getChallenge();
    requireOurs(challenge);
    LoginReply reply =
        stub.login(
            LoginRequest.newBuilder()
                .setKeyId(keyId)
                .setChallenge(challenge)
                .setSignature(ByteString.copyFrom(key.sign(Submissions.loginMessage(challenge))))
                .build());
    if (participant == null) {
      participant = told(reply);
    } else if (!reply.getParticipant().equals(participant.toString())) {
      throw suspicious("this key logs in as " + reply.getParticipant() + ", not " + participant);
    }
    requireToken(reply.getToken());
    Instant now = options.clock().instant();
    Duration life = Duration.between(now, Instant.ofEpochMilli(reply.getExpiresAt()));
    // Renewed when a tenth of its life is left. If by our clock it has none, each call logs in.
    return new Token(
        reply.getToken(), now.plus(life.multipliedBy(9).dividedBy(10)), now.plus(life));
  }

  /**
   * What we sign must be good for one login, here and now, and for nothing else: the prefix and the
   * strict reading see to that a challenge is never something of greater worth.
   */
  void requireOurs(ByteString bytes) throws RefusedException {
    LoginChallenge challenge;
    try {
      challenge = CHALLENGES.read(bytes, "challenge");
    } catch (RecordException e) {
      throw new RefusedException(e);
    }
    String name = challenge.getAudience();
    if (name.isEmpty() || name.length() > AUDIENCE_MAX) {
      throw suspicious("a challenge without the gateway's name");
    }
    String expected = audience;
    if (expected != null && !expected.equals(name)) {
      throw suspicious("a challenge by " + name + ", not by " + expected);
    }
    if (challenge.getNonce().size() != NONCE_BYTES) {
      throw suspicious("a nonce of " + challenge.getNonce().size() + " bytes");
    }
    Instant now = options.clock().instant();
    Instant expires = Instant.ofEpochMilli(challenge.getExpiresAt());
    if (expires.isBefore(now.minus(CHALLENGE_MAX)) || expires.isAfter(now.plus(CHALLENGE_MAX))) {
      throw suspicious("a challenge until " + expires + " when it is " + now);
    }
    audience = name;
  }

  /** It becomes a header, so it must not become two. */
  private static void requireToken(String text) throws RefusedException {
    if (text.isEmpty()
        || text.length() > TOKEN_MAX
        || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw suspicious("a token that no header can carry");
    }
  }

  private static RefusedException suspicious(String what) {
    IllegalStateException found = new IllegalStateException(what);
    return new RefusedException(
        RefusalCode.BAD_REQUEST, "not logged in: " + what, List.of(), found);
  }

  /** Puts the token on a call. */
  static ClientInterceptor attach(String token) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }
}
