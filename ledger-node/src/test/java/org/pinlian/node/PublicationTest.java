// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.node.publication.PublicationException;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthBatch;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.v1.Role;

/** What is shown, what is kept of it, and what keeps a node from showing it. */
class PublicationTest {
  @TempDir Path temp;
  private TestLedger ledger;

  @BeforeEach
  void create() {
    ledger = TestLedger.create(temp.resolve("ledger"));
    ledger.useBlockInterval(Duration.ofMillis(20));
    ledger.usePublication(config());
    ledger.restart();
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private static PublicationConfig config() {
    return PublicationConfig.defaults().withInterval(Duration.ofMillis(1));
  }

  private long submit() {
    return ledger.enrol(TestLedger.PRODUCER, Role.ROLE_PRODUCER).index();
  }

  private Path file() {
    return ledger.data().resolve("published");
  }

  @Test
  void aBlockIsShownOnceItIsKeptAndShownAgainAfterARestart() throws IOException {
    PublishedBlock block = ledger.awaitRest(submit() + 2);

    assertEquals(block.blockIndex(), block.block().getCovers());
    assertEquals(block.checkpoint().toString(), Files.readString(file()));
    ledger.restart();
    PublishedBlock again = ledger.node().published().orElseThrow();
    assertEquals(block.checkpoint(), again.checkpoint());
    assertEquals(block.block(), again.block());
  }

  @Test
  void theLastBlockIsShownAtShutdown() throws IOException, NoteException {
    ledger.stop();
    ledger.useBlockInterval(Duration.ofHours(1));
    ledger.start();
    long index = submit();

    ledger.stop();

    SignedNote note = SignedNote.parse(Files.readAllBytes(file()));
    long size = Checkpoint.parse(note.text()).size();
    assertTrue(size >= index + 2, note.text());
    assertEquals(FolderImage.read(ledger.data(), HashAlgorithm.SHA_256).leaves().size(), size);
    ledger.start();
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aNodeThatDiesWhilePublishingShowsNothingThatIsForgotten(boolean kept) throws Exception {
    ledger.awaitPublished(submit() + 2);
    ledger.stop();
    String before = Files.readString(file());
    CountDownLatch died = new CountDownLatch(1);
    UnaryOperator<Consumer<String>> around =
        keep ->
            note -> {
              if (kept) {
                keep.accept(note);
              }
              died.countDown();
              throw new IllegalStateException("the power fails");
            };
    ledger.start(
        new Writes(
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            around,
            UnaryOperator.identity(),
            () -> {}));
    PublishedBlock shown = ledger.node().published().orElseThrow();
    long index = submit();
    assertTrue(died.await(10, TimeUnit.SECONDS));

    assertEquals(shown, ledger.node().published().orElseThrow());
    ledger.stop();
    assertEquals(kept, !Files.readString(file()).equals(before));
    ledger.start();
    PublishedBlock after = ledger.awaitPublished(index + 2);
    ledger.stop();
    FolderImage image = FolderImage.read(ledger.data(), HashAlgorithm.SHA_256);
    assertEquals(
        image.root(HashAlgorithm.SHA_256, after.size()),
        Checkpoint.parse(after.checkpoint().text()).root());
    ledger.start();
  }

  @Test
  void aDraftThatACrashLeftIsPassedOver() throws IOException {
    ledger.awaitPublished(submit() + 2);
    ledger.stop();
    Files.writeString(file().resolveSibling("published.new"), "half a no");

    ledger.start();

    ledger.awaitPublished(submit() + 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut", "changed", "empty", "long", "text"})
  void aDamagedFileKeepsTheNodeFromStarting(String how) throws IOException {
    ledger.awaitPublished(submit() + 2);
    ledger.stop();
    String note = Files.readString(file());
    Files.writeString(
        file(),
        switch (how) {
          case "cut" -> note.substring(0, note.length() / 2);
          case "changed" -> note.replaceFirst("\n[0-9]+\n", "\n2\n");
          case "empty" -> "";
          case "long" -> note + "x".repeat(SignedNote.MAX_BYTES);
          default -> "hello\n";
        });

    assertThrows(RuntimeException.class, ledger::start);

    Files.delete(file());
    ledger.start();
    ledger.awaitPublished(submit() + 2);
  }

  @Test
  void aLogBehindWhatWasPublishedDoesNotStart() throws IOException {
    ledger.awaitPublished(submit() + 2);
    ledger.stop();
    TestLedger old = ledger.copiedTo(temp.resolve("old"));
    ledger.start();
    ledger.awaitPublished(submit() + 2);
    ledger.stop();
    Files.copy(
        file(), old.data().resolve("published"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    PublicationException refused = assertThrows(PublicationException.class, old::start);

    assertTrue(String.valueOf(refused.getMessage()).contains("set back"), refused.getMessage());
    ledger.start();
  }

  @Test
  void storedBytesThatAreNotThoseSignedAreNotPublished() throws IOException {
    long index = submit();
    ledger.awaitPublished(index + 2);
    for (int i = 0; i < 3; i++) {
      ledger.awaitPublished(submit() + 2);
    }
    ledger.stop();
    // As if none of it had been published yet.
    Files.delete(file());
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults());
        TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
      byte[] entry = truth.entry(index).orElseThrow();
      entry[entry.length - 1] ^= 1;
      TruthBatch batch = truth.newBatch();
      batch.putEntry(index, entry);
      truth.writeSynced(batch);
    }

    PublicationException refused = assertThrows(PublicationException.class, ledger::start);

    assertTrue(
        String.valueOf(refused.getMessage()).contains("must not be published"),
        refused.getMessage());
  }

  @Test
  void theScrubFindsAChangedRecordAndStopsNothing() throws Exception {
    long index = submit();
    ledger.awaitPublished(index + 2);
    ledger.stop();
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults());
        TruthStore truth = TruthStore.open(folder, Access.READ_WRITE)) {
      byte[] record = truth.record(index, 0).orElseThrow();
      record[record.length / 2] ^= 1;
      TruthBatch batch = truth.newBatch();
      batch.putRecord(index, 0, record);
      truth.writeSynced(batch);
    }
    // Enough blocks that the record is not replayed.
    ledger.usePublication(config().withScrubBytesPerSecond(1 << 30));
    SimpleMeterRegistry metrics = startPastReplay();

    await(() -> metrics.get("pinlian.scrub.damages").counter().count() >= 1);

    assertTrue(metrics.get("pinlian.scrub.bytes").counter().count() > 0);
    assertEquals(
        io.grpc.health.v1.HealthCheckResponse.ServingStatus.NOT_SERVING, health("pinlian.storage"));
    assertEquals(io.grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING, health(""));
    ledger.awaitPublished(submit() + 2);
  }

  @Test
  void theScrubOfAWholeLedgerFindsNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      ledger.awaitPublished(submit() + 2);
    }
    ledger.usePublication(config().withScrubBytesPerSecond(1 << 30));
    ledger.restart();

    await(() -> ledger.metrics().get("pinlian.scrub.passes").counter().count() >= 1);

    assertEquals(0, ledger.metrics().get("pinlian.scrub.damages").counter().count());
    assertEquals(1, ledger.gauge("pinlian.scrub.progress"));
    assertEquals(
        io.grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING, health("pinlian.storage"));
  }

  private SimpleMeterRegistry startPastReplay() {
    ledger.start();
    return ledger.metrics();
  }

  private io.grpc.health.v1.HealthCheckResponse.ServingStatus health(String service) {
    return io.grpc.health.v1.HealthGrpc.newBlockingStub(ledger.node().channel())
        .check(io.grpc.health.v1.HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private static void await(java.util.function.BooleanSupplier done) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited too long");
      }
      Thread.sleep(5);
    }
  }
}
