// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

/** Nothing can be carried until somebody has seen to something. */
final class HeldException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final boolean verified;

  HeldException(String code, String why, boolean verified, Throwable cause) {
    super(why, cause);
    this.code = code;
    this.verified = verified;
  }

  String code() {
    return code;
  }

  /** False if what was received contradicts its proofs. */
  boolean verified() {
    return verified;
  }
}
