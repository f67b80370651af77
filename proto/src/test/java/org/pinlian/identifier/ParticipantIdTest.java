// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.identifier.IdentifierException.Reason;

final class ParticipantIdTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "uscc:91000000MA00000157",
        "gln:9520000000028",
        "farmer:a",
        "farmer:Zz9._~-",
        "device:logger-7"
      })
  void printsWhatItParsed(String text) throws IdentifierException {
    ParticipantId id = ParticipantId.parse(text);
    assertEquals(text, id.toString());
    assertEquals(id, ParticipantId.parse(text));
    assertEquals(id, new ParticipantId(id.scheme(), id.value()));
  }

  @ParameterizedTest
  @CsvSource({
    "uscc:91350211M000100Y43, WRONG_CHECK_DIGIT",
    "uscc:91000000ma00000157, NOT_CANONICAL",
    "USCC:91000000MA00000157, NOT_CANONICAL",
    "Farmer:a, NOT_CANONICAL",
    "uscc:, WRONG_LENGTH",
    "gln:9520000000029, WRONG_CHECK_DIGIT",
    "farmer:, EMPTY",
    "farmer:a b, BAD_CHARACTER",
    "farmer:a:b, BAD_CHARACTER",
    "farmer:农户, BAD_CHARACTER",
    "device:a%20b, BAD_CHARACTER",
    "duns:123456789, UNKNOWN_KEY",
    "91000000MA00000157, UNKNOWN_KEY",
    "'', UNKNOWN_KEY"
  })
  void refuses(String text, Reason reason) {
    assertEquals(
        reason, assertThrows(IdentifierException.class, () -> ParticipantId.parse(text)).reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Uscc:91000000MA00000157", "uscc:91000000ma00000157"})
  void namesTheCanonicalFormWithItsScheme(String text) {
    assertEquals(
        "uscc:91000000MA00000157",
        assertThrows(IdentifierException.class, () -> ParticipantId.parse(text))
            .canonical()
            .orElseThrow());
  }

  @Test
  void takesHandlesOfSixtyFourCharactersAndNoMore() throws IdentifierException {
    assertEquals(64, ParticipantId.farmer("x".repeat(64)).value().length());
    assertEquals(
        Reason.TOO_LONG,
        assertThrows(IdentifierException.class, () -> ParticipantId.device("x".repeat(65)))
            .reason());
  }

  @Test
  void handlesThatDifferInCaseAreTwoFarmers() throws IdentifierException {
    assertNotEquals(ParticipantId.farmer("a"), ParticipantId.farmer("A"));
    assertNotEquals(ParticipantId.farmer("a"), ParticipantId.device("a"));
  }
}
