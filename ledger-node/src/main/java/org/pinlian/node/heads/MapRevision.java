// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.Arrays;
import java.util.Optional;
import org.pinlian.merkle.Hash;

/**
 * The heads map over the entries below one size. It stays readable until it is closed, whatever is
 * built meanwhile; whoever holds it holds memory, so it is to be closed soon. For many threads, but
 * nothing may be asked of it after it was closed.
 */
public interface MapRevision extends AutoCloseable {
  /** {@code heads_size}: the map covers all entries below this. */
  long size();

  /** {@code heads_root}. */
  Hash root();

  /** The 48 bytes that this revision has for a key (formats.md A.5). */
  Optional<byte[]> value(Hash key);

  /**
   * Proves that the key has its value, for {@code MapProof.verifyPresence}.
   *
   * @throws IllegalArgumentException if this revision has no such key
   */
  byte[] presence(Hash key);

  /**
   * Proves that the key is not there, for {@code MapProof.verifyAbsence}.
   *
   * @throws IllegalArgumentException if this revision has the key
   */
  byte[] absence(Hash key);

  /**
   * Whether the key may be there. False is certain, and told from what is in memory: no look-up
   * need be spent on what hangs from the key.
   */
  default boolean mayHave(Hash key) {
    return true;
  }

  /** Proves that the key has this value, which was found otherwise; empty if it has another. */
  default Optional<byte[]> presence(Hash key, byte[] value) {
    return value(key).filter(there -> Arrays.equals(there, value)).map(_ -> presence(key));
  }

  /** Proves that the key is not there; empty if it is. */
  default Optional<byte[]> absenceIfSo(Hash key) {
    return value(key).isPresent() ? Optional.empty() : Optional.of(absence(key));
  }

  @Override
  void close();
}
