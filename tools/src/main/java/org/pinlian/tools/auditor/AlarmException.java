// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import org.jspecify.annotations.Nullable;

/** The ledger broke a rule: which, at which entry, what would have kept it and what was there. */
public final class AlarmException extends Exception {
  private static final long serialVersionUID = 1;

  /** Of what is quoted: the rest says no more. */
  private static final int TEXT_MAX = 1_000;

  private final Rule rule;
  private final long index;
  private final String expected;
  private final String found;
  private final @Nullable String evidence;

  AlarmException(Rule rule, long index, String expected, String found) {
    this(rule, index, expected, found, null);
  }

  /**
   * @param index of the entry; where a tree is meant, of its last
   * @param evidence that speaks for itself: a checkpoint signed by the log
   */
  AlarmException(Rule rule, long index, String expected, String found, @Nullable String evidence) {
    super(rule + " at entry " + index + ": expected " + cut(expected) + ", found " + cut(found));
    this.rule = rule;
    this.index = index;
    this.expected = cut(expected);
    this.found = cut(found);
    this.evidence = evidence;
  }

  private static String cut(String text) {
    return text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) + "..." : text;
  }

  public Rule rule() {
    return rule;
  }

  public long index() {
    return index;
  }

  public String expected() {
    return expected;
  }

  public String found() {
    return found;
  }

  /** A checkpoint signed by the log, where that is what is wrong; else null. */
  public @Nullable String evidence() {
    return evidence;
  }
}
