// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.rocksdb.WriteOptions;

/**
 * The seed of the section keys of each entry. Safe for many threads.
 *
 * <p>A seed is synced before the truth that is encrypted under it: the other way round a crash
 * between the two would leave sections that nobody can ever read. A seed whose entry never came is
 * harmless, and the entry that gets the index later puts its own in its place.
 */
public final class KeyStore implements AutoCloseable {

  @SuppressWarnings("ArrayRecordComponent") // a row just read, handed on and forgotten
  public record SeedRow(long index, byte[] seed) {}

  private final RocksDatabase database;
  private final WriteOptions synced;

  private KeyStore(RocksDatabase database) {
    this.database = database;
    this.synced = new WriteOptions().setSync(true);
  }

  public static KeyStore open(DataFolder folder, Access access) {
    return new KeyStore(folder.open(Database.KEYS, access));
  }

  /** All seeds of a batch, in one synced write. */
  public void putSynced(SortedMap<Long, byte[]> seeds) {
    BatchBytes batch = new BatchBytes();
    for (Map.Entry<Long, byte[]> seed : seeds.entrySet()) {
      batch.put(Column.SEEDS, Keys.of(seed.getKey()), seed.getValue());
    }
    database.write(synced, batch);
  }

  public Optional<byte[]> seed(long index) {
    return database.get(Column.SEEDS, Keys.of(index));
  }

  public Cursor<SeedRow> seedsFrom(long index) {
    return database.scan(
        Column.SEEDS, Keys.of(index), (key, value) -> new SeedRow(Keys.longAt(key, 0), value));
  }

  /**
   * Destroys a seed, and with it what is encrypted under it. Deleting alone would only hide it: the
   * deletion is synced, then all memtables are flushed, which ends the log files that hold the
   * seed, then the table files whose range holds it are written again without it and the old ones
   * deleted.
   *
   * <p>What this reaches is the files of this folder as the file system shows them. Not reached:
   * the freed blocks of the disk until they are used again (an SSD may keep them longer than that),
   * snapshots of the file system, backups of this folder, and cursors open on this store, which
   * keep old files alive until they are closed. Where the law asks for more, keep the folder on an
   * encrypted volume and destroy backups on their own schedule.
   */
  public void destroy(long index) {
    BatchBytes batch = new BatchBytes();
    byte[] key = Keys.of(index);
    batch.delete(Column.SEEDS, key);
    database.write(synced, batch);
    database.flush();
    database.compact(Column.SEEDS, key, Keys.after(key));
  }

  public StorageGauges gauges() {
    return database.gauges();
  }

  @Override
  public void close() {
    database.close();
    synced.close();
  }
}
