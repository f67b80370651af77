// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.node.admission.Admitted;
import org.pinlian.node.sequencing.Pool.Added;
import org.pinlian.node.storage.SectionCipher;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;

class PoolTest {
  private static final Admitted ADMITTED =
      new Admitted(
          SignedHeader.getDefaultInstance(),
          SubmissionHeader.getDefaultInstance(),
          Hash.of(new byte[Hash.SIZE]),
          null,
          List.of(),
          SectionCipher.Seed.ofStored(new byte[32]));

  private final Pool pool = new Pool();

  @Test
  void givesWhatWaitsInTheOrderItCame() throws InterruptedException {
    List<Pool.Waiting> added = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      added.add(add(100));
    }
    assertEquals(added, pool.takeBatch(0));
    assertEquals(List.of(), pool.takeBatch(0));
  }

  @Test
  void isFullByNumberAndTakesAgainOnceABatchIsTaken() throws InterruptedException {
    for (int i = 0; i < Pool.SUBMISSIONS_MAX; i++) {
      add(0);
    }
    assertEquals(Added.FULL, pool.add(waiting(0)));
    assertEquals(Pool.SUBMISSIONS_MAX, pool.size());
    assertEquals(Pool.BATCH_SUBMISSIONS_MAX, pool.takeBatch(0).size());
    for (int i = 0; i < Pool.BATCH_SUBMISSIONS_MAX; i++) {
      add(0);
    }
    assertEquals(Added.FULL, pool.add(waiting(0)));
  }

  @Test
  void isFullByBytesAndTakesAgainOnceABatchIsTaken() throws InterruptedException {
    int large = 4 << 20;
    for (int i = 0; i < Pool.BYTES_MAX / large; i++) {
      add(large);
    }
    assertEquals(Added.FULL, pool.add(waiting(1)));
    assertEquals(Added.WAITS, pool.add(waiting(0)));
    assertEquals(Pool.BATCH_BYTES_MAX / large, pool.takeBatch(0).size());
    for (int i = 0; i < Pool.BATCH_BYTES_MAX / large; i++) {
      add(large);
    }
    assertEquals(Added.FULL, pool.add(waiting(1)));
  }

  @Test
  void aSubmissionLargerThanABatchComesAlone() throws InterruptedException {
    Pool.Waiting small = add(10);
    Pool.Waiting large = add(Pool.BATCH_BYTES_MAX + 1);
    Pool.Waiting last = add(10);
    assertEquals(List.of(small), pool.takeBatch(0));
    assertEquals(List.of(large), pool.takeBatch(0));
    assertEquals(List.of(last), pool.takeBatch(0));
  }

  @Test
  void closedItTakesNothingInAndStillGivesWhatWaits() throws InterruptedException {
    Pool.Waiting waits = add(10);
    pool.close();
    assertEquals(Added.CLOSED, pool.add(waiting(10)));
    assertFalse(pool.isClosedAndEmpty());
    assertSame(waits, pool.takeBatch(Long.MAX_VALUE).get(0));
    assertTrue(pool.isClosedAndEmpty());
    assertEquals(List.of(), pool.takeBatch(Long.MAX_VALUE));
  }

  @Test
  void whoeverWaitsForABatchIsWokenByTheFirstAndByTheEnd() throws Exception {
    CompletableFuture<List<Pool.Waiting>> taken = new CompletableFuture<>();
    Thread taker = new Thread(() -> taken.complete(takeWaiting()));
    taker.start();
    Pool.Waiting first = add(10);
    assertSame(first, taken.get(20, TimeUnit.SECONDS).get(0));
    taker.join();

    CompletableFuture<List<Pool.Waiting>> ended = new CompletableFuture<>();
    taker = new Thread(() -> ended.complete(takeWaiting()));
    taker.start();
    pool.close();
    assertEquals(List.of(), ended.get(20, TimeUnit.SECONDS));
    taker.join();
  }

  private List<Pool.Waiting> takeWaiting() {
    try {
      return pool.takeBatch(TimeUnit.MINUTES.toNanos(1));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Pool.Waiting add(long bytes) {
    Pool.Waiting submission = waiting(bytes);
    assertEquals(Added.WAITS, pool.add(submission));
    return submission;
  }

  private static Pool.Waiting waiting(long bytes) {
    return new Pool.Waiting(ADMITTED, bytes, _ -> {});
  }
}
