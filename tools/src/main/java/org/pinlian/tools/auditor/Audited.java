// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.Hash;
import org.pinlian.tools.witness.Witness;
import org.pinlian.tools.witness.Witness.Reply;

/**
 * How far the ledger was audited, and so which checkpoints may be cosigned: those of trees that end
 * with a block, with the root that was recomputed; none at all once something was wrong. Safe for
 * many threads.
 */
public final class Audited implements Witness.Condition {
  /** Trees that may still be asked about: with a block a second, half a day of them. */
  private static final int ROOTS_MAX = 1 << 16;

  /** A block that was just closed is audited in less; whoever asked then gets it at once. */
  private static final long WAIT_MILLIS = 750;

  private final TreeMap<Long, Hash> roots = new TreeMap<>();
  private long size;
  private @Nullable AlarmException alarm;
  private Runnable onAlarm = () -> {};

  /**
   * Everything below that size was audited.
   *
   * @param root of the tree that ends there with a block; null if no block is there
   */
  synchronized void reached(long newSize, @Nullable Hash root) {
    size = newSize;
    if (root != null) {
      roots.put(newSize, root);
      if (roots.size() > ROOTS_MAX) {
        roots.pollFirstEntry();
      }
      notifyAll();
    }
  }

  /** To be called when an alarm is raised, on whatever thread raises it. */
  synchronized void onAlarm(Runnable action) {
    onAlarm = action;
  }

  /** The first alarm stays. */
  synchronized void raise(AlarmException raised) {
    if (alarm == null) {
      alarm = raised;
      onAlarm.run();
    }
    notifyAll();
  }

  /** What was wrong; null if nothing was. */
  public synchronized @Nullable AlarmException alarm() {
    return alarm;
  }

  /** Entries audited. */
  public synchronized long size() {
    return size;
  }

  @Override
  public synchronized @Nullable Reply objection(Checkpoint head, SignedNote note) {
    await(head.size());
    if (alarm != null) {
      return Reply.text(403, "nothing is cosigned: " + alarm.rule() + " at entry " + alarm.index());
    }
    if (head.size() > size) {
      return Reply.text(503, "audited up to " + size + "; come back");
    }
    Hash root = roots.get(head.size());
    if (root == null) {
      return Reply.text(
          422, "the tree of size " + head.size() + " does not end with a block, or is long past");
    }
    if (!root.equals(head.root())) {
      raise(
          new AlarmException(
              Rule.CHECKPOINT_ROOT,
              head.size() - 1,
              "root " + root.hex(),
              head.root().hex(),
              note.toString()));
      return Reply.text(422, "not the root of the entries of that size");
    }
    return null;
  }

  private void await(long wanted) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
    try {
      for (long left = 1; size < wanted && alarm == null && left > 0; ) {
        left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left > 0) {
          wait(left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
