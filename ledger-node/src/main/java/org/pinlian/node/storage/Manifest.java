// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which table files and closed logs a database is made of, read from its MANIFEST without opening
 * the database: an open replays logs and reads tables, and so fails at the first damage without
 * naming the rest.
 */
final class Manifest {
  // Tags of the edits that a MANIFEST is a list of, and of the fields of a new file. Written to
  // disk by
  // RocksDB and so never changed by it. Tags with the bit 1 << 13 may be skipped by who does not
  // know them.
  private static final int COMPARATOR = 1;
  private static final int LOG_NUMBER = 2;
  private static final int NEXT_FILE = 3;
  private static final int LAST_SEQUENCE = 4;
  private static final int COMPACT_CURSOR = 5;
  private static final int DELETED_FILE = 6;
  private static final int PREVIOUS_LOG = 9;
  private static final int MIN_LOG_TO_KEEP = 10;
  private static final int NEW_FILE_4 = 103;
  private static final int COLUMN = 200;
  private static final int COLUMN_ADDED = 201;
  private static final int COLUMN_DROPPED = 202;
  private static final int MAX_COLUMN = 203;
  private static final int IN_ATOMIC_GROUP = 300;
  private static final int SKIPPABLE = 1 << 13;
  private static final int WAL_ADDED = SKIPPABLE + 7;
  private static final int WALS_DELETED = SKIPPABLE + 8;

  private static final int FIELDS_END = 1;
  private static final int FILE_CHECKSUM = 7;
  private static final int FILE_CHECKSUM_FUNCTION = 8;

  private static final int INTERNAL_KEY_TRAILER_BYTES = 8;

  /** No manifest's name is longer, however many there were before it. */
  private static final int NAME_BYTES_MAX = 64;

  /**
   * A live table file.
   *
   * @param checksum CRC32C over the whole file, if it was recorded
   */
  record Table(
      long number,
      int columnId,
      long size,
      UserKey smallest,
      UserKey largest,
      @Nullable Integer checksum) {
    String fileName() {
      return "%06d.sst".formatted(number);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record UserKey(byte[] bytes) {}

  final Map<Long, Table> tables = new TreeMap<>();
  final Map<Integer, String> columns = new TreeMap<>();

  /** Closed logs that must be there, each with at least this many bytes. */
  final Map<Long, Long> closedLogs = new TreeMap<>();

  /** Whether all of it was read, so that what is not in it is not part of the database. */
  boolean whole = true;

  private Manifest() {
    columns.put(0, "default");
  }

  /** Reads it as far as it can be; what is wrong with it goes to the reports. */
  static Manifest read(
      Path folder, Consumer<Damage> damages, Consumer<DamageScan.TornTail> tornTails)
      throws IOException {
    Manifest manifest = new Manifest();
    Optional<Path> file = current(folder, damages);
    if (file.isEmpty()) {
      manifest.whole = false;
      return manifest;
    }
    LogFile.read(
        file.get(),
        new LogFile.Visitor() {
          @Override
          public void record(long offset, byte[] payload) {
            try {
              manifest.edit(new ByteReader(payload));
            } catch (ByteReader.Malformed e) {
              damaged(offset, "an edit cannot be read: " + e.getMessage());
            }
          }

          @Override
          public void damaged(long offset, String what) {
            manifest.whole = false;
            damages.accept(new Damage(file.get(), offset, what, ""));
          }

          @Override
          public void torn(long offset) {
            tornTails.accept(new DamageScan.TornTail(file.get(), offset));
          }
        });
    return manifest;
  }

  private static Optional<Path> current(Path folder, Consumer<Damage> damages) throws IOException {
    Path current = folder.resolve("CURRENT");
    String name;
    try (InputStream in = Files.newInputStream(current)) {
      name = new String(in.readNBytes(NAME_BYTES_MAX), UTF_8);
    } catch (NoSuchFileException e) {
      damages.accept(new Damage(current, -1, "missing", ""));
      return Optional.empty();
    }
    if (!name.matches("MANIFEST-\\d{6,}\n")) {
      damages.accept(new Damage(current, -1, "does not name a MANIFEST", ""));
      return Optional.empty();
    }
    Path file = folder.resolve(name.strip());
    if (!Files.exists(file)) {
      damages.accept(new Damage(current, -1, "names " + name.strip() + ", which is missing", ""));
      return Optional.empty();
    }
    return Optional.of(file);
  }

  Column column(Database database, int id) {
    return database.columns().stream()
        .filter(column -> column.id == id)
        .findFirst()
        .orElse(database.meta());
  }

  private void edit(ByteReader in) throws ByteReader.Malformed {
    // The column that an edit is about stands behind its files.
    TreeMap<Long, Table> added = new TreeMap<>();
    int columnId = 0;
    String columnName = null;
    boolean dropped = false;
    while (in.more()) {
      int tag = in.varint32();
      switch (tag) {
        case COMPARATOR -> in.skipString();
        case LOG_NUMBER, NEXT_FILE, LAST_SEQUENCE, PREVIOUS_LOG, MIN_LOG_TO_KEEP, MAX_COLUMN ->
            in.varint();
        case COMPACT_CURSOR -> {
          in.varint32();
          in.skipString();
        }
        case DELETED_FILE -> {
          in.varint32();
          tables.remove(in.varint());
        }
        case NEW_FILE_4 -> {
          Table table = newFile(in);
          added.put(table.number, table);
        }
        case COLUMN -> columnId = in.varint32();
        case COLUMN_ADDED -> columnName = new String(in.string(), UTF_8);
        case COLUMN_DROPPED -> dropped = true;
        case IN_ATOMIC_GROUP -> in.varint32();
        case WAL_ADDED -> walAdded(new ByteReader(in.string()));
        case WALS_DELETED -> {
          long first = new ByteReader(in.string()).varint();
          closedLogs.keySet().removeIf(number -> number < first);
        }
        default -> {
          if ((tag & SKIPPABLE) == 0) {
            throw new ByteReader.Malformed("tag " + tag);
          }
          in.skipString();
        }
      }
    }
    int column = columnId;
    if (columnName != null) {
      columns.put(column, columnName);
    }
    if (dropped) {
      columns.remove(column);
      tables.values().removeIf(table -> table.columnId == column);
    }
    // A file moved to another level is deleted and added again in one edit.
    for (Table table : added.values()) {
      tables.put(
          table.number,
          new Table(
              table.number, column, table.size, table.smallest, table.largest, table.checksum));
    }
  }

  private static Table newFile(ByteReader in) throws ByteReader.Malformed {
    in.varint32(); // level
    long number = in.varint();
    long size = in.varint();
    UserKey smallest = userKey(in.string());
    UserKey largest = userKey(in.string());
    in.varint(); // smallest and largest sequence number
    in.varint();
    byte[] checksum = {};
    String function = "";
    for (int field = in.varint32(); field != FIELDS_END; field = in.varint32()) {
      switch (field) {
        case FILE_CHECKSUM -> checksum = in.string();
        case FILE_CHECKSUM_FUNCTION -> function = new String(in.string(), UTF_8);
        default -> in.skipString();
      }
    }
    Integer crc =
        checksum.length == 4 && function.equals("FileChecksumCrc32c")
            ? Keys.intAt(checksum, 0)
            : null;
    return new Table(number, 0, size, smallest, largest, crc);
  }

  private void walAdded(ByteReader in) throws ByteReader.Malformed {
    long number = in.varint();
    long size = 0;
    for (int field = in.varint32(); field != FIELDS_END; field = in.varint32()) {
      size = in.varint(); // the one field there is: synced size
    }
    closedLogs.put(number, size);
  }

  private static UserKey userKey(byte[] internalKey) throws ByteReader.Malformed {
    if (internalKey.length < INTERNAL_KEY_TRAILER_BYTES) {
      throw new ByteReader.Malformed("a key of " + internalKey.length + " bytes");
    }
    return new UserKey(Arrays.copyOf(internalKey, internalKey.length - INTERNAL_KEY_TRAILER_BYTES));
  }
}
