// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that are there whole or not at all, readable by their owner alone: of an agent they hold
 * restricted content.
 */
public final class DurableFiles {
  /** What a crash may leave; never read. */
  static final String DRAFT_ENDING = ".new";

  private DurableFiles() {}

  /**
   * Writes a file and syncs it, under another name, then gives it its name. Its name is durable
   * once {@link #syncFolder} has returned. Of the writes of one file only one may be under way.
   */
  public static void write(Path file, byte[]... parts) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + DRAFT_ENDING);
    Files.deleteIfExists(draft);
    try (FileChannel channel =
        FileChannel.open(
            draft,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly(draft, "rw-------"))) {
      for (byte[] part : parts) {
        ByteBuffer buffer = ByteBuffer.wrap(part);
        while (buffer.hasRemaining()) {
          var _ = channel.write(buffer);
        }
      }
      channel.force(true);
    } catch (IOException e) {
      // A file that failed to be synced is never used, so nothing is lost that was promised.
      deleteAfter(e, draft);
      throw e;
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void deleteAfter(IOException e, Path draft) {
    try {
      Files.deleteIfExists(draft);
    } catch (IOException again) {
      e.addSuppressed(again);
    }
  }

  /** Makes the names in a folder durable. */
  public static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Makes a folder and those above it, unless they are there. */
  public static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, ownerOnly(folder, "rwx------"));
      Path above = folder.toAbsolutePath().getParent();
      if (above != null) {
        syncFolder(above);
      }
    }
  }

  /**
   * Reads a regular file, not a link to one.
   *
   * @throws TooLargeException if it has more bytes
   */
  public static byte[] read(Path file, int bytesMax) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(bytesMax + 1);
      if (bytes.length > bytesMax) {
        throw new TooLargeException(file + " has more than " + bytesMax + " bytes");
      }
      return bytes;
    }
  }

  static FileAttribute<?>[] ownerOnly(Path file, String rights) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))
        }
        : new FileAttribute<?>[0];
  }

  /** More bytes than are taken. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLargeException(String message) {
      super(message);
    }
  }
}
