// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.NodePort;
import org.pinlian.node.provenance.FeedPace;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.TlsIdentity;
import org.pinlian.v1.BackupPlace;

/** {@code node.yaml}. */
public final class NodeFile {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final Duration CONNECTION_AGE = Duration.ofMinutes(10);
  private static final Duration CONNECTION_GRACE = Duration.ofSeconds(30);

  private NodeFile() {}

  /**
   * @throws ConfigException with all that is wrong
   */
  public static NodeConfig read(Path file) throws ConfigException {
    return YamlFile.read(file, NodeFile::node);
  }

  private static NodeConfig node(Section root) {
    NodeConfig defaults = NodeConfig.defaults(root.folder("data"));
    NodePort port = port(root.section("listen"));
    return new NodeConfig(
        defaults.data(),
        port == null ? defaults.address() : port.host() + ":" + port.port(),
        storage(root.section("storage"), defaults.storage()),
        root.duration("blockInterval", defaults.blockInterval()),
        root.duration("shutdownGrace", defaults.shutdownGrace()),
        defaults.clock(),
        port,
        publication(root.section("publication"), root.section("scrub"), defaults.publication()),
        backups(root.section("backups")),
        feed(root.section("findings"), defaults.feed()));
  }

  private static PublicationConfig publication(
      @Nullable Section section, @Nullable Section scrub, PublicationConfig defaults) {
    long pace =
        scrub == null
            ? defaults.scrubBytesPerSecond()
            : scrub.bytes("bytesPerSecond", 0, GIB, defaults.scrubBytesPerSecond());
    if (section == null) {
      return defaults.withScrubBytesPerSecond(pace);
    }
    TrustPolicy policy = section.has("policy") ? policy(section) : null;
    boolean failClosed = section.flag("failClosed", defaults.failClosed());
    if (failClosed && !section.has("policy")) {
      section.fault("failClosed", "true, without a policy", "policy beside it");
    }
    return new PublicationConfig(
        policy,
        failClosed && policy != null,
        section.duration("interval", defaults.interval()),
        section.duration("timeout", defaults.timeout()),
        section.duration("cosignAgain", defaults.cosignAgain()),
        pace);
  }

  private static FeedPace feed(@Nullable Section findings, FeedPace defaults) {
    if (findings == null) {
      return defaults;
    }
    // In hundredths of one core.
    long percent = Math.round(100 * FeedPace.SHARE_MAX);
    return new FeedPace(
        findings.integer("sharePercent", 0, (int) percent, (int) Math.round(100 * defaults.share()))
            / 100.0,
        findings.integer("sweptPerSecond", 0, FeedPace.SWEPT_MAX, defaults.sweptPerSecond()),
        findings.duration("betweenSweeps", defaults.betweenSweeps()));
  }

  private static @Nullable TrustPolicy policy(Section section) {
    Path file = section.file("policy");
    if (file == null) {
      return null;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return TrustPolicy.parse(in.readNBytes(TrustPolicy.MAX_BYTES + 1));
    } catch (IOException | NoteException e) {
      section.fault(
          "policy", String.valueOf(e.getMessage()), "a policy file (c2sp.org/tlog-policy)");
      return null;
    }
  }

  /** The node makes none and reaches none: this only says which have to be told of an erasure. */
  private static List<BackupPlace> backups(@Nullable Section backups) {
    if (backups == null) {
      return List.of();
    }
    List<BackupPlace> places = new ArrayList<>();
    for (String name : backups.keys()) {
      // In whole days, rounded up: nobody is told too early a day.
      long days = backups.duration(name, Duration.ZERO).plusDays(1).minusMillis(1).toDays();
      places.add(
          BackupPlace.newBuilder()
              .setName(name)
              .setRetentionDays((int) Math.min(days, Integer.MAX_VALUE))
              .build());
    }
    return places;
  }

  private static @Nullable NodePort port(@Nullable Section listen) {
    if (listen == null) {
      return null;
    }
    String host = listen.host("host", "127.0.0.1");
    int port = listen.port("port", 9090);
    Duration age = listen.duration("connectionAge", CONNECTION_AGE);
    Duration grace = listen.duration("connectionGrace", CONNECTION_GRACE);
    // No way around it: who calls the node says in whose name, and is believed.
    Section tls = listen.requiredSection("tls");
    TlsIdentity identity = tls == null ? null : TlsSection.identity(tls);
    Section gateways = listen.requiredSection("gateways");
    PeerTrust trust = null;
    if (gateways != null) {
      List<String> names = gateways.names("names");
      if (!gateways.has("names")) {
        gateways.fault("names", "missing", "the DNS names in the gateways' X.509 certificates");
      }
      trust = TlsSection.trust(gateways, "gateways", names);
    }
    return identity == null || trust == null
        ? null
        : new NodePort(host, port, identity, trust, age, grace);
  }

  private static StorageConfig storage(@Nullable Section storage, StorageConfig defaults) {
    if (storage == null) {
      return defaults;
    }
    return new StorageConfig(
        storage.bytes("blockCache", MIB, 1024 * GIB, defaults.blockCacheBytes()),
        storage.bytes("writeBuffer", MIB / 16, GIB, defaults.writeBufferBytes()),
        storage.bytes("walMax", MIB / 16, 64 * GIB, defaults.walBytesMax()),
        storage.integer("openFilesMax", 32, 1_000_000, defaults.openFilesMax()),
        storage.integer("backgroundJobs", 2, 64, defaults.backgroundJobs()));
  }
}
