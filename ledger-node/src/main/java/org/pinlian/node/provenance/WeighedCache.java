// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was used last, as long as it weighs no more than it may. Safe for many threads.
 *
 * @param <K> equal by value
 * @param <V> what is kept
 */
final class WeighedCache<K, V> {
  /** One thing takes no more than this part of what may be kept: it would drive out the rest. */
  private static final int SHARE = 4;

  private record Weighed<V>(V value, long weight) {}

  private final long most;
  private final LinkedHashMap<K, Weighed<V>> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long weight;

  /**
   * @param most weight of all that is kept
   */
  WeighedCache(long most) {
    this.most = most;
  }

  synchronized @Nullable V get(K key) {
    Weighed<V> found = kept.get(key);
    return found == null ? null : found.value();
  }

  synchronized void put(K key, V value, long weighs) {
    if (weighs > most / SHARE) {
      return;
    }
    Weighed<V> before = kept.put(key, new Weighed<>(value, weighs));
    weight += weighs - (before == null ? 0 : before.weight());
    Iterator<Map.Entry<K, Weighed<V>>> eldest = kept.entrySet().iterator();
    while (weight > most && eldest.hasNext()) {
      weight -= eldest.next().getValue().weight();
      eldest.remove();
    }
  }
}
