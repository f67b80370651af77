// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import org.jspecify.annotations.Nullable;
import org.pinlian.record.ErrorCode;

/** A file was refused: which rule it broke, and in which line. Nothing of it may be recorded. */
public final class DrugFileException extends Exception {
  private static final long serialVersionUID = 1L;

  /** So that a refusal never carries a document into a log file. */
  private static final int MESSAGE_MAX = 300;

  /** The rule that was broken. */
  public enum Reason implements ErrorCode {
    /** Not XML, not the encoding it says, a DOCTYPE. */
    NOT_WELL_FORMED(
        400,
        "The file is not well-formed XML in the encoding that it names, or has a DOCTYPE. Export it again; do not edit it in a text editor.",
        "文件不是所声明编码的格式良好的 XML，或含有 DOCTYPE。请重新导出，不要用文本编辑器改动。"),
    LIMIT_EXCEEDED(
        422,
        "The file or something in it is larger than is read. Export it in several files.",
        "文件或其中某项超过可读取的大小。请分成多个文件导出。"),
    /** Well formed, and another document than was asked for. */
    OTHER_DOCUMENT(
        422,
        "This is XML of another document than was asked for. Give a packaging relation to --relation and a bill to --bill.",
        "是另一种 XML 文件。关联关系文件请用 --relation，单据请用 --bill。"),
    MISSING_FIELD(
        422,
        "A line lacks a field that it must have. Fill it in where the file was made.",
        "某行缺少必填项。请在生成文件的系统中补上。"),
    BAD_FIELD(
        422,
        "A field of a line has a value that it cannot have; the message says which. Correct it where the file was made.",
        "某行某项的值不合要求，消息中写明是哪一项。请在生成文件的系统中更正。"),
    BAD_CODE(
        422,
        "This is not a code that names a unit, a lot or a logistic unit, such as a drug traceability code of 20 digits. Scan it again.",
        "不是能指明单件、批次或物流单元的编码，例如 20 位药品追溯码。请重新扫码。"),
    CODE_TWICE(
        422,
        "The file has a code twice, and a pack is in one place only. Remove the repetition.",
        "文件中同一追溯码出现两次，而一个包装只能在一处。请去掉重复的一行。"),
    /** A pack that is named as one's parent, and is not in the file. */
    PARENT_MISSING(
        422,
        "A pack names a parent that is not in the file. Export the whole packaging, from the outermost pack on.",
        "某包装所指的上级包装不在文件中。请从最外层起导出整个包装关系。"),
    /** A parent is not exactly one layer above. */
    LAYERS(
        422,
        "A parent pack is not exactly one layer above its child. Correct the layers where the file was made.",
        "上级包装与下级包装不是恰好相差一层。请在生成文件的系统中更正层级。"),
    /** More in a pack than its ratio allows. */
    RATIO(
        422,
        "A pack holds more than its packaging ratio allows. Correct the ratio or the packs that are in it.",
        "包装内的数量超过包装比例。请更正包装比例或其中的包装。"),
    UNKNOWN_BILL_TYPE(
        422,
        "The bill is of a type that docs/drug-files.md does not list. Use one of the types there.",
        "单据类型不在 docs/drug-files.md 所列之内。请使用其中的类型。"),
    /** The bill belongs to somebody else. */
    OTHER_OWNER(
        422,
        "The bill belongs to another firm than the one that submits it. Submit it with the key of that firm.",
        "单据属于别的企业，不是提交者。请用该企业的密钥提交。"),
    /** A bill of this type names another firm, and this one does not. */
    NO_PARTNER(
        422,
        "A bill of this type names another firm, and the file does not say which participant that is. Name it with --partner.",
        "此类单据须有对方企业，而文件没有说明是哪个参与主体。请用 --partner 指明。");

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
  private final int line;

  DrugFileException(Reason reason, int line, String detail) {
    this(reason, line, detail, null);
  }

  DrugFileException(Reason reason, int line, String detail, @Nullable Throwable cause) {
    super((line > 0 ? "line " + line + ": " : "") + bounded(detail), cause);
    this.reason = reason;
    this.line = line;
  }

  public Reason reason() {
    return reason;
  }

  /** From 1; 0 where it is about the file as a whole. */
  public int line() {
    return line;
  }

  /** What is printed of texts out of a file: short, and without what a terminal would obey. */
  static String bounded(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints()
        .limit(MESSAGE_MAX)
        .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return text.length() > MESSAGE_MAX ? safe + "..." : safe.toString();
  }
}
