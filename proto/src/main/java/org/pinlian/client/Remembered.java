// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.CheckpointVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.merkle.Hash;

/**
 * The checkpoints that a client has seen, all of one history: each was proved to extend, or to be
 * extended by, the greatest before it. Safe for many threads.
 */
final class Remembered {
  /** Roots kept. An older checkpoint that comes again costs another proof. */
  private static final int ROOTS_MAX = 256;

  /** Asks the ledger for a consistency proof. */
  @FunctionalInterface
  interface Proofs {
    List<ByteString> between(long from, long to) throws UnreachableException, VerificationException;
  }

  private final CheckpointVerifier checkpoints;
  // Held while the ledger is asked, so that threads with one new checkpoint ask once.
  private final ReentrantLock proving = new ReentrantLock();

  // All under this object's own lock. Roots by size.
  private final Map<Long, Hash> proved = new Roots();
  private final Map<Long, Hash> heard = new Roots();
  private @Nullable Checkpoint greatest;
  private @Nullable Checkpoint noted;
  private @Nullable VerificationException refused;

  private static final class Roots extends LinkedHashMap<Long, Hash> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Hash> eldest) {
      return size() > ROOTS_MAX;
    }
  }

  Remembered(CheckpointVerifier checkpoints) {
    this.checkpoints = checkpoints;
  }

  /**
   * Takes a verified checkpoint without asking anybody: one of a size heard of must have its root.
   * The greatest so taken is proved later.
   */
  synchronized void note(Checkpoint checkpoint) throws VerificationException {
    VerificationException before = refused;
    if (before != null) {
      throw new VerificationException(before.rule(), before.expected(), before.found(), before);
    }
    requireSameRoot(checkpoint);
    Checkpoint known = greatest;
    if (known == null) {
      begin(checkpoint);
    } else if (checkpoint.size() > Math.max(known.size(), sizeOf(noted))) {
      noted = checkpoint;
    }
  }

  private void begin(Checkpoint first) {
    greatest = first;
    proved.put(first.size(), first.root());
  }

  private static long sizeOf(@Nullable Checkpoint checkpoint) {
    return checkpoint == null ? 0 : checkpoint.size();
  }

  private void requireSameRoot(Checkpoint checkpoint) throws VerificationException {
    Checkpoint known = greatest;
    if (known != null && known.size() == checkpoint.size()) {
      checkpoints.verifyExtends(known, checkpoint, List.of());
    }
    Hash root = heard.putIfAbsent(checkpoint.size(), checkpoint.root());
    if (root != null && !root.equals(checkpoint.root())) {
      throw new VerificationException(
          BrokenRule.NOT_CONSISTENT,
          "root " + root + " of size " + checkpoint.size() + ", as before",
          checkpoint.root());
    }
  }

  /** Takes a verified checkpoint if it, and the greatest noted, is proved to be of one history. */
  void require(Checkpoint checkpoint, Proofs proofs)
      throws UnreachableException, VerificationException {
    synchronized (this) {
      requireSameRoot(checkpoint);
      if (greatest == null) {
        begin(checkpoint);
      }
    }
    proveNoted(proofs);
    try {
      prove(checkpoint, proofs);
    } catch (VerificationException e) {
      // Nobody was handed it, so another of its size may be the true one.
      synchronized (this) {
        boolean unused = heard.remove(checkpoint.size(), checkpoint.root());
      }
      throw e;
    }
  }

  /**
   * Proves the greatest noted. If it is refused, so is everything from then on: receipts of another
   * history were handed out.
   */
  void proveNoted(Proofs proofs) throws UnreachableException, VerificationException {
    Checkpoint waiting;
    synchronized (this) {
      waiting = noted;
    }
    if (waiting == null) {
      return;
    }
    try {
      prove(waiting, proofs);
    } catch (VerificationException e) {
      synchronized (this) {
        refused = e;
      }
      throw e;
    }
    synchronized (this) {
      refused = null;
      if (waiting.equals(noted)) {
        noted = null;
      }
    }
  }

  synchronized boolean hasNoted() {
    return noted != null;
  }

  private void prove(Checkpoint checkpoint, Proofs proofs)
      throws UnreachableException, VerificationException {
    proving.lock();
    try {
      Checkpoint known = unlessProved(checkpoint);
      if (known == null) {
        return;
      }
      boolean grew = checkpoint.size() > known.size();
      Checkpoint older = grew ? known : checkpoint;
      Checkpoint newer = grew ? checkpoint : known;
      List<ByteString> path =
          older.size() == newer.size() ? List.of() : proofs.between(older.size(), newer.size());
      checkpoints.verifyExtends(older, newer, path);
      synchronized (this) {
        proved.put(checkpoint.size(), checkpoint.root());
        greatest = newer;
      }
    } finally {
      proving.unlock();
    }
  }

  /** What to prove it against; null if that was done. */
  private synchronized @Nullable Checkpoint unlessProved(Checkpoint checkpoint) {
    return Objects.equals(checkpoint.root(), proved.get(checkpoint.size())) ? null : greatest;
  }
}
