// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import org.jspecify.annotations.Nullable;
import org.pinlian.record.ErrorCode;

/** A document, or something in it, was refused: which rule it broke, where, and what was found. */
public final class EpcisException extends Exception {
  private static final long serialVersionUID = 1L;

  /** So that a refusal never carries a document into a log file. */
  private static final int MESSAGE_MAX = 300;

  /** The rule that was broken. */
  public enum Reason implements ErrorCode {
    /** Not JSON or XML, not UTF-8, a key twice, a DOCTYPE. */
    NOT_WELL_FORMED(
        400,
        "The document is not well-formed JSON or XML in UTF-8, or has what is not let in: a key twice, a DOCTYPE, an entity. Have the program that wrote it repaired.",
        "文档不是 UTF-8 编码、格式良好的 JSON 或 XML，或含有不予接受的内容：重复的键、DOCTYPE、实体。请修正生成该文档的程序。"),
    LIMIT_EXCEEDED(
        422,
        "The document or a value in it is larger, longer or deeper than is read. Split it into several documents.",
        "文档或其中某个值超过可读取的大小、长度或层数。请拆成多个文档。"),
    /** Well formed, and not an EPCIS document with events. */
    NOT_EVENTS(
        422,
        "This is well formed, and not an EPCIS document of version 1.2 or 2.0 with events. Send an EPCISDocument that holds events.",
        "格式良好，但不是含有事件的 EPCIS 1.2 或 2.0 文档。请发送含有事件的 EPCISDocument。"),
    UNKNOWN_FIELD(
        422,
        "EPCIS has no such field at this place, and it is in no namespace of its own. Correct its name, or give an extension its namespace: else it would silently be lost.",
        "EPCIS 在此处没有这个字段，它也不属于扩展命名空间。请更正字段名，或为扩展字段加上命名空间，否则内容会悄然丢失。"),
    MISSING_FIELD(422, "A field that an event must have is not there. Add it.", "缺少事件必须有的字段。请补上。"),
    REPEATED_FIELD(
        422,
        "A field that stands once is given twice. Keep the one that is right.",
        "只能出现一次的字段出现了两次。请保留正确的一个。"),
    BAD_FIELD(
        422,
        "A field has a value that it cannot have; the detail says which. Correct the value.",
        "字段的值不合要求，详见说明。请更正该值。"),
    BAD_TIME(
        422,
        "This is no time or day that exists. Write date-times with their offset, such as 2026-03-01T08:00:00+08:00, and days as 2026-03-01.",
        "不是存在的时间或日期。日期时间请带时区偏移，如 2026-03-01T08:00:00+08:00；日期请写作 2026-03-01。"),
    BAD_NUMBER(
        422,
        "This is no decimal number within the limits. Write digits with a point, such as 12.5.",
        "不是限度之内的十进制数。请写成数字和小数点，如 12.5。"),
    BAD_URI(
        422,
        "This is no absolute URI, and EPCIS asks for one. Write it whole, with its scheme, and percent-encode what is not allowed in it.",
        "EPCIS 要求绝对 URI，此值不是。请写完整，包括方案名，并对不允许的字符做百分号编码。"),
    BAD_IDENTIFIER(
        422,
        "This is no identifier of GS1 for what stands here. Write an EPC URI or a GS1 Digital Link of the right kind.",
        "不是此处应有的 GS1 标识。请使用相应种类的 EPC URI 或 GS1 Digital Link。"),
    WRONG_CHECK_DIGIT(
        422,
        "The last digit of the GTIN, GLN or SSCC is not the one that its other digits give. Compare the code with the one on the goods: another digit is likely to be wrong.",
        "GTIN、GLN 或 SSCC 的校验位与其余各位算出的不符。请与货物上的编码核对，很可能是别的某一位有误。"),
    /** Neither a word of the Core Business Vocabulary nor a URI. */
    BAD_VOCABULARY(
        422,
        "This is neither a word of the Core Business Vocabulary nor a URI. Use the word of CBV 2.0, or a URI of your own.",
        "既不是核心业务词汇（CBV）的词，也不是 URI。请使用 CBV 2.0 的词，或自有的 URI。"),
    /** Sound EPCIS that a record cannot hold. */
    NOT_A_RECORD(
        422,
        "This is sound EPCIS, and more than a record of the ledger can hold. Split the event; the detail says what does not fit.",
        "符合 EPCIS，但超出账本一条记录所能容纳。请拆分事件；说明中写明何处放不下。");

    private final int http;
    private final String english;
    private final String chinese;

    Reason(int http, String english, String chinese) {
      this.http = http;
      this.english = english;
      this.chinese = chinese;
    }

    @Override
    public int http() {
      return http;
    }

    @Override
    public String english() {
      return english;
    }

    @Override
    public String chinese() {
      return chinese;
    }
  }

  private final Reason reason;
  private final String place;
  private final String detail;

  EpcisException(Reason reason, String detail) {
    this(reason, "", detail, null);
  }

  EpcisException(Reason reason, String place, String detail, @Nullable Throwable cause) {
    super(place.isEmpty() ? bounded(detail) : place + ": " + bounded(detail), cause);
    this.reason = reason;
    this.place = place;
    this.detail = bounded(detail);
  }

  /** The same, seen from further out. */
  EpcisException within(String outer) {
    return new EpcisException(
        reason, place.isEmpty() ? outer : outer + '.' + place, detail, getCause());
  }

  public Reason reason() {
    return reason;
  }

  /** As in {@code eventList[2].epcList[0]}; empty for the document as a whole. */
  public String place() {
    return place;
  }

  /** The message without the place. */
  public String detail() {
    return detail;
  }

  private static String bounded(String text) {
    return text.length() <= MESSAGE_MAX ? text : text.substring(0, MESSAGE_MAX) + "...";
  }
}
