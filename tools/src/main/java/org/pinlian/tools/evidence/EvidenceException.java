// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

/** A package, or a time stamp, is not as it must be. The message says what, in one sentence. */
public final class EvidenceException extends Exception {
  private static final long serialVersionUID = 1L;

  EvidenceException(String message) {
    super(message);
  }

  EvidenceException(String message, Throwable cause) {
    super(message, cause);
  }
}
