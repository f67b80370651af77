// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.PatriciaMap;
import org.pinlian.node.heads.HeadChanges;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.node.storage.DerivedStore.LinkHashRow;
import org.pinlian.node.storage.DerivedStore.LinkRow;
import org.pinlian.record.Chains;
import org.pinlian.record.Heads;
import org.pinlian.record.RecordPlace;
import org.pinlian.tools.CheckedEntry.CheckedRecord;

/**
 * Makes chains and notice chains again, in log order, and compares {@code heads} and {@code chains}
 * with them. For one thread.
 *
 * <p>It keeps the head of every chain, in about 123 bytes each: a ledger of ten million subjects
 * needs 1.3 GB of heap. Links are not kept; as a set they are compared with the column's ({@link
 * RowSet}).
 */
final class ChainCheck {
  // A chain's value: u64 id, u64 count, u64 last entry index, last link, u64 the stretch of the log
  // that touched it last. The key is the map key.
  private static final int ID = 0;
  private static final int COUNT = 8;
  private static final int LAST = 16;
  private static final int LINK = 24;
  private static final int STRETCH = LINK + Hash.SIZE;
  private static final int BYTES = STRETCH + Long.BYTES;

  private static final String LINK_HASHES = "link_hashes";

  private final HashAlgorithm hash;
  private final Differences differences;
  private final RowTable chains = new RowTable();
  private final RowSet links = new RowSet();
  // Of every so-manieth link only, so by the million records some ten thousand.
  private final Map<LinkNumber, Hash> linkHashes = new HashMap<>();

  // Of the stretch since the last block, from 1: the chains touched, and their heads before it.
  private final List<Changed> changed = new ArrayList<>();
  private long stretch = 1;

  private record LinkNumber(long chain, long n) implements Comparable<LinkNumber> {
    private static final Comparator<LinkNumber> ORDER =
        Comparator.comparingLong(LinkNumber::chain).thenComparingLong(LinkNumber::n);

    @Override
    public int compareTo(LinkNumber other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return chain + "." + n;
    }
  }

  private record Changed(Hash key, long chain, long count, Hash link, long lastIndex) {}

  ChainCheck(HashAlgorithm hash, Differences differences) {
    this.hash = hash;
    this.differences = differences;
  }

  /** Chains and notice chains together. */
  long chains() {
    return chains.size();
  }

  long links() {
    return links.size();
  }

  void touch(long index, CheckedRecord record, boolean notice) {
    for (Hash subjectKey : record.touched()) {
      byte[] key = subjectKey.bytes();
      long chain = chains.find(key);
      if (chain == RowTable.NONE) {
        chain = begin(key, Chains.start(hash, subjectKey));
      }
      change(subjectKey, chain);
      extend(chain, index, record);
      if (notice) {
        Hash noticeKey = Chains.noticeKey(hash, subjectKey);
        long notices = chains.find(noticeKey.bytes());
        if (notices == RowTable.NONE) {
          notices = begin(noticeKey.bytes(), Chains.noticeStart(hash, subjectKey));
        }
        change(noticeKey, notices);
        extend(notices, index, record);
      }
    }
  }

  /** Ids are dense, in the order of first touch. */
  private long begin(byte[] mapKey, Hash start) {
    long id = chains.size();
    long chain = chains.put(mapKey, new byte[BYTES]);
    chains.setLong(chain, ID, id);
    chains.setHash(chain, LINK, start);
    return chain;
  }

  /** Notes what the head was when the stretch began. */
  private void change(Hash key, long chain) {
    if (chains.longAt(chain, STRETCH) != stretch) {
      chains.setLong(chain, STRETCH, stretch);
      changed.add(
          new Changed(
              key,
              chain,
              chains.longAt(chain, COUNT),
              chains.hashAt(chain, LINK),
              chains.longAt(chain, LAST)));
    }
  }

  /**
   * What changed since the last call.
   *
   * @param size of the log
   */
  HeadChanges takeChanges(long size) {
    changed.sort(Comparator.comparing(Changed::key));
    HeadChanges.Builder changes = new HeadChanges.Builder(changed.size());
    for (Changed each : changed) {
      changes.add(
          each.key(),
          each.count(),
          each.link(),
          each.lastIndex(),
          chains.longAt(each.chain(), COUNT),
          chains.hashAt(each.chain(), LINK),
          chains.longAt(each.chain(), LAST));
    }
    changed.clear();
    stretch++;
    return changes.build(size);
  }

  /** The value that the heads map has for a key now. */
  Optional<byte[]> value(Hash key) {
    long chain = chains.find(key.bytes());
    return chain == RowTable.NONE
        ? Optional.empty()
        : Optional.of(
            Heads.value(
                chains.longAt(chain, COUNT),
                chains.hashAt(chain, LINK),
                chains.longAt(chain, LAST)));
  }

  /** The keys that share their first 8 bytes with another, by these. */
  Map<Long, List<Hash>> sharingPrefix() {
    long[] prefixes = new long[Math.toIntExact(chains.size())];
    int count = 0;
    for (RowTable.Walk walk = chains.walk(); walk.next(); ) {
      prefixes[count++] = prefix(walk);
    }
    Arrays.sort(prefixes);
    Map<Long, List<Hash>> sharing = new HashMap<>();
    for (int i = 1; i < count; i++) {
      if (prefixes[i] == prefixes[i - 1]) {
        sharing.put(prefixes[i], new ArrayList<>());
      }
    }
    for (RowTable.Walk walk = chains.walk(); walk.next(); ) {
      List<Hash> keys = sharing.get(prefix(walk));
      if (keys != null) {
        keys.add(Hash.of(chains.key(walk.address())));
      }
    }
    return sharing;
  }

  private long prefix(RowTable.Walk walk) {
    return ByteBuffer.wrap(chains.key(walk.address())).getLong();
  }

  private void extend(long chain, long index, CheckedRecord record) {
    long n = chains.longAt(chain, COUNT) + 1;
    chains.setLong(chain, COUNT, n);
    chains.setLong(chain, LAST, index);
    Hash link =
        Chains.link(hash, chains.hashAt(chain, LINK), n, index, record.position(), record.digest());
    chains.setHash(chain, LINK, link);
    links.add(chains.longAt(chain, ID), n, index, record.position());
    if (n % DerivedStore.LINK_HASHES_EVERY == 0) {
      linkHashes.put(new LinkNumber(chains.longAt(chain, ID), n), link);
    }
  }

  /**
   * Compares the column row by row.
   *
   * @return the root of the heads map over it, made anew from all of it
   */
  Hash compareHeads(DerivedStore derived, long derivedUpTo) {
    long known = 0;
    PatriciaMap.Sorted map = new PatriciaMap.Sorted(hash);
    try (Cursor<HeadRow> rows = derived.allHeads()) {
      while (rows.next()) {
        HeadRow row = rows.row();
        Head stored = row.head();
        map.add(
            Hash.of(row.mapKey()),
            Heads.value(stored.count(), Hash.of(stored.link()), stored.lastIndex()));
        long chain = chains.find(row.mapKey());
        if (chain == RowTable.NONE) {
          differ(derivedUpTo, "heads", hex(row.mapKey()), "no such chain", said(row.head()));
          continue;
        }
        known++;
        chains.mark(chain);
        Head expected = head(chain);
        if (!expected.equals(row.head())) {
          differ(derivedUpTo, "heads", hex(row.mapKey()), said(expected), said(row.head()));
        }
      }
    }
    if (known == chains.size()) {
      return map.root();
    }
    for (RowTable.Walk walk = chains.walk(); walk.next(); ) {
      if (!chains.isMarked(walk.address())) {
        differ(
            derivedUpTo,
            "heads",
            hex(chains.key(walk.address())),
            said(head(walk.address())),
            "no such row");
      }
    }
    return map.root();
  }

  private Head head(long chain) {
    return new Head(
        chains.longAt(chain, ID),
        chains.longAt(chain, COUNT),
        chains.hashAt(chain, LINK).bytes(),
        chains.longAt(chain, LAST));
  }

  private static String said(Head head) {
    return "chain "
        + head.chainId()
        + ", count "
        + head.count()
        + ", last entry "
        + head.lastIndex()
        + ", link "
        + hex(head.link());
  }

  /**
   * Compares which rows there are, and as a set where they lead.
   *
   * @return false if a row leads elsewhere, and which one is not known: see compare
   */
  boolean compareLinks(DerivedStore derived, long derivedUpTo) {
    RowSet found = links.twin();
    RowTable.Walk walk = chains.walk();
    long id = -1;
    long count = 0;
    long n = 0;
    long odd = 0;
    try (Cursor<LinkRow> rows = derived.allChainLinks()) {
      while (rows.next()) {
        LinkRow row = rows.row();
        found.add(row.chainId(), row.n(), row.index(), row.position());
        while (id < row.chainId()) {
          odd += absent(derivedUpTo, id, n, count);
          n = 0;
          if (!walk.next()) {
            id = Long.MAX_VALUE;
            count = 0;
            break;
          }
          id = chains.longAt(walk.address(), ID);
          count = chains.longAt(walk.address(), COUNT);
        }
        if (row.n() == 0 || row.chainId() != id || row.n() > count) {
          odd++;
          differ(derivedUpTo, "chains", name(row), "no such link", said(row));
          continue;
        }
        odd += absent(derivedUpTo, id, n, row.n() - 1);
        n = row.n();
      }
    }
    odd += absent(derivedUpTo, id, n, count);
    while (walk.next()) {
      odd +=
          absent(
              derivedUpTo,
              chains.longAt(walk.address(), ID),
              0,
              chains.longAt(walk.address(), COUNT));
    }
    // With rows too many or too few the sets differ anyway, and it is known where.
    return odd > 0 || links.isSameAs(found);
  }

  /** Compares the column row by row. */
  void compareLinkHashes(DerivedStore derived, long derivedUpTo) {
    Map<LinkNumber, Hash> missing = new TreeMap<>(linkHashes);
    try (Cursor<LinkHashRow> rows = derived.allLinkHashes()) {
      while (rows.next()) {
        LinkHashRow row = rows.row();
        LinkNumber number = new LinkNumber(row.chainId(), row.n());
        Hash expected = missing.remove(number);
        if (expected == null || !Arrays.equals(expected.bytes(), row.hash())) {
          differ(
              derivedUpTo,
              LINK_HASHES,
              number.toString(),
              expected == null ? "no such row" : expected.hex(),
              hex(row.hash()));
        }
      }
    }
    missing.forEach((number, expected) ->
        differ(derivedUpTo, LINK_HASHES, number.toString(), expected.hex(), "no such row"));
  }

  /** Tells the links after n, up to and with the last, of a chain that lacks them. */
  private long absent(long derivedUpTo, long id, long n, long last) {
    if (id < 0 || id == Long.MAX_VALUE) {
      return 0;
    }
    for (long missing = n + 1; missing <= last; missing++) {
      differ(derivedUpTo, "chains", id + "." + missing, "a link", "none");
    }
    return Math.max(0, last - n);
  }

  /** A second go over the log: finds the rows that lead elsewhere, one by one. */
  static final class Second {
    private final ChainCheck again;
    private final DerivedStore derived;

    Second(ChainCheck first, DerivedStore derived) {
      this.again = new ChainCheck(first.hash, first.differences);
      this.derived = derived;
    }

    void touch(long index, CheckedRecord record, boolean notice) {
      for (Hash subjectKey : record.touched()) {
        compare(again.count(subjectKey), index, record);
        if (notice) {
          compare(again.count(Chains.noticeKey(again.hash, subjectKey)), index, record);
        }
      }
    }

    private void compare(long chain, long index, CheckedRecord record) {
      long id = again.chains.longAt(chain, ID);
      long n = again.chains.longAt(chain, COUNT);
      LinkRow row = derived.chainLink(id, n).orElse(null);
      if (row == null || row.index() != index || row.position() != record.position()) {
        again.differ(
            index,
            "chains",
            id + "." + n,
            "record " + new RecordPlace(index, record.position()),
            row == null ? "no such row" : said(row));
      }
    }
  }

  private long count(Hash mapKey) {
    byte[] key = mapKey.bytes();
    long chain = chains.find(key);
    if (chain == RowTable.NONE) {
      chain = begin(key, mapKey);
    }
    chains.setLong(chain, COUNT, chains.longAt(chain, COUNT) + 1);
    return chain;
  }

  private void differ(long index, String column, String key, String expected, String found) {
    differences.ofDerived(index, new Difference(column, key, expected, found));
  }

  private static String name(LinkRow row) {
    return row.chainId() + "." + row.n();
  }

  private static String said(LinkRow row) {
    return "record " + row.index() + "." + row.position();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
