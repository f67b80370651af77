// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.sequencing.SequencedEntry.TouchedRecord;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.node.storage.DerivedStore.LinkRow;
import org.pinlian.record.Chains;
import org.pinlian.record.Heads;
import org.pinlian.record.RecordPlace;

/**
 * The heads as they were at an earlier size than the database is of: for a folder whose node was
 * killed between the storing of a cut and the block that names its map. Chains that were touched
 * since are hashed again from their first link. For many threads.
 */
final class PastHeads implements HeadSource {
  private final HashAlgorithm hash;
  private final DerivedStore store;
  private final long size;
  private final Function<RecordPlace, TouchedRecord> records;
  private final HeadSource now;

  /**
   * @param records finds what a chain needs of a record
   */
  PastHeads(
      HashAlgorithm hash,
      DerivedStore store,
      long size,
      Function<RecordPlace, TouchedRecord> records) {
    this.hash = hash;
    this.store = store;
    this.size = size;
    this.records = records;
    this.now = new StoredHeads(store);
  }

  /**
   * The map over them.
   *
   * @param most keys that the database may have: empty if it has more
   */
  Optional<HeadsMap> map(long most) {
    HeadsMap map = new HeadsMap(hash, this);
    HeadsMap.Load load = map.load();
    long keys = 0;
    try (Cursor<HeadRow> rows = store.allHeads()) {
      while (rows.next()) {
        if (++keys > most) {
          map.close();
          return Optional.empty();
        }
        byte[] key = rows.row().mapKey();
        value(Hash.of(key), rows.row().head()).ifPresent(value -> load.add(key, value));
      }
    }
    load.finish(size);
    return Optional.of(map);
  }

  @Override
  public List<Hash> keysWithPrefix(long prefix) {
    return now.keysWithPrefix(prefix);
  }

  @Override
  public Optional<byte[]> value(Hash key) {
    return store.head(key.bytes()).flatMap(head -> value(key, head));
  }

  private Optional<byte[]> value(Hash key, Head head) {
    if (head.lastIndex() < size) {
      return Optional.of(StoredHeads.value(head));
    }
    long count = 0;
    long last = 0;
    Hash link = key;
    try (Cursor<LinkRow> rows = store.chain(head.chainId(), 1)) {
      while (rows.next() && rows.row().index() < size) {
        LinkRow row = rows.row();
        TouchedRecord record = records.apply(new RecordPlace(row.index(), row.position()));
        if (count == 0) {
          link = start(key, record);
        }
        count++;
        last = row.index();
        link = Chains.link(hash, link, count, last, row.position(), record.digest());
      }
    }
    return count == 0 ? Optional.empty() : Optional.of(Heads.value(count, link, last));
  }

  /** What the chain of a map key hangs from: a key does not say whether it is of notices. */
  private Hash start(Hash key, TouchedRecord record) {
    for (Hash subjectKey : record.subjectKeys()) {
      if (key.equals(Chains.noticeKey(hash, subjectKey))) {
        return Chains.noticeStart(hash, subjectKey);
      }
    }
    return Chains.start(hash, key);
  }
}
