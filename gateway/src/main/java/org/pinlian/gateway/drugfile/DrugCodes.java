// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.util.Map;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.identifier.DrugTraceCode;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;

/**
 * Codes as the files have them, to subjects: the 20 digits of a 药品追溯码, and GS1 element strings with
 * brackets or without (devices and reagents), or Digital Links.
 */
final class DrugCodes {
  private static final int DRUG_DIGITS = 20;

  /**
   * Application identifiers whose values have one length, with it: what may stand before others.
   */
  private static final Map<String, Integer> FIXED =
      Map.of("00", 18, "01", 14, "11", 6, "12", 6, "13", 6, "15", 6, "16", 6, "17", 6, "20", 2);

  private DrugCodes() {}

  /**
   * The unit, lot or logistic unit that a code names.
   *
   * @param batch number of the batch it stands under: where a lot number ends within an element
   *     string that lost its separators. Empty if not known
   */
  static Subject subject(String code, String batch, int line) throws DrugFileException {
    if (code.isEmpty()) {
      throw new DrugFileException(Reason.MISSING_FIELD, line, "an empty code");
    }
    if (code.length() > DrugFileLimits.CODE_CHARACTERS_MAX) {
      throw new DrugFileException(
          Reason.BAD_CODE,
          line,
          "a code of "
              + code.length()
              + " characters, at most "
              + DrugFileLimits.CODE_CHARACTERS_MAX);
    }
    try {
      Subject subject = read(code, batch, line);
      return switch (subject.kind()) {
        case DRUG_CODE, UNIT, LOT, LOGISTIC_UNIT -> subject;
        default ->
            throw new DrugFileException(
                Reason.BAD_CODE, line, "\"" + code + "\" names no unit, lot or logistic unit");
      };
    } catch (IdentifierException e) {
      throw new DrugFileException(Reason.BAD_CODE, line, String.valueOf(e.getMessage()), e);
    }
  }

  private static Subject read(String code, String batch, int line)
      throws IdentifierException, DrugFileException {
    boolean digits = code.chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits && code.length() == DRUG_DIGITS && !readsAsGs1(code, batch, line)) {
      return Subject.drugCode(DrugTraceCode.parse(code));
    }
    if (beginsAsGs1(code)) {
      return Subject.convert(bracketed(code, batch, line));
    }
    if (digits || (code.indexOf(':') < 0 && !code.startsWith("("))) {
      throw new DrugFileException(
          Reason.BAD_CODE,
          line,
          "\""
              + code
              + "\" is neither 20 digits nor a GS1 element string that begins with 01 or 00");
    }
    return Subject.convert(code);
  }

  private static boolean beginsAsGs1(String code) {
    return code.startsWith("00") || code.startsWith("01");
  }

  /**
   * Whether 20 digits are 00 with an SSCC, or 01 with a GTIN and two digits of lot or serial, check
   * digit included. Drugs are numbered from 8, so nothing is lost by asking first.
   */
  private static boolean readsAsGs1(String code, String batch, int line) {
    if (!beginsAsGs1(code)) {
      return false;
    }
    try {
      Subject.convert(bracketed(code, batch, line));
      return true;
    } catch (IdentifierException | DrugFileException e) {
      return false;
    }
  }

  /**
   * Puts the brackets in. XML cannot carry the separator that ends a value of no fixed length, so
   * such a value is the last, or is a lot number that the file states elsewhere too.
   */
  private static String bracketed(String code, String batch, int line) throws DrugFileException {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < code.length()) {
      String ai = at + 2 <= code.length() ? code.substring(at, at + 2) : "";
      int from = at + 2;
      Integer fixed = FIXED.get(ai);
      if (fixed != null) {
        at = from + fixed;
        if (at > code.length()) {
          throw cannotRead(code, "(" + ai + ") has " + fixed + " characters", line);
        }
      } else if (ai.equals("10") && !batch.isEmpty() && code.startsWith(batch, from)) {
        at = from + batch.length();
      } else if (ai.equals("21") || (ai.equals("10") && isLast(code, from))) {
        at = code.length();
      } else if (ai.equals("10")) {
        throw cannotRead(
            code, "where its lot number (10) ends is not marked, and it is not the batch's", line);
      } else {
        throw cannotRead(code, "(" + ai + ") is not expected there", line);
      }
      text.append('(').append(ai).append(')').append(code, from, at);
    }
    return text.toString();
  }

  /** Whether nothing that looks like a date or serial could hide in the rest. */
  private static boolean isLast(String code, int from) {
    String rest = code.substring(from);
    return rest.length() <= DRUG_DIGITS && !rest.matches(".+(11|15|17)[0-9]{6}.*|.+21.+");
  }

  private static DrugFileException cannotRead(String code, String why, int line) {
    return new DrugFileException(
        Reason.BAD_CODE, line, "cannot read the element string \"" + code + "\": " + why);
  }

  /**
   * The lot that a code is of: by its GTIN, or numbered by who made it. A batch number is unique
   * for one product only, hence the product's own number before it.
   *
   * @param product as the maker's system numbers it; may be empty
   */
  static Subject lot(Subject code, ParticipantId maker, String product, String batch, int line)
      throws DrugFileException {
    if (code.kind() == Subject.Kind.LOT) {
      return code;
    }
    try {
      return code.gtin().isPresent()
          ? Subject.lot(code.gtin().get(), batch)
          : Subject.participantLot(maker, product.isEmpty() ? batch : product + "-" + batch);
    } catch (IdentifierException e) {
      throw new DrugFileException(
          Reason.BAD_FIELD, line, "batchNo cannot be a lot number: " + e.getMessage(), e);
    }
  }

  /** What tells products apart among codes: 药品标识码, or the GTIN; empty for logistic units. */
  static String product(Subject code) {
    return code.drugTraceCode()
        .map(DrugTraceCode::identificationCode)
        .or(() -> code.gtin().map(Object::toString))
        .orElse("");
  }
}
