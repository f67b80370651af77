// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Short names for the namespaces in some events, for a document that is written. */
final class NamespacePrefixes {
  private final Map<String, String> prefixes = new LinkedHashMap<>();

  NamespacePrefixes(List<Node> events) {
    events.forEach(this::collect);
  }

  private void collect(Node node) {
    if (node.isForeign()) {
      String namespace = Names.namespace(node.name());
      if (!prefixes.containsKey(namespace)) {
        prefixes.put(
            namespace,
            namespace.equals(Names.MASTER_DATA) ? "cbvmda" : "ext" + (prefixes.size() + 1));
      }
    }
    node.children().forEach(this::collect);
  }

  /** Namespace to prefix, in the order in which they were met. */
  Map<String, String> all() {
    return prefixes;
  }

  String prefix(String namespace) {
    String prefix = prefixes.get(namespace);
    if (prefix == null) {
      throw new IllegalArgumentException("not a namespace of these events: " + namespace);
    }
    return prefix;
  }

  /** A field's name as it is written. */
  String written(Node node) {
    return node.isForeign()
        ? prefix(Names.namespace(node.name())) + ':' + Names.local(node.name())
        : node.name();
  }
}
