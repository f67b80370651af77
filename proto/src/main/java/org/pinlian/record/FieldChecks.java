// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.ProtocolMessageEnum;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.merkle.Hash;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.RefusalCode;

/**
 * The shapes that fields of many records share, and the list of what was found wrong. One per
 * record checked; used by one thread. A record without fault allocates nothing here but this.
 */
final class FieldChecks {
  static final int NAME_MAX = 256;
  static final int TEXT_MAX = 1_000;

  /** A record may have ten thousand faults; the sender is helped by the first few. */
  static final int VIOLATIONS_MAX = 100;

  /** The end of the year 9999, the last that ISO 8601 writes with four digits. */
  static final long INSTANT_MAX = 253_402_300_799_999L;

  /**
   * Thousandths of a degree Celsius. Vapour over liquid nitrogen, in which cells are shipped, is at
   * -190; nothing that is food or a drug is warmer than 150. Beyond, the logger is broken or its
   * unit is another.
   */
  static final int TEMPERATURE_MIN = -200_000;

  static final int TEMPERATURE_MAX = 150_000;

  private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  private @Nullable List<FieldViolation> found;

  List<FieldViolation> violations() {
    return found == null ? List.of() : List.copyOf(found);
  }

  boolean isFull() {
    return found != null && found.size() >= VIOLATIONS_MAX;
  }

  void refuse(String path, RefusalCode code, String message) {
    if (found == null) {
      found = new ArrayList<>();
    }
    if (found.size() < VIOLATIONS_MAX) {
      found.add(new FieldViolation(path, code, message));
    }
  }

  /** {@code field} is empty where the path is already the field's own, as in a list of texts. */
  void refuse(FieldPath at, String field, RefusalCode code, String message) {
    refuse(field.isEmpty() ? at.toString() : at + "." + field, code, message);
  }

  void bad(FieldPath at, String field, String message) {
    refuse(at, field, RefusalCode.BAD_FIELD, message);
  }

  void missing(FieldPath at, String field) {
    bad(at, field, "must be given");
  }

  void limit(FieldPath at, String field, long foundCount, long most, String unit) {
    if (foundCount > most) {
      refuse(at, field, RefusalCode.LIMIT_EXCEEDED, foundCount + " " + unit + ", at most " + most);
    }
  }

  void salt(FieldPath at, ByteString salt) {
    if (salt.size() != Limits.SALT_BYTES) {
      refuse(
          at,
          "salt",
          RefusalCode.BAD_SALT,
          Limits.SALT_BYTES + " random bytes, found " + salt.size());
    }
  }

  void name(FieldPath at, String field, String value) {
    characters(at, field, value, NAME_MAX);
  }

  void requiredName(FieldPath at, String field, String value) {
    if (value.isEmpty()) {
      missing(at, field);
    } else {
      name(at, field, value);
    }
  }

  void text(FieldPath at, String field, String value) {
    characters(at, field, value, TEXT_MAX);
  }

  void requiredText(FieldPath at, String field, String value) {
    if (value.isEmpty()) {
      missing(at, field);
    } else {
      text(at, field, value);
    }
  }

  /**
   * Counts characters, not UTF-16 units, and refuses those that a reader cannot see: with them, two
   * texts that look alike would be signed as different ones, or one be shown as another.
   */
  private void characters(FieldPath at, String field, String value, int most) {
    if (value.length() > most) {
      limit(at, field, value.codePointCount(0, value.length()), most, "characters");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || (c >= 0x7f && (c < 0xa0 || isInvisible(c)))) {
        bad(
            at,
            field,
            "control character U+" + hex(c) + " at character " + value.codePointCount(0, i));
        return;
      }
    }
  }

  /** Line and paragraph separators, and the marks that turn the direction of writing. */
  private static boolean isInvisible(char c) {
    return c == 0x2028
        || c == 0x2029
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }

  private static String hex(char c) {
    String digits = Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT);
    return "0000".substring(digits.length()) + digits;
  }

  /** A list of names, each of which must say something. */
  void names(FieldPath at, String field, List<String> values) {
    for (int i = 0; i < values.size() && !isFull(); i++) {
      requiredName(at.in(field, i), "", values.get(i));
    }
  }

  /** A URI of {@link #NAME_MAX} characters at most, by its outward shape. */
  void uri(FieldPath at, String field, String value) {
    name(at, field, value);
    int colon = value.indexOf(':');
    boolean shaped = colon > 0 && colon < value.length() - 1 && isLetter(value.charAt(0));
    for (int i = 0; shaped && i < value.length(); i++) {
      shaped = value.charAt(i) > ' ';
    }
    if (!shaped) {
      bad(at, field, "must be an absolute URI");
    }
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  @Nullable ParticipantId participant(FieldPath at, String field, String value) {
    if (value.isEmpty()) {
      missing(at, field);
      return null;
    }
    try {
      return ParticipantId.parse(value);
    } catch (IdentifierException e) {
      bad(at, field, "must be a participant: " + e.getMessage());
      return null;
    }
  }

  /** Empty, or six digits (GB/T 2260). Only the shape: codes given up long ago stay valid. */
  void region(FieldPath at, String field, String value) {
    if (!value.isEmpty() && !isDigits(value, 6)) {
      bad(at, field, "must be six digits of GB/T 2260");
    }
  }

  void requiredRegion(FieldPath at, String field, String value) {
    if (value.isEmpty()) {
      missing(at, field);
    } else {
      region(at, field, value);
    }
  }

  /** Six digits of a region or, for imports, two letters of a country. Empty is well. */
  void origin(FieldPath at, String field, String value) {
    if (!value.isEmpty() && !isDigits(value, 6) && !isCountry(value)) {
      bad(at, field, "must be six digits of GB/T 2260 or two capital letters of ISO 3166-1");
    }
  }

  void country(FieldPath at, String field, String value) {
    if (!value.isEmpty() && !isCountry(value)) {
      bad(at, field, "must be two capital letters of ISO 3166-1");
    }
  }

  private static boolean isCountry(String value) {
    return value.length() == 2
        && value.charAt(0) >= 'A'
        && value.charAt(0) <= 'Z'
        && value.charAt(1) >= 'A'
        && value.charAt(1) <= 'Z';
  }

  private static boolean isDigits(String value, int length) {
    if (value.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!isDigit(value.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  void date(FieldPath at, String field, String value) {
    if (!value.isEmpty() && !isDate(value)) {
      bad(at, field, "must be a day that exists, written yyyy-mm-dd");
    }
  }

  void requiredDate(FieldPath at, String field, String value) {
    if (value.isEmpty()) {
      missing(at, field);
    } else {
      date(at, field, value);
    }
  }

  /** Of two days, where both are given and exist. */
  void notBefore(FieldPath at, String field, String value, String otherField, String other) {
    if (isDate(value) && isDate(other) && value.compareTo(other) < 0) {
      bad(at, field, "must not be before " + otherField);
    }
  }

  private static boolean isDate(String value) {
    if (value.length() != 10 || value.charAt(4) != '-' || value.charAt(7) != '-') {
      return false;
    }
    for (int i = 0; i < 10; i++) {
      if (i != 4 && i != 7 && !isDigit(value.charAt(i))) {
        return false;
      }
    }
    int year = number(value, 0, 4);
    int month = number(value, 5, 7);
    int day = number(value, 8, 10);
    if (year < 1900 || month < 1 || month > 12 || day < 1) {
      return false;
    }
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= (month == 2 && leap ? 29 : DAYS[month - 1]);
  }

  private static int number(String value, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = 10 * number + value.charAt(i) - '0';
    }
    return number;
  }

  /** {@code +08:00}: from -14:00 to +14:00, as EPCIS has it. */
  void zoneOffset(FieldPath at, String field, String value) {
    boolean shaped =
        value.length() == 6
            && (value.charAt(0) == '+' || value.charAt(0) == '-')
            && isDigit(value.charAt(1))
            && isDigit(value.charAt(2))
            && value.charAt(3) == ':'
            && isDigit(value.charAt(4))
            && isDigit(value.charAt(5));
    if (shaped) {
      int hours = number(value, 1, 3);
      int minutes = number(value, 4, 6);
      shaped = minutes < 60 && hours * 60 + minutes <= 14 * 60;
    }
    if (!shaped) {
      bad(at, field, "must be an offset such as +08:00, at most 14 hours");
    }
  }

  /** Milliseconds since 1970; 0 is "not given". */
  void instant(FieldPath at, String field, long value) {
    if (value < 0 || value > INSTANT_MAX) {
      bad(at, field, "must be an instant from 1970 to 9999 in milliseconds, found " + value);
    }
  }

  void requiredInstant(FieldPath at, String field, long value) {
    if (value == 0) {
      missing(at, field);
    } else {
      instant(at, field, value);
    }
  }

  void digest(FieldPath at, String field, ByteString value) {
    if (value.size() != Hash.SIZE) {
      bad(at, field, "must be " + Hash.SIZE + " bytes, found " + value.size());
    }
  }

  void optionalDigest(FieldPath at, String field, ByteString value) {
    if (!value.isEmpty()) {
      digest(at, field, value);
    }
  }

  /** A number without sign on the wire: a negative int is one beyond two thousand million. */
  void upTo(FieldPath at, String field, int value, int most) {
    if (value < 0 || value > most) {
      bad(at, field, "at most " + most + ", found " + Integer.toUnsignedString(value));
    }
  }

  @Nullable VerifyingKey key(FieldPath at, String field, ByteString spki) {
    try {
      return VerifyingKey.ofSpki(spki.toByteArray());
    } catch (KeyFormatException e) {
      bad(at, field, "must be a public key: " + e.getMessage());
      return null;
    }
  }

  void temperature(FieldPath at, String field, int thousandths) {
    if (thousandths < TEMPERATURE_MIN || thousandths > TEMPERATURE_MAX) {
      bad(at, field, temperatureMessage(thousandths));
    }
  }

  static String temperatureMessage(long thousandths) {
    return "must be from "
        + TEMPERATURE_MIN
        + " to "
        + TEMPERATURE_MAX
        + " thousandths of a degree Celsius, found "
        + thousandths;
  }

  /** A number that this release's enum has; 0 is "not given". */
  <E extends Enum<E> & ProtocolMessageEnum> void choice(FieldPath at, String field, E value) {
    if (isUnrecognized(value)) {
      bad(at, field, "has no such value in this format");
    }
  }

  <E extends Enum<E> & ProtocolMessageEnum> void requiredChoice(
      FieldPath at, String field, E value) {
    if (isUnrecognized(value)) {
      bad(at, field, "has no such value in this format");
    } else if (value.getNumber() == 0) {
      missing(at, field);
    }
  }

  /** Generated enums end with a constant for numbers they do not have. */
  private static boolean isUnrecognized(Enum<?> value) {
    return value.name().equals("UNRECOGNIZED");
  }
}
