// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import org.pinlian.record.Shape;
import org.pinlian.v1.Line;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Section;
import org.pinlian.v1.ShownGroup;
import org.pinlian.v1.ShownLine;
import org.pinlian.v1.ShownRecord;
import org.pinlian.v1.ShownSection;
import org.pinlian.v1.TraceReply;

/**
 * About what a message of a trace takes in memory once it is read: its bytes, and the objects that
 * its values become. Bytes alone tell little: two can be such an object.
 */
final class Weight {
  /** Of one string, byte string or message. */
  private static final long VALUE_BYTES = 64;

  private static final Shape PUBLIC_PARTS = Shape.of(PublicPart.getDescriptor());
  private static final Shape SECTIONS = Shape.of(Section.getDescriptor());
  private static final Shape LINES = Shape.of(Line.getDescriptor());

  private Weight() {}

  static long of(TraceReply reply) {
    return reply.getSerializedSize() + VALUE_BYTES * values(reply);
  }

  private static long values(TraceReply reply) {
    return switch (reply.getPartCase()) {
      case RECORD -> values(reply.getRecord());
      case ENTRY -> 1L + reply.getEntry().getPathCount();
      case CHAIN -> 2L * reply.getChain().getLinksCount();
      case FINDING ->
          1L + reply.getFinding().getRecordsCount() + 3L * reply.getFinding().getFactsCount();
      case START, REACHED, END, PART_NOT_SET -> 1;
    };
  }

  private static long values(ShownRecord record) {
    long values = 1L + record.getRecordsPathCount() + PUBLIC_PARTS.values(record.getPublicPart());
    for (ShownSection section : record.getSectionsList()) {
      values += 2 + values(SECTIONS, section.getSection());
    }
    for (ShownGroup group : record.getGroupsList()) {
      values++;
      for (ShownLine line : group.getLinesList()) {
        values += 2 + values(LINES, line.getLine());
      }
    }
    return values;
  }

  private static int values(Shape shape, ByteString bytes) {
    return bytes.isEmpty() ? 0 : shape.values(bytes);
  }
}
