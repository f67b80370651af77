// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

/**
 * How one database is doing, for metrics. Cheap enough to be asked every few seconds.
 *
 * @param fileBytes all table files, those only kept for open cursors included
 * @param memtableBytes held in memory and not yet in table files
 * @param walBytes what a start after a crash may have to replay
 * @param pendingCompactionBytes an estimate; growing without end means the disk cannot keep up
 * @param writesStopped a write would wait now
 * @param delayedBytesPerSecond to which writes are being slowed down; 0 if they are not
 * @param backgroundErrors flushes and compactions that failed. Above 0 the node should be stopping
 */
public record StorageGauges(
    long fileBytes,
    long memtableBytes,
    long walBytes,
    long pendingCompactionBytes,
    boolean writesStopped,
    long delayedBytesPerSecond,
    long backgroundErrors) {}
