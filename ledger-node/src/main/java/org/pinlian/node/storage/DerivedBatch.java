// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What one unsynced write puts into the derived columns. The caller gives the rows of each column
 * in key order: inserting sorted runs costs a fraction of inserting at random. Not for use by
 * several threads; may be cleared and used again.
 */
public final class DerivedBatch {
  final BatchBytes bytes = new BatchBytes();

  DerivedBatch() {}

  public void putHead(byte[] mapKey, DerivedStore.Head head) {
    bytes.put(Column.HEADS, Keys.exactly(32, mapKey, "map key"), head.toBytes());
  }

  public void putChainLink(long chainId, long n, long index, int position) {
    bytes.put(Column.CHAINS, Keys.of(chainId, n), Keys.of(index, position));
  }

  /**
   * @param n a multiple of {@link DerivedStore#LINK_HASHES_EVERY}
   */
  public void putLinkHash(long chainId, long n, byte[] link) {
    bytes.put(Column.LINK_HASHES, Keys.of(chainId, n), Keys.exactly(32, link, "link"));
  }

  /** Up to 256 hashes of 32 bytes, one after the other. */
  public void putTile(int level, long tile, byte[] hashes) {
    if (hashes.length > 256 * 32 || hashes.length % 32 != 0) {
      throw new IllegalArgumentException("a tile of " + hashes.length + " bytes");
    }
    bytes.put(Column.HASHES, Keys.ofTile(level, tile), hashes);
  }

  public void putRule(byte[] key, byte[] value) {
    bytes.put(Column.RULES, key, value);
  }

  public void deleteRule(byte[] key) {
    bytes.delete(Column.RULES, key);
  }

  /** The digests of an entry's records, 32 bytes each, one after the other. */
  public void putDigests(long index, byte[] digests) {
    bytes.put(Column.DIGESTS, Keys.of(index), digests);
  }

  /**
   * What stands of a subject. Rows of this column are few, and in no order.
   *
   * @param dueAt when it is to be looked at again, in milliseconds; 0 for never
   */
  public void putStanding(byte[] subjectKey, byte[] row, long dueAt) {
    bytes.put(Column.STANDING, DerivedStore.standingKey(subjectKey), row);
    if (dueAt > 0) {
      bytes.put(Column.STANDING, DerivedStore.dueKey(dueAt, subjectKey), DerivedStore.NOTHING);
    }
  }

  /**
   * Nothing stands of it any more.
   *
   * @param dueAt as it was put
   */
  public void deleteStanding(byte[] subjectKey, long dueAt) {
    bytes.delete(Column.STANDING, DerivedStore.standingKey(subjectKey));
    deleteDue(subjectKey, dueAt);
  }

  /** It is not to be looked at again at that instant. */
  public void deleteDue(byte[] subjectKey, long dueAt) {
    if (dueAt > 0) {
      bytes.delete(Column.STANDING, DerivedStore.dueKey(dueAt, subjectKey));
    }
  }

  /** How far the log was looked at, and how far all subjects were. */
  public void putStandingUpTo(long size, long swept) {
    bytes.put(Column.STANDING, DerivedStore.STANDING_UPTO, Keys.of(size, swept));
  }

  public void putMeta(String name, byte[] value) {
    bytes.put(Column.DERIVED_META, name.getBytes(UTF_8), value);
  }

  public void putDerivedUpTo(long size) {
    bytes.put(Column.DERIVED_META, DerivedStore.DERIVED_UPTO, Keys.of(size));
  }

  public void putNextChainId(long chainId) {
    bytes.put(Column.DERIVED_META, DerivedStore.NEXT_CHAIN_ID, Keys.of(chainId));
  }

  public int rows() {
    return bytes.rows();
  }

  public int sizeBytes() {
    return bytes.length();
  }

  public void clear() {
    bytes.clear();
  }
}
