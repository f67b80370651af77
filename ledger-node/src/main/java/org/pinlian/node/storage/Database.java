// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.WALRecoveryMode;

/** The three databases of a data folder. Why three is said in the package comment. */
enum Database {
  // An incomplete record at the very end of the log is what a crash leaves of a batch that nobody
  // was
  // promised, and is dropped. Anything else wrong in a synced log is damage to something that was
  // promised, and must be an error: the point-in-time mode, RocksDB's default, would drop all that
  // follows it without a word, and the node would go on to give the same indexes to other entries.
  TRUTH("truth", 3, WALRecoveryMode.TolerateCorruptedTailRecords),

  // Never synced, so after a power cut the log may have holes wherever the file system had not come
  // to
  // write it. A prefix of whole batches is all that is wanted here: each carries `derived_upto`,
  // and
  // the rest is replayed from the truth.
  DERIVED("derived", 4, WALRecoveryMode.PointInTimeRecovery),

  KEYS("keys", 2, WALRecoveryMode.TolerateCorruptedTailRecords);

  final String folderName;

  /** Raised whenever a key or value changes its form or a column comes or goes. */
  final int formatVersion;

  final WALRecoveryMode recovery;

  Database(String folderName, int formatVersion, WALRecoveryMode recovery) {
    this.folderName = folderName;
    this.formatVersion = formatVersion;
    this.recovery = recovery;
  }

  Path in(Path dataFolder) {
    return dataFolder.resolve(folderName);
  }

  /** In the order of their ids. */
  List<Column> columns() {
    return Arrays.stream(Column.values()).filter(column -> column.database == this).toList();
  }

  Column meta() {
    return columns().getLast();
  }
}
