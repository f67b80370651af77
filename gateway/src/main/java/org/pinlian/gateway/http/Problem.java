// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** What HTTP answers when it does not answer: problem details (RFC 9457). */
enum Problem {
  BODY_NOT_ACCEPTED(413, "No body is accepted here"),
  NOT_FOUND(404, "Nothing is here"),
  NOT_LOGGED_IN(401, "Log in to read this"),
  NOT_ALLOWED(403, "For authorities and auditors"),
  METHOD_NOT_ALLOWED(405, "Only GET and HEAD are answered here"),
  UNSUPPORTED_MEDIA_TYPE(415, "gRPC is spoken over HTTP/2, as application/grpc"),
  TOO_MANY_REQUESTS(429, "More requests than allowed"),
  URI_TOO_LONG(414, "The request line is too long"),
  HEADERS_TOO_LARGE(431, "The headers are too large"),
  BAD_REQUEST(400, "Not an HTTP request"),
  INTERNAL(500, "Internal fault"),
  NODE_UNAVAILABLE(503, "The ledger does not answer");

  private final int status;
  private final String title;

  Problem(int status, String title) {
    this.status = status;
    this.title = title;
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
        .end(new JsonObject().put("title", title).put("status", status).toBuffer());
  }
}
