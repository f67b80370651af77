// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TokensTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final Tokens tokens =
      new Tokens(Duration.ofMinutes(15), (InstantSource) now::get, new SecureRandom());

  @Test
  void aTokenNamesItsHolderUntilItExpires() {
    Tokens.Issued issued = tokens.issue("a");

    assertEquals("a", tokens.find(issued.token()).orElseThrow().participant());
    now.set(issued.expiresAt().minusMillis(1));
    assertTrue(tokens.find(issued.token()).isPresent());
    now.set(issued.expiresAt());
    assertFalse(tokens.find(issued.token()).isPresent());
  }

  @Test
  void tokensAre32RandomBytes() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      String token = tokens.issue("a").token();
      assertTrue(token.matches("[A-Za-z0-9_-]{43}"), token);
      assertTrue(seen.add(token));
    }
  }

  @Test
  void aTokenDoesNotPrint() {
    Tokens.Issued issued = tokens.issue("a");

    assertFalse(issued.toString().contains(issued.token()));
  }

  @Test
  void expiredTokensAreForgotten() {
    for (int i = 0; i < 10; i++) {
      tokens.issue("participant " + i);
    }
    assertEquals(10, tokens.live());

    now.set(Instant.EPOCH.plus(Duration.ofMinutes(15)));

    assertEquals(0, tokens.live());
  }

  @Test
  void aParticipantWithTooManyLosesItsOwnEldest() {
    Tokens.Issued others = tokens.issue("b");
    Tokens.Issued first = tokens.issue("a");
    Tokens.Issued second = tokens.issue("a");
    for (int i = 0; i < 255; i++) {
      tokens.issue("a");
    }

    assertFalse(tokens.find(first.token()).isPresent());
    assertTrue(tokens.find(second.token()).isPresent());
    assertTrue(tokens.find(others.token()).isPresent());
    assertEquals(257, tokens.live());
  }

  @Test
  void theTableStaysBounded() {
    Tokens.Issued first = tokens.issue("first");
    for (int i = 0; i < 100_000; i++) {
      tokens.issue("participant " + i / 100);
    }

    assertEquals(100_000, tokens.live());
    assertFalse(tokens.find(first.token()).isPresent());
  }
}
