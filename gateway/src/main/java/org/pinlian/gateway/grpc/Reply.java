// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.Metadata;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one call on the wire. Its event loop only.
 *
 * <p>The trailers wait here until the socket has taken every message: Vert.x (5.0.7) fails over
 * trailers that are still in its own queue when a caller resets the stream.
 */
final class Reply {
  private static final String CONTENT_TYPE = "application/grpc";
  private static final int HTTP2_NO_ERROR = 0;

  /** Enhance your calm: a gRPC client reads it as RESOURCE_EXHAUSTED. */
  private static final int HTTP2_TOO_MUCH = 0xb;

  /** What the socket takes of a long write shows in pieces of this size. */
  private static final int PIECE_BYTES = 64 << 10;

  /** What is still taken in of a request whose answer is over, before the stream is cut. */
  private static final int AFTER_END_BYTES_MAX = 1 << 20;

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private int writesPending;
  private long bytesWaiting;
  private long progressAt;
  private boolean requestEnded;
  private int bytesAfterEnd;
  private @Nullable GatewayStatus end;
  private Runnable whenOut = () -> {};

  Reply(HttpServerRequest request) {
    this.request = request;
    this.response = request.response();
  }

  /** The caller has sent all it will. */
  void requestEnded() {
    requestEnded = true;
  }

  /** The headers that go before the first message. */
  void head(Metadata headers) {
    GatewayStatus.copy(headers, response.headers());
  }

  /** Writes messages, prefixes and all. Done when the socket has taken them. */
  Future<Void> write(Buffer framed) {
    if (!response.headWritten()) {
      prepareHead();
    }
    if (writesPending == 0) {
      progressAt = System.nanoTime();
    }
    int at = 0;
    while (framed.length() - at > PIECE_BYTES) {
      writePiece(framed.slice(at, at + PIECE_BYTES));
      at += PIECE_BYTES;
    }
    return writePiece(at == 0 ? framed : framed.slice(at, framed.length()));
  }

  private Future<Void> writePiece(Buffer piece) {
    int bytes = piece.length();
    writesPending++;
    bytesWaiting += bytes;
    return response.write(piece).onComplete(done -> written(bytes, done.succeeded()));
  }

  /** Bytes written that the socket has not taken. */
  long bytesWaiting() {
    return bytesWaiting;
  }

  /** Whether bytes wait to be written, and none was for so long. */
  boolean stalledFor(long nanos) {
    return writesPending > 0 && System.nanoTime() - progressAt >= nanos;
  }

  /** Cuts the stream off, with all that waits to be written. */
  void cutOff() {
    end = null;
    response.reset(HTTP2_TOO_MUCH);
  }

  private void written(int bytes, boolean taken) {
    writesPending--;
    bytesWaiting -= bytes;
    if (!taken) {
      // The stream is closing: trailers written now would be lost in its queue (see above), and
      // whoever closed it is told by another way.
      end = null;
      return;
    }
    progressAt = System.nanoTime();
    if (end != null && writesPending == 0) {
      writeEnd(end);
    }
  }

  /** Ends the call, once everything before is written. */
  void end(GatewayStatus status) {
    end(status, () -> {});
  }

  /** Ends the call, once everything before is written, and says so when that is done. */
  void end(GatewayStatus status, Runnable out) {
    end = status;
    whenOut = out;
    if (writesPending == 0) {
      writeEnd(status);
    }
  }

  private void writeEnd(GatewayStatus status) {
    writeEndIfOpen(status);
    whenOut.run();
  }

  private void writeEndIfOpen(GatewayStatus status) {
    if (response.closed() || response.ended()) {
      return;
    }
    if (response.headWritten()) {
      status.writeTo(response.trailers());
    } else {
      prepareHead();
      status.writeTo(response.headers());
    }
    response.end();
    if (!requestEnded) {
      takeInTheRest();
    }
  }

  private void prepareHead() {
    response.putHeader("content-type", CONTENT_TYPE);
    response.putHeader("grpc-accept-encoding", "identity");
  }

  /**
   * Most callers have their request on the way already, and a reset would count against them in the
   * guard against reset floods; so some more is taken in and dropped. Whoever goes on is cut off.
   */
  private void takeInTheRest() {
    request.endHandler(_ -> requestEnded = true);
    request.handler(chunk -> {
      bytesAfterEnd += chunk.length();
      if (bytesAfterEnd > AFTER_END_BYTES_MAX) {
        request.handler(null);
        request.pause();
        response.reset(HTTP2_NO_ERROR);
      }
    });
    request.resume();
  }
}
