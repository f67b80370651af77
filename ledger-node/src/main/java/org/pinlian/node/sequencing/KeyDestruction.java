// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import org.pinlian.node.storage.KeyStore;

/**
 * The two durable steps by which a key is destroyed. An interface so that tests can let each fail,
 * before and after the fact.
 */
public interface KeyDestruction {
  /** Puts what is left of an entry's keys in their place, synced. */
  void replace(long index, byte[] keys);

  /** Takes whatever was replaced out of the files. */
  void purge();

  /** As they are in a folder. */
  static KeyDestruction of(KeyStore keys) {
    return new KeyDestruction() {
      @Override
      public void replace(long index, byte[] left) {
        keys.replaceSynced(index, left);
      }

      @Override
      public void purge() {
        keys.purge();
      }
    };
  }
}
