// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What is counted of the calls. Labels come from fixed sets, never from a caller, so that nobody
 * outside can make them grow.
 */
final class CallMeters {
  private static final String UNKNOWN_METHOD = "unknown";

  private final MeterRegistry registry;
  private final Map<Outcome, Timer> calls = new ConcurrentHashMap<>();
  private final Counter messagesIn;
  private final Counter messagesOut;
  private final Counter bytesIn;
  private final Counter bytesOut;
  private final Counter refusedToParticipants;
  private final Counter refusedToAddresses;
  private final Counter slowedStreams;
  private final Counter stalledCalls;
  private final Counter loginsGood;
  private final Counter loginsRefused;

  private record Outcome(String method, Status.Code code) {}

  CallMeters(MeterRegistry registry, CallsInFlight inFlight) {
    this.registry = registry;
    this.messagesIn = counter("pinlian.gateway.messages", "direction", "in");
    this.messagesOut = counter("pinlian.gateway.messages", "direction", "out");
    this.bytesIn = counter("pinlian.gateway.message.bytes", "direction", "in");
    this.bytesOut = counter("pinlian.gateway.message.bytes", "direction", "out");
    this.refusedToParticipants = counter("pinlian.gateway.rate.limited", "caller", "participant");
    this.refusedToAddresses = counter("pinlian.gateway.rate.limited", "caller", "address");
    this.slowedStreams = registry.counter("pinlian.gateway.streams.slowed");
    this.loginsGood = counter("pinlian.gateway.logins", "outcome", "good");
    this.loginsRefused = counter("pinlian.gateway.logins", "outcome", "refused");
    this.stalledCalls = registry.counter("pinlian.gateway.calls.stalled");
    registry.gauge("pinlian.gateway.calls.in.flight", inFlight, CallsInFlight::size);
    registry.gauge("pinlian.gateway.calls.of.strangers", inFlight, CallsInFlight::strangers);
    registry.gauge("pinlian.gateway.bytes.held", inFlight, CallsInFlight::bytesHeld);
    for (Places.Full full : Places.Full.values()) {
      FunctionCounter.builder("pinlian.gateway.calls.over.cap", inFlight, of -> of.refused(full))
          .tag("cap", full.label())
          .register(registry);
    }
  }

  private Counter counter(String name, String label, String value) {
    return registry.counter(name, label, value);
  }

  void callEnded(Method method, Status.Code code, long nanos) {
    callEnded(method.fullName(), code, nanos);
  }

  void unknownCall(Status.Code code) {
    callEnded(UNKNOWN_METHOD, code, 0);
  }

  private void callEnded(String method, Status.Code code, long nanos) {
    calls
        .computeIfAbsent(
            new Outcome(method, code),
            outcome ->
                registry.timer(
                    "pinlian.gateway.calls",
                    "method",
                    outcome.method,
                    "status",
                    outcome.code.name()))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  void messageIn(int messageBytes) {
    messagesIn.increment();
    bytesIn.increment(messageBytes);
  }

  void messageOut(int messageBytes) {
    messagesOut.increment();
    bytesOut.increment(messageBytes);
  }

  void rateLimited(boolean participant) {
    (participant ? refusedToParticipants : refusedToAddresses).increment();
  }

  void streamSlowed() {
    slowedStreams.increment();
  }

  void callStalled() {
    stalledCalls.increment();
  }

  void login(boolean good) {
    (good ? loginsGood : loginsRefused).increment();
  }
}
