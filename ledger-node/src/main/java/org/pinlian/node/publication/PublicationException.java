// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

/**
 * What is stored, or what was published before, contradicts what would be published now. The node
 * stops, or does not start: going on would show two people different histories.
 */
public final class PublicationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PublicationException(String message) {
    super(message);
  }

  PublicationException(String message, Throwable cause) {
    super(message, cause);
  }
}
