// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.VerificationException;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.FollowReply;

/**
 * Follows a ledger and audits it: takes entries some at a time, has each examined by itself on
 * several threads, and goes over them in order. One thread runs it; any may ask what was audited,
 * and close it.
 */
public final class Auditor implements AutoCloseable {
  private static final int ENTRIES_AT_ONCE = 512;
  private static final long BYTES_AT_ONCE = 4 << 20;
  private static final int ENTRIES_PER_TASK = 16;
  private static final long PAUSE_MILLIS_MIN = 250;
  private static final long PAUSE_MILLIS_MAX = 15_000;
  private static final int FAILURES_MAX_ONCE = 5;

  /** Where the ledger is asked. */
  @FunctionalInterface
  public interface Source {
    /** Its entries from that index on. */
    Feed open(long from) throws RefusedException, UnreachableException, VerificationException;
  }

  /** What the ledger sends. */
  public interface Feed extends AutoCloseable {
    /** Waits for it. Closing from another thread ends the wait. */
    FollowReply next() throws RefusedException, UnreachableException;

    @Override
    void close();
  }

  /** Hears how it goes. On the auditing thread. */
  public interface Listener {
    /** So many entries are audited. */
    void audited(long size);

    /** All that the ledger had when it was asked is audited. */
    void caughtUp(Standing standing);

    /** The ledger cannot be asked now; it will be again. */
    void interrupted(UnreachableException why);
  }

  /**
   * How far it came.
   *
   * @param checkpoint of the ledger, of just the entries audited
   * @param chains and notice chains together
   * @param chainBytes what they and the map take of memory
   */
  public record Standing(
      Checkpoint checkpoint, long records, long blocks, long chains, long chainBytes) {}

  private final TrustPolicy policy;
  private final Source source;
  private final @Nullable Checkpoint remembered;
  private final Audited audited;
  private final Listener listener;
  private final int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
  private final ExecutorService workers =
      Executors.newFixedThreadPool(
          threads, Thread.ofPlatform().name("examiner-", 0).daemon().factory());
  private final AtomicReference<@Nullable Feed> open = new AtomicReference<>();
  private volatile boolean closed;

  // Of the auditing thread.
  private @Nullable Replay replay;
  private int failures;

  /**
   * @param remembered the checkpoint cosigned last: the entries must lead to it; null for none
   */
  public Auditor(
      TrustPolicy policy,
      Source source,
      @Nullable Checkpoint remembered,
      Audited audited,
      Listener listener) {
    this.policy = policy;
    this.source = source;
    this.remembered = remembered;
    this.audited = audited;
    this.listener = listener;
    audited.onAlarm(this::wake);
  }

  /**
   * Audits until it is closed, or once up to where the ledger stands.
   *
   * @param once whether to come back when all there is was audited; then a ledger that does not
   *     answer is not waited for long
   * @throws AlarmException if something is not as the ledger says; it is in what was audited too
   */
  public void run(boolean once)
      throws AlarmException,
          RefusedException,
          UnreachableException,
          VerificationException,
          InterruptedException {
    try {
      while (!closed) {
        try (Feed feed = source.open(size())) {
          open.set(feed);
          if (follow(feed, once)) {
            return;
          }
        } catch (UnreachableException e) {
          failures++;
          AlarmException raised = audited.alarm();
          if (raised != null) {
            throw raised;
          }
          if (closed) {
            return;
          }
          if (once && failures >= FAILURES_MAX_ONCE) {
            throw e;
          }
          listener.interrupted(e);
          Thread.sleep(Math.min(PAUSE_MILLIS_MAX, PAUSE_MILLIS_MIN << Math.min(failures - 1, 10)));
        } finally {
          open.set(null);
        }
      }
    } catch (AlarmException e) {
      audited.raise(e);
      throw e;
    } finally {
      if (replay != null) {
        replay.close();
      }
    }
  }

  private long size() {
    return replay == null ? 0 : replay.size();
  }

  /** True when all is done; it does not come back else, but by an exception or closed. */
  private boolean follow(Feed feed, boolean once)
      throws AlarmException, RefusedException, UnreachableException, InterruptedException {
    FeedReader reader = new FeedReader(size());
    List<FedEntry> batch = new ArrayList<>();
    while (!closed) {
      String checkpoint = null;
      try {
        for (long bytes = 0;
            checkpoint == null && batch.size() < ENTRIES_AT_ONCE && bytes < BYTES_AT_ONCE; ) {
          FollowReply reply = feed.next();
          bytes += reply.getSerializedSize();
          FeedReader.Read read = reader.take(reply);
          if (read.entry() != null) {
            batch.add(read.entry());
          }
          checkpoint = read.checkpoint();
        }
      } catch (AlarmException | UnreachableException e) {
        // What came before it may be wrong before it.
        audit(batch);
        throw e;
      }
      audit(batch);
      batch.clear();
      AlarmException raised = audited.alarm();
      if (raised != null) {
        throw raised;
      }
      if (checkpoint != null) {
        caughtUp(checkpoint);
        if (once) {
          return true;
        }
      }
    }
    return true;
  }

  private void caughtUp(String text) throws AlarmException {
    Replay known = replay;
    if (known == null) {
      throw new AlarmException(Rule.ENTRY_MISSING, 0, "the genesis entry", "a checkpoint");
    }
    Checkpoint checkpoint = known.checkpoint(text);
    failures = 0;
    listener.caughtUp(
        new Standing(
            checkpoint, known.records(), known.blocks(), known.chains(), known.chainBytes()));
  }

  private void audit(List<FedEntry> batch) throws AlarmException, InterruptedException {
    int from = 0;
    if (replay == null && !batch.isEmpty()) {
      replay = Replay.begin(policy, remembered, batch.getFirst());
      // A ledger of which nothing but the genesis is there has no block yet.
      audited.reached(1, replay.root());
      from = 1;
    }
    Replay known = replay;
    if (known == null) {
      return;
    }
    for (Examined examined : examine(known.examiner(), batch.subList(from, batch.size()))) {
      known.take(examined);
      Hash root = known.endsWithBlock() ? known.root() : null;
      audited.reached(known.size(), root);
    }
    listener.audited(known.size());
  }

  private List<Examined> examine(Examiner examiner, List<FedEntry> batch)
      throws InterruptedException {
    List<Examined> examined = new ArrayList<>(batch.size());
    if (batch.size() < 2) {
      batch.forEach(entry -> examined.add(examiner.examine(entry)));
      return examined;
    }
    List<Future<List<Examined>>> tasks = new ArrayList<>();
    for (int at = 0; at < batch.size(); at += ENTRIES_PER_TASK) {
      List<FedEntry> some = batch.subList(at, Math.min(batch.size(), at + ENTRIES_PER_TASK));
      tasks.add(workers.submit(() -> some.stream().map(examiner::examine).toList()));
    }
    for (Future<List<Examined>> task : tasks) {
      try {
        examined.addAll(task.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("an entry could not be examined", e.getCause());
      }
    }
    return examined;
  }

  /** Ends what runs, soon. */
  @Override
  public void close() {
    closed = true;
    wake();
    workers.shutdown();
  }

  private void wake() {
    Feed feed = open.get();
    if (feed != null) {
      feed.close();
    }
  }
}
