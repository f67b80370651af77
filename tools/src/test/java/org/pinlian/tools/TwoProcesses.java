// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.gateway.access.ServiceCertificates;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.testkit.TestAuthority;
import org.pinlian.testkit.TestAuthority.Issued;
import org.pinlian.testkit.TestAuthority.Wanted;
import org.pinlian.tools.demo.Actor;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.TlsIdentity;
import org.pinlian.transport.TrustFiles;

/**
 * A node and a gateway in processes of their own, with mutual TLS between them and TLS towards
 * callers; every certificate and key of it in a folder, to be replaced by a test.
 */
final class TwoProcesses implements AutoCloseable {
  static final String NODE_NAME = "node.internal.example";
  static final String GATEWAY_NAME = "gateway.internal.example";

  /** Of the node and the gateway among themselves. */
  final TestAuthority inner = TestAuthority.create("示例内部根");

  /** Of the gateway towards its callers. */
  final TestAuthority edge = TestAuthority.create("示例外部根");

  /** Of callers. */
  final TestAuthority callers = TestAuthority.create("示例参与主体根");

  /** Whom the gateway is, where it signs for others, and with which key. */
  static final String SERVICE = "gln:9520000002039";

  final SigningKey serviceKey = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());

  /** Of the cooperative's computer: a key that signs nothing, since no ledger takes it. */
  final Issued cannotSign =
      callers.issue(Wanted.client("computer").key(TestAuthority.of("RSA", 2048)));

  final Map<Actor, SigningKey> keys = new EnumMap<>(Actor.class);
  final Address gatewayAddress;
  final Address nodeAddress;
  final Path data;
  private final Path folder;
  private final List<String> newLedger = new ArrayList<>();
  private Issued nodeServes;
  private Issued gatewayServes;
  private Issued gatewayCalls;
  private @Nullable Spawned node;
  private @Nullable Spawned gateway;
  private int starts;

  TwoProcesses(Path folder) throws IOException {
    this.folder = folder;
    this.data = folder.resolve("data");
    SecureRandom random = new SecureRandom();
    for (Actor actor : Actor.values()) {
      SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, random);
      keys.put(actor, key);
      if (actor.isAuthority()) {
        Path file = folder.resolve(actor.fileName() + ".pub");
        KeyFiles.writePublic(file, key.verifyingKey());
        newLedger.add("--authority");
        newLedger.add(
            String.join(
                ",",
                actor.id().toString(),
                Words.plain(actor.level()),
                Actor.REGION,
                file.toString(),
                actor.displayName()));
      }
    }
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.nodeAddress = new Address("127.0.0.1", one.getLocalPort());
      this.gatewayAddress = new Address("127.0.0.1", other.getLocalPort());
    }
    Files.writeString(file("inner.crt"), inner.pem());
    Files.writeString(file("edge.crt"), edge.pem());
    Files.writeString(file("callers.crt"), callers.pem());
    this.nodeServes = inner.issue(Wanted.server(NODE_NAME));
    this.gatewayCalls = inner.issue(Wanted.client(GATEWAY_NAME));
    this.gatewayServes = edge.issue(Wanted.server("ledger.example").address("127.0.0.1"));
    writeCertificates();
    writeLists();
    Files.writeString(
        file("node.yaml"),
        """
        data: data
        listen:
          host: 127.0.0.1
          port: %d
          tls:
            certificate: node.crt
            key: node.key
          gateways:
            authorities: inner.crt
            revocation: inner.crl
            names: %s
        storage:
          blockCache: 64MiB
        """
            .formatted(nodeAddress.port(), GATEWAY_NAME));
    Files.writeString(
        file("gateway.yaml"),
        """
        listen:
          host: 127.0.0.1
          port: %d
          tls:
            certificate: gateway.crt
            key: gateway.key
          callers:
            certificates: optional
            authorities: callers.crt
            revocation: callers.crl
        node:
          address: %s
          tls:
            certificate: to-node.crt
            key: to-node.key
          trust:
            authorities: inner.crt
            revocation: inner.crl
            names: [%s]
        attesting:
          participant: %s
          key: service.pem
          certificates: %s=%s
        timeouts:
          shutdownGrace: 5s
        """
            .formatted(
                gatewayAddress.port(),
                nodeAddress,
                NODE_NAME,
                SERVICE,
                HexFormat.of()
                    .formatHex(ServiceCertificates.digest(cannotSign.certificate()).bytes()),
                Actor.COOPERATIVE.id()));
    KeyFiles.writeSecret(file("service.pem"), serviceKey);
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  private void writeCertificates() throws IOException {
    nodeServes.write(file("node.crt"), file("node.key"));
    gatewayServes.write(file("gateway.crt"), file("gateway.key"));
    gatewayCalls.write(file("to-node.crt"), file("to-node.key"));
  }

  void writeLists() throws IOException {
    TestAuthority.replace(file("inner.crl"), inner.listPem());
    TestAuthority.replace(file("edge.crl"), edge.listPem());
    TestAuthority.replace(file("callers.crl"), callers.listPem());
  }

  /** New certificates and keys for all, and the old ones revoked, at one stroke. */
  void rotate() throws IOException {
    inner.revoke(nodeServes);
    inner.revoke(gatewayCalls);
    edge.revoke(gatewayServes);
    nodeServes = inner.issue(Wanted.server(NODE_NAME));
    gatewayCalls = inner.issue(Wanted.client(GATEWAY_NAME));
    gatewayServes = edge.issue(Wanted.server("ledger.example").address("127.0.0.1"));
    writeCertificates();
    writeLists();
  }

  /** The gateway is told, the node goes on showing it. */
  void revokeNode() throws IOException {
    inner.revoke(nodeServes);
    writeLists();
  }

  void renewNode() throws IOException {
    nodeServes = inner.issue(Wanted.server(NODE_NAME));
    writeCertificates();
  }

  Issued nodeServes() {
    return nodeServes;
  }

  Issued gatewayServes() {
    return gatewayServes;
  }

  Issued gatewayCalls() {
    return gatewayCalls;
  }

  JsonNode startNode() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("up", "--node", file("node.yaml").toString()));
    if (starts == 0 || !Files.exists(data)) {
      command.addAll(newLedger);
    }
    Path ready = ready(command);
    node = Spawned.pinlian(folder, command.toArray(new String[0]));
    return node.awaitReady(ready);
  }

  JsonNode startGateway() throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("up", "--gateway", file("gateway.yaml").toString()));
    Path ready = ready(command);
    gateway = Spawned.pinlian(folder, command.toArray(new String[0]));
    return gateway.awaitReady(ready);
  }

  private Path ready(List<String> command) {
    Path ready = file("ready-" + starts++ + ".json");
    command.addAll(List.of("--ready-file", ready.toString(), "--json"));
    return ready;
  }

  Spawned node() {
    if (node == null) {
      throw new IllegalStateException("no node was started");
    }
    return node;
  }

  Spawned gateway() {
    if (gateway == null) {
      throw new IllegalStateException("no gateway was started");
    }
    return gateway;
  }

  TrustPolicy policy() throws IOException {
    return Policies.read(data.resolve(Policies.FILE));
  }

  /** To the gateway, showing what is given, or nothing. */
  ManagedChannel toGateway(@Nullable Issued shown) throws IOException {
    return PinlianClient.encrypted(
        gatewayAddress.host(),
        gatewayAddress.port(),
        trust("edge", List.of()),
        shown == null ? null : identity(shown));
  }

  /** Past the gateway, to the node. */
  ManagedChannel toNode(@Nullable Issued shown) throws IOException {
    return PinlianClient.encrypted(
        nodeAddress.host(),
        nodeAddress.port(),
        trust("inner", List.of(NODE_NAME)),
        shown == null ? null : identity(shown));
  }

  PeerTrust trust(String authority, List<String> names) throws IOException {
    return PeerTrust.ofFiles(
        new TrustFiles(List.of(file(authority + ".crt")), List.of(file(authority + ".crl"))),
        names,
        Clock.systemUTC(),
        sentence -> {});
  }

  TlsIdentity identity(Issued issued) throws IOException {
    Path certificate = Files.createTempFile(folder, "shown", ".crt");
    Path key = Files.createTempFile(folder, "shown", ".key");
    issued.write(certificate, key);
    return TlsIdentity.ofFiles(certificate, key, sentence -> {});
  }

  SigningKey key(Actor actor) {
    SigningKey key = keys.get(actor);
    if (key == null) {
      throw new IllegalStateException("no key of " + actor);
    }
    return key;
  }

  @Override
  public void close() {
    if (gateway != null) {
      gateway.close();
    }
    if (node != null) {
      node.close();
    }
  }
}
