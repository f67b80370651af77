// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.SignedSubmission;

/**
 * No answer in the time there was, however often it was tried. Of a submission this says neither
 * that it is in nor that it is not: send the same bytes again, which is safe, until {@code
 * not_after} has passed.
 */
public final class UnreachableException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient @Nullable SignedSubmission unanswered;

  UnreachableException(
      String message, @Nullable SignedSubmission unanswered, @Nullable Throwable cause) {
    super(message, cause);
    this.unanswered = unanswered;
  }

  /** What to send again, when it was a submission. */
  public Optional<SignedSubmission> unanswered() {
    return Optional.ofNullable(unanswered);
  }
}
