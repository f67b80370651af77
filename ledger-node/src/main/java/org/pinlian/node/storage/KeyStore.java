// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.rocksdb.WriteOptions;

/**
 * The seed of the section keys of each entry, or what is left of those keys ({@link EntryKeys}).
 * Safe for many threads; replacing and purging are for one at a time.
 *
 * <p>A seed is synced before the truth that is encrypted under it: the other way round a crash
 * between the two would leave sections that nobody can ever read. A seed whose entry never came is
 * harmless, and the entry that gets the index later puts its own in its place.
 */
public final class KeyStore implements AutoCloseable {

  @SuppressWarnings("ArrayRecordComponent") // a row just read, handed on and forgotten
  public record SeedRow(long index, byte[] seed) {}

  private static final byte[] UNPURGED = "unpurged".getBytes(StandardCharsets.UTF_8);

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

  /** The keys of an entry's sections; empty of an entry without sections. */
  public Optional<EntryKeys> keys(long index) {
    return seed(index).map(EntryKeys::ofStored);
  }

  /** The same as they are stored. */
  public Optional<byte[]> seed(long index) {
    return database.get(Column.SEEDS, Keys.of(index));
  }

  public Cursor<SeedRow> seedsFrom(long index) {
    return database.scan(
        Column.SEEDS, Keys.of(index), (key, value) -> new SeedRow(Keys.longAt(key, 0), value));
  }

  /**
   * Puts other keys in the place of an entry's. From its return on nothing reads the old ones, and
   * that they are still in files is noted, until {@link #purge} has seen to it.
   */
  public void replaceSynced(long index, byte[] keys) {
    SortedSet<Long> unpurged = new TreeSet<>(unpurged());
    unpurged.add(index);
    BatchBytes batch = new BatchBytes();
    batch.put(Column.SEEDS, Keys.of(index), keys);
    batch.put(Column.KEYS_META, UNPURGED, longs(unpurged));
    database.write(synced, batch);
  }

  /** The entries whose keys were replaced, and whose old ones may still be in files. */
  public SortedSet<Long> unpurged() {
    SortedSet<Long> indexes = new TreeSet<>();
    ByteBuffer in = ByteBuffer.wrap(database.get(Column.KEYS_META, UNPURGED).orElse(new byte[0]));
    while (in.remaining() >= Long.BYTES) {
      indexes.add(in.getLong());
    }
    return indexes;
  }

  /**
   * Takes what was replaced out of the files too. Replacing alone only hides it: all memtables are
   * flushed, which ends the log files that hold the old keys, then the table files whose range
   * holds them are written again without them and the old ones deleted.
   *
   * <p>What this reaches is the files of this folder as the file system shows them. Not reached:
   * the freed blocks of the disk until they are used again (an SSD may keep them longer than that),
   * snapshots of the file system, backups of this folder, and cursors open on this store, which
   * keep old files alive until they are closed. Where the law asks for more, keep the folder on an
   * encrypted volume and destroy backups on their own schedule.
   */
  public void purge() {
    SortedSet<Long> indexes = unpurged();
    if (indexes.isEmpty()) {
      return;
    }
    database.flush();
    for (long index : indexes) {
      byte[] key = Keys.of(index);
      database.compact(Column.SEEDS, key, Keys.after(key));
    }
    BatchBytes batch = new BatchBytes();
    batch.delete(Column.KEYS_META, UNPURGED);
    database.write(synced, batch);
  }

  private static byte[] longs(SortedSet<Long> indexes) {
    ByteBuffer out = ByteBuffer.allocate(indexes.size() * Long.BYTES);
    indexes.forEach(out::putLong);
    return out.array();
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
