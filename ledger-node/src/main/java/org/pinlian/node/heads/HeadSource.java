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

  /** The 48 bytes of formats.md A.5 that a key has there; empty if it is not there. */
  Optional<byte[]> value(Hash key);
}
