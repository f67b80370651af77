// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import org.pinlian.gateway.epcis.EpcisException.Reason;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;

/** URIs in documents: what names a GS1 key becomes canonical, whatever its host or spelling. */
final class Uris {
  private Uris() {}

  /** An identifier in the ledger's one spelling. */
  static Subject identifier(String text) throws EpcisException {
    try {
      return Subject.convert(text);
    } catch (IdentifierException e) {
      throw refused(e);
    }
  }

  /** Any URI; canonical if it names a GS1 key. */
  static String uri(String text) throws EpcisException {
    return identifier(text).uri();
  }

  /** Who owns or has goods: besides what EPCIS has for that, a participant of the ledger. */
  static String party(String text) throws EpcisException {
    if (!text.startsWith("uscc:") && !text.startsWith("farmer:") && !text.startsWith("gln:")) {
      return uri(text);
    }
    try {
      return ParticipantId.parse(text).toString();
    } catch (IdentifierException e) {
      throw refused(e);
    }
  }

  private static EpcisException refused(IdentifierException e) {
    Reason reason =
        switch (e.reason()) {
          case WRONG_CHECK_DIGIT -> Reason.WRONG_CHECK_DIGIT;
          case EMPTY, NOT_ABSOLUTE -> Reason.BAD_URI;
          case WRONG_LENGTH,
              TOO_LONG,
              BAD_CHARACTER,
              BAD_VALUE,
              NOT_CANONICAL,
              UNKNOWN_KEY,
              WRONG_QUALIFIER,
              NOT_A_SUBJECT ->
              Reason.BAD_IDENTIFIER;
        };
    return new EpcisException(reason, "", String.valueOf(e.getMessage()), e);
  }

  /** Within an extension nobody knows what is a URI: what does not convert stays as it is. */
  static String lenient(String text) {
    if (text.startsWith("urn:epc:") || text.startsWith("https://") || text.startsWith("http://")) {
      try {
        return Subject.convert(text).uri();
      } catch (IdentifierException e) {
        return text;
      }
    }
    return text;
  }

  /**
   * A canonical GS1 URI as CBV hashes it. The ledger's spelling escapes all but the unreserved
   * characters of RFC 3986; GS1 Digital Link asks for fewer, and the vectors for no more than that.
   */
  static String asHashed(String uri) {
    if (uri.indexOf('%') < 0 || !uri.startsWith("https://id.gs1.org/")) {
      return uri;
    }
    return uri.replace("%27", "'").replace("%3B", ";").replace("%3D", "=");
  }

  /** An absolute URI (RFC 3986 section 4.3) by its characters, taken as it is. */
  static String require(String text) throws EpcisException {
    if (!isAbsolute(text)) {
      throw new EpcisException(Reason.BAD_URI, "not an absolute URI: " + text);
    }
    return text;
  }

  static boolean isAbsolute(String text) {
    int colon = text.indexOf(':');
    boolean sound = colon > 0 && colon < text.length() - 1;
    for (int i = 0; sound && i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (i < colon) {
        sound = letter || (i > 0 && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'));
      } else {
        sound = c > ' ' && c < 0x7f && "\"<>\\^`{|}".indexOf(c) < 0;
      }
    }
    return sound;
  }
}
