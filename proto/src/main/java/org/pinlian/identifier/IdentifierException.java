// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An identifier was refused. Says which rule it broke, and how to spell it where that is known. */
public final class IdentifierException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Longer offending text is cut, so that a refusal never carries a payload into a log file. */
  private static final int TEXT_MAX = 80;

  /** The rule that was broken. */
  public enum Reason {
    EMPTY,
    WRONG_LENGTH,
    TOO_LONG,
    BAD_CHARACTER,
    /** Right length and characters, but no such value can exist: piece 3 of 2, say. */
    BAD_VALUE,
    WRONG_CHECK_DIGIT,
    /** It names something we know, in a spelling that is not the ledger's. */
    NOT_CANONICAL,
    /** A GS1 key, urn:pinlian type or participant scheme that we do not know. */
    UNKNOWN_KEY,
    /** A GS1 key qualifier that the key does not take, or not together with the others. */
    WRONG_QUALIFIER,
    NOT_ABSOLUTE,
    /** A participant: those sign records, they are not what records are about. */
    NOT_A_SUBJECT
  }

  private final Reason reason;
  private final String text;
  private final @Nullable String expected;
  private final @Nullable String found;
  private final @Nullable String canonical;

  private IdentifierException(
      Reason reason,
      String what,
      String text,
      @Nullable String expected,
      @Nullable String found,
      @Nullable String canonical) {
    super(message(what, text, expected, found, canonical));
    this.reason = reason;
    this.text = bounded(text);
    this.expected = expected;
    this.found = found;
    this.canonical = canonical;
  }

  static IdentifierException of(Reason reason, String what, String text) {
    return new IdentifierException(reason, what, text, null, null, null);
  }

  static IdentifierException of(
      Reason reason, String what, String text, String expected, String found) {
    return new IdentifierException(reason, what, text, expected, bounded(found), null);
  }

  static IdentifierException wrongLength(String what, String text, String expected) {
    return of(Reason.WRONG_LENGTH, what, text, expected, Integer.toString(text.length()));
  }

  static IdentifierException badCharacter(String what, String text, int index) {
    return of(
        Reason.BAD_CHARACTER, what + ": character " + (index + 1) + " is not allowed there", text);
  }

  static IdentifierException wrongCheckDigit(String what, String text, char expected, char found) {
    return of(
        Reason.WRONG_CHECK_DIGIT,
        what + ": wrong check digit",
        text,
        Character.toString(expected),
        Character.toString(found));
  }

  static IdentifierException notCanonical(String text, String canonical) {
    return new IdentifierException(
        Reason.NOT_CANONICAL, "not the canonical spelling", text, null, null, canonical);
  }

  public Reason reason() {
    return reason;
  }

  /** What was refused: cut when long, and with anything but printable ASCII escaped. */
  public String text() {
    return text;
  }

  public Optional<String> expected() {
    return Optional.ofNullable(expected);
  }

  public Optional<String> found() {
    return Optional.ofNullable(found);
  }

  /** The spelling to use instead. Present only with NOT_CANONICAL, and only where computable. */
  public Optional<String> canonical() {
    return Optional.ofNullable(canonical);
  }

  private static String message(
      String what,
      String text,
      @Nullable String expected,
      @Nullable String found,
      @Nullable String canonical) {
    StringBuilder message =
        new StringBuilder(what).append(": \"").append(bounded(text)).append('"');
    if (expected != null) {
      message.append(", expected ").append(expected);
    }
    if (found != null) {
      message.append(", found ").append(found);
    }
    if (canonical != null) {
      message.append(", write ").append(canonical);
    }
    return message.toString();
  }

  private static String bounded(String text) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < text.length() && i < TEXT_MAX; i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7f) {
        safe.append(c);
      } else {
        safe.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return text.length() > TEXT_MAX ? safe.append("...").toString() : safe.toString();
  }
}
