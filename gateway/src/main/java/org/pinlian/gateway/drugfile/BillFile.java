// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.gateway.drugfile.XmlCursor.At;
import org.pinlian.identifier.Subject;

/**
 * 单据 in XML: a {@code Bill}, or several in {@code Bills}, with the fields of domain.md B2 as
 * elements or attributes and the codes as elements inside {@code codes}, or with commas between
 * them. Names are taken in either spelling of the trade, {@code billCode} or {@code bill_code}.
 */
public final class BillFile {
  /** Names as the upload interfaces have them, without underlines and in small letters. */
  private static final Map<String, String> FIELDS = fields();

  /** 特药: narcotic and psychotropic drugs, for which both people are named. */
  private static final String CONTROLLED = "2";

  private static final String ORDINARY = "3";

  /** Codes of controlled drugs begin with it. */
  private static final String CONTROLLED_PREFIX = "urn:pinlian:cn-drug:89";

  private final byte[] bytes;
  private final XmlCursor cursor;
  private List<Bill> bills = List.of();
  private int codesInFile;

  private BillFile(byte[] bytes, XmlCursor cursor) {
    this.bytes = bytes;
    this.cursor = cursor;
  }

  private static Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String name :
        List.of(
            "billCode",
            "billTime",
            "billType",
            "physicType",
            "refEntId",
            "fromUserId",
            "toUserId",
            "destUserId",
            "disEntId",
            "assEntId",
            "fromAddress",
            "toAddress",
            "returnReasonDes",
            "cancelReasonDes",
            "fromBillCode",
            "orderCode",
            "warehouseId",
            "xtIsCheck",
            "xtCheckCode",
            "xtCheckCodeDesc",
            "quReceivable")) {
      fields.put(name.toLowerCase(Locale.ROOT), name);
    }
    for (String name : Bill.PEOPLE) {
      fields.put(name.toLowerCase(Locale.ROOT), name);
    }
    // One interface's word for the owner.
    fields.put("refuserid", "refEntId");
    return fields;
  }

  /**
   * Reads a file with one bill or more. A fault in one of them refuses the file.
   *
   * @param bytes kept, and not copied: nobody may change them
   */
  public static BillFile read(byte[] bytes) throws DrugFileException {
    BillFile file = new BillFile(bytes, XmlCursor.over(bytes));
    file.bills = file.document();
    return file;
  }

  public List<Bill> bills() {
    return bills;
  }

  byte[] bytes() {
    return bytes;
  }

  private List<Bill> document() throws DrugFileException {
    cursor.next();
    List<Bill> bills = new ArrayList<>();
    switch (cursor.name().toLowerCase(Locale.ROOT)) {
      case "bill" -> bills.add(bill());
      case "bills" -> {
        while (cursor.next() == At.START) {
          if (!cursor.name().equalsIgnoreCase("bill")) {
            throw new DrugFileException(
                Reason.OTHER_DOCUMENT, cursor.line(), "expected Bill, found " + cursor.name());
          }
          if (bills.size() == DrugFileLimits.BILLS_MAX) {
            throw new DrugFileException(
                Reason.LIMIT_EXCEEDED,
                cursor.line(),
                "more than " + DrugFileLimits.BILLS_MAX + " bills");
          }
          bills.add(bill());
        }
      }
      default ->
          throw new DrugFileException(
              Reason.OTHER_DOCUMENT,
              cursor.line(),
              "no 单据 file: expected Bill or Bills, found " + cursor.name());
    }
    if (bills.isEmpty()) {
      throw new DrugFileException(Reason.MISSING_FIELD, 0, "no bills");
    }
    requireOneNumberEach(bills);
    // What follows the root can only be white space and comments, or is not XML.
    cursor.next();
    return List.copyOf(bills);
  }

  private static void requireOneNumberEach(List<Bill> bills) throws DrugFileException {
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (Bill bill : bills) {
      Integer first = lines.putIfAbsent(bill.number(), bill.line());
      if (first != null) {
        throw new DrugFileException(
            Reason.BAD_FIELD,
            bill.line(),
            "billCode " + bill.number() + " is the bill's of line " + first + " already");
      }
    }
  }

  private Bill bill() throws DrugFileException {
    int line = cursor.line();
    Map<String, String> fields = new LinkedHashMap<>();
    Map<Subject, Integer> codes = new LinkedHashMap<>();
    Remarks remarks = new Remarks();
    for (Map.Entry<String, String> attribute : cursor.attributes().entrySet()) {
      if (isCodes(attribute.getKey())) {
        codeList(attribute.getValue(), codes);
      } else {
        field(attribute.getKey(), attribute.getValue(), fields, remarks);
      }
    }
    while (cursor.next() == At.START) {
      String name = cursor.name();
      if (isCodes(name)) {
        codes(codes);
      } else if (FIELDS.containsKey(plain(name))) {
        field(name, cursor.text(DrugFileLimits.TEXT_CHARACTERS_MAX), fields, remarks);
      } else {
        remarks.add(cursor.line(), name + " is not read; it stays in the source");
        cursor.skip();
      }
    }
    return checked(line, fields, codes, remarks);
  }

  private static String plain(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  private static boolean isCodes(String name) {
    String plain = plain(name);
    return plain.equals("codes") || plain.equals("tracecodes") || plain.equals("code");
  }

  private void field(String given, String value, Map<String, String> fields, Remarks remarks)
      throws DrugFileException {
    String name = FIELDS.get(plain(given));
    if (name == null) {
      remarks.add(cursor.line(), given + " is not read; it stays in the source");
      return;
    }
    boolean free = name.endsWith("Address") || name.endsWith("Des") || name.endsWith("Desc");
    if (!free && value.length() > DrugFileLimits.NAME_CHARACTERS_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          cursor.line(),
          name + " is longer than " + DrugFileLimits.NAME_CHARACTERS_MAX + " characters");
    }
    if (!value.isEmpty() && fields.putIfAbsent(name, value) != null) {
      throw new DrugFileException(Reason.BAD_FIELD, cursor.line(), name + " is given twice");
    }
  }

  /** The element at whose start the cursor is: a list in one text, or an element each. */
  private void codes(Map<Subject, Integer> codes) throws DrugFileException {
    Optional<String> text = cursor.textOrElements(DrugFileLimits.CODE_LIST_CHARACTERS_MAX);
    if (text.isPresent()) {
      codeList(text.get(), codes);
      return;
    }
    // The cursor is at the start of the first element inside.
    do {
      if (!isCodes(cursor.name())) {
        throw new DrugFileException(
            Reason.OTHER_DOCUMENT, cursor.line(), "expected code, found " + cursor.name());
      }
      code(cursor.text(DrugFileLimits.CODE_CHARACTERS_MAX), codes);
    } while (cursor.next() == At.START);
  }

  /** A code that has a comma in it, as GS1 serials may, needs an element of its own. */
  private void codeList(String text, Map<Subject, Integer> codes) throws DrugFileException {
    int from = 0;
    while (from < text.length()) {
      int to = from;
      while (to < text.length() && text.charAt(to) != ',' && text.charAt(to) != ' ') {
        to++;
      }
      if (to > from) {
        code(text.substring(from, to), codes);
      }
      from = to + 1;
    }
  }

  private void code(String text, Map<Subject, Integer> codes) throws DrugFileException {
    if (++codesInFile > DrugFileLimits.CODES_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED, cursor.line(), "more than " + DrugFileLimits.CODES_MAX + " codes");
    }
    Subject subject = DrugCodes.subject(text, "", cursor.line());
    Integer first = codes.putIfAbsent(subject, cursor.line());
    if (first != null) {
      throw new DrugFileException(
          Reason.CODE_TWICE, cursor.line(), subject + " is in line " + first + " already");
    }
  }

  // Checking -----------------------------------------------------------------------------------

  private static Bill checked(
      int line, Map<String, String> fields, Map<Subject, Integer> codes, Remarks remarks)
      throws DrugFileException {
    String number = required(fields, "billCode", line);
    if (number.length() > DrugFileLimits.BILL_CODE_CHARACTERS_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          line,
          "billCode is longer than " + DrugFileLimits.BILL_CODE_CHARACTERS_MAX + " characters");
    }
    String typeNumber = required(fields, "billType", line);
    BillType type =
        BillType.of(typeNumber)
            .orElseThrow(() ->
                new DrugFileException(
                    Reason.UNKNOWN_BILL_TYPE, line, "billType " + typeNumber + " is not known"));
    Instant at = FileDates.instant("billTime", required(fields, "billTime", line), line);
    if (codes.isEmpty()) {
      throw new DrugFileException(Reason.MISSING_FIELD, line, "bill " + number + " has no codes");
    }
    checkControlled(line, fields, codes, remarks);
    checkCount(line, fields, codes.size(), remarks);
    if (fields.getOrDefault("xtIsCheck", "").equals("0")) {
      remarks.add(
          line,
          "the sender's platform had not checked it (xtIsCheck 0) "
              + fields.getOrDefault("xtCheckCodeDesc", fields.getOrDefault("xtCheckCode", "")));
    }
    return new Bill(line, number, type, at, codes, fields, remarks.list());
  }

  private static void checkControlled(
      int line, Map<String, String> fields, Map<Subject, Integer> codes, Remarks remarks)
      throws DrugFileException {
    String kind = fields.getOrDefault("physicType", ORDINARY);
    switch (kind) {
      case CONTROLLED -> {
        required(fields, "fromPerson", line);
        required(fields, "toPerson", line);
      }
      case ORDINARY -> {
        for (Map.Entry<Subject, Integer> code : codes.entrySet()) {
          if (code.getKey().uri().startsWith(CONTROLLED_PREFIX)) {
            remarks.add(
                code.getValue(),
                code.getKey() + " is of a controlled drug (89), the bill says physicType 3");
          }
        }
      }
      default ->
          throw new DrugFileException(
              Reason.BAD_FIELD, line, "physicType " + kind + ", expected 3 (普药) or 2 (特药)");
    }
  }

  private static void checkCount(int line, Map<String, String> fields, int found, Remarks remarks)
      throws DrugFileException {
    String expected = fields.getOrDefault("quReceivable", "");
    if (expected.isEmpty()) {
      return;
    }
    if (!expected.matches("[0-9]{1,9}")) {
      throw new DrugFileException(
          Reason.BAD_FIELD, line, "quReceivable \"" + expected + "\" is no count");
    }
    if (Integer.parseInt(expected) != found) {
      remarks.add(line, "quReceivable " + expected + ", but the bill has " + found + " codes");
    }
  }

  private static String required(Map<String, String> fields, String name, int line)
      throws DrugFileException {
    String value = fields.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw new DrugFileException(Reason.MISSING_FIELD, line, name + " must be given");
    }
    return value;
  }
}
