// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;

/**
 * One bidirectional stream of bytes made before. It does as little as it can, because it runs on
 * the cores that it measures: nothing is serialized, signed or verified here. Safe for many
 * threads.
 */
final class LoadStream implements StreamObserver<SubmitReply> {
  private static final int OVERLOADED = Status.Code.RESOURCE_EXHAUSTED.value();
  private static final long RETRY_MILLIS = 100;

  private static final MethodDescriptor<byte[], SubmitReply> METHOD =
      SubmissionGrpc.getSubmitStreamMethod().toBuilder(
              new Bytes(), ProtoUtils.marshaller(SubmitReply.getDefaultInstance()))
          .build();

  private static final Executor LATER =
      CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS);

  private final Tally tally;
  private final StreamObserver<byte[]> requests;
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  // Guarded by this, as is sending, for which a stream takes one thread at a time.
  private final Map<ByteString, Sent> unanswered = new HashMap<>();
  private @Nullable Queue<Prepared> following;
  private long sendUntil;
  private boolean finishing;
  private boolean halfClosed;

  private record Sent(Prepared prepared, long sinceNanos) {}

  /** Messages that are bytes already. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  LoadStream(Channel loggedIn, Tally tally) {
    this.tally = tally;
    this.requests =
        ClientCalls.asyncBidiStreamingCall(loggedIn.newCall(METHOD, CallOptions.DEFAULT), this);
  }

  /**
   * As fast as it is answered: a window at once, then one for each answer, until the time is up or
   * nothing is left.
   */
  synchronized void saturate(Queue<Prepared> prepared, int window, long untilNanos) {
    following = prepared;
    sendUntil = untilNanos;
    for (int i = 0; i < window; i++) {
      sendNext();
    }
  }

  private void sendNext() {
    Queue<Prepared> source = following;
    if (source == null || finishing) {
      return;
    }
    Prepared next = System.nanoTime() - sendUntil < 0 ? source.poll() : null;
    if (next == null) {
      finish();
    } else {
      send(next, System.nanoTime());
    }
  }

  /**
   * Sends now, whatever is unanswered.
   *
   * @param dueNanos when it should have been sent: its latency counts from there, so that a sender
   *     that was held up hides nothing
   */
  synchronized void send(Prepared prepared, long dueNanos) {
    unanswered.put(prepared.id(), new Sent(prepared, dueNanos));
    requests.onNext(prepared.request());
  }

  /** Nothing more will be sent. */
  synchronized void finish() {
    finishing = true;
    closeIfDone();
  }

  private void closeIfDone() {
    if (finishing && !halfClosed && unanswered.isEmpty()) {
      halfClosed = true;
      requests.onCompleted();
    }
  }

  @Override
  public void onNext(SubmitReply reply) {
    synchronized (this) {
      Sent sent = unanswered.get(reply.getSubmissionId());
      if (sent == null) {
        tally.wrong(tally.refused, 1, "an answer to nothing that was sent: " + reply.getRefused());
      } else if (reply.hasReceipt()) {
        unanswered.remove(reply.getSubmissionId());
        tally.acknowledged(
            sent.prepared, reply.getReceipt(), reply.getDuplicate(), sent.sinceNanos);
      } else if (reply.getRefused().getCode() == OVERLOADED) {
        tally.overloaded.increment();
        LATER.execute(() -> again(sent));
        return;
      } else {
        unanswered.remove(reply.getSubmissionId());
        tally.wrong(tally.refused, 1, "refused: " + reply.getRefused().getMessage());
      }
      sendNext();
      closeIfDone();
    }
  }

  private synchronized void again(Sent sent) {
    if (!ended.isDone()) {
      requests.onNext(sent.prepared.request());
    }
  }

  @Override
  public void onError(Throwable thrown) {
    end("the stream broke: " + Status.fromThrowable(thrown));
  }

  @Override
  public void onCompleted() {
    end("the stream was ended early");
  }

  private void end(String why) {
    synchronized (this) {
      if (!unanswered.isEmpty()) {
        tally.wrong(tally.lost, unanswered.size(), why);
      } else if (!halfClosed) {
        tally.wrong(tally.refused, 1, why);
      }
      ended.complete(null);
    }
  }

  /** Waits for the answers; what has none by then counts as lost. */
  void awaitEnd(long seconds) throws InterruptedException {
    try {
      ended.get(seconds, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      end("no answer for " + seconds + " s");
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
