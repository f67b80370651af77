// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What other people put into an event, by where they put it. The ledger keeps it in the source
 * section alone. Immutable.
 */
final class Extensions {
  static final Extensions NONE = new Extensions(Map.of());

  private final Map<Spot, List<Node>> nodes;

  private Extensions(Map<Spot, List<Node>> nodes) {
    this.nodes = nodes;
  }

  /** The fields of EPCIS that may be extended. */
  enum Part {
    EVENT,
    ERROR_DECLARATION,
    READ_POINT,
    BUSINESS_LOCATION,
    MASTER_DATA,
    SENSOR_ELEMENT,
    SENSOR_METADATA,
    SENSOR_REPORT
  }

  /**
   * @param element of which sensor element, from 0; else 0
   * @param report of which sensor report in it, from 0; else 0
   */
  record Spot(Part part, int element, int report) {
    static Spot of(Part part) {
      return new Spot(part, 0, 0);
    }
  }

  static Extensions of(Map<Spot, List<Node>> nodes) {
    if (nodes.isEmpty()) {
      return NONE;
    }
    Map<Spot, List<Node>> copy = new HashMap<>();
    nodes.forEach((spot, list) -> copy.put(spot, List.copyOf(list)));
    return new Extensions(copy);
  }

  List<Node> at(Part part) {
    return nodes.isEmpty() ? List.of() : at(Spot.of(part));
  }

  List<Node> at(Spot spot) {
    return nodes.getOrDefault(spot, List.of());
  }

  boolean isEmpty() {
    return nodes.isEmpty();
  }

  /** Without the fields of these names, wherever they stand at the top of an extension. */
  Extensions without(Set<String> names) {
    if (names.isEmpty() || nodes.isEmpty()) {
      return this;
    }
    Map<Spot, List<Node>> left = new HashMap<>();
    nodes.forEach((spot, list) -> {
      List<Node> kept = list.stream().filter(node -> !names.contains(node.name())).toList();
      if (!kept.isEmpty()) {
        left.put(spot, kept);
      }
    });
    return of(left);
  }
}
