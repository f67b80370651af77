// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One open RocksDB database with its columns: what the three stores share. Safe for any number of
 * readers and writers at once. Every call into native code holds the guard for reading and {@link
 * #close} holds it for writing, so a call that comes too late throws; without that it would take
 * the process down.
 */
final class RocksDatabase implements AutoCloseable {
  /**
   * Where every database records how it was written. In each meta column, because each database can
   * be restored or rebuilt by itself.
   */
  private static final byte[] FORMAT_KEY = "format".getBytes(UTF_8);

  private static final long MIB = 1024 * 1024;
  private static final long SCAN_READAHEAD_BYTES = 2 * MIB;

  static {
    RocksDB.loadLibrary();
  }

  /** A call that may fail as RocksDB's calls do. */
  interface Call<R extends @Nullable Object> {
    R on(RocksDB db) throws RocksDBException;
  }

  private final Database which;
  private final Path folder;
  private final RocksDB db;
  private final Map<Column, ColumnFamilyHandle> handles;
  private final ReadOptions pointRead;
  private final Deque<AutoCloseable> natives;
  private final Set<Cursor<?>> cursors = ConcurrentHashMap.newKeySet();
  private final ReentrantReadWriteLock guard = new ReentrantReadWriteLock();
  private boolean closed;
  private volatile boolean writeFailed;

  private RocksDatabase(
      Database which,
      Path folder,
      RocksDB db,
      Map<Column, ColumnFamilyHandle> handles,
      Deque<AutoCloseable> natives) {
    this.which = which;
    this.folder = folder;
    this.db = db;
    this.handles = handles;
    this.natives = natives;
    this.pointRead = owned(natives, new ReadOptions().setVerifyChecksums(true));
  }

  static RocksDatabase open(
      Database which, Path folder, Access access, StorageConfig config, Cache cache) {
    boolean complete = checkColumns(which, folder, access);
    Deque<AutoCloseable> natives = new ArrayDeque<>();
    try {
      List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
      descriptors.add(
          new ColumnFamilyDescriptor(
              RocksDB.DEFAULT_COLUMN_FAMILY, owned(natives, new ColumnFamilyOptions())));
      for (Column column : which.columns()) {
        descriptors.add(
            new ColumnFamilyDescriptor(
                column.columnName.getBytes(UTF_8), options(column, config, cache, natives)));
      }
      DBOptions options = databaseOptions(which, config, natives);
      options.setCreateIfMissing(!complete).setCreateMissingColumnFamilies(!complete);
      List<ColumnFamilyHandle> opened = new ArrayList<>();
      RocksDB db =
          access == Access.READ_WRITE
              ? RocksDB.open(options, folder.toString(), descriptors, opened)
              : RocksDB.openReadOnly(options, folder.toString(), descriptors, opened);
      natives.push(db);
      opened.forEach(natives::push);
      Map<Column, ColumnFamilyHandle> handles = new EnumMap<>(Column.class);
      for (Column column : which.columns()) {
        ColumnFamilyHandle handle = opened.get(column.id);
        if (handle.getID() != column.id) {
          throw new FormatVersionException(
              folder,
              -1,
              which.formatVersion,
              "; column %s has id %d, not %d"
                  .formatted(column.columnName, handle.getID(), column.id));
        }
        handles.put(column, handle);
      }
      RocksDatabase database = new RocksDatabase(which, folder, db, handles, natives);
      database.checkFormat(access);
      return database;
    } catch (RocksDBException e) {
      closeAll(natives);
      throw StorageException.of(e, folder, "open");
    } catch (RuntimeException e) {
      closeAll(natives);
      throw e;
    }
  }

  /**
   * Whether all columns are there already. A database killed while it was being created lacks at
   * least the last one, `meta`, and nothing was ever written to it, so creation simply goes on.
   * Other columns than ours are another format, which RocksDB would report as a mere missing
   * argument.
   */
  private static boolean checkColumns(Database which, Path folder, Access access) {
    if (!Files.exists(folder.resolve("CURRENT"))) {
      if (access == Access.READ_ONLY) {
        throw StorageException.failed(folder + ": there is no database here", null);
      }
      return false;
    }
    try (Options options = new Options()) {
      List<String> found =
          RocksDB.listColumnFamilies(options, folder.toString()).stream()
              .map(name -> new String(name, UTF_8))
              .toList();
      List<String> ours = new ArrayList<>(List.of("default"));
      which.columns().forEach(column -> ours.add(column.columnName));
      if (!ours.containsAll(found) || (found.contains("meta") && !found.containsAll(ours))) {
        int version = found.contains("meta") ? peekFormat(folder) : -1;
        throw new FormatVersionException(
            folder, version, which.formatVersion, "; its columns are " + found);
      }
      return found.contains("meta");
    } catch (RocksDBException e) {
      throw StorageException.of(e, folder, "open");
    }
  }

  private static int peekFormat(Path folder) throws RocksDBException {
    try (ColumnFamilyOptions columnOptions = new ColumnFamilyOptions();
        DBOptions options = new DBOptions()) {
      List<ColumnFamilyHandle> opened = new ArrayList<>();
      try (RocksDB db =
          RocksDB.openReadOnly(
              options,
              folder.toString(),
              List.of(
                  new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, columnOptions),
                  new ColumnFamilyDescriptor("meta".getBytes(UTF_8), columnOptions)),
              opened)) {
        byte[] found = db.get(opened.get(1), FORMAT_KEY);
        opened.forEach(ColumnFamilyHandle::close);
        return found == null || found.length != 8 ? -1 : (int) Keys.longAt(found, 0);
      }
    }
  }

  private void checkFormat(Access access) {
    Optional<byte[]> found = get(which.meta(), FORMAT_KEY);
    if (found.isPresent()) {
      byte[] value = found.get();
      int version = value.length == 8 ? (int) Keys.longAt(value, 0) : -1;
      if (version != which.formatVersion) {
        throw new FormatVersionException(folder, version, which.formatVersion, "");
      }
      return;
    }
    // Killed between the creation and this write, or damaged so badly that nothing can be trusted.
    if (db.getLatestSequenceNumber() != 0) {
      throw new FormatVersionException(folder, -1, which.formatVersion, "");
    }
    if (access == Access.READ_WRITE) {
      BatchBytes first = new BatchBytes();
      first.put(which.meta(), FORMAT_KEY, Keys.of(which.formatVersion));
      try (WriteOptions synced = new WriteOptions().setSync(true)) {
        write(synced, first);
      }
    }
  }

  private static DBOptions databaseOptions(
      Database which, StorageConfig config, Deque<AutoCloseable> natives) {
    Properties named = new Properties();
    // Two settings that the Java interface can only reach by name.
    //
    // A CRC32C over each whole file, recorded in the MANIFEST in the same step that makes the file
    // live,
    // and so safe against crashes. RocksDB checks each block it reads, but its checksum pass leaves
    // out
    // the partitions of filters, and a scan does not need them: a byte changed there was found by
    // neither
    // (our test flips every one). DamageScan compares this.
    named.setProperty("file_checksum_gen_factory", "FileChecksumGenCrc32cFactory");
    // A whole log file gone missing is then an error at open, not a silent hole.
    named.setProperty("track_and_verify_wals_in_manifest", "true");
    DBOptions options = DBOptions.getDBOptionsFromProps(named);
    if (options == null) {
      throw StorageException.failed("this RocksDB does not know whole-file checksums", null);
    }
    return owned(natives, options)
        .setParanoidChecks(true)
        .setWalRecoveryMode(which.recovery)
        // A recycled log file holds old records behind its end, and then a torn tail can no longer
        // be
        // told from damage.
        .setRecycleLogFileNum(0)
        .setMaxTotalWalSize(config.walBytesMax())
        .setDbWriteBufferSize(8 * config.writeBufferBytes())
        .setMaxOpenFiles(config.openFilesMax())
        .setMaxBackgroundJobs(config.backgroundJobs())
        // Hands flushed bytes to the disk as they come, so that a big flush does not meet the sync
        // that a
        // submitter waits for with a full queue.
        .setBytesPerSync(MIB)
        .setSkipStatsUpdateOnDbOpen(true)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(4 * MIB)
        .setKeepLogFileNum(4)
        .setStatsDumpPeriodSec(0);
  }

  private static ColumnFamilyOptions options(
      Column column, StorageConfig config, Cache cache, Deque<AutoCloseable> natives) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setChecksumType(ChecksumType.kXXH3)
            .setFormatVersion(6)
            // Index and filters are cut into blocks and take their place in the cache like all
            // else: at
            // ten million subjects they would otherwise be the largest thing in memory, with no
            // bound.
            .setIndexType(IndexType.kTwoLevelIndexSearch)
            .setPartitionFilters(true)
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinTopLevelIndexAndFilter(true)
            .setOptimizeFiltersForMemory(true);
    ColumnFamilyOptions options =
        owned(natives, new ColumnFamilyOptions())
            .setWriteBufferSize(
                column.shape == Column.Shape.SMALL ? MIB : config.writeBufferBytes())
            .setMaxWriteBufferNumber(4)
            .setTargetFileSizeBase(64 * MIB)
            .setMaxBytesForLevelBase(512 * MIB)
            .setLevelCompactionDynamicLevelBytes(true)
            .setLevel0SlowdownWritesTrigger(32)
            .setLevel0StopWritesTrigger(48)
            .setForceConsistencyChecks(true)
            .setEnableBlobFiles(false)
            .setCompressionType(CompressionType.NO_COMPRESSION);
    switch (column.shape) {
      case LOG_ORDER -> {
        table.setBlockSize(16 * 1024);
        compressed(options, natives);
      }
      case LOG_ORDER_CIPHERTEXT -> table.setBlockSize(16 * 1024);
      case BY_HASH -> {
        // Most look-ups are for what is not there (a new submission, a new subject), and a filter
        // answers
        // those without touching the disk; the one on the memtable without searching it.
        table.setBlockSize(4 * 1024).setFilterPolicy(owned(natives, new BloomFilter(10)));
        options.setMemtablePrefixBloomSizeRatio(0.05).setMemtableWholeKeyFiltering(true);
      }
      case ORDERED -> {
        table.setBlockSize(8 * 1024);
        compressed(options, natives);
      }
      case TILES -> table.setBlockSize(32 * 1024);
      case SMALL -> table.setBlockSize(4 * 1024);
    }
    return options.setTableFormatConfig(table);
  }

  private static void compressed(ColumnFamilyOptions options, Deque<AutoCloseable> natives) {
    // Level 1: half of a record is salts and hashes, which no level makes smaller.
    options
        .setCompressionType(CompressionType.ZSTD_COMPRESSION)
        .setCompressionOptions(owned(natives, new CompressionOptions().setLevel(1)));
  }

  // ---- reading

  <R extends @Nullable Object> R reading(String doing, Call<R> call) {
    guard.readLock().lock();
    try {
      return call.on(opened());
    } catch (RocksDBException e) {
      throw StorageException.of(e, folder, doing);
    } finally {
      guard.readLock().unlock();
    }
  }

  Optional<byte[]> get(Column column, byte[] key) {
    return Optional.ofNullable(
        this.<byte @Nullable []>reading("read", db -> db.get(handle(column), pointRead, key)));
  }

  /** One answer for each key, in order. */
  List<Optional<byte[]>> getAll(Column column, List<byte[]> keys) {
    if (keys.isEmpty()) {
      return List.of();
    }
    List<ColumnFamilyHandle> each = Collections.nCopies(keys.size(), handle(column));
    return reading(
        "read",
        db -> db.multiGetAsList(pointRead, each, keys).stream().map(Optional::ofNullable).toList());
  }

  /**
   * Over a whole column from a key on. Reads ahead, and leaves the cache to those who ask for
   * single rows.
   */
  <R> Cursor<R> scan(Column column, byte[] from, Cursor.Decoder<R> decoder) {
    return cursor(
        column,
        from,
        null,
        decoder,
        new ReadOptions()
            .setVerifyChecksums(true)
            .setReadaheadSize(SCAN_READAHEAD_BYTES)
            .setFillCache(false));
  }

  /** Over the few rows from one key up to, and without, another (or the end). */
  <R> Cursor<R> range(
      Column column, byte[] from, byte @Nullable [] end, Cursor.Decoder<R> decoder) {
    return cursor(column, from, end, decoder, new ReadOptions().setVerifyChecksums(true));
  }

  private <R> Cursor<R> cursor(
      Column column,
      byte[] from,
      byte @Nullable [] end,
      Cursor.Decoder<R> decoder,
      ReadOptions options) {
    return reading(
        "scan",
        db -> {
          Slice bound = end == null ? null : new Slice(end);
          if (bound != null) {
            options.setIterateUpperBound(bound);
          }
          Cursor<R> cursor =
              new Cursor<>(
                  this, db.newIterator(handle(column), options), options, bound, from, decoder);
          cursors.add(cursor);
          return cursor;
        });
  }

  void release(Cursor<?> cursor) {
    guard.readLock().lock();
    try {
      // After close() the set is empty and the cursor's natives are gone already.
      if (cursors.remove(cursor)) {
        cursor.closeNatives();
      }
    } finally {
      guard.readLock().unlock();
    }
  }

  Optional<byte[]> lastKey(Column column) {
    return Optional.ofNullable(
        this.<byte @Nullable []>reading(
            "seek to the last row",
            db -> {
              try (var iterator = db.newIterator(handle(column), pointRead)) {
                iterator.seekToLast();
                if (iterator.isValid()) {
                  return iterator.key();
                }
                iterator.status();
                return null;
              }
            }));
  }

  // ---- writing

  /**
   * Writes the batch, whole or not at all. After a failure nothing more is written: what reached
   * the log is not known any more, and a later sync that succeeds would say nothing about it.
   */
  void write(WriteOptions options, BatchBytes batch) {
    if (writeFailed) {
      throw StorageException.failed(folder + ": an earlier write failed; reopen to recover", null);
    }
    try {
      this.<@Nullable Object>reading(
          "write",
          db -> {
            try (WriteBatch rows = new WriteBatch(batch.toBytes())) {
              db.write(options, rows);
            }
            return null;
          });
    } catch (StorageException e) {
      writeFailed = true;
      throw e;
    }
  }

  /** All memtables of all columns to files, so that no log is needed any more. */
  void flush() {
    this.<@Nullable Object>reading(
        "flush",
        db -> {
          try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
            db.flush(wait, List.copyOf(handles.values()));
          }
          return null;
        });
  }

  /** Rewrites all files of a column that hold keys of the range, the lowest level too. */
  void compact(Column column, byte @Nullable [] from, byte @Nullable [] end) {
    this.<@Nullable Object>reading(
        "compact",
        db -> {
          try (CompactRangeOptions whole =
              new CompactRangeOptions()
                  .setBottommostLevelCompaction(
                      CompactRangeOptions.BottommostLevelCompaction.kForce)) {
            db.compactRange(handle(column), from, end, whole);
          }
          return null;
        });
  }

  void compactAll() {
    flush();
    which.columns().forEach(column -> compact(column, null, null));
  }

  // ---- figures

  StorageGauges gauges() {
    return reading(
        "read figures",
        db ->
            new StorageGauges(
                db.getAggregatedLongProperty("rocksdb.total-sst-files-size"),
                db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"),
                walBytes(),
                db.getAggregatedLongProperty("rocksdb.estimate-pending-compaction-bytes"),
                db.getLongProperty("rocksdb.is-write-stopped") != 0,
                db.getLongProperty("rocksdb.actual-delayed-write-rate"),
                db.getAggregatedLongProperty("rocksdb.background-errors")));
  }

  long estimatedRows(Column column) {
    return reading(
        "read figures", db -> db.getLongProperty(handle(column), "rocksdb.estimate-num-keys"));
  }

  private long walBytes() {
    long bytes = 0;
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
      for (Path log : logs) {
        bytes += sizeOrNothing(log);
      }
    } catch (IOException e) {
      throw StorageException.failed(folder, e);
    }
    return bytes;
  }

  /**
   * RocksDB deletes logs at any time: one that went away since it was listed counts for nothing.
   */
  private static long sizeOrNothing(Path log) throws IOException {
    try {
      return Files.size(log);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  // ---- closing

  @Override
  public void close() {
    guard.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      cursors.forEach(Cursor::closeNatives);
      cursors.clear();
      closeAll(natives);
    } finally {
      guard.writeLock().unlock();
    }
  }

  private RocksDB opened() {
    if (closed) {
      throw new IllegalStateException(folder + ": the store is closed");
    }
    return db;
  }

  private ColumnFamilyHandle handle(Column column) {
    ColumnFamilyHandle handle = handles.get(column);
    if (handle == null) {
      throw new IllegalArgumentException(column + " is not a column of " + which);
    }
    return handle;
  }

  private static <T extends AutoCloseable> T owned(Deque<AutoCloseable> natives, T made) {
    natives.push(made);
    return made;
  }

  /** The last made first: columns before their database, and options last. */
  private static void closeAll(Deque<AutoCloseable> natives) {
    while (!natives.isEmpty()) {
      try {
        natives.pop().close();
      } catch (Exception e) {
        throw StorageException.failed("closing a native handle: " + e.getMessage(), e);
      }
    }
  }
}
