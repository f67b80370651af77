// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.MapProof;
import org.pinlian.node.heads.HeadSource.Found;
import org.pinlian.node.storage.DerivedStore.StoredHead;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Merkle Patricia map over the heads (formats.md A.5, B.10), in revisions: each is made from
 * the one before by new nodes for what changed, so that the older ones stay readable.
 *
 * <p>One thread loads and updates. Any may announce, and hold revisions; what a revision has no
 * more is freed when no revision that had it is wanted. Values of an older revision are found in
 * what the later ones changed, else at the source.
 */
public final class HeadsMap implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HeadsMap.class);

  /** However long somebody wants revisions kept: beyond this, those in the middle go. */
  private static final int REVISIONS_MAX = 32;

  /** Changes kept for older revisions: 128 bytes each. */
  private static final long CHANGES_KEPT_MAX = 2_000_000;

  /** Of the newest revisions, so many are not given up for want of room: blocks name them. */
  private static final int NEWEST_KEPT = 4;

  private final HashAlgorithm hash;
  private final HeadSource source;
  private final MapNodes nodes = new MapNodes();

  // Guarded by this. Revisions ascend; the last is the newest.
  private final List<Revision> revisions = new ArrayList<>();
  private final ArrayDeque<HeadChanges> announced = new ArrayDeque<>();
  private long keepFrom = Long.MAX_VALUE;

  // Of the updating thread.
  private final List<Revision> dropped = new ArrayList<>();

  /**
   * Found beside keys that are not there, by the hash of the leaf, which is over all of it: the
   * same few are asked for again and again, because every dossier shows the keys of the same
   * signers.
   */
  private static final int NEIGHBOURS_MAX = 2_048;

  // Guarded by itself.
  private final Map<Hash, Found> neighbours =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Hash, Found> eldest) {
          return size() > NEIGHBOURS_MAX;
        }
      };

  private static final class Revision {
    final int number;
    final long size;
    final Subtree root;
    final long keys;

    // Guarded by the map.
    int pins;
    // From this revision to the next that is kept.
    final List<HeadChanges> after = new ArrayList<>(1);

    // Of the updating thread: inner nodes of this revision that the next one has no more.
    RefList replaced = new RefList();

    Revision(int number, long size, Subtree root, long keys) {
      this.number = number;
      this.size = size;
      this.root = root;
      this.keys = keys;
    }
  }

  /** Takes the heads of a whole map, in ascending order of their keys. */
  public final class Load {
    private final MapLoad load = new MapLoad(nodes, hash, 0);

    private Load() {}

    /**
     * @param key 32 bytes, kept
     * @param value the 48 bytes of formats.md A.5
     */
    public void add(byte[] key, byte[] value) {
      load.add(key, value, 0);
    }

    /** Adds a head as it is stored. */
    public void add(StoredHead head) {
      load.add(head.mapKey(), head.bytes(), StoredHead.VALUE_AT);
    }

    /**
     * Makes the first revision.
     *
     * @param size of the log that the heads are of
     */
    public void finish(long size) {
      Revision first = new Revision(0, size, load.finish(), load.keys());
      synchronized (HeadsMap.this) {
        if (!revisions.isEmpty()) {
          throw new IllegalStateException("a map is loaded once");
        }
        revisions.add(first);
      }
    }
  }

  /** An empty map, of which there is no revision before it is loaded. */
  public HeadsMap(HashAlgorithm hash, HeadSource source) {
    this.hash = hash;
    this.source = source;
  }

  // ---- the updating thread ---------------------------------------------------------------------

  public Load load() {
    return new Load();
  }

  /**
   * Makes the next revision, of the changes that were announced first and are not in the map yet.
   *
   * @return how many keys changed
   * @throws IllegalStateException if the map does not have what these say was there before: it, or
   *     the source, is false
   */
  public int update() {
    sweep();
    HeadChanges changes;
    Revision before;
    synchronized (this) {
      changes = announced.getFirst();
      before = revisions.getLast();
    }
    RefList replaced = new RefList();
    MapUpdate update =
        new MapUpdate(
            nodes,
            hash,
            changes,
            (leaf, leafHash) -> whole(before, leaf, leafHash).key(),
            before.number + 1,
            replaced);
    Subtree root = update.after(before.root);
    replaced.trim();
    before.replaced = replaced;
    long keys = before.keys + changes.count() - changes.existed(0, changes.count());
    Revision next = new Revision(before.number + 1, changes.size(), root, keys);
    synchronized (this) {
      before.after.add(changes);
      announced.removeFirst();
      revisions.add(next);
    }
    changes.forgetValues();
    return changes.count();
  }

  /** Frees what no revision that is wanted has. */
  private void sweep() {
    synchronized (this) {
      for (int i = revisions.size() - 2; i >= 0; i--) {
        Revision revision = revisions.get(i);
        if (revision.pins == 0 && revision.size < keepFrom) {
          drop(i);
        }
      }
      thinOut();
    }
    for (Revision revision : dropped) {
      Revision older = olderThan(revision);
      for (int i = 0; i < revision.replaced.count(); i++) {
        int ref = revision.replaced.get(i);
        if (older != null && nodes.born(ref) <= older.number) {
          older.replaced.add(ref);
        } else {
          nodes.free(ref);
        }
      }
    }
    dropped.clear();
  }

  /** Somebody wants more kept than there is room for. */
  private void thinOut() {
    for (int i = 1; revisions.size() > REVISIONS_MAX && i < revisions.size() - NEWEST_KEPT; ) {
      if (revisions.get(i).pins == 0) {
        drop(i);
      } else {
        i++;
      }
    }
    long kept =
        revisions.stream().flatMap(r -> r.after.stream()).mapToLong(HeadChanges::count).sum();
    while (kept > CHANGES_KEPT_MAX
        && revisions.size() > NEWEST_KEPT
        && revisions.getFirst().pins == 0) {
      Revision oldest = revisions.getFirst();
      log.warn(
          "The heads map of size {} is given up: {} heads changed since. Until a newer block is"
              + " published there are no completeness proofs",
          oldest.size,
          kept);
      kept -= oldest.after.stream().mapToLong(HeadChanges::count).sum();
      drop(0);
    }
  }

  private void drop(int place) {
    Revision revision = revisions.remove(place);
    if (place > 0) {
      revisions.get(place - 1).after.addAll(revision.after);
    }
    dropped.add(revision);
  }

  private synchronized @Nullable Revision olderThan(Revision revision) {
    Revision older = null;
    for (Revision each : revisions) {
      if (each.number < revision.number) {
        older = each;
      }
    }
    return older;
  }

  // ---- any thread ------------------------------------------------------------------------------

  /**
   * Says that the source is about to have these changes. They go into the map in the order
   * announced.
   */
  public synchronized void announce(HeadChanges changes) {
    announced.add(changes);
  }

  /** Keeps the revisions from that size on, besides those held and the newest. */
  public synchronized void keepFrom(long size) {
    keepFrom = size;
  }

  /** Size and root of the newest revision; empty before the map is loaded. */
  public synchronized Optional<MapRevision> newest() {
    return revisions.isEmpty() ? Optional.empty() : Optional.of(pin(revisions.getLast()));
  }

  /** The revision of that size, if it is kept. To be closed. */
  public synchronized Optional<MapRevision> at(long size) {
    for (Revision revision : revisions) {
      if (revision.size == size) {
        return Optional.of(pin(revision));
      }
    }
    return Optional.empty();
  }

  private MapRevision pin(Revision revision) {
    revision.pins++;
    return new Pin(revision);
  }

  /** Keys of the newest revision. */
  public synchronized long keys() {
    return revisions.isEmpty() ? 0 : revisions.getLast().keys;
  }

  synchronized int revisions() {
    return revisions.size();
  }

  /** Nodes that are not free. Only when nobody updates. */
  long nodes() {
    return nodes.live();
  }

  /** What the map takes of memory, within and outside the heap. Only when nobody updates. */
  public synchronized long bytes() {
    long bytes = nodes.bytes();
    for (Revision revision : revisions) {
      bytes += revision.replaced.bytes();
      for (HeadChanges changes : revision.after) {
        bytes += (long) changes.count() * HeadChanges.BYTES_EACH;
      }
    }
    return bytes;
  }

  /** Frees all of it. What is still read of it then throws. */
  @Override
  public synchronized void close() {
    revisions.clear();
    nodes.close();
  }

  // ---- what nodes do not say -------------------------------------------------------------------

  private Optional<byte[]> value(Revision revision, Hash key) {
    // The source first: what it gets afterwards was announced before.
    return valueBefore(revision, key, source.value(key));
  }

  /**
   * @param now what the source has, read before this is called
   */
  private Optional<byte[]> valueBefore(Revision revision, Hash key, Optional<byte[]> now) {
    List<HeadChanges> later = new ArrayList<>();
    synchronized (this) {
      for (Revision each : revisions) {
        if (each.number >= revision.number) {
          later.addAll(each.after);
        }
      }
      later.addAll(announced);
    }
    for (HeadChanges changes : later) {
      int place = changes.find(key);
      if (place >= 0) {
        return changes.before(place);
      }
    }
    return now;
  }

  /** As {@link #whole}, of those that readers asked for last without reading it again. */
  private Found neighbour(Revision revision, int leaf, Hash wanted) {
    synchronized (neighbours) {
      Found known = neighbours.get(wanted);
      if (known != null) {
        return known;
      }
    }
    Found found = whole(revision, leaf, wanted);
    synchronized (neighbours) {
      neighbours.put(wanted, found);
    }
    return found;
  }

  /** The key of a leaf with some hash, and its value there. */
  private Found whole(Revision revision, int leaf, Hash wanted) {
    for (Found found : source.withPrefix(nodes.prefix(leaf))) {
      Hash key = found.key();
      Optional<byte[]> value = valueBefore(revision, key, Optional.of(found.value()));
      if (value.isPresent() && MapProof.leaf(hash, key, value.get()).equals(wanted)) {
        return new Found(key, value.get());
      }
    }
    throw new IllegalStateException("no head has the leaf " + wanted + " of the heads map");
  }

  private final class Pin implements MapRevision {
    private final Revision revision;
    private final AtomicBoolean closed = new AtomicBoolean();

    Pin(Revision revision) {
      this.revision = revision;
    }

    @Override
    public long size() {
      return revision.size;
    }

    @Override
    public Hash root() {
      return revision.root.hash();
    }

    @Override
    public Optional<byte[]> value(Hash key) {
      checkOpen();
      return HeadsMap.this.value(revision, key);
    }

    @Override
    public byte[] presence(Hash key) {
      Way way = way(key);
      if (way.leaf == MapNodes.NONE || !isOf(key, way)) {
        throw new IllegalArgumentException("the map of size " + size() + " has no key " + key);
      }
      return MapProof.presence(way);
    }

    @Override
    public byte[] absence(Hash key) {
      return absenceIfSo(key)
          .orElseThrow(() ->
              new IllegalArgumentException("the map of size " + size() + " has the key " + key));
    }

    @Override
    public boolean mayHave(Hash key) {
      int leaf = way(key).leaf;
      return leaf != MapNodes.NONE && hasPrefixOf(key, leaf);
    }

    @Override
    public Optional<byte[]> presence(Hash key, byte[] value) {
      Way way = way(key);
      // The leaf's hash is over key and value: nothing else need be read.
      return way.leaf != MapNodes.NONE && MapProof.leaf(hash, key, value).equals(way.leafHash)
          ? Optional.of(MapProof.presence(way))
          : Optional.empty();
    }

    @Override
    public Optional<byte[]> absenceIfSo(Hash key) {
      Way way = way(key);
      if (way.leaf == MapNodes.NONE) {
        return Optional.of(MapProof.absenceFromNothing());
      }
      Found other = neighbour(revision, way.leaf, way.leafHash);
      return other.key().equals(key)
          ? Optional.empty()
          : Optional.of(MapProof.absence(other.key(), other.value(), way));
    }

    private boolean isOf(Hash key, Way way) {
      return hasPrefixOf(key, way.leaf)
          && HeadsMap.this
              .value(revision, key)
              .filter(value -> MapProof.leaf(hash, key, value).equals(way.leafHash))
              .isPresent();
    }

    private boolean hasPrefixOf(Hash key, int leaf) {
      return nodes.prefix(leaf) == HeadChanges.prefix(key.bytes(), 0);
    }

    private Way way(Hash key) {
      checkOpen();
      return new Way(revision.root, key.bytes());
    }

    private void checkOpen() {
      if (closed.get()) {
        throw new IllegalStateException("this revision was closed");
      }
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        synchronized (HeadsMap.this) {
          revision.pins--;
        }
      }
    }
  }

  /** The way of a look-up, whose steps are those of a proof from its end back to the root. */
  private final class Way implements MapProof.Steps {
    /** Of a map of ten million keys few ways are longer. */
    private static final int STEPS_USUAL = 40;

    /** Where the look-up ends. */
    final int leaf;

    final Hash leafHash;

    // From the root.
    private int[] bits = new int[STEPS_USUAL];
    private int[] inners = new int[STEPS_USUAL];
    private int[] sides = new int[STEPS_USUAL];
    private int count;

    Way(Subtree root, byte[] key) {
      int ref = root.ref();
      while (!MapNodes.isLeaf(ref)) {
        if (count == bits.length) {
          bits = Arrays.copyOf(bits, count * 2);
          inners = Arrays.copyOf(inners, count * 2);
          sides = Arrays.copyOf(sides, count * 2);
        }
        int bit = nodes.bit(ref);
        int side = key[bit >> 3] >> (7 - (bit & 7)) & 1;
        bits[count] = bit;
        inners[count] = ref;
        sides[count] = side;
        count++;
        ref = nodes.side(ref, side);
      }
      leaf = ref;
      leafHash = count == 0 ? root.hash() : nodes.hash(inners[count - 1], sides[count - 1]);
    }

    @Override
    public int count() {
      return count;
    }

    @Override
    public int bit(int step) {
      return bits[count - 1 - step];
    }

    @Override
    public void copySibling(int step, byte[] into, int at) {
      int from = count - 1 - step;
      nodes.copyHash(inners[from], 1 - sides[from], into, at);
    }
  }
}
