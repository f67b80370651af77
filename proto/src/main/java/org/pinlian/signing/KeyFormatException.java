// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

/** Bytes or text are not a key that we use. Never carries any part of a secret. */
public final class KeyFormatException extends Exception {
  private static final long serialVersionUID = 1;

  private final String expected;
  private final String found;

  KeyFormatException(String expected, String found) {
    super("expected " + expected + ", found " + found);
    this.expected = expected;
    this.found = found;
  }

  /** What a key would have had. */
  public String expected() {
    return expected;
  }

  /** What was there instead. */
  public String found() {
    return found;
  }
}
