// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.access.CallCaps;

/**
 * The calls under way: how many there may be, and the way to end them all. Safe for use by many
 * threads.
 */
final class CallsInFlight {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Places places;
  private final Map<Ending, Caller> calls = new ConcurrentHashMap<>();
  private final Map<Places.Full, LongAdder> refused = new EnumMap<>(Places.Full.class);
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  /** How a call is ended from outside. All are called on any thread and return at once. */
  interface Ending {
    /** Takes in nothing more, and ends when all it has taken in is answered. */
    void drain();

    /** Ends now. */
    void abandon();

    /** Ends now if bytes wait for the caller, who has taken none for so long. */
    void closeIfStalled(long nanos);
  }

  CallsInFlight(CallCaps caps) {
    this.places = new Places(caps);
    for (Places.Full full : Places.Full.values()) {
      refused.put(full, new LongAdder());
    }
  }

  /** Lets a call in; what it is answered with if not. */
  Optional<GatewayStatus> enter(Ending call, Caller caller) {
    Optional<Places.Full> full = places.take(caller);
    if (full.isPresent()) {
      return Optional.of(refusal(full.get()));
    }
    calls.put(call, caller);
    // Looked at after joining the others: whoever drains either is seen here or sees the call.
    if (draining) {
      leave(call);
      return Optional.of(GatewayStatus.shuttingDown());
    }
    return Optional.empty();
  }

  private GatewayStatus refusal(Places.Full full) {
    Objects.requireNonNull(refused.get(full)).increment();
    return switch (full) {
      case ALL, STRANGERS -> GatewayStatus.overloaded(RETRY_AFTER);
      case PARTICIPANT, ADDRESS -> GatewayStatus.tooManyOpen(RETRY_AFTER);
    };
  }

  /** Gives the call's place back; a second time is no harm. */
  void leave(Ending call) {
    Caller caller = calls.remove(call);
    if (caller != null) {
      places.giveBack(caller);
      if (draining && calls.isEmpty()) {
        drained.complete(null);
      }
    }
  }

  /** Lets nobody in any more, asks all to finish, and is done when they have. */
  CompletableFuture<@Nullable Void> drain() {
    draining = true;
    calls.keySet().forEach(Ending::drain);
    if (calls.isEmpty()) {
      drained.complete(null);
    }
    return drained;
  }

  void abandonAll() {
    calls.keySet().forEach(Ending::abandon);
  }

  /** Ends those whose callers have taken nothing of what waits for them for so long. */
  void closeStalled(long nanos) {
    calls.keySet().forEach(call -> call.closeIfStalled(nanos));
  }

  boolean draining() {
    return draining;
  }

  int size() {
    return places.taken();
  }

  /** How many of them are of callers who are not logged in. */
  int strangers() {
    return places.takenByStrangers();
  }

  /** How many calls found no place. */
  long refused(Places.Full full) {
    return Objects.requireNonNull(refused.get(full)).sum();
  }
}
