// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One answer over HTTP. For one thread. */
final class HttpReply {
  private final int status;
  private final byte[] body;
  private final Map<String, String> headers = new LinkedHashMap<>();

  private HttpReply(int status, String type, byte[] body) {
    this.status = status;
    this.body = body;
    headers.put("Content-Type", type);
    headers.put("Cache-Control", "no-store");
    headers.put("X-Content-Type-Options", "nosniff");
  }

  static HttpReply json(int status, ObjectNode json) {
    return new HttpReply(status, "application/json", Json.line(json));
  }

  static HttpReply text(int status, byte[] text) {
    return new HttpReply(status, "text/plain; charset=utf-8", text);
  }

  /** RFC 9457, with a code for programs. */
  static HttpReply problem(AgentProblem problem, String detail) {
    return problem(problem, detail, List.of());
  }

  static HttpReply problem(AgentProblem problem, String detail, List<Violation> violations) {
    return problem(problem.http(), problem.name(), detail, violations);
  }

  /** What the ledger said instead of what it was asked for, with its own code. */
  static HttpReply notFromLedger(String code, String detail) {
    return problem(502, code, detail, List.of());
  }

  private static HttpReply problem(
      int status, String code, String detail, List<Violation> violations) {
    ObjectNode json = Json.object();
    json.put("status", status);
    json.put("code", code);
    json.put("detail", detail);
    if (!violations.isEmpty()) {
      json.set("violations", Json.violations(violations));
    }
    return new HttpReply(status, "application/problem+json", Json.line(json));
  }

  HttpReply with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  HttpReply retryAfter(int seconds) {
    return with("Retry-After", Integer.toString(seconds));
  }

  boolean isProblem() {
    return status >= 400;
  }

  /**
   * @param last whether nothing more is taken over this connection
   */
  void send(HttpExchange exchange, boolean last) throws IOException {
    Headers sent = exchange.getResponseHeaders();
    headers.forEach(sent::set);
    if (last) {
      sent.set("Connection", "close");
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
