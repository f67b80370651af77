// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

/**
 * 药品追溯码 in its 20-digit form (NMPAB/T 1002-2019, form a). The form has no public check digit, so a
 * misread code is found only by its having no chain. The other form is a GTIN with a serial.
 */
public record DrugTraceCode(String value) {
  public DrugTraceCode {
    try {
      check(value);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static DrugTraceCode parse(String text) throws IdentifierException {
    check(text);
    return new DrugTraceCode(text);
  }

  /** 药品标识码, the first 7 digits: which drug, in which pack. */
  public String identificationCode() {
    return value.substring(0, 7);
  }

  static void check(String text) throws IdentifierException {
    CheckDigit.requireDigits("药品追溯码", text, 20);
  }

  @Override
  public String toString() {
    return value;
  }
}
