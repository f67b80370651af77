// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What is in the queue's folder, in memory: in order, and by input. Safe for many threads. */
final class Waiting {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<Parcel.Label> parcels = new ArrayDeque<>();
  private final Map<String, Input> inputs = new HashMap<>();
  private long bytes;

  /**
   * @param oldest when the oldest was accepted, in milliseconds since 1970; 0 if there is none
   */
  record Depth(int parcels, int inputs, long bytes, long oldest) {}

  void add(List<Parcel.Label> labels) {
    lock.lock();
    try {
      for (Parcel.Label label : labels) {
        parcels.add(label);
        bytes += label.bytes();
        label.inputs().forEach(input -> inputs.put(input.id(), input));
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next to be carried, which stays in. Waits for one; null if none came. */
  Parcel.@Nullable Label awaitFirst(long millis) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (parcels.isEmpty() && left > 0) {
        left = arrived.awaitNanos(left);
      }
      return parcels.peek();
    } finally {
      lock.unlock();
    }
  }

  void removeFirst() {
    lock.lock();
    try {
      Parcel.Label label = parcels.remove();
      bytes -= label.bytes();
      label.inputs().forEach(input -> inputs.remove(input.id()));
    } finally {
      lock.unlock();
    }
  }

  Optional<Input> find(String id) {
    lock.lock();
    try {
      return Optional.ofNullable(inputs.get(id));
    } finally {
      lock.unlock();
    }
  }

  Depth depth() {
    lock.lock();
    try {
      Parcel.Label first = parcels.peek();
      return new Depth(
          parcels.size(),
          inputs.size(),
          bytes,
          first == null ? 0 : first.acceptedAt().toEpochMilli());
    } finally {
      lock.unlock();
    }
  }
}
