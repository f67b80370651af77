// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

final class ParticipantIdFuzzTest {
  @FuzzTest
  void whatIsAcceptedIsPrintedByteForByte(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      ParticipantId id = ParticipantId.parse(text);
      assertArrayEquals(bytes, id.toString().getBytes(StandardCharsets.UTF_8));
      assertEquals(id, ParticipantId.parse(id.toString()));
    } catch (IdentifierException refusal) {
      refusal.canonical().ifPresent(ParticipantIdFuzzTest::assertCanonical);
    }
  }

  @FuzzTest
  void aCreditCodeIsPrintedByteForByte(byte[] bytes) {
    try {
      Uscc uscc = Uscc.parse(new String(bytes, StandardCharsets.UTF_8));
      assertArrayEquals(bytes, uscc.value().getBytes(StandardCharsets.UTF_8));
      // May hold or not, but must have an answer for every code that was accepted.
      boolean holds = uscc.organizationCodeHolds();
      assertTrue(holds || !uscc.region().value().isEmpty());
    } catch (IdentifierException refusal) {
      assertTrue(refusal.text().length() < 600);
    }
  }

  private static void assertCanonical(String text) {
    try {
      assertEquals(text, ParticipantId.parse(text).toString());
    } catch (IdentifierException e) {
      throw new AssertionError("said to be canonical: " + text, e);
    }
  }
}
