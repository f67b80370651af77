// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.pinlian.merkle.Hash;
import org.pinlian.node.admission.Admission;
import org.pinlian.node.admission.Admittance;
import org.pinlian.node.admission.Admitted;
import org.pinlian.node.admission.SignatureCheck;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.Outcome;
import org.pinlian.node.sequencing.SequencedBatch;
import org.pinlian.node.sequencing.Sequencer;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.SignedSubmission;

/**
 * The single writer on a real folder, with the services left out: outcomes come as values, and the
 * batches can be seen.
 */
final class BareWriter implements AutoCloseable {
  private static final int WAIT_SECONDS = 20;

  private final DataFolder folder;
  private final Stores stores;
  private final Derivation derivation;
  private final Sequencer sequencer;
  private final Admission admission;
  private final ExecutorService answering = Executors.newFixedThreadPool(2);
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  /** Replayed entries first, then each batch as it was followed. */
  final List<SequencedBatch> batches = new CopyOnWriteArrayList<>();

  final List<Throwable> fatal = new CopyOnWriteArrayList<>();

  BareWriter(Path data, Writes writes, Clock clock, long blockIntervalMillis) {
    folder = DataFolder.existing(data, StorageConfig.defaults());
    stores = new Stores(folder, Access.READ_WRITE);
    LedgerIdentity ledger = LedgerIdentity.read(data, stores.truth);
    LoggedRecords logged = stores.loggedRecords(ledger);
    KeyRegistry registry = stores.storedRegistry(ledger.genesis());
    derivation =
        new Derivation(
            ledger.hash(),
            stores.derived,
            writes.derived().apply(stores.derived::writeUnsynced),
            fatal::add);
    sequencer =
        Sequencer.start(
            new Sequencer.Parts(
                ledger.hash(),
                ledger.genesis().getOrigin(),
                ledger.signer(),
                stores.truth,
                writes.durable().apply(stores.durableSteps()),
                stores.lastSigned,
                batch -> {
                  batches.add(batch);
                  derivation.follow(batch);
                },
                derivation.finishedHeads(),
                clock,
                blockIntervalMillis,
                answering,
                fatal::add),
            stores.replayFrom(ledger, derivation, logged, registry),
            metrics);
    admission =
        new Admission(
            ledger.hash(),
            ledger.genesisLeaf(),
            keyId -> known(registry, keyId),
            SignatureCheck.fastest(),
            stores.cipher);
  }

  private static Optional<org.pinlian.signing.VerifyingKey> known(
      KeyRegistry registry, Hash keyId) {
    return Optional.ofNullable(registry.key(keyId)).map(KeyHistory::verifyingKey);
  }

  Admitted admit(SignedSubmission submission) {
    Admittance admittance = admission.admit(submission.request().toByteString());
    if (admittance instanceof Admitted admitted) {
      return admitted;
    }
    throw new AssertionError(admittance.toString());
  }

  CompletableFuture<Outcome> offer(SignedSubmission submission) {
    return offer(admit(submission));
  }

  CompletableFuture<Outcome> offer(Admitted admitted) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    sequencer.offer(
        admitted,
        answer -> {
          if (!outcome.complete(answer)) {
            fatal.add(new AssertionError("answered twice: " + answer));
          }
        });
    return outcome;
  }

  double waiting() {
    return metrics.get("pinlian.sequencing.pool").gauge().value();
  }

  Derivation derivation() {
    return derivation;
  }

  static <T> T get(CompletableFuture<T> outcome) {
    try {
      return outcome.get(WAIT_SECONDS, SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no answer", e);
    }
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited too long");
      }
      Thread.onSpinWait();
    }
  }

  /** As a node does it. */
  @Override
  public void close() {
    sequencer.close();
    // Waits until every answer is given.
    answering.close();
    derivation.close();
    stores.close();
    folder.close();
  }
}
