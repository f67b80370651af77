// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * A store could not do what was asked. Whoever was writing stops, whichever kind it is: after a
 * failed sync nobody knows what is on the disk, and only a start that replays the log finds out.
 */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  // File names as RocksDB gives them in its messages.
  private static final Pattern FILE =
      Pattern.compile("[^\\s:'\"]*?(?:\\d{6,}\\.(?:sst|log|blob)|MANIFEST-\\d+|CURRENT)");

  /** What the caller can make of it. */
  public enum Kind {
    /**
     * The bytes on disk are not the bytes that were written. Writing more will not help; a backup
     * will.
     */
    DAMAGED,
    /** The operation failed: disk full, no permission, I/O error, misuse. */
    FAILED
  }

  private final Kind kind;
  private final @Nullable String file;

  StorageException(Kind kind, String message, @Nullable Path file, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.file = file == null ? null : file.toString();
  }

  static StorageException damaged(String message, Path file) {
    return new StorageException(Kind.DAMAGED, file + ": " + message, file, null);
  }

  static StorageException failed(String message, @Nullable Throwable cause) {
    return new StorageException(Kind.FAILED, message, null, cause);
  }

  static StorageException failed(Path file, IOException cause) {
    return new StorageException(Kind.FAILED, file + ": " + cause.getMessage(), file, cause);
  }

  /**
   * The one place that reads RocksDB's status. Its exception stays as the cause, for the log only.
   */
  static StorageException of(RocksDBException e, Path folder, String doing) {
    Status status = e.getStatus();
    String said = String.valueOf(e.getMessage());
    boolean corrupt =
        status != null ? status.getCode() == Status.Code.Corruption : said.startsWith("Corruption");
    Matcher found = FILE.matcher(said);
    Path file = found.find() ? folder.resolve(Path.of(found.group()).getFileName()) : null;
    return new StorageException(
        corrupt ? Kind.DAMAGED : Kind.FAILED, folder + ": " + doing + ": " + said, file, e);
  }

  public Kind kind() {
    return kind;
  }

  /** The damaged file, where RocksDB said which. {@link DamageScan} finds it otherwise. */
  public Optional<Path> file() {
    return Optional.ofNullable(file).map(Path::of);
  }
}
