// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.TemperatureVerdict;

/**
 * What the temperature logs of a subject say: the latest, and the first bad one since the subject
 * was last accepted. Both, because a clean log sent after a bad one must not hide it from the
 * receiver.
 */
record TemperatureRecord(Log latest, @Nullable Log bad) {

  /** One log, and what its readings say. */
  record Log(RecordPlace place, TemperatureVerdict verdict) {
    boolean isBad() {
      return verdict != TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN;
    }
  }

  static TemperatureRecord after(@Nullable TemperatureRecord before, Log log) {
    Log bad = before == null ? null : before.bad();
    return new TemperatureRecord(log, bad == null && log.isBad() ? log : bad);
  }

  /** The log that speaks against accepting; null if none does. */
  @Nullable Log against() {
    return bad != null ? bad : latest.isBad() ? latest : null;
  }

  TemperatureRecord accepted() {
    return new TemperatureRecord(latest, null);
  }

  static @Nullable TemperatureRecord read(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(value);
    Log latest = readLog(in);
    return new TemperatureRecord(latest, in.hasRemaining() ? readLog(in) : null);
  }

  private static Log readLog(ByteBuffer in) {
    RecordPlace place = RuleWrite.placeIn(in);
    TemperatureVerdict verdict = TemperatureVerdict.forNumber(in.get());
    if (verdict == null) {
      throw new IllegalArgumentException("damaged temperature state of " + place);
    }
    return new Log(place, verdict);
  }

  /** Place and verdict of the latest, then of the bad one if there is one: 13 bytes each. */
  byte[] bytes() {
    ByteBuffer out = ByteBuffer.allocate((bad == null ? 1 : 2) * (RuleWrite.PLACE_BYTES + 1));
    write(out, latest);
    if (bad != null) {
      write(out, bad);
    }
    return out.array();
  }

  private static void write(ByteBuffer out, Log log) {
    out.put(RuleWrite.place(log.place())).put((byte) log.verdict().getNumber());
  }
}
