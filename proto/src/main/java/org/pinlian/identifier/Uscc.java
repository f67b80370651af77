// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import java.util.Locale;

/**
 * 统一社会信用代码, 18 characters (GB 32100-2015). Upper case only; a wrong last character is an error, a
 * wrong organization code inside is not.
 */
public record Uscc(String value) {
  public Uscc {
    try {
      check(value);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Uscc parse(String text) throws IdentifierException {
    check(text);
    return new Uscc(text);
  }

  /** The region of the registering authority, which may since have been renamed. */
  public Region region() {
    return new Region(value.substring(2, 8));
  }

  /** 组织机构代码, characters 9 to 17. */
  public String organizationCode() {
    return value.substring(8, 17);
  }

  /**
   * Whether the organization code passes its own check (GB 11714). A warning for a person to read,
   * never a reason to refuse: some codes issued when the schemes were joined do not pass.
   */
  public boolean organizationCodeHolds() {
    try {
      return CheckDigit.organizationCode(value.substring(8, 16)) == value.charAt(16);
    } catch (IdentifierException e) {
      return false;
    }
  }

  static void check(String text) throws IdentifierException {
    String what = "统一社会信用代码";
    if (text.length() != 18) {
      throw IdentifierException.wrongLength(what, text, "18");
    }
    if (!isUpperCase(text)) {
      String upper = text.toUpperCase(Locale.ROOT);
      if (!upper.equals(text)) {
        check(upper);
        throw IdentifierException.notCanonical(text, upper);
      }
    }
    CheckDigit.requireDigits(what, text.substring(2, 8), 6);
    char expected = CheckDigit.uscc(text.substring(0, 17));
    char found = text.charAt(17);
    if (expected != found) {
      throw IdentifierException.wrongCheckDigit(what, text, expected, found);
    }
  }

  /** Of ASCII; a good code is, and is on the way of every line of every record. */
  private static boolean isUpperCase(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c >= 'a' && c <= 'z') || c > 0x7f) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return value;
  }
}
