// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.heads.HeadChanges;
import org.pinlian.node.heads.HeadSource;
import org.pinlian.record.Chains;
import org.pinlian.record.Heads;

/**
 * The last link of every chain and notice chain, by its key in the heads map, and which of them
 * changed since the last block. 80 bytes a chain and 8 to 16 of an index. For one thread.
 */
final class ChainTails implements HeadSource {
  // A row: key, then the value of formats.md A.5: u64 count, link, u64 last entry index.
  private static final int VALUE = Hash.SIZE;
  private static final int LINK = VALUE + Long.BYTES;
  private static final int LAST = LINK + Hash.SIZE;
  private static final int ROW_BYTES = Hash.SIZE + Heads.VALUE_SIZE;
  private static final int PAGE_BITS = 13;
  private static final int PAGE_ROWS = 1 << PAGE_BITS;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  // Keys are chosen by whoever signs records; where they fall must not be.
  private final long seed = new SecureRandom().nextLong();
  private final HashAlgorithm hash;
  private final List<byte[]> pages = new ArrayList<>();
  // Row number and one; 0 for none. By the first 8 bytes of the key alone, so that all keys which
  // share them lie in one stretch.
  private int[] slots = new int[1 << 10];
  private int rows;

  // Since the last cut: which rows changed, and what they were.
  private int[] changed = new int[1 << 10];
  private byte[] before = new byte[changed.length * Heads.VALUE_SIZE];
  private int changes;
  private long cutAt;

  ChainTails(HashAlgorithm hash) {
    this.hash = hash;
  }

  /** Chains and notice chains together. */
  int size() {
    return rows;
  }

  /** Bytes that they take. */
  long bytes() {
    return (long) pages.size() * PAGE_ROWS * ROW_BYTES
        + 4L * slots.length
        + (4L + Heads.VALUE_SIZE) * changed.length;
  }

  /** Extends the chain of each subject, and its notice chain too if the record is a notice. */
  void touch(long index, int position, Hash digest, List<Hash> subjectKeys, boolean notice) {
    for (Hash subjectKey : subjectKeys) {
      int row = find(subjectKey);
      extend(
          row >= 0 ? row : begin(subjectKey, Chains.start(hash, subjectKey)),
          index,
          position,
          digest);
      if (notice) {
        Hash key = Chains.noticeKey(hash, subjectKey);
        row = find(key);
        extend(
            row >= 0 ? row : begin(key, Chains.noticeStart(hash, subjectKey)),
            index,
            position,
            digest);
      }
    }
  }

  private void extend(int row, long index, int position, Hash digest) {
    byte[] page = pages.get(row >> PAGE_BITS);
    int at = (row & PAGE_ROWS - 1) * ROW_BYTES;
    long n = (long) LONG.get(page, at + VALUE) + 1;
    if (n == 1 || (long) LONG.get(page, at + LAST) < cutAt) {
      remember(row, page, at);
    }
    Hash link = Chains.link(hash, Hash.read(page, at + LINK), n, index, position, digest);
    LONG.set(page, at + VALUE, n);
    link.copyTo(page, at + LINK);
    LONG.set(page, at + LAST, index);
  }

  private void remember(int row, byte[] page, int at) {
    if (changes == changed.length) {
      changed = Arrays.copyOf(changed, Math.multiplyExact(changes, 2));
      before = Arrays.copyOf(before, Math.multiplyExact(changed.length, Heads.VALUE_SIZE));
    }
    changed[changes] = row;
    System.arraycopy(page, at + VALUE, before, changes * Heads.VALUE_SIZE, Heads.VALUE_SIZE);
    changes++;
  }

  /**
   * What changed since it was last asked.
   *
   * @param size of the log that it is now the state of
   */
  HeadChanges cut(long size) {
    Integer[] places = new Integer[changes];
    for (int i = 0; i < changes; i++) {
      places[i] = i;
    }
    Arrays.sort(places, (a, b) -> compareKeys(changed[a], changed[b]));
    HeadChanges.Builder built = new HeadChanges.Builder(changes);
    for (int place : places) {
      int row = changed[place];
      byte[] page = pages.get(row >> PAGE_BITS);
      int at = (row & PAGE_ROWS - 1) * ROW_BYTES;
      int was = place * Heads.VALUE_SIZE;
      built.add(
          Hash.read(page, at),
          (long) LONG.get(before, was),
          Hash.read(before, was + Long.BYTES),
          (long) LONG.get(before, was + Long.BYTES + Hash.SIZE),
          (long) LONG.get(page, at + VALUE),
          Hash.read(page, at + LINK),
          (long) LONG.get(page, at + LAST));
    }
    changes = 0;
    cutAt = size;
    return built.build(size);
  }

  private int compareKeys(int a, int b) {
    int atA = (a & PAGE_ROWS - 1) * ROW_BYTES;
    int atB = (b & PAGE_ROWS - 1) * ROW_BYTES;
    return Arrays.compareUnsigned(
        pages.get(a >> PAGE_BITS),
        atA,
        atA + Hash.SIZE,
        pages.get(b >> PAGE_BITS),
        atB,
        atB + Hash.SIZE);
  }

  private int begin(Hash key, Hash start) {
    if (rows == pages.size() << PAGE_BITS) {
      pages.add(new byte[PAGE_ROWS * ROW_BYTES]);
    }
    int row = rows++;
    byte[] page = pages.get(row >> PAGE_BITS);
    int at = (row & PAGE_ROWS - 1) * ROW_BYTES;
    key.copyTo(page, at);
    start.copyTo(page, at + LINK);
    if (3L * slots.length < 4L * rows) {
      grow();
    } else {
      put(slots, row);
    }
    return row;
  }

  private void grow() {
    int[] larger = new int[Math.multiplyExact(slots.length, 2)];
    for (int row = 0; row < rows; row++) {
      put(larger, row);
    }
    slots = larger;
  }

  private void put(int[] into, int row) {
    int at = first(prefix(row), into.length);
    while (into[at] != 0) {
      at = at + 1 & into.length - 1;
    }
    into[at] = row + 1;
  }

  private int find(Hash key) {
    byte[] bytes = key.bytes();
    long prefix = (long) LONG.get(bytes, 0);
    for (int at = first(prefix, slots.length); slots[at] != 0; at = at + 1 & slots.length - 1) {
      int row = slots[at] - 1;
      if (prefix(row) == prefix && key(row).equals(key)) {
        return row;
      }
    }
    return -1;
  }

  private int first(long prefix, int length) {
    long mixed = (prefix ^ seed) * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
    return (int) (mixed >>> 32) & length - 1;
  }

  private long prefix(int row) {
    return (long) LONG.get(pages.get(row >> PAGE_BITS), (row & PAGE_ROWS - 1) * ROW_BYTES);
  }

  private Hash key(int row) {
    return Hash.read(pages.get(row >> PAGE_BITS), (row & PAGE_ROWS - 1) * ROW_BYTES);
  }

  @Override
  public List<Hash> keysWithPrefix(long prefix) {
    List<Hash> keys = new ArrayList<>();
    for (int at = first(prefix, slots.length); slots[at] != 0; at = at + 1 & slots.length - 1) {
      if (prefix(slots[at] - 1) == prefix) {
        keys.add(key(slots[at] - 1));
      }
    }
    return keys;
  }

  @Override
  public Optional<byte[]> value(Hash key) {
    int row = find(key);
    if (row < 0) {
      return Optional.empty();
    }
    int at = (row & PAGE_ROWS - 1) * ROW_BYTES + VALUE;
    return Optional.of(Arrays.copyOfRange(pages.get(row >> PAGE_BITS), at, at + Heads.VALUE_SIZE));
  }
}
