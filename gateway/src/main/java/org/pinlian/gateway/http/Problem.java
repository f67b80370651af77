// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import org.pinlian.record.ErrorCode;

/**
 * What HTTP answers when it does not answer: problem details (RFC 9457), with a code for programs.
 */
public enum Problem implements ErrorCode {
  BODY_NOT_ACCEPTED(
      413,
      "No body is accepted here",
      "Send the request without one; records are submitted over gRPC.",
      "此处不接受请求正文。请去掉正文再发；提交记录请用 gRPC。"),
  NOT_FOUND(
      404,
      "Nothing is here",
      "The gateway answers at /, /health, /ready, /metrics, /notices.json, /notices.atom and those"
          + " of tlog-tiles under /tlog.",
      "此处没有内容。网关只回应 /、/health、/ready、/metrics、/notices.json、/notices.atom 和 /tlog 下 tlog-tiles 的路径。"),
  NOT_LOGGED_IN(
      401,
      "Log in to read this",
      "Send Authorization: Bearer and a token of pinlian login.",
      "读取此内容须先登录。请在 Authorization: Bearer 中附上 pinlian login 取得的令牌。"),
  NOT_ALLOWED(
      403,
      "For authorities and auditors",
      "Log in with the key of one, or ask one.",
      "仅限监管部门与审计人员。请以其密钥登录，或向其索取。"),
  METHOD_NOT_ALLOWED(
      405,
      "Only GET and HEAD are answered here",
      "Records are submitted over gRPC.",
      "此处只回应 GET 和 HEAD。提交记录请用 gRPC。"),
  UNSUPPORTED_MEDIA_TYPE(
      415,
      "gRPC is spoken over HTTP/2, as application/grpc",
      "Use a gRPC library.",
      "gRPC 须经 HTTP/2，类型为 application/grpc。请使用 gRPC 程序库。"),
  TOO_MANY_REQUESTS(
      429,
      "More requests than allowed",
      "Wait as long as Retry-After says.",
      "请求次数超过限额。请按 Retry-After 所示时间稍后再来。"),
  URI_TOO_LONG(
      414,
      "The request line is too long",
      "No path of the gateway's is that long.",
      "请求行过长。网关没有这样长的路径。"),
  HEADERS_TOO_LARGE(
      431,
      "The headers are too large",
      "Send fewer, as cookies that the gateway does not want.",
      "请求头过大。请减少请求头，例如网关用不到的 Cookie。"),
  BAD_REQUEST(
      400,
      "Not an HTTP request",
      "Use an HTTP library; the gateway does not guess.",
      "不是合规的 HTTP 请求。请使用 HTTP 程序库；网关不作猜测。"),
  INTERNAL(
      500,
      "Internal fault",
      "The operator's log has it; try again later.",
      "网关内部故障。运营方日志中有记录，请稍后再试。"),
  NODE_UNAVAILABLE(
      503,
      "The ledger does not answer",
      "Try again later; nothing was lost.",
      "账本没有应答。请稍后再试；没有数据丢失。");

  private final int status;
  private final String title;
  private final String advice;
  private final String chinese;

  Problem(int status, String title, String advice, String chinese) {
    this.status = status;
    this.title = title;
    this.advice = advice;
    this.chinese = chinese;
  }

  @Override
  public int http() {
    return status;
  }

  @Override
  public String english() {
    return title + ". " + advice;
  }

  @Override
  public String chinese() {
    return chinese;
  }

  /** Done when the answer is written. */
  Future<Void> answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.headWritten()) {
      return Future.succeededFuture();
    }
    SecurityHeaders.set(response);
    return response
        .setStatusCode(status)
        .putHeader("content-type", "application/problem+json")
        .end(
            new JsonObject()
                .put("title", title)
                .put("status", status)
                .put("code", name())
                .toBuffer());
  }
}
