// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import org.pinlian.identifier.IdentifierException.Reason;

/**
 * What the values of the GS1 application identifiers that name things look like: some digits, of
 * which the first few may end in a check digit, then a tail of another alphabet. From the GS1
 * Barcode Syntax Dictionary and GS1 General Specifications.
 */
enum Gs1Field {
  // AI, name in old Digital Links, digits, of those checked, tail alphabet, tail length, rule
  SSCC("00", "sscc", 18, 18, Tail.NONE, 0, 0, Rule.NONE),
  GTIN("01", "gtin", 14, 14, Tail.NONE, 0, 0, Rule.NONE),
  LOT("10", "lot", 0, 0, Tail.SET_82, 1, 20, Rule.NONE),
  SERIAL("21", "ser", 0, 0, Tail.SET_82, 1, 20, Rule.NONE),
  CPV("22", "cpv", 0, 0, Tail.SET_82, 1, 20, Rule.NONE),
  TPX("235", "235", 0, 0, Tail.SET_82, 1, 28, Rule.NONE),
  GDTI("253", "gdti", 13, 13, Tail.SET_82, 0, 17, Rule.NONE),
  GLN_EXTENSION("254", "glnx", 0, 0, Tail.SET_82, 1, 20, Rule.NOT_ZERO),
  GCN("255", "gcn", 13, 13, Tail.DIGITS, 0, 12, Rule.NONE),
  GINC("401", "ginc", 0, 0, Tail.SET_82, 5, 30, Rule.COMPANY_PREFIX),
  GSIN("402", "gsin", 17, 17, Tail.NONE, 0, 0, Rule.NONE),
  GLN("414", "gln", 13, 13, Tail.NONE, 0, 0, Rule.NONE),
  PAY_TO("415", "payTo", 13, 13, Tail.NONE, 0, 0, Rule.NONE),
  PARTY("417", "partyGln", 13, 13, Tail.NONE, 0, 0, Rule.NONE),
  IMPORTER("7040", "7040", 1, 0, Tail.SET_82, 3, 3, Rule.NONE),
  GRAI("8003", "grai", 14, 14, Tail.SET_82, 0, 16, Rule.LEADING_ZERO),
  GIAI("8004", "giai", 0, 0, Tail.SET_82, 5, 30, Rule.COMPANY_PREFIX),
  ITIP("8006", "itip", 18, 14, Tail.NONE, 0, 0, Rule.PIECE_OF_TOTAL),
  CPID("8010", "cpid", 0, 0, Tail.SET_39, 5, 30, Rule.COMPANY_PREFIX),
  CPID_SERIAL("8011", "cpsn", 0, 0, Tail.DIGITS, 1, 12, Rule.NO_LEADING_ZERO),
  GMN("8013", "gmn", 0, 0, Tail.SET_82, 5, 25, Rule.CHECK_PAIR),
  GSRN_PROVIDER("8017", "gsrnp", 18, 18, Tail.NONE, 0, 0, Rule.NONE),
  GSRN("8018", "gsrn", 18, 18, Tail.NONE, 0, 0, Rule.NONE),
  SERVICE_INSTANCE("8019", "srin", 0, 0, Tail.DIGITS, 1, 10, Rule.NONE),
  PAYMENT_REFERENCE("8020", "refno", 0, 0, Tail.SET_82, 1, 25, Rule.NONE);

  /** GS1 General Specifications 7.11: what may follow the digits. */
  private enum Tail {
    NONE(""),
    DIGITS("0123456789"),
    SET_39("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    SET_82(CheckDigit.SET_82);

    /** One bit for each of the 128 ASCII characters. */
    private final long low;

    private final long high;

    Tail(String characters) {
      long below64 = 0;
      long from64 = 0;
      for (int i = 0; i < characters.length(); i++) {
        char c = characters.charAt(i);
        if (c < 64) {
          below64 |= 1L << c;
        } else {
          from64 |= 1L << (c - 64);
        }
      }
      low = below64;
      high = from64;
    }

    boolean allows(char c) {
      return c < 64 ? (low >>> c & 1) != 0 : c < 128 && (high >>> (c - 64) & 1) != 0;
    }
  }

  private enum Rule {
    NONE,
    /** A company prefix comes first, and it has at least four digits. */
    COMPANY_PREFIX,
    /** The 14th digit that makes a GRAI's asset type as long as a GTIN. */
    LEADING_ZERO,
    NO_LEADING_ZERO,
    /**
     * "0" is how an EPC says that there is no extension (GS1 EPC Tag Data Standard): not an
     * extension.
     */
    NOT_ZERO,
    /** Two digits each, the piece from 1 to the total. */
    PIECE_OF_TOTAL,
    /** A company prefix first, and two check characters last. */
    CHECK_PAIR
  }

  private static final int COMPANY_PREFIX_MIN = 4;

  private final String ai;
  private final String shortName;
  private final int digits;
  private final int checked;
  private final Tail tail;
  private final int tailMin;
  private final int tailMax;
  private final Rule rule;
  private final String what;

  Gs1Field(
      String ai,
      String shortName,
      int digits,
      int checked,
      Tail tail,
      int tailMin,
      int tailMax,
      Rule rule) {
    this.ai = ai;
    this.shortName = shortName;
    this.digits = digits;
    this.checked = checked;
    this.tail = tail;
    this.tailMin = tailMin;
    this.tailMax = tailMax;
    this.rule = rule;
    this.what = name() + " (" + ai + ")";
  }

  String ai() {
    return ai;
  }

  /** What Digital Links before version 1.3 might write in place of the number. */
  String shortName() {
    return shortName;
  }

  void check(String value) throws IdentifierException {
    int length = value.length();
    if (length == 0) {
      throw IdentifierException.of(Reason.EMPTY, what + " is empty", value);
    }
    if (length < digits + tailMin || length > digits + tailMax) {
      throw IdentifierException.wrongLength(what, value, lengths());
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (!(i < digits ? Tail.DIGITS : tail).allows(c)) {
        throw IdentifierException.badCharacter(what, value, i);
      }
    }
    if (checked > 0) {
      CheckDigit.requireGs1(what, value.substring(0, checked));
    }
    checkRule(value);
  }

  private void checkRule(String value) throws IdentifierException {
    switch (rule) {
      case NONE -> {}
      case COMPANY_PREFIX -> checkCompanyPrefix(value);
      case LEADING_ZERO -> require(value.charAt(0) == '0', "the first digit is 0", value);
      case NO_LEADING_ZERO ->
          require(value.length() == 1 || value.charAt(0) != '0', "no leading zero", value);
      case NOT_ZERO -> require(!value.equals("0"), "0 means no extension", value);
      case PIECE_OF_TOTAL -> {
        String piece = value.substring(14, 16);
        require(
            !piece.equals("00") && piece.compareTo(value.substring(16)) <= 0,
            "the piece is from 01 to the total",
            value);
      }
      case CHECK_PAIR -> {
        checkCompanyPrefix(value);
        int body = value.length() - 2;
        String expected = CheckDigit.gs1Pair(value.substring(0, body));
        String found = value.substring(body);
        if (!expected.equals(found)) {
          throw IdentifierException.of(
              Reason.WRONG_CHECK_DIGIT, what + ": wrong check characters", value, expected, found);
        }
      }
    }
  }

  private void checkCompanyPrefix(String value) throws IdentifierException {
    for (int i = 0; i < COMPANY_PREFIX_MIN; i++) {
      if (!Tail.DIGITS.allows(value.charAt(i))) {
        throw IdentifierException.badCharacter(what + ": company prefix", value, i);
      }
    }
  }

  private void require(boolean holds, String rule, String value) throws IdentifierException {
    if (!holds) {
      throw IdentifierException.of(Reason.BAD_VALUE, what + ": " + rule, value);
    }
  }

  /**
   * Whether a path segment behind this AI is meant as its value, check digits aside: a mistyped key
   * on another host must be refused as one, not pass for a foreign URI.
   */
  boolean looksLike(String value) {
    int length = value.length();
    if (this == GTIN) {
      return isDigits(value, length)
          && (length == 8 || length == 12 || length == 13 || length == 14);
    }
    return length >= digits + tailMin
        && length <= digits + tailMax
        && isDigits(value, digits > 0 ? digits : COMPANY_PREFIX_MIN);
  }

  private static boolean isDigits(String value, int length) {
    for (int i = 0; i < length; i++) {
      if (!Tail.DIGITS.allows(value.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private String lengths() {
    int min = digits + tailMin;
    int max = digits + tailMax;
    return min == max ? Integer.toString(min) : min + " to " + max;
  }
}
