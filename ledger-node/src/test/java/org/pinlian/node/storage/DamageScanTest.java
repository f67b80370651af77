// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DamageScanTest {
  @TempDir Path temp;

  private final Sample sample = Sample.seeded("DamageScanTest");

  @ParameterizedTest(name = "in tables {0}, in logs {1}")
  @CsvSource({"true,false", "false,true", "true,true"})
  void namesTheFileInWhichAnyByteWasFlipped(boolean inTables, boolean inLogs) throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, inTables, inLogs);
      DamageScan.Report clean = scan(folder);
      assertEquals(List.of(), clean.damages());
      assertEquals(List.of(), clean.tornTails());
      assertEquals(List.of(), clean.unfinished());
      List<Path> files = new ArrayList<>(files(folder, ".sst"));
      assertEquals(inTables, !files.isEmpty());
      files.addAll(files(folder, ".log"));
      assertEquals(clean.files(), files.size());
      for (Path file : files) {
        long size = Files.size(file);
        if (size == 0) {
          continue;
        }
        flipped(folder, file, size / 2);
        for (int i = 0; i < 10; i++) {
          flipped(folder, file, sample.random.nextLong(size));
        }
      }
      assertEquals(List.of(), scan(folder).damages());
    }
  }

  @Test
  void findsEveryByteOfATableFile() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      // Submissions: they have filters, whose partitions RocksDB's own checks leave out.
      try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
        TruthBatch batch = truth.newBatch();
        for (int i = 0; i < 10; i++) {
          batch.putSubmission(sample.bytes(32), sample.bytes(16), i, sample.bytes(32));
        }
        truth.writeSynced(batch);
        truth.compact();
      }
      everyByte(folder, tablesOf(folder, "submissions").getFirst());
    }
  }

  @Test
  void findsEveryByteOfALogAndOfTheManifest() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      try (KeyStore keys = KeyStore.open(folder, Access.READ_WRITE)) {
        keys.putSynced(new TreeMap<>(Map.of(0L, sample.bytes(32))));
        keys.replaceSynced(0, new byte[] {1});
        keys.purge();
        for (long index = 1; index < 10; index++) {
          keys.putSynced(new TreeMap<>(Map.of(index, sample.bytes(32))));
        }
      }
      Path log = files(folder, ".log").getLast();
      assertTrue(Files.size(log) > 500);
      everyByte(folder, log);
      Path manifest;
      try (var all = Files.newDirectoryStream(log.resolveSibling("."), "MANIFEST-*")) {
        manifest = all.iterator().next().normalize();
      }
      everyByte(folder, manifest);
      Files.writeString(log.resolveSibling("CURRENT"), "MANIFEST-000099\n");
      assertEquals(List.of(log.resolveSibling("CURRENT")), damaged(folder));
    }
  }

  @Test
  void findsBytesInRecordsThatSpanBlocksAndInWhatFillsThem() throws Exception {
    try (DataFolder folder = DataFolder.open(temp, StorageConfig.defaults())) {
      try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
        for (long index = 0; index < 6; index++) {
          TruthBatch batch = truth.newBatch();
          batch.putEntry(index, sample.bytes(20_000 + (int) index * 7_000));
          truth.writeSynced(batch);
        }
      }
      Path log = files(folder, ".log").getLast();
      long size = Files.size(log);
      assertTrue(size > 5 * 32 * 1024);
      for (long block = 32 * 1024; block < size; block += 32 * 1024) {
        for (long at = block - 12; at < block + 12; at++) {
          flipped(folder, log, at);
        }
      }
      for (int i = 0; i < 200; i++) {
        flipped(folder, log, sample.random.nextLong(size));
      }
    }
  }

  @Test
  void reportsALogCutAnywhereInItsLastRecordAsATornTail() throws Exception {
    try (DataFolder folder = DataFolder.open(temp, StorageConfig.defaults())) {
      Path log;
      long start;
      try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
        TruthBatch batch = truth.newBatch();
        batch.putEntry(0, sample.bytes(100));
        truth.writeSynced(batch);
        log = files(folder, ".log").getLast();
        start = Files.size(log);
        batch.putEntry(1, sample.bytes(70_000));
        truth.writeSynced(batch);
      }
      byte[] whole = Files.readAllBytes(log);
      for (int length = (int) start + 1; length < whole.length; length += step(length - start)) {
        Files.write(log, Arrays.copyOf(whole, length));
        DamageScan.Report report = scan(folder);
        assertEquals(List.of(), report.damages(), "cut to " + length);
        assertEquals(List.of(new DamageScan.TornTail(log, start)), report.tornTails());
      }
      // Cut between two records nobody can tell that there was more: that is what last-signed is
      // for.
      Files.write(log, Arrays.copyOf(whole, (int) start));
      assertEquals(List.of(), scan(folder).tornTails());
    }
  }

  /** Every byte of the first headers, then now and then. */
  private int step(long from) {
    return from < 40 ? 1 : 1 + sample.random.nextInt(400);
  }

  @Test
  void reportsZerosBehindTheLastRecordAsATornTail() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, false, true);
      Path log = files(folder, ".log").getFirst();
      byte[] whole = Files.readAllBytes(log);
      Files.write(log, Arrays.copyOf(whole, whole.length + 300));
      assertEquals(List.of(), scan(folder).damages());
      assertEquals(List.of(new DamageScan.TornTail(log, whole.length)), scan(folder).tornTails());
    }
  }

  @Test
  void saysWhichEntriesADamagedBatchHeld() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, false, true);
      Path log =
          files(folder, ".log").stream()
              .filter(file -> holdsBytes(file, "truth"))
              .findFirst()
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(log);
      // Ten batches of nearly one size: the middle is in the fifth or the sixth.
      try (Flip flip = new Flip(log, bytes.length / 2 + 300)) {
        Damage damage = scan(folder).damages().getFirst();
        assertTrue(damage.offset() <= flip.at, damage.toString());
        assertTrue(damage.offset() > flip.at - 6000, damage.toString());
        assertTrue(
            damage
                .keyRange()
                .matches("rows of sequence numbers \\d+\\.\\.\\d+, entries (\\d)\\.\\.\\1"),
            damage.toString());
      }
    }
  }

  @Test
  void saysWhichRowsADamagedTableHolds() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, true, false);
      Path file = tablesOf(folder, "records").getFirst();
      try (Flip _ = new Flip(file, 100)) {
        Damage damage = scan(folder).damages().getFirst();
        assertTrue(damage.keyRange().startsWith("records 0.0..9.2"), damage.toString());
        assertTrue(damage.what().startsWith("checksum of the file is"), damage.toString());
        assertTrue(damage.offset() >= 0, damage.toString());
      }
    }
  }

  @Test
  void findsFilesThatAreMissingOrCutOrDoNotBelong() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, true, true);
      Path table = files(folder, ".sst").getFirst();
      byte[] whole = Files.readAllBytes(table);
      Files.write(table, Arrays.copyOf(whole, whole.length - 1));
      assertEquals(List.of(table), damaged(folder));
      Files.delete(table);
      assertEquals("missing", scan(folder).damages().getFirst().what());
      Files.write(table, whole);
      Path blob = Files.write(table.resolveSibling("000999.blob"), new byte[10]);
      assertEquals(List.of(blob), damaged(folder));
      Files.delete(blob);
      assertEquals(List.of(), damaged(folder));
    }
  }

  @Test
  void findsALogThatIsMissingAltogether() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
        // Until the records alone are flushed: their log must stay for the sake of the other
        // columns.
        for (long index = 0; files(folder, ".log").size() < 2; index++) {
          TruthBatch batch = truth.newBatch();
          sample.entry(batch, index, 3, 600);
          truth.writeSynced(batch);
        }
      }
      Path log = files(folder, ".log").getFirst();
      byte[] whole = Files.readAllBytes(log);
      Files.delete(log);
      assertEquals("missing", scan(folder).damages().getFirst().what());
      assertEquals(List.of(log), damaged(folder));
      assertEquals(
          StorageException.Kind.DAMAGED,
          assertThrows(StorageException.class, () -> TruthStore.open(folder, Access.READ_ONLY))
              .kind());
      // And one that lost its end, though a later one goes on.
      Files.write(log, Arrays.copyOf(whole, whole.length - 10));
      assertEquals(List.of(log), damaged(folder));
      Files.write(log, whole);
      assertEquals(List.of(), damaged(folder));
    }
  }

  @Test
  void tellsAHalfWrittenTableFromADamagedOne() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, true, false);
      Path table = tablesOf(folder, "records").getFirst();
      byte[] whole = Files.readAllBytes(table);
      Path orphan = table.resolveSibling("000998.sst");
      Files.write(orphan, Arrays.copyOf(whole, whole.length / 2));
      assertEquals(List.of(), scan(folder).damages());
      assertEquals(List.of(orphan), scan(folder).unfinished());
      Files.write(orphan, whole);
      assertEquals(List.of(), scan(folder).damages());
      whole[100] ^= 1;
      Files.write(orphan, whole);
      assertEquals(List.of(orphan), damaged(folder));
    }
  }

  @Test
  void findsNothingInLogsWrittenByManyThreads() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      try (KeyStore keys = KeyStore.open(folder, Access.READ_WRITE)) {
        List<Thread> writers = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
          long base = writer * 1000L;
          writers.add(
              Thread.ofPlatform()
                  .start(() -> {
                    for (long i = 0; i < 200; i++) {
                      keys.putSynced(new TreeMap<>(Map.of(base + i, new byte[32])));
                    }
                  }));
        }
        for (Thread writer : writers) {
          writer.join();
        }
      }
      assertEquals(List.of(), scan(folder).damages());
    }
  }

  @Test
  void tellsProgressUpToAllItRead() {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, true, true);
      long[] told = new long[1];
      DamageScan.Report report = DamageScan.scan(folder, bytes -> told[0] += bytes);
      assertEquals(report.bytes(), told[0]);
      assertTrue(told[0] > 0 && told[0] <= folder.sizeBytes());
    }
  }

  private void flipped(DataFolder folder, Path file, long at) throws IOException {
    try (Flip flip = new Flip(file, at)) {
      List<Path> found = damaged(folder);
      assertTrue(
          found.contains(file),
          () -> "%s at %d ^ %02x: found %s".formatted(file, at, flip.mask, found));
    }
  }

  private void everyByte(DataFolder folder, Path file) throws IOException {
    long size = Files.size(file);
    for (long at = 0; at < size; at++) {
      flipped(folder, file, at);
    }
  }

  /** One byte changed, and put right again by close. */
  private final class Flip implements AutoCloseable {
    final Path file;
    final long at;
    final int mask = 1 + sample.random.nextInt(255);

    Flip(Path file, long at) throws IOException {
      this.file = file;
      this.at = at;
      flip();
    }

    private void flip() throws IOException {
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        open.seek(at);
        int was = open.read();
        open.seek(at);
        open.write(was ^ mask);
      }
    }

    @Override
    public void close() throws IOException {
      flip();
    }
  }

  private static DamageScan.Report scan(DataFolder folder) {
    return DamageScan.scan(folder, _ -> {});
  }

  private static List<Path> damaged(DataFolder folder) {
    return scan(folder).damages().stream().map(Damage::file).distinct().toList();
  }

  private static boolean holdsBytes(Path log, String database) {
    return log.toString().contains("/" + database + "/") && log.toFile().length() > 0;
  }

  private static List<Path> files(DataFolder folder, String ending) throws IOException {
    try (var all = Files.walk(folder.path())) {
      return all.filter(file -> file.toString().endsWith(ending))
          .sorted()
          .collect(Collectors.toList());
    }
  }

  private static List<Path> tablesOf(DataFolder folder, String column) throws IOException {
    Path truth = folder.path().resolve("truth");
    Manifest manifest = Manifest.read(truth, _ -> {}, _ -> {});
    List<Path> files =
        manifest.tables.values().stream()
            .filter(table -> column.equals(manifest.columns.get(table.columnId())))
            .map(table -> truth.resolve(table.fileName()))
            .toList();
    assertFalse(files.isEmpty());
    return files;
  }
}
