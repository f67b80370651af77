// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import org.pinlian.record.RecordPlace;

/** Where a state machine keeps a value. Equal by content. */
public record RuleKey(RuleTable table, ByteString key) {

  /**
   * Of a record in a table that is read from the newest record on: the place with all its bits
   * turned over.
   */
  public static RuleKey newestFirst(RuleTable table, RecordPlace place) {
    return new RuleKey(
        table,
        ByteString.copyFrom(
            ByteBuffer.allocate(RuleWrite.PLACE_BYTES)
                .putLong(~place.index())
                .putInt(~place.position())
                .flip()));
  }

  /**
   * Of a row of the table.
   *
   * @param stored as {@link #bytes} made it
   */
  public static RuleKey ofStored(RuleTable table, byte[] stored) {
    return new RuleKey(table, ByteString.copyFrom(stored, 1, stored.length - 1));
  }

  /** As stored: {@code u8 table || key}. */
  public byte[] bytes() {
    byte[] bytes = new byte[1 + key.size()];
    bytes[0] = (byte) table.id();
    key.copyTo(bytes, 1);
    return bytes;
  }
}
