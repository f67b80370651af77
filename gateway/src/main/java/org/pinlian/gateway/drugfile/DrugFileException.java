// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import org.jspecify.annotations.Nullable;

/** A file was refused: which rule it broke, and in which line. Nothing of it may be recorded. */
public final class DrugFileException extends Exception {
  private static final long serialVersionUID = 1L;

  /** So that a refusal never carries a document into a log file. */
  private static final int MESSAGE_MAX = 300;

  /** The rule that was broken. */
  public enum Reason {
    /** Not XML, not the encoding it says, a DOCTYPE. */
    NOT_WELL_FORMED,
    LIMIT_EXCEEDED,
    /** Well formed, and another document than was asked for. */
    OTHER_DOCUMENT,
    MISSING_FIELD,
    BAD_FIELD,
    BAD_CODE,
    CODE_TWICE,
    /** A pack that is named as one's parent, and is not in the file. */
    PARENT_MISSING,
    /** A parent is not exactly one layer above. */
    LAYERS,
    /** More in a pack than its ratio allows. */
    RATIO,
    UNKNOWN_BILL_TYPE,
    /** The bill belongs to somebody else. */
    OTHER_OWNER,
    /** A bill of this type names another firm, and this one does not. */
    NO_PARTNER
  }

  private final Reason reason;
  private final int line;

  DrugFileException(Reason reason, int line, String detail) {
    this(reason, line, detail, null);
  }

  DrugFileException(Reason reason, int line, String detail, @Nullable Throwable cause) {
    super((line > 0 ? "line " + line + ": " : "") + bounded(detail), cause);
    this.reason = reason;
    this.line = line;
  }

  public Reason reason() {
    return reason;
  }

  /** From 1; 0 where it is about the file as a whole. */
  public int line() {
    return line;
  }

  /** What is printed of texts out of a file: short, and without what a terminal would obey. */
  static String bounded(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .limit(MESSAGE_MAX)
        .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return text.length() > MESSAGE_MAX ? safe + "..." : safe.toString();
  }
}
