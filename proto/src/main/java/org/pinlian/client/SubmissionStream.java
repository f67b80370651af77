// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.Remedy;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.SubmitRequest;

/**
 * Submits many, without waiting for one before sending the next. Any number of threads may submit.
 *
 * <p>When the connection breaks it makes another and sends everything unanswered again, the same
 * bytes in the same order. Each future completes once: with a verified receipt, or exceptionally
 * with a {@link RefusedException}, {@link UnreachableException} or {@link VerificationException}.
 *
 * <p>Everything but handing out futures happens on one thread of its own, so there is no order of
 * replies, losses and timeouts to think about but the one in which that thread meets them.
 */
public final class SubmissionStream implements AutoCloseable {
  /** The node reads on only while fewer are unanswered, so more would only wait on the way. */
  public static final int WINDOW_MAX = 256;

  /** What is kept to be sent again, beside the window's count; a larger one goes alone. */
  private static final int WINDOW_KIB = 16 << 10;

  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration BETWEEN_PROOFS = Duration.ofSeconds(1);

  private final Channel channel;
  private final Session session;
  private final ClientOptions options;
  private final ReceiptVerifier receipts;
  private final VerifyingKey own;
  private final Remembered remembered;
  private final Remembered.Proofs proofs;
  private final Semaphore window;
  private final Semaphore kibibytes = new Semaphore(WINDOW_KIB, true);
  private final ScheduledExecutorService loop =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "pinlian-submissions");
        thread.setDaemon(true);
        return thread;
      });
  private final CompletableFuture<Void> finished = new CompletableFuture<>();

  // Of the loop's thread only, from here on.
  private final Map<ByteString, Pending> unanswered = new LinkedHashMap<>();
  private @Nullable Connection connection;
  private long connectAt;
  private int failures;
  private boolean loggedInAnew;
  private long heardAt;
  private boolean closing;
  private long proveAt;

  private final AtomicBoolean proving = new AtomicBoolean();

  private static final class Pending {
    final SignedSubmission submission;
    final CompletableFuture<VerifiedReceipt> future;
    final int kibibytes;
    final long giveUpAt;
    // When overloaded: not before this is it sent again. 0: it is on its way.
    long sendAt;
    int overloads;
    @Nullable Failure last;

    Pending(
        SignedSubmission submission,
        CompletableFuture<VerifiedReceipt> future,
        int kibibytes,
        long giveUpAt) {
      this.submission = submission;
      this.future = future;
      this.kibibytes = kibibytes;
      this.giveUpAt = giveUpAt;
    }
  }

  SubmissionStream(
      Channel channel,
      Session session,
      ClientOptions options,
      ReceiptVerifier receipts,
      VerifyingKey own,
      Remembered remembered,
      Remembered.Proofs proofs,
      int window) {
    if (window < 1 || window > WINDOW_MAX) {
      throw new IllegalArgumentException("a window from 1 to " + WINDOW_MAX + ", not " + window);
    }
    this.channel = channel;
    this.session = session;
    this.options = options;
    this.receipts = receipts;
    this.own = own;
    this.remembered = remembered;
    this.proofs = proofs;
    this.window = new Semaphore(window, true);
    this.connectAt = System.nanoTime();
    this.proveAt = connectAt + BETWEEN_PROOFS.toNanos();
    var unused =
        loop.scheduleWithFixedDelay(
            this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Sends, once there is room in the window: waits for that, and not for the answer.
   *
   * @throws IllegalStateException if the stream is closed
   */
  public CompletableFuture<VerifiedReceipt> submit(SignedSubmission submission)
      throws InterruptedException {
    int size = Math.min(WINDOW_KIB, 1 + (submission.request().getSerializedSize() >> 10));
    window.acquire();
    try {
      kibibytes.acquire(size);
    } catch (InterruptedException e) {
      window.release();
      throw e;
    }
    CompletableFuture<VerifiedReceipt> future = new CompletableFuture<>();
    Pending pending =
        new Pending(
            submission,
            future,
            size,
            System.nanoTime() + Retry.timeFor(options, submission).toNanos());
    try {
      loop.execute(() -> take(pending));
    } catch (RejectedExecutionException e) {
      release(pending);
      throw new IllegalStateException("the stream is closed", e);
    }
    return future;
  }

  private void take(Pending pending) {
    if (closing) {
      settle(pending, new IllegalStateException("the stream is closed"));
      return;
    }
    Pending same = unanswered.putIfAbsent(pending.submission.header().getSubmissionId(), pending);
    if (same != null) {
      // The same bytes are on their way, or other bytes under a used id: the ledger's to answer.
      if (same.submission.request().equals(pending.submission.request())) {
        var unused =
            same.future.whenComplete((receipt, thrown) -> {
              if (thrown == null) {
                pending.future.complete(receipt);
              } else {
                pending.future.completeExceptionally(thrown);
              }
            });
        release(pending);
      } else {
        settle(
            pending,
            new IllegalArgumentException("this submission id is under way with other bytes"));
      }
      return;
    }
    if (unanswered.size() == 1) {
      heardAt = System.nanoTime();
    }
    Connection open = connection;
    if (open != null) {
      open.send(pending);
    } else {
      connectWhenDue();
    }
  }

  // Connecting -----------------------------------------------------------------------------------

  private void connectWhenDue() {
    if (connection != null || unanswered.isEmpty() || System.nanoTime() - connectAt < 0) {
      return;
    }
    String token;
    try {
      token = session.token();
    } catch (RefusedException e) {
      failAll(e);
      return;
    } catch (StatusRuntimeException e) {
      retryLater(Failure.of(e));
      return;
    }
    Connection open = new Connection(token);
    connection = open;
    heardAt = System.nanoTime();
    SubmissionGrpc.newStub(channel)
        .withInterceptors(Session.attach(token))
        .withMaxInboundMessageSize(PinlianClient.MESSAGE_BYTES_MAX)
        .submitStream(open);
    for (Pending pending : unanswered.values()) {
      if (pending.sendAt == 0) {
        open.send(pending);
      }
    }
  }

  /** One call. What it hears is passed to the loop; an older one's answers are as good. */
  private final class Connection implements ClientResponseObserver<SubmitRequest, SubmitReply> {
    final String token;
    private @Nullable ClientCallStreamObserver<SubmitRequest> requests;

    Connection(String token) {
      this.token = token;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubmitRequest> stream) {
      requests = stream;
    }

    void send(Pending pending) {
      ClientCallStreamObserver<SubmitRequest> stream = requests;
      if (stream != null) {
        try {
          stream.onNext(pending.submission.request());
        } catch (IllegalStateException endedAlready) {
          // What ended it is on its way to the loop, which sends this again.
          pending.last = Failure.of(endedAlready);
        }
      }
    }

    void cancel(String why) {
      ClientCallStreamObserver<SubmitRequest> stream = requests;
      if (stream != null) {
        stream.cancel(why, null);
      }
    }

    void halfClose() {
      ClientCallStreamObserver<SubmitRequest> stream = requests;
      if (stream != null) {
        try {
          stream.onCompleted();
        } catch (IllegalStateException endedAlready) {
          // Nothing is unanswered, so nothing is lost.
          stream.cancel("closed", endedAlready);
        }
      }
    }

    @Override
    public void onNext(SubmitReply reply) {
      onLoop(() -> answered(reply));
    }

    @Override
    public void onError(Throwable thrown) {
      onLoop(() -> lost(this, Failure.of(thrown)));
    }

    @Override
    public void onCompleted() {
      onLoop(() ->
          lost(
              this, Failure.of(io.grpc.Status.UNAVAILABLE.withDescription("ended").asException())));
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException closed) {
      // Closed means that nothing is unanswered: there is nobody to tell.
      return;
    }
  }

  private void lost(Connection ended, Failure failure) {
    if (connection != ended) {
      return;
    }
    connection = null;
    switch (failure.remedy()) {
      case GIVE_UP, REMEDY_UNSPECIFIED, UNRECOGNIZED -> failAll(failure.refused());
      case LOG_IN -> {
        session.forget(ended.token);
        if (loggedInAnew) {
          failAll(failure.refused());
        } else {
          loggedInAnew = true;
          connectWhenDue();
        }
      }
      case TRY_AGAIN -> retryLater(failure);
    }
  }

  private void retryLater(Failure failure) {
    unanswered.values().forEach(pending -> pending.last = failure);
    connectAt = System.nanoTime() + Retry.pauseAfter(options, failures++, failure).toNanos();
    scheduleAt(connectAt);
  }

  private void scheduleAt(long nanoTime) {
    var unused =
        loop.schedule(this::tick, Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  // Answers --------------------------------------------------------------------------------------

  private void answered(SubmitReply reply) {
    heardAt = System.nanoTime();
    failures = 0;
    Pending pending = unanswered.get(reply.getSubmissionId());
    if (pending == null) {
      // Answered before, on the connection that broke.
      return;
    }
    if (reply.hasRefused()) {
      Failure failure = Failure.of(reply.getRefused());
      pending.last = failure;
      if (failure.remedy() == Remedy.LOG_IN) {
        renew(failure);
        return;
      }
      if (failure.remedy() == Remedy.TRY_AGAIN) {
        // The stream goes on: only this one waits.
        pending.sendAt =
            System.nanoTime() + Retry.pauseAfter(options, pending.overloads++, failure).toNanos();
        scheduleAt(pending.sendAt);
        return;
      }
    }
    loggedInAnew = false;
    unanswered.remove(reply.getSubmissionId());
    try {
      VerifiedReceipt receipt = PinlianClient.verified(receipts, own, pending.submission, reply);
      remembered.note(receipt.checkpoint());
      release(pending);
      ForkJoinPool.commonPool().execute(() -> pending.future.complete(receipt));
    } catch (RefusedException | VerificationException e) {
      settle(pending, e);
    }
    finishIfDone();
  }

  /** The token ran out while the stream was open: a call keeps the token it began with. */
  private void renew(Failure failure) {
    Connection open = connection;
    if (open != null) {
      lost(open, failure);
      open.cancel("logging in anew");
    }
  }

  private void tick() {
    long now = System.nanoTime();
    List<Pending> late = new ArrayList<>();
    Connection open = connection;
    for (Pending pending : unanswered.values()) {
      if (now - pending.giveUpAt >= 0) {
        late.add(pending);
      } else if (pending.sendAt != 0 && now - pending.sendAt >= 0) {
        pending.sendAt = 0;
        if (open != null) {
          open.send(pending);
        }
      }
    }
    for (Pending pending : late) {
      unanswered.remove(pending.submission.header().getSubmissionId());
      Failure last = pending.last;
      settle(
          pending,
          new UnreachableException(
              "no answer in time; send the same bytes again"
                  + (last == null ? "" : ": " + last.message()),
              pending.submission,
              last == null ? null : last.cause()));
    }
    boolean waitsForAnswer = unanswered.values().stream().anyMatch(p -> p.sendAt == 0);
    if (open != null && waitsForAnswer && now - heardAt > options.attempt().toNanos()) {
      // A connection can be dead without anyone having said so.
      open.cancel("no answer for " + options.attempt());
    }
    connectWhenDue();
    proveWhenDue(now);
    finishIfDone();
  }

  /** Not on the loop's thread, which has receipts to read meanwhile. */
  private void proveWhenDue(long now) {
    if (now - proveAt < 0 || !remembered.hasNoted() || !proving.compareAndSet(false, true)) {
      return;
    }
    proveAt = now + BETWEEN_PROOFS.toNanos();
    ForkJoinPool.commonPool()
        .execute(() -> {
          try {
            remembered.proveNoted(proofs);
          } catch (UnreachableException | VerificationException e) {
            // Unreachable: tried again. A lie: remembered, and told to every receipt from now on.
            return;
          } finally {
            proving.set(false);
          }
        });
  }

  private void failAll(RefusedException refused) {
    List<Pending> all = List.copyOf(unanswered.values());
    unanswered.clear();
    all.forEach(pending -> settle(pending, refused));
    loggedInAnew = false;
    finishIfDone();
  }

  /** Never on the loop's thread: what the caller does then may wait for the loop. */
  private void settle(Pending pending, Exception thrown) {
    release(pending);
    ForkJoinPool.commonPool().execute(() -> pending.future.completeExceptionally(thrown));
  }

  private void release(Pending pending) {
    kibibytes.release(pending.kibibytes);
    window.release();
  }

  private void finishIfDone() {
    if (!closing || !unanswered.isEmpty()) {
      return;
    }
    Connection open = connection;
    connection = null;
    if (open != null) {
      open.halfClose();
    }
    finished.complete(null);
  }

  /**
   * Waits until everything submitted is answered or given up, which takes as long as the options
   * allow, and ends the stream. Then proves that the receipts are of the history seen before; if
   * nobody answers that, the client's next call does it.
   *
   * @throws IllegalStateException by a {@link VerificationException}: receipts were handed out of
   *     another history than the one seen before
   */
  @Override
  public void close() {
    onLoop(() -> {
      closing = true;
      finishIfDone();
    });
    finished.join();
    loop.shutdown();
    try {
      remembered.proveNoted(proofs);
    } catch (UnreachableException nobodyAnswers) {
      // It stays noted.
      return;
    } catch (VerificationException e) {
      throw new IllegalStateException("receipts of another history", e);
    }
  }
}
