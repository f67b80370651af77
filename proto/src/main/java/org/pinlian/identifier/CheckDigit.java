// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import org.pinlian.identifier.IdentifierException.Reason;

/**
 * The check characters of the trade's numbers. Each function takes the body, without its check
 * character, and returns the character that belongs behind it.
 */
public final class CheckDigit {
  /** GB 32100-2015: no I, O, S, V, Z. A character's value is its index. */
  static final String USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

  /** GS1 General Specifications figure 7.11-1, character set 82. A value is its index. */
  static final String SET_82 =
      "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

  private static final String SET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

  private static final int[] USCC_WEIGHTS = {
    1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28
  };
  private static final int[] ORGANIZATION_CODE_WEIGHTS = {3, 7, 9, 10, 5, 8, 4, 2};
  private static final int[] PAIR_WEIGHTS = {
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83
  };

  private CheckDigit() {}

  /** GS1 General Specifications 7.9.1: weights 3, 1, 3, 1 ... from the right end of the body. */
  public static char gs1(CharSequence body) throws IdentifierException {
    return gs1(body, body.length());
  }

  private static char gs1(CharSequence digits, int bodyLength) throws IdentifierException {
    int sum = 0;
    int weight = 3;
    for (int i = bodyLength - 1; i >= 0; i--) {
      sum += weight * digit("GS1 key", digits, i);
      weight = 4 - weight;
    }
    return (char) ('0' + (10 - sum % 10) % 10);
  }

  /** GB 32100-2015: weights 3^(i-1) mod 31 over 17 characters. */
  public static char uscc(CharSequence body) throws IdentifierException {
    String what = "统一社会信用代码";
    requireLength(what, body, USCC_WEIGHTS.length);
    int sum = 0;
    for (int i = 0; i < USCC_WEIGHTS.length; i++) {
      int value = USCC_ALPHABET.indexOf(body.charAt(i));
      if (value < 0) {
        throw IdentifierException.badCharacter(what, body.toString(), i);
      }
      sum += USCC_WEIGHTS[i] * value;
    }
    return USCC_ALPHABET.charAt((31 - sum % 31) % 31);
  }

  /** GB 11714-1997: the organization code inside a 统一社会信用代码, over 8 characters. */
  public static char organizationCode(CharSequence body) throws IdentifierException {
    String what = "组织机构代码";
    requireLength(what, body, ORGANIZATION_CODE_WEIGHTS.length);
    int sum = 0;
    for (int i = 0; i < ORGANIZATION_CODE_WEIGHTS.length; i++) {
      char c = body.charAt(i);
      int value;
      if (c >= '0' && c <= '9') {
        value = c - '0';
      } else if (c >= 'A' && c <= 'Z') {
        value = c - 'A' + 10;
      } else {
        throw IdentifierException.badCharacter(what, body.toString(), i);
      }
      sum += ORGANIZATION_CODE_WEIGHTS[i] * value;
    }
    int check = 11 - sum % 11;
    return check == 10 ? 'X' : check == 11 ? '0' : (char) ('0' + check);
  }

  /** GB/T 17710-1999 (ISO 7064) MOD 11,10, the hybrid system. */
  public static char mod1110(CharSequence body) throws IdentifierException {
    int product = 10;
    for (int i = 0; i < body.length(); i++) {
      int sum = (product + digit("MOD 11,10", body, i)) % 10;
      product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (char) ('0' + (11 - product) % 10);
  }

  /**
   * GS1 General Specifications 7.9: the two check characters of a Global Model Number. The primes
   * run from the right, so a body of at most 23 characters can be checked.
   */
  public static String gs1Pair(CharSequence body) throws IdentifierException {
    if (body.length() == 0 || body.length() > PAIR_WEIGHTS.length) {
      throw IdentifierException.wrongLength("GMN", body.toString(), "1 to 23 before the pair");
    }
    int sum = 0;
    for (int i = 0; i < body.length(); i++) {
      int value = SET_82.indexOf(body.charAt(i));
      if (value < 0) {
        throw IdentifierException.badCharacter("GMN", body.toString(), i);
      }
      sum += PAIR_WEIGHTS[body.length() - 1 - i] * value;
    }
    sum %= 1021;
    return "" + SET_32.charAt(sum >> 5) + SET_32.charAt(sum & 31);
  }

  /** Checks that the text is digits whose last is the GS1 check digit of the others. */
  static void requireGs1(String what, String digits) throws IdentifierException {
    requireDigits(what, digits, digits.length());
    int last = digits.length() - 1;
    char expected = gs1(digits, last);
    char found = digits.charAt(last);
    if (expected != found) {
      throw IdentifierException.wrongCheckDigit(what, digits, expected, found);
    }
  }

  static void requireDigits(String what, CharSequence text, int length) throws IdentifierException {
    requireLength(what, text, length);
    for (int i = 0; i < length; i++) {
      digit(what, text, i);
    }
  }

  private static void requireLength(String what, CharSequence text, int length)
      throws IdentifierException {
    if (text.length() == 0) {
      throw IdentifierException.of(Reason.EMPTY, what + " is empty", "");
    }
    if (text.length() != length) {
      throw IdentifierException.wrongLength(what, text.toString(), Integer.toString(length));
    }
  }

  /** ASCII digits only: Character.isDigit would let full-width ones through. */
  private static int digit(String what, CharSequence text, int index) throws IdentifierException {
    char c = text.charAt(index);
    if (c < '0' || c > '9') {
      throw IdentifierException.badCharacter(what, text.toString(), index);
    }
    return c - '0';
  }
}
