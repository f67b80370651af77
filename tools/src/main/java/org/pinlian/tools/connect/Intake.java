// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Limits;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Record;

/**
 * Accepts inputs. One thread decides for each whether it is a repetition, signs what is not, and
 * answers when the signed bytes are synced: so two inputs under one key can never both be new, and
 * what is sent later, and sent again, is always the same bytes.
 *
 * <p>Inputs that come while the ones before are synced share the next sync.
 */
final class Intake implements AutoCloseable {
  /** Taken by one sync. */
  private static final int ROUND_MAX = 64;

  private static final int OFFERED_MAX = 1_024;

  /** A submission of several inputs stays well below what a submission may have. */
  private static final int GROUP_BYTES_MAX = 1 << 20;

  /** Long enough for a weekend without a line. */
  private static final Duration VALIDITY = Duration.ofDays(7);

  /**
   * Of a submission of several inputs: if it is refused and one cannot be certain that it will not
   * be taken after all, its inputs wait until it has expired before they are signed anew.
   */
  static final Duration GROUP_VALIDITY = Duration.ofMinutes(10);

  private static final int RETRY_AFTER_SECONDS = 5;

  /** What is said to whoever offers. */
  sealed interface Reception {
    /** Durable: it will be carried to the ledger, or has been. */
    record Accepted(Input input) implements Reception {}

    /** The key came with other bytes before. */
    record Conflict(Input before) implements Reception {}

    /** No room in the queue. */
    record Full(int retryAfterSeconds) implements Reception {}

    /** Not now. If it was written all the same, a repetition under the same key will find it. */
    record Unavailable(String why, int retryAfterSeconds) implements Reception {}
  }

  /** Limits and habits. */
  record Settings(int groupInputsMax, Duration groupWait, int parcelsMax, long bytesMax) {}

  private record Offer(Input input, Prepared prepared, CompletableFuture<Reception> answer) {}

  private final Spool spool;
  private final Outcomes outcomes;
  private final Waiting waiting;
  private final Ledger ledger;
  private final Meters meters;
  private final Settings settings;
  private final Consumer<Throwable> onFatal;
  private final BlockingQueue<Offer> offered = new LinkedBlockingQueue<>(OFFERED_MAX);
  private final Thread thread = new Thread(this::run, "connect-intake");
  private volatile boolean closed;

  Intake(
      Spool spool,
      Outcomes outcomes,
      Waiting waiting,
      Ledger ledger,
      Meters meters,
      Settings settings,
      Consumer<Throwable> onFatal) {
    this.spool = spool;
    this.outcomes = outcomes;
    this.waiting = waiting;
    this.ledger = ledger;
    this.meters = meters;
    this.settings = settings;
    this.onFatal = onFatal;
  }

  void start() {
    thread.start();
  }

  /** Answered once, by another thread or at once. */
  CompletableFuture<Reception> offer(Input input, Prepared prepared) {
    CompletableFuture<Reception> answer = new CompletableFuture<>();
    Offer offer = new Offer(input, prepared, answer);
    if (closed) {
      answer.complete(stopping());
    } else if (!offered.offer(offer)) {
      meters.overloads.increment();
      answer.complete(new Reception.Unavailable("too many at once", 1));
    } else if (closed && offered.remove(offer)) {
      // It came when the last were being answered, and nobody would look again.
      answer.complete(stopping());
    }
    return answer;
  }

  private static Reception stopping() {
    return new Reception.Unavailable("the agent is stopping", RETRY_AFTER_SECONDS);
  }

  private void run() {
    try {
      while (true) {
        List<Offer> round = next();
        if (round.isEmpty() && closed) {
          return;
        }
        accept(round);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      onFatal.accept(e);
    } finally {
      closed = true;
      offered.forEach(offer -> offer.answer().complete(stopping()));
    }
  }

  private List<Offer> next() throws InterruptedException {
    List<Offer> round = new ArrayList<>();
    Offer first = offered.poll(200, TimeUnit.MILLISECONDS);
    if (first == null) {
      return round;
    }
    round.add(first);
    int most = Math.max(ROUND_MAX, settings.groupInputsMax());
    offered.drainTo(round, most - 1);
    if (settings.groupInputsMax() > 1) {
      long until = System.nanoTime() + settings.groupWait().toNanos();
      long left;
      while (round.size() < settings.groupInputsMax()
          && !closed
          && (left = until - System.nanoTime()) > 0) {
        Offer more = offered.poll(left, TimeUnit.NANOSECONDS);
        if (more != null) {
          round.add(more);
          offered.drainTo(round, most - round.size());
        }
      }
    }
    return round;
  }

  private void accept(List<Offer> round) {
    Map<String, Offer> first = new HashMap<>();
    List<Offer> fresh = new ArrayList<>();
    List<Offer> again = new ArrayList<>();
    for (Offer offer : round) {
      Offer same = first.get(offer.input().id());
      if (same != null) {
        again.add(offer);
        continue;
      }
      Reception known;
      try {
        known = known(offer.input());
      } catch (IOException e) {
        known = new Reception.Unavailable("the spool cannot be read: " + e, RETRY_AFTER_SECONDS);
      }
      if (known != null) {
        offer.answer().complete(known);
      } else {
        first.put(offer.input().id(), offer);
        fresh.add(offer);
      }
    }
    if (!fresh.isEmpty()) {
      write(fresh);
    }
    // Under a key that was new in this round: as the first of them.
    for (Offer offer : again) {
      Offer same = first.get(offer.input().id());
      Reception answered = same == null ? stopping() : same.answer().join();
      offer
          .answer()
          .complete(
              answered instanceof Reception.Accepted(Input before)
                  ? repeated(before, offer.input())
                  : answered);
    }
  }

  private @Nullable Reception known(Input input) throws IOException {
    Optional<Input> waits = waiting.find(input.id());
    if (waits.isPresent()) {
      return repeated(waits.get(), input);
    }
    var outcome = outcomes.find(input.id());
    if (outcome.isPresent()) {
      Input before =
          new Input(
              input.id(), outcome.get().path("digest").asText(), input.records(), input.source());
      return repeated(before, input);
    }
    return null;
  }

  private Reception repeated(Input before, Input input) {
    if (!before.digest().equals(input.digest())) {
      meters.turnedAway.increment();
      return new Reception.Conflict(before);
    }
    meters.repeated.increment();
    return new Reception.Accepted(before);
  }

  private void write(List<Offer> fresh) {
    List<Offer> written = new ArrayList<>();
    List<Parcel.Label> labels = new ArrayList<>();
    Waiting.Depth depth = waiting.depth();
    long bytes = depth.bytes();
    for (List<Offer> group : grouped(fresh)) {
      if (depth.parcels() + labels.size() >= settings.parcelsMax() || bytes > settings.bytesMax()) {
        answer(group, new Reception.Full(RETRY_AFTER_SECONDS));
        meters.overloads.add(group.size());
        continue;
      }
      try {
        Parcel.Label label = spool.add(Instant.ofEpochMilli(ledger.now()), List.of(sign(group)));
        bytes += label.bytes();
        labels.add(label);
        written.addAll(group);
      } catch (IOException e) {
        // It has no name in the queue, so it is not there.
        answer(
            group,
            new Reception.Unavailable("the queue cannot be written: " + e, RETRY_AFTER_SECONDS));
      }
    }
    if (labels.isEmpty()) {
      return;
    }
    try {
      spool.sync();
    } catch (IOException e) {
      // They may be there after the next start or not; a repetition will find out which.
      answer(written, new Reception.Unavailable("the queue cannot be synced: " + e, 1));
      closed = true;
      onFatal.accept(e);
      return;
    }
    waiting.add(labels);
    meters.accepted.add(written.size());
    written.forEach(offer -> offer.answer().complete(new Reception.Accepted(offer.input())));
  }

  private static void answer(List<Offer> offers, Reception reception) {
    offers.forEach(offer -> offer.answer().complete(reception));
  }

  /** An id is of one input: that of several says nothing of each. */
  private static boolean isNamed(Offer offer) {
    return !offer.prepared().id().isEmpty();
  }

  /** In the order offered; each alone, unless groups are wanted. */
  private List<List<Offer>> grouped(List<Offer> fresh) {
    List<List<Offer>> groups = new ArrayList<>();
    List<Offer> group = new ArrayList<>();
    int records = 0;
    int bytes = 0;
    for (Offer offer : fresh) {
      records += offer.prepared().records().size();
      bytes += offer.prepared().bytes();
      if (!group.isEmpty()
          && (isNamed(offer)
              || isNamed(group.get(0))
              || group.size() >= settings.groupInputsMax()
              || records > Limits.RECORDS_MAX
              || bytes > GROUP_BYTES_MAX)) {
        groups.add(group);
        group = new ArrayList<>();
        records = offer.prepared().records().size();
        bytes = offer.prepared().bytes();
      }
      group.add(offer);
    }
    groups.add(group);
    return groups;
  }

  private Parcel.Part sign(List<Offer> group) {
    List<Record> records = new ArrayList<>();
    List<Hash> digests = new ArrayList<>();
    List<Input> inputs = new ArrayList<>();
    for (Offer offer : group) {
      records.addAll(offer.prepared().records());
      digests.addAll(offer.prepared().digests());
      inputs.add(offer.input());
    }
    SignedSubmission signed =
        ledger.sign(group.get(0).prepared().id(), records, digests, validity(group.size()));
    return new Parcel.Part(signed.request(), inputs, isNamed(group.get(0)));
  }

  /** How long a submission of so many inputs may still be sequenced. */
  static Duration validity(int inputs) {
    return inputs == 1 ? VALIDITY : GROUP_VALIDITY;
  }

  /** Takes no more, answers all that was offered, then returns. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
