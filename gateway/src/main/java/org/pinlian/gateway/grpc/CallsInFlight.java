// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way: how many there may be, and the way to end them all. Safe for use by many
 * threads.
 */
final class CallsInFlight {
  private final int callsMax;
  private final Set<Ending> calls = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  /** How a call is ended from outside. Both are called on any thread and return at once. */
  interface Ending {
    /** Takes in nothing more, and ends when all it has taken in is answered. */
    void drain();

    /** Ends now. */
    void abandon();
  }

  CallsInFlight(int callsMax) {
    this.callsMax = callsMax;
  }

  /** Lets a call in; what it is answered with if not. */
  Optional<GatewayStatus> enter(Ending call) {
    if (count.incrementAndGet() > callsMax) {
      count.decrementAndGet();
      return Optional.of(GatewayStatus.overloaded(Duration.ofSeconds(1)));
    }
    calls.add(call);
    // Looked at after joining the others: whoever drains either is seen here or sees the call.
    if (draining) {
      leave(call);
      return Optional.of(GatewayStatus.shuttingDown());
    }
    return Optional.empty();
  }

  void leave(Ending call) {
    if (calls.remove(call)) {
      count.decrementAndGet();
      if (draining && calls.isEmpty()) {
        drained.complete(null);
      }
    }
  }

  /** Lets nobody in any more, asks all to finish, and is done when they have. */
  CompletableFuture<@Nullable Void> drain() {
    draining = true;
    calls.forEach(Ending::drain);
    if (calls.isEmpty()) {
      drained.complete(null);
    }
    return drained;
  }

  void abandonAll() {
    calls.forEach(Ending::abandon);
  }

  boolean draining() {
    return draining;
  }

  int size() {
    return count.get();
  }
}
