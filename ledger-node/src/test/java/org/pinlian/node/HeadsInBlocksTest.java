// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.BareWriter.await;
import static org.pinlian.node.BareWriter.get;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.MapProof;
import org.pinlian.node.Faults.Step;
import org.pinlian.node.Faults.When;
import org.pinlian.node.heads.HeadsException;
import org.pinlian.node.heads.MapRevision;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Block;
import org.pinlian.v1.Role;

/** What blocks say of the heads map, against the map that the log alone gives. */
class HeadsInBlocksTest {
  private static final long NEVER = Long.MAX_VALUE;

  @TempDir Path temp;

  private final SplittableRandom random = Seeds.random(HeadsInBlocksTest.class);

  private TestLedger ledger(HashAlgorithm hash) {
    TestLedger ledger = TestLedger.create(temp.resolve("live"), hash);
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR, Role.ROLE_CARRIER);
    ledger.stop();
    return ledger;
  }

  /** Derived batches that take their time, so that blocks lag behind. */
  private Writes slow() {
    SplittableRandom own = random.split();
    return new Writes(
        UnaryOperator.identity(),
        down ->
            batch -> {
              try {
                Thread.sleep(own.nextInt(25));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              down.accept(batch);
            });
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void everyBlockNamesTheMapOfWhatAnEarlierOneCovers(HashAlgorithm hash) {
    TestLedger ledger = ledger(hash);
    RandomHistory history = new RandomHistory(ledger, random);
    for (long interval : new long[] {0, 15, NEVER}) {
      try (BareWriter writer = new BareWriter(ledger.data(), slow(), Clock.systemUTC(), interval)) {
        history.play(writer, 60);
        assertEquals(List.of(), writer.fatal);
      }
      MapHistory found = MapHistory.assertHolds(ledger.data());
      // What is left behind is proved whole.
      assertEquals(0, found.newest().getLagSince());
    }
    MapHistory found = MapHistory.assertHolds(ledger.data());
    assertTrue(found.blocks.stream().anyMatch(block -> block.getLagSince() > 0));
    assertTrue(found.headsAt(found.newest().getHeadsSize()).size() > 20);
  }

  @Test
  void aMapThatLagsIsToldByTheFirstSubmissionItLeavesOut() throws Exception {
    TestLedger ledger = ledger(HashAlgorithm.SHA_256);
    Faults faults = new Faults();
    try (BareWriter writer = new BareWriter(ledger.data(), faults.writes(), Clock.systemUTC(), 0)) {
      faults.hold(Step.DERIVED);
      for (int i = 0; i < 3; i++) {
        get(writer.offer(ledger.sign(PRODUCER, Goods.event("A" + i))));
        Thread.sleep(5);
      }
      faults.awaitHeld();
      List<Block> lagging = blocks(writer);
      long since = lagging.getFirst().getLagSince();
      assertTrue(lagging.size() >= 3 && since > 0);
      for (Block block : lagging) {
        assertEquals(lagging.getFirst().getHeadsSize(), block.getHeadsSize());
        assertEquals(since, block.getLagSince());
      }
      faults.letGo();
      await(() -> blocks(writer).getLast().getLagSince() == 0);
    }
    MapHistory.assertHolds(ledger.data());
  }

  private static List<Block> blocks(BareWriter writer) {
    List<Block> blocks = new ArrayList<>();
    writer.batches.stream()
        .skip(1) // replayed
        .flatMap(batch -> batch.entries().stream())
        .forEach(entry -> {
          if (entry.block() != null) {
            blocks.add(entry.block());
          }
        });
    return blocks;
  }

  /** Killed at each write around the closing of a block; the restart ends where no kill would. */
  @ParameterizedTest
  @CsvSource({
    "TRUTH,BEFORE",
    "TRUTH,AFTER",
    "SIGNED,BEFORE",
    "SIGNED,AFTER",
    "DERIVED,BEFORE",
    "DERIVED,AFTER"
  })
  void afterAKillTheMapIsThatOfTheLog(Step step, When when) throws Exception {
    TestLedger ledger = ledger(HashAlgorithm.SHA_256);
    Path killed = temp.resolve("killed");
    Faults faults = new Faults();
    try (BareWriter writer = new BareWriter(ledger.data(), faults.writes(), Clock.systemUTC(), 0)) {
      RandomHistory history = new RandomHistory(ledger, random);
      history.play(writer, 20);
      await(() -> writer.derivation().epochsInMemory() == 1);
      faults.fail(step, when);
      CompletableFuture<?> cut = writer.offer(ledger.sign(PRODUCER, Goods.event("LAST")));
      faults.awaitHeld();
      LedgerFolder.copy(ledger.data(), killed);
      faults.letGo();
      get(cut);
    }
    long before = MapHistory.assertHolds(killed).newest().getHeadsSize();
    assertReadable(killed);

    FolderImage.startAndClose(killed);
    MapHistory after = MapHistory.assertHolds(killed);
    assertTrue(after.newest().getHeadsSize() >= before);
    assertEquals(0, after.newest().getLagSince());
    assertReadable(killed);
    FolderImage.assertDerivesAgain(killed, temp.resolve("again"), HashAlgorithm.SHA_256);
  }

  /** The folder, read without a node, proves what its newest block names. */
  private void assertReadable(Path data) throws Exception {
    MapHistory history = MapHistory.assertHolds(data);
    try (ReadOnlyNode reader = ReadOnlyNode.open(data)) {
      Block newest = reader.newestBlock().orElseThrow();
      assertTrue(reader.mapAt(newest.getHeadsSize() + 1).isEmpty());
      // What is durable and was not signed for is the next start's.
      NavigableMap<Hash, byte[]> heads = history.headsAt(newest.getHeadsSize());
      try (MapRevision map = reader.mapAt(newest.getHeadsSize()).orElseThrow()) {
        assertProves(HashAlgorithm.SHA_256, map, newest, heads);
      }
    }
  }

  private void assertProves(
      HashAlgorithm hash, MapRevision map, Block block, NavigableMap<Hash, byte[]> heads)
      throws Exception {
    Hash root = Hash.of(block.getHeadsRoot().toByteArray());
    assertEquals(block.getHeadsSize(), map.size());
    assertEquals(root, map.root());
    for (var head : heads.entrySet()) {
      assertArrayEquals(head.getValue(), map.value(head.getKey()).orElseThrow());
      MapProof.verifyPresence(
          hash, root, head.getKey(), head.getValue(), map.presence(head.getKey()));
      Hash missing = Hash.of(Seeds.bytes(random, 32));
      MapProof.verifyAbsence(hash, root, missing, map.absence(missing));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theMapsOfTheNewestBlockAndOfThePublishedOneAreKept(boolean restart) throws Exception {
    TestLedger ledger = ledger(HashAlgorithm.SHA_256);
    try (BareWriter writer = new BareWriter(ledger.data(), slow(), Clock.systemUTC(), 0)) {
      RandomHistory history = new RandomHistory(ledger, random);
      history.play(writer, 10);
      await(() -> blocks(writer).getLast().getLagSince() == 0);
      if (!restart) {
        Block published = blocks(writer).getLast();
        writer.derivation().retainFrom(published.getHeadsSize());
        history.play(writer, 40);
        await(() -> blocks(writer).getLast().getLagSince() == 0);
        List<Block> since = blocks(writer);
        for (Block block : since.subList(since.indexOf(published), since.size())) {
          if (block.equals(published) || block.equals(since.getLast())) {
            try (MapRevision map = writer.derivation().mapAt(block.getHeadsSize()).orElseThrow()) {
              assertEquals(Hash.of(block.getHeadsRoot().toByteArray()), map.root());
            }
          }
        }
      }
    }
    MapHistory history = MapHistory.assertHolds(ledger.data());
    try (BareWriter writer =
        new BareWriter(ledger.data(), Writes.DIRECT, Clock.systemUTC(), NEVER)) {
      Block newest = history.newest();
      await(() -> writer.derivation().mapAt(newest.getHeadsSize()).isPresent());
      try (MapRevision map = writer.derivation().mapAt(newest.getHeadsSize()).orElseThrow()) {
        assertProves(HashAlgorithm.SHA_256, map, newest, history.headsAt(newest.getHeadsSize()));
      }
    }
  }

  /** Of a folder with many heads it would take seconds. */
  @Test
  void whileTheMapIsLoadedAnewSubmissionsAreTaken() throws Exception {
    TestLedger ledger = ledger(HashAlgorithm.SHA_256);
    ledger.useBlockInterval(Duration.ofMillis(10));
    ledger.start();
    var _ = ledger.awaitRest(ledger.submit(PRODUCER, Goods.event("A")).index() + 2);
    ledger.stop();
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Runnable held =
        () -> {
          loading.countDown();
          try {
            assertTrue(go.await(20, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    ledger.start(
        new Writes(
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            held));
    try {
      assertTrue(loading.await(20, TimeUnit.SECONDS));
      long first = ledger.submit(PRODUCER, Goods.event("B")).index();
      long last = first;
      for (int i = 0; i < 5; i++) {
        // With a receipt, verified.
        last = ledger.submit(PRODUCER, Goods.event("B" + i)).index();
      }
      PublishedBlock lagging = ledger.awaitPublished(last + 2);
      assertTrue(lagging.block().getLagSince() > 0);
      assertTrue(lagging.block().getHeadsSize() <= first, lagging.block().toString());
      assertTrue(lagging.block().getHeadsSize() > 0, "once there was a map, there is one");
      go.countDown();
      assertTrue(ledger.awaitRest(last + 2).block().getHeadsSize() > last);
    } finally {
      go.countDown();
      ledger.stop();
    }
    MapHistory.assertHolds(ledger.data());
  }

  /** A head set back in the derived state: the map that is loaded is not the one signed for. */
  @Test
  void aHeadThatWasRolledBackStopsTheNextStart() throws Exception {
    TestLedger ledger = ledger(HashAlgorithm.SHA_256);
    try (BareWriter writer = new BareWriter(ledger.data(), Writes.DIRECT, Clock.systemUTC(), 0)) {
      for (int i = 0; i < 3; i++) {
        get(writer.offer(ledger.sign(PRODUCER, Goods.event("A"))));
      }
    }
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults());
        DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
      DerivedBatch batch = derived.newBatch();
      try (Cursor<HeadRow> rows = derived.allHeads()) {
        while (rows.next()) {
          Head head = rows.row().head();
          if (head.count() == 3) {
            batch.putHead(
                rows.row().mapKey(),
                new Head(head.chainId(), 2, head.link(), head.lastIndex() - 1));
          }
        }
      }
      assertEquals(1, batch.rows());
      derived.writeUnsynced(batch);
    }
    Block newest = MapHistory.assertHolds(ledger.data()).newest();
    List<Throwable> fatal = new CopyOnWriteArrayList<>();
    try (Node node = Node.start(NodeConfig.defaults(ledger.data()), new SimpleMeterRegistry())) {
      node.onFatal(fatal::add);
      await(() -> !fatal.isEmpty());
    } catch (HeadsException e) {
      fatal.add(e);
    }
    String said = String.valueOf(fatal.getFirst().getMessage());
    assertTrue(said.contains("block " + newest.getNumber() + " names "), said);
    assertTrue(said.contains(Hash.of(newest.getHeadsRoot().toByteArray()).hex()), said);
  }
}
