// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.gateway.access.CallCaps;

/**
 * The calls under way: how many there may be, and the way to end them all. Safe for use by many
 * threads.
 */
final class CallsInFlight {
  private final Places places;
  private final Set<TakenCall> calls = ConcurrentHashMap.newKeySet();
  private final Map<Places.Full, LongAdder> refused = new EnumMap<>(Places.Full.class);
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  CallsInFlight(CallCaps callCaps, ByteCaps byteCaps) {
    this.places = new Places(callCaps, byteCaps);
    for (Places.Full full : Places.Full.values()) {
      refused.put(full, new LongAdder());
    }
  }

  /** Gives a caller a place for one call; what it is answered with if there is none. */
  Optional<GatewayStatus> enter(TakenCall call, Caller caller) {
    switch (places.take(caller)) {
      case Places.Full full -> {
        return Optional.of(refusal(full));
      }
      case Places.Place place -> call.settleIn(place);
    }
    calls.add(call);
    // Looked at after joining the others: whoever drains either is seen here or sees the call.
    if (draining) {
      call.leave();
      return Optional.of(GatewayStatus.shuttingDown());
    }
    return Optional.empty();
  }

  /** What somebody is answered with for whom there is no more of this; counts it. */
  GatewayStatus refusal(Places.Full full) {
    Objects.requireNonNull(refused.get(full)).increment();
    return switch (full) {
      case ALL, STRANGERS, ALL_BYTES -> GatewayStatus.overloaded();
      case PARTICIPANT, ADDRESS -> GatewayStatus.tooManyOpen();
      case CALLER_BYTES -> GatewayStatus.tooMuchHeld();
    };
  }

  /** Forgets a call that gave its place back. */
  void left(TakenCall call) {
    if (calls.remove(call) && draining && calls.isEmpty()) {
      drained.complete(null);
    }
  }

  /** Lets nobody in any more, asks all to finish, and is done when they have. */
  CompletableFuture<@Nullable Void> drain() {
    draining = true;
    calls.forEach(TakenCall::drain);
    if (calls.isEmpty()) {
      drained.complete(null);
    }
    return drained;
  }

  void abandonAll() {
    calls.forEach(TakenCall::abandon);
  }

  /** Ends those whose callers have taken nothing of what waits for them for so long. */
  void closeStalled(long nanos) {
    calls.forEach(call -> call.closeIfStalled(nanos));
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

  /** Bytes held for callers who have not taken them, or not sent the rest. */
  long bytesHeld() {
    return places.bytesHeld();
  }

  /** How many calls found no place. */
  long refused(Places.Full full) {
    return Objects.requireNonNull(refused.get(full)).sum();
  }
}
