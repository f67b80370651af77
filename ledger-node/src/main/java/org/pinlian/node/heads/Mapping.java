// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.sequencing.FinishedHeads;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.StoredHead;
import org.pinlian.v1.Block;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the heads map behind what is stored, on a thread of its own: first it loads the map from
 * the heads as they were when this was made, then it puts in what was stored since, cut by cut.
 * What waits is bounded by the number of keys; beyond, whoever announces more has to wait.
 *
 * <p>Each block that names a map is compared with it, in running as in the replay.
 */
final class Mapping implements FinishedHeads, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Mapping.class);

  /** 128 bytes each. A start that loads ten million keys takes some seconds of ingest. */
  private static final long KEYS_WAITING_MAX = 1_000_000;

  /** Heads between two looks whether to end. */
  private static final int ROWS_AT_ONCE = 4_096;

  private final HeadsMap map;
  private final Cursor<StoredHead> heads;
  private final long loadedSize;
  private final Runnable beforeLoad;
  private final Consumer<Throwable> onFatal;
  private final Thread thread;

  private volatile @Nullable At newest;

  // All below is guarded by this.
  private long keysWaiting;
  private int stored;
  private boolean ending;
  private long blockSize;
  private long retained = Long.MAX_VALUE;
  private final TreeMap<Long, Hash> roots = new TreeMap<>();
  private final TreeMap<Long, Named> named = new TreeMap<>();
  // A size to a greater one, between which no head changed.
  private final TreeMap<Long, Long> same = new TreeMap<>();

  /** What a block says that the map of some size is. */
  private record Named(long blockNumber, Hash root) {}

  /**
   * @param size of the log that the stored heads are of, as long as nobody writes
   * @param beforeLoad run first on the thread
   */
  Mapping(
      HashAlgorithm hash,
      DerivedStore store,
      long size,
      Runnable beforeLoad,
      Consumer<Throwable> onFatal) {
    this.map = new HeadsMap(hash, new StoredHeads(store));
    map.keepFrom(0);
    this.heads = store.allStoredHeads();
    this.loadedSize = size;
    this.beforeLoad = beforeLoad;
    this.onFatal = onFatal;
    this.thread = Thread.ofPlatform().name("heads-map").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  // ---- the mapping thread ----------------------------------------------------------------------

  private void run() {
    try {
      beforeLoad.run();
      load();
      while (awaitStored()) {
        int keys = map.update();
        synchronized (this) {
          stored--;
          keysWaiting -= keys;
        }
        publish();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      if (isEnding()) {
        log.warn("The heads map was left unfinished", e);
      } else {
        onFatal.accept(e);
      }
    } finally {
      end();
    }
  }

  private void load() {
    long began = System.nanoTime();
    HeadsMap.Load load = map.load();
    long rows = 0;
    try (heads) {
      while (heads.next()) {
        load.add(heads.row());
        if (++rows % ROWS_AT_ONCE == 0 && isEnding()) {
          return;
        }
      }
    }
    load.finish(loadedSize);
    if (rows > 0) {
      log.info(
          "Loaded the heads map of {} keys in {} ms",
          rows,
          (System.nanoTime() - began) / 1_000_000);
    }
    publish();
  }

  private synchronized boolean awaitStored() throws InterruptedException {
    while (stored == 0 && !ending) {
      wait();
    }
    return !ending;
  }

  private void publish() {
    try (MapRevision revision = map.newest().orElseThrow()) {
      synchronized (this) {
        long size = revision.size();
        roots.put(size, revision.root());
        Named block = named.remove(size);
        if (block != null) {
          check(size, block, revision.root());
        }
        if (!named.headMap(size).isEmpty()) {
          throw new IllegalStateException(
              "block "
                  + named.firstEntry().getValue().blockNumber()
                  + " names the heads map of size "
                  + named.firstKey()
                  + ", which no block covers");
        }
        forget();
        newest = new At(size, revision.root());
        notifyAll();
      }
    }
  }

  private static void check(long size, Named block, Hash root) {
    if (!block.root().equals(root)) {
      throw new HeadsException(
          "block "
              + block.blockNumber()
              + " names "
              + block.root().hex()
              + " as root of the heads map of size "
              + size
              + ", but the heads stored give "
              + root.hex()
              + ": they, or the block, were changed. Run `pinlian audit`");
    }
  }

  // ---- those who derive ------------------------------------------------------------------------

  /** Before the changes are stored. Waits while too many wait, but never for a thread that ends. */
  void announce(HeadChanges changes) throws InterruptedException {
    synchronized (this) {
      while (keysWaiting > 0 && keysWaiting + changes.count() > KEYS_WAITING_MAX && !ending) {
        wait();
      }
      keysWaiting += changes.count();
    }
    map.announce(changes);
  }

  /** Once what was announced is stored. */
  synchronized void stored() {
    stored++;
    notifyAll();
  }

  /**
   * A block became part of the log.
   *
   * @throws HeadsException if it names another map than there is
   */
  synchronized void follow(Block block) {
    long size = block.getHeadsSize();
    if (size == 0) {
      return;
    }
    Named names = new Named(block.getNumber(), Hash.of(block.getHeadsRoot().toByteArray()));
    compare(size, names);
    if (block.getLagSince() == 0) {
      // Nothing was submitted from there to the block itself, so the maps of both are one.
      compare(block.getCovers(), names);
      same.put(size, block.getCovers());
    }
    blockSize = size;
    forget();
  }

  private void compare(long size, Named names) {
    Hash root = roots.get(size);
    if (root != null) {
      check(size, names, root);
    } else if (size >= loadedSize) {
      named.put(size, names);
    }
  }

  /** Drops what no block can name any more. */
  private void forget() {
    long from = Math.min(retained, blockSize);
    roots.headMap(blockSize).clear();
    same.headMap(from).clear();
    map.keepFrom(from);
  }

  // ---- any thread ------------------------------------------------------------------------------

  synchronized void retainFrom(long size) {
    retained = size;
    forget();
  }

  Optional<MapRevision> at(long size) {
    Optional<MapRevision> exact = map.at(size);
    if (exact.isPresent()) {
      return exact;
    }
    Long later;
    synchronized (this) {
      later = same.get(size);
    }
    return later == null ? Optional.empty() : map.at(later).map(kept -> new Same(kept, size));
  }

  /** A revision under the size that a block gives it. */
  private record Same(MapRevision kept, long size) implements MapRevision {
    @Override
    public Hash root() {
      return kept.root();
    }

    @Override
    public Optional<byte[]> value(Hash key) {
      return kept.value(key);
    }

    @Override
    public byte[] presence(Hash key) {
      return kept.presence(key);
    }

    @Override
    public byte[] absence(Hash key) {
      return kept.absence(key);
    }

    @Override
    public boolean mayHave(Hash key) {
      return kept.mayHave(key);
    }

    @Override
    public Optional<byte[]> presence(Hash key, byte[] value) {
      return kept.presence(key, value);
    }

    @Override
    public Optional<byte[]> absenceIfSo(Hash key) {
      return kept.absenceIfSo(key);
    }

    @Override
    public void close() {
      kept.close();
    }
  }

  @Override
  public @Nullable At newest() {
    return newest;
  }

  @Override
  public synchronized boolean await(long size, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + MILLISECONDS.toNanos(millis);
    while (newest == null || newest.size() < size) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0 || ending) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  long keys() {
    return map.keys();
  }

  synchronized long keysWaiting() {
    return keysWaiting;
  }

  private synchronized boolean isEnding() {
    return ending;
  }

  /** What waits is not mapped any more: the next start loads it with all else. */
  synchronized void end() {
    ending = true;
    notifyAll();
  }

  /**
   * @return whether the thread has ended; if not, the store may not be closed under it
   */
  boolean end(long millis) throws InterruptedException {
    end();
    thread.join(Math.max(1, millis));
    return !thread.isAlive();
  }

  /** Once the thread has ended and nobody reads. */
  @Override
  public void close() {
    map.close();
  }
}
