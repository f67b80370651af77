// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.pinlian.node.sequencing.DurableSteps;
import org.pinlian.node.sequencing.KeyDestruction;
import org.pinlian.node.storage.DerivedBatch;

/**
 * What stands between a node and its stores when it writes: nothing, unless a test lets writes fail
 * or hang there, or the loading of the heads map.
 *
 * @param durable around the synced steps of the single writer
 * @param derived around the writing of a derived batch
 * @param published around the keeping of what is about to be shown
 * @param keys around the destruction of section keys
 * @param standing around the writing of what stands of findings
 * @param beforeMap before the heads map is loaded, on the thread that does
 */
public record Writes(
    UnaryOperator<DurableSteps> durable,
    UnaryOperator<Consumer<DerivedBatch>> derived,
    UnaryOperator<Consumer<String>> published,
    UnaryOperator<KeyDestruction> keys,
    UnaryOperator<Consumer<DerivedBatch>> standing,
    Runnable beforeMap) {

  /** Nothing in between. */
  public static final Writes DIRECT =
      new Writes(UnaryOperator.identity(), UnaryOperator.identity());

  /** Nothing in between where findings are kept. */
  public Writes(
      UnaryOperator<DurableSteps> durable,
      UnaryOperator<Consumer<DerivedBatch>> derived,
      UnaryOperator<Consumer<String>> published,
      UnaryOperator<KeyDestruction> keys,
      Runnable beforeMap) {
    this(durable, derived, published, keys, UnaryOperator.identity(), beforeMap);
  }

  /** Nothing in between where it publishes, where keys are destroyed, and where it loads. */
  public Writes(
      UnaryOperator<DurableSteps> durable, UnaryOperator<Consumer<DerivedBatch>> derived) {
    this(durable, derived, UnaryOperator.identity(), UnaryOperator.identity(), () -> {});
  }
}
