// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway;

import java.time.Duration;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.gateway.access.CallCaps;
import org.pinlian.gateway.access.RateLimit;

/**
 * How a gateway is set up. The defaults, which only a flood reaches, stand in {@link Builder}.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 for any that is free
 * @param audience the name that callers sign to log in here and nowhere else; empty for host:port
 *     as listened on
 * @param tokenLifetime how long a login lasts
 * @param messageBytesMax largest submission taken, and largest message taken from the node
 * @param participantLimit how fast one participant may send, over all its connections
 * @param addressLimit how fast one address may send without a login
 * @param callCaps calls open at once
 * @param byteCaps bytes held at once for callers who are slow to send or to read
 * @param connectionsMax connections at once; a quarter of them from one address
 * @param firstRequestWithin how long a connection may take to send its first request
 * @param idleTimeout after how long without a sign of life a connection is closed
 * @param stalledAfter after how long without taking a byte that waits for it a reader's call is
 *     closed
 * @param shutdownGrace how long calls under way may take to finish when the gateway stops
 * @param entriesOpen whether anybody may read the log's entries, and not auditors alone
 */
public record GatewayConfig(
    String host,
    int port,
    String audience,
    Duration tokenLifetime,
    int messageBytesMax,
    RateLimit participantLimit,
    RateLimit addressLimit,
    CallCaps callCaps,
    ByteCaps byteCaps,
    int connectionsMax,
    Duration firstRequestWithin,
    Duration idleTimeout,
    Duration stalledAfter,
    Duration shutdownGrace,
    boolean entriesOpen) {

  public GatewayConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
    }
    if (messageBytesMax < 1 || connectionsMax < 4) {
      throw new IllegalArgumentException(
          "limits too small: %s bytes a message, %s connections"
              .formatted(messageBytesMax, connectionsMax));
    }
    requirePositive("tokenLifetime", tokenLifetime);
    requirePositive("firstRequestWithin", firstRequestWithin);
    requirePositive("idleTimeout", idleTimeout);
    requirePositive("stalledAfter", stalledAfter);
    requirePositive("shutdownGrace", shutdownGrace);
  }

  private static void requirePositive(String name, Duration duration) {
    if (duration.toMillis() < 1) {
      throw new IllegalArgumentException(name + " is " + duration + ", not above 0");
    }
  }

  /** Begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The same on another port: for one that was asked to take any. */
  public GatewayConfig withPort(int number) {
    return new GatewayConfig(
        host,
        number,
        audience,
        tokenLifetime,
        messageBytesMax,
        participantLimit,
        addressLimit,
        callCaps,
        byteCaps,
        connectionsMax,
        firstRequestWithin,
        idleTimeout,
        stalledAfter,
        shutdownGrace,
        entriesOpen);
  }

  /** The defaults, and what is changed of them. Used by one thread. */
  public static final class Builder {
    private String host = "127.0.0.1";
    private int port = 8080;
    private String audience = "";
    private Duration tokenLifetime = Duration.ofMinutes(15);
    // A submission of 4 MiB (formats.md A.10), and room for what goes around its records.
    private int messageBytesMax = (4 << 20) + (64 << 10);
    private RateLimit participantLimit = RateLimit.perSecond(50_000, 64 << 20);
    private RateLimit addressLimit = new RateLimit(50, 200, 1 << 20, 4 << 20);
    private CallCaps callCaps = new CallCaps(4_096, 512, 256, 16);
    private ByteCaps byteCaps = new ByteCaps(512L << 20, 128L << 20);
    private int connectionsMax = 4_096;
    private Duration firstRequestWithin = Duration.ofSeconds(10);
    private Duration idleTimeout = Duration.ofMinutes(1);
    private Duration stalledAfter = Duration.ofMinutes(1);
    private Duration shutdownGrace = Duration.ofSeconds(30);
    private boolean entriesOpen;

    private Builder() {}

    public Builder host(String address) {
      host = address;
      return this;
    }

    public Builder port(int number) {
      port = number;
      return this;
    }

    public Builder audience(String name) {
      audience = name;
      return this;
    }

    public Builder tokenLifetime(Duration lifetime) {
      tokenLifetime = lifetime;
      return this;
    }

    public Builder messageBytesMax(int most) {
      messageBytesMax = most;
      return this;
    }

    public Builder participantLimit(RateLimit limit) {
      participantLimit = limit;
      return this;
    }

    public Builder addressLimit(RateLimit limit) {
      addressLimit = limit;
      return this;
    }

    public Builder callCaps(CallCaps caps) {
      callCaps = caps;
      return this;
    }

    public Builder byteCaps(ByteCaps caps) {
      byteCaps = caps;
      return this;
    }

    public Builder connectionsMax(int most) {
      connectionsMax = most;
      return this;
    }

    public Builder firstRequestWithin(Duration most) {
      firstRequestWithin = most;
      return this;
    }

    public Builder idleTimeout(Duration most) {
      idleTimeout = most;
      return this;
    }

    public Builder stalledAfter(Duration most) {
      stalledAfter = most;
      return this;
    }

    public Builder shutdownGrace(Duration most) {
      shutdownGrace = most;
      return this;
    }

    public Builder entriesOpen(boolean open) {
      entriesOpen = open;
      return this;
    }

    /**
     * @throws IllegalArgumentException if a value makes no sense
     */
    public GatewayConfig build() {
      return new GatewayConfig(
          host,
          port,
          audience,
          tokenLifetime,
          messageBytesMax,
          participantLimit,
          addressLimit,
          callCaps,
          byteCaps,
          connectionsMax,
          firstRequestWithin,
          idleTimeout,
          stalledAfter,
          shutdownGrace,
          entriesOpen);
    }
  }
}
