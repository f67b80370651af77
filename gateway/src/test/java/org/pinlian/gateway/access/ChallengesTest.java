// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ChallengesTest {
  private static final ByteString KEY = ByteString.copyFrom(new byte[32]);

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final Challenges challenges =
      new Challenges(() -> "here", (InstantSource) now::get, new SecureRandom());

  @Test
  void aFloodPushesOutTheOldestOnly() {
    ByteString first = challenges.issue(KEY);
    ByteString second = challenges.issue(KEY);
    for (int i = 0; i < 65_535; i++) {
      challenges.issue(KEY);
    }

    assertFalse(challenges.redeem(first, KEY));
    assertTrue(challenges.redeem(second, KEY));
  }

  @Test
  void aChallengeLivesForTwoMinutes() {
    ByteString inTime = challenges.issue(KEY);
    ByteString late = challenges.issue(KEY);

    now.set(Instant.EPOCH.plus(Duration.ofMinutes(2)).minusMillis(1));
    assertTrue(challenges.redeem(inTime, KEY));
    now.set(Instant.EPOCH.plus(Duration.ofMinutes(2)));
    assertFalse(challenges.redeem(late, KEY));
  }
}
