// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was used lately, as long as it weighs no more than it may. Safe for many threads, and none
 * that only looks waits for another: what was looked at since it was last in question gets a second
 * chance to stay.
 *
 * @param <K> equal by value
 * @param <V> what is kept
 */
final class WeighedCache<K, V> {
  /** One thing takes no more than this part of what may be kept: it would drive out the rest. */
  private static final int SHARE = 4;

  private static final class Weighed<V> {
    final V value;
    final long weight;
    volatile boolean used;

    Weighed(V value, long weight) {
      this.value = value;
      this.weight = weight;
    }
  }

  private final long most;
  private final Map<K, Weighed<V>> kept = new ConcurrentHashMap<>();

  // Under this object's lock: the keys in the order in which they come into question.
  private final ArrayDeque<K> next = new ArrayDeque<>();
  private long weight;

  /**
   * @param most weight of all that is kept
   */
  WeighedCache(long most) {
    this.most = most;
  }

  @Nullable V get(K key) {
    Weighed<V> found = kept.get(key);
    if (found == null) {
      return null;
    }
    if (!found.used) {
      found.used = true;
    }
    return found.value;
  }

  /** Lets go of all of it. */
  synchronized void clear() {
    kept.clear();
    next.clear();
    weight = 0;
  }

  synchronized void put(K key, V value, long weighs) {
    if (weighs > most / SHARE) {
      return;
    }
    Weighed<V> before = kept.put(key, new Weighed<>(value, weighs));
    weight += weighs - (before == null ? 0 : before.weight);
    if (before == null) {
      next.add(key);
    }
    while (weight > most && !next.isEmpty()) {
      K first = next.remove();
      Weighed<V> one = kept.get(first);
      if (one != null && one.used) {
        one.used = false;
        next.add(first);
      } else if (one != null) {
        kept.remove(first);
        weight -= one.weight;
      }
    }
  }
}
