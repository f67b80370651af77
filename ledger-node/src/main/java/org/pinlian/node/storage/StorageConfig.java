// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

/**
 * How much the databases of one folder may use.
 *
 * @param blockCacheBytes one cache for all three databases. Index and filter blocks live in it too,
 *     cut into partitions, so this is the bound on what reading costs in memory at any number of
 *     subjects
 * @param writeBufferBytes of one column before it is flushed; a database holds at most eight times
 *     this
 * @param walBytesMax per database. It bounds how long a start after kill -9 replays: a column that
 *     is written seldom would otherwise keep gigabytes of log alive
 * @param openFilesMax per database
 * @param backgroundJobs flushes and compactions at a time, per database
 */
public record StorageConfig(
    long blockCacheBytes,
    long writeBufferBytes,
    long walBytesMax,
    int openFilesMax,
    int backgroundJobs) {

  private static final long MIB = 1024 * 1024;

  public StorageConfig {
    if (blockCacheBytes < MIB || writeBufferBytes < MIB / 16 || walBytesMax < MIB / 16) {
      throw new IllegalArgumentException("storage: too small to work with");
    }
    if (openFilesMax < 32 || backgroundJobs < 2) {
      throw new IllegalArgumentException(
          "storage: at least 32 open files, and 2 jobs: one may be a long compaction, and the flush"
              + " that makes room for writers must not wait for it");
    }
  }

  /** For two cores and 24 GiB, most of which is better left to the page cache. */
  public static StorageConfig defaults() {
    return new StorageConfig(2048 * MIB, 64 * MIB, 256 * MIB, 2048, 2);
  }
}
