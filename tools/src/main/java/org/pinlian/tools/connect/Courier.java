// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.merkle.Hash;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries parcels to the ledger, on one thread: the first in the queue until it is answered, then
 * the next, so that what was accepted first is recorded first. For each parcel:
 *
 * <ol>
 *   <li>send the bytes that were synced when it was accepted, as often as it takes;
 *   <li>sync what became of it: a verified receipt, or the reasons of a refusal;
 *   <li>remove it from the queue.
 * </ol>
 *
 * <p>Killed after the ledger took it and before the third step, the next start sends the same bytes
 * and gets the receipt of the first time. Other bytes take their place only when it is certain that
 * the ledger has not taken those and never will: it says that they expired, and the clock here says
 * so too; or it refused them, and they were never sent before.
 */
final class Courier implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Courier.class);
  private static final long LOOK_MILLIS = 500;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
  private static final Duration HELD_PAUSE_MAX = Duration.ofMinutes(2);
  private static final Duration BETWEEN_CHECKPOINTS = Duration.ofSeconds(10);

  /** Between two refusals of what may have been sent before: what is on its way arrives. */
  private static final Duration DOUBT = Duration.ofSeconds(1);

  private final Spool spool;
  private final Outcomes outcomes;
  private final Waiting waiting;
  private final Ledger ledger;
  private final Meters meters;
  private final BiConsumer<Input, ObjectNode> onRefused;
  private final Consumer<Throwable> onFatal;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "connect-courier");

  /** Parcels up to this one were there at the start: they may have been sent before. */
  private final long lastLoaded;

  private volatile Condition condition = new Condition.Working();

  // Of the courier's thread.
  private boolean resumed;
  private @Nullable Checkpoint kept;
  private long keepAt = System.nanoTime();
  private long atHand = -1;
  // Of the parcel at hand: submissions that may be on their way still, sent without an answer, and
  // those that were refused nevertheless.
  private final Set<ByteString> underWay = new HashSet<>();
  private final Set<ByteString> doubted = new HashSet<>();

  Courier(
      Spool spool,
      Outcomes outcomes,
      Waiting waiting,
      long lastLoaded,
      Ledger ledger,
      Meters meters,
      BiConsumer<Input, ObjectNode> onRefused,
      Consumer<Throwable> onFatal) {
    this.spool = spool;
    this.outcomes = outcomes;
    this.waiting = waiting;
    this.lastLoaded = lastLoaded;
    this.ledger = ledger;
    this.meters = meters;
    this.onRefused = onRefused;
    this.onFatal = onFatal;
  }

  void start() {
    thread.start();
  }

  Condition condition() {
    return condition;
  }

  private boolean stopping() {
    return stop.getCount() == 0;
  }

  private void run() {
    int failures = 0;
    try {
      while (!stopping()) {
        Parcel.Label first = waiting.awaitFirst(LOOK_MILLIS);
        Condition now = first == null ? condition : attempt(first);
        if (now instanceof Condition.Working || first == null) {
          failures = 0;
        } else {
          pause(now, failures++);
        }
        keepCheckpoint(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | Error e) {
      // An interrupt in the middle of a write is how a stop looks there.
      if (!stopping()) {
        onFatal.accept(e);
      }
    }
  }

  /** Carries what waits, on the caller's thread, until nothing does or something is in the way. */
  Condition carryAll() throws IOException, InterruptedException {
    Parcel.Label first;
    while (!stopping() && (first = waiting.awaitFirst(0)) != null) {
      if (!(attempt(first) instanceof Condition.Working)) {
        break;
      }
    }
    keepCheckpoint(true);
    return condition;
  }

  private Condition attempt(Parcel.Label label) throws IOException, InterruptedException {
    Condition before = condition;
    Condition after;
    Instant now = Instant.ofEpochMilli(ledger.now());
    try {
      resume();
      carry(spool.read(label.number()));
      spool.remove(label.number());
      waiting.removeFirst();
      after = new Condition.Working();
    } catch (UnreachableException e) {
      meters.silences.increment();
      Instant since = before instanceof Condition.Unreachable(Instant at, String why) ? at : now;
      after = new Condition.Unreachable(since, String.valueOf(e.getMessage()));
    } catch (HeldException e) {
      after = held(before, now, e.code(), String.valueOf(e.getMessage()), e.verified());
    } catch (VerificationException e) {
      after = held(before, now, e.rule().name(), String.valueOf(e.getMessage()), false);
    }
    condition = after;
    if (!after.name().equals(before.name()) && !stopping()) {
      log.warn("{}", after);
    }
    return after;
  }

  private static Condition held(
      Condition before, Instant now, String code, String why, boolean verified) {
    Instant since = before instanceof Condition.Held held ? held.since() : now;
    return new Condition.Held(since, code, why, verified);
  }

  private void pause(Condition now, int failures) throws InterruptedException {
    Duration most = now instanceof Condition.Held ? HELD_PAUSE_MAX : PAUSE_MAX;
    long nanos = Math.min(most.toNanos(), FIRST_PAUSE.toNanos() << Math.min(failures, 20));
    // Jitter, so that the agents of a gateway that comes back do not come back together.
    var _ = stop.await(nanos / 2 + ledger.random().nextLong(nanos / 2 + 1), TimeUnit.NANOSECONDS);
    ledger.reconnect();
  }

  private void resume()
      throws IOException, UnreachableException, VerificationException, HeldException {
    if (resumed) {
      return;
    }
    Optional<Checkpoint> before = spool.checkpoint();
    if (before.isPresent()) {
      try {
        ledger.resume(before.get());
      } catch (RefusedException e) {
        throw new HeldException(e.code().name(), String.valueOf(e.getMessage()), true, e);
      }
    }
    resumed = true;
  }

  // One parcel -----------------------------------------------------------------------------------

  private void carry(Parcel parcel)
      throws IOException,
          InterruptedException,
          UnreachableException,
          VerificationException,
          HeldException {
    if (parcel.number() != atHand) {
      begin(parcel);
    }
    Parcel current = parcel;
    int at = 0;
    while (at < current.parts().size()) {
      Parcel.Part part = current.parts().get(at);
      if (isSettled(part)) {
        at++;
        continue;
      }
      SignedSubmission submission = read(part);
      try {
        outcomes.recorded(part, submission, send(submission));
        meters.recorded.add(part.inputs().size());
      } catch (RefusedException e) {
        if (part.named() && e.code() == RefusalCode.SUBMISSION_ID_REUSED) {
          outcomes.repeated(part, submission, first(submission));
          meters.recorded.add(part.inputs().size());
          continue;
        }
        Optional<List<Parcel.Part>> instead = instead(part, submission, e);
        if (instead.isPresent()) {
          List<Parcel.Part> parts = new ArrayList<>(current.parts());
          parts.remove(at);
          parts.addAll(at, instead.get());
          current = spool.replace(current, parts);
        }
      }
    }
  }

  private void begin(Parcel parcel) throws SpoolException {
    atHand = parcel.number();
    underWay.clear();
    doubted.clear();
    if (parcel.number() <= lastLoaded) {
      // Nobody knows any more what was sent of it.
      for (Parcel.Part part : parcel.parts()) {
        underWay.add(read(part).header().getSubmissionId());
      }
    }
  }

  /** A refusal that was synced holds, although a stop came before the parcel was removed. */
  private boolean isSettled(Parcel.Part part) throws IOException {
    for (Input input : part.inputs()) {
      if (outcomes.find(input.id()).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private SignedSubmission read(Parcel.Part part) throws SpoolException {
    try {
      return SignedSubmission.read(ledger.hash(), part.request());
    } catch (RecordException e) {
      throw new SpoolException("the queue holds what was never a submission", e);
    }
  }

  private VerifiedReceipt send(SignedSubmission submission)
      throws RefusedException, UnreachableException, VerificationException {
    boolean silence = true;
    try {
      VerifiedReceipt receipt = ledger.submit(submission);
      silence = false;
      return receipt;
    } catch (RefusedException e) {
      silence = e.afterSilence();
      throw e;
    } finally {
      if (silence) {
        underWay.add(submission.header().getSubmissionId());
      }
    }
  }

  /** The receipt of what says the same, and came in by another way. */
  private VerifiedReceipt first(SignedSubmission submission)
      throws UnreachableException, VerificationException, HeldException {
    try {
      return ledger.receipt(submission.header().getSubmissionId());
    } catch (RefusedException e) {
      throw held(e, "");
    }
  }

  /**
   * What to do about a refusal.
   *
   * @return the submissions that take its place; empty if it was settled, or is to be sent again
   */
  private Optional<List<Parcel.Part>> instead(
      Parcel.Part part, SignedSubmission submission, RefusedException refused)
      throws IOException, InterruptedException, HeldException {
    ByteString id = submission.header().getSubmissionId();
    boolean alone = part.inputs().size() == 1;
    return switch (Meaning.of(refused.code())) {
      case HELD -> throw held(refused, "");
      case EXPIRED -> {
        if (ledger.now() <= submission.header().getNotAfter()) {
          throw held(refused, "; by the clock of this computer it has not expired yet");
        }
        meters.renewed.increment();
        yield Optional.of(
            doubted.contains(id) ? apart(part, submission) : List.of(renewed(part, submission)));
      }
      case FINAL -> {
        if (!underWay.contains(id)) {
          if (alone) {
            settle(part, submission, refused);
            yield Optional.empty();
          }
          meters.takenApart.increment();
          yield Optional.of(apart(part, submission));
        }
        // What was sent before and not answered may arrive after this, and find other rules.
        boolean first = doubted.add(id);
        if (!alone) {
          throw held(refused, "; its inputs are signed one by one once it has expired");
        }
        if (first) {
          var _ = stop.await(DOUBT.toMillis(), TimeUnit.MILLISECONDS);
        } else {
          settle(part, submission, refused);
        }
        yield Optional.empty();
      }
    };
  }

  private static HeldException held(RefusedException refused, String more) {
    return new HeldException(refused.code().name(), refused.getMessage() + more, true, refused);
  }

  private void settle(Parcel.Part part, SignedSubmission submission, RefusedException refused)
      throws IOException {
    Input input = part.inputs().get(0);
    ObjectNode reason =
        outcomes.refused(input, submission, refused, Instant.ofEpochMilli(ledger.now()));
    meters.refused.increment();
    onRefused.accept(input, reason);
  }

  /** The same records under a new id, unless that is made from what they say. */
  private Parcel.Part renewed(Parcel.Part part, SignedSubmission submission) {
    SignedSubmission signed =
        ledger.sign(
            id(part, submission),
            submission.request().getRecordsList(),
            submission.digests(),
            Intake.validity(part.inputs().size()));
    return new Parcel.Part(signed.request(), part.inputs(), part.named());
  }

  private static ByteString id(Parcel.Part part, SignedSubmission submission) {
    return part.named() ? submission.header().getSubmissionId() : ByteString.EMPTY;
  }

  /** The same records, those of each input under a new id of their own. */
  private List<Parcel.Part> apart(Parcel.Part part, SignedSubmission submission) {
    List<Parcel.Part> parts = new ArrayList<>();
    int from = 0;
    for (Input input : part.inputs()) {
      int to = from + input.records();
      List<Record> records = submission.request().getRecordsList().subList(from, to);
      List<Hash> digests = submission.digests().subList(from, to);
      // One that is named is alone.
      SignedSubmission signed =
          ledger.sign(id(part, submission), records, digests, Intake.validity(1));
      parts.add(new Parcel.Part(signed.request(), List.of(input), part.named()));
      from = to;
    }
    return parts;
  }

  // The checkpoint -------------------------------------------------------------------------------

  private void keepCheckpoint(boolean now) throws IOException {
    Optional<Checkpoint> greatest = ledger.greatest();
    if (greatest.isEmpty()
        || greatest.get().equals(kept)
        || (!now && System.nanoTime() - keepAt < 0)) {
      return;
    }
    spool.keep(greatest.get());
    kept = greatest.get();
    keepAt = System.nanoTime() + BETWEEN_CHECKPOINTS.toNanos();
  }

  /** Stops where it is: everything stays in the queue until it is answered. */
  @Override
  public void close() throws IOException {
    stop.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    keepCheckpoint(true);
  }
}
