// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.nio.ByteBuffer;
import org.pinlian.merkle.Hash;

/** Values of the heads map (formats.md A.5); its keys are in {@link Chains}. */
public final class Heads {
  /** How long a value is, in bytes. */
  public static final int VALUE_SIZE = 48;

  private Heads() {}

  /**
   * What the map says of one chain.
   *
   * @param count of its links, at least 1
   * @param link the last of them
   * @param lastIndex of the entry that it is about
   */
  public static byte[] value(long count, Hash link, long lastIndex) {
    return ByteBuffer.allocate(VALUE_SIZE)
        .putLong(count)
        .put(link.bytes())
        .putLong(lastIndex)
        .array();
  }
}
