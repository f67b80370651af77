// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

/**
 * The heads stored are not those that a block names. The node does not go on from there: it would
 * sign, in its next block, what it has contradicted before.
 */
public final class HeadsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HeadsException(String message) {
    super(message);
  }

  /** The same, thrown on another thread than found it. */
  HeadsException(HeadsException found) {
    super(found.getMessage(), found);
  }
}
