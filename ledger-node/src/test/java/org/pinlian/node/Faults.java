// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.sequencing.DurableSteps;
import org.pinlian.node.sequencing.KeyDestruction;
import org.pinlian.node.storage.TruthBatch;

/**
 * Stands between a node and its stores and holds one write there, as long as the test wants: then
 * it fails or goes on. Counts what is asked of the stores. Holding ignores interrupts, as a disk
 * does.
 */
final class Faults {
  /** No test needs longer; so a test that goes wrong ends. */
  private static final long HELD_SECONDS_MAX = 20;

  /** The writes, in the order of a batch; then the destruction of keys that may follow it. */
  enum Step {
    SEEDS,
    TRUTH,
    SIGNED,
    DERIVED,
    KEYS_REPLACED,
    KEYS_PURGED
  }

  /** Whether the store has written when the write is held. */
  enum When {
    BEFORE,
    AFTER
  }

  /** What a write that fails here throws. */
  static final class InjectedFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InjectedFault(Step step, When when) {
      super(step + " fails " + when + " it is written");
    }
  }

  private record Plan(Step step, When when, @Nullable InjectedFault fault) {}

  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  // All below is guarded by this.
  private final Map<Step, Integer> calls = new EnumMap<>(Step.class);
  private final Map<Step, Integer> callsSinceFault = new EnumMap<>(Step.class);
  private @Nullable Plan plan;
  private boolean failed;

  Writes writes() {
    return new Writes(
        steps -> new Held(steps),
        down -> batch -> pass(Step.DERIVED, () -> down.accept(batch)),
        UnaryOperator.identity(),
        HeldDestruction::new,
        () -> {});
  }

  /** The next write of this step is held, and fails once it is let go. */
  synchronized InjectedFault fail(Step step, When when) {
    InjectedFault fault = new InjectedFault(step, when);
    plan = new Plan(step, when, fault);
    return fault;
  }

  /** The next write of this step is held, and goes on once it is let go. */
  synchronized void hold(Step step) {
    plan = new Plan(step, When.BEFORE, null);
  }

  void awaitHeld() {
    awaitUninterrupted(held);
  }

  void letGo() {
    go.countDown();
  }

  synchronized int calls(Step step) {
    return calls.getOrDefault(step, 0);
  }

  /** How often the store was asked for this after a write had failed. */
  synchronized int callsSinceFault(Step step) {
    return callsSinceFault.getOrDefault(step, 0);
  }

  private void pass(Step step, Runnable write) {
    Plan mine = null;
    synchronized (this) {
      calls.merge(step, 1, Integer::sum);
      if (failed) {
        callsSinceFault.merge(step, 1, Integer::sum);
      }
      if (plan != null && plan.step() == step) {
        mine = plan;
        plan = null;
      }
    }
    if (mine == null) {
      write.run();
      return;
    }
    if (mine.when() == When.AFTER) {
      write.run();
    }
    held.countDown();
    awaitUninterrupted(go);
    if (mine.fault() != null) {
      synchronized (this) {
        failed = true;
      }
      throw mine.fault();
    }
    write.run();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    long deadline = System.nanoTime() + SECONDS.toNanos(HELD_SECONDS_MAX);
    boolean interrupted = false;
    while (true) {
      try {
        if (!latch.await(deadline - System.nanoTime(), NANOSECONDS)) {
          throw new AssertionError("waited too long for a write to be held, or let go");
        }
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Held implements DurableSteps {
    private final DurableSteps steps;

    Held(DurableSteps steps) {
      this.steps = steps;
    }

    @Override
    public void syncSeeds(SortedMap<Long, byte[]> seeds) {
      pass(Step.SEEDS, () -> steps.syncSeeds(seeds));
    }

    @Override
    public void syncTruth(TruthBatch batch) {
      pass(Step.TRUTH, () -> steps.syncTruth(batch));
    }

    @Override
    public void noteSigned(long size, Hash root) {
      pass(Step.SIGNED, () -> steps.noteSigned(size, root));
    }
  }

  private final class HeldDestruction implements KeyDestruction {
    private final KeyDestruction steps;

    HeldDestruction(KeyDestruction steps) {
      this.steps = steps;
    }

    @Override
    public void replace(long index, byte[] keys) {
      pass(Step.KEYS_REPLACED, () -> steps.replace(index, keys));
    }

    @Override
    public void purge() {
      pass(Step.KEYS_PURGED, steps::purge);
    }
  }
}
