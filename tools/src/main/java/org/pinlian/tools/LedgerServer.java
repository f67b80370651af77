// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.Gateway;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.gateway.grpc.NodeChannel;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.NodePort;
import org.pinlian.tools.config.GatewayFile;

/**
 * What one process serves: a node, a gateway, or a node and its gateway. Started and closed by one
 * thread.
 */
final class LedgerServer implements AutoCloseable {
  private final @Nullable Node node;
  private final @Nullable NodeChannel toNode;
  private final @Nullable Gateway gateway;
  private final PrometheusMeterRegistry metrics;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

  private LedgerServer(
      @Nullable Node node,
      @Nullable NodeChannel toNode,
      @Nullable Gateway gateway,
      PrometheusMeterRegistry metrics) {
    this.node = node;
    this.toNode = toNode;
    this.gateway = gateway;
    this.metrics = metrics;
    if (node != null) {
      node.onFatal(this::onFatal);
    }
  }

  /** Whether the folder holds a ledger: the log's key is made before anything is written. */
  static boolean isLedger(Path data) {
    return Node.holdsLedger(data);
  }

  /**
   * Both, plainly. Listens when this returns.
   *
   * @param port 0 for any that is free
   * @throws org.pinlian.node.storage.FolderInUseException if a node runs on the folder
   */
  static LedgerServer start(Path data, String host, int port) throws IOException {
    return start(data, host, port, null);
  }

  /**
   * Listens when this returns.
   *
   * @param attesting how its gateway signs for those who cannot; null to sign for nobody
   */
  static LedgerServer start(Path data, String host, int port, @Nullable Attesting attesting)
      throws IOException {
    return start(
        NodeConfig.defaults(data),
        new GatewayFile(
            GatewayConfig.builder().host(host).port(port).build(), null, null, attesting));
  }

  /** Both; the gateway reaches the node within the process, whatever other node it names. */
  static LedgerServer start(NodeConfig nodeConfig, GatewayFile gatewayFile) throws IOException {
    GatewayConfig config = gatewayFile.config();
    // Chosen before the node starts, because the address goes into the folder's lock.
    int port = config.port() == 0 ? freePort(config.host()) : config.port();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Node node =
        Node.start(nodeConfig.withAddress(new Address(config.host(), port).toString()), metrics);
    try {
      Gateway gateway =
          Gateway.start(
              config.withPort(port),
              gatewayFile.tls(),
              gatewayFile.attesting(),
              node.channel(),
              metrics);
      return new LedgerServer(node, null, gateway, metrics);
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  /** A node for gateways in other processes. */
  static LedgerServer startNode(NodeConfig config, NodePort port) throws IOException {
    int actual = port.port() == 0 ? freePort(port.host()) : port.port();
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    return new LedgerServer(
        Node.start(
            config
                .withPort(port.withPort(actual))
                .withAddress(new Address(port.host(), actual).toString()),
            metrics),
        null,
        null,
        metrics);
  }

  /** A gateway to a node in another process, which need not be there yet. */
  static LedgerServer startGateway(GatewayFile file, GatewayFile.RemoteNode remote) {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    NodeChannel toNode =
        NodeChannel.to(remote.host(), remote.port(), remote.identity(), remote.trust());
    try {
      return new LedgerServer(
          null,
          toNode,
          Gateway.start(file.config(), file.tls(), file.attesting(), toNode.channel(), metrics),
          metrics);
    } catch (RuntimeException | Error e) {
      toNode.close();
      throw e;
    }
  }

  private static int freePort(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), 0));
      return socket.getLocalPort();
    }
  }

  Node node() {
    return Objects.requireNonNull(node, "this process serves no node");
  }

  Address address() {
    return Address.parse(
        Objects.requireNonNull(gateway, "this process serves no gateway").address());
  }

  private void onFatal(Throwable cause) {
    fatal.compareAndSet(null, cause);
    stop.countDown();
  }

  /**
   * Serves until the process is told to end (SIGTERM, SIGINT), then answers everything admitted and
   * closes; or until the node stops by itself.
   *
   * @throws CommandException if the node stopped by itself, or could not close
   */
  Exit serve(Console console) throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    Thread onSignal = new Thread(() -> closeAndHalt(closed), "pinlian-stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    stop.await();
    try {
      close();
    } catch (RuntimeException e) {
      fatal.compareAndSet(null, e);
    }
    Throwable cause = fatal.get();
    console.note(cause == null ? "Stopped; everything admitted was answered." : "Stopped.");
    closed.countDown();
    if (cause != null) {
      throw new CommandException(
          Exit.FAULT,
          "NODE_STOPPED",
          "the node stopped: " + cause,
          "Nothing acknowledged is lost. See to the cause, then start it again.");
    }
    return Exit.GOOD;
  }

  /** A JVM that is ended by a signal reports so; whoever asked for the end was served well. */
  private void closeAndHalt(CountDownLatch closed) {
    stop.countDown();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (fatal.get() == null) {
      Runtime.getRuntime().halt(Exit.GOOD.code());
    }
  }

  /** The gateway first: it answers all it has taken while the node still sequences. */
  @Override
  public void close() {
    if (gateway != null) {
      gateway.close();
    }
    if (toNode != null) {
      toNode.close();
    }
    if (node != null) {
      node.close();
    }
    metrics.close();
  }
}
