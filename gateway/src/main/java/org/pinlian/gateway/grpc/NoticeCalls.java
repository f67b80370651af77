// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.ListNoticesRequest;
import org.pinlian.v1.NoticesGrpc;
import org.pinlian.v1.RecordAt;

/**
 * Asks the node for the public notices. The newest page, which everybody asks for, is kept for a
 * moment. Safe for use by many threads; answers come on others.
 */
public final class NoticeCalls {
  /** How long the newest page is good for. */
  public static final int KEPT_SECONDS = 2;

  private static final long SECONDS_MAX = 10;

  private final Channel node;
  private final LongSupplier nanoTime;
  private final AtomicReference<@Nullable Kept> kept = new AtomicReference<>();

  /** What the node said. */
  public sealed interface Answer {
    /** A page of them. */
    record Page(ListNoticesReply reply) implements Answer {}

    /** Too much at once. */
    record Busy() implements Answer {}

    /** The node did not answer. */
    record Unavailable() implements Answer {}
  }

  private record Kept(CompletableFuture<Answer> answer, long since) {}

  public NoticeCalls(Channel node, LongSupplier nanoTime) {
    this.node = node;
    this.nanoTime = nanoTime;
  }

  /** The newest notices, not older than a moment. */
  public CompletableFuture<Answer> newest() {
    Kept before = kept.get();
    long now = nanoTime.getAsLong();
    if (before != null && now - before.since() < TimeUnit.SECONDS.toNanos(KEPT_SECONDS)) {
      return before.answer();
    }
    CompletableFuture<Answer> asked = new CompletableFuture<>();
    Kept mine = new Kept(asked, now);
    if (!kept.compareAndSet(before, mine)) {
      return newest();
    }
    var _ =
        ask(ListNoticesRequest.getDefaultInstance())
            .thenAccept(answer -> {
              if (!(answer instanceof Answer.Page)) {
                kept.compareAndSet(mine, null);
              }
              asked.complete(answer);
            });
    return asked;
  }

  /** Those that stand before a place in the log. */
  public CompletableFuture<Answer> before(RecordAt place) {
    return ask(ListNoticesRequest.newBuilder().setBefore(place).build());
  }

  private CompletableFuture<Answer> ask(ListNoticesRequest request) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    NoticesGrpc.newStub(node)
        .withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS)
        .listNotices(
            request,
            new StreamObserver<>() {
              @Override
              public void onNext(ListNoticesReply reply) {
                answer.complete(new Answer.Page(reply));
              }

              @Override
              public void onError(Throwable failed) {
                answer.complete(
                    Status.fromThrowable(failed).getCode() == Status.Code.RESOURCE_EXHAUSTED
                        ? new Answer.Busy()
                        : new Answer.Unavailable());
              }

              @Override
              public void onCompleted() {
                answer.complete(new Answer.Unavailable());
              }
            });
    return answer;
  }
}
