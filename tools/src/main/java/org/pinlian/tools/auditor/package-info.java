// SPDX-License-Identifier: Apache-2.0
/**
 * An auditor of a ledger: follows its entries and skeletons, derives again everything that an
 * auditor's cosignature states (formats.md A.7), and says what is the first that is not so.
 *
 * <pre>
 * FeedReader   replies -> whole entries, bounded
 * Examiner     one entry by itself, on many threads: bytes, hashes, the signature if the key is known
 * Replay       the entries in order, on one: times, keys, roles, ids, chains, blocks, the tree
 * Auditor      keeps both going, and tells what was audited
 * </pre>
 */
@NullMarked
package org.pinlian.tools.auditor;

import org.jspecify.annotations.NullMarked;
