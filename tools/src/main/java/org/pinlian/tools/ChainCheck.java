// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.HexFormat;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.node.storage.DerivedStore.LinkRow;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;
import org.pinlian.tools.CheckedEntry.CheckedRecord;

/**
 * Makes chains and notice chains again, in log order, and compares {@code heads} and {@code chains}
 * with them. For one thread.
 *
 * <p>It keeps the head of every chain, in about 115 bytes each: a ledger of ten million subjects
 * needs 1.2 GB of heap. Links are not kept; as a set they are compared with the column's ({@link
 * RowSet}).
 */
final class ChainCheck {
  // A chain's value: u64 id, u64 count, u64 last entry index, last link. The key is the map key.
  private static final int ID = 0;
  private static final int COUNT = 8;
  private static final int LAST = 16;
  private static final int LINK = 24;
  private static final int BYTES = LINK + Hash.SIZE;

  private final HashAlgorithm hash;
  private final Differences differences;
  private final RowTable chains = new RowTable();
  private final RowSet links = new RowSet();

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
      extend(chain, index, record);
      if (notice) {
        byte[] noticeKey = Chains.noticeKey(hash, subjectKey).bytes();
        long notices = chains.find(noticeKey);
        if (notices == RowTable.NONE) {
          notices = begin(noticeKey, Chains.noticeStart(hash, subjectKey));
        }
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

  private void extend(long chain, long index, CheckedRecord record) {
    long n = chains.longAt(chain, COUNT) + 1;
    chains.setLong(chain, COUNT, n);
    chains.setLong(chain, LAST, index);
    chains.setHash(
        chain,
        LINK,
        Chains.link(
            hash, chains.hashAt(chain, LINK), n, index, record.position(), record.digest()));
    links.add(chains.longAt(chain, ID), n, index, record.position());
  }

  void compareHeads(DerivedStore derived, long derivedUpTo) {
    long known = 0;
    try (Cursor<HeadRow> rows = derived.allHeads()) {
      while (rows.next()) {
        HeadRow row = rows.row();
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
      return;
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
