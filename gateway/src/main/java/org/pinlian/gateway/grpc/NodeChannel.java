// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.TlsIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to a node in another process: mutual TLS 1.3, one connection. It is made when the channel
 * is, and made again for as long as there is none; calls meanwhile fail at once, and it is for
 * whoever made them to try again.
 */
public final class NodeChannel implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeChannel.class);

  private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
  private static final long KEEP_ALIVE_SECONDS = 10;
  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 5;
  private static final long LOOK_MILLIS = 500;
  private static final long CLOSE_SECONDS_MAX = 5;
  private static final long CONNECTION_AGE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final ManagedChannel channel;
  private final TlsIdentity identity;
  private final PeerTrust trust;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("node-channel").daemon().factory());

  // Of the looking thread.
  private X509Certificate shown;
  private int believed;
  private long connectedAt = System.nanoTime();
  private ConnectivityState state = ConnectivityState.IDLE;

  private NodeChannel(ManagedChannel channel, TlsIdentity identity, PeerTrust trust) {
    this.channel = channel;
    this.identity = identity;
    this.trust = trust;
    this.shown = identity.certificate();
    this.believed = trust.version();
  }

  /**
   * Begins to connect.
   *
   * @param identity what the gateway shows
   * @param trust which node it is
   */
  public static NodeChannel to(String host, int port, TlsIdentity identity, PeerTrust trust) {
    NodeChannel made =
        new NodeChannel(
            NettyChannelBuilder.forAddress(host, port)
                .sslContext(tls(identity, trust))
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .build(),
            identity,
            trust);
    var _ = made.looking.scheduleWithFixedDelay(made::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    return made;
  }

  private static SslContext tls(TlsIdentity identity, PeerTrust trust) {
    try {
      return GrpcSslContexts.configure(
              SslContextBuilder.forClient()
                  .keyManager(identity)
                  .trustManager(trust)
                  .protocols("TLSv1.3")
                  // A session that is resumed is one in which nobody was checked.
                  .sessionCacheSize(1)
                  .sessionTimeout(1),
              SslProvider.JDK)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("this Java cannot speak TLS 1.3", e);
    }
  }

  public Channel channel() {
    return channel;
  }

  /**
   * Keeps the connection up, because the library's own pauses grow to minutes; and makes a new one
   * when our certificate was replaced, because the node asks at each call whether the one that was
   * shown is still good; when whom we believe was read anew, because the node's certificate may be
   * revoked; and after a while anyhow, because it may be over. Calls under way end on the old one.
   */
  private void look() {
    try {
      X509Certificate now = identity.certificate();
      int believedNow = trust.version();
      if (!now.equals(shown)
          || believedNow != believed
          || System.nanoTime() - connectedAt > CONNECTION_AGE_NANOS) {
        shown = now;
        believed = believedNow;
        connectedAt = System.nanoTime();
        channel.enterIdle();
      }
      ConnectivityState next = channel.getState(true);
      if (next == ConnectivityState.TRANSIENT_FAILURE) {
        channel.resetConnectBackoff();
      }
      if (next != state && next != ConnectivityState.CONNECTING) {
        log.info("The node's channel is {}", next);
        state = next;
      }
    } catch (RuntimeException fault) {
      log.error("Fault while looking after the node's channel", fault);
    }
  }

  /** Ends calls that are still under way. */
  @Override
  public void close() {
    looking.shutdownNow();
    channel.shutdownNow();
    try {
      var _ = channel.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
