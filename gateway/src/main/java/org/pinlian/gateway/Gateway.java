// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import io.grpc.Channel;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.access.Allowances;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.gateway.access.Challenges;
import org.pinlian.gateway.access.Tokens;
import org.pinlian.gateway.grpc.GrpcCalls;
import org.pinlian.gateway.grpc.NodeHealth;
import org.pinlian.gateway.grpc.NoticeCalls;
import org.pinlian.gateway.grpc.TlogCalls;
import org.pinlian.gateway.http.HttpRequests;
import org.pinlian.gateway.http.NoticeRequests;
import org.pinlian.gateway.http.TlogRequests;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway: the edge in front of one node, gRPC and HTTP on one port. Start and stop it
 * from any thread that may block.
 *
 * <p>The node's channel stays its owner's to close, after the gateway has stopped. An in-process
 * server behind it must have an executor of its own: with a direct one, the node would do its work
 * on the event loops of the gateway.
 *
 * <p>Vert.x logs each HTTP/2 connection that does not begin as one must, at level error and before
 * anybody could ask it not to; whoever sets up logging should switch {@code
 * io.vertx.core.net.impl.ConnectionBase} off, lest garbage on the port fills the log.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  /** In Vert.x, any port that is free, but the same one for all servers that ask with it. */
  private static final int ANY_SHARED_PORT = -1;

  private static final int CALLERS_REMEMBERED_MAX = 65_536;
  private static final int SWEEPS_PER_STALL = 4;
  private static final int EVENT_LOOPS_MAX = 8;
  private static final long START_SECONDS_MAX = 30;
  private static final long FLUSH_SECONDS_MAX = 2;

  private final GatewayConfig config;
  private final @Nullable GatewayTls tls;
  private final Vertx vertx;
  private final GrpcCalls calls;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private volatile String audience;
  private boolean stopped;

  /** Listens when this returns. */
  public static Gateway start(
      GatewayConfig config, Channel toNode, PrometheusMeterRegistry registry) {
    return start(config, null, null, toNode, registry);
  }

  /**
   * Listens when this returns.
   *
   * @param tls how to speak with callers; null to speak plainly, on this machine or behind a proxy
   *     that speaks TLS
   * @param attesting how to sign for those who cannot; null to sign for nobody
   */
  public static Gateway start(
      GatewayConfig config,
      @Nullable GatewayTls tls,
      @Nullable Attesting attesting,
      Channel toNode,
      PrometheusMeterRegistry registry) {
    return start(
        config, tls, attesting, toNode, registry, InstantSource.system(), System::nanoTime);
  }

  /** With the clocks by which logins expire and callers are slowed down. */
  static Gateway start(
      GatewayConfig config,
      @Nullable Attesting attesting,
      Channel toNode,
      PrometheusMeterRegistry registry,
      InstantSource clock,
      LongSupplier nanoTime) {
    return start(config, null, attesting, toNode, registry, clock, nanoTime);
  }

  private static Gateway start(
      GatewayConfig config,
      @Nullable GatewayTls tls,
      @Nullable Attesting attesting,
      Channel toNode,
      PrometheusMeterRegistry registry,
      InstantSource clock,
      LongSupplier nanoTime) {
    Gateway gateway = new Gateway(config, tls, attesting, toNode, registry, clock, nanoTime);
    try {
      gateway.listen();
      return gateway;
    } catch (RuntimeException failed) {
      gateway.stop();
      throw failed;
    }
  }

  private final Connections connections;
  private final HttpRequests http;

  private Gateway(
      GatewayConfig config,
      @Nullable GatewayTls tls,
      @Nullable Attesting attesting,
      Channel toNode,
      PrometheusMeterRegistry registry,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.config = config;
    this.tls = tls;
    this.audience = config.audience();
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(eventLoops())
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    SecureRandom random = new SecureRandom();
    Tokens tokens = new Tokens(config.tokenLifetime(), clock, random);
    Allowances addresses = new Allowances(config.addressLimit(), CALLERS_REMEMBERED_MAX, nanoTime);
    this.connections = new Connections(config.connectionsMax());
    this.calls =
        new GrpcCalls(
            toNode,
            config.messageBytesMax(),
            config.callCaps(),
            config.byteCaps(),
            tokens,
            new Challenges(() -> audience, clock, random),
            new Allowances(config.participantLimit(), CALLERS_REMEMBERED_MAX, nanoTime),
            addresses,
            attesting,
            clock,
            registry);
    long sweepMillis = Math.max(1, config.stalledAfter().toMillis() / SWEEPS_PER_STALL);
    vertx.setPeriodic(sweepMillis, _ -> calls.closeStalled(config.stalledAfter()));
    registry.gauge("pinlian.gateway.tokens.live", tokens, Tokens::live);
    registry.gauge("pinlian.gateway.connections", connections, Connections::size);
    NodeHealth health = new NodeHealth(toNode);
    this.http =
        new HttpRequests(
            vertx,
            version(),
            () -> health.serves().thenApply(serves -> serves && !calls.draining()),
            health::storageDamaged,
            registry::scrape,
            addresses,
            new TlogRequests(vertx, new TlogCalls(toNode), calls::caller, config.entriesOpen()),
            new NoticeRequests(vertx, new NoticeCalls(toNode, nanoTime)));
  }

  private static int eventLoops() {
    return Math.clamp(Runtime.getRuntime().availableProcessors(), 1, EVENT_LOOPS_MAX);
  }

  private void listen() {
    int bindPort = config.port() == 0 ? ANY_SHARED_PORT : config.port();
    Future<String> deployed =
        vertx.deployVerticle(
            () -> new EdgeServer(config, tls, bindPort, connections, calls, http, servers),
            new DeploymentOptions().setInstances(eventLoops()));
    try {
      deployed.toCompletionStage().toCompletableFuture().get(START_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException refused) {
      throw new IllegalStateException(
          "cannot listen on " + config.host() + ":" + config.port(), refused.getCause());
    } catch (TimeoutException late) {
      throw new IllegalStateException("not listening after " + START_SECONDS_MAX + " s", late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", interrupted);
    }
    if (audience.isEmpty()) {
      audience = address();
    }
    log.info("Gateway listens on {}", address());
  }

  /** The port listened on, which is the one configured unless that is 0. */
  public int port() {
    return servers.getFirst().actualPort();
  }

  /** Host and port listened on. */
  public String address() {
    return config.host() + ":" + port();
  }

  /** The name that callers sign to log in here. */
  public String audience() {
    return audience;
  }

  /**
   * Takes nothing new, answers all it has taken, and closes: new calls are refused as {@code
   * UNAVAILABLE}, streams are ended once everything read from them is answered. What is not
   * finished within the grace is cut off. Returns when all of it is done.
   */
  public synchronized void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    await(calls.drain(), config.shutdownGrace().toMillis());
    calls.abandon();
    // Lets what was answered reach its readers before the connections are closed.
    await(
        Future.join(
                servers.stream()
                    .map(server -> server.shutdown(FLUSH_SECONDS_MAX, TimeUnit.SECONDS))
                    .toList())
            .toCompletionStage()
            .toCompletableFuture(),
        TimeUnit.SECONDS.toMillis(2 * FLUSH_SECONDS_MAX));
    await(
        vertx.close().toCompletionStage().toCompletableFuture(),
        TimeUnit.SECONDS.toMillis(START_SECONDS_MAX));
    calls.close();
    log.info("Gateway stopped");
  }

  @Override
  public void close() {
    stop();
  }

  private static void await(java.util.concurrent.Future<?> done, long millisMax) {
    try {
      done.get(millisMax, TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      log.debug("Not finished after {} ms", millisMax);
    } catch (ExecutionException failed) {
      log.warn("Stopping went wrong", failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String version() {
    try (@Nullable InputStream text = Gateway.class.getResourceAsStream("version.txt")) {
      return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8)
          .strip();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
