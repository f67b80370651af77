// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Runs a body that sends many replies on a thread of its own, and makes it wait while the client
 * does not read: storage is read no faster than the reader reads, and memory stays bounded.
 */
final class PacedReplies<T> implements Consumer<T> {
  private final ServerCallStreamObserver<T> replies;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean cancelled;

  /** The caller is gone; nobody is told. */
  private static final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CancelledException() {
      super("cancelled by the caller", null, false, false);
    }
  }

  private PacedReplies(ServerCallStreamObserver<T> replies) {
    this.replies = replies;
    replies.setOnReadyHandler(this::wake);
    replies.setOnCancelHandler(this::cancel);
  }

  static <T> void run(
      ServerCallStreamObserver<T> replies, Executor threads, Consumer<PacedReplies<T>> body) {
    PacedReplies<T> paced = new PacedReplies<>(replies);
    threads.execute(() -> {
      try {
        body.accept(paced);
        replies.onCompleted();
      } catch (CancelledException e) {
        // Whoever asked does not want the rest.
      } catch (RuntimeException | Error e) {
        replies.onError(Statuses.exception(Statuses.thrown(e)));
      }
    });
  }

  @Override
  public void accept(T reply) {
    lock.lock();
    try {
      while (!replies.isReady() && !cancelled) {
        changed.await();
      }
      if (cancelled) {
        throw new CancelledException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } finally {
      lock.unlock();
    }
    replies.onNext(reply);
  }

  /**
   * As {@link #accept}, for what cannot wait for ever.
   *
   * @return whether it was sent; not if the caller read nothing for so long
   */
  boolean acceptWithin(T reply, long millis) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (!replies.isReady() && !cancelled && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (cancelled) {
        throw new CancelledException();
      }
      if (!replies.isReady()) {
        return false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } finally {
      lock.unlock();
    }
    replies.onNext(reply);
    return true;
  }

  /**
   * Waits, for a body that has nothing to send now.
   *
   * @throws RuntimeException if the caller is gone meanwhile; for {@link #run} to see
   */
  void pause(long millis) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (!cancelled && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (cancelled) {
        throw new CancelledException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void cancel() {
    lock.lock();
    try {
      cancelled = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
