// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The last checkpoint shown to the world, with its cosignatures, beside the last-signed file: as
 * text, so that an operator can read it and hand it on.
 *
 * <p>Each is written whole under another name, synced and renamed. After a crash there is the one
 * before or the new one, and what was shown is never newer than what is here. Its own signatures
 * say whether it is whole; checking them is the reader's business.
 *
 * <p>For one thread.
 */
public final class PublishedFile {
  private final Path folder;
  private final Path file;

  private PublishedFile(Path folder) {
    this.folder = folder;
    this.file = folder.resolve("published");
  }

  /** Reads and creates nothing yet. */
  public static PublishedFile of(DataFolder folder) {
    return new PublishedFile(folder.path());
  }

  /** For messages. */
  public Path path() {
    return file;
  }

  /**
   * The note, if any was ever kept.
   *
   * @throws StorageException DAMAGED if there is more than anybody wrote
   */
  public Optional<byte[]> read(int bytesMax) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(bytesMax + 1);
      if (bytes.length > bytesMax) {
        throw StorageException.damaged("longer than " + bytesMax + " bytes", file);
      }
      return Optional.of(bytes);
    } catch (IOException e) {
      throw StorageException.failed(file, e);
    }
  }

  /** Keeps a note, and waits until the disk has it. */
  public void keep(String note) {
    Path draft = file.resolveSibling("published.new");
    try {
      try (FileChannel made = FileChannel.open(draft, CREATE, WRITE, TRUNCATE_EXISTING)) {
        ByteBuffer bytes = UTF_8.encode(note);
        while (bytes.hasRemaining()) {
          var _ = made.write(bytes);
        }
        made.force(true);
      }
      Files.move(draft, file, ATOMIC_MOVE);
      DataFolder.sync(folder);
    } catch (IOException e) {
      throw StorageException.failed(file, e);
    }
  }
}
