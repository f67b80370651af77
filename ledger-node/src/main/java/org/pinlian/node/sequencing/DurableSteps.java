// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.SortedMap;
import org.pinlian.merkle.Hash;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.node.storage.TruthBatch;
import org.pinlian.node.storage.TruthStore;

/**
 * The steps that make a batch durable, in the order in which the writer takes them. What a step
 * writes is on the disk when it returns. When it throws, all of it or nothing may be, and the
 * writer stops.
 *
 * <p>An interface so that tests can let each step fail, before and after the fact. For one thread.
 */
public interface DurableSteps {
  /** The seeds of the section keys, by entry index. */
  void syncSeeds(SortedMap<Long, byte[]> seeds);

  /** Entries, records, sections and submissions: the batch exists from here on. */
  void syncTruth(TruthBatch batch);

  /** The head that is about to be signed. */
  void noteSigned(long size, Hash root);

  /** As they are in a folder. */
  static DurableSteps of(KeyStore keys, TruthStore truth, LastSigned lastSigned) {
    return new DurableSteps() {
      @Override
      public void syncSeeds(SortedMap<Long, byte[]> seeds) {
        keys.putSynced(seeds);
      }

      @Override
      public void syncTruth(TruthBatch batch) {
        truth.writeSynced(batch);
      }

      @Override
      public void noteSigned(long size, Hash root) {
        lastSigned.note(size, root.bytes());
      }
    };
  }
}
