// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import com.google.protobuf.ByteString;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.grpc.TlogCalls;
import org.pinlian.gateway.grpc.TlogCalls.Answer;

/**
 * Serves the published tree below {@code /tlog} (B.5). Pages of any host may read it, since it is
 * the same for everybody; bundles of entries are for authorities and auditors unless they were
 * opened.
 */
public final class TlogRequests {
  private static final String FOR_EVER = "max-age=31536000, immutable";
  private static final String BYTES = "application/octet-stream";

  private final Vertx vertx;
  private final TlogCalls node;
  private final Function<HttpServerRequest, CompletableFuture<Optional<String>>> callers;
  private final boolean entriesOpen;

  /**
   * @param callers who makes a request; fails if that cannot be told now
   * @param entriesOpen whether anybody may read entries
   */
  public TlogRequests(
      Vertx vertx,
      TlogCalls node,
      Function<HttpServerRequest, CompletableFuture<Optional<String>>> callers,
      boolean entriesOpen) {
    this.vertx = vertx;
    this.node = node;
    this.callers = callers;
    this.entriesOpen = entriesOpen;
  }

  /** How an answer may be kept. */
  private record Kind(String contentType, String caching) {}

  void handle(RoutingContext call) {
    HttpServerRequest request = call.request();
    // A page of another host may read refusals too, or it could not tell them from a broken line.
    call.response().putHeader("access-control-allow-origin", "*");
    TlogPath path =
        request.uri().indexOf('?') >= 0 || request.path() == null
            ? null
            : TlogPath.parse(request.path()).orElse(null);
    switch (path) {
      case null -> Problem.NOT_FOUND.answer(request);
      case TlogPath.Checkpoint() ->
          answer(
              call, node.checkpoint(), new Kind("text/plain; charset=utf-8", "public, max-age=2"));
      case TlogPath.Tile(int level, long index, int width) ->
          answer(call, node.tile(level, index, width), new Kind(BYTES, "public, " + FOR_EVER));
      case TlogPath.Entries(long index, int width) -> entries(call, index, width);
    }
  }

  private void entries(RoutingContext call, long index, int width) {
    if (entriesOpen) {
      answer(call, node.bundle(index, width, null, true), new Kind(BYTES, "public, " + FOR_EVER));
      return;
    }
    call.response().putHeader("vary", "authorization");
    answer(
        call,
        callers
            .apply(call.request())
            .thenCompose(caller -> bundle(index, width, caller.orElse(null))),
        new Kind(BYTES, "private, " + FOR_EVER));
  }

  private CompletableFuture<Answer> bundle(long index, int width, @Nullable String caller) {
    return caller == null
        ? CompletableFuture.completedFuture(new Answer.NotLoggedIn())
        : node.bundle(index, width, caller, false);
  }

  private void answer(RoutingContext call, CompletableFuture<Answer> asked, Kind kind) {
    Future.fromCompletionStage(asked, vertx.getOrCreateContext())
        .onSuccess(answer -> answer(call, answer, kind))
        .onFailure(_ -> answer(call, new Answer.Unavailable(), kind));
  }

  private static void answer(RoutingContext call, Answer answer, Kind kind) {
    if (call.response().closed()) {
      return;
    }
    switch (answer) {
      case Answer.Content content -> send(call, content, kind);
      case Answer.NotThere() -> Problem.NOT_FOUND.answer(call.request());
      case Answer.NotLoggedIn() -> {
        call.response().putHeader("www-authenticate", "Bearer");
        Problem.NOT_LOGGED_IN.answer(call.request());
      }
      case Answer.NotAllowed() -> Problem.NOT_ALLOWED.answer(call.request());
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

  private static void send(RoutingContext call, Answer.Content content, Kind kind) {
    int size = content.pieces().stream().mapToInt(ByteString::size).sum();
    HttpServerResponse response = call.response();
    SecurityHeaders.set(response);
    response
        .putHeader("content-type", kind.contentType())
        .putHeader("content-length", Integer.toString(size))
        .putHeader("cache-control", kind.caching())
        .putHeader("cross-origin-resource-policy", "cross-origin");
    if (call.request().method().equals(HttpMethod.HEAD)) {
      response.end();
      return;
    }
    Buffer bytes = Buffer.buffer(size);
    content.pieces().forEach(piece -> bytes.appendBytes(piece.toByteArray()));
    response.end(bytes);
  }
}
