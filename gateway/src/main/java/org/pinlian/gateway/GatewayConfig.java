// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import java.time.Duration;
import org.pinlian.gateway.access.RateLimit;

/**
 * How a gateway is set up. Begin with {@link #defaults}.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 for any that is free
 * @param audience the name that callers sign to log in here and nowhere else; empty for host:port
 *     as listened on
 * @param tokenLifetime how long a login lasts
 * @param messageBytesMax largest message taken from somebody logged in, and from the node
 * @param participantLimit how fast one participant may send, over all its connections
 * @param addressLimit how fast one address may send without a login
 * @param callsMax calls under way at once
 * @param connectionsMax connections at once; a quarter of them from one address
 * @param firstRequestWithin how long a connection may take to send its first request
 * @param idleTimeout after how long without a sign of life a connection is closed
 * @param shutdownGrace how long calls under way may take to finish when the gateway stops
 */
public record GatewayConfig(
    String host,
    int port,
    String audience,
    Duration tokenLifetime,
    int messageBytesMax,
    RateLimit participantLimit,
    RateLimit addressLimit,
    int callsMax,
    int connectionsMax,
    Duration firstRequestWithin,
    Duration idleTimeout,
    Duration shutdownGrace) {
  /** A submission of 4 MiB (formats.md A.10), and room for what goes around its records. */
  private static final int MESSAGE_BYTES_MAX = (4 << 20) + (64 << 10);

  public GatewayConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
    }
    if (messageBytesMax < 1 || callsMax < 1 || connectionsMax < 4) {
      throw new IllegalArgumentException(
          "limits too small: %s bytes a message, %s calls, %s connections"
              .formatted(messageBytesMax, callsMax, connectionsMax));
    }
    requirePositive("tokenLifetime", tokenLifetime);
    requirePositive("firstRequestWithin", firstRequestWithin);
    requirePositive("idleTimeout", idleTimeout);
    requirePositive("shutdownGrace", shutdownGrace);
  }

  private static void requirePositive(String name, Duration duration) {
    if (duration.toMillis() < 1) {
      throw new IllegalArgumentException(name + " is " + duration + ", not above 0");
    }
  }

  /** 127.0.0.1:8080, tokens of 15 minutes, limits that only a flood reaches. */
  public static GatewayConfig defaults() {
    return new GatewayConfig(
        "127.0.0.1",
        8080,
        "",
        Duration.ofMinutes(15),
        MESSAGE_BYTES_MAX,
        RateLimit.perSecond(50_000, 64 << 20),
        new RateLimit(50, 200, 1 << 20, 4 << 20),
        4_096,
        4_096,
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofSeconds(30));
  }

  public GatewayConfig withHost(String other) {
    return new GatewayConfig(
        other,
        port,
        audience,
        tokenLifetime,
        messageBytesMax,
        participantLimit,
        addressLimit,
        callsMax,
        connectionsMax,
        firstRequestWithin,
        idleTimeout,
        shutdownGrace);
  }

  public GatewayConfig withPort(int other) {
    return new GatewayConfig(
        host,
        other,
        audience,
        tokenLifetime,
        messageBytesMax,
        participantLimit,
        addressLimit,
        callsMax,
        connectionsMax,
        firstRequestWithin,
        idleTimeout,
        shutdownGrace);
  }

  public GatewayConfig withLimits(RateLimit participant, RateLimit address) {
    return new GatewayConfig(
        host,
        port,
        audience,
        tokenLifetime,
        messageBytesMax,
        participant,
        address,
        callsMax,
        connectionsMax,
        firstRequestWithin,
        idleTimeout,
        shutdownGrace);
  }

  public GatewayConfig withAudience(String other) {
    return new GatewayConfig(
        host,
        port,
        other,
        tokenLifetime,
        messageBytesMax,
        participantLimit,
        addressLimit,
        callsMax,
        connectionsMax,
        firstRequestWithin,
        idleTimeout,
        shutdownGrace);
  }

  public GatewayConfig withTimeouts(Duration firstRequest, Duration idle, Duration grace) {
    return new GatewayConfig(
        host,
        port,
        audience,
        tokenLifetime,
        messageBytesMax,
        participantLimit,
        addressLimit,
        callsMax,
        connectionsMax,
        firstRequest,
        idle,
        grace);
  }
}
