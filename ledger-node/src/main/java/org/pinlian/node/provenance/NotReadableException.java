// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import org.pinlian.v1.RefusalCode;

/** A question that gets no answer: not found, not this reader's to see, or not a question. */
public final class NotReadableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RefusalCode code;

  public NotReadableException(RefusalCode code, String message) {
    super(message);
    this.code = code;
  }

  public RefusalCode code() {
    return code;
  }
}
