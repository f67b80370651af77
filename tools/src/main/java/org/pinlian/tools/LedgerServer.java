// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.Gateway;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;

/** A node and its gateway in one process. Started and closed by one thread. */
final class LedgerServer implements AutoCloseable {
  private final Node node;
  private final Gateway gateway;
  private final PrometheusMeterRegistry metrics;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> fatal = new AtomicReference<>();

  private LedgerServer(Node node, Gateway gateway, PrometheusMeterRegistry metrics) {
    this.node = node;
    this.gateway = gateway;
    this.metrics = metrics;
    node.onFatal(this::onFatal);
  }

  /** Whether the folder holds a ledger: the log's key is made before anything is written. */
  static boolean isLedger(Path data) {
    return Node.holdsLedger(data);
  }

  /**
   * Listens when this returns.
   *
   * @param port 0 for any that is free
   * @throws org.pinlian.node.storage.FolderInUseException if a node runs on the folder
   */
  static LedgerServer start(Path data, String host, int port) throws IOException {
    // Chosen before the node starts, because the address goes into the folder's lock.
    int actual = port == 0 ? freePort(host) : port;
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Node node =
        Node.start(
            NodeConfig.defaults(data).withAddress(new Address(host, actual).toString()), metrics);
    try {
      Gateway gateway =
          Gateway.start(
              GatewayConfig.builder().host(host).port(actual).build(), node.channel(), metrics);
      return new LedgerServer(node, gateway, metrics);
    } catch (RuntimeException | Error e) {
      node.close();
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
    return node;
  }

  Address address() {
    return Address.parse(gateway.address());
  }

  private void onFatal(Throwable cause) {
    fatal.compareAndSet(null, cause);
    stop.countDown();
  }

  /**
   * Serves until the process is told to end (SIGTERM, SIGINT), then answers everything admitted and
   * closes; or until the node stops by itself.
   *
   * @throws CommandException if the node stopped by itself
   */
  Exit serve(Console console) throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    Thread onSignal = new Thread(() -> closeAndHalt(closed), "pinlian-stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    stop.await();
    close();
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
    gateway.close();
    node.close();
    metrics.close();
  }
}
