// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.RecordPlace;

/**
 * A change of state that comes with an accepted record.
 *
 * @param value not to be changed; null to remove
 */
@SuppressWarnings("ArrayRecordComponent") // As storage takes it. Nobody compares writes.
public record RuleWrite(RuleKey key, byte @Nullable [] value) {
  static final int PLACE_BYTES = 12;

  static byte[] place(RecordPlace place) {
    return ByteBuffer.allocate(PLACE_BYTES).putLong(place.index()).putInt(place.position()).array();
  }

  static RecordPlace placeIn(ByteBuffer value) {
    return new RecordPlace(value.getLong(), value.getInt());
  }
}
