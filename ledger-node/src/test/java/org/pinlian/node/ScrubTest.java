// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.merkle.Hash;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.publication.Scrub;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.v1.Role;

/** The scrub over the folder of a real ledger, on a clock that moves when it rests. */
class ScrubTest {
  private static final int TILE = 256;
  private static final int PASS_SECONDS_MAX = 30;

  @TempDir Path temp;

  private TestLedger ledger;

  @SuppressWarnings("NullAway.Init")
  ScrubTest() {}

  @BeforeEach
  void create() {
    ledger = TestLedger.create(temp.resolve("data"));
    ledger.useBlockInterval(Duration.ofMillis(20));
    ledger.restart();
    ledger.enrol(TestLedger.PRODUCER, Role.ROLE_PRODUCER);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  /** Leaves a folder with so many submissions, and says what of it was published. */
  private PublishedBlock fill(int submissions) throws Exception {
    List<Callable<Long>> all = new ArrayList<>();
    for (int i = 0; i < submissions; i++) {
      String lot = "L" + i;
      all.add(() -> ledger.submit(TestLedger.PRODUCER, Goods.event(lot)).index());
    }
    long last = 0;
    try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
      for (Future<Long> answer : callers.invokeAll(all)) {
        last = Math.max(last, answer.get());
      }
    }
    PublishedBlock published = ledger.awaitRest(last + 2);
    ledger.stop();
    return published;
  }

  /** Time that goes on only while somebody rests; a rest between passes lasts to the end. */
  private static final class Resting implements Scrub.Time {
    final AtomicLong nanos = new AtomicLong();
    final AtomicInteger rests = new AtomicInteger();
    final CountDownLatch passed = new CountDownLatch(1);

    @Override
    public long nanos() {
      return nanos.get();
    }

    @Override
    public void rest(long millis) throws InterruptedException {
      if (millis >= 60_000) {
        passed.countDown();
        Thread.sleep(Duration.ofSeconds(PASS_SECONDS_MAX));
        return;
      }
      rests.incrementAndGet();
      nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  /** What one pass found. */
  private record Pass(double bytes, double damages, int told, Resting time) {}

  private static Pass pass(Stores stores, Path data, PublishedBlock published, long bytesPerSecond)
      throws InterruptedException {
    LedgerIdentity identity = LedgerIdentity.read(data, stores.truth);
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    AtomicInteger told = new AtomicInteger();
    Resting time = new Resting();
    try (Scrub scrub =
        new Scrub(
            identity.hash(),
            stores.truth,
            stores.derived,
            stores.loggedRecords(identity),
            () -> published,
            bytesPerSecond,
            told::incrementAndGet,
            metrics,
            time)) {
      scrub.start();
      assertTrue(time.passed.await(PASS_SECONDS_MAX, TimeUnit.SECONDS), "no pass ends");
      assertEquals(told.get() > 0, scrub.foundDamage());
      return new Pass(
          metrics.get("pinlian.scrub.bytes").counter().count(),
          metrics.get("pinlian.scrub.damages").counter().count(),
          told.get(),
          time);
    }
  }

  @Test
  void noMoreIsReadInASecondThanIsAllowed() throws Exception {
    PublishedBlock published = fill(20);
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults());
        Stores stores = new Stores(folder, Access.READ_WRITE)) {
      long entries = 0;
      for (long i = 0; i < published.size(); i++) {
        entries += stores.truth.entry(i).orElseThrow().length;
      }
      for (long pace : new long[] {500, 5_000}) {
        Pass pass = pass(stores, ledger.data(), published, pace);
        assertEquals(0, pass.damages);
        // Entries, and the records besides.
        assertTrue(pass.bytes > entries, pass.toString());
        double seconds = pass.time.nanos.get() / 1e9;
        // Rests shorter than 20 ms are not taken.
        assertEquals(pass.bytes / pace, seconds, 0.021, pass.toString());
        assertTrue(pass.time.rests.get() > 10, pass.toString());
      }
    }
  }

  @Test
  void aTileThatIsNotOfTheEntriesIsFound() throws Exception {
    PublishedBlock published = fill(TILE);
    assertTrue(published.size() > TILE);
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults());
        Stores stores = new Stores(folder, Access.READ_WRITE)) {
      Pass whole = pass(stores, ledger.data(), published, 1L << 40);
      assertEquals(0, whole.damages);
      byte[] tile = stores.derived.tile(0, 0).orElseThrow();
      assertEquals(TILE * Hash.SIZE, tile.length);
      tile[77] ^= 1;
      DerivedBatch batch = stores.derived.newBatch();
      batch.putTile(0, 0, tile);
      stores.derived.writeUnsynced(batch);
      Pass changed = pass(stores, ledger.data(), published, 1L << 40);
      assertEquals(1, changed.damages);
      assertEquals(1, changed.told);
      assertFalse(changed.bytes < whole.bytes, "and the rest is read");
    }
  }
}
