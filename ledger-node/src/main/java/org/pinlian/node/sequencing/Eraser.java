// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.rules.Erasures;
import org.pinlian.node.rules.Erasures.InEffect;
import org.pinlian.node.rules.RuleKey;
import org.pinlian.node.rules.RuleTable;
import org.pinlian.node.rules.RuleWrite;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.EntryKeys;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.SectionCipher;
import org.pinlian.node.storage.SectionCipher.SectionsDamagedException;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.RecordPlace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Destroys the keys that erasures in effect speak of, on a thread of its own: rewriting files takes
 * as long as it takes, and nobody's receipt waits for it.
 *
 * <p>What is to be destroyed follows from the log, so nothing has to be remembered of how far it
 * got. Every start goes over all erasures in effect, those of the stored state and those replayed
 * after it, and finishes what is unfinished; also when an older copy of the keys was put back. The
 * order is: the approval is synced; what is left of the entry's keys is synced in their place,
 * together with a note that files still hold the old ones; the files are written anew; the note is
 * removed. A crash anywhere leads back to one of these steps.
 */
public final class Eraser implements SequencedBatch.Follower, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Eraser.class);

  /** Wakes the thread when there is nothing to erase any more. Never looked at. */
  private static final InEffect NOTHING =
      new InEffect(new RecordPlace(0, 0), Set.of(), new RecordPlace(0, 0), new RecordPlace(0, 0));

  private final TruthStore truth;
  private final KeyStore keys;
  private final SectionCipher cipher;
  private final KeyDestruction destruction;
  private final Consumer<Throwable> onFatal;
  private final LinkedBlockingQueue<InEffect> waiting = new LinkedBlockingQueue<>();
  private @Nullable Thread thread;
  private volatile boolean closing;

  /**
   * @param onFatal told when a store fails: then nobody can say what is destroyed and what is not
   */
  public Eraser(
      TruthStore truth,
      KeyStore keys,
      SectionCipher cipher,
      KeyDestruction destruction,
      Consumer<Throwable> onFatal) {
    this.truth = truth;
    this.keys = keys;
    this.cipher = cipher;
    this.destruction = destruction;
    this.onFatal = onFatal;
  }

  /** Notes what came into effect. Called by the replay, then by the writer; never waits. */
  @Override
  public void follow(SequencedBatch batch) {
    for (SequencedEntry entry : batch.entries()) {
      for (RuleWrite write : entry.writes()) {
        byte[] value = write.value();
        if (write.key().table() == RuleTable.ERASED && value != null) {
          waiting.addAll(Erasures.inEffect(write.key(), value));
        }
      }
    }
  }

  /**
   * Begins. To be called when the replay is through: before, the log has not been checked against
   * what was signed, and nothing may be destroyed for its sake.
   */
  public void start(DerivedStore stored) {
    try (Cursor<DerivedStore.RuleRow> rows =
        stored.rulesWithPrefix(new byte[] {(byte) RuleTable.ERASED.id()})) {
      while (rows.next()) {
        waiting.addAll(
            Erasures.inEffect(
                RuleKey.ofStored(RuleTable.ERASED, rows.row().key()), rows.row().value()));
      }
    }
    Thread started = new Thread(this::run, "eraser");
    started.setDaemon(true);
    thread = started;
    started.start();
  }

  private void run() {
    try {
      // What an earlier process replaced and did not come to purge.
      destruction.purge();
      List<InEffect> some = new ArrayList<>();
      while (!closing) {
        some.add(waiting.take());
        waiting.drainTo(some);
        boolean replaced = false;
        for (InEffect one : some) {
          if (!closing) {
            replaced |= replace(one);
          }
        }
        some.clear();
        if (replaced) {
          destruction.purge();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      log.error("Keys could not be destroyed; the next start goes on with it", e);
      onFatal.accept(e);
    }
  }

  private boolean replace(InEffect erasure) {
    long index = erasure.record().index();
    EntryKeys before = keys.keys(index).orElse(null);
    if (before == null) {
      // A record without sections: an erasure may speak of what was never there.
      return false;
    }
    TreeMap<Integer, byte[]> sealed = new TreeMap<>();
    try (Cursor<TruthStore.PartRow> rows = truth.sectionsOf(index)) {
      while (rows.next()) {
        sealed.put(rows.row().position(), rows.row().bytes());
      }
    }
    try {
      EntryKeys left =
          cipher.without(before, erasure.record().position(), erasure.classes(), sealed);
      if (left == before) {
        return false;
      }
      destruction.replace(index, left.toStored());
      log.info(
          "Destroyed the keys of {} of record {}: erasure {}, approval {}",
          erasure.classes(),
          erasure.record(),
          erasure.erasure(),
          erasure.approval());
      return true;
    } catch (SectionsDamagedException e) {
      // Damage that the audit names. It must not keep others' erasures from being done.
      log.error("The keys of record {} cannot be destroyed", erasure.record(), e);
      return false;
    }
  }

  @Override
  public void close() {
    var _ = close(Long.MAX_VALUE);
  }

  /**
   * Ends after what it is at; the next start goes on.
   *
   * @return whether it has ended; if not, no store may be closed under it
   */
  public boolean close(long graceMillis) {
    closing = true;
    waiting.add(NOTHING);
    Thread running = thread;
    if (running == null) {
      return true;
    }
    try {
      running.join(graceMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !running.isAlive();
  }
}
