// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

/** Where the hashes of a tree are kept. */
@FunctionalInterface
public interface NodeSource {
  /**
   * The root of the complete subtree over the leaves from {@code index << level} up to, not
   * including, {@code (index + 1) << level}. Level 0 are the leaf hashes. Only subtrees that lie
   * wholly within the tree are asked for.
   */
  Hash node(int level, long index);
}
