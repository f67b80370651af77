// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.Submissions;
import org.pinlian.v1.SignedHeader;

/**
 * Verifies signatures on the workers' threads, some at a time, behind the thread that goes over the
 * log: it alone may call this, and it waits when too many are open.
 */
final class SignatureChecks {
  private static final int PER_TASK = 32;
  private static final int TASKS_MAX = 64;

  private final ExecutorService workers;
  private final Differences differences;
  private final ArrayDeque<Future<List<Waiting>>> open = new ArrayDeque<>();
  private List<Waiting> waiting = new ArrayList<>(PER_TASK);
  private long verified;

  private record Waiting(long index, KeyHistory key, SignedHeader signed) {
    boolean isGood() {
      ByteString header = signed.getHeader();
      return key.verifyingKey()
          .verifies(Submissions.signedMessage(header), signed.getSignature().toByteArray());
    }
  }

  SignatureChecks(ExecutorService workers, Differences differences) {
    this.workers = workers;
    this.differences = differences;
  }

  /** Good ones so far. */
  long verified() {
    return verified;
  }

  void add(long index, KeyHistory key, SignedHeader signed) throws InterruptedException {
    waiting.add(new Waiting(index, key, signed));
    if (waiting.size() == PER_TASK) {
      send();
      while (open.size() > TASKS_MAX) {
        take();
      }
    }
  }

  /** Waits for all. */
  void finish() throws InterruptedException {
    send();
    while (!open.isEmpty()) {
      take();
    }
  }

  private void send() {
    List<Waiting> some = waiting;
    waiting = new ArrayList<>(PER_TASK);
    verified += some.size();
    open.add(workers.submit(() -> some.stream().filter(one -> !one.isGood()).toList()));
  }

  private void take() throws InterruptedException {
    try {
      for (Waiting bad : open.remove().get()) {
        verified--;
        differences.ofTruth(
            bad.index(),
            new Difference(
                "entries",
                Long.toString(bad.index()),
                "a signature by key " + bad.key().keyId(),
                "one that does not verify"));
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a signature could not be checked", e.getCause());
    }
  }
}
