// SPDX-License-Identifier: Apache-2.0
/**
 * Chains, notice chains and their heads, derived from what was sequenced, in log order, on a thread
 * of their own.
 *
 * <p>What is new gathers in memory, in an {@link org.pinlian.node.heads.Epoch}. Each block cuts the
 * epoch; a cut epoch goes down in one atomic, sorted batch together with the mark {@code
 * derived_upto}, so that the database is at any time the exact state as of some block, and a
 * restart replays from there with the same code. The Merkle map over the heads is not built yet:
 * blocks carry {@code heads_size} 0 and readers say "completeness not provided".
 */
@NullMarked
package org.pinlian.node.heads;

import org.jspecify.annotations.NullMarked;
