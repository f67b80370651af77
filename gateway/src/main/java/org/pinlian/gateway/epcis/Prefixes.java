// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.epcis.EpcisException.Reason;

/**
 * The short names that a document has for namespaces. Those of the standard itself need no
 * declaration, and a declaration of another meaning is ignored: the EPCIS context is protected.
 * Immutable.
 */
final class Prefixes {
  private static final Map<String, String> STANDARD =
      Map.of(
          "gs1", "https://gs1.org/voc/",
          "cbv", "https://ref.gs1.org/cbv/",
          "epcis", "https://ref.gs1.org/epcis/");

  static final Prefixes NONE = new Prefixes(Map.of("cbvmda", Names.MASTER_DATA));

  private final Map<String, String> namespaces;

  private Prefixes(Map<String, String> namespaces) {
    this.namespaces = namespaces;
  }

  Prefixes with(Map<String, String> more) throws EpcisException {
    if (more.isEmpty()) {
      return this;
    }
    Map<String, String> all = new HashMap<>(namespaces);
    all.putAll(more);
    if (all.size() > EpcisLimits.PREFIXES_MAX) {
      throw new EpcisException(
          Reason.LIMIT_EXCEEDED, all.size() + " prefixes, at most " + EpcisLimits.PREFIXES_MAX);
    }
    return new Prefixes(all);
  }

  private @Nullable String namespace(String prefix) {
    String standard = STANDARD.get(prefix);
    return standard == null ? namespaces.get(prefix) : standard;
  }

  /** {@code ext1:field} to {@code {namespace}field}; a name without a prefix stays as it is. */
  String name(String written) throws EpcisException {
    int colon = written.indexOf(':');
    if (colon < 0) {
      Names.requireLocal(written);
      return written;
    }
    String namespace = namespace(written.substring(0, colon));
    if (namespace == null) {
      throw new EpcisException(
          Reason.UNKNOWN_FIELD, "the prefix of " + written + " is not declared");
    }
    String local = written.substring(colon + 1);
    Names.requireLocal(local);
    Names.requireNamespace(namespace);
    return Names.qualified(namespace, local);
  }

  /** A compact URI written out; anything else stays as it is. */
  String expand(String text) {
    return expand(text, true);
  }

  /** Only compact URIs of the standard's own vocabularies, as within extensions. */
  static String expandStandard(String text) {
    return NONE.expand(text, false);
  }

  private String expand(String text, boolean declared) {
    int colon = text.indexOf(':');
    if (colon <= 0 || text.startsWith("//", colon + 1)) {
      return text;
    }
    String prefix = text.substring(0, colon);
    String namespace = declared ? namespace(prefix) : STANDARD.get(prefix);
    return namespace == null ? text : namespace + text.substring(colon + 1);
  }
}
