// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.math.BigDecimal;
import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.v1.Decimal;

/**
 * Numbers, exact: a binary fraction would make 12.1 another number than the one that was signed.
 */
final class Numbers {
  /** Behind the point, as a record holds them: of a quantity, of a measurement. */
  static final int QUANTITY_DECIMALS_MAX = 9;

  private static final int DECIMALS_MAX = 18;

  private Numbers() {}

  static Decimal decimal(String text) throws EpcisException {
    BigDecimal number = parse(text, DECIMALS_MAX);
    return Decimal.newBuilder()
        .setUnscaled(number.unscaledValue().longValueExact())
        .setDecimals(number.scale())
        .build();
  }

  /** In its shortest form, with no negative scale, and an unscaled value of 64 bits. */
  static BigDecimal parse(String text, int decimalsMax) throws EpcisException {
    BigDecimal number = isNumber(text) ? shortest(text) : null;
    if (number == null) {
      throw new EpcisException(Reason.BAD_NUMBER, "not a number: " + text);
    }
    if (number.scale() > decimalsMax || number.unscaledValue().bitLength() > 63) {
      throw new EpcisException(
          Reason.BAD_NUMBER,
          "finer than " + decimalsMax + " decimals, or larger than a record can hold: " + text);
    }
    return number;
  }

  static String format(Decimal decimal) {
    return format(decimal.getUnscaled(), decimal.getDecimals());
  }

  static String format(long unscaled, int decimals) {
    if (decimals == 0) {
      return Long.toString(unscaled);
    }
    return shortest(BigDecimal.valueOf(unscaled, decimals)).toPlainString();
  }

  /** What CBV 2.0 makes of a number that nobody declared as one; any other text as it is. */
  static String canonical(String text) {
    return isNumber(text) ? shortest(text).toPlainString() : text;
  }

  private static BigDecimal shortest(String text) {
    return shortest(new BigDecimal(text));
  }

  private static BigDecimal shortest(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /**
   * XML Schema double without its infinities, of a length and an exponent that cost nothing to
   * write out.
   */
  private static boolean isNumber(String text) {
    if (text.length() > EpcisLimits.NUMBER_CHARACTERS_MAX) {
      return false;
    }
    int at = sign(text, 0);
    int whole = digits(text, at);
    int end = whole;
    if (end < text.length() && text.charAt(end) == '.') {
      end = digits(text, end + 1);
    }
    boolean digits = end - at > (end > whole ? 1 : 0);
    if (digits && end < text.length() && (text.charAt(end) == 'e' || text.charAt(end) == 'E')) {
      int exponent = sign(text, end + 1);
      end = digits(text, exponent);
      digits = end > exponent && end - exponent <= 2;
    }
    return digits && end == text.length();
  }

  private static int sign(String text, int at) {
    boolean sign = at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-');
    return sign ? at + 1 : at;
  }

  private static int digits(String text, int at) {
    int end = at;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }
}
