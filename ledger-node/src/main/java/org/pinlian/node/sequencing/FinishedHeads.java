// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;

/**
 * How far the heads map is done, which runs behind the log. Blocks name what is finished; nothing
 * waits for what is not. For many threads.
 */
public interface FinishedHeads {
  /**
   * A finished map.
   *
   * @param size all entries below it are in, and it is what some block covers
   */
  record At(long size, Hash root) {}

  /** The newest; null while there is none since the start. */
  @Nullable At newest();

  /**
   * Waits until a map of at least this size is finished.
   *
   * @return false if the time is over, or no more maps will come
   */
  boolean await(long size, long millis) throws InterruptedException;

  /** For those who close no blocks. */
  FinishedHeads NONE =
      new FinishedHeads() {
        @Override
        public @Nullable At newest() {
          return null;
        }

        @Override
        public boolean await(long size, long millis) {
          return false;
        }
      };
}
