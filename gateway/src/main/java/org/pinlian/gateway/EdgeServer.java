// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.access.RemoteAddress;
import org.pinlian.gateway.grpc.CallHeaders;
import org.pinlian.gateway.grpc.GrpcCalls;
import org.pinlian.gateway.grpc.PeerCertificates;
import org.pinlian.gateway.http.HttpRequests;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port, on one event loop; every event loop has its own of these, all on the same port. Tells
 * gRPC from HTTP by the content type, and keeps connections from costing more than they do.
 *
 * <p>A hole: Vert.x shows a connection only once it has an HTTP/2 preface and settings or the whole
 * head of an HTTP/1 request. One that trickles towards that is neither counted nor timed here; it
 * is held to the idle timeout between two bytes and to the limits of a head, and costs a few
 * kilobytes.
 */
final class EdgeServer extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(EdgeServer.class);

  private static final long PINGS_PER_IDLE_TIMEOUT = 3;
  private static final int STREAM_WINDOW_BYTES = 256 << 10;
  private static final int CONNECTION_WINDOW_BYTES = 1 << 20;
  private static final int FRAME_BYTES_MAX = 64 << 10;
  private static final int STREAMS_PER_CONNECTION_MAX = 256;
  private static final int HEADER_BYTES_MAX = 8 << 10;
  private static final int REQUEST_LINE_BYTES_MAX = 4 << 10;

  // A client resets a stream when a call misses its deadline, and there may be many of those; what
  // a flood of resets would cost is bounded by the rate limits at the door.
  private static final int RESETS_PER_WINDOW_MAX = 3_000;

  private final GatewayConfig config;
  private final @Nullable GatewayTls tls;
  private final int bindPort;
  private final Connections connections;
  private final GrpcCalls calls;
  private final HttpRequests http;
  private final List<HttpServer> started;

  // This event loop's connections: those that sent no request yet, and those to be pinged.
  private final Set<HttpConnection> silent = identitySet();
  private final Set<HttpConnection> pinged = identitySet();

  EdgeServer(
      GatewayConfig config,
      @Nullable GatewayTls tls,
      int bindPort,
      Connections connections,
      GrpcCalls calls,
      HttpRequests http,
      List<HttpServer> started) {
    this.config = config;
    this.tls = tls;
    this.bindPort = bindPort;
    this.connections = connections;
    this.calls = calls;
    this.http = http;
    this.started = started;
  }

  private static Set<HttpConnection> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  @Override
  public Future<?> start() {
    long pingMillis = Math.max(1, config.idleTimeout().toMillis() / PINGS_PER_IDLE_TIMEOUT);
    vertx.setPeriodic(pingMillis, _ -> pinged.forEach(EdgeServer::ping));
    return vertx
        .createHttpServer(options())
        .connectionHandler(this::connected)
        .requestHandler(this::handle)
        .invalidRequestHandler(http::refuseInvalid)
        .listen(bindPort, config.host())
        .onSuccess(started::add);
  }

  private HttpServerOptions options() {
    HttpServerOptions options = plainOptions();
    return tls == null ? options : tls.applyTo(options);
  }

  private HttpServerOptions plainOptions() {
    return new HttpServerOptions()
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
        .setMaxFormFields(0)
        .setTcpNoDelay(true)
        .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
        .setHttp2RstFloodMaxRstFramePerWindow(RESETS_PER_WINDOW_MAX)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(STREAMS_PER_CONNECTION_MAX)
                .setInitialWindowSize(STREAM_WINDOW_BYTES)
                .setMaxFrameSize(FRAME_BYTES_MAX)
                .setMaxHeaderListSize(HEADER_BYTES_MAX))
        // Only what arrives counts as life: a peer that vanished would otherwise be kept alive by
        // our own pings.
        .setReadIdleTimeout((int) config.idleTimeout().toMillis())
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
  }

  private void connected(HttpConnection connection) {
    String address =
        RemoteAddress.counted(
            connection.remoteAddress() == null ? null : connection.remoteAddress().hostAddress());
    if (!connections.open(address)) {
      connection.close();
      return;
    }
    connection.exceptionHandler(
        failed -> log.debug("A connection from {} failed: {}", address, failed.toString()));
    connection.closeHandler(_ -> {
      connections.closed(address);
      silent.remove(connection);
      pinged.remove(connection);
    });
    silent.add(connection);
    vertx.setTimer(
        config.firstRequestWithin().toMillis(),
        _ -> {
          if (silent.remove(connection)) {
            connection.close();
          }
        });
  }

  /** Quiet streams are good streams: as long as the peer answers pings, they may stay. */
  private static void ping(HttpConnection connection) {
    connection.ping(Buffer.buffer(Long.BYTES).appendLong(0));
  }

  private void handle(HttpServerRequest request) {
    if (!stillTrusted(request.connection())) {
      request.connection().close();
      return;
    }
    boolean http2 = request.version() == HttpVersion.HTTP_2;
    if (silent.remove(request.connection()) && http2) {
      pinged.add(request.connection());
    }
    String contentType = request.getHeader("content-type");
    if (!CallHeaders.isAnyGrpc(contentType)) {
      http.handle(request);
    } else if (http2 && CallHeaders.isGrpc(contentType)) {
      calls.handle(request);
    } else {
      http.refuseOtherGrpc(request);
    }
  }

  /**
   * A certificate may run out or be revoked while its connection stands, and a TLS session that is
   * resumed shows none. Who then connects anew does not get through the handshake.
   */
  private boolean stillTrusted(HttpConnection connection) {
    if (tls == null || tls.callers() == null) {
      return true;
    }
    List<X509Certificate> shown = PeerCertificates.of(connection);
    if (shown.isEmpty()) {
      return !tls.required();
    }
    try {
      tls.callers().requireStillTrusted(shown);
      return true;
    } catch (CertificateException refused) {
      log.info("Closed a connection from {}: {}", connection.remoteAddress(), refused.getMessage());
      return false;
    }
  }
}
