// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import org.pinlian.record.ErrorCode;

/** Why the agent itself does not do what it was asked for; the ledger has codes of its own. */
public enum AgentProblem implements ErrorCode {
  UNREADABLE(
      400,
      "The body or file is not of the form it should be. See its violations, and correct what made it.",
      "正文或文件不是应有的格式。请看 violations，并修正生成它的程序。"),
  NOT_ACCEPTABLE(
      422,
      "The body or file can be read, and the ledger would refuse it whatever it holds. See its violations, where code says why.",
      "正文或文件可以读取，但无论账本中有什么都会被拒收。请看 violations，其中 code 写明原因。"),
  IDEMPOTENCY_KEY(
      400,
      "The Idempotency-Key is not 1 to 255 printable ASCII characters without spaces, once. Send another.",
      "Idempotency-Key 须只出现一次，为 1 至 255 个可见 ASCII 字符，不含空格。请更换。"),
  TOKEN(
      401,
      "The agent lets in only whoever sends its token. Send Authorization: Bearer and what its token file holds.",
      "代理只接待持有其令牌的程序。请发送 Authorization: Bearer 和令牌文件中的内容。"),
  NOT_FOR_PAGES(
      403,
      "A web page sent the request, and the agent serves none. Send it from a program.",
      "请求来自网页，代理不接待网页。请由程序发送。"),
  NOT_FOUND(
      404,
      "The agent has nothing under this path or id. Compare it with the location that the 202 named.",
      "代理在此路径或编号下没有内容。请与 202 答复中的 location 核对。"),
  METHOD(
      405,
      "The path is asked for by another method. Allow names it.",
      "此路径不用这个方法。请按 Allow 所示的方法请求。"),
  KEY_REUSED(
      409,
      "Other bytes came under this Idempotency-Key before. Send new content under a new key.",
      "此前有其他内容用过这个 Idempotency-Key。新内容请用新的键。"),
  TOO_LARGE(
      413, "The body is larger than the agent takes. Split the submission.", "正文超过代理可接收的大小。请拆分提交。"),
  MEDIA_TYPE(
      415,
      "The agent reads no such Content-Type. Send one of those that the detail names.",
      "代理不读取这种 Content-Type。请使用 detail 中列出的类型。"),
  CONTENT_ENCODING(415, "The body is compressed. Send the bytes as they are.", "正文经过压缩。请原样发送。"),
  NOT_THIS_HOST(
      421,
      "The agent was asked for under a name that is not its own. Use 127.0.0.1 or localhost with its port.",
      "请求所用的主机名不是代理的。请用 127.0.0.1 或 localhost 及其端口。"),
  QUEUE_FULL(
      429,
      "The queue is full, and nothing was accepted. Send the same later, as Retry-After says; /status tells why nothing goes out.",
      "队列已满，本次没有接收。请按 Retry-After 稍后重发；/status 说明为何发不出去。"),
  FAULT(
      500,
      "This is a fault of the agent, and its log has it. Send the same again under the same key.",
      "代理内部故障，日志中有记录。请用同一个键重发。"),
  IO(
      500,
      "The agent cannot read what it keeps on its disk. See its log, and its disk.",
      "代理无法读取其磁盘上的数据。请查看日志和磁盘。"),
  BUSY(
      503,
      "The agent has too much to do at once. Send the same after Retry-After.",
      "代理同时处理的请求过多。请在 Retry-After 之后重发。"),
  UNAVAILABLE(
      503,
      "The agent cannot write its queue now, or is stopping. Send the same again under the same key.",
      "代理此刻无法写入队列，或正在停止。请用同一个键重发。"),
  UNREACHABLE(
      503,
      "The ledger does not answer the agent. What was accepted waits and is carried later; ask again.",
      "账本没有应答代理。已接收的会保留并稍后送出；请稍后再问。");

  private final int http;
  private final String english;
  private final String chinese;

  AgentProblem(int http, String english, String chinese) {
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
