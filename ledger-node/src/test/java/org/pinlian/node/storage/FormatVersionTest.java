// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteOptions;

class FormatVersionTest {
  @TempDir Path temp;

  @ParameterizedTest
  @EnumSource(Database.class)
  void refusesAnotherVersionNamingBoth(Database which) {
    try (DataFolder folder = Sample.open(temp)) {
      setVersion(folder, which, 7);
      for (Access access : Access.values()) {
        FormatVersionException e =
            assertThrows(FormatVersionException.class, () -> folder.open(which, access));
        assertEquals(7, e.found());
        assertEquals(which.formatVersion, e.expected());
        assertTrue(
            String.valueOf(e.getMessage())
                .contains("storage format 7, this program reads " + which.formatVersion));
      }
    }
  }

  @Test
  void readsTheVersionOfALayoutWithOtherColumns() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      setVersion(folder, Database.KEYS, 2);
      addColumn(folder.path().resolve("keys"), "something_new");
      FormatVersionException e =
          assertThrows(FormatVersionException.class, () -> KeyStore.open(folder, Access.READ_ONLY));
      assertEquals(2, e.found());
      assertTrue(String.valueOf(e.getMessage()).contains("something_new"));
    }
  }

  @Test
  void refusesADatabaseThatIsNotOurs() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      Path keys = Files.createDirectory(folder.path().resolve("keys"));
      try (Options options = new Options().setCreateIfMissing(true);
          RocksDB db = RocksDB.open(options, keys.toString())) {
        db.put("a".getBytes(UTF_8), "b".getBytes(UTF_8));
      }
      FormatVersionException e =
          assertThrows(
              FormatVersionException.class, () -> KeyStore.open(folder, Access.READ_WRITE));
      assertEquals(-1, e.found());
    }
  }

  @Test
  void goesOnCreatingWhatWasKilledWhileBeingCreated() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      Path truth = Files.createDirectory(folder.path().resolve("truth"));
      try (Options options = new Options().setCreateIfMissing(true);
          RocksDB db = RocksDB.open(options, truth.toString())) {
        assertEquals(0, db.getLatestSequenceNumber());
      }
      addColumn(truth, "entries");
      try (TruthStore store = TruthStore.open(folder, Access.READ_WRITE)) {
        assertEquals(0, store.size());
      }
      try (TruthStore store = TruthStore.open(folder, Access.READ_ONLY)) {
        assertEquals(0, store.size());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Database.class)
  void numbersColumnsOnceEachFromOne(Database which) {
    Set<String> names = new HashSet<>();
    int id = 0;
    for (Column column : which.columns()) {
      assertEquals(++id, column.id);
      assertTrue(names.add(column.columnName));
    }
    assertEquals("meta", which.meta().columnName);
  }

  private static void setVersion(DataFolder folder, Database which, long version) {
    try (RocksDatabase database = folder.open(which, Access.READ_WRITE);
        WriteOptions options = new WriteOptions()) {
      BatchBytes batch = new BatchBytes();
      batch.put(which.meta(), "format".getBytes(UTF_8), Keys.of(version));
      database.write(options, batch);
    }
  }

  private static void addColumn(Path path, String name) throws Exception {
    try (Options options = new Options();
        ColumnFamilyOptions columnOptions = new ColumnFamilyOptions()) {
      List<ColumnFamilyDescriptor> found =
          RocksDB.listColumnFamilies(options, path.toString()).stream()
              .map(existing -> new ColumnFamilyDescriptor(existing, columnOptions))
              .toList();
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      try (DBOptions plain = new DBOptions();
          RocksDB db = RocksDB.open(plain, path.toString(), found, handles)) {
        handles.add(
            db.createColumnFamily(new ColumnFamilyDescriptor(name.getBytes(UTF_8), columnOptions)));
        handles.forEach(ColumnFamilyHandle::close);
      }
    }
  }
}
