// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.node.storage.LastSigned.Head;

class LastSignedTest {
  @TempDir Path temp;

  private final Sample sample = Sample.seeded("LastSignedTest");

  @Test
  void readsWhatWasNotedLast() {
    try (DataFolder folder = Sample.open(temp)) {
      try (LastSigned file = LastSigned.open(folder)) {
        assertEquals(Optional.empty(), file.read());
        assertFalse(Files.exists(path()));
      }
      for (long size = 1; size < 8; size++) {
        byte[] root = sample.bytes(32);
        try (LastSigned file = LastSigned.open(folder)) {
          file.note(size, root);
          assertEquals(Optional.of(new Head(size, root)), file.read());
        }
        assertEquals(Optional.of(new Head(size, root)), read(folder));
      }
    }
  }

  @Test
  void notesManyInOneSitting() {
    try (DataFolder folder = Sample.open(temp);
        LastSigned file = LastSigned.open(folder)) {
      byte[] root = sample.bytes(32);
      for (long size = 1; size <= 100; size++) {
        file.note(size, root);
      }
      assertEquals(Optional.of(new Head(100, root)), read(folder));
    }
  }

  @Test
  void survivesAWriteTornAtAnyByte() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      Head[] heads = new Head[4];
      byte[][] contents = new byte[4][];
      try (LastSigned file = LastSigned.open(folder)) {
        for (int i = 0; i < heads.length; i++) {
          heads[i] = new Head(100 + i, sample.bytes(32));
          file.note(heads[i].size(), heads[i].root());
          contents[i] = Files.readAllBytes(path());
        }
      }
      // From contents[2] to contents[3] one slot changes: torn after each number of its bytes, from
      // its
      // beginning or, since a disk may write as it likes, from its end.
      int start = Arrays.mismatch(contents[2], contents[3]) / 512 * 512;
      for (int written = 0; written <= 512; written++) {
        byte[] torn = contents[2].clone();
        System.arraycopy(contents[3], start, torn, start, written);
        check(folder, torn, contents, heads);
        torn = contents[2].clone();
        System.arraycopy(contents[3], start + 512 - written, torn, start + 512 - written, written);
        check(folder, torn, contents, heads);
      }
    }
  }

  private void check(DataFolder folder, byte[] torn, byte[][] contents, Head[] heads)
      throws Exception {
    Files.write(path(), torn);
    Head expected = Arrays.equals(torn, contents[3]) ? heads[3] : heads[2];
    assertEquals(Optional.of(expected), read(folder));
    // And the next note goes over the torn slot, not over the good one.
    try (LastSigned file = LastSigned.open(folder)) {
      file.note(200, heads[0].root());
    }
    assertEquals(Optional.of(new Head(200, heads[0].root())), read(folder));
  }

  @Test
  void findsAnyByteChangedInTheOnlySlot() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      try (LastSigned file = LastSigned.open(folder)) {
        file.note(1, sample.bytes(32));
      }
      byte[] good = Files.readAllBytes(path());
      for (int at = 512; at < 1024; at++) {
        byte[] bad = good.clone();
        bad[at] ^= (byte) (1 << sample.random.nextInt(8));
        Files.write(path(), bad);
        StorageException e = assertThrows(StorageException.class, () -> LastSigned.open(folder));
        assertEquals(StorageException.Kind.DAMAGED, e.kind());
        assertEquals(path().toRealPath(), e.file().orElseThrow());
      }
      assertEquals(1, DamageScan.scan(folder, _ -> {}).damages().size());
    }
  }

  @Test
  void refusesAFileThatIsCutShortOrEmpty() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      for (int length : new int[] {0, 511, 512, 1023, 1025}) {
        Files.write(path(), new byte[length]);
        assertThrows(StorageException.class, () -> LastSigned.open(folder));
      }
      Files.write(path(), new byte[1024]);
      assertThrows(StorageException.class, () -> LastSigned.open(folder));
    }
  }

  @Test
  void refusesToTakeBackWhatWasNoted() {
    byte[] root = sample.bytes(32);
    try (DataFolder folder = Sample.open(temp);
        LastSigned file = LastSigned.open(folder)) {
      file.note(5, root);
      file.note(5, root);
      byte[] other = sample.bytes(32);
      assertThrows(IllegalArgumentException.class, () -> file.note(4, root));
      assertThrows(IllegalArgumentException.class, () -> file.note(5, other));
      assertThrows(IllegalArgumentException.class, () -> file.note(6, new byte[31]));
      assertEquals(Optional.of(new Head(5, root)), file.read());
    }
  }

  @Test
  void isNotFooledByADraftThatWasNeverRenamed() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      Files.write(folder.path().resolve("last-signed.new"), new byte[100]);
      try (LastSigned file = LastSigned.open(folder)) {
        assertTrue(file.read().isEmpty());
        file.note(1, sample.bytes(32));
      }
      assertEquals(1, read(folder).orElseThrow().size());
    }
  }

  private Path path() {
    return temp.resolve("data/last-signed");
  }

  private static Optional<Head> read(DataFolder folder) {
    try (LastSigned file = LastSigned.open(folder)) {
      return file.read();
    }
  }
}
