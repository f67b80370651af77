// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.pinlian.gateway.access.Challenges;
import org.pinlian.gateway.access.Tokens;
import org.pinlian.record.Bounded;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.ChallengeReply;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.FindKeyRequest;
import org.pinlian.v1.KeyStanding;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.LoginReply;
import org.pinlian.v1.LoginRequest;
import org.pinlian.v1.RegistryGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service {@code Login}: who signs a fresh challenge with an enrolled key gets a token. Blocks
 * while it asks the node for the key; safe for use by many threads.
 */
final class LoginCalls {
  static final String SERVICE = LoginGrpc.SERVICE_NAME;

  private static final Logger log = LoggerFactory.getLogger(LoginCalls.class);
  private static final Bounded<ChallengeRequest> CHALLENGES =
      Bounded.reader(ChallengeRequest.parser(), ChallengeRequest.getDescriptor());
  private static final Bounded<LoginRequest> LOGINS =
      Bounded.reader(LoginRequest.parser(), LoginRequest.getDescriptor());

  /** A key id, a challenge, a signature. */
  private static final int VALUES_MAX = 3;

  private static final int KEY_ID_BYTES = 32;
  private static final int LOGINS_AT_ONCE_MAX = 64;
  private static final Duration NODE_DEADLINE = Duration.ofSeconds(5);

  /**
   * Verified with when there is no such key, so that the answer takes its time either way: the base
   * point of the curve, whose secret nobody needs, since the answer is no regardless.
   */
  private static final VerifyingKey NOBODYS_KEY = nobodysKey();

  private final Channel node;
  private final Challenges challenges;
  private final Tokens tokens;
  private final CallMeters meters;
  private final Semaphore atOnce = new Semaphore(LOGINS_AT_ONCE_MAX);

  LoginCalls(Channel node, Challenges challenges, Tokens tokens, CallMeters meters) {
    this.node = node;
    this.challenges = challenges;
    this.tokens = tokens;
    this.meters = meters;
  }

  /** Answers one call of the service. */
  Answer answer(Method method, byte[] request) {
    ByteString bytes = ByteString.copyFrom(request);
    try {
      return method.fullName().equals(LoginGrpc.getChallengeMethod().getFullMethodName())
          ? challenge(CHALLENGES.read(bytes, VALUES_MAX, "request"))
          : login(LOGINS.read(bytes, VALUES_MAX, "request"));
    } catch (RecordException notOne) {
      return new Answer.Refused(GatewayStatus.malformed("not a request of this call"));
    }
  }

  private Answer challenge(ChallengeRequest request) {
    return request.getKeyId().size() == KEY_ID_BYTES
        ? new Answer.Reply(
            ChallengeReply.newBuilder().setChallenge(challenges.issue(request.getKeyId())).build())
        : keyIdOfWrongSize(request.getKeyId());
  }

  private static Answer keyIdOfWrongSize(ByteString keyId) {
    return new Answer.Refused(
        GatewayStatus.badField("key_id has " + keyId.size() + " bytes, not " + KEY_ID_BYTES));
  }

  private Answer login(LoginRequest request) {
    if (request.getKeyId().size() != KEY_ID_BYTES) {
      return keyIdOfWrongSize(request.getKeyId());
    }
    if (!atOnce.tryAcquire()) {
      return new Answer.Refused(GatewayStatus.overloaded());
    }
    try {
      if (!challenges.redeem(request.getChallenge(), request.getKeyId())) {
        return refused();
      }
      return loginWith(standing(request.getKeyId()), request);
    } catch (StatusRuntimeException failed) {
      log.warn("The node did not say who holds a key: {}", failed.getStatus().getCode());
      return new Answer.Refused(GatewayStatus.nodeUnavailable());
    } finally {
      atOnce.release();
    }
  }

  private Answer loginWith(KeyStanding standing, LoginRequest request) {
    boolean signed =
        key(standing)
            .verifies(
                Submissions.loginMessage(request.getChallenge()),
                request.getSignature().toByteArray());
    if (!signed || !standing.getValid() || standing.getParticipant().isEmpty()) {
      return refused();
    }
    Tokens.Issued issued = tokens.issue(standing.getParticipant());
    meters.login(true);
    return new Answer.Reply(
        LoginReply.newBuilder()
            .setToken(issued.token())
            .setExpiresAt(issued.expiresAt().toEpochMilli())
            .setParticipant(standing.getParticipant())
            .build());
  }

  private Answer refused() {
    meters.login(false);
    return new Answer.Refused(GatewayStatus.loginRefused());
  }

  /** Of the key by that id; of nobody, and not valid, if there is none. */
  private KeyStanding standing(ByteString keyId) {
    try {
      return RegistryGrpc.newBlockingStub(node)
          .withDeadlineAfter(NODE_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
          .findKey(FindKeyRequest.newBuilder().setKeyId(keyId).build());
    } catch (StatusRuntimeException refused) {
      if (refused.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return KeyStanding.getDefaultInstance();
      }
      throw refused;
    }
  }

  private static VerifyingKey key(KeyStanding standing) {
    if (standing.getSpki().isEmpty()) {
      return NOBODYS_KEY;
    }
    try {
      return VerifyingKey.ofSpki(standing.getSpki().toByteArray());
    } catch (KeyFormatException enrolledAnyway) {
      throw new IllegalStateException("the node has a key it must have refused", enrolledAnyway);
    }
  }

  private static VerifyingKey nobodysKey() {
    try {
      return VerifyingKey.ofEd25519(HexFormat.of().parseHex("58" + "66".repeat(31)));
    } catch (KeyFormatException impossible) {
      throw new IllegalStateException("the base point is a point", impossible);
    }
  }
}
