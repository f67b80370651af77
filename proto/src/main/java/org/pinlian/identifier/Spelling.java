// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException.Reason;
import org.pinlian.identifier.Subject.Kind;

/**
 * The other spellings of our subjects: Digital Links on any host, EPC URNs, element strings with
 * their brackets, 20 digits of a drug, and sloppy URNs of our own. It only rewrites; the result is
 * checked by the one parser in {@link Subject}. It is not on the path of accepted subjects, except
 * for foreign ones.
 */
final class Spelling {
  private static final Pattern BRACKETED_AI = Pattern.compile("\\((\\d{2,4})\\)");

  /** EPC schemes without a GS1 key (GS1 TDS section 6.3): the URN is their only spelling. */
  private static final Set<String> EPC_ONLY = Set.of("gid", "usdod", "adi", "bic", "imovn");

  private Spelling() {}

  /** The canonical spelling, or null if the text does not name anything of ours. */
  static @Nullable String canonical(String text) throws IdentifierException {
    if (text.startsWith("(")) {
      return elementString(text);
    }
    if (startsWith(text, "urn:epc:")) {
      return epc(text);
    }
    if (startsWith(text, Subject.URN)) {
      return urn(text);
    }
    if (startsWith(text, "https://") || startsWith(text, "http://")) {
      return digitalLink(text);
    }
    return isPrintedDrugCode(text) ? Subject.URN + "cn-drug:" + text : null;
  }

  /**
   * 药品追溯码 as a scanner reads it off the box. From 0 on, 20 digits could be an element string of
   * GS1; drugs are numbered from 8.
   */
  private static boolean isPrintedDrugCode(String text) {
    return text.length() == 20
        && text.charAt(0) != '0'
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean startsWith(String text, String prefix) {
    return text.regionMatches(true, 0, prefix, 0, prefix.length());
  }

  // Digital Links ------------------------------------------------------------------------------

  private static @Nullable String digitalLink(String text) throws IdentifierException {
    int host = text.indexOf("//") + 2;
    int end = end(text, host, "?#");
    int path = end(text, host, "/?#");
    // A host may put the key behind a path of its own (GS1 Digital Link: URI Syntax), so the first
    // key from which the rest reads as key and qualifiers is the one.
    List<String> segments = path < end ? segments(text.substring(path + 1, end)) : List.of();
    for (int i = 0; i + 1 < segments.size(); i++) {
      Gs1Key key = Gs1Key.ofAiOrName(segments.get(i));
      if (key != null && key.field().looksLike(segments.get(i + 1))) {
        Map<Gs1Field, String> qualifiers =
            qualifiers(key, segments.subList(i + 2, segments.size()));
        if (qualifiers != null) {
          return link(key, segments.get(i + 1), qualifiers);
        }
      }
    }
    return null;
  }

  /** On GS1's own host there is nothing but keys: what does not read as one is a mistake. */
  static boolean hasGs1Host(String text) {
    if (!startsWith(text, "https://") && !startsWith(text, "http://")) {
      return false;
    }
    int host = text.indexOf("//") + 2;
    return text.substring(host, end(text, host, "/?#:")).equalsIgnoreCase("id.gs1.org");
  }

  private static int end(String text, int from, String stops) {
    int end = from;
    while (end < text.length() && stops.indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", 0)) {
      try {
        segments.add(PercentEncoding.decode(segment));
      } catch (IdentifierException e) {
        return List.of();
      }
    }
    return segments;
  }

  private static @Nullable Map<Gs1Field, String> qualifiers(Gs1Key key, List<String> segments) {
    if (segments.size() % 2 != 0) {
      return null;
    }
    Map<Gs1Field, String> qualifiers = new EnumMap<>(Gs1Field.class);
    for (int i = 0; i < segments.size(); i += 2) {
      Gs1Key.Qualifier qualifier = key.qualifierOfAiOrName(segments.get(i));
      if (qualifier == null || qualifiers.put(qualifier.field(), segments.get(i + 1)) != null) {
        return null;
      }
    }
    return qualifiers;
  }

  /** Composes the link with the finest qualifier alone. */
  private static String link(Gs1Key key, String value, Map<Gs1Field, String> qualifiers)
      throws IdentifierException {
    String padded =
        key.field() == Gs1Field.GTIN && value.length() < 14 ? Gtin.parse(value).value() : value;
    StringBuilder link = new StringBuilder(Subject.GS1);
    link.append(key.field().ai()).append('/').append(PercentEncoding.encode(padded));
    Kind finest = key.kind();
    String tail = "";
    for (Gs1Key.Qualifier qualifier : key.qualifiers()) {
      String qualifying = qualifiers.get(qualifier.field());
      if (qualifying == null
          || (qualifier.field() == Gs1Field.GLN_EXTENSION && isZero(qualifying))) {
        continue;
      }
      String one = '/' + qualifier.field().ai() + '/' + PercentEncoding.encode(qualifying);
      // A serial and a TPX are two names of a unit, and nobody says which is meant: the parser
      // refuses the two together.
      tail = finest == Kind.UNIT ? tail + one : one;
      finest = qualifier.kind();
    }
    return link.append(tail).toString();
  }

  private static boolean isZero(String extension) {
    return extension.equals("0");
  }

  private static String link(Gs1Field key, String value) throws IdentifierException {
    return Subject.GS1 + key.ai() + '/' + PercentEncoding.encode(value);
  }

  private static String link(Gs1Field key, String value, Gs1Field qualifier, String qualifying)
      throws IdentifierException {
    return link(key, value) + '/' + qualifier.ai() + '/' + PercentEncoding.encode(qualifying);
  }

  // Element strings ----------------------------------------------------------------------------

  /**
   * {@code (01)09520000000011(17)260131(10)IF2601}, as printed under a bar code. What is not key or
   * qualifier, the expiry date here, is about the goods and not their name.
   */
  private static @Nullable String elementString(String text) throws IdentifierException {
    Gs1Key key = null;
    String value = "";
    List<String> elements = new ArrayList<>();
    Matcher ai = BRACKETED_AI.matcher(text);
    boolean more = ai.find() && ai.start() == 0;
    while (more) {
      String number = ai.group(1);
      int from = ai.end();
      more = ai.find();
      String data = text.substring(from, more ? ai.start() : text.length());
      Gs1Key found = Gs1Key.ofAi(number);
      if (key == null && found != null) {
        key = found;
        value = data;
      } else {
        elements.add(number);
        elements.add(data);
      }
    }
    if (key == null) {
      return null;
    }
    Map<Gs1Field, String> qualifiers = new EnumMap<>(Gs1Field.class);
    for (int i = 0; i < elements.size(); i += 2) {
      Gs1Key.Qualifier qualifier = key.qualifierOfAi(elements.get(i));
      if (qualifier != null && qualifiers.put(qualifier.field(), elements.get(i + 1)) != null) {
        throw IdentifierException.of(Reason.WRONG_QUALIFIER, "qualifier given twice", text);
      }
    }
    return link(key, value, qualifiers);
  }

  // EPC URNs -----------------------------------------------------------------------------------

  /**
   * EPC pure identity, its class and its patterns to the GS1 key (GS1 EPC Tag Data Standard, EPC
   * URI).
   */
  private static @Nullable String epc(String text) throws IdentifierException {
    String[] parts = text.split(":", 5);
    String form = parts[2].toLowerCase(Locale.ROOT);
    String scheme = parts.length == 5 ? parts[3].toLowerCase(Locale.ROOT) : "";
    boolean pattern = form.equals("idpat");
    if (!pattern && !form.equals("id") && !form.equals("class")) {
      throw unknownEpc(text);
    }
    if (EPC_ONLY.contains(scheme)) {
      return null;
    }
    if (form.equals("class") != scheme.equals("lgtin")) {
      throw unknownEpc(text);
    }
    int count =
        switch (scheme) {
          case "itip" -> 5;
          case "sgtin", "lgtin", "upui", "sgln", "grai", "gdti", "cpi", "sgcn" -> 3;
          case "sscc", "giai", "gsrn", "gsrnp", "ginc", "gsin", "pgln" -> 2;
          default -> throw unknownEpc(text);
        };
    // Serials may have full stops in them, so only as many are taken as separate the fields.
    String[] fields = parts[4].split("\\.", count);
    if (fields.length != count) {
      throw IdentifierException.of(Reason.WRONG_LENGTH, "EPC: wrong number of fields", text);
    }
    String prefix = fields[0];
    String reference = PercentEncoding.decode(fields[1]);
    String last = PercentEncoding.decode(fields[count - 1]);
    if (pattern) {
      return epcClass(text, scheme, fields, reference);
    }
    return switch (scheme) {
      case "sgtin" -> link(Gs1Field.GTIN, gtin(prefix, reference), Gs1Field.SERIAL, last);
      case "lgtin" -> link(Gs1Field.GTIN, gtin(prefix, reference), Gs1Field.LOT, last);
      case "upui" -> link(Gs1Field.GTIN, gtin(prefix, reference), Gs1Field.TPX, last);
      case "itip" ->
          link(
              Gs1Field.ITIP,
              gtin(prefix, reference) + fields[2] + fields[3],
              Gs1Field.SERIAL,
              last);
      case "sscc" -> link(Gs1Field.SSCC, moveFirst(prefix, reference, 17));
      case "sgln" ->
          isZero(last)
              ? link(Gs1Field.GLN, checked(prefix + reference, 12))
              : link(Gs1Field.GLN, checked(prefix + reference, 12), Gs1Field.GLN_EXTENSION, last);
      case "pgln" -> link(Gs1Field.PARTY, checked(prefix + reference, 12));
      case "grai" -> link(Gs1Field.GRAI, '0' + checked(prefix + reference, 12) + last);
      case "gdti" -> link(Gs1Field.GDTI, checked(prefix + reference, 12) + last);
      case "sgcn" -> link(Gs1Field.GCN, checked(prefix + reference, 12) + last);
      case "cpi" -> link(Gs1Field.CPID, prefix + reference, Gs1Field.CPID_SERIAL, last);
      case "giai" -> link(Gs1Field.GIAI, prefix + reference);
      case "ginc" -> link(Gs1Field.GINC, prefix + reference);
      case "gsin" -> link(Gs1Field.GSIN, checked(prefix + reference, 16));
      case "gsrn" -> link(Gs1Field.GSRN, checked(prefix + reference, 17));
      case "gsrnp" -> link(Gs1Field.GSRN_PROVIDER, checked(prefix + reference, 17));
      default -> throw unknownEpc(text);
    };
  }

  private static String epcClass(String text, String scheme, String[] fields, String reference)
      throws IdentifierException {
    String prefix = fields[0];
    // "*" in the last field alone is all of one class; anywhere else it is many classes.
    if (!fields[fields.length - 1].equals("*") || reference.equals("*")) {
      throw unknownEpc(text);
    }
    return switch (scheme) {
      case "sgtin", "upui" -> link(Gs1Field.GTIN, gtin(prefix, reference));
      case "itip" -> link(Gs1Field.ITIP, gtin(prefix, reference) + fields[2] + fields[3]);
      case "grai" -> link(Gs1Field.GRAI, '0' + checked(prefix + reference, 12));
      case "gdti" -> link(Gs1Field.GDTI, checked(prefix + reference, 12));
      case "sgcn" -> link(Gs1Field.GCN, checked(prefix + reference, 12));
      case "cpi" -> link(Gs1Field.CPID, prefix + reference);
      default -> throw unknownEpc(text);
    };
  }

  private static IdentifierException unknownEpc(String text) {
    return IdentifierException.of(
        Reason.NOT_CANONICAL, "EPC URN, and no GS1 key is known for it", text);
  }

  private static String gtin(String prefix, String reference) throws IdentifierException {
    return moveFirst(prefix, reference, 13);
  }

  /** An EPC has the indicator or extension digit behind the company prefix, a key before it. */
  private static String moveFirst(String prefix, String reference, int length)
      throws IdentifierException {
    if (reference.isEmpty()) {
      throw IdentifierException.of(Reason.EMPTY, "EPC: empty reference", reference);
    }
    return checked(reference.charAt(0) + prefix + reference.substring(1), length);
  }

  private static String checked(String body, int length) throws IdentifierException {
    CheckDigit.requireDigits("EPC without check digit", body, length);
    return body + CheckDigit.gs1(body);
  }

  // Our own ------------------------------------------------------------------------------------

  private static String urn(String text) throws IdentifierException {
    int typeStart = Subject.URN.length();
    int colon = text.indexOf(':', typeStart);
    if (colon < 0) {
      throw IdentifierException.of(Reason.UNKNOWN_KEY, "urn:pinlian without a value", text);
    }
    String type = text.substring(typeStart, colon).toLowerCase(Locale.ROOT);
    String rest = text.substring(colon + 1);
    String canonical =
        switch (type) {
          case "keys", "lookups" -> participant(rest);
          case "lot", "certificate", "order", "case" -> named(rest);
          case "record" -> rest.replaceAll("(?<![0-9])0+(?=[0-9])", "");
          default -> rest;
        };
    return Subject.URN + type + ':' + canonical;
  }

  private static String named(String rest) throws IdentifierException {
    int scheme = rest.indexOf(':');
    int name = scheme < 0 ? -1 : rest.indexOf(':', scheme + 1);
    if (name < 0) {
      return rest;
    }
    String decoded = PercentEncoding.decode(rest.substring(name + 1));
    return participant(rest.substring(0, name)) + ':' + PercentEncoding.encode(decoded);
  }

  private static String participant(String text) {
    try {
      return ParticipantId.parse(text).toString();
    } catch (IdentifierException e) {
      return e.canonical().orElse(text);
    }
  }
}
