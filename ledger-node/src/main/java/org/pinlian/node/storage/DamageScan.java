// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.SstFileReaderIterator;

/**
 * Reads every file of the three databases, changes nothing and opens no database, and names each
 * file in which a byte is not what was written. Not beside a running node, whose files come and go.
 *
 * <p>Table files are compared with the checksum over the whole file that stands in the MANIFEST;
 * that alone finds every changed byte. RocksDB's own checks, block by block, then say where, and
 * the rows before and behind say which keys. Logs and MANIFEST are read by {@link LogFile}.
 */
public final class DamageScan {
  private static final Pattern BLOCK_OFFSET = Pattern.compile("offset[ =:]+(\\d+)");
  private static final byte[] TABLE_MAGIC = {
    (byte) 0xf7, (byte) 0xcf, (byte) 0xf4, (byte) 0x85, (byte) 0xb7, 0x41, (byte) 0xe2, (byte) 0x88
  };

  /**
   * An incomplete record at the very end of a log: what a crash leaves of a batch that was never
   * promised.
   */
  public record TornTail(Path file, long offset) {}

  /**
   * What was found.
   *
   * @param tornTails allowed after a crash; gone after the next start of the node
   * @param unfinished table files that a crash left half written. No database refers to them, and
   *     the next start of the node deletes them
   */
  public record Report(
      List<Damage> damages,
      List<TornTail> tornTails,
      List<Path> unfinished,
      int files,
      long bytes) {
    public Report {
      damages = List.copyOf(damages);
      tornTails = List.copyOf(tornTails);
      unfinished = List.copyOf(unfinished);
    }
  }

  private final Path dataFolder;
  private final LongConsumer progress;
  private final List<Damage> damages = new ArrayList<>();
  private final List<TornTail> tornTails = new ArrayList<>();
  private final List<Path> unfinished = new ArrayList<>();
  private int files;
  private long bytes;

  private DamageScan(Path dataFolder, LongConsumer progress) {
    this.dataFolder = dataFolder;
    this.progress = progress;
  }

  /**
   * Reads all there is.
   *
   * @param progress is told the bytes of each file when it is done; all files of the folder
   *     together are {@link DataFolder#sizeBytes}
   */
  public static Report scan(DataFolder folder, LongConsumer progress) {
    DamageScan scan = new DamageScan(folder.path(), progress);
    RocksDB.loadLibrary();
    for (Database database : Database.values()) {
      Path in = database.in(scan.dataFolder);
      if (Files.isDirectory(in)) {
        try {
          scan.database(database, in);
        } catch (IOException e) {
          throw StorageException.failed(in, e);
        }
      }
    }
    scan.lastSigned(folder);
    return new Report(scan.damages, scan.tornTails, scan.unfinished, scan.files, scan.bytes);
  }

  private void database(Database database, Path folder) throws IOException {
    if (!Files.exists(folder.resolve("CURRENT")) && sorted(folder, "MANIFEST-*").isEmpty()) {
      return; // created but never written, or dropped
    }
    Manifest manifest = Manifest.read(folder, damages::add, tornTails::add);
    tables(database, folder, manifest);
    logs(database, folder, manifest);
    for (Path blob : sorted(folder, "*.blob")) {
      // We never let RocksDB put values into files of their own.
      damages.add(new Damage(blob, -1, "no file of this kind belongs here", ""));
      done(blob);
    }
  }

  // ---- table files

  private void tables(Database database, Path folder, Manifest manifest) throws IOException {
    for (Manifest.Table table : manifest.tables.values()) {
      Column column = manifest.column(database, table.columnId());
      Path file = folder.resolve(table.fileName());
      String keys = column.readable(table.smallest().bytes(), table.largest().bytes());
      try {
        table(file, table, column, keys);
        done(file);
      } catch (NoSuchFileException e) {
        damages.add(new Damage(file, -1, "missing", keys));
      }
    }
    for (Path file : sorted(folder, "*.sst")) {
      if (!manifest.tables.containsKey(number(file))) {
        orphan(file);
        done(file);
      }
    }
  }

  private void table(Path file, Manifest.Table table, Column column, String keys)
      throws IOException {
    String what = "";
    long size = Files.size(file);
    if (size != table.size()) {
      what = "%d bytes long, recorded were %d".formatted(size, table.size());
    } else if (table.checksum() != null) {
      int found = checksum(file);
      if (found != table.checksum()) {
        what = "checksum of the file is %08x, recorded was %08x".formatted(found, table.checksum());
      }
    }
    if (what.isEmpty() && table.checksum() != null) {
      // These are the bytes that RocksDB wrote. Reading them once more would only take time.
      return;
    }
    Reading reading = readThrough(file);
    if (reading.failure != null) {
      what += (what.isEmpty() ? "" : "; ") + reading.failure;
    }
    if (!what.isEmpty()) {
      damages.add(
          new Damage(
              file,
              reading.failure == null ? -1 : offset(reading.failure),
              what,
              reading.failure == null || reading.lastGood == null
                  ? keys
                  : keys + ", readable to " + column.readable(reading.lastGood)));
    }
  }

  /** What RocksDB itself says of a table file: every block's checksum, then every row. */
  private static final class Reading {
    @Nullable String failure;
    byte @Nullable [] lastGood;
  }

  private static Reading readThrough(Path file) {
    Reading reading = new Reading();
    try (Options options = new Options();
        ReadOptions all =
            new ReadOptions()
                .setVerifyChecksums(true)
                .setFillCache(false)
                .setReadaheadSize(2 * 1024 * 1024);
        SstFileReader reader = new SstFileReader(options)) {
      reader.open(file.toString());
      RocksDBException first = null;
      try {
        reader.verifyChecksum();
      } catch (RocksDBException e) {
        first = e;
      }
      try (SstFileReaderIterator rows = reader.newIterator(all)) {
        for (rows.seekToFirst(); rows.isValid(); rows.next()) {
          if (first != null) {
            reading.lastGood = rows.key();
          }
        }
        rows.status();
      }
      if (first != null) {
        reading.failure = first.getMessage();
      }
    } catch (RocksDBException e) {
      reading.failure = e.getMessage();
    }
    return reading;
  }

  /**
   * A table file that no MANIFEST speaks of. A crash leaves such files, mostly half written; nobody
   * reads them. A whole one is checked as far as its own checksums go.
   */
  private void orphan(Path file) throws IOException {
    if (!hasFooter(file)) {
      unfinished.add(file);
      return;
    }
    Reading reading = readThrough(file);
    if (reading.failure != null) {
      damages.add(new Damage(file, offset(reading.failure), reading.failure, ""));
    }
  }

  private static boolean hasFooter(Path file) throws IOException {
    long size = Files.size(file);
    if (size < TABLE_MAGIC.length) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(size - TABLE_MAGIC.length);
      return Arrays.equals(in.readAllBytes(), TABLE_MAGIC);
    }
  }

  // ---- logs

  private void logs(Database database, Path folder, Manifest manifest) throws IOException {
    List<Path> logs = sorted(folder, "*.log");
    // Only the last log that holds anything can have been cut short by a crash: RocksDB begins a
    // new one
    // after the old is whole, or when it has taken over what the old one held.
    boolean last = true;
    List<WalScan> scans = new ArrayList<>();
    for (Path log : logs) {
      scans.add(WalScan.of(database, log));
      done(log);
    }
    for (int i = logs.size() - 1; i >= 0; i--) {
      WalScan scan = scans.get(i);
      damages.addAll(scan.damages());
      if (scan.tornAt() >= 0 && last) {
        tornTails.add(new TornTail(logs.get(i), scan.tornAt()));
      } else if (scan.tornAt() >= 0) {
        damages.add(
            new Damage(logs.get(i), scan.tornAt(), "cut short, and a later log goes on", ""));
      }
      last &= scan.records() == 0 && scan.tornAt() < 0 && scan.damages().isEmpty();
    }
    manifest.closedLogs.forEach((number, size) -> closedLog(folder, number, size));
  }

  private void closedLog(Path folder, long number, long sizeMin) {
    Path log = folder.resolve("%06d.log".formatted(number));
    try {
      long size = Files.size(log);
      if (size < sizeMin) {
        damages.add(
            new Damage(log, size, "cut short; %d bytes were synced".formatted(sizeMin), ""));
      }
    } catch (NoSuchFileException e) {
      damages.add(new Damage(log, -1, "missing", ""));
    } catch (IOException e) {
      throw StorageException.failed(log, e);
    }
  }

  // ---- the rest

  private void lastSigned(DataFolder folder) {
    try (LastSigned file = LastSigned.open(folder)) {
      file.read();
    } catch (StorageException e) {
      if (e.kind() == StorageException.Kind.FAILED) {
        throw e;
      }
      damages.add(new Damage(e.file().orElseThrow(), -1, String.valueOf(e.getMessage()), ""));
    }
  }

  private void done(Path file) throws IOException {
    long size = Files.size(file);
    files++;
    bytes += size;
    progress.accept(size);
  }

  private static List<Path> sorted(Path folder, String glob) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
      stream.forEach(found::add);
    }
    found.sort(Comparator.comparing(Path::getFileName));
    return found;
  }

  private static long number(Path file) {
    String digits = file.getFileName().toString().replaceFirst("\\..*", "");
    return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
  }

  private static long offset(String rocksMessage) {
    Matcher found = BLOCK_OFFSET.matcher(rocksMessage);
    return found.find() ? Long.parseLong(found.group(1)) : -1;
  }

  private static int checksum(Path file) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[1 << 18];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        checksum.update(buffer, 0, read);
      }
    }
    return (int) checksum.getValue();
  }
}
