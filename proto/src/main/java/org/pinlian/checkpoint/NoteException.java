// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

/**
 * A note, or a text made around notes, breaks a rule. Says which, what would have kept it and what
 * was there instead.
 */
public final class NoteException extends Exception {
  private static final long serialVersionUID = 1;

  /** The rules, as far as a caller would treat them differently. */
  public enum Reason {
    /** Longer, or with more parts, than we read. */
    TOO_LARGE,
    /** Not written as its format says. */
    MALFORMED,
    /** Two keys that we know answer to one name and id, so a line does not say which signed. */
    AMBIGUOUS_KEY,
    /** A key that we know is said to have signed, and did not. */
    BAD_SIGNATURE,
    /** None of the keys that we know signed. */
    NO_KNOWN_SIGNATURE,
    /** No log that we trust has this origin and signed. */
    UNKNOWN_LOG,
    /** Too few of those that the policy asks for have cosigned. */
    QUORUM_NOT_MET
  }

  private final Reason reason;
  private final String expected;
  private final String found;

  NoteException(Reason reason, String expected, String found) {
    super(reason + ": expected " + expected + ", found " + found);
    this.reason = reason;
    this.expected = expected;
    this.found = found;
  }

  static NoteException malformed(String expected, String found) {
    return new NoteException(Reason.MALFORMED, expected, Syntax.quote(found));
  }

  /** The same failure, seen from the line it is on. */
  NoteException atLine(int number) {
    NoteException located = new NoteException(reason, expected + " on line " + number, found);
    located.initCause(this);
    return located;
  }

  /** The broken rule. */
  public Reason reason() {
    return reason;
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
