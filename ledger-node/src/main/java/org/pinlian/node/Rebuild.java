// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.HeadsException;
import org.pinlian.node.sequencing.FinishedHeads;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.RecoveryException;
import org.pinlian.node.sequencing.Sequencer;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.node.storage.TruthStore;

/**
 * Removes all that is derived and makes it again from the log, through the code of every start.
 * Truth, keys and what was signed are only read: no entry is added and nothing is signed that
 * anybody is shown. A rebuild that is killed is gone on with by the next start.
 */
public final class Rebuild {
  private Rebuild() {}

  /** Told how far it has come. */
  @FunctionalInterface
  public interface Watcher {
    void reached(long entries, long of);
  }

  /**
   * What it came to.
   *
   * @param size of the log, as far as it was signed for
   * @param derivedUpTo the size that is stored; the next start goes on from there
   */
  public record Rebuilt(long size, long derivedUpTo) {}

  /**
   * Does it.
   *
   * @throws org.pinlian.node.storage.FolderInUseException if a node holds the folder
   * @throws RecoveryException if what is stored contradicts itself, or what was signed
   */
  public static Rebuilt run(Path data, Watcher watcher) {
    try (DataFolder folder = DataFolder.existing(data, StorageConfig.defaults());
        DataFolder.Lock _ = folder.lock("rebuilding what is derived")) {
      requireLedger(folder);
      DerivedStore.drop(folder);
      try (Stores stores = new Stores(folder, Access.READ_ONLY, Access.READ_WRITE)) {
        return new Rebuilt(derive(folder, stores, watcher), stores.derived.derivedUpTo());
      }
    }
  }

  /** Before anything is removed: there is a log to make it from. */
  private static void requireLedger(DataFolder folder) {
    try (TruthStore truth = TruthStore.open(folder, Access.READ_ONLY)) {
      var _ = LedgerIdentity.read(folder.path(), truth);
    }
  }

  private static long derive(DataFolder folder, Stores stores, Watcher watcher) {
    LedgerIdentity ledger = LedgerIdentity.read(folder.path(), stores.truth);
    LoggedRecords logged = stores.loggedRecords(ledger);
    long size = stores.lastSigned.read().map(LastSigned.Head::size).orElse(1L);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try (Derivation derivation =
        new Derivation(
            ledger.hash(), stores.derived, stores.derived::writeUnsynced, failure::set)) {
      Sequencer.replayForReading(
          new Sequencer.Parts(
              ledger.hash(),
              ledger.genesis().getOrigin(),
              ledger.signer(),
              stores.truth,
              stores.durableSteps(),
              stores.lastSigned,
              batch -> {
                derivation.follow(batch);
                watcher.reached(batch.sizeAfter(), size);
              },
              FinishedHeads.NONE,
              Clock.systemUTC(),
              Long.MAX_VALUE,
              Runnable::run,
              failure::set),
          stores.replayFrom(ledger, derivation, logged));
      derivation.awaitApplied(size);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while rebuilding", e);
    }
    Throwable failed = failure.get();
    if (failed instanceof HeadsException heads) {
      throw heads;
    }
    if (failed != null) {
      throw new IllegalStateException("the derived state could not be stored", failed);
    }
    return size;
  }
}
