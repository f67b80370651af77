// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import org.jspecify.annotations.Nullable;

/** A document, or something in it, was refused: which rule it broke, where, and what was found. */
public final class EpcisException extends Exception {
  private static final long serialVersionUID = 1L;

  /** So that a refusal never carries a document into a log file. */
  private static final int MESSAGE_MAX = 300;

  /** The rule that was broken. */
  public enum Reason {
    /** Not JSON or XML, not UTF-8, a key twice, a DOCTYPE. */
    NOT_WELL_FORMED,
    LIMIT_EXCEEDED,
    /** Well formed, and not an EPCIS document with events. */
    NOT_EVENTS,
    UNKNOWN_FIELD,
    MISSING_FIELD,
    REPEATED_FIELD,
    BAD_FIELD,
    BAD_TIME,
    BAD_NUMBER,
    BAD_URI,
    BAD_IDENTIFIER,
    WRONG_CHECK_DIGIT,
    /** Neither a word of the Core Business Vocabulary nor a URI. */
    BAD_VOCABULARY,
    /** Sound EPCIS that a record cannot hold. */
    NOT_A_RECORD
  }

  private final Reason reason;
  private final String place;
  private final String detail;

  EpcisException(Reason reason, String detail) {
    this(reason, "", detail, null);
  }

  EpcisException(Reason reason, String place, String detail, @Nullable Throwable cause) {
    super(place.isEmpty() ? bounded(detail) : place + ": " + bounded(detail), cause);
    this.reason = reason;
    this.place = place;
    this.detail = bounded(detail);
  }

  /** The same, seen from further out. */
  EpcisException within(String outer) {
    return new EpcisException(
        reason, place.isEmpty() ? outer : outer + '.' + place, detail, getCause());
  }

  public Reason reason() {
    return reason;
  }

  /** As in {@code eventList[2].epcList[0]}; empty for the document as a whole. */
  public String place() {
    return place;
  }

  /** The message without the place. */
  public String detail() {
    return detail;
  }

  private static String bounded(String text) {
    return text.length() <= MESSAGE_MAX ? text : text.substring(0, MESSAGE_MAX) + "...";
  }
}
