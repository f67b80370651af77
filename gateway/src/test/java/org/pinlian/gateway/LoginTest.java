// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.pinlian.gateway.GatewayFixture.answer;
import static org.pinlian.gateway.GatewayFixture.keyId;
import static org.pinlian.gateway.GatewayFixture.reason;
import static org.pinlian.gateway.GatewayFixture.submit;
import static org.pinlian.gateway.GatewayFixture.utf8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.LoginChallenge;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.LoginReply;
import org.pinlian.v1.LoginRequest;

class LoginTest {
  private final GatewayFixture fixture = new GatewayFixture();

  @AfterEach
  void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource(SignatureAlgorithm.class)
  void whoSignsTheChallengeWithAnEnrolledKeyIsLoggedIn(SignatureAlgorithm algorithm) {
    SigningKey key = fixture.enrolledKey(algorithm, true);

    LoginReply reply = fixture.login(answer(key, fixture.challenge(keyId(key))));

    assertEquals(GatewayFixture.PARTICIPANT, reply.getParticipant());
    assertEquals(
        fixture.now.get().plus(Duration.ofMinutes(15)).toEpochMilli(), reply.getExpiresAt());
    Channel loggedIn = GatewayFixture.withToken(fixture.channel, reply.getToken());
    assertArrayEquals(utf8("x"), submit(loggedIn, utf8("x")));
  }

  @Test
  void challengesNameTheGatewayAndEndSoonAndAreNeverTheSame()
      throws InvalidProtocolBufferException {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);

    ByteString bytes = fixture.challenge(keyId(key));

    LoginChallenge challenge = LoginChallenge.parseFrom(bytes);
    assertEquals("127.0.0.1:" + fixture.gateway.port(), challenge.getAudience());
    assertEquals(32, challenge.getNonce().size());
    assertEquals(
        fixture.now.get().plus(Duration.ofMinutes(2)).toEpochMilli(), challenge.getExpiresAt());
    assertEquals(challenge.toByteString(), bytes);
    assertNotEquals(bytes, fixture.challenge(keyId(key)));
  }

  @Test
  void tokensEndAfterFifteenMinutes() {
    Channel loggedIn = fixture.loggedIn();
    fixture.pass(Duration.ofMinutes(15).minusMillis(1));
    submit(loggedIn, utf8("x"));

    fixture.pass(Duration.ofMillis(1));

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> submit(loggedIn, utf8("x")));
    assertEquals("NOT_LOGGED_IN", reason(refused));
  }

  @Test
  void aWrongSignatureIsRefused() {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    LoginRequest good = answer(key, fixture.challenge(keyId(key)));
    byte[] signature = good.getSignature().toByteArray();
    signature[40] ^= 1;

    assertRefused(good.toBuilder().setSignature(ByteString.copyFrom(signature)).build());
  }

  @Test
  void anothersSignatureIsRefused() {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    SigningKey other = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    ByteString challenge = fixture.challenge(keyId(key));

    assertRefused(answer(other, challenge).toBuilder().setKeyId(keyId(key)).build());
  }

  @Test
  void aChallengeIsGoodOnce() {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    LoginRequest request = answer(key, fixture.challenge(keyId(key)));
    fixture.login(request);

    assertRefused(request);
  }

  @Test
  void aChallengeIsUsedUpByAFailedLoginToo() {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    LoginRequest good = answer(key, fixture.challenge(keyId(key)));

    assertRefused(good.toBuilder().setSignature(ByteString.copyFrom(new byte[64])).build());
    assertRefused(good);
  }

  @Test
  void aChallengeExpires() {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    LoginRequest late = answer(key, fixture.challenge(keyId(key)));

    fixture.pass(Duration.ofMinutes(2));

    assertRefused(late);
  }

  @Test
  void aChallengeServesOnlyTheKeyItWasGivenTo() {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    SigningKey other = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);

    assertRefused(answer(other, fixture.challenge(keyId(key))));
  }

  @Test
  void aChallengeOfOnesOwnMakingIsRefused() {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    ByteString madeUp =
        LoginChallenge.newBuilder()
            .setAudience(fixture.gateway.audience())
            .setNonce(ByteString.copyFrom(new byte[32]))
            .setExpiresAt(fixture.now.get().plusSeconds(100).toEpochMilli())
            .build()
            .toByteString();

    assertRefused(answer(key, madeUp));
  }

  @Test
  void aKeyThatIsNotEnrolledIsRefusedOnlyAtTheEnd() {
    SigningKey stranger = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());

    assertRefused(answer(stranger, fixture.challenge(keyId(stranger))));
  }

  @Test
  void aRevokedKeyIsRefused() {
    SigningKey revoked = fixture.enrolledKey(SignatureAlgorithm.ED25519, false);

    assertRefused(answer(revoked, fixture.challenge(keyId(revoked))));
  }

  @Test
  void aKeyIdOfAnotherLengthIsNamedAsThat() {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> fixture.challenge(ByteString.copyFrom(new byte[31])));

    assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
    assertEquals("BAD_FIELD", reason(refused));
  }

  @Test
  void aRequestThatCannotBeReadIsMalformed() {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    fixture.channel,
                    Bytes.method("pinlian.v1.Login/Login", MethodType.UNARY),
                    CallOptions.DEFAULT,
                    new byte[] {0x0A, 0x7F}));

    assertEquals("MALFORMED", reason(refused));
  }

  @Test
  void nobodyLogsInWhileTheNodeIsGone() {
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);
    LoginRequest request = answer(key, fixture.challenge(keyId(key)));
    fixture.node.close();

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> fixture.login(request));

    assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
  }

  @Test
  void aStaleTokenDoesNotStandInTheWayOfLoggingInAgain() {
    Channel stale = GatewayFixture.withToken(fixture.channel, "A".repeat(43));
    SigningKey key = fixture.enrolledKey(SignatureAlgorithm.ED25519, true);

    ByteString challenge =
        LoginGrpc.newBlockingStub(stale)
            .challenge(ChallengeRequest.newBuilder().setKeyId(keyId(key)).build())
            .getChallenge();

    assertEquals(
        GatewayFixture.PARTICIPANT,
        LoginGrpc.newBlockingStub(stale).login(answer(key, challenge)).getParticipant());
  }

  /** All refusals are one and the same, so that none tells which keys there are. */
  private void assertRefused(LoginRequest request) {
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> fixture.login(request));
    assertEquals(Status.Code.UNAUTHENTICATED, refused.getStatus().getCode());
    assertEquals(
        "login refused: challenge, key or signature is not good",
        refused.getStatus().getDescription());
    assertEquals("NOT_LOGGED_IN", reason(refused));
  }
}
