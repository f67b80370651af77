// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

/**
 * 行政区划代码 of a county, six digits (GB/T 2260). Only the shape is checked: codes of counties that
 * were since merged or renamed stay on old records and stay valid, so no table of today could
 * decide.
 */
public record Region(String value) {
  public Region {
    try {
      check(value);
    } catch (IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Region parse(String text) throws IdentifierException {
    check(text);
    return new Region(text);
  }

  /** The code of the province, padded with zeros as GB/T 2260 does: 440000. */
  public String province() {
    return value.substring(0, 2) + "0000";
  }

  /** The code of the prefecture, padded with zeros: 445200. */
  public String city() {
    return value.substring(0, 4) + "00";
  }

  /** All six digits: 445202. */
  public String county() {
    return value;
  }

  private static void check(String text) throws IdentifierException {
    CheckDigit.requireDigits("行政区划代码", text, 6);
  }

  @Override
  public String toString() {
    return value;
  }
}
