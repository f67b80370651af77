// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * What this machine's disk and RocksDB can do at all: synced batches of plain values under one
 * running key, without columns, signatures or rules. `pinlian bench ingest` sets its own figure
 * beside this one, measured in the same run, because absolute rates say more about the disk than
 * about us.
 */
public final class RawBaseline {

  /** What was written, and in what time. */
  public record Result(long batches, long values, long bytes, long nanos) {
    public double batchesPerSecond() {
      return batches * 1e9 / nanos;
    }

    public double valuesPerSecond() {
      return values * 1e9 / nanos;
    }

    public double bytesPerSecond() {
      return bytes * 1e9 / nanos;
    }
  }

  private RawBaseline() {}

  /**
   * Writes batches until the time is up, into a new folder in the given one (the same disk is the
   * point), and deletes it again.
   *
   * @param valueBytes the sizes of the values of one batch, in order
   */
  public static Result run(Path beside, int[] valueBytes, long millis) {
    Path folder;
    try {
      folder = Files.createTempDirectory(beside, "raw-baseline-");
    } catch (IOException e) {
      throw StorageException.failed(beside, e);
    }
    RocksDB.loadLibrary();
    try (Options options =
            new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(64 << 20)
                .setMaxWriteBufferNumber(4);
        RocksDB db = RocksDB.open(options, folder.toString());
        WriteOptions synced = new WriteOptions().setSync(true)) {
      return measure(db, synced, valueBytes, millis);
    } catch (RocksDBException e) {
      throw StorageException.of(e, folder, "baseline");
    } finally {
      remove(folder);
    }
  }

  private static Result measure(RocksDB db, WriteOptions synced, int[] valueBytes, long millis)
      throws RocksDBException {
    // Random, so that neither compression nor a clever disk makes less of them; made before the
    // clock runs.
    Random random = new Random(1);
    byte[][] values = new byte[valueBytes.length][];
    long bytesPerBatch = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = new byte[valueBytes[i]];
      random.nextBytes(values[i]);
      bytesPerBatch += 8 + valueBytes[i];
    }
    long batches = 0;
    long start = System.nanoTime();
    long end = start + millis * 1_000_000;
    long now = start;
    try (WriteBatch batch = new WriteBatch()) {
      while (now < end) {
        batch.clear();
        for (int i = 0; i < values.length; i++) {
          batch.put(Keys.of(batches * values.length + i), values[i]);
        }
        db.write(synced, batch);
        batches++;
        now = System.nanoTime();
      }
    }
    return new Result(batches, batches * values.length, batches * bytesPerBatch, now - start);
  }

  private static void remove(Path folder) {
    try (Options none = new Options()) {
      RocksDB.destroyDB(folder.toString(), none);
      DataFolder.walk(folder, (file, _) -> deleteLeftover(file));
      Files.deleteIfExists(folder);
    } catch (RocksDBException e) {
      throw StorageException.of(e, folder, "delete");
    } catch (IOException e) {
      throw StorageException.failed(folder, e);
    }
  }

  private static void deleteLeftover(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw StorageException.failed(file, e);
    }
  }
}
