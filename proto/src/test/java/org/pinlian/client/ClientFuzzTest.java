// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.pinlian.dossier.VerificationException;
import org.pinlian.testing.Seeds;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.v1.Ledger;
import org.pinlian.v1.LoginChallenge;
import org.pinlian.v1.RefusalCode;

/** Whatever a server answers, beside receipts and stories: believed, or refused with a reason. */
class ClientFuzzTest {
  private static final Instant NOW = Instant.ofEpochMilli(HonestLedger.START_MILLIS);
  private static final Session SESSION =
      new Session(
          InProcessChannelBuilder.forName("nobody").build(),
          HonestLedger.participant("uscc:91000000MA0000031W"),
          HonestLedger.key(11),
          ClientOptions.defaults()
              .withAudience("gateway.example")
              .withClock(Clock.fixed(NOW, ZoneOffset.UTC)));

  @FuzzTest
  void status(byte[] bytes) {
    Status status;
    try {
      status = Status.parseFrom(bytes);
    } catch (InvalidProtocolBufferException unreadable) {
      return;
    }
    Failure failure = Failure.of(status);
    assertNotNull(failure.remedy());
    Duration pause = failure.pause();
    assertTrue(pause == null || (!pause.isNegative() && pause.toSeconds() < 70), "" + pause);
    assertNotNull(failure.refused().getMessage());
  }

  @FuzzTest
  void ledger(byte[] bytes) {
    try {
      assertFalse(FirstUse.policy(Ledger.parseFrom(bytes)).logs().isEmpty());
    } catch (VerificationException refused) {
      assertFalse(refused.expected().isEmpty());
    } catch (InvalidProtocolBufferException unreadable) {
      return;
    }
  }

  /** What is signed is a challenge of this gateway, now, and nothing else. */
  @FuzzTest
  void challenge(byte[] bytes) throws InvalidProtocolBufferException {
    try {
      SESSION.requireOurs(ByteString.copyFrom(bytes));
      LoginChallenge challenge = LoginChallenge.parseFrom(bytes);
      assertTrue(challenge.getAudience().equals("gateway.example"));
      assertTrue(challenge.getNonce().size() == 32);
    } catch (RefusedException refused) {
      assertNotNull(refused.getMessage());
    }
  }

  @Test
  void mutationsOfGoodAnswers() throws Exception {
    var random = Seeds.random(ClientFuzzTest.class);
    byte[] status =
        Status.newBuilder()
            .setCode(8)
            .setMessage("come back")
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setDomain("pinlian.org")
                        .setReason(RefusalCode.OVERLOADED.name())
                        .build()))
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(
                            com.google.protobuf.Duration.newBuilder().setSeconds(1).setNanos(5))
                        .build()))
            .build()
            .toByteArray();
    byte[] ledger = HonestLedger.create().ledger().toByteArray();
    byte[] challenge =
        LoginChallenge.newBuilder()
            .setAudience("gateway.example")
            .setNonce(ByteString.copyFrom(new byte[32]))
            .setExpiresAt(NOW.toEpochMilli() + 120_000)
            .build()
            .toByteArray();
    SESSION.requireOurs(ByteString.copyFrom(challenge));
    for (int i = 0; i < 400; i++) {
      status(Seeds.mutate(random, status));
      ledger(Seeds.mutate(random, ledger));
      challenge(Seeds.mutate(random, challenge));
    }
  }
}
