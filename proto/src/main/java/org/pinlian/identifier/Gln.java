// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

/** A GS1 Global Location Number: 13 digits, the last a check digit. */
public record Gln(String value) {
  public Gln {
    try {
      check(value);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Gln parse(String text) throws IdentifierException {
    check(text);
    return new Gln(text);
  }

  static void check(String text) throws IdentifierException {
    CheckDigit.requireDigits("GLN", text, 13);
    CheckDigit.requireGs1("GLN", text);
  }

  @Override
  public String toString() {
    return value;
  }
}
