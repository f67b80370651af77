// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.NodeSource;
import org.pinlian.node.rules.Orders;
import org.pinlian.node.rules.RuleKey;
import org.pinlian.node.rules.RuleTable;
import org.pinlian.node.rules.RuleWrite;
import org.pinlian.node.sequencing.FinishedHeads;
import org.pinlian.node.sequencing.SequencedBatch;
import org.pinlian.node.sequencing.SequencedEntry;
import org.pinlian.node.sequencing.SequencedEntry.TouchedRecord;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.RuleRow;
import org.pinlian.record.Chains;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Block;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Derives chains and heads from sequenced batches, in order.
 *
 * <p>Three threads: one applies batches to the open epoch, one writes cut epochs down, one brings
 * the heads map after ({@link Mapping}). What waits between them is bounded; when one falls behind,
 * the one before it waits, then the sequencer, then the pool is full and callers are told so.
 * Readers take the list of epochs first and the database after: an epoch leaves the list only once
 * it is stored, so nothing is ever in neither.
 */
public final class Derivation implements SequencedBatch.Follower, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Derivation.class);
  private static final int BATCHES_WAITING_MAX = 32;
  private static final int EPOCHS_WAITING_MAX = 4;

  /** Bounds what one look-up holds; beyond some hundred more gains nothing. */
  private static final int HEADS_AT_ONCE = 1_000;

  /** Of a map that is made again beside the newest, some ten megabytes. */
  private static final long PAST_KEYS_MAX = 100_000;

  /** Readers wait this long for what was just synced; after that they get what there is. */
  private static final long CATCH_UP_MILLIS_MAX = 5_000;

  // Of closing.
  private static final long WAIT_MILLIS = 100;
  private static final long INTERRUPTED_MILLIS_MAX = 500;
  private static final long DAY_MILLIS = 24L * 60 * 60 * 1000;

  /**
   * What readers may speak of: everything below {@code size} is derived, and the checkpoint is
   * signed for exactly that size.
   */
  public record Published(long size, SignedNote checkpoint) {}

  private final HashAlgorithm hash;
  private final DerivedStore store;
  private final Consumer<DerivedBatch> down;
  private final boolean readOnly;
  private final Consumer<Throwable> onFatal;
  private final BlockingQueue<Object> batches = new ArrayBlockingQueue<>(BATCHES_WAITING_MAX);
  private final BlockingQueue<Object> cuts = new ArrayBlockingQueue<>(EPOCHS_WAITING_MAX);
  private final Thread applying;
  private final Thread storing;
  private final Object progress = new Object();

  // Owned by the applying thread.
  private long nextChainId;
  private Map<Hash, Optional<Head>> foreseen = Map.of();

  // Owned by the storing thread.
  private final Tiles tiles;

  // Of the readers.
  private final FullTiles fullTiles;

  // The heads map, and how to find what it takes to make one where none is kept.
  private final @Nullable Mapping mapping;
  private final @Nullable Function<RecordPlace, TouchedRecord> records;
  private @Nullable HeadsMap readingMap;
  private boolean pastTried;
  private volatile boolean ended;
  private final long storedAtStart;

  // Oldest first; the last is open. Replaced, never changed.
  private volatile List<Epoch> epochs;
  private volatile long appliedUpto;
  private volatile long storedUpto;
  private volatile @Nullable Published published;
  private volatile @Nullable Block newestBlock;
  private volatile @Nullable Throwable failure;
  private volatile long retained;

  /** An epoch cut before entry {@code upto}, with the ids given out by then. */
  private record Cut(Epoch epoch, long upto, long nextChainId) {}

  /** Ends a thread after all that was queued before it. */
  private enum End {
    END
  }

  /**
   * @param readOnly keeps everything new in memory: for a reader of a folder that no node holds
   */
  public Derivation(
      HashAlgorithm hash, DerivedStore store, boolean readOnly, Consumer<Throwable> onFatal) {
    this(hash, store, store::writeUnsynced, readOnly, null, () -> {}, onFatal);
  }

  /**
   * @param down writes a cut epoch to the store: a test may let it fail
   */
  public Derivation(
      HashAlgorithm hash,
      DerivedStore store,
      Consumer<DerivedBatch> down,
      Consumer<Throwable> onFatal) {
    this(hash, store, down, false, null, () -> {}, onFatal);
  }

  /**
   * For a reader of a folder that no node holds: keeps everything new in memory, and makes a heads
   * map only when it is asked for one.
   *
   * @param records what a chain needs of a record in the log
   */
  public static Derivation forReading(
      HashAlgorithm hash,
      DerivedStore store,
      Function<RecordPlace, TouchedRecord> records,
      Consumer<Throwable> onFatal) {
    return new Derivation(hash, store, store::writeUnsynced, true, records, () -> {}, onFatal);
  }

  /**
   * For a node.
   *
   * @param down writes a cut epoch to the store
   * @param records what a chain needs of a record in the log
   * @param beforeMap run on the mapping thread before it loads the heads
   */
  public static Derivation forNode(
      HashAlgorithm hash,
      DerivedStore store,
      Consumer<DerivedBatch> down,
      Function<RecordPlace, TouchedRecord> records,
      Runnable beforeMap,
      Consumer<Throwable> onFatal) {
    return new Derivation(hash, store, down, false, records, beforeMap, onFatal);
  }

  private Derivation(
      HashAlgorithm hash,
      DerivedStore store,
      Consumer<DerivedBatch> down,
      boolean readOnly,
      @Nullable Function<RecordPlace, TouchedRecord> records,
      Runnable beforeMap,
      Consumer<Throwable> onFatal) {
    this.down = down;
    this.readOnly = readOnly;
    this.records = records;
    this.hash = hash;
    this.store = store;
    this.onFatal = onFatal;
    this.storedUpto = store.derivedUpTo();
    this.storedAtStart = storedUpto;
    this.appliedUpto = storedUpto;
    this.nextChainId = store.nextChainId();
    this.fullTiles = new FullTiles(hash);
    this.tiles = Tiles.resume(hash, store, storedUpto);
    this.epochs = List.of(new Epoch(storedUpto, 0));
    this.applying = new Thread(this::applyAll, "derivation");
    this.storing = new Thread(this::storeAll, "derivation-store");
    // Before anything is written: it loads the heads as they are now.
    this.mapping = readOnly ? null : new Mapping(hash, store, storedUpto, beforeMap, this::fail);
    applying.start();
    storing.start();
    if (mapping != null) {
      mapping.start();
    }
  }

  // ---- the applying thread ---------------------------------------------------------------------

  /** Queues a batch; waits while too many wait already. */
  @Override
  public void follow(SequencedBatch batch) {
    enqueue(batches, batch);
  }

  private void applyAll() {
    try {
      while (batches.take() instanceof SequencedBatch batch) {
        foresee(batch);
        for (SequencedEntry entry : batch.entries()) {
          apply(entry);
        }
        synchronized (progress) {
          appliedUpto = batch.sizeAfter();
          if (batch.checkpoint() != null) {
            published = new Published(batch.sizeAfter(), batch.checkpoint());
          }
          progress.notifyAll();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /**
   * Looks up together which chains of a batch are in the database, and which are new. One by one,
   * the way into RocksDB and back would cost several times what is done there.
   */
  private void foresee(SequencedBatch batch) {
    // Taken before the database is read: what leaves it afterwards is there by then.
    List<Epoch> inMemory = epochs;
    Set<Hash> wanted = new LinkedHashSet<>();
    for (SequencedEntry entry : batch.entries()) {
      for (TouchedRecord record : entry.records()) {
        for (Hash subjectKey : record.subjectKeys()) {
          if (inMemory.stream().noneMatch(epoch -> epoch.tails.containsKey(subjectKey))) {
            wanted.add(subjectKey);
          }
        }
      }
    }
    List<Hash> keys = List.copyOf(wanted);
    Map<Hash, Optional<Head>> found = new HashMap<>(keys.size() * 2);
    for (int from = 0; from < keys.size(); from += HEADS_AT_ONCE) {
      List<Hash> some = keys.subList(from, Math.min(keys.size(), from + HEADS_AT_ONCE));
      List<Optional<Head>> heads = store.heads(some.stream().map(Hash::bytes).toList());
      for (int i = 0; i < some.size(); i++) {
        found.put(some.get(i), heads.get(i));
      }
    }
    foreseen = found;
  }

  private void apply(SequencedEntry entry) throws InterruptedException {
    if (entry.block() != null) {
      if (entry.block().getCovers() != entry.index()) {
        throw new IllegalStateException(
            "block at " + entry.index() + " covers " + entry.block().getCovers());
      }
      cut(entry.index());
      newestBlock = entry.block();
      if (mapping != null) {
        mapping.follow(entry.block());
      }
    }
    Epoch open = epochs.get(epochs.size() - 1);
    for (int position = 0; position < entry.records().size(); position++) {
      TouchedRecord record = entry.records().get(position);
      for (Hash subjectKey : record.subjectKeys()) {
        tail(open, subjectKey, null).append(hash, entry.index(), position, record.digest());
        if (record.notice()) {
          tail(open, Chains.noticeKey(hash, subjectKey), subjectKey)
              .append(hash, entry.index(), position, record.digest());
        }
      }
    }
    if (entry.records().size() >= DerivedStore.DIGESTS_FROM) {
      byte[] digests = new byte[entry.records().size() * Hash.SIZE];
      for (int position = 0; position < entry.records().size(); position++) {
        entry.records().get(position).digest().copyTo(digests, position * Hash.SIZE);
      }
      open.digests.put(entry.index(), digests);
    }
    for (RuleWrite write : entry.writes()) {
      open.rules.put(
          ByteString.copyFrom(write.key().bytes()),
          Optional.ofNullable(write.value()).map(ByteString::copyFrom));
      if (write.key().table() == RuleTable.ORDERS && write.value() != null) {
        open.orders.add(Orders.place(write.value()));
      }
    }
    open.addLeaf(entry.leaf());
  }

  /**
   * @param noticesOf the subject key when {@code mapKey} is of a notice chain
   */
  private ChainTail tail(Epoch open, Hash mapKey, @Nullable Hash noticesOf) {
    ChainTail tail = open.tails.get(mapKey);
    if (tail != null) {
      return tail;
    }
    List<Epoch> waiting = epochs;
    for (int i = waiting.size() - 2; i >= 0 && tail == null; i--) {
      ChainTail earlier = waiting.get(i).tails.get(mapKey);
      if (earlier != null) {
        tail = new ChainTail(earlier.id(), earlier.count(), earlier.link(), earlier.lastIndex());
      }
    }
    if (tail == null) {
      Optional<Head> head = foreseen.get(mapKey);
      if (head == null) {
        head = store.head(mapKey.bytes());
      }
      if (head.isPresent()) {
        tail =
            new ChainTail(
                head.get().chainId(),
                head.get().count(),
                Hash.of(head.get().link()),
                head.get().lastIndex());
      } else {
        Hash start =
            noticesOf == null ? Chains.start(hash, mapKey) : Chains.noticeStart(hash, noticesOf);
        tail = new ChainTail(nextChainId++, 0, start, 0);
      }
    }
    open.tails.put(mapKey, tail);
    return tail;
  }

  private void cut(long upto) throws InterruptedException {
    // The storing thread will now change the database under what was looked up.
    foreseen = Map.of();
    if (readOnly) {
      return;
    }
    List<Epoch> before = epochs;
    Epoch open = before.get(before.size() - 1);
    List<Epoch> after;
    synchronized (progress) {
      after = new ArrayList<>(epochs);
      after.add(new Epoch(upto, open.tails.size()));
      epochs = List.copyOf(after);
    }
    cuts.put(new Cut(open, upto, nextChainId));
  }

  // ---- the storing thread ----------------------------------------------------------------------

  private void storeAll() {
    try {
      while (cuts.take() instanceof Cut cut) {
        store(cut);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void store(Cut cut) throws InterruptedException {
    Epoch epoch = cut.epoch();
    DerivedBatch batch = store.newBatch();
    // Sorted once, as an array: a tree of so many would be walked through memory for each.
    List<Map.Entry<Hash, ChainTail>> heads = new ArrayList<>(epoch.tails.entrySet());
    heads.removeIf(head -> head.getValue().added() == 0);
    heads.sort(Map.Entry.comparingByKey());
    List<ChainTail> byId = new ArrayList<>(heads.size());
    HeadChanges.Builder changes = new HeadChanges.Builder(heads.size());
    for (Map.Entry<Hash, ChainTail> head : heads) {
      ChainTail tail = head.getValue();
      batch.putHead(
          head.getKey().bytes(),
          new Head(tail.id(), tail.count(), tail.link().bytes(), tail.lastIndex()));
      changes.add(
          head.getKey(),
          tail.countBefore(),
          tail.linkBefore(),
          tail.lastIndexBefore(),
          tail.count(),
          tail.link(),
          tail.lastIndex());
      byId.add(tail);
    }
    if (mapping != null) {
      mapping.announce(changes.build(cut.upto()));
    }
    byId.sort((a, b) -> Long.compare(a.id(), b.id()));
    for (ChainTail tail : byId) {
      for (int i = 0; i < tail.added(); i++) {
        batch.putChainLink(tail.id(), tail.countBefore() + i + 1, tail.index(i), tail.position(i));
      }
    }
    for (ChainTail tail : byId) {
      for (long n = ChainTail.firstStoredAfter(tail.countBefore());
          n <= tail.count();
          n += DerivedStore.LINK_HASHES_EVERY) {
        batch.putLinkHash(tail.id(), n, tail.storedLink(n).bytes());
      }
    }
    for (long index = epoch.from; index < cut.upto(); index++) {
      tiles.append(epoch.leaf(index), batch);
    }
    tiles.writePartial(batch);
    TreeMap<ByteString, Optional<ByteString>> rules =
        new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    rules.putAll(epoch.rules);
    rules.forEach((key, value) ->
        value.ifPresentOrElse(
            written -> batch.putRule(key.toByteArray(), written.toByteArray()),
            () -> batch.deleteRule(key.toByteArray())));
    epoch.digests.forEach(batch::putDigests);
    batch.putNextChainId(cut.nextChainId());
    batch.putDerivedUpTo(cut.upto());
    down.accept(batch);
    synchronized (progress) {
      epochs = List.copyOf(epochs.subList(1, epochs.size()));
      storedUpto = cut.upto();
      progress.notifyAll();
    }
    if (mapping != null) {
      mapping.stored();
    }
  }

  /** Roots of the complete subtrees over what is stored, largest first: where the replay begins. */
  public List<Hash> storedEdge() {
    NodeSource tree = tree();
    long size = storedUpto;
    List<Hash> edge = new ArrayList<>();
    for (int level = 62; level >= 0; level--) {
      if ((size >> level & 1) == 1) {
        edge.add(tree.node(level, (size >> level) - 1));
      }
    }
    return edge;
  }

  // ---- readers, any thread ---------------------------------------------------------------------

  /** What may be read now. */
  public Published published() {
    Published now = published;
    if (now == null) {
      throw new IllegalStateException("nothing is published before the replay has ended");
    }
    return now;
  }

  /** Waits until entries below {@code size} are derived. */
  public void awaitApplied(long size) throws InterruptedException {
    synchronized (progress) {
      while (appliedUpto < size && failure == null) {
        progress.wait();
      }
    }
    stopIfFailed();
  }

  /** Waits until a checkpoint of at least this size is published; gives up after the time given. */
  public boolean awaitPublished(long size, long timeoutMillis) throws InterruptedException {
    long deadline = System.nanoTime() + timeoutMillis * 1_000_000;
    synchronized (progress) {
      while (published == null || published.size() < size) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0 || failure != null) {
          return false;
        }
        progress.wait(left);
      }
      return true;
    }
  }

  /**
   * What may be read once everything below {@code size} is derived: so that whoever holds a receipt
   * finds its record in the next trace.
   */
  public Published publishedAtLeast(long size) {
    try {
      if (!awaitPublished(size, CATCH_UP_MILLIS_MAX)) {
        stopIfFailed();
        log.warn("Derivation lags: {} of {} entries", appliedUpto, size);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return published();
  }

  /** Everything below this is in the database; state that leads there may be forgotten. */
  public long storedUpto() {
    return storedUpto;
  }

  /** The links of a chain below {@code size}; none if nothing touched it. */
  public ChainLinks chain(Hash mapKey, long size) {
    return ChainLinks.of(store, epochs, mapKey, size);
  }

  /** The same of many chains, in the order of their keys. */
  public List<ChainLinks> chains(List<Hash> mapKeys, long size) {
    return ChainLinks.ofAll(store, epochs, mapKeys, size);
  }

  /**
   * The same, from link 1 on.
   *
   * @param most reads at most this many: ask for one more than you can use
   */
  public List<RecordPlace> links(Hash mapKey, long size, int most) {
    ChainLinks chain = chain(mapKey, size);
    return chain.places(1, Math.min(most, chain.count()));
  }

  /**
   * Orders, the newest first.
   *
   * @param before only those before this place
   * @param most of them, at most
   */
  public List<RecordPlace> ordersBefore(RecordPlace before, int most) {
    // Those in memory first: what goes down meanwhile is then found twice, which does no harm.
    TreeSet<RecordPlace> found = new TreeSet<>(Comparator.reverseOrder());
    for (Epoch epoch : epochs) {
      epoch.orders.headSet(before).descendingSet().stream().limit(most).forEach(found::add);
    }
    byte[] from = RuleKey.newestFirst(RuleTable.ORDERS, before).bytes();
    int stored = 0;
    try (Cursor<RuleRow> rows = store.rulesFrom(from, new byte[] {(byte) RuleTable.ORDERS.id()})) {
      while (stored < most && rows.next()) {
        RecordPlace place = Orders.place(rows.row().value());
        if (place.compareTo(before) < 0) {
          found.add(place);
          stored++;
        }
      }
    }
    return found.stream().limit(most).toList();
  }

  /**
   * The digests of an entry's records, one after the other, where they are stored: not of an entry
   * that is new, or of few records. Whether they are right, the root that the submitter signed must
   * say.
   */
  public Optional<byte[]> digests(long index) {
    return store.digests(index);
  }

  /** Those of several entries, looked up together, in the order given. */
  public List<Optional<byte[]>> digests(List<Long> indexes) {
    return store.digests(indexes);
  }

  /** The tree's nodes for one request. */
  public NodeSource tree() {
    return new StoredTree(hash, store, fullTiles, epochs);
  }

  // ---- the heads map ---------------------------------------------------------------------------

  /** The newest block that is derived; empty before the first. */
  public Optional<Block> newestBlock() {
    return Optional.ofNullable(newestBlock);
  }

  /** How far the map is done, for blocks. */
  public FinishedHeads finishedHeads() {
    return mapping == null ? FinishedHeads.NONE : mapping;
  }

  /**
   * The heads map that blocks call {@code headsSize}, to be closed. Kept are the newest, that of
   * the newest block, and what {@link #retainFrom} says; a reader has that of the newest block.
   *
   * <p>After a kill what is published may be older than what was stored. A small map of that is
   * made again; a large one is not to be had until a newer block is published.
   */
  public Optional<MapRevision> mapAt(long headsSize) {
    if (mapping != null) {
      Optional<MapRevision> kept = mapping.at(headsSize);
      return kept.isPresent() ? kept : pastMap(headsSize);
    }
    Block newest = newestBlock;
    if (records == null
        || newest == null
        || newest.getHeadsSize() != headsSize
        || headsSize > store.derivedUpTo()) {
      return Optional.empty();
    }
    return Optional.of(readingMap(newest, records));
  }

  /** Once: what is published goes on from there, and is then kept by {@link Mapping}. */
  private synchronized Optional<MapRevision> pastMap(long headsSize) {
    if (records == null || headsSize != retained || headsSize >= storedAtStart) {
      return Optional.empty();
    }
    if (!pastTried && !ended) {
      pastTried = true;
      readingMap =
          new PastHeads(hash, store, headsSize, records)
              .map(PAST_KEYS_MAX, () -> ended)
              .orElse(null);
    }
    return readingMap == null ? Optional.empty() : readingMap.at(headsSize);
  }

  private synchronized MapRevision readingMap(
      Block block, Function<RecordPlace, TouchedRecord> find) {
    if (readingMap == null) {
      readingMap =
          new PastHeads(hash, store, block.getHeadsSize(), find)
              .map(Long.MAX_VALUE, () -> false)
              .orElseThrow();
    }
    MapRevision revision = readingMap.newest().orElseThrow();
    if (!revision.root().equals(Hash.of(block.getHeadsRoot().toByteArray()))) {
      throw new IllegalStateException(
          "block "
              + block.getNumber()
              + " names "
              + HexFormat.of().formatHex(block.getHeadsRoot().toByteArray())
              + " as root of the heads map of size "
              + block.getHeadsSize()
              + ", but the heads stored give "
              + revision.root().hex()
              + ". Run `pinlian audit`");
    }
    return revision;
  }

  /** Keeps the maps from that size on: what is published is older than the newest block. */
  public void retainFrom(long headsSize) {
    retained = headsSize;
    if (mapping != null) {
      mapping.retainFrom(headsSize);
    }
  }

  /** Keys in the heads map; 0 while it is being loaded. */
  public long headsKeys() {
    return mapping == null ? 0 : mapping.keys();
  }

  /** Changed keys that wait to be put into the heads map. */
  public long headsWaiting() {
    return mapping == null ? 0 : mapping.keysWaiting();
  }

  public int batchesWaiting() {
    return batches.size();
  }

  public int epochsInMemory() {
    return epochs.size();
  }

  // ---- ending ----------------------------------------------------------------------------------

  private void enqueue(BlockingQueue<Object> queue, Object item) {
    stopIfFailed();
    try {
      queue.put(item);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while handing on what was sequenced", e);
    }
    stopIfFailed();
  }

  private void stopIfFailed() {
    Throwable cause = failure;
    if (cause instanceof HeadsException found) {
      throw new HeadsException(found);
    }
    if (cause != null) {
      throw new IllegalStateException("derivation has stopped: " + cause.getMessage(), cause);
    }
  }

  private void fail(Throwable cause) {
    log.error("Derivation stops; the truth is not affected and a restart replays it", cause);
    synchronized (progress) {
      failure = cause;
      progress.notifyAll();
    }
    // Whoever waits to hand on work must see the failure instead of waiting for ever.
    batches.clear();
    cuts.clear();
    onFatal.accept(cause);
  }

  /**
   * Lets a thread finish what was queued; if one has failed there is nothing left to finish.
   *
   * @return whether it has ended
   */
  private boolean end(Thread thread, BlockingQueue<Object> queue, long deadlineNanos)
      throws InterruptedException {
    boolean told = false;
    while (thread.isAlive() && System.nanoTime() - deadlineNanos < 0) {
      if (failure != null) {
        thread.interrupt();
        thread.join(WAIT_MILLIS);
      } else if (told) {
        thread.join(WAIT_MILLIS);
      } else {
        told = queue.offer(End.END, WAIT_MILLIS, MILLISECONDS);
      }
    }
    if (thread.isAlive()) {
      log.error("{} still waits for a store", thread.getName());
      thread.interrupt();
      thread.join(INTERRUPTED_MILLIS_MAX);
    }
    return !thread.isAlive();
  }

  /** Applies and stores all that was handed on, then ends. */
  @Override
  public void close() {
    var _ = close(DAY_MILLIS);
  }

  /**
   * As {@link #close()}, but gives up on a store that does not come back: the next start derives
   * again what was not stored.
   *
   * @return whether both threads have ended; if not, the store may not be closed under them
   */
  public boolean close(long graceMillis) {
    long deadline = System.nanoTime() + MILLISECONDS.toNanos(Math.min(graceMillis, DAY_MILLIS));
    if (mapping != null) {
      // First: what waits for the map must not keep what is to be stored.
      mapping.end();
    }
    try {
      boolean ended = end(applying, batches, deadline);
      ended &= end(storing, cuts, deadline);
      return ended && endMaps(deadline);
    } catch (InterruptedException e) {
      applying.interrupt();
      storing.interrupt();
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean endMaps(long deadlineNanos) throws InterruptedException {
    if (mapping != null) {
      if (!mapping.end((deadlineNanos - System.nanoTime()) / 1_000_000)) {
        log.error("The heads map still waits for a store");
        return false;
      }
      mapping.close();
    }
    // Before the monitor: whoever makes a map under it stops then.
    ended = true;
    synchronized (this) {
      if (readingMap != null) {
        readingMap.close();
        readingMap = null;
      }
    }
    return true;
  }
}
