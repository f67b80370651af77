// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.List;
import java.util.Optional;
import org.pinlian.merkle.Hash;

/**
 * Where the map finds what it does not keep itself: whole keys, and values. It may be ahead of the
 * map by the changes that were announced to it, and never behind it. For many threads.
 */
public interface HeadSource {
  /** All keys whose first 8 bytes, as an unsigned number, are these. */
  List<Hash> keysWithPrefix(long prefix);

  /**
   * A key and the 48 bytes that it has there.
   *
   * @param value not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // just read, handed on and forgotten
  record Found(Hash key, byte[] value) {}

  /** The same keys with their values, but for those that have none meanwhile. */
  default List<Found> withPrefix(long prefix) {
    return keysWithPrefix(prefix).stream()
        .flatMap(key -> value(key).map(value -> new Found(key, value)).stream())
        .toList();
  }

  /** The 48 bytes of formats.md A.5 that a key has there; empty if it is not there. */
  Optional<byte[]> value(Hash key);
}
