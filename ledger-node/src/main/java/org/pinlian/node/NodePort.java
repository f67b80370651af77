// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.pinlian.node.rpc.KnownPeers;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.TlsIdentity;

/**
 * Where a node takes calls of gateways in other processes. There is no such port without mutual
 * TLS: a gateway tells the node who reads, so only a gateway may call.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 for any that is free
 * @param identity what the node shows
 * @param gateways who may call. Whoever it lets in may read everything
 * @param connectionAge after how long a connection is asked to end, so that the other side is
 *     checked anew; calls under way on it go on
 * @param connectionGrace how long those may go on
 */
public record NodePort(
    String host,
    int port,
    TlsIdentity identity,
    PeerTrust gateways,
    Duration connectionAge,
    Duration connectionGrace) {
  private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;
  private static final int METADATA_BYTES_MAX = 16 << 10;
  private static final long HANDSHAKE_SECONDS_MAX = 10;
  private static final long KEEP_ALIVE_SECONDS = 20;
  private static final long KEEP_ALIVE_SECONDS_MIN = 5;

  public NodePort {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
    }
    if (connectionAge.toMillis() < 1 || connectionGrace.toMillis() < 1) {
      throw new IllegalArgumentException(
          "a connection's age %s and grace %s must be above 0"
              .formatted(connectionAge, connectionGrace));
    }
  }

  public NodePort withPort(int port) {
    return new NodePort(host, port, identity, gateways, connectionAge, connectionGrace);
  }

  Server server(List<ServerServiceDefinition> services, Executor executor, int messageBytesMax) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(host, port))
            .sslContext(tls())
            .executor(executor)
            .maxInboundMessageSize(messageBytesMax)
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
            .handshakeTimeout(HANDSHAKE_SECONDS_MAX, TimeUnit.SECONDS)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(KEEP_ALIVE_SECONDS_MIN, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .maxConnectionAge(connectionAge.toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(connectionGrace.toMillis(), TimeUnit.MILLISECONDS);
    ServerInterceptor known = new KnownPeers(gateways);
    services.forEach(service -> builder.addService(ServerInterceptors.intercept(service, known)));
    return builder.build();
  }

  private SslContext tls() {
    try {
      return GrpcSslContexts.configure(
              SslContextBuilder.forServer(identity)
                  .trustManager(gateways)
                  .clientAuth(ClientAuth.REQUIRE)
                  .protocols("TLSv1.3")
                  // Who resumes a session is not asked for a certificate again.
                  .sessionCacheSize(1)
                  .sessionTimeout(1),
              SslProvider.JDK)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("this Java cannot speak TLS 1.3", e);
    }
  }
}
