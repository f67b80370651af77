// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.witness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.tools.connect.DurableFiles;
import org.pinlian.tools.connect.FolderLock;

/**
 * What a witness must never forget: of each log the last checkpoint it cosigned, in a file named
 * after the log's origin. The file is also what the witness shows.
 *
 * <p>Safe for many threads, as long as only one at a time works on a log.
 */
final class WitnessState implements AutoCloseable {
  private static final String ENDING = ".checkpoint";

  private final Path folder;
  private final FolderLock lock;

  private WitnessState(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * What was cosigned last.
   *
   * @param note with the log's signature and the witness's own
   */
  record Remembered(Checkpoint head, SignedNote note) {}

  /**
   * Opens the folder, for this process alone: two witnesses on one folder would each cosign what
   * the other does not know of.
   */
  static WitnessState open(Path folder) throws IOException {
    DurableFiles.createFolder(folder);
    return new WitnessState(folder, FolderLock.take(folder, "lock"));
  }

  /** The name under which a log's checkpoint is kept and shown: SHA-256 of its origin. */
  static String name(String origin) {
    return HashAlgorithm.SHA_256.hash(origin.getBytes(StandardCharsets.UTF_8)).hex();
  }

  /**
   * What was cosigned last of a log, if anything was.
   *
   * @throws IOException if what is there is damaged: cosigning from nothing would be forgetting
   */
  Optional<Remembered> read(String origin, NoteVerifier own) throws IOException {
    Path file = file(origin);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      SignedNote note = SignedNote.parse(DurableFiles.read(file, SignedNote.MAX_BYTES));
      var _ = note.verify(List.of(own));
      Checkpoint head = Checkpoint.parse(note.text());
      if (!head.origin().equals(origin)) {
        throw new IOException(file + " is of another log: " + head.origin());
      }
      return Optional.of(new Remembered(head, note));
    } catch (NoteException e) {
      throw new IOException(
          file + " is not a checkpoint that this witness cosigned: " + e.getMessage(), e);
    }
  }

  /** Keeps it, and returns when the disk has it. */
  void keep(Remembered remembered) throws IOException {
    DurableFiles.write(file(remembered.head().origin()), remembered.note().bytes());
    DurableFiles.syncFolder(folder);
  }

  private Path file(String origin) {
    return folder.resolve(name(origin) + ENDING);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
