// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import org.pinlian.gateway.epcis.EpcisException.Reason;

/**
 * Measurement types and sensor alerts: terms of the GS1 web vocabulary, which grows, so that there
 * is no list to hold them against. Records hold {@code gs1:Temperature}, or a URI of others.
 */
final class Measurements {
  static final String PREFIX = "gs1:";
  static final String WEB = "https://gs1.org/voc/";
  private static final String OTHER_WEB = "https://ref.gs1.org/voc/";

  private Measurements() {}

  static String parse(String written, Prefixes prefixes) throws EpcisException {
    String text = prefixes.expand(written);
    String term = text;
    if (text.startsWith(WEB)) {
      term = text.substring(WEB.length());
    } else if (text.startsWith(OTHER_WEB)) {
      term = text.substring(OTHER_WEB.length());
    } else if (text.indexOf(':') >= 0) {
      return Uris.require(text);
    }
    boolean sound = !term.isEmpty() && term.charAt(0) >= 'A' && term.charAt(0) <= 'Z';
    for (int i = 0; sound && i < term.length(); i++) {
      char c = term.charAt(i);
      sound = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
    }
    if (!sound) {
      throw new EpcisException(
          Reason.BAD_VOCABULARY, "neither a term of the GS1 vocabulary nor a URI: " + written);
    }
    return PREFIX + term;
  }

  static String uri(String held) {
    return held.startsWith(PREFIX) ? WEB + held.substring(PREFIX.length()) : held;
  }

  /** {@code gs1:Temperature}, as XML has it. */
  static String compact(String uri) {
    return uri.startsWith(WEB) ? PREFIX + uri.substring(WEB.length()) : uri;
  }

  /** {@code Temperature}, as JSON-LD has it. */
  static String word(String uri) {
    return uri.startsWith(WEB) ? uri.substring(WEB.length()) : uri;
  }
}
