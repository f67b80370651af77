// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A reader of the form in which RocksDB keeps both its write-ahead logs and its MANIFEST, for
 * finding damage: unlike RocksDB's own it goes on behind a damaged record and says where each
 * begins.
 *
 * <p>The file is cut into blocks of 32 KiB. A block is a run of fragments, {@code u32 checksum ||
 * u16 length || u8 type} (little-endian) and the payload, with up to six zero bytes where no header
 * fits. The checksum is a masked CRC32C over all that follows the length. So two kinds of bytes are
 * covered by nothing: the length, and the zeros. A wrong length is noticed because the checksum
 * then covers the wrong bytes, and the zeros are looked at here.
 *
 * <p>At the very end of a file a wrong length that reaches past the end looks like a record cut
 * short by a crash, and RocksDB takes it for that. Here the checksum decides: if it fits any
 * shorter length, then the record is all there and its length was changed.
 */
final class LogFile {
  private static final int BLOCK_BYTES = 32 * 1024;
  private static final int HEADER_BYTES = 7;

  private static final int FULL = 1;
  private static final int FIRST = 2;
  private static final int LAST = 4;

  /** Is told what is found, in the order of the file. */
  interface Visitor {
    /** A whole record, its fragments joined, all checksums good. */
    void record(long offset, byte[] payload);

    void damaged(long offset, String what);

    /**
     * The file ends in the middle of a record that begins here, as after a crash. Nothing follows.
     */
    void torn(long offset);
  }

  private final byte[] block = new byte[BLOCK_BYTES];
  private final ByteArrayOutputStream joined = new ByteArrayOutputStream();
  private final CRC32C checksum = new CRC32C();
  private final Visitor visitor;

  private int length;
  private long blockOffset;
  private boolean lastBlock;

  /** Where the record of which we have the first fragments begins, or -1 between records. */
  private long begun = -1;

  /** After damage, what is left of the record it was in means nothing and is passed over. */
  private boolean skipping;

  private boolean ended;

  private LogFile(Visitor visitor) {
    this.visitor = visitor;
  }

  static void read(Path file, Visitor visitor) throws IOException {
    LogFile reader = new LogFile(visitor);
    long size = Files.size(file);
    try (InputStream in = Files.newInputStream(file)) {
      while (!reader.ended && reader.blockOffset < size) {
        reader.length = in.readNBytes(reader.block, 0, BLOCK_BYTES);
        reader.lastBlock = reader.blockOffset + reader.length >= size;
        reader.block();
        reader.blockOffset += reader.length;
      }
    }
    if (!reader.ended && reader.begun >= 0) {
      visitor.torn(reader.begun);
    }
  }

  private void block() {
    int at = 0;
    while (!ended && at + HEADER_BYTES <= length) {
      int next = fragment(at);
      if (next < 0) {
        return;
      }
      at = next;
    }
    if (!ended && at < length) {
      trailer(at);
    }
  }

  /**
   * Reads the fragment here and returns where the next one is, or -1 to go on with the next block.
   */
  private int fragment(int at) {
    if (zeros(at, length)) {
      return emptyRest(at);
    }
    int type = type(at);
    if (type > LAST) {
      // Among them those of recycled logs, whose longer header would reach past a file's end and so
      // be taken for what a crash left.
      damaged(at, "a log record of a kind that is not written here");
      return -1;
    }
    int end = at + HEADER_BYTES + payloadBytes(at);
    if (end > length) {
      return reachesPastTheEnd(at);
    }
    if (storedChecksum(at) != checksum(at, end)) {
      damaged(at, "checksum of a log record does not match");
      // If the length is right then something sensible follows, and only this fragment is lost.
      return end + HEADER_BYTES > length || intact(end) ? end : -1;
    }
    payload(type, at, at + HEADER_BYTES, end);
    return end;
  }

  private void payload(int type, int at, int from, int end) {
    boolean begins = type == FULL || type == FIRST;
    if (begins) {
      if (begun >= 0) {
        visitor.damaged(begun, "a log record has no end");
      }
      skipping = false;
      begun = blockOffset + at;
      joined.reset();
    } else if (begun < 0) {
      if (!skipping) {
        damaged(at, "a log record has no beginning");
      }
      return;
    }
    joined.write(block, from, end - from);
    if (type == FULL || type == LAST) {
      long offset = begun;
      begun = -1;
      visitor.record(offset, joined.toByteArray());
    }
  }

  /**
   * A length that does not fit: cut short by a crash at the end of the file, damage anywhere else.
   */
  private int reachesPastTheEnd(int at) {
    if (!lastBlock) {
      damaged(at, "a log record reaches past its block");
      return -1;
    }
    int from = at + HEADER_BYTES;
    for (int end = from; end <= length; end++) {
      if (storedChecksum(at) == (end == from ? checksum(at, end) : checksumOneMore(end))) {
        damaged(at, "the length of a log record was changed");
        return end;
      }
    }
    end(at);
    return -1;
  }

  /** Zeros up to the end of the block. */
  private int emptyRest(int at) {
    if (lastBlock) {
      end(at);
    } else {
      damaged(at, "zeros where a log record should be");
    }
    return -1;
  }

  private void trailer(int at) {
    if (lastBlock && length < BLOCK_BYTES) {
      end(at);
    } else if (!zeros(at, length)) {
      damaged(at, "the filling of a log block is not zero");
    }
  }

  private void end(int at) {
    ended = true;
    visitor.torn(begun >= 0 ? begun : blockOffset + at);
  }

  private void damaged(int at, String what) {
    begun = -1;
    skipping = true;
    visitor.damaged(blockOffset + at, what);
  }

  private boolean intact(int at) {
    int end = at + HEADER_BYTES + payloadBytes(at);
    return end <= length && storedChecksum(at) == checksum(at, end);
  }

  private int type(int at) {
    return block[at + 6] & 0xff;
  }

  private int payloadBytes(int at) {
    return (block[at + 4] & 0xff) | ((block[at + 5] & 0xff) << 8);
  }

  private int storedChecksum(int at) {
    return (block[at] & 0xff)
        | ((block[at + 1] & 0xff) << 8)
        | ((block[at + 2] & 0xff) << 16)
        | (block[at + 3] << 24);
  }

  private int checksum(int at, int end) {
    checksum.reset();
    checksum.update(block, at + 6, Math.max(0, Math.min(end, length) - at - 6));
    return masked();
  }

  private int checksumOneMore(int end) {
    checksum.update(block[end - 1]);
    return masked();
  }

  // RocksDB masks the checksums it stores, because a CRC over bytes that contain their own CRC is
  // weak.
  private int masked() {
    return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
  }

  private boolean zeros(int from, int to) {
    for (int i = from; i < to; i++) {
      if (block[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
