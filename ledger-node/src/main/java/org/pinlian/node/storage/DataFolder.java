// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;

/**
 * The folder that `--data` names, with everything a node keeps:
 *
 * <pre>
 * truth/ derived/ keys/   the databases
 * last-signed             the last tree head signed ({@link LastSigned})
 * node.lock               locked by the running node, and holding its address
 * </pre>
 *
 * <p>Owns the block cache of the stores opened from it, so it is closed after them. Safe for many
 * threads.
 */
public final class DataFolder implements AutoCloseable {
  private static final String LOCK_FILE = "node.lock";
  private static final int ADDRESS_BYTES_MAX = 512;

  // Which folders this process holds itself. POSIX gives up all locks of a process on a file when
  // the
  // process closes any descriptor of it, so holder() must not even open the file of a lock that is
  // ours:
  // to look would be to let go.
  private static final Map<Path, String> HELD_HERE = new ConcurrentHashMap<>();

  private final Path path;
  private final StorageConfig config;
  private @Nullable Cache cache;
  private boolean closed;

  private DataFolder(Path path, StorageConfig config) {
    this.path = path;
    this.config = config;
  }

  /** For the node: creates the folder if there is none, for its owner only. */
  public static DataFolder open(Path path, StorageConfig config) {
    try {
      createPrivate(path);
      return new DataFolder(path.toRealPath(), config);
    } catch (IOException e) {
      throw StorageException.failed(path, e);
    }
  }

  /** For commands that only look: fails if there is no such folder, and creates nothing. */
  public static DataFolder existing(Path path, StorageConfig config) {
    if (!Files.isDirectory(path)) {
      throw StorageException.failed(path + ": no such folder", null);
    }
    try {
      return new DataFolder(path.toRealPath(), config);
    } catch (IOException e) {
      throw StorageException.failed(path, e);
    }
  }

  public Path path() {
    return path;
  }

  /**
   * Takes the folder for a node that serves at this address.
   *
   * @throws FolderInUseException naming the address of the node that holds it
   */
  public Lock lock(String address) {
    String earlier = HELD_HERE.putIfAbsent(path, address);
    if (earlier != null) {
      throw new FolderInUseException(path, earlier);
    }
    FileChannel channel = null;
    boolean locked = false;
    try {
      channel = FileChannel.open(path.resolve(LOCK_FILE), CREATE, READ, WRITE);
      if (!tryLock(channel)) {
        throw new FolderInUseException(path, address(channel));
      }
      channel.truncate(0);
      channel.write(UTF_8.encode(address), 0);
      locked = true;
      return new Lock(path, channel);
    } catch (IOException e) {
      throw StorageException.failed(path.resolve(LOCK_FILE), e);
    } finally {
      if (!locked) {
        closeQuietly(channel);
        HELD_HERE.remove(path);
      }
    }
  }

  /**
   * Tries for a tenth of a second, because a command that asks for the holder locks the file itself
   * for a moment, and no node should fail to start over a question.
   */
  private static boolean tryLock(FileChannel channel) throws IOException {
    for (int attempt = 1; channel.tryLock() == null; attempt++) {
      if (attempt == 6) {
        return false;
      }
      LockSupport.parkNanos(20_000_000);
    }
    return true;
  }

  /**
   * The address of the node that holds the folder now, if any; empty text while that one is
   * starting.
   */
  public Optional<String> holder() {
    String here = HELD_HERE.get(path);
    if (here != null) {
      return Optional.of(here);
    }
    Path file = path.resolve(LOCK_FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    // Shared, so that two commands asking at once do not take one another for a node. That needs no
    // right to write, and a folder may well be looked at by someone who has none.
    try (FileChannel channel = FileChannel.open(file, READ);
        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return lock == null ? Optional.of(address(channel)) : Optional.empty();
    } catch (OverlappingFileLockException askedBySomeoneElseHere) {
      return Optional.ofNullable(HELD_HERE.get(path));
    } catch (IOException e) {
      throw StorageException.failed(file, e);
    }
  }

  /** Throws if a node holds the folder: for commands that cannot work beside one. */
  public void refuseIfHeld() {
    holder()
        .ifPresent(address -> {
          throw new FolderInUseException(path, address);
        });
  }

  /** The bytes of all files in the folder. */
  public long sizeBytes() {
    long[] sum = new long[1];
    walk(path, (_, size) -> sum[0] += size);
    return sum[0];
  }

  /** The bytes of each database, by the name of its folder. */
  public Map<String, Long> databaseBytes() {
    Map<String, Long> bytes = new TreeMap<>();
    for (Database database : Database.values()) {
      long[] sum = new long[1];
      walk(database.in(path), (_, size) -> sum[0] += size);
      bytes.put(database.folderName, sum[0]);
    }
    return bytes;
  }

  RocksDatabase open(Database which, Access access) {
    Path folder = which.in(path);
    if (access == Access.READ_WRITE) {
      try {
        createPrivate(folder);
      } catch (IOException e) {
        throw StorageException.failed(folder, e);
      }
    }
    return RocksDatabase.open(which, folder, access, config, cache());
  }

  void delete(Database which) {
    Path folder = which.in(path);
    if (!Files.exists(folder)) {
      return;
    }
    try {
      // CURRENT goes first: what is left after a crash in the middle is then no database, not half
      // of one.
      Files.deleteIfExists(folder.resolve("CURRENT"));
      sync(folder);
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes of) throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(left);
              return FileVisitResult.CONTINUE;
            }
          });
      sync(path);
    } catch (IOException e) {
      throw StorageException.failed(folder, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (cache != null) {
      cache.close();
      cache = null;
    }
  }

  // Made when the first store is opened: asking who holds a folder needs no RocksDB.
  private synchronized Cache cache() {
    if (closed) {
      throw new IllegalStateException(path + ": the folder is closed");
    }
    Cache made = cache;
    if (made == null) {
      RocksDB.loadLibrary();
      made = new LRUCache(config.blockCacheBytes(), 6, false, 0.5);
      cache = made;
    }
    return made;
  }

  private static String address(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(ADDRESS_BYTES_MAX);
    channel.read(bytes, 0);
    return UTF_8.decode(bytes.flip()).toString();
  }

  private static void createPrivate(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectory(folder);
    }
    if (parent != null) {
      sync(parent);
    }
  }

  /**
   * Makes names in a folder durable: syncing a file says nothing about the entry that leads to it.
   */
  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, READ)) {
      channel.force(true);
    }
  }

  interface FileSize {
    void found(Path file, long bytes);
  }

  static void walk(Path folder, FileSize each) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes of) {
              each.found(file, of.size());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // deleted by compaction while we walked
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw StorageException.failed(folder, e);
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Nothing was written; the reason why we gave up is on its way to the caller.
      return;
    }
  }

  /**
   * The folder is ours. Given up by {@link #close}, and by the end of the process however it ends;
   * the file stays, because deleting it would let two nodes each lock a file of that name.
   */
  public static final class Lock implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private Lock(Path path, FileChannel channel) {
      this.path = path;
      this.channel = channel;
    }

    @Override
    public synchronized void close() {
      if (!channel.isOpen()) {
        return;
      }
      try {
        channel.close();
      } catch (IOException e) {
        throw StorageException.failed(path.resolve(LOCK_FILE), e);
      } finally {
        HELD_HERE.remove(path);
      }
    }
  }
}
