// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

/** How a store is opened. */
public enum Access {
  /** By the one node that holds the folder's lock. Creates what is missing. */
  READ_WRITE,
  /**
   * By a command that only looks. What is still only in the write-ahead log is seen too. Not beside
   * a running node: ask {@link DataFolder#holder()} first.
   */
  READ_ONLY
}
