// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.PatriciaMap;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.SequencedEntry.TouchedRecord;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Chains;
import org.pinlian.record.Heads;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Block;
import org.pinlian.v1.Entry;

/**
 * The heads map that a folder's log has at every size, made from the truth alone and by the
 * reference, and what its blocks must say of it.
 */
final class MapHistory {
  private final HashAlgorithm hash;
  final List<Block> blocks = new ArrayList<>();
  private final List<Entry> entries;

  // By the size that a block covers.
  private final NavigableMap<Long, NavigableMap<Hash, byte[]>> heads = new TreeMap<>();

  private MapHistory(Path data) {
    this.entries = FolderImage.entries(data);
    try (DataFolder folder = DataFolder.existing(data, StorageConfig.defaults());
        Stores stores = new Stores(folder, Access.READ_ONLY)) {
      LedgerIdentity ledger = LedgerIdentity.read(data, stores.truth);
      this.hash = ledger.hash();
      LoggedRecords logged = stores.loggedRecords(ledger);
      NavigableMap<Hash, byte[]> now = new TreeMap<>();
      heads.put(0L, new TreeMap<>());
      for (int index = 0; index < entries.size(); index++) {
        Entry entry = entries.get(index);
        if (entry.hasBlock()) {
          blocks.add(entry.getBlock());
          heads.put((long) index, new TreeMap<>(now));
        } else if (entry.hasSubmission()) {
          for (int n = 0; stores.truth.record(index, n).isPresent(); n++) {
            touch(now, index, n, logged.touched(new RecordPlace(index, n)));
          }
        }
      }
    }
  }

  private void touch(
      NavigableMap<Hash, byte[]> now, long index, int position, TouchedRecord record) {
    for (Hash key : record.subjectKeys()) {
      extend(now, key, Chains.start(hash, key), index, position, record.digest());
      if (record.notice()) {
        Hash start = Chains.noticeStart(hash, key);
        extend(now, Chains.noticeKey(hash, key), start, index, position, record.digest());
      }
    }
  }

  private void extend(
      NavigableMap<Hash, byte[]> now, Hash key, Hash start, long index, int position, Hash digest) {
    byte[] before = now.get(key);
    long count = before == null ? 0 : ByteBuffer.wrap(before).getLong();
    Hash link = before == null ? start : Hash.read(before, Long.BYTES);
    now.put(
        key,
        Heads.value(count + 1, Chains.link(hash, link, count + 1, index, position, digest), index));
  }

  NavigableMap<Hash, byte[]> headsAt(long size) {
    NavigableMap<Hash, byte[]> found = heads.get(size);
    if (found == null) {
      throw new AssertionError("no block covers " + size);
    }
    return found;
  }

  Block newest() {
    return blocks.getLast();
  }

  /** Every block of the folder names a map that an earlier one covers, its root and its lag. */
  static MapHistory assertHolds(Path data) {
    MapHistory history = new MapHistory(data);
    long named = 0;
    for (Block block : history.blocks) {
      long size = block.getHeadsSize();
      assertTrue(size >= named && size < block.getCovers(), () -> "sizes: " + block);
      assertEquals(
          PatriciaMap.root(history.hash, history.headsAt(size)),
          Hash.of(block.getHeadsRoot().toByteArray()),
          () -> "root of " + block);
      assertEquals(history.since(size, block.getCovers()), block.getLagSince(), block::toString);
      named = size;
    }
    return history;
  }

  private long since(long size, long covers) {
    for (int index = (int) size; index < covers; index++) {
      if (entries.get(index).hasSubmission()) {
        return entries.get(index).getSequencedAt();
      }
    }
    return 0;
  }
}
