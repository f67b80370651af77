// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path temp;

  @Test
  void isForItsOwnerOnly() throws Exception {
    try (DataFolder folder = DataFolder.open(temp.resolve("a/b"), Sample.SMALL);
        KeyStore keys = KeyStore.open(folder, Access.READ_WRITE)) {
      assertTrue(keys.seed(0).isEmpty());
      for (Path path : new Path[] {folder.path(), folder.path().resolve("keys")}) {
        assertEquals(
            "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      }
    }
  }

  @Test
  void isHeldByOneNodeInThisProcess() {
    try (DataFolder folder = Sample.open(temp);
        DataFolder same = Sample.open(temp)) {
      assertEquals(Optional.empty(), folder.holder());
      try (DataFolder.Lock _ = folder.lock("127.0.0.1:9090")) {
        assertEquals(Optional.of("127.0.0.1:9090"), same.holder());
        FolderInUseException e =
            assertThrows(FolderInUseException.class, () -> same.lock("127.0.0.1:9091"));
        assertEquals("127.0.0.1:9090", e.address());
      }
      assertEquals(Optional.empty(), same.holder());
      same.refuseIfHeld();
    }
  }

  @Test
  void isRefusedToASecondProcessWhichNamesTheAddress() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      try (DataFolder.Lock _ = folder.lock("127.0.0.1:9090")) {
        // Asking must not let go: closing any descriptor of the file would, on POSIX.
        assertEquals(Optional.of("127.0.0.1:9090"), folder.holder());
        assertEquals(
            "held by 127.0.0.1:9090, refused by 127.0.0.1:9090", told(folder.path(), "ask"));
      }
      assertEquals("held by nobody, locked", told(folder.path(), "ask"));
    }
  }

  @Test
  void isFreeAgainWhenTheProcessThatHeldItWasKilled() throws Exception {
    try (DataFolder folder = Sample.open(temp)) {
      Process other = Sample.java(Other.class, folder.path().toString(), "hold");
      try (var lines = Sample.output(other)) {
        assertEquals("held by nobody, locked", lines.readLine());
        assertEquals(Optional.of("other:1"), folder.holder());
        FolderInUseException e =
            assertThrows(FolderInUseException.class, () -> folder.lock("127.0.0.1:9090"));
        assertEquals("other:1", e.address());
        assertThrows(FolderInUseException.class, folder::refuseIfHeld);
      } finally {
        other.destroyForcibly().waitFor();
      }
      assertEquals(Optional.empty(), folder.holder());
      folder.lock("127.0.0.1:9090").close();
    }
  }

  private static String told(Path folder, String how) throws Exception {
    Process other = Sample.java(Other.class, folder.toString(), how);
    try (var lines = Sample.output(other)) {
      return lines.readLine();
    } finally {
      other.waitFor();
    }
  }

  /** Another process that wants the folder. */
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) throws Exception {
      try (DataFolder folder = DataFolder.existing(Path.of(arguments[0]), Sample.SMALL)) {
        String held = "held by " + folder.holder().orElse("nobody");
        try (DataFolder.Lock _ = folder.lock("other:1")) {
          System.out.println(held + ", locked");
          if (arguments[1].equals("hold")) {
            Thread.sleep(60_000);
          }
        } catch (FolderInUseException e) {
          System.out.println(held + ", refused by " + e.address());
        }
      }
    }
  }
}
