// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.heads.ChainLinks.KnownLink;
import org.pinlian.node.sequencing.SequencedEntry.TouchedRecord;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.record.Chains;
import org.pinlian.record.Heads;
import org.pinlian.record.RecordPlace;

/**
 * The heads as they were at an earlier size than the database is of: for a folder whose node was
 * killed between the storing of a cut and the block that names its map. Chains that were touched
 * since are hashed again from the last link whose hash is stored. For many threads.
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
   * @param stop asked now and then; empty once it says so
   */
  Optional<HeadsMap> map(long most, BooleanSupplier stop) {
    HeadsMap map = new HeadsMap(hash, this);
    HeadsMap.Load load = map.load();
    long keys = 0;
    try (Cursor<HeadRow> rows = store.allHeads()) {
      while (rows.next()) {
        if (++keys > most || stop.getAsBoolean()) {
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
    ChainLinks chain = ChainLinks.of(store, List.of(), key, size);
    if (chain.count() == 0) {
      return Optional.empty();
    }
    KnownLink known = chain.knownBefore(chain.count() + 1);
    Hash link =
        known.hash().orElseGet(() -> start(key, records.apply(chain.places(1, 1).getFirst())));
    long n = known.n();
    for (RecordPlace place : chain.places(known.n() + 1, chain.count())) {
      link =
          Chains.link(
              hash, link, ++n, place.index(), place.position(), records.apply(place).digest());
    }
    RecordPlace last = chain.places(n, n).getFirst();
    return Optional.of(Heads.value(n, link, last.index()));
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
