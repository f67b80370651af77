// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.pinlian.node.admission.Admitted;

/**
 * Admitted submissions that wait for the single writer. Bounded in number and bytes: beyond that,
 * callers are told to come back, because what waits here is held in memory and promised to nobody.
 */
final class Pool {
  static final int SUBMISSIONS_MAX = 8_192;
  static final long BYTES_MAX = 128L << 20;

  /**
   * A batch ends here at the latest, so that the first in it does not wait for ever for the last.
   */
  static final int BATCH_SUBMISSIONS_MAX = 2_048;

  static final long BATCH_BYTES_MAX = 16L << 20;

  /** Questions that wait, and how many are answered between two batches: they must not add up. */
  static final int QUESTIONS_MAX = 256;

  static final long QUESTION_BYTES_MAX = 32L << 20;
  static final int QUESTIONS_AT_ONCE_MAX = 16;

  static final long QUESTION_BYTES_AT_ONCE_MAX = 1L << 20;

  /** A submission and where its outcome goes. */
  record Waiting(Admitted admitted, long bytes, Consumer<Outcome> answer) {}

  /** A submission that is only asked about. */
  record Question(Admitted admitted, long bytes, Consumer<Foresight> answer) {}

  enum Added {
    WAITS,
    FULL,
    CLOSED
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<Question> questions = new ArrayDeque<>();
  private long bytes;
  private long questionBytes;
  private boolean closed;

  Added add(Waiting submission) {
    lock.lock();
    try {
      if (closed) {
        return Added.CLOSED;
      }
      if (waiting.size() >= SUBMISSIONS_MAX || bytes + submission.bytes() > BYTES_MAX) {
        return Added.FULL;
      }
      waiting.add(submission);
      bytes += submission.bytes();
      arrived.signal();
      return Added.WAITS;
    } finally {
      lock.unlock();
    }
  }

  /** Bounded apart: questions never take the place of what is to be sequenced. */
  Added add(Question question) {
    lock.lock();
    try {
      if (closed) {
        return Added.CLOSED;
      }
      if (questions.size() >= QUESTIONS_MAX
          || questionBytes + question.bytes() > QUESTION_BYTES_MAX) {
        return Added.FULL;
      }
      questions.add(question);
      questionBytes += question.bytes();
      arrived.signal();
      return Added.WAITS;
    } finally {
      lock.unlock();
    }
  }

  /** A few of the questions that wait; empty when none do. Never waits itself. */
  List<Question> takeQuestions() {
    lock.lock();
    try {
      List<Question> some = new ArrayList<>();
      long taken = 0;
      while (!questions.isEmpty()
          && some.size() < QUESTIONS_AT_ONCE_MAX
          && (some.isEmpty() || taken + questions.peek().bytes() <= QUESTION_BYTES_AT_ONCE_MAX)) {
        Question next = questions.remove();
        taken += next.bytes();
        some.add(next);
      }
      questionBytes -= taken;
      return some;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes whatever waits, up to the limits of a batch. Waits for the first one, at most the time
   * given; empty when none came, when there are only questions, or the pool was closed empty.
   */
  List<Waiting> takeBatch(long waitNanos) throws InterruptedException {
    lock.lock();
    try {
      long left = waitNanos;
      while (waiting.isEmpty() && questions.isEmpty() && !closed && left > 0) {
        left = arrived.awaitNanos(left);
      }
      List<Waiting> batch = new ArrayList<>();
      long batchBytes = 0;
      while (!waiting.isEmpty()
          && batch.size() < BATCH_SUBMISSIONS_MAX
          && (batch.isEmpty() || batchBytes + waiting.peek().bytes() <= BATCH_BYTES_MAX)) {
        Waiting next = waiting.remove();
        batchBytes += next.bytes();
        batch.add(next);
      }
      bytes -= batchBytes;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more comes in; what waits may still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosedAndEmpty() {
    lock.lock();
    try {
      return closed && waiting.isEmpty() && questions.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
