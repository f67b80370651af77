// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthStoreTest {
  @TempDir Path temp;

  private final Sample sample = Sample.seeded("TruthStoreTest");

  @Test
  void givesBackWhatWasWritten() {
    byte[] submitter = sample.bytes(32);
    byte[] id = sample.bytes(16);
    byte[] header = sample.bytes(32);
    // Lengths on both sides of each step in the varints of the batch.
    int[] lengths = {0, 1, 127, 128, 16_383, 16_384, 2_100_000};
    List<byte[]> values = new ArrayList<>();
    try (DataFolder folder = Sample.open(temp)) {
      try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
        assertEquals(0, truth.size());
        TruthBatch batch = truth.newBatch();
        for (int length : lengths) {
          byte[] value = sample.bytes(length);
          int position = values.size();
          values.add(value);
          batch.putEntry(position, value);
          batch.putRecord(7, position, value);
          batch.putSections(7, position, value);
        }
        batch.putSubmission(submitter, id, 7, header);
        batch.putMeta("note", values.get(1));
        truth.writeSynced(batch);
      }
      for (Access access : Access.values()) {
        try (TruthStore truth = TruthStore.open(folder, access)) {
          assertEquals(lengths.length, truth.size());
          for (int i = 0; i < lengths.length; i++) {
            assertArrayEquals(values.get(i), truth.entry(i).orElseThrow());
            assertArrayEquals(values.get(i), truth.record(7, i).orElseThrow());
            assertArrayEquals(values.get(i), truth.sections(7, i).orElseThrow());
          }
          assertEquals(
              new TruthStore.Submission(7, new TruthStore.HeaderHash(header)),
              truth.submission(submitter, id).orElseThrow());
          assertArrayEquals(values.get(1), truth.meta("note").orElseThrow());
          assertTrue(truth.entry(lengths.length).isEmpty());
          assertTrue(truth.record(8, 0).isEmpty());
          assertTrue(truth.submission(header, id).isEmpty());
        }
      }
    }
  }

  @Test
  void readOnlySeesWhatIsOnlyInTheLogAndLeavesItThere() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, false, true);
      assertEquals(0, files("data/truth", ".sst"));
      try (TruthStore truth = TruthStore.open(folder, Access.READ_ONLY)) {
        assertEquals(10, truth.size());
        assertThrows(StorageException.class, () -> truth.writeSynced(batchOf(truth, 10)));
      }
      assertEquals(0, files("data/truth", ".sst"));
    }
  }

  @Test
  void goesThroughTheLogInOrder() {
    try (DataFolder folder = Sample.open(temp);
        TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
      // Indexes whose bytes would be out of order if they were not big-endian.
      for (long index : new long[] {0, 1, 255, 256, 65_535, 65_536, 1L << 40}) {
        truth.writeSynced(batchOf(truth, index));
      }
      List<Long> entries = new ArrayList<>();
      try (Cursor<TruthStore.EntryRow> cursor = truth.entriesFrom(1)) {
        while (cursor.next()) {
          entries.add(cursor.row().index());
        }
        assertFalse(cursor.next());
      }
      assertEquals(List.of(1L, 255L, 256L, 65_535L, 65_536L, 1L << 40), entries);
      List<String> records = new ArrayList<>();
      try (Cursor<TruthStore.PartRow> cursor = truth.recordsFrom(65_536)) {
        while (cursor.next()) {
          records.add(cursor.row().index() + "." + cursor.row().position());
        }
      }
      assertEquals(List.of("65536.0", "65536.1", (1L << 40) + ".0", (1L << 40) + ".1"), records);
      try (Cursor<TruthStore.PartRow> cursor = truth.sectionsOf(256)) {
        assertTrue(cursor.next());
        assertEquals(0, cursor.row().position());
        assertTrue(cursor.next());
        assertFalse(cursor.next());
      }
      assertEquals((1L << 40) + 1, truth.size());
    }
  }

  @Test
  void cursorDoesNotSeeWhatIsWrittenLater() {
    try (DataFolder folder = Sample.open(temp);
        TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
      truth.writeSynced(batchOf(truth, 0));
      try (Cursor<TruthStore.EntryRow> cursor = truth.entriesFrom(0)) {
        truth.writeSynced(batchOf(truth, 1));
        assertTrue(cursor.next());
        assertFalse(cursor.next());
      }
    }
  }

  @Test
  void throwsAfterCloseAndDoesNotCrash() {
    try (DataFolder folder = Sample.open(temp)) {
      TruthStore truth = TruthStore.open(folder, Access.READ_WRITE);
      TruthBatch batch = batchOf(truth, 0);
      truth.writeSynced(batch);
      Cursor<TruthStore.EntryRow> open = truth.entriesFrom(0);
      assertTrue(open.next());
      truth.close();
      truth.close();
      assertThrows(IllegalStateException.class, open::next);
      open.close();
      assertThrows(IllegalStateException.class, () -> truth.entry(0));
      assertThrows(IllegalStateException.class, truth::size);
      assertThrows(IllegalStateException.class, () -> truth.entriesFrom(0));
      assertThrows(IllegalStateException.class, () -> truth.writeSynced(batch));
      assertThrows(IllegalStateException.class, truth::gauges);
    }
  }

  @Test
  void closesUnderThreadsThatAreReading() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      TruthStore truth = TruthStore.open(folder, Access.READ_WRITE);
      for (long index = 0; index < 100; index++) {
        truth.writeSynced(batchOf(truth, index));
      }
      AtomicReference<Throwable> wrong = new AtomicReference<>();
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    while (true) {
                      try (Cursor<TruthStore.EntryRow> cursor = truth.entriesFrom(0)) {
                        while (cursor.next()) {
                          assertTrue(truth.record(cursor.row().index(), 0).isPresent());
                        }
                      }
                    }
                  } catch (IllegalStateException closed) {
                    return;
                  } catch (Throwable e) {
                    wrong.set(e);
                  }
                }));
      }
      Thread.sleep(200);
      truth.close();
      for (Thread reader : readers) {
        reader.join();
      }
      assertEquals(null, wrong.get());
    }
  }

  @Test
  void doesNotServeADamagedRecord() throws Exception {
    byte[] value = sample.bytes(2000);
    try (DataFolder folder = Sample.open(temp)) {
      try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
        TruthBatch batch = truth.newBatch();
        batch.putSections(5, 0, value);
        truth.writeSynced(batch);
        truth.compact();
      }
      Path damaged = flip(value);
      try (TruthStore truth = TruthStore.open(folder, Access.READ_ONLY)) {
        StorageException e = assertThrows(StorageException.class, () -> truth.sections(5, 0));
        assertEquals(StorageException.Kind.DAMAGED, e.kind());
        assertEquals(damaged.toRealPath(), e.file().orElseThrow());
        try (Cursor<TruthStore.PartRow> cursor = truth.sectionsFrom(0)) {
          assertEquals(
              StorageException.Kind.DAMAGED,
              assertThrows(StorageException.class, cursor::next).kind());
        }
      }
    }
  }

  @Test
  void refusesToOpenOverDamageInTheMiddleOfTheLog() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, false, true);
      Path log = file("data/truth", ".log");
      byte[] bytes = Files.readAllBytes(log);
      bytes[bytes.length / 2] ^= 1;
      Files.write(log, bytes);
      for (Access access : Access.values()) {
        StorageException e =
            assertThrows(StorageException.class, () -> TruthStore.open(folder, access));
        assertEquals(StorageException.Kind.DAMAGED, e.kind());
      }
    }
  }

  @Test
  void dropsATornTailOfTheLogAndNothingElse() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, false, true);
      Path log = file("data/truth", ".log");
      byte[] bytes = Files.readAllBytes(log);
      Files.write(log, Arrays.copyOf(bytes, bytes.length - 1));
      try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
        assertEquals(9, truth.size());
        assertTrue(truth.record(9, 0).isEmpty());
      }
    }
  }

  @Test
  void hasEverythingThatWasAcknowledgedBeforeTheProcessWasKilled() throws Exception {
    for (int round = 0; round < 3; round++) {
      Path home = temp.resolve("round" + round);
      Process writer = Sample.java(Writer.class, home.toString(), Long.toString(sample.seed));
      long acknowledged = -1;
      try (BufferedReader lines = Sample.output(writer)) {
        long enough = 20L + sample.random.nextInt(300);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          acknowledged = Long.parseLong(line);
          if (acknowledged >= enough) {
            // Through the handle, which leaves the pipe open: what it holds was acknowledged too.
            writer.toHandle().destroyForcibly();
          }
        }
      } finally {
        writer.destroyForcibly().waitFor();
      }
      assertTrue(acknowledged >= 0);
      try (DataFolder folder = DataFolder.open(home, Sample.SMALL)) {
        DamageScan.Report report = DamageScan.scan(folder, _ -> {});
        assertEquals(List.of(), report.damages());
        try (TruthStore truth = TruthStore.open(folder, Access.READ_WRITE);
            DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
          assertTrue(truth.size() > acknowledged);
          for (long index = 0; index < truth.size(); index++) {
            assertTrue(truth.entry(index).isPresent());
            assertTrue(truth.record(index, 2).isPresent());
            assertTrue(truth.sections(index, 2).isPresent());
          }
          // Whole batches only, none of them lost but at the end.
          long upTo = derived.derivedUpTo();
          assertTrue(upTo <= truth.size());
          assertEquals(upTo, derived.nextChainId());
          assertTrue(upTo == 0 || derived.digests(upTo - 1).isPresent());
          assertTrue(derived.digests(upTo).isEmpty());
        }
        assertEquals(List.of(), DamageScan.scan(folder, _ -> {}).tornTails());
      }
    }
  }

  /** Writes until it is killed, and prints each index when it is synced. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      Sample sample = new Sample(Long.parseLong(arguments[1]));
      try (DataFolder folder = DataFolder.open(Path.of(arguments[0]), Sample.SMALL);
          TruthStore truth = TruthStore.open(folder, Access.READ_WRITE);
          DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
        for (long index = 0; ; index++) {
          TruthBatch batch = truth.newBatch();
          sample.entry(batch, index, 3, 600);
          truth.writeSynced(batch);
          System.out.println(index);
          DerivedBatch more = derived.newBatch();
          sample.derived(more, index);
          derived.writeUnsynced(more);
        }
      }
    }
  }

  @Test
  void refusesToWriteOnAfterAFailedWrite() {
    try (DataFolder folder = Sample.open(temp)) {
      sample.fill(folder, false, true);
      try (TruthStore truth = TruthStore.open(folder, Access.READ_ONLY)) {
        TruthBatch batch = batchOf(truth, 10);
        assertThrows(StorageException.class, () -> truth.writeSynced(batch));
        StorageException again =
            assertThrows(StorageException.class, () -> truth.writeSynced(batch));
        assertTrue(String.valueOf(again.getMessage()).contains("an earlier write failed"));
      }
    }
  }

  @Test
  void saysWhatIsMissingWhenThereIsNothingToRead() {
    assertThrows(
        StorageException.class, () -> DataFolder.existing(temp.resolve("none"), Sample.SMALL));
    try (DataFolder folder = Sample.open(temp)) {
      StorageException e =
          assertThrows(StorageException.class, () -> TruthStore.open(folder, Access.READ_ONLY));
      assertEquals(StorageException.Kind.FAILED, e.kind());
      assertFalse(Files.exists(folder.path().resolve("truth")));
    }
  }

  @Test
  void refusesKeysOfTheWrongForm() {
    try (DataFolder folder = Sample.open(temp);
        TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
      assertThrows(IllegalArgumentException.class, () -> truth.entry(-1));
      assertThrows(
          IllegalArgumentException.class, () -> truth.submission(new byte[31], new byte[16]));
      assertThrows(
          IllegalArgumentException.class,
          () -> truth.newBatch().putSubmission(new byte[32], new byte[16], 0, new byte[31]));
    }
  }

  @Test
  void tellsHowItIsDoing() {
    try (DataFolder folder = Sample.open(temp);
        TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
      truth.writeSynced(batchOf(truth, 0));
      StorageGauges before = truth.gauges();
      assertTrue(before.walBytes() > 1000 && before.memtableBytes() > 1000, before.toString());
      assertFalse(before.writesStopped());
      truth.compact();
      StorageGauges after = truth.gauges();
      assertTrue(
          after.fileBytes() > 1000 && after.walBytes() < before.walBytes(), after.toString());
      assertEquals(2, truth.estimatedRecords());
      assertInstanceOf(Long.class, folder.sizeBytes());
    }
  }

  private TruthBatch batchOf(TruthStore truth, long index) {
    TruthBatch batch = truth.newBatch();
    sample.entry(batch, index, 2, 600);
    return batch;
  }

  /** Flips a byte in the middle of this value, in whichever table file has it. */
  private Path flip(byte[] value) throws Exception {
    try (var all = Files.list(temp.resolve("data/truth"))) {
      for (Path file : all.filter(name -> name.toString().endsWith(".sst")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at + value.length <= bytes.length; at++) {
          if (Arrays.equals(bytes, at, at + value.length, value, 0, value.length)) {
            bytes[at + value.length / 2] ^= 0x10;
            Files.write(file, bytes);
            return file;
          }
        }
      }
    }
    throw new AssertionError("the value is in no file");
  }

  private long files(String folder, String ending) throws Exception {
    try (var all = Files.list(temp.resolve(folder))) {
      return all.filter(name -> name.toString().endsWith(ending)).count();
    }
  }

  private Path file(String folder, String ending) throws Exception {
    try (var all = Files.list(temp.resolve(folder))) {
      return all.filter(name -> name.toString().endsWith(ending))
          .max(Path::compareTo)
          .orElseThrow();
    }
  }
}
