// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * Rows in key order, of the store as it was when the cursor was made: what is written later is not
 * seen. For one thread. To be closed, because an open one keeps old files from being deleted; the
 * store closes those that are left.
 *
 * @param <R> what a row is
 */
public final class Cursor<R> implements AutoCloseable {

  /** How a row is made of key and value. */
  interface Decoder<R> {
    R row(byte[] key, byte[] value);
  }

  private final RocksDatabase database;
  private final RocksIterator iterator;
  private final ReadOptions options;
  private final @Nullable Slice end;
  private final byte[] from;
  private final Decoder<R> decoder;
  private boolean started;
  private boolean closed;
  private @Nullable R row;

  Cursor(
      RocksDatabase database,
      RocksIterator iterator,
      ReadOptions options,
      @Nullable Slice end,
      byte[] from,
      Decoder<R> decoder) {
    this.database = database;
    this.iterator = iterator;
    this.options = options;
    this.end = end;
    this.from = from;
    this.decoder = decoder;
  }

  /** Goes to the next row, at first to the first. False at the end; damage on the way throws. */
  public boolean next() {
    row =
        database.reading(
            "read on",
            _ -> {
              if (closed) {
                throw new IllegalStateException("cursor is closed");
              }
              return step();
            });
    return row != null;
  }

  private @Nullable R step() throws RocksDBException {
    if (!started) {
      iterator.seek(from);
      started = true;
    } else if (iterator.isValid()) {
      iterator.next();
    }
    if (!iterator.isValid()) {
      // RocksDB also ends here when a block could not be read, and only this call tells the two
      // apart.
      iterator.status();
      return null;
    }
    return decoder.row(iterator.key(), iterator.value());
  }

  /** The row that {@link #next} went to. */
  public R row() {
    R current = row;
    if (current == null) {
      throw new NoSuchElementException("no row");
    }
    return current;
  }

  @Override
  public void close() {
    database.release(this);
  }

  /** Called by the database alone, when no thread is reading. */
  void closeNatives() {
    if (!closed) {
      closed = true;
      iterator.close();
      options.close();
      if (end != null) {
        end.close();
      }
    }
  }
}
