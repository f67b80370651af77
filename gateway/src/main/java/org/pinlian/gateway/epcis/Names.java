// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import org.pinlian.gateway.epcis.EpcisException.Reason;

/** Names and texts that both syntaxes can write. */
final class Names {
  /** CBV master data. JSON-LD contexts write it with a colon at its end, XML without. */
  static final String MASTER_DATA = "urn:epcglobal:cbv:mda";

  static final String MASTER_DATA_IN_BRACES = "{" + MASTER_DATA + "}";

  /** A remark in a document, which is no part of the event (CBV 2.0, event hash). */
  static final String COMMENT = "{http://www.w3.org/2000/01/rdf-schema#}comment";

  private Names() {}

  static String qualified(String namespace, String local) {
    return '{' + (namespace.equals(MASTER_DATA + ":") ? MASTER_DATA : namespace) + '}' + local;
  }

  static String namespace(String qualified) {
    return qualified.substring(1, qualified.lastIndexOf('}'));
  }

  static String local(String qualified) {
    return qualified.substring(qualified.lastIndexOf('}') + 1);
  }

  /** Namespaces in XML 1.0: what an element can be called. */
  static void requireLocal(String name) throws EpcisException {
    boolean sound = !name.isEmpty() && name.length() <= EpcisLimits.NAME_CHARACTERS_MAX;
    for (int i = 0; sound && i < name.length(); i++) {
      char c = name.charAt(i);
      sound =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || c == '_'
              || (c >= 0xc0 && Character.isLetter(c))
              || (i > 0 && (c == '-' || c == '.' || (c >= '0' && c <= '9')));
    }
    if (!sound) {
      throw new EpcisException(Reason.BAD_FIELD, "not a name of a field: " + name);
    }
  }

  /** A namespace is written into contexts and declarations; white space or braces would end it. */
  static void requireNamespace(String namespace) throws EpcisException {
    for (int i = 0; i < namespace.length(); i++) {
      char c = namespace.charAt(i);
      if (c <= ' ' || c == '{' || c == '}' || c == '"' || c == '<' || c == '>' || c >= 0x7f) {
        throw new EpcisException(Reason.BAD_URI, "not a namespace: " + namespace);
      }
    }
  }

  /** XML 1.0 has no control characters, and neither syntax has half of a surrogate pair. */
  static void requireText(String text) throws EpcisException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean sound =
          c >= 0x20 ? !Character.isSurrogate(c) && c < 0xfffe : c == '\t' || c == '\n' || c == '\r';
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        sound = true;
        i++;
      }
      if (!sound) {
        throw new EpcisException(
            Reason.NOT_WELL_FORMED, "a character that XML cannot write, at " + i);
      }
    }
  }
}
