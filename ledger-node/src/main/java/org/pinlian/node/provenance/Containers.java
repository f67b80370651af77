// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.InvalidProtocolBufferException;
import org.pinlian.merkle.Hash;
import org.pinlian.node.sequencing.LoggedRecords.ReadRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.TraceEvent;

/** When goods leave a container (formats.md A.7). */
final class Containers {
  private Containers() {}

  /** Whether the record takes goods out of a container. */
  static boolean isRemoval(ReadRecord record) {
    if (record.stored().getKind() != Kind.KIND_TRACE_EVENT_VALUE) {
      return false;
    }
    try {
      TraceEvent event = PublicPart.parseFrom(record.stored().getPublicPart()).getTraceEvent();
      return event.getType() == EventType.EVENT_TYPE_AGGREGATION
          && event.getAction() == EventAction.EVENT_ACTION_DELETE;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a public part that was admitted", e);
    }
  }

  /**
   * Whether the record ends the child's stay in the container: a DELETE that names the child, or a
   * DELETE of the container that names no child, which empties it.
   */
  static boolean removes(ReadRecord record, Hash container, Hash child) {
    if (!isRemoval(record)) {
      return false;
    }
    boolean isParent = false;
    boolean namesChild = false;
    boolean namesAnyChild = false;
    for (ParsedLine line : record.lines()) {
      if (line.role() == LineRole.LINE_ROLE_PARENT_VALUE) {
        isParent |= line.subjectKey().equals(container);
      } else if (line.role() == LineRole.LINE_ROLE_CHILD_VALUE) {
        namesAnyChild = true;
        namesChild |= line.subjectKey().equals(child);
      }
    }
    return isParent && (namesChild || !namesAnyChild);
  }
}
