// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Frontier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.node.sequencing.LoggedRecords.ReadSubmission;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.StorageException;
import org.pinlian.node.storage.TruthStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads everything again, for ever, slowly: entries against the root that was published, records
 * and sections against the digests that were signed, tiles against the entries. Damage on a disk is
 * found while there are copies to mend it from, and not when somebody asks for the record.
 *
 * <p>Damage stops nothing: what is whole is still served and new submissions are still taken. It is
 * logged as an error, counted, and shown by readiness until the node starts anew.
 *
 * <p>A hole: what lies in the block cache is not read from the disk.
 */
public final class Scrub implements AutoCloseable {
  /** What time it is and how to wait, which a test may say. */
  public interface Time {
    Time SYSTEM =
        new Time() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void rest(long millis) throws InterruptedException {
            Thread.sleep(millis);
          }
        };

    /** From any moment on. */
    long nanos();

    void rest(long millis) throws InterruptedException;
  }

  private static final Logger log = LoggerFactory.getLogger(Scrub.class);
  private static final long INTERRUPTED_MILLIS_MAX = 5_000;
  private static final long BETWEEN_PASSES_MILLIS = 60_000;

  /** After so many the log has said enough; the counter goes on. */
  private static final int LOGGED_MAX = 100;

  private final HashAlgorithm hash;
  private final TruthStore truth;
  private final DerivedStore derived;
  private final LoggedRecords logged;
  private final Supplier<@Nullable PublishedBlock> published;
  private final long bytesPerSecond;
  private final Runnable onDamage;
  private final Counter bytesRead;
  private final Counter damages;
  private final Counter passes;
  private final Time time;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean damaged;
  private volatile double progress;

  // Owned by the thread.
  private long passBegun;
  private long passBytes;
  private int loggedDamages;

  /**
   * @param onDamage called at each piece of damage
   */
  public Scrub(
      HashAlgorithm hash,
      TruthStore truth,
      DerivedStore derived,
      LoggedRecords logged,
      Supplier<@Nullable PublishedBlock> published,
      long bytesPerSecond,
      Runnable onDamage,
      MeterRegistry metrics,
      Time time) {
    this.hash = hash;
    this.truth = truth;
    this.derived = derived;
    this.logged = logged;
    this.published = published;
    this.bytesPerSecond = bytesPerSecond;
    this.onDamage = onDamage;
    this.time = time;
    this.bytesRead = metrics.counter("pinlian.scrub.bytes");
    this.damages = metrics.counter("pinlian.scrub.damages");
    this.passes = metrics.counter("pinlian.scrub.passes");
    Gauge.builder("pinlian.scrub.progress", this, s -> s.progress)
        .description("Of the present pass, from 0 to 1")
        .register(metrics);
    this.thread = Thread.ofPlatform().daemon().name("scrub").unstarted(this::run);
  }

  /** Begins, unless its pace is 0. */
  public void start() {
    if (bytesPerSecond > 0) {
      thread.start();
    }
  }

  /** Whether anything was found damaged since the start. */
  public boolean foundDamage() {
    return damaged;
  }

  private void run() {
    try {
      while (!closing) {
        PublishedBlock upto = published.get();
        if (upto != null) {
          pass(upto);
          passes.increment();
        }
        time.rest(upto == null ? 1_000 : BETWEEN_PASSES_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      if (!closing) {
        damage("the scrub itself ends", e);
      }
    }
  }

  /** One tile row as far as it is full, at each level. */
  private static final class Level {
    final byte[] hashes = new byte[PublishedTiles.WIDTH * Hash.SIZE];
    int width;
    long tile;
  }

  private void pass(PublishedBlock upto) throws InterruptedException {
    passBegun = time.nanos();
    passBytes = 0;
    long size = upto.size();
    Frontier tree = new Frontier(hash);
    List<Level> levels = new ArrayList<>();
    boolean whole = true;
    for (long index = 0; index < size; index++) {
      byte[] entry = entry(index);
      if (entry == null) {
        whole = false;
        tree = new Frontier(hash);
        levels.clear();
        // Leaves after a hole belong to no tree; records are still looked at.
      } else if (whole) {
        Hash leaf = hash.leaf(entry);
        tree.append(leaf);
        tiles(levels, leaf);
      }
      records(index);
      progress = (index + 1) / (double) size;
      if (closing) {
        return;
      }
    }
    if (whole && !tree.root().equals(upto.head().root())) {
      damage(
          "the entries below "
              + size
              + " have root "
              + tree.root().hex()
              + ", published was "
              + upto.head().root().hex(),
          null);
    }
  }

  private byte @Nullable [] entry(long index) throws InterruptedException {
    try {
      byte[] entry = truth.entry(index).orElse(null);
      if (entry == null) {
        damage("entry " + index + " is missing", null);
        return null;
      }
      pace(entry.length);
      return entry;
    } catch (StorageException e) {
      damage("entry " + index + " cannot be read", e);
      return null;
    }
  }

  private void records(long index) throws InterruptedException {
    try {
      ReadSubmission read = logged.read(index).orElse(null);
      if (read != null) {
        pace(read.bytes());
      }
    } catch (DamagedRecordException | StorageException e) {
      damage("the records of entry " + index + " are damaged", e);
    }
  }

  /** Adds a leaf, and compares every tile that is full with the stored one. */
  private void tiles(List<Level> levels, Hash leaf) throws InterruptedException {
    Hash node = leaf;
    for (int number = 0; ; number++) {
      if (number == levels.size()) {
        levels.add(new Level());
      }
      Level level = levels.get(number);
      node.copyTo(level.hashes, level.width * Hash.SIZE);
      level.width++;
      if (level.width < PublishedTiles.WIDTH) {
        return;
      }
      compare(number, level);
      Frontier above = new Frontier(hash);
      for (int i = 0; i < PublishedTiles.WIDTH; i++) {
        above.append(Hash.read(level.hashes, i * Hash.SIZE));
      }
      node = above.root();
      level.width = 0;
      level.tile++;
    }
  }

  private void compare(int number, Level level) throws InterruptedException {
    String name = "tile " + number + "/" + level.tile;
    try {
      byte[] stored = derived.tile(number, level.tile).orElse(null);
      if (stored != null) {
        pace(stored.length);
        if (!Arrays.equals(stored, level.hashes)) {
          damage(name + " is not of the entries", null);
        }
      } else if (derived.derivedUpTo() >>> (8 * (number + 1)) > level.tile) {
        damage(name + " is missing", null);
      }
    } catch (StorageException e) {
      damage(name + " cannot be read", e);
    }
  }

  /** Rests so long that no more is read in a second than is allowed. */
  private void pace(long bytes) throws InterruptedException {
    bytesRead.increment((double) bytes);
    passBytes += bytes;
    long due = passBegun + (long) (passBytes * 1e9 / bytesPerSecond);
    long ahead = (due - time.nanos()) / 1_000_000;
    // Short rests are not worth their cost.
    if (ahead >= 20) {
      time.rest(ahead);
    } else if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private void damage(String what, @Nullable Throwable cause) {
    damages.increment();
    damaged = true;
    if (++loggedDamages <= LOGGED_MAX) {
      log.error("Damage: {}. Run `pinlian audit`, and restore from a copy", what, cause);
    }
    onDamage.run();
  }

  /** Stops where it is. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join(INTERRUPTED_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
