// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.WriteOptions;

/**
 * Chains, heads, hashes, rule state and digests: all that can be made again from the truth. Safe
 * for many threads.
 *
 * <p>Batches are whole or absent, and a crash loses only a suffix of them: each carries
 * `derived_upto`, so what is found after it is a consistent earlier state, from which the replay
 * goes on.
 */
public final class DerivedStore implements AutoCloseable {
  /**
   * Submissions of so many records have a row in `digests`: to show one record all digests of its
   * submission are needed, and to hash all of a hundred again takes longer than all else about it.
   */
  public static final int DIGESTS_FROM = 2;

  /**
   * Of each chain the hash of every so-manieth link is stored, so that the end of a long one can be
   * shown without reading all that came before.
   */
  public static final int LINK_HASHES_EVERY = 64;

  /** Fewer rows are looked up one by one. */
  private static final int SCANNED_FROM = 64;

  // What the rows of `standing` are, by the first byte of their keys.
  private static final byte STANDING_OF = 1;
  private static final byte STANDING_DUE = 2;
  static final byte[] STANDING_UPTO = {3};

  static final byte[] NOTHING = {};

  static final byte[] DERIVED_UPTO = "derived_upto".getBytes(UTF_8);
  static final byte[] NEXT_CHAIN_ID = "next_chain_id".getBytes(UTF_8);

  /**
   * The last step of a chain. `link` is 32 bytes and not copied; equal by value.
   *
   * @param chainId the dense number under which `chains` has the links
   */
  @SuppressWarnings("ArrayRecordComponent") // equality is given below
  public record Head(long chainId, long count, byte[] link, long lastIndex) {
    public Head {
      Keys.exactly(32, link, "link");
    }

    byte[] toBytes() {
      byte[] bytes = new byte[56];
      Keys.putLong(bytes, 0, chainId);
      Keys.putLong(bytes, 8, count);
      System.arraycopy(link, 0, bytes, 16, 32);
      Keys.putLong(bytes, 48, lastIndex);
      return bytes;
    }

    static Head of(byte[] bytes) {
      return new Head(
          Keys.longAt(bytes, 0),
          Keys.longAt(bytes, 8),
          Arrays.copyOfRange(bytes, 16, 48),
          Keys.longAt(bytes, 48));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Head(long id, long n, byte[] others, long last)
          && id == chainId
          && n == count
          && last == lastIndex
          && Arrays.equals(link, others);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(link);
    }
  }

  /** Where the n-th link of a chain has its record. */
  public record LinkRow(long chainId, long n, long index, int position) {}

  /** The hash of the n-th link of a chain. */
  @SuppressWarnings("ArrayRecordComponent") // as below
  public record LinkHashRow(long chainId, long n, byte[] hash) {}

  @SuppressWarnings("ArrayRecordComponent") // a row just read, handed on and forgotten
  public record HeadRow(byte[] mapKey, Head head) {}

  /**
   * A head as its bytes are stored: to load millions of them. Its 48 bytes of formats.md A.5 are
   * there from {@link #VALUE_AT} on.
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record StoredHead(byte[] mapKey, byte[] bytes) {
    public static final int VALUE_AT = 8;

    public StoredHead {
      Keys.exactly(56, bytes, "head");
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // as above
  public record TileRow(int level, long tile, byte[] hashes) {}

  @SuppressWarnings("ArrayRecordComponent") // as above
  public record RuleRow(byte[] key, byte[] value) {}

  /** What stands of a subject, as its evaluator wrote it. */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record StandingRow(byte[] subjectKey, byte[] bytes) {}

  /** A subject to be looked at again, and when, in milliseconds. */
  @SuppressWarnings("ArrayRecordComponent") // as above
  public record DueRow(long dueAt, byte[] subjectKey) {}

  /**
   * How far findings were followed.
   *
   * @param size of the log as far as the subjects touched were looked at
   * @param swept the entry up to which all subjects were, in the present round
   */
  public record StandingUpTo(long size, long swept) {}

  @SuppressWarnings("ArrayRecordComponent") // as above
  public record DigestsRow(long index, byte[] digests) {}

  @SuppressWarnings("ArrayRecordComponent") // as above
  public record MetaRow(String name, byte[] value) {}

  private static final byte[] FIRST = {};

  private final RocksDatabase database;
  private final WriteOptions unsynced;

  private DerivedStore(RocksDatabase database) {
    this.database = database;
    // With a log nevertheless: without one, the columns of a batch would reach the disk each at its
    // own
    // flush, and after a crash the state would be of several moments at once.
    this.unsynced = new WriteOptions().setSync(false).setDisableWAL(false);
  }

  public static DerivedStore open(DataFolder folder, Access access) {
    return new DerivedStore(folder.open(Database.DERIVED, access));
  }

  /** Deletes all of it, for a rebuild. No store of the folder's derived side may be open. */
  public static void drop(DataFolder folder) {
    folder.delete(Database.DERIVED);
  }

  public DerivedBatch newBatch() {
    return new DerivedBatch();
  }

  public void writeUnsynced(DerivedBatch batch) {
    database.write(unsynced, batch.bytes);
  }

  /** The log size that everything here is the state of; 0 of an empty store. */
  public long derivedUpTo() {
    return number(DERIVED_UPTO);
  }

  public long nextChainId() {
    return number(NEXT_CHAIN_ID);
  }

  public Optional<byte[]> meta(String name) {
    return database.get(Column.DERIVED_META, name.getBytes(UTF_8));
  }

  public Optional<Head> head(byte[] mapKey) {
    return database.get(Column.HEADS, Keys.exactly(32, mapKey, "map key")).map(Head::of);
  }

  /** The heads of many keys in one go, in their order: far cheaper than one by one. */
  public List<Optional<Head>> heads(List<byte[]> mapKeys) {
    return database.getAll(Column.HEADS, mapKeys).stream()
        .map(found -> found.map(Head::of))
        .toList();
  }

  public Optional<LinkRow> chainLink(long chainId, long n) {
    byte[] key = Keys.of(chainId, n);
    return database.get(Column.CHAINS, key).map(value -> link(key, value));
  }

  /** Some links of one chain, in the order asked for; empty where there is none. */
  public List<Optional<LinkRow>> chainLinks(long chainId, List<Long> ns) {
    List<byte[]> keys = ns.stream().map(n -> Keys.of(chainId, n)).toList();
    List<Optional<byte[]>> values = database.getAll(Column.CHAINS, keys);
    return IntStream.range(0, keys.size())
        .mapToObj(i -> values.get(i).map(value -> link(keys.get(i), value)))
        .toList();
  }

  /** Number of a link of a chain. */
  public record LinkKey(long chainId, long n) {
    static final Comparator<LinkKey> ORDER =
        Comparator.comparingLong(LinkKey::chainId).thenComparingLong(LinkKey::n);
  }

  /** Links of many chains looked up together, in the order asked for. */
  public List<Optional<LinkRow>> links(List<LinkKey> wanted) {
    if (isDense(wanted)) {
      return scanned(wanted);
    }
    List<byte[]> keys = new ArrayList<>(wanted.size());
    wanted.forEach(link -> keys.add(Keys.of(link.chainId(), link.n())));
    List<Optional<byte[]>> values = database.getAll(Column.CHAINS, keys);
    List<Optional<LinkRow>> links = new ArrayList<>(wanted.size());
    for (int i = 0; i < keys.size(); i++) {
      byte[] key = keys.get(i);
      links.add(values.get(i).map(value -> link(key, value)));
    }
    return links;
  }

  /** Subjects that a record names together for the first time have neighbouring chains. */
  private static boolean isDense(List<LinkKey> wanted) {
    if (wanted.size() < SCANNED_FROM) {
      return false;
    }
    long least = Long.MAX_VALUE;
    long most = 0;
    for (LinkKey link : wanted) {
      least = Math.min(least, link.chainId());
      most = Math.max(most, link.chainId());
    }
    return most - least < wanted.size();
  }

  /** In one walk over them all; what it does not come to in time is looked up. */
  private List<Optional<LinkRow>> scanned(List<LinkKey> wanted) {
    Integer[] order = IntStream.range(0, wanted.size()).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparing(wanted::get, LinkKey.ORDER));
    LinkKey first = wanted.get(order[0]);
    LinkKey last = wanted.get(order[order.length - 1]);
    @Nullable LinkRow[] rows = new @Nullable LinkRow[wanted.size()];
    int next = 0;
    // Other links of these chains are passed over: not more than looking up would cost.
    int steps = 4 * wanted.size();
    try (Cursor<LinkRow> cursor =
        database.range(
            Column.CHAINS,
            Keys.of(first.chainId(), first.n()),
            Keys.after(Keys.of(last.chainId(), last.n())),
            DerivedStore::link)) {
      while (steps-- > 0 && next < order.length && cursor.next()) {
        LinkRow row = cursor.row();
        LinkKey found = new LinkKey(row.chainId(), row.n());
        while (next < order.length && LinkKey.ORDER.compare(wanted.get(order[next]), found) < 0) {
          next++;
        }
        while (next < order.length && wanted.get(order[next]).equals(found)) {
          rows[order[next++]] = row;
        }
      }
    }
    List<Optional<LinkRow>> links = new ArrayList<>(wanted.size());
    for (int i = 0; i < rows.length; i++) {
      LinkRow row = rows[i];
      LinkKey key = wanted.get(i);
      links.add(row == null ? chainLink(key.chainId(), key.n()) : Optional.of(row));
    }
    return links;
  }

  /** The hash of a link, 32 bytes, where {@code n} is one of those stored. */
  public Optional<byte[]> linkHash(long chainId, long n) {
    return database
        .get(Column.LINK_HASHES, Keys.of(chainId, n))
        .map(hash -> Keys.exactly(32, hash, "link hash"));
  }

  /** Up to 256 hashes of 32 bytes, one after the other; fewer while the tile is filling. */
  public Optional<byte[]> tile(int level, long tile) {
    return database.get(Column.HASHES, Keys.ofTile(level, tile));
  }

  /** The digests of an entry's records, 32 bytes each, one after the other. */
  public Optional<byte[]> digests(long index) {
    return database.get(Column.DIGESTS, Keys.of(index));
  }

  /** The digests of several entries' records, looked up together, in the order given. */
  public List<Optional<byte[]>> digests(List<Long> indexes) {
    return database.getAll(Column.DIGESTS, indexes.stream().map(Keys::of).toList());
  }

  public Optional<byte[]> rule(byte[] key) {
    return database.get(Column.RULES, key);
  }

  /** What stands of a subject, as it was put. */
  public Optional<byte[]> standing(byte[] subjectKey) {
    return database.get(Column.STANDING, standingKey(subjectKey));
  }

  /** All that stands, as of now, by subject key. */
  public Cursor<StandingRow> allStanding() {
    byte[] all = {STANDING_OF};
    return database.range(
        Column.STANDING,
        all,
        Keys.after(all),
        (key, value) -> new StandingRow(Arrays.copyOfRange(key, 1, key.length), value));
  }

  /** What is due up to an instant, that included, the earliest first. */
  public Cursor<DueRow> due(long until) {
    return database.range(
        Column.STANDING,
        new byte[] {STANDING_DUE},
        Keys.joined(new byte[] {STANDING_DUE}, Keys.of(until + 1)),
        (key, _) -> new DueRow(Keys.longAt(key, 1), Arrays.copyOfRange(key, 9, key.length)));
  }

  public StandingUpTo standingUpTo() {
    return database
        .get(Column.STANDING, STANDING_UPTO)
        .map(value -> new StandingUpTo(Keys.longAt(value, 0), Keys.longAt(value, 8)))
        .orElse(new StandingUpTo(0, 0));
  }

  static byte[] standingKey(byte[] subjectKey) {
    return Keys.joined(new byte[] {STANDING_OF}, Keys.exactly(32, subjectKey, "subject key"));
  }

  static byte[] dueKey(long dueAt, byte[] subjectKey) {
    return Keys.joined(
        Keys.joined(new byte[] {STANDING_DUE}, Keys.of(dueAt)),
        Keys.exactly(32, subjectKey, "subject key"));
  }

  /** The links of one chain from the n-th on. */
  public Cursor<LinkRow> chain(long chainId, long fromN) {
    return database.range(
        Column.CHAINS, Keys.of(chainId, fromN), Keys.after(Keys.of(chainId)), DerivedStore::link);
  }

  public Cursor<RuleRow> rulesWithPrefix(byte[] prefix) {
    return database.range(Column.RULES, prefix, Keys.after(prefix), RuleRow::new);
  }

  /** The same, from a key on. */
  public Cursor<RuleRow> rulesFrom(byte[] key, byte[] prefix) {
    return database.range(Column.RULES, key, Keys.after(prefix), RuleRow::new);
  }

  /** The heads whose keys begin with these bytes, by key. */
  public Cursor<HeadRow> headsWithPrefix(byte[] prefix) {
    return database.range(Column.HEADS, prefix, Keys.after(prefix), DerivedStore::headRow);
  }

  // The cursors over all of a column, for the audit and for loading the map at the start.

  public Cursor<HeadRow> allHeads() {
    return database.scan(Column.HEADS, FIRST, DerivedStore::headRow);
  }

  /** As {@link #allHeads}, undecoded. */
  public Cursor<StoredHead> allStoredHeads() {
    return database.scan(Column.HEADS, FIRST, StoredHead::new);
  }

  public Cursor<LinkRow> allChainLinks() {
    return database.scan(Column.CHAINS, FIRST, DerivedStore::link);
  }

  public Cursor<LinkHashRow> allLinkHashes() {
    return database.scan(
        Column.LINK_HASHES,
        FIRST,
        (key, value) -> new LinkHashRow(Keys.longAt(key, 0), Keys.longAt(key, 8), value));
  }

  public Cursor<TileRow> allTiles() {
    return database.scan(
        Column.HASHES,
        FIRST,
        (key, value) -> new TileRow(key[0] & 0xff, Keys.longAt(key, 1), value));
  }

  public Cursor<RuleRow> allRules() {
    return database.scan(Column.RULES, FIRST, RuleRow::new);
  }

  public Cursor<DigestsRow> allDigests() {
    return database.scan(
        Column.DIGESTS, FIRST, (key, value) -> new DigestsRow(Keys.longAt(key, 0), value));
  }

  public Cursor<MetaRow> allMeta() {
    return database.scan(
        Column.DERIVED_META, FIRST, (key, value) -> new MetaRow(new String(key, UTF_8), value));
  }

  public StorageGauges gauges() {
    return database.gauges();
  }

  public long estimatedHeads() {
    return database.estimatedRows(Column.HEADS);
  }

  /**
   * Everything to its final place on disk. For measuring stored size; ordinary work needs it never.
   */
  public void compact() {
    database.compactAll();
  }

  @Override
  public void close() {
    database.close();
    unsynced.close();
  }

  private long number(byte[] name) {
    return database.get(Column.DERIVED_META, name).map(value -> Keys.longAt(value, 0)).orElse(0L);
  }

  private static HeadRow headRow(byte[] key, byte[] value) {
    return new HeadRow(key, Head.of(value));
  }

  private static LinkRow link(byte[] key, byte[] value) {
    return new LinkRow(
        Keys.longAt(key, 0), Keys.longAt(key, 8), Keys.longAt(value, 0), Keys.intAt(value, 8));
  }
}
