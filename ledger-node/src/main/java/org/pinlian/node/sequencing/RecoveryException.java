// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

/**
 * What is stored contradicts itself, or what was signed. The node does not start; the message says
 * what was found.
 */
public final class RecoveryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RecoveryException(String message) {
    super(message);
  }

  RecoveryException(String message, Throwable cause) {
    super(message, cause);
  }
}
