// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.heads.HeadChanges;
import org.pinlian.node.heads.HeadSource;
import org.pinlian.node.heads.HeadsMap;
import org.pinlian.node.heads.MapRevision;

/**
 * Makes the heads map again at every block, from the chains of {@link ChainCheck}, and remembers
 * its roots until no block can name them any more. For one thread.
 *
 * <p>It brings the map forward with the code that the node keeps it with, because nothing slower
 * would do for every block; the root at {@code derived_upto} is made once more by the reference in
 * {@code merkle}, from all heads, so that a fault in that code shows. Memory: about 95 bytes a
 * chain, outside the heap.
 */
final class MapCheck implements HeadSource, AutoCloseable {
  private final ChainCheck chains;
  private final HeadsMap map;

  // By size of the log, from the one that the last block named.
  private final TreeMap<Long, Hash> roots = new TreeMap<>();

  // While one block's changes are mapped: the keys that share their first 8 bytes with another's.
  private @Nullable Map<Long, List<Hash>> sharing;

  MapCheck(HashAlgorithm hash, ChainCheck chains) {
    this.chains = chains;
    this.map = new HeadsMap(hash, this);
    map.load().finish(0);
    roots.put(0L, hash.empty());
  }

  /**
   * A block covers this much: from now on it may be named as a map's size.
   *
   * @return the root
   */
  Hash covered(long size) {
    HeadChanges changes = chains.takeChanges(size);
    sharing = null;
    map.announce(changes);
    map.update();
    try (MapRevision revision = map.newest().orElseThrow()) {
      roots.put(size, revision.root());
      return revision.root();
    }
  }

  /** The root that a block naming this size must give; null if no block covers that. */
  @Nullable Hash root(long size) {
    return roots.get(size);
  }

  /** No block after the one that names this size may name a smaller one. */
  void named(long size) {
    roots.headMap(size).clear();
  }

  /** No two do unless somebody made them so; then all such are looked for together. */
  @Override
  public List<Hash> keysWithPrefix(long prefix) {
    if (sharing == null) {
      sharing = chains.sharingPrefix();
    }
    return sharing.getOrDefault(prefix, List.of());
  }

  @Override
  public Optional<byte[]> value(Hash key) {
    return chains.value(key);
  }

  @Override
  public void close() {
    map.close();
  }
}
