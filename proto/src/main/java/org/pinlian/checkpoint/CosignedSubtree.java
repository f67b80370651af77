// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What an ML-DSA-44 cosigner signs of a checkpoint (B.4): the tree from its first entry, named by
 * origin, size and root, with the cosigner's own name.
 */
final class CosignedSubtree {
  private static final byte[] LABEL = "subtree/v1\n\0".getBytes(StandardCharsets.US_ASCII);
  private static final int NAME_MAX = 255;

  private CosignedSubtree() {}

  /**
   * @return empty if it cannot be said so: the text is not exactly a checkpoint, the time is 0, or
   *     a name is too long
   */
  static Optional<byte[]> bytes(String cosigner, String text, long timestamp) {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(text);
    } catch (NoteException notOne) {
      return Optional.empty();
    }
    byte[] name = cosigner.getBytes(StandardCharsets.UTF_8);
    byte[] origin = checkpoint.origin().getBytes(StandardCharsets.UTF_8);
    if (timestamp == 0 || name.length > NAME_MAX || origin.length > NAME_MAX) {
      return Optional.empty();
    }
    byte[] root = checkpoint.root().bytes();
    return Optional.of(
        ByteBuffer.allocate(
                LABEL.length + 2 + name.length + origin.length + 3 * Long.BYTES + root.length)
            .put(LABEL)
            .put((byte) name.length)
            .put(name)
            .putLong(timestamp)
            .put((byte) origin.length)
            .put(origin)
            .putLong(0)
            .putLong(checkpoint.size())
            .put(root)
            .array());
  }
}
