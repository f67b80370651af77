// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.node.publication.WitnessClient.Wanted;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a policy names and gives a URL of, witnesses and auditors alike: asked at the same time,
 * each on a thread of its own, none for longer than the timeout. Used by one thread.
 */
final class Witnesses implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Witnesses.class);

  private final List<WitnessClient> clients;
  private final Duration timeout;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final HttpClient http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** When each cosigned last, in epoch milliseconds. */
  private final Map<String, Long> cosignedAt = new ConcurrentHashMap<>();

  /** What each answered last, so that the log tells of changes and not of every block. */
  private final Map<String, String> told = new ConcurrentHashMap<>();

  Witnesses(PublicationConfig config, NoteVerifier log, Clock clock, MeterRegistry metrics) {
    this.timeout = config.timeout();
    this.clock = clock;
    this.metrics = metrics;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.timeout())
            .executor(threads)
            .build();
    this.clients = new ArrayList<>();
    TrustPolicy policy = config.policy();
    if (policy != null) {
      for (TrustPolicy.Witness witness : policy.witnesses()) {
        String url = witness.url();
        if (url != null) {
          clients.add(new WitnessClient(witness, url, log, http, clock));
          gauges(witness.name());
        }
      }
    }
  }

  private void gauges(String name) {
    Gauge.builder("pinlian.publication.witness.age", () -> ageSeconds(name))
        .description("Seconds since it cosigned last; NaN if it has not since the start")
        .tag("witness", name)
        .register(metrics);
  }

  private double ageSeconds(String name) {
    Long at = cosignedAt.get(name);
    return at == null ? Double.NaN : (clock.millis() - at) / 1_000.0;
  }

  boolean isEmpty() {
    return clients.isEmpty();
  }

  List<WitnessClient> clients() {
    return clients;
  }

  /** Asks all of them. */
  Map<WitnessClient, WitnessAnswer> askAll(Wanted wanted) throws InterruptedException {
    return ask(wanted, _ -> true);
  }

  /** Asks those that may be asked now. */
  Map<WitnessClient, WitnessAnswer> askDue(Wanted wanted, Predicate<WitnessClient> needed)
      throws InterruptedException {
    long now = System.nanoTime();
    return ask(wanted, client -> needed.test(client) && client.notBeforeNanos() - now <= 0);
  }

  private Map<WitnessClient, WitnessAnswer> ask(Wanted wanted, Predicate<WitnessClient> which)
      throws InterruptedException {
    Map<WitnessClient, Future<WitnessAnswer>> asked = new LinkedHashMap<>();
    for (WitnessClient client : clients) {
      if (which.test(client)) {
        asked.put(client, threads.submit(() -> client.ask(wanted, timeout)));
      }
    }
    Map<WitnessClient, WitnessAnswer> answers = new LinkedHashMap<>();
    for (Map.Entry<WitnessClient, Future<WitnessAnswer>> one : asked.entrySet()) {
      WitnessAnswer answer;
      try {
        answer = one.getValue().get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a fault in asking " + one.getKey().name(), e.getCause());
      }
      answers.put(one.getKey(), answer);
      count(one.getKey().name(), answer, wanted.head());
    }
    return answers;
  }

  private void count(String name, WitnessAnswer answer, Checkpoint head) {
    metrics
        .counter("pinlian.publication.witness.answers", "witness", name, "outcome", answer.label())
        .increment();
    if (answer instanceof WitnessAnswer.Cosigned) {
      cosignedAt.put(name, clock.millis());
    }
    String before = told.put(name, answer.label());
    if (answer.label().equals(before)) {
      return;
    }
    switch (answer) {
      case WitnessAnswer.Cosigned _ -> {
        if (before != null) {
          log.info("Witness {} cosigns again", name);
        }
      }
      case WitnessAnswer.Conflict _, WitnessAnswer.Ahead _ ->
          log.error("Witness {} at size {}: {}", name, head.size(), answer);
      // As an auditor is that has not come so far.
      case WitnessAnswer.Busy _ -> log.info("Witness {} at size {}: {}", name, head.size(), answer);
      default -> log.warn("Witness {} at size {}: {}", name, head.size(), answer);
    }
  }

  /** When the first of some may be asked again, in {@link System#nanoTime}. */
  long nextDueNanos(Predicate<WitnessClient> which) {
    long now = System.nanoTime();
    long wait = Long.MAX_VALUE;
    for (WitnessClient client : clients) {
      if (which.test(client)) {
        wait = Math.min(wait, Math.max(0, client.notBeforeNanos() - now));
      }
    }
    return wait == Long.MAX_VALUE ? now + Duration.ofMinutes(1).toNanos() : now + wait;
  }

  @Override
  public void close() {
    http.shutdownNow();
    threads.shutdownNow();
  }
}
