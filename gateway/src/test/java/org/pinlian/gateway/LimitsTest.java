// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.GatewayFixture.await;
import static org.pinlian.gateway.GatewayFixture.reason;
import static org.pinlian.gateway.GatewayFixture.retryAfter;
import static org.pinlian.gateway.GatewayFixture.submit;
import static org.pinlian.gateway.GatewayFixture.utf8;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pinlian.gateway.access.RateLimit;

class LimitsTest {
  private final GatewayFixture fixture =
      new GatewayFixture(
          GatewayConfig.builder()
              .participantLimit(new RateLimit(10, 3, 1_000, 1_000))
              .addressLimit(new RateLimit(2, 6, 1_000, 1_000)));

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void aParticipantWhoCallsTooOftenIsToldWhenToComeBack() {
    Channel channel = fixture.loggedIn();
    for (int i = 0; i < 3; i++) {
      submit(channel, utf8("x"));
    }

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> submit(channel, utf8("x")));

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    assertEquals("RATE_LIMITED", reason(refused));
    assertEquals(Duration.ofMillis(100), retryAfter(refused));
    fixture.pass(Duration.ofMillis(100));
    submit(channel, utf8("x"));
  }

  @Test
  void bytesCountToo() {
    Channel channel = fixture.loggedIn();
    submit(channel, new byte[3_000]);

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> submit(channel, utf8("x")));

    // 2,000 bytes of debt and the one that must be there, at 1,000 a second.
    assertEquals(Duration.ofMillis(2_001), retryAfter(refused));
    fixture.pass(Duration.ofMillis(2_001));
    submit(channel, utf8("x"));
  }

  @Test
  void allConnectionsOfAParticipantShareOneAllowance() {
    String token = fixture.token();
    for (int i = 0; i < 3; i++) {
      io.grpc.ManagedChannel other = fixture.newChannel();
      submit(GatewayFixture.withToken(other, token), utf8("x"));
      other.shutdownNow();
    }

    assertThrows(
        StatusRuntimeException.class,
        () -> submit(GatewayFixture.withToken(fixture.channel, token), utf8("x")));
  }

  @Test
  void aStreamIsSlowedDownAndNotRefused() {
    Replies replies = Replies.to(fixture.loggedIn(), FakeNode.SUBMIT_STREAM);
    replies.call.request(100);
    for (int i = 0; i < 10; i++) {
      replies.call.sendMessage(utf8("x"));
    }
    replies.call.halfClose();

    await("the burst", () -> replies.messages.size() == 3);
    GatewayFixture.sleep(300);
    assertEquals(3, replies.messages.size());
    fixture.pass(Duration.ofMillis(200));
    await("two more", () -> replies.messages.size() == 5);
    for (int i = 0; i < 10; i++) {
      fixture.pass(Duration.ofMillis(100));
      GatewayFixture.sleep(20);
    }

    await("the rest", () -> replies.messages.size() == 10);
    assertTrue(replies.end().getStatus().isOk());
  }

  @Test
  void anAddressThatCallsTooOftenIsToldWhenToComeBack() {
    for (int i = 0; i < 6; i++) {
      getLedger();
    }

    StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, this::getLedger);

    assertEquals("RATE_LIMITED", reason(refused));
    assertEquals(Duration.ofMillis(500), retryAfter(refused));
    fixture.pass(Duration.ofMillis(500));
    getLedger();
  }

  /** Whatever it asks for, what is there and what is not: the gateway does not look. */
  @Test
  void whoIsNobodyAsksForDossiersAsOftenAsTheAddressAllows() {
    for (int i = 0; i < 6; i++) {
      getDossier(i % 2 == 0 ? "present" : "absent");
    }

    for (String subject : new String[] {"present", "absent"}) {
      StatusRuntimeException refused =
          assertThrows(StatusRuntimeException.class, () -> getDossier(subject));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
      assertEquals("RATE_LIMITED", reason(refused));
    }
    // One allowance for all that an address asks without a name.
    assertThrows(StatusRuntimeException.class, this::getLedger);
    fixture.pass(Duration.ofMillis(500));
    getDossier("absent");
    assertThrows(StatusRuntimeException.class, () -> getDossier("present"));
  }

  private void getDossier(String subject) {
    ClientCalls.blockingUnaryCall(
        fixture.channel, FakeNode.GET_DOSSIER, CallOptions.DEFAULT, utf8(subject));
  }

  @Test
  void tryingLoginsIsLimitedByAddress() {
    StatusRuntimeException refused =
        assertThrows(
            StatusRuntimeException.class,
            () -> {
              for (int i = 0; i < 10; i++) {
                fixture.challenge(com.google.protobuf.ByteString.copyFrom(new byte[32]));
              }
            });

    assertEquals("RATE_LIMITED", reason(refused));
  }

  private void getLedger() {
    ClientCalls.blockingUnaryCall(
        fixture.channel, FakeNode.GET_LEDGER, CallOptions.DEFAULT, utf8("x"));
  }
}
