// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pinlian.gateway.grpc.NoticeCalls;
import org.pinlian.gateway.grpc.NoticeCalls.Answer;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.RecordAt;

/**
 * Serves the public notices: {@code /notices.json} for programs, {@code /notices.atom} for feed
 * readers. Pages of any host may read them, since they are the same for everybody. Every page has
 * one spelling, so that caches hold it once.
 */
public final class NoticeRequests {
  static final String JSON = "/notices.json";
  static final String ATOM = "/notices.atom";

  /** At most 18 and 9 digits, which a long and an int hold. */
  private static final Pattern BEFORE =
      Pattern.compile("before=(0|[1-9][0-9]{0,17})\\.(0|[1-9][0-9]{0,8})");

  private static final String CACHING = "public, max-age=" + NoticeCalls.KEPT_SECONDS;

  private final Vertx vertx;
  private final NoticeCalls node;

  public NoticeRequests(Vertx vertx, NoticeCalls node) {
    this.vertx = vertx;
    this.node = node;
  }

  void handle(RoutingContext call) {
    HttpServerRequest request = call.request();
    call.response().putHeader("access-control-allow-origin", "*");
    // As it came, with nothing decoded.
    String uri = String.valueOf(request.uri());
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    boolean atom = path.equals(ATOM);
    if (!atom && !path.equals(JSON)) {
      Problem.NOT_FOUND.answer(request);
      return;
    }
    if (mark < 0) {
      answer(call, node.newest(), atom);
      return;
    }
    Matcher before = BEFORE.matcher(uri.substring(mark + 1));
    if (!before.matches()) {
      Problem.NOT_FOUND.answer(request);
      return;
    }
    RecordAt place =
        RecordAt.newBuilder()
            .setIndex(Long.parseLong(before.group(1)))
            .setPosition(Integer.parseInt(before.group(2)))
            .build();
    answer(call, node.before(place), atom);
  }

  private void answer(RoutingContext call, CompletableFuture<Answer> asked, boolean atom) {
    Future.fromCompletionStage(asked, vertx.getOrCreateContext())
        .onSuccess(answer -> {
          try {
            answer(call, answer, atom);
          } catch (RuntimeException e) {
            call.fail(e);
          }
        })
        .onFailure(call::fail);
  }

  private static void answer(RoutingContext call, Answer answer, boolean atom) {
    if (call.response().closed()) {
      return;
    }
    switch (answer) {
      case Answer.Page(ListNoticesReply page) -> {
        if (atom) {
          send(call, "application/atom+xml; charset=utf-8", NoticeFeed.atom(page));
        } else {
          send(call, "application/json", Buffer.buffer(NoticePage.json(page).encode()));
        }
      }
      case Answer.Busy() -> {
        call.response().putHeader("retry-after", "1");
        Problem.TOO_MANY_REQUESTS.answer(call.request());
      }
      case Answer.Unavailable() -> {
        call.response().putHeader("retry-after", "1");
        Problem.NODE_UNAVAILABLE.answer(call.request());
      }
    }
  }

  private static void send(RoutingContext call, String contentType, Buffer body) {
    HttpServerResponse response = call.response();
    SecurityHeaders.set(response);
    response
        .putHeader("content-type", contentType)
        .putHeader("content-length", Integer.toString(body.length()))
        .putHeader("cache-control", CACHING)
        .putHeader("cross-origin-resource-policy", "cross-origin");
    if (call.request().method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(body);
    }
  }
}
