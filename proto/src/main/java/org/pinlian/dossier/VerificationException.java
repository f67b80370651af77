// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import org.jspecify.annotations.Nullable;

/**
 * What a ledger sent breaks a rule, so nothing of it is to be believed. Never a reason to try again
 * with the same bytes.
 */
public final class VerificationException extends Exception {
  private static final long serialVersionUID = 1;

  /** Bytes from outside must not fill a log file. */
  private static final int FOUND_MAX = 500;

  private final BrokenRule rule;
  private final String expected;
  private final String found;

  /**
   * @param found null prints as such
   */
  public VerificationException(BrokenRule rule, Object expected, @Nullable Object found) {
    this(rule, expected.toString(), cut(String.valueOf(found)), null);
  }

  /** With what found it out. */
  VerificationException(BrokenRule rule, Object expected, Throwable cause) {
    this(rule, expected.toString(), cut(String.valueOf(cause.getMessage())), cause);
  }

  /** With what found it out, and its words for it. */
  public VerificationException(BrokenRule rule, Object expected, Object found, Throwable cause) {
    this(rule, expected.toString(), cut(found.toString()), cause);
  }

  private VerificationException(
      BrokenRule rule, String expected, String found, @Nullable Throwable cause) {
    super(rule + ": expected " + expected + ", found " + found, cause);
    this.rule = rule;
    this.expected = expected;
    this.found = found;
  }

  private static String cut(String found) {
    return found.length() <= FOUND_MAX ? found : found.substring(0, FOUND_MAX) + "...";
  }

  public BrokenRule rule() {
    return rule;
  }

  /** What would have kept the rule. */
  public String expected() {
    return expected;
  }

  /** What was there instead; long text is cut. */
  public String found() {
    return found;
  }
}
