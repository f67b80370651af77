// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.LineRole;

/**
 * What is in what, by aggregation events. A container can be emptied without its contents being
 * named, so a subject is inside only if it was put there after the container was last emptied.
 */
final class Containers {
  /**
   * A box in a carton on a pallet in a truck is four; the limit ends a circle of false statements.
   */
  private static final int DEPTH_MAX = 16;

  private Containers() {}

  static void apply(RuleView view, Statement statement, Consequences consequences) {
    if (statement.part().getTraceEvent().getType() != EventType.EVENT_TYPE_AGGREGATION) {
      return;
    }
    EventAction action = statement.part().getTraceEvent().getAction();
    int parentLine = statement.firstLine(LineRole.LINE_ROLE_PARENT);
    if (parentLine < 0 || action == EventAction.EVENT_ACTION_OBSERVE) {
      return;
    }
    StatementLine parent = statement.lines().get(parentLine);
    byte[] place = RuleWrite.place(statement.place());
    boolean named = false;
    for (StatementLine line : statement.lines()) {
      if (line.role() == LineRole.LINE_ROLE_CHILD) {
        named = true;
        RuleKey key = RuleKey.of(RuleTable.CONTAINERS, line.key());
        if (action == EventAction.EVENT_ACTION_ADD) {
          consequences.write(key, inside(parent.key(), place));
        } else {
          Hash container = containerIn(view.get(key));
          // Out of this one: what was meanwhile put into another stays there.
          if (container != null && container.equals(parent.key())) {
            consequences.write(key, place);
          }
        }
      }
    }
    if (!named && action == EventAction.EVENT_ACTION_DELETE) {
      consequences.write(RuleKey.of(RuleTable.EMPTIED, parent.key()), place);
    }
  }

  private static byte[] inside(Hash container, byte[] place) {
    return ByteBuffer.allocate(RuleWrite.PLACE_BYTES + Hash.SIZE)
        .put(place)
        .put(container.bytes())
        .array();
  }

  /** Null if nothing was stated, or that the subject was taken out. */
  private static @Nullable Hash containerIn(byte @Nullable [] value) {
    return value == null || value.length == RuleWrite.PLACE_BYTES
        ? null
        : Hash.read(value, RuleWrite.PLACE_BYTES);
  }

  /** Keys of what the subject is in, the innermost first. */
  static List<Hash> around(RuleView view, Hash subject) {
    List<Hash> containers = new ArrayList<>(0);
    Hash inner = subject;
    while (containers.size() < DEPTH_MAX) {
      byte[] value = view.get(RuleKey.of(RuleTable.CONTAINERS, inner));
      Hash container = containerIn(value);
      if (value == null || container == null) {
        return containers;
      }
      RecordPlace put = RuleWrite.placeOf(value);
      byte[] emptied = view.get(RuleKey.of(RuleTable.EMPTIED, container));
      if (emptied != null && RuleWrite.placeOf(emptied).compareTo(put) > 0) {
        return containers;
      }
      containers.add(container);
      inner = container;
    }
    return containers;
  }
}
