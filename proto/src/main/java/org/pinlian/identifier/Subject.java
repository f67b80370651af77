// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException.Reason;

/**
 * What has a chain: goods, a place, a certificate, an order, a participant's keys. Always exactly
 * one URI, in one spelling, all of it ASCII; the bytes of that URI are what is hashed.
 *
 * <p>{@link #parse} takes that spelling and no other, and names it when it is given another. {@link
 * #convert} is for the edges, where labels and other systems' documents come in. Immutable.
 */
public final class Subject {
  /** Longest URI, in bytes. */
  public static final int BYTES_MAX = 512;

  /** A Digital Link may carry a long query that does not name anything. */
  private static final int CONVERT_MAX = 4096;

  static final String GS1 = "https://id.gs1.org/";
  static final String URN = "urn:pinlian:";

  private static final String DRUG = URN + "cn-drug:";
  private static final String LOT = URN + "lot:";
  private static final String CERTIFICATE = URN + "certificate:";
  private static final String ORDER = URN + "order:";
  private static final String CASE = URN + "case:";
  private static final String RECORD = URN + "record:";
  private static final String KEYS = URN + "keys:";
  private static final String LOOK_UPS = URN + "lookups:";

  /** What kind of thing a subject is. */
  public enum Kind {
    CLASS,
    LOT,
    UNIT,
    LOGISTIC_UNIT,
    LOCATION,
    DRUG_CODE,
    CERTIFICATE,
    ORDER,
    CASE,
    RECORD,
    KEYS,
    LOOK_UPS,
    /** Other GS1 keys, and the URIs of others. */
    OTHER
  }

  private final Kind kind;
  private final String uri;

  private Subject(Kind kind, String uri) {
    this.kind = kind;
    this.uri = uri;
  }

  // Made from parts ----------------------------------------------------------------------------

  public static Subject ofClass(Gtin gtin) {
    return new Subject(Kind.CLASS, gs1(Gs1Field.GTIN, gtin.value()));
  }

  /** A lot by GTIN and batch number (AI 10): at most 20 characters of GS1's set 82. */
  public static Subject lot(Gtin gtin, String lot) throws IdentifierException {
    return new Subject(Kind.LOT, gs1(Gs1Field.GTIN, gtin.value(), Gs1Field.LOT, lot));
  }

  /** A unit by GTIN and serial (AI 21): at most 20 characters of GS1's set 82. */
  public static Subject unit(Gtin gtin, String serial) throws IdentifierException {
    return new Subject(Kind.UNIT, gs1(Gs1Field.GTIN, gtin.value(), Gs1Field.SERIAL, serial));
  }

  public static Subject sscc(Sscc sscc) {
    return new Subject(Kind.LOGISTIC_UNIT, gs1(Gs1Field.SSCC, sscc.value()));
  }

  public static Subject location(Gln gln) {
    return new Subject(Kind.LOCATION, gs1(Gs1Field.GLN, gln.value()));
  }

  /** A place within a place: AI 254, at most 20 characters of GS1's set 82, and not "0". */
  public static Subject location(Gln gln, String extension) throws IdentifierException {
    return new Subject(
        Kind.LOCATION, gs1(Gs1Field.GLN, gln.value(), Gs1Field.GLN_EXTENSION, extension));
  }

  public static Subject drugCode(DrugTraceCode code) {
    return new Subject(Kind.DRUG_CODE, DRUG + code.value());
  }

  /** A lot without a GS1 key, numbered by who made it, in any script. */
  public static Subject participantLot(ParticipantId participant, String lot)
      throws IdentifierException {
    return named(Kind.LOT, LOT, participant, lot);
  }

  public static Subject certificate(ParticipantId participant, String number)
      throws IdentifierException {
    return named(Kind.CERTIFICATE, CERTIFICATE, participant, number);
  }

  public static Subject order(ParticipantId authority, String number) throws IdentifierException {
    return named(Kind.ORDER, ORDER, authority, number);
  }

  public static Subject caseOf(ParticipantId authority, String number) throws IdentifierException {
    return named(Kind.CASE, CASE, authority, number);
  }

  /** A record by the index of its entry and its position in the submission. */
  public static Subject record(long index, int position) {
    if (index < 0 || position < 0) {
      throw new IllegalArgumentException("negative: " + index + ", " + position);
    }
    return new Subject(Kind.RECORD, RECORD + index + '.' + position);
  }

  public static Subject keys(ParticipantId participant) {
    return new Subject(Kind.KEYS, KEYS + participant);
  }

  public static Subject lookUps(ParticipantId authority) {
    return new Subject(Kind.LOOK_UPS, LOOK_UPS + authority);
  }

  private static String gs1(Gs1Field key, String value) {
    return GS1 + key.ai() + '/' + value;
  }

  private static String gs1(Gs1Field key, String value, Gs1Field qualifier, String qualifying)
      throws IdentifierException {
    qualifier.check(qualifying);
    return gs1(key, value) + '/' + qualifier.ai() + '/' + PercentEncoding.encode(qualifying);
  }

  private static Subject named(Kind kind, String prefix, ParticipantId participant, String name)
      throws IdentifierException {
    checkName(name);
    String uri = prefix + participant + ':' + PercentEncoding.encode(name);
    checkLength(uri, BYTES_MAX);
    return new Subject(kind, uri);
  }

  // Made from text -----------------------------------------------------------------------------

  /** Accepts the canonical spelling alone. */
  public static Subject parse(String canonical) throws IdentifierException {
    checkLength(canonical, BYTES_MAX);
    String respelled;
    if (isOurs(canonical)) {
      try {
        return ours(canonical);
      } catch (IdentifierException e) {
        respelled = Spelling.canonical(canonical);
        if (respelled == null || respelled.equals(canonical)) {
          throw e;
        }
      }
    } else {
      respelled = Spelling.canonical(canonical);
      if (respelled == null) {
        return foreign(canonical);
      }
    }
    // A key with a wrong check digit is refused for that: there is no way to spell it right.
    ours(respelled);
    throw IdentifierException.notCanonical(canonical, respelled);
  }

  /**
   * Also takes Digital Links of any host and form, EPC URNs, element strings with brackets, the 20
   * digits of a 药品追溯码 and sloppy URNs of ours. For the edges; what is signed or hashed goes through
   * {@link #parse}.
   */
  public static Subject convert(String spelling) throws IdentifierException {
    checkLength(spelling, CONVERT_MAX);
    String canonical = Spelling.canonical(spelling);
    return parse(canonical == null ? spelling : canonical);
  }

  private static boolean isOurs(String text) {
    return text.startsWith(GS1) || text.startsWith(URN);
  }

  private static Subject ours(String uri) throws IdentifierException {
    checkLength(uri, BYTES_MAX);
    return new Subject(uri.startsWith(GS1) ? gs1Kind(uri) : urnKind(uri), uri);
  }

  private static Kind gs1Kind(String uri) throws IdentifierException {
    int aiEnd = uri.indexOf('/', GS1.length());
    Gs1Key key = aiEnd < 0 ? null : Gs1Key.ofAi(uri.substring(GS1.length(), aiEnd));
    if (key == null) {
      throw IdentifierException.of(Reason.UNKNOWN_KEY, "no GS1 key and value", uri);
    }
    int valueEnd = uri.indexOf('/', aiEnd + 1);
    if (valueEnd < 0) {
      key.field().check(PercentEncoding.decodeCanonical(uri.substring(aiEnd + 1)));
      return key.kind();
    }
    key.field().check(PercentEncoding.decodeCanonical(uri.substring(aiEnd + 1, valueEnd)));
    int qualifierEnd = uri.indexOf('/', valueEnd + 1);
    Gs1Key.Qualifier qualifier =
        qualifierEnd < 0 ? null : key.qualifierOfAi(uri.substring(valueEnd + 1, qualifierEnd));
    if (qualifier == null) {
      throw IdentifierException.of(Reason.WRONG_QUALIFIER, "unknown qualifier", uri);
    }
    if (uri.indexOf('/', qualifierEnd + 1) >= 0) {
      throw IdentifierException.of(Reason.WRONG_QUALIFIER, "more than one qualifier", uri);
    }
    qualifier.field().check(PercentEncoding.decodeCanonical(uri.substring(qualifierEnd + 1)));
    return qualifier.kind();
  }

  private static Kind urnKind(String uri) throws IdentifierException {
    int colon = uri.indexOf(':', URN.length());
    return switch (uri.substring(0, colon + 1)) {
      case LOT -> namedKind(uri, LOT, Kind.LOT);
      case CERTIFICATE -> namedKind(uri, CERTIFICATE, Kind.CERTIFICATE);
      case ORDER -> namedKind(uri, ORDER, Kind.ORDER);
      case CASE -> namedKind(uri, CASE, Kind.CASE);
      case DRUG -> {
        DrugTraceCode.check(uri.substring(DRUG.length()));
        yield Kind.DRUG_CODE;
      }
      case KEYS -> {
        ParticipantId.parse(uri.substring(KEYS.length()));
        yield Kind.KEYS;
      }
      case LOOK_UPS -> {
        ParticipantId.parse(uri.substring(LOOK_UPS.length()));
        yield Kind.LOOK_UPS;
      }
      case RECORD -> {
        checkRecord(uri);
        yield Kind.RECORD;
      }
      default -> throw IdentifierException.of(Reason.UNKNOWN_KEY, "urn:pinlian type unknown", uri);
    };
  }

  /** Behind the prefix: participant, colon, name. Neither part of a participant has a colon. */
  private static Kind namedKind(String uri, String prefix, Kind kind) throws IdentifierException {
    int scheme = uri.indexOf(':', prefix.length());
    int name = scheme < 0 ? -1 : uri.indexOf(':', scheme + 1);
    if (name < 0) {
      throw IdentifierException.of(Reason.EMPTY, "no name behind the participant", uri);
    }
    ParticipantId.parse(uri.substring(prefix.length(), name));
    checkName(PercentEncoding.decodeCanonical(uri.substring(name + 1)));
    return kind;
  }

  /** Any script, but no control characters: two names must not look alike on a label. */
  private static void checkName(String name) throws IdentifierException {
    if (name.isEmpty()) {
      throw IdentifierException.of(Reason.EMPTY, "empty lot or number", name);
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.isISOControl(name.charAt(i))) {
        throw IdentifierException.badCharacter("lot or number", name, i);
      }
    }
  }

  private static void checkRecord(String uri) throws IdentifierException {
    int dot = uri.indexOf('.', RECORD.length());
    if (dot < 0) {
      throw IdentifierException.of(Reason.WRONG_LENGTH, "record without a position", uri);
    }
    checkNumber(uri, uri.substring(RECORD.length(), dot), Long.MAX_VALUE);
    checkNumber(uri, uri.substring(dot + 1), Integer.MAX_VALUE);
  }

  private static void checkNumber(String uri, String digits, long max) throws IdentifierException {
    if (digits.isEmpty()) {
      throw IdentifierException.of(Reason.EMPTY, "record: no number", uri);
    }
    CheckDigit.requireDigits("record", digits, digits.length());
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      throw IdentifierException.of(Reason.NOT_CANONICAL, "record: leading zero", uri);
    }
    String limit = Long.toString(max);
    // Of two decimals without leading zeros the longer is the larger.
    if (digits.length() > limit.length()
        || (digits.length() == limit.length() && digits.compareTo(limit) > 0)) {
      throw IdentifierException.of(
          Reason.BAD_VALUE, "record: number too large", uri, "at most " + limit, digits);
    }
  }

  /**
   * RFC 3986 section 4.3, and a fragment. Taken as it is: we cannot know what is the same to
   * others.
   */
  private static Subject foreign(String uri) throws IdentifierException {
    if (uri.isEmpty()) {
      throw IdentifierException.of(Reason.EMPTY, "no subject", uri);
    }
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (!PercentEncoding.isUnreserved(c) && "%:/?#[]@!$&'()*+,;=".indexOf(c) < 0) {
        throw IdentifierException.badCharacter("URI", uri, i);
      }
      if (c == '%'
          && (i + 2 >= uri.length()
              || !PercentEncoding.isHex(uri.charAt(i + 1))
              || !PercentEncoding.isHex(uri.charAt(i + 2)))) {
        throw IdentifierException.badCharacter("URI: % without two hex digits", uri, i);
      }
    }
    int colon = uri.indexOf(':');
    if (colon < 1 || colon == uri.length() - 1 || !isScheme(uri, colon)) {
      throw IdentifierException.of(Reason.NOT_ABSOLUTE, "not an absolute URI", uri);
    }
    for (ParticipantId.Scheme scheme : ParticipantId.Scheme.values()) {
      if (scheme.prefix().equalsIgnoreCase(uri.substring(0, colon))) {
        throw IdentifierException.of(Reason.NOT_A_SUBJECT, "a participant is no subject", uri);
      }
    }
    if (Spelling.hasGs1Host(uri)) {
      throw IdentifierException.of(Reason.UNKNOWN_KEY, "no GS1 key and value", uri);
    }
    return new Subject(Kind.OTHER, uri);
  }

  /** RFC 3986 section 3.1. */
  private static boolean isScheme(String uri, int end) {
    for (int i = 0; i < end; i++) {
      char c = uri.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean more = i > 0 && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.');
      if (!letter && !more) {
        return false;
      }
    }
    return true;
  }

  /** Characters are as good as bytes here: what is accepted in the end is ASCII. */
  private static void checkLength(String text, int max) throws IdentifierException {
    if (text.length() > max) {
      throw IdentifierException.of(
          Reason.TOO_LONG, "subject", text, "at most " + max, Integer.toString(text.length()));
    }
  }

  // Read ---------------------------------------------------------------------------------------

  public Kind kind() {
    return kind;
  }

  public String uri() {
    return uri;
  }

  /** The URI in UTF-8: what a subject key is the hash of. A new array each time. */
  public byte[] bytes() {
    return uri.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The product class that a lot or a unit is of, and that a consumer product variant is of: what
   * is stated of the class may hold for it. Empty for lots without a GS1 key and for everything
   * else.
   */
  public Optional<Subject> classOf() {
    if ((kind != Kind.LOT && kind != Kind.UNIT && kind != Kind.CLASS) || !isGs1()) {
      return Optional.empty();
    }
    int valueStart = uri.indexOf('/', GS1.length()) + 1;
    int valueEnd = uri.indexOf('/', valueStart);
    return valueEnd < 0
        ? Optional.empty()
        : Optional.of(new Subject(Kind.CLASS, uri.substring(0, valueEnd)));
  }

  /** Of a class, lot or unit with a GTIN; of a piece of a trade item, the item's. */
  public Optional<Gtin> gtin() {
    return switch (kind) {
      case CLASS -> Optional.of(new Gtin(keyValue(14)));
      case LOT, UNIT -> isGs1() ? Optional.of(new Gtin(keyValue(14))) : Optional.empty();
      default -> Optional.empty();
    };
  }

  public Optional<Sscc> sscc() {
    return kind == Kind.LOGISTIC_UNIT ? Optional.of(new Sscc(keyValue(18))) : Optional.empty();
  }

  public Optional<Gln> gln() {
    return kind == Kind.LOCATION ? Optional.of(new Gln(keyValue(13))) : Optional.empty();
  }

  public Optional<DrugTraceCode> drugTraceCode() {
    return kind == Kind.DRUG_CODE
        ? Optional.of(new DrugTraceCode(uri.substring(DRUG.length())))
        : Optional.empty();
  }

  /** The batch number of a lot, decoded, with a GS1 key or without. */
  public Optional<String> lot() {
    return kind == Kind.LOT ? Optional.of(name()) : Optional.empty();
  }

  /** The serial of a unit, decoded. */
  public Optional<String> serial() {
    return kind == Kind.UNIT ? Optional.of(name()) : Optional.empty();
  }

  /** The number of a certificate, an order or a case, decoded. */
  public Optional<String> number() {
    return switch (kind) {
      case CERTIFICATE, ORDER, CASE -> Optional.of(name());
      default -> Optional.empty();
    };
  }

  /**
   * Who gave the lot, certificate, order or case its number, or whose keys or look-ups they are.
   */
  public Optional<ParticipantId> participant() {
    int start = uri.indexOf(':', URN.length()) + 1;
    return switch (kind) {
      case LOT ->
          isGs1()
              ? Optional.empty()
              : Optional.of(participant(uri.substring(start, uri.lastIndexOf(':'))));
      case CERTIFICATE, ORDER, CASE ->
          Optional.of(participant(uri.substring(start, uri.lastIndexOf(':'))));
      case KEYS, LOOK_UPS -> Optional.of(participant(uri.substring(start)));
      default -> Optional.empty();
    };
  }

  private boolean isGs1() {
    return uri.startsWith(GS1);
  }

  private String keyValue(int length) {
    int start = uri.indexOf('/', GS1.length()) + 1;
    return uri.substring(start, start + length);
  }

  /** Slash and colon are always escaped within a name, so the last one is in front of it. */
  private String name() {
    int start = uri.lastIndexOf(isGs1() ? '/' : ':') + 1;
    try {
      return PercentEncoding.decode(uri.substring(start));
    } catch (IdentifierException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ParticipantId participant(String text) {
    try {
      return ParticipantId.parse(text);
    } catch (IdentifierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Subject subject && uri.equals(subject.uri);
  }

  @Override
  public int hashCode() {
    return uri.hashCode();
  }

  @Override
  public String toString() {
    return uri;
  }
}
