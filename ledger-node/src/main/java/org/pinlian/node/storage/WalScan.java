// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one write-ahead log for damage, and says which rows a damaged record held by what stands
 * before and behind it: batches are numbered through, and the truth's hold entries in log order.
 */
final class WalScan implements LogFile.Visitor {
  // Row tags with their column's id before the key. We write the first two; the rest are read so
  // that the
  // scan does not stumble over what a later version may write.
  private static final int SINGLE_DELETE_IN_COLUMN = 0x08;
  private static final int NOOP = 0x0d;
  private static final int LOG_DATA = 0x03;

  /** What a batch says of itself; entries are -1 where it holds none. */
  private record Batch(long firstSequence, long endSequence, long firstEntry, long lastEntry) {}

  private record Found(long offset, String what, @Nullable Batch before) {}

  private final Database database;
  private final Path file;
  private final List<Damage> damages = new ArrayList<>();
  private final List<Found> waiting = new ArrayList<>();
  private @Nullable Batch last;
  private long lastEntry = -1;
  private long records;
  private long tornAt = -1;

  private WalScan(Database database, Path file) {
    this.database = database;
    this.file = file;
  }

  static WalScan of(Database database, Path file) throws IOException {
    WalScan scan = new WalScan(database, file);
    LogFile.read(file, scan);
    scan.settle(null);
    return scan;
  }

  List<Damage> damages() {
    return damages;
  }

  /** How many good records the log holds. */
  long records() {
    return records;
  }

  /** Where an incomplete last record begins, or -1. */
  long tornAt() {
    return tornAt;
  }

  @Override
  public void record(long offset, byte[] payload) {
    Batch batch;
    try {
      batch = decode(payload);
    } catch (ByteReader.Malformed e) {
      damaged(offset, "a batch cannot be read: " + e.getMessage());
      return;
    }
    // A gap in the numbering is a batch that is gone, be every checksum as good as it may. (The log
    // may
    // hold a gap of one file's end only: numbers are given to what was written to a later file.)
    if (last != null && waiting.isEmpty() && batch.firstSequence != last.endSequence) {
      damaged(offset, "a batch before this one is missing");
    }
    records++;
    settle(batch);
    last = batch;
    if (batch.lastEntry >= 0) {
      lastEntry = batch.lastEntry;
    }
  }

  @Override
  public void damaged(long offset, String what) {
    waiting.add(new Found(offset, what, last));
  }

  @Override
  public void torn(long offset) {
    tornAt = offset;
  }

  /**
   * Words the damage found since the last good batch, now that it is known what comes next, if
   * anything.
   */
  private void settle(@Nullable Batch next) {
    for (Found found : waiting) {
      damages.add(new Damage(file, found.offset, found.what, range(found.before, next)));
    }
    waiting.clear();
  }

  private String range(@Nullable Batch before, @Nullable Batch next) {
    String first = before == null ? "" : Long.toString(before.endSequence);
    String end = next == null ? "" : Long.toString(next.firstSequence - 1);
    String range = "rows of sequence numbers " + first + ".." + end;
    if (database == Database.TRUTH) {
      String firstEntry = lastEntry < 0 ? "" : Long.toString(lastEntry + 1);
      String endEntry =
          next == null || next.firstEntry < 0 ? "" : Long.toString(next.firstEntry - 1);
      range += ", entries " + firstEntry + ".." + endEntry;
    }
    return range;
  }

  private Batch decode(byte[] payload) throws ByteReader.Malformed {
    ByteReader in = new ByteReader(payload);
    long sequence = in.fixed64();
    long count = in.fixed32();
    long firstEntry = -1;
    long end = -1;
    long rows = 0;
    while (in.more()) {
      int tag = in.u8();
      switch (tag) {
        case BatchBytes.PUT_IN_COLUMN -> {
          int column = in.varint32();
          byte[] key = in.string();
          in.skipString();
          if (database == Database.TRUTH && column == Column.ENTRIES.id && key.length == 8) {
            end = Keys.longAt(key, 0);
            firstEntry = firstEntry < 0 ? end : firstEntry;
          }
          rows++;
        }
        case BatchBytes.DELETE_IN_COLUMN, SINGLE_DELETE_IN_COLUMN -> {
          in.varint32();
          in.skipString();
          rows++;
        }
        case LOG_DATA -> in.skipString();
        case NOOP -> {}
        default -> throw new ByteReader.Malformed("row tag " + tag);
      }
    }
    if (rows != count) {
      throw new ByteReader.Malformed(rows + " rows where " + count + " are announced");
    }
    return new Batch(sequence, sequence + count, firstEntry, end);
  }
}
