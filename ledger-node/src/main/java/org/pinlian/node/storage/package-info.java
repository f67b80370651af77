// SPDX-License-Identifier: Apache-2.0
/**
 * What the node keeps on disk, as typed columns. The only package that knows RocksDB, and it shows
 * none of its types: keys, hashes and stored messages are byte arrays here, and what they mean is
 * decided elsewhere.
 *
 * <p>One folder holds three databases, on purpose:
 *
 * <ul>
 *   <li>{@code truth}: entries, records, sections and submissions. Every batch is synced before
 *       anyone is answered, and holds keys in log order only (submissions apart).
 *   <li>{@code derived}: chains, heads, hashes, rule state. About once a second one large batch,
 *       never synced. It may be dropped and made again from the truth at any time.
 *   <li>{@code keys}: the seed of the section keys of each entry. Apart, so that a backup of the
 *       truth does not hold the keys, and destroying a key touches one small database.
 * </ul>
 *
 * <p>Databases and not only columns, because a RocksDB database has one write queue, one
 * write-ahead log and one set of stall conditions for all its columns. In one database the synced
 * batch that a submitter waits for would queue behind tens of megabytes of derived writes, sync
 * them along, and stall whenever compaction of {@code heads} falls behind. As three, none can hold
 * up another; they share only the block cache. Nothing needs a batch across them: a seed is synced
 * before the truth that uses it, and the derived side says itself how far it has come.
 */
@NullMarked
package org.pinlian.node.storage;

import org.jspecify.annotations.NullMarked;
