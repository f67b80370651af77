// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.LinkKey;
import org.pinlian.node.storage.DerivedStore.LinkRow;
import org.pinlian.record.RecordPlace;

/**
 * The links of one chain below a size of the log, numbered from 1. What is asked for is read, and
 * nothing before it. Thread-safe, as long as the store is open.
 */
public final class ChainLinks {
  /** So many are looked up one by one; of more a cursor is the cheaper. */
  private static final int SINGLY_MAX = 16;

  /** A chain of no more is read once, as a whole. */
  private static final int KEPT_MAX = 256;

  private final DerivedStore store;
  // Oldest first. What each had added is read once, later links are beyond the size anyway.
  private final List<ChainTail> tails;
  private final long id;
  private final long count;
  private volatile @Nullable List<RecordPlace> kept;

  private ChainLinks(DerivedStore store, List<ChainTail> tails, long id, long count) {
    this.store = store;
    this.tails = tails;
    this.id = id;
    this.count = count;
  }

  /** The hash of a link; of number 0, the one that the first link hangs from, none is known. */
  public record KnownLink(long n, Optional<Hash> hash) {}

  /**
   * @param epochs in memory, taken before this reads the store
   */
  static ChainLinks of(DerivedStore store, List<Epoch> epochs, Hash mapKey, long size) {
    List<ChainTail> tails = new ArrayList<>(0);
    for (Epoch epoch : epochs) {
      ChainTail tail = epoch.tails.get(mapKey);
      if (tail != null && tail.added() > 0) {
        tails.add(tail);
      }
    }
    long id = 0;
    long count = 0;
    long lastIndex = 0;
    if (tails.isEmpty()) {
      Optional<Head> head = store.head(mapKey.bytes());
      if (head.isPresent()) {
        id = head.get().chainId();
        count = head.get().count();
        lastIndex = head.get().lastIndex();
      }
    } else {
      ChainTail last = tails.getLast();
      int added = last.added();
      id = last.id();
      count = last.countBefore() + added;
      lastIndex = last.index(added - 1);
    }
    ChainLinks all = new ChainLinks(store, tails, id, count);
    // What a head says of its last link saves reading it. Whoever serves links compares them.
    return count == 0 || lastIndex < size
        ? all
        : new ChainLinks(store, tails, id, all.firstFrom(new RecordPlace(size, 0)) - 1);
  }

  /**
   * The chains of many keys, in their order. What is stored of short ones is read together: far
   * cheaper than one by one.
   */
  static List<ChainLinks> ofAll(
      DerivedStore store, List<Epoch> epochs, List<Hash> mapKeys, long size) {
    List<byte[]> keys = new ArrayList<>(mapKeys.size());
    mapKeys.forEach(key -> keys.add(key.bytes()));
    List<Optional<Head>> heads = store.heads(keys);
    List<@Nullable ChainLinks> chains = new ArrayList<>(mapKeys.size());
    List<LinkKey> wanted = new ArrayList<>();
    for (int i = 0; i < mapKeys.size(); i++) {
      Head head = heads.get(i).orElse(null);
      Hash key = mapKeys.get(i);
      boolean tail = epochs.stream().anyMatch(epoch -> epoch.tails.containsKey(key));
      if (tail || head == null || head.count() > SINGLY_MAX) {
        chains.add(null);
        continue;
      }
      ChainLinks chain = new ChainLinks(store, List.of(), head.chainId(), head.count());
      chains.add(chain);
      for (long n = 1; n <= head.count(); n++) {
        wanted.add(new LinkKey(head.chainId(), n));
      }
    }
    Iterator<Optional<LinkRow>> rows = store.links(wanted).iterator();
    List<ChainLinks> all = new ArrayList<>(mapKeys.size());
    for (int i = 0; i < mapKeys.size(); i++) {
      ChainLinks chain = chains.get(i);
      if (chain == null) {
        all.add(of(store, epochs, mapKeys.get(i), size));
        continue;
      }
      List<RecordPlace> places = new ArrayList<>((int) chain.count);
      long below = 0;
      for (long n = 1; n <= chain.count; n++) {
        long number = n;
        places.add(place(rows.next().orElseThrow(() -> chain.missing(number))));
        below += places.getLast().index() < size ? 1 : 0;
      }
      ChainLinks cut = new ChainLinks(store, List.of(), chain.id, below);
      cut.kept = Collections.unmodifiableList(places.subList(0, (int) below));
      all.add(cut);
    }
    return all;
  }

  /** How many links there are. */
  public long count() {
    return count;
  }

  /**
   * Some of the links.
   *
   * @param from number of the first, from 1
   * @param to number of the last, at most {@link #count}
   */
  public List<RecordPlace> places(long from, long to) {
    if (count > KEPT_MAX) {
      return read(from, to);
    }
    List<RecordPlace> all = kept;
    if (all == null) {
      all = read(1, count);
      kept = all;
    }
    return all.subList((int) from - 1, (int) Math.max(from - 1, to));
  }

  private List<RecordPlace> read(long from, long to) {
    List<RecordPlace> places = new ArrayList<>(Math.toIntExact(Math.max(0, to - from + 1)));
    long stored = Math.min(to, storedCount());
    if (stored - from < SINGLY_MAX) {
      List<Long> wanted = LongStream.rangeClosed(from, stored).boxed().toList();
      for (Optional<LinkRow> row : store.chainLinks(id, wanted)) {
        places.add(place(row.orElseThrow(() -> missing(from + places.size()))));
      }
    } else {
      try (Cursor<LinkRow> rows = store.chain(id, from)) {
        for (long n = from; n <= stored; n++) {
          if (!rows.next() || rows.row().n() != n) {
            throw missing(n);
          }
          places.add(place(rows.row()));
        }
      }
    }
    for (long n = Math.max(from, storedCount() + 1); n <= to; n++) {
      places.add(inMemory(n));
    }
    return Collections.unmodifiableList(places);
  }

  /**
   * Number of the first link at or after a place in the log; one more than there are if none is.
   */
  public long firstFrom(RecordPlace place) {
    if (count <= KEPT_MAX) {
      var _ = places(1, count);
    }
    long low = 1;
    long high = count + 1;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (place(middle).compareTo(place) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The last link before a number whose hash is known without hashing. */
  public KnownLink knownBefore(long n) {
    long known = (n - 1) / DerivedStore.LINK_HASHES_EVERY * DerivedStore.LINK_HASHES_EVERY;
    if (known == 0) {
      return new KnownLink(0, Optional.empty());
    }
    for (ChainTail tail : tails) {
      if (known > tail.countBefore() && known <= tail.countBefore() + tail.added()) {
        return new KnownLink(known, Optional.of(tail.storedLink(known)));
      }
    }
    Hash hash =
        store
            .linkHash(id, known)
            .map(Hash::of)
            .orElseThrow(() -> new DamagedRecordException("no hash of link " + id + "." + known));
    return new KnownLink(known, Optional.of(hash));
  }

  /** Links with a number up to this are in the store. */
  private long storedCount() {
    return tails.isEmpty() ? count : Math.min(count, tails.getFirst().countBefore());
  }

  private RecordPlace place(long n) {
    List<RecordPlace> all = kept;
    if (all != null) {
      return all.get((int) n - 1);
    }
    if (n > storedCount()) {
      return inMemory(n);
    }
    return place(store.chainLink(id, n).orElseThrow(() -> missing(n)));
  }

  private static RecordPlace place(LinkRow row) {
    return new RecordPlace(row.index(), row.position());
  }

  private RecordPlace inMemory(long n) {
    for (ChainTail tail : tails) {
      long i = n - tail.countBefore() - 1;
      if (i >= 0 && i < tail.added()) {
        return new RecordPlace(tail.index((int) i), tail.position((int) i));
      }
    }
    throw missing(n);
  }

  private DamagedRecordException missing(long n) {
    return new DamagedRecordException("link " + id + "." + n + " is missing");
  }
}
