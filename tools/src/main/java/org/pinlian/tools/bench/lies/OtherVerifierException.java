// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import org.jspecify.annotations.Nullable;

/** The verifier in another language is not there, or does not answer. */
public final class OtherVerifierException extends Exception {
  private static final long serialVersionUID = 1L;

  OtherVerifierException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
