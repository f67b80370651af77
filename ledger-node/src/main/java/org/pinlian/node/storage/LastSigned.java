// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The last tree head that this node signed, in a file outside the databases: a database set back to
 * an earlier state is then behind this file, and the node refuses to start instead of giving the
 * same indexes to other entries.
 *
 * <p>{@link #note} comes after the synced batch and before the signature leaves the process. The
 * file is two slots of 512 bytes, the smallest unit that disks write; each note overwrites the
 * older one in place and syncs. The crash cases:
 *
 * <ul>
 *   <li>Before the write: the file is behind the database. The node comes up with entries that no
 *       signature was given for. Nobody was promised anything.
 *   <li>In the middle of it: the slot being written is torn and its checksum says so; the other
 *       one, which this note did not touch, holds the head before. Again nothing had been signed.
 *   <li>After the sync: the file holds the head, and the signature may or may not have left.
 *   <li>While the file is first made: it is written whole under another name, synced and renamed.
 *       There is no file, or a good one.
 * </ul>
 *
 * <p>One hole stays: a newer slot that rots after it was synced looks like one torn by a crash, and
 * the file then speaks for the head before, one batch earlier. Witnesses remember too.
 *
 * <p>For one thread.
 */
public final class LastSigned implements AutoCloseable {
  static final int SLOT_BYTES = 512;

  private static final long MAGIC = 0x50494e4c49414e31L; // "PINLIAN1"
  private static final int CHECKSUM_AT = SLOT_BYTES - 4;

  /** A signed tree head: 32 bytes of root, not copied; equal by value. */
  @SuppressWarnings("ArrayRecordComponent") // equality is given below
  public record Head(long size, byte[] root) {
    public Head {
      Keys.exactly(32, root, "root");
      if (size < 0) {
        throw new IllegalArgumentException("size " + size);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Head(long s, byte[] r) && s == size && Arrays.equals(r, root);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(root);
    }
  }

  /** What a slot holds; the turn grows by one with each note and says which slot is newer. */
  private record Slot(long turn, Head head) {}

  private final Path folder;
  private final Path file;
  private @Nullable FileChannel channel;
  private @Nullable Slot newest;
  private boolean failed;

  private LastSigned(Path folder) {
    this.folder = folder;
    this.file = folder.resolve("last-signed");
    this.newest = newest(file);
  }

  /**
   * Reads the file; creates nothing before the first note.
   *
   * @throws StorageException DAMAGED if there is a file in which no slot is good
   */
  public static LastSigned open(DataFolder folder) {
    return new LastSigned(folder.path());
  }

  /** The last head noted, if any was. */
  public Optional<Head> read() {
    return Optional.ofNullable(newest).map(Slot::head);
  }

  /**
   * Notes the head that is about to be signed, and waits until the disk has it.
   *
   * @throws IllegalArgumentException if it takes back what was noted: a smaller tree, or another
   *     root for the same size
   */
  public void note(long size, byte[] root) {
    Head head = new Head(size, root.clone());
    Slot before = newest;
    if (before != null) {
      if (head.equals(before.head)) {
        return;
      }
      if (size <= before.head.size) {
        throw new IllegalArgumentException(
            "a head of size %d after one of size %d was noted: this would be a fork"
                .formatted(size, before.head.size));
      }
    }
    if (failed) {
      throw StorageException.failed(file + ": an earlier write failed; reopen to recover", null);
    }
    Slot slot = new Slot(before == null ? 1 : before.turn + 1, head);
    try {
      if (before == null) {
        create(slot);
      } else {
        write(slot);
      }
    } catch (IOException e) {
      failed = true;
      throw StorageException.failed(file, e);
    }
    newest = slot;
  }

  private void create(Slot slot) throws IOException {
    Path draft = file.resolveSibling("last-signed.new");
    try (FileChannel made = FileChannel.open(draft, CREATE, WRITE, TRUNCATE_EXISTING)) {
      ByteBuffer both = ByteBuffer.allocate(2 * SLOT_BYTES);
      both.position((int) offset(slot.turn)).put(bytes(slot)).rewind();
      writeFully(made, both, 0);
      made.force(true);
    }
    Files.move(draft, file, ATOMIC_MOVE);
    DataFolder.sync(folder);
  }

  private void write(Slot slot) throws IOException {
    FileChannel open = channel;
    if (open == null) {
      open = FileChannel.open(file, WRITE);
      channel = open;
    }
    writeFully(open, bytes(slot), offset(slot.turn));
    // The size of the file never changes, so there is no metadata that would have to follow.
    open.force(false);
  }

  @Override
  public void close() {
    failed = true;
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw StorageException.failed(file, e);
    }
  }

  private static @Nullable Slot newest(Path file) {
    byte[] both;
    try {
      if (!Files.exists(file)) {
        return null;
      }
      try (FileChannel channel = FileChannel.open(file, READ)) {
        if (channel.size() != 2 * SLOT_BYTES) {
          throw StorageException.damaged(channel.size() + " bytes long, not 1024", file);
        }
        ByteBuffer buffer = ByteBuffer.allocate(2 * SLOT_BYTES);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {}
        both = buffer.array();
      }
    } catch (IOException e) {
      throw StorageException.failed(file, e);
    }
    Slot newest = newest(both);
    if (newest == null) {
      throw StorageException.damaged(
          "neither slot is whole. The node cannot know what it has signed; see the witnesses",
          file);
    }
    return newest;
  }

  /** The head in the bytes of a file; empty if no slot is good. */
  static Optional<Head> head(byte[] both) {
    return Optional.ofNullable(newest(both)).map(Slot::head);
  }

  private static @Nullable Slot newest(byte[] both) {
    Slot even = slot(both, 0);
    Slot odd = slot(both, 1);
    if (even == null || odd == null) {
      return even == null ? odd : even;
    }
    return even.turn > odd.turn ? even : odd;
  }

  /** The slot of this parity, or null if it is torn, damaged or was never written. */
  private static @Nullable Slot slot(byte[] both, int parity) {
    byte[] bytes = Arrays.copyOfRange(both, parity * SLOT_BYTES, (parity + 1) * SLOT_BYTES);
    if (Keys.longAt(bytes, 0) != MAGIC || Keys.intAt(bytes, CHECKSUM_AT) != checksum(bytes)) {
      return null;
    }
    long turn = Keys.longAt(bytes, 8);
    long size = Keys.longAt(bytes, 16);
    return turn % 2 != parity || size < 0
        ? null
        : new Slot(turn, new Head(size, Arrays.copyOfRange(bytes, 24, 56)));
  }

  // magic u64 || turn u64 || size u64 || root 32 || zeros || CRC32C over all before it
  private static ByteBuffer bytes(Slot slot) {
    ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES);
    bytes.putLong(MAGIC).putLong(slot.turn).putLong(slot.head.size).put(slot.head.root);
    return bytes.putInt(CHECKSUM_AT, checksum(bytes.array())).rewind();
  }

  private static int checksum(byte[] slot) {
    CRC32C checksum = new CRC32C();
    checksum.update(slot, 0, CHECKSUM_AT);
    return (int) checksum.getValue();
  }

  private static long offset(long turn) {
    return turn % 2 * SLOT_BYTES;
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long at)
      throws IOException {
    while (bytes.hasRemaining()) {
      int written = channel.write(bytes, at + bytes.position());
      if (written <= 0) {
        throw new IOException("nothing written");
      }
    }
  }
}
