// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import java.util.List;
import org.pinlian.record.RecordException;
import org.pinlian.v1.RefusalCode;

/**
 * The ledger, or this client before sending, says no. The same bytes will be refused again, unless
 * something else changes first: the key is enrolled, the cited record is there.
 */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  /**
   * One thing wrong.
   *
   * @param path where, as in {@code records[3].sections[0]}
   */
  public record Violation(String path, String description) {}

  private final RefusalCode code;
  private final transient List<Violation> violations;
  private boolean afterSilence;

  RefusedException(RefusalCode code, String message, List<Violation> violations, Throwable cause) {
    super(code + ": " + message + (violations.isEmpty() ? "" : " " + violations), cause);
    this.code = code;
    this.violations = List.copyOf(violations);
  }

  /** Found before it was sent. */
  RefusedException(RecordException found) {
    this(
        found.code(),
        "not sent",
        List.of(new Violation(found.path(), String.valueOf(found.getMessage()))),
        found);
  }

  /** UNSPECIFIED if the server gave no reason, or one that this release does not know. */
  public RefusalCode code() {
    return code;
  }

  /** For the call that made the attempts, before anybody else sees this. */
  RefusedException heardAfterSilence() {
    afterSilence = true;
    return this;
  }

  /**
   * Whether an attempt of the same call was left unanswered before this one was refused. What was
   * sent then may still be on its way, and not be refused once it arrives: if rules refused it,
   * their answer may change, until the submission expires.
   */
  public boolean afterSilence() {
    return afterSilence;
  }

  /** What was wrong where; may be empty. */
  public List<Violation> violations() {
    return violations;
  }
}
