// SPDX-License-Identifier: Apache-2.0
/**
 * Chains, notice chains and their heads, derived from what was sequenced, in log order, on a thread
 * of their own.
 *
 * <p>What is new gathers in memory, in an {@link org.pinlian.node.heads.Epoch}. Each block cuts the
 * epoch; a cut epoch goes down in one atomic, sorted batch together with the mark {@code
 * derived_upto}, so that the database is at any time the exact state as of some block, and a
 * restart replays from there with the same code. The Merkle map over the heads follows what is
 * stored, in memory ({@link org.pinlian.node.heads.HeadsMap}), and blocks name how far it is.
 */
@NullMarked
package org.pinlian.node.heads;

import org.jspecify.annotations.NullMarked;
