// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Role;

/**
 * A node that finds an earlier derived state goes on from it, and ends where the one that was never
 * interrupted is: the same heads, chains, tiles, rules and findings, row by row.
 */
class ReplayTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
  private static final int SUBMISSIONS = 210;
  private static final int STOPS = 3;

  @TempDir Path temp;

  private final SplittableRandom random = Seeds.random(ReplayTest.class);

  @ParameterizedTest
  @ValueSource(longs = {0, 15})
  void fromAnyEarlierStateComesTheSame(long blockIntervalMillis) throws Exception {
    Path live = temp.resolve("live");
    List<Path> earlier = new ArrayList<>();
    RandomHistory history;
    try (TestLedger ledger = TestLedger.create(live)) {
      ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
      ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR, Role.ROLE_CARRIER);
      ledger.stop();
      history = new RandomHistory(ledger, random);
      try (BareWriter writer =
          new BareWriter(live, slow(), Clock.systemUTC(), blockIntervalMillis)) {
        for (int stop = 0; stop < STOPS; stop++) {
          history.play(writer, SUBMISSIONS / STOPS);
          earlier.add(keepDerived(writer, live, stop));
        }
        history.play(writer, 20);
        assertEquals(List.of(), writer.fatal);
      }
    }
    FolderImage whole = FolderImage.assertDerivesAgain(live, temp.resolve("again"), HASH);
    assertTrue(whole.derivedUpTo() > SUBMISSIONS / 2, () -> "up to " + whole.derivedUpTo());
    assertTrue(history.refused() > 0 && history.taken() > SUBMISSIONS / 2);
    for (String table : List.of("head", "chain", "tile", "rule")) {
      assertTrue(whole.derived().keySet().stream().anyMatch(row -> row.startsWith(table)), table);
    }

    Set<Long> begun = new HashSet<>();
    for (Path derived : earlier) {
      Path data = temp.resolve("from-" + derived.getFileName());
      LedgerFolder.copy(live, data);
      delete(data.resolve("derived"));
      LedgerFolder.copy(derived, data.resolve("derived"));
      begun.add(FolderImage.read(data, HASH).derivedUpTo());
      FolderImage.startAndClose(data);
      FolderImage again = FolderImage.read(data, HASH);
      assertEquals(whole.leaves(), again.leaves());
      FolderImage.assertSameRows(whole.derived(), again.derived());
    }
    assertEquals(STOPS, begun.size(), () -> "states begun from: " + begun);
  }

  /** What is judged rests on what is still in memory, and that on how fast it goes down. */
  private Writes slow() {
    SplittableRandom own = random.split();
    return new Writes(
        UnaryOperator.identity(),
        down ->
            batch -> {
              try {
                Thread.sleep(own.nextInt(15));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              down.accept(batch);
            });
  }

  /** As a kill would leave it: the copy is taken while the store is open, and between writes. */
  private Path keepDerived(BareWriter writer, Path live, int stop) throws InterruptedException {
    writer.derivation().awaitApplied(writer.batches.getLast().sizeAfter());
    BareWriter.await(() -> writer.derivation().epochsInMemory() == 1);
    Path kept = temp.resolve("derived-" + stop);
    LedgerFolder.copy(live.resolve("derived"), kept);
    return kept;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList().reversed()) {
        Files.delete(file);
      }
    }
  }
}
