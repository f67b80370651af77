// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

/**
 * The number of a 食品生产许可证: SC and 14 digits, the last a check digit (GB/T 17710 MOD 11,10). They
 * are kind, category, region, sequence, check.
 */
public record FoodProductionLicence(String value) {
  public FoodProductionLicence {
    try {
      check(value);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static FoodProductionLicence parse(String text) throws IdentifierException {
    check(text);
    return new FoodProductionLicence(text);
  }

  /** Whether the licence is for food additives rather than food. */
  public boolean forAdditives() {
    return value.charAt(2) == '2';
  }

  /** 食品类别编码: 01 粮食加工品, 02 食用油 and so on. */
  public String category() {
    return value.substring(3, 5);
  }

  public Region region() {
    return new Region(value.substring(5, 11));
  }

  private static void check(String text) throws IdentifierException {
    String what = "食品生产许可证";
    if (text.length() != 16) {
      throw IdentifierException.wrongLength(what, text, "16");
    }
    if (!text.startsWith("SC")) {
      throw IdentifierException.badCharacter(what, text, text.startsWith("S") ? 1 : 0);
    }
    char expected = CheckDigit.mod1110(text.substring(2, 15));
    char kind = text.charAt(2);
    if (kind != '1' && kind != '2') {
      throw IdentifierException.badCharacter(what, text, 2);
    }
    CheckDigit.requireDigits(what, text.substring(15), 1);
    char found = text.charAt(15);
    if (expected != found) {
      throw IdentifierException.wrongCheckDigit(what, text, expected, found);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
