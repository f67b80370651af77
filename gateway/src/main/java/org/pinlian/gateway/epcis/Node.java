// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field of an event, whatever the syntax it came in. The shape is that of JSON-LD: a list is its
 * field repeated, so that {@code epcList} of two EPCs is two nodes of that name.
 *
 * @param name plain for a field of EPCIS, {@code {namespace}local} for anybody else's
 * @param text without white space at its ends; empty if there is none
 */
record Node(String name, String text, List<Node> children) {
  static Node leaf(String name, String text) {
    return new Node(name, text, List.of());
  }

  static Node of(String name, List<Node> children) {
    return new Node(name, "", children);
  }

  /** Whether the name is of a namespace other than EPCIS's own. */
  boolean isForeign() {
    return name.startsWith("{");
  }

  boolean isEmpty() {
    return text.isEmpty() && children.isEmpty();
  }

  @Nullable Node first(String child) {
    for (Node node : children) {
      if (node.name.equals(child)) {
        return node;
      }
    }
    return null;
  }
}
