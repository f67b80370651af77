// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import org.pinlian.merkle.Hash;

/**
 * A node with all below it, and its hash, which the node itself does not hold.
 *
 * @param ref {@link MapNodes#NONE} for the whole map, when it is empty
 */
record Subtree(int ref, Hash hash) {}
