// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

/** A GS1 Global Trade Item Number, always held as 14 digits, the last a check digit. */
public record Gtin(String value) {
  private static final String PADDING = "000000";

  public Gtin {
    try {
      CheckDigit.requireDigits("GTIN", value, 14);
      CheckDigit.requireGs1("GTIN", value);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * Reads a GTIN-8, -12, -13 or -14. Leading zeros do not change a check digit, so all four can be
   * checked and held as fourteen (GS1 General Specifications).
   */
  public static Gtin parse(String text) throws IdentifierException {
    switch (text.length()) {
      case 8, 12, 13, 14 -> CheckDigit.requireGs1("GTIN", text);
      default -> throw IdentifierException.wrongLength("GTIN", text, "8, 12, 13 or 14");
    }
    return new Gtin(PADDING.substring(0, 14 - text.length()) + text);
  }

  @Override
  public String toString() {
    return value;
  }
}
