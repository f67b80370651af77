// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.identifier.IdentifierException.Reason;

/** Numbers published by the standards or printed on labels, as bare numbers. */
final class CheckDigitVectorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "91350100M000100Y43", // GB 32100-2015, worked example
        "914403001922038216",
        "91440300708461136T",
        "91110000600037341L",
        "91000000MA00000157",
        "91000000MA00000232",
        "91000000MA0000031W"
      })
  void takesUnifiedSocialCreditCodes(String code) throws IdentifierException {
    assertEquals(code, Uscc.parse(code).toString());
  }

  @Test
  void refusesThePopularTestValueThatIsNotACreditCode() {
    IdentifierException refusal =
        assertThrows(IdentifierException.class, () -> Uscc.parse("91350211M000100Y43"));
    assertEquals(Reason.WRONG_CHECK_DIGIT, refusal.reason());
    assertEquals("6", refusal.expected().orElseThrow());
    assertEquals("3", refusal.found().orElseThrow());
  }

  @Test
  void namesTheUpperCaseCreditCode() {
    IdentifierException refusal =
        assertThrows(IdentifierException.class, () -> Uscc.parse("91350100m000100y43"));
    assertEquals(Reason.NOT_CANONICAL, refusal.reason());
    assertEquals("91350100M000100Y43", refusal.canonical().orElseThrow());
  }

  @Test
  void onlyWarnsOfAWrongOrganizationCode() throws IdentifierException {
    assertTrue(Uscc.parse("91350100M000100Y43").organizationCodeHolds());
    assertTrue(Uscc.parse("91440300708461136T").organizationCodeHolds());
    String body = "91000000MA0000019";
    Uscc odd = Uscc.parse(body + CheckDigit.uscc(body));
    assertFalse(odd.organizationCodeHolds());
    assertEquals("MA0000019", odd.organizationCode());
  }

  @ParameterizedTest
  @CsvSource({"M000100Y,4", "70846113,6"})
  void computesOrganizationCodes(String body, char check) throws IdentifierException {
    assertEquals(check, CheckDigit.organizationCode(body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SC11464010500015",
        "SC11333019700024",
        "SC11834020305037",
        "SC12636098200051",
        "SC11532139200465",
        "SC11837048101233",
        "SC11432010400101",
        "SC12434017430075",
        "SC10144520200013"
      })
  void takesFoodProductionLicences(String number) throws IdentifierException {
    assertEquals(number, FoodProductionLicence.parse(number).value());
  }

  @Test
  void refusesAMadeUpFoodProductionLicence() {
    IdentifierException refusal =
        assertThrows(
            IdentifierException.class, () -> FoodProductionLicence.parse("SC10512345678901"));
    assertEquals(Reason.WRONG_CHECK_DIGIT, refusal.reason());
    assertEquals("2", refusal.expected().orElseThrow());
    assertEquals("1", refusal.found().orElseThrow());
  }

  @Test
  void readsTheRegionOfALicence() throws IdentifierException {
    FoodProductionLicence licence = FoodProductionLicence.parse("SC10144520200013");
    assertEquals("01", licence.category());
    assertFalse(licence.forAdditives());
    assertEquals("440000", licence.region().province());
    assertEquals("445200", licence.region().city());
    assertEquals("445202", licence.region().county());
  }

  @ParameterizedTest
  @CsvSource({
    "6924561884074,06924561884074",
    "06970593810109,06970593810109",
    "09520000000011,09520000000011",
    "9520000000011,09520000000011",
    "012345678905,00012345678905",
    "12345670,00000012345670"
  })
  void padsEveryGtinToFourteenDigits(String text, String padded) throws IdentifierException {
    assertEquals(padded, Gtin.parse(text).value());
  }

  @Test
  void takesThePublishedGlnAndSscc() throws IdentifierException {
    assertEquals("4012345000115", Gln.parse("4012345000115").value());
    assertEquals("040123450000001112", Sscc.parse("040123450000001112").value());
  }

  @Test
  void computesTheModelNumberPairOfTheGeneralSpecifications() throws IdentifierException {
    assertEquals("2K", CheckDigit.gs1Pair("1987654Ad4X4bL5ttr2310c"));
  }

  @Test
  void readsWhichDrugATraceCodeIsOf() throws IdentifierException {
    DrugTraceCode code = DrugTraceCode.parse("83857930000879766660");
    assertEquals("8385793", code.identificationCode());
  }

  @Test
  void everySingleWrongDigitIsNoticed() throws IdentifierException {
    for (String good : new String[] {"09520000000011", "6924561884074", "12345670"}) {
      for (int i = 0; i < good.length(); i++) {
        for (char wrong = '0'; wrong <= '9'; wrong++) {
          if (wrong != good.charAt(i)) {
            String bad = good.substring(0, i) + wrong + good.substring(i + 1);
            IdentifierException refusal =
                assertThrows(IdentifierException.class, () -> Gtin.parse(bad), bad);
            assertEquals(Reason.WRONG_CHECK_DIGIT, refusal.reason());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"９５２０００００００１１１", "95200000000a1", "952000000001 "})
  void takesAsciiDigitsAlone(String text) {
    IdentifierException refusal = assertThrows(IdentifierException.class, () -> Gln.parse(text));
    assertTrue(refusal.reason() == Reason.BAD_CHARACTER || refusal.reason() == Reason.WRONG_LENGTH);
  }

  @Test
  void refusesEveryWrongLength() {
    assertEquals(Reason.WRONG_LENGTH, reason(() -> Gtin.parse("123456789")));
    assertEquals(Reason.WRONG_LENGTH, reason(() -> Sscc.parse("1")));
    assertEquals(Reason.EMPTY, reason(() -> Gln.parse("")));
    assertEquals(Reason.WRONG_LENGTH, reason(() -> Uscc.parse("91000000MA000001")));
    assertEquals(Reason.WRONG_LENGTH, reason(() -> FoodProductionLicence.parse("SC1")));
    assertEquals(Reason.WRONG_LENGTH, reason(() -> DrugTraceCode.parse("8385793")));
    assertEquals(Reason.WRONG_LENGTH, reason(() -> Region.parse("4452")));
    assertEquals(Reason.BAD_CHARACTER, reason(() -> Region.parse("44520A")));
    assertEquals(
        Reason.BAD_CHARACTER, reason(() -> FoodProductionLicence.parse("SX10144520200013")));
    assertEquals(
        Reason.BAD_CHARACTER, reason(() -> FoodProductionLicence.parse("SC30144520200013")));
    assertEquals(Reason.BAD_CHARACTER, reason(() -> Uscc.parse("91000000MI00000157")));
  }

  @Test
  void constructorsCheckWhatParsersCheck() {
    assertThrows(IllegalArgumentException.class, () -> new Gtin("9520000000011"));
    assertThrows(IllegalArgumentException.class, () -> new Gln("9520000000012"));
    assertThrows(IllegalArgumentException.class, () -> new Sscc("095200000000000012"));
    assertThrows(IllegalArgumentException.class, () -> new Uscc("91350211M000100Y43"));
    assertThrows(IllegalArgumentException.class, () -> new Region("x"));
    assertThrows(IllegalArgumentException.class, () -> new DrugTraceCode("x"));
    assertThrows(
        IllegalArgumentException.class, () -> new FoodProductionLicence("SC10512345678901"));
  }

  @Test
  void aRefusalNeverCarriesMoreThanALineOfWhatWasRefused() {
    IdentifierException refusal =
        assertThrows(IdentifierException.class, () -> Uscc.parse("\n甲".repeat(100_000)));
    assertTrue(refusal.text().length() < 600);
    assertTrue(refusal.toString().chars().allMatch(c -> c >= 0x20));
  }

  private static Reason reason(org.junit.jupiter.api.function.Executable parse) {
    return assertThrows(IdentifierException.class, parse).reason();
  }
}
