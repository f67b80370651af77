// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;

class ServiceTokensTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String one = ServiceTokens.make(RANDOM);
  private final String other = ServiceTokens.make(RANDOM);

  private static ParticipantId participant(String text) {
    try {
      return ParticipantId.parse(text);
    } catch (IdentifierException e) {
      throw new AssertionError(e);
    }
  }

  private ServiceTokens tokens() {
    return new ServiceTokens(
        Map.of(
            ServiceTokens.Digest.of(one), participant("farmer:one"),
            ServiceTokens.Digest.of(other), participant("farmer:other")));
  }

  @Test
  void aTokenIsItsOwners() {
    assertEquals("farmer:one", tokens().find(one).orElseThrow().participant());
    assertEquals("farmer:other", tokens().find(other).orElseThrow().participant());
    assertEquals(2, tokens().size());
  }

  @Test
  void anyOtherIsNobodys() {
    for (String wrong :
        new String[] {
          "",
          "x",
          one.substring(1),
          one + "A",
          one.toUpperCase(java.util.Locale.ROOT),
          ServiceTokens.make(RANDOM),
          "A".repeat(43),
          "A".repeat(100_000)
        }) {
      assertFalse(tokens().find(wrong).isPresent(), wrong);
    }
    assertFalse(ServiceTokens.NONE.find(one).isPresent());
  }

  @Test
  void aTokenThatIsShortIsNobodysEvenIfItsDigestIsSetUp() {
    ServiceTokens tokens =
        new ServiceTokens(Map.of(ServiceTokens.Digest.of("secret"), participant("farmer:one")));

    assertFalse(tokens.find("secret").isPresent());
  }

  @Test
  void aDigestThatOnlyBeginsLikeATokensIsNotIts() {
    byte[] digest = ServiceTokens.Digest.of(one).bytes().clone();
    digest[31] ^= 1;
    ServiceTokens tokens =
        new ServiceTokens(Map.of(new ServiceTokens.Digest(digest), participant("farmer:one")));

    assertFalse(tokens.find(one).isPresent());
  }

  @Test
  void refusesDigestsOfAnotherLengthAndTwoThatBeginAlike() {
    assertThrows(IllegalArgumentException.class, () -> new ServiceTokens.Digest(new byte[31]));
    byte[] alike = ServiceTokens.Digest.of(one).bytes().clone();
    alike[31] ^= 1;
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new ServiceTokens(
                Map.of(
                    ServiceTokens.Digest.of(one),
                    participant("farmer:one"),
                    new ServiceTokens.Digest(alike),
                    participant("farmer:other"))));
  }

  @Test
  void isReadFromLinesAndAnyThatIsNoneIsNamed() {
    String line = HexFormat.of().formatHex(ServiceTokens.Digest.of(one).bytes()) + "=farmer:one";

    assertTrue(ServiceTokens.parse(List.of(line)).find(one).isPresent());
    for (String wrong :
        List.of(
            "", "=", "farmer:one", line.substring(1), line.substring(2), line + "!", "zz" + line)) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class, () -> ServiceTokens.parse(List.of(line, wrong)));
      assertTrue(String.valueOf(refused.getMessage()).startsWith("no. 2"), refused.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> ServiceTokens.parse(List.of(line, line)));
  }

  @Test
  void aTokenThatStandsWhereItsDigestBelongsIsNotRepeated() {
    for (String wrong : List.of(one + "=farmer:one", one, "Bearer " + one + "=farmer:one")) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> ServiceTokens.parse(List.of(wrong)));
      for (Throwable told = refused; told != null; told = told.getCause()) {
        assertFalse(told.toString().contains(one), told.toString());
      }
    }
  }

  @Test
  void tokensAreMadeOf32RandomBytes() {
    assertEquals(43, one.length());
    assertNotEquals(one, other);
    assertTrue(one.matches("[A-Za-z0-9_-]+"));
  }
}
