// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

/** A GS1 Serial Shipping Container Code: 18 digits, the last a check digit. */
public record Sscc(String value) {
  public Sscc {
    try {
      check(value);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Sscc parse(String text) throws IdentifierException {
    check(text);
    return new Sscc(text);
  }

  private static void check(String text) throws IdentifierException {
    CheckDigit.requireDigits("SSCC", text, 18);
    CheckDigit.requireGs1("SSCC", text);
  }

  @Override
  public String toString() {
    return value;
  }
}
