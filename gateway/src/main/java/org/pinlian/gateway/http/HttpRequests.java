// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.pinlian.gateway.access.Allowances;
import org.pinlian.gateway.access.RemoteAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers plain HTTP: {@code /} says what this is, {@code /health} that it runs, {@code /ready}
 * that the node serves too, {@code /metrics} what was counted, {@code /tlog} the published tree,
 * {@code /notices.json} and {@code /notices.atom} which orders were given. Safe for use on several
 * event loops.
 */
public final class HttpRequests {
  private static final Logger log = LoggerFactory.getLogger(HttpRequests.class);
  private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);
  private static final long HTTP2_NO_ERROR = 0;
  private static final String JSON = "application/json";
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final String version;
  private final Supplier<CompletableFuture<Boolean>> nodeServes;
  private final Supplier<CompletableFuture<Boolean>> storageDamaged;
  private final Supplier<String> metrics;
  private final Allowances addresses;
  private final TlogRequests tlog;
  private final NoticeRequests notices;
  private final Router router;

  /**
   * @param nodeServes whether the node takes calls
   * @param storageDamaged whether the node has found stored bytes damaged; it serves the others
   */
  public HttpRequests(
      Vertx vertx,
      String version,
      Supplier<CompletableFuture<Boolean>> nodeServes,
      Supplier<CompletableFuture<Boolean>> storageDamaged,
      Supplier<String> metrics,
      Allowances addresses,
      TlogRequests tlog,
      NoticeRequests notices) {
    this.vertx = vertx;
    this.version = version;
    this.nodeServes = nodeServes;
    this.storageDamaged = storageDamaged;
    this.metrics = metrics;
    this.addresses = addresses;
    this.tlog = tlog;
    this.notices = notices;
    this.router = router();
  }

  /** Takes one request. */
  public void handle(HttpServerRequest request) {
    router.handle(request);
  }

  /** Answers a request for gRPC in a way that is not spoken here. */
  public void refuseOtherGrpc(HttpServerRequest request) {
    hangUp(request, Problem.UNSUPPORTED_MEDIA_TYPE.answer(request));
  }

  /** Answers bytes that are no HTTP request, and closes the connection. */
  public void refuseInvalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    Problem problem =
        switch (cause) {
          case TooLongHttpLineException line -> Problem.URI_TOO_LONG;
          case TooLongHttpHeaderException header -> Problem.HEADERS_TOO_LARGE;
          case null, default -> Problem.BAD_REQUEST;
        };
    problem.answer(request).onComplete(_ -> request.connection().close());
  }

  private Router router() {
    Router routes = Router.router(vertx);
    routes.route().handler(this::checkShape);
    reading(routes, "/health")
        .handler(call -> answer(call, JSON, new JsonObject().put("status", "up").encode()));
    routes.route().handler(this::checkRate);
    reading(routes, "/")
        .handler(call ->
            answer(
                call,
                JSON,
                new JsonObject().put("name", "pinlian").put("version", version).encode()));
    reading(routes, "/ready").handler(this::ready);
    reading(routes, "/metrics").handler(this::metrics);
    reading(routes, TlogPath.PREFIX + "/*").handler(tlog::handle);
    reading(routes, NoticeRequests.JSON).handler(notices::handle);
    reading(routes, NoticeRequests.ATOM).handler(notices::handle);
    routes.errorHandler(404, call -> Problem.NOT_FOUND.answer(call.request()));
    routes.errorHandler(400, call -> Problem.BAD_REQUEST.answer(call.request()));
    routes.errorHandler(
        500,
        call -> {
          log.error("Fault while answering {}", call.normalizedPath(), call.failure());
          Problem.INTERNAL.answer(call.request());
        });
    return routes;
  }

  private static Route reading(Router routes, String path) {
    return routes.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  private void checkShape(RoutingContext call) {
    HttpServerRequest request = call.request();
    if (!READING.contains(request.method())) {
      call.response().putHeader("allow", "GET, HEAD");
      hangUp(request, Problem.METHOD_NOT_ALLOWED.answer(request));
    } else if (announcesBody(request)) {
      hangUp(request, Problem.BODY_NOT_ACCEPTED.answer(request));
    } else {
      call.next();
    }
  }

  private static boolean announcesBody(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    return (length != null && !length.equals("0"))
        || request.getHeader("transfer-encoding") != null;
  }

  /** A body nobody asked for is not read: its stream ends, or its connection has to. */
  private static void hangUp(HttpServerRequest request, Future<Void> answered) {
    if (request.version() == HttpVersion.HTTP_2) {
      answered.onComplete(_ -> request.response().reset(HTTP2_NO_ERROR));
    } else {
      answered.onComplete(_ -> request.connection().close());
    }
  }

  private void checkRate(RoutingContext call) {
    HttpServerRequest request = call.request();
    String address = request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
    long nanos = addresses.of(RemoteAddress.counted(address)).take();
    if (nanos == 0) {
      call.next();
    } else {
      long seconds = Math.max(1, (nanos + 999_999_999) / 1_000_000_000);
      call.response().putHeader("retry-after", Long.toString(seconds));
      Problem.TOO_MANY_REQUESTS.answer(request);
    }
  }

  private void ready(RoutingContext call) {
    CompletableFuture<JsonObject> asked =
        nodeServes
            .get()
            .thenCombine(
                storageDamaged.get(),
                (serves, damaged) -> {
                  JsonObject json = new JsonObject().put("ready", serves);
                  return damaged ? json.put("storage", "damaged") : json;
                });
    Future.fromCompletionStage(asked, vertx.getOrCreateContext())
        .onSuccess(json -> {
          if (!call.response().closed()) {
            // Damaged, it still takes submissions and serves what is whole: a balancer that took
            // it away would do more harm than the damage.
            call.response().setStatusCode(json.getBoolean("ready") ? 200 : 503);
            answer(call, JSON, json.encode());
          }
        })
        .onFailure(call::fail);
  }

  private void metrics(RoutingContext call) {
    // Off the event loop: there may be many meters.
    vertx
        .executeBlocking(metrics::get, false)
        .onSuccess(text -> answer(call, PROMETHEUS_TEXT, text))
        .onFailure(call::fail);
  }

  private static void answer(RoutingContext call, String contentType, String body) {
    if (call.response().closed()) {
      return;
    }
    SecurityHeaders.set(call.response());
    Buffer bytes = Buffer.buffer(body);
    call.response()
        .putHeader("content-type", contentType)
        .putHeader("content-length", Integer.toString(bytes.length()));
    if (call.request().method().equals(HttpMethod.HEAD)) {
      call.response().end();
    } else {
      call.response().end(bytes);
    }
  }
}
