// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.gateway.GatewayTls;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.gateway.access.ByteCaps;
import org.pinlian.gateway.access.CallCaps;
import org.pinlian.gateway.access.RateLimit;
import org.pinlian.gateway.access.ServiceCertificates;
import org.pinlian.gateway.access.ServiceTokens;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.SigningKey;
import org.pinlian.transport.PeerTrust;
import org.pinlian.transport.TlsIdentity;

/**
 * {@code gateway.yaml}.
 *
 * @param tls how it speaks with callers; null for plainly
 * @param node the node in another process; null if the file names none, which is enough for a
 *     gateway in the process of its node
 * @param attesting how it signs for those who cannot; null to sign for nobody
 */
public record GatewayFile(
    GatewayConfig config,
    @Nullable GatewayTls tls,
    @Nullable RemoteNode node,
    @Nullable Attesting attesting) {
  private static final int MIB = 1 << 20;

  private enum Asked {
    NO,
    OPTIONAL,
    REQUIRED
  }

  /** Where the node is, who we are to it, and how it is known. */
  public record RemoteNode(String host, int port, TlsIdentity identity, PeerTrust trust) {}

  /** The same, signing for those who cannot. */
  public GatewayFile withAttesting(Attesting as) {
    return new GatewayFile(config, tls, node, as);
  }

  /**
   * @throws ConfigException with all that is wrong
   */
  public static GatewayFile read(Path file) throws ConfigException {
    return YamlFile.read(file, GatewayFile::gateway);
  }

  private static GatewayFile gateway(Section root) {
    GatewayConfig defaults = GatewayConfig.builder().build();
    Section listen = root.requiredSection("listen");
    String host = listen == null ? defaults.host() : listen.host("host", defaults.host());
    int port = listen == null ? defaults.port() : listen.port("port", defaults.port());
    GatewayTls tls = listen == null ? null : tls(listen, host);
    RemoteNode node = node(root.section("node"));
    return new GatewayFile(
        config(root, host, port, defaults), tls, node, attesting(root.section("attesting"), tls));
  }

  private static @Nullable Attesting attesting(
      @Nullable Section section, @Nullable GatewayTls tls) {
    if (section == null) {
      return null;
    }
    ParticipantId participant = null;
    try {
      participant = ParticipantId.parse(section.text("participant", ""));
    } catch (IdentifierException e) {
      section.fault(
          "participant",
          section.has("participant") ? String.valueOf(e.getMessage()) : "missing",
          "the gateway's own, enrolled with the role gateway");
    }
    SigningKey key = null;
    Path file = section.file("key");
    try {
      key = file == null ? null : SigningKey.ofPem(Files.readString(file));
    } catch (IOException | KeyFormatException e) {
      section.fault("key", String.valueOf(e.getMessage()), "a secret key in PEM, as of `keygen`");
    }
    String expected = "DIGEST=PARTICIPANT, the digest as `pinlian token` prints it";
    ServiceTokens callers = ServiceTokens.NONE;
    try {
      callers = ServiceTokens.parse(section.texts("callers", expected));
    } catch (IllegalArgumentException e) {
      section.fault("callers", String.valueOf(e.getMessage()), expected);
    }
    expected =
        "DIGEST=PARTICIPANT, the SHA-256 of the certificate's public key, as docs/deploy says";
    ServiceCertificates certified = ServiceCertificates.NONE;
    try {
      certified = ServiceCertificates.parse(section.texts("certificates", expected));
    } catch (IllegalArgumentException e) {
      section.fault("certificates", String.valueOf(e.getMessage()), expected);
    }
    if (certified.size() > 0 && (tls == null || tls.callers() == null)) {
      section.fault("certificates", "nobody can show one", "listen.tls and listen.callers");
    }
    return participant == null || key == null
        ? null
        : new Attesting(participant, key, callers, certified);
  }

  private static @Nullable GatewayTls tls(Section listen, String host) {
    boolean plaintext = listen.flag("plaintext", false);
    Section tls = listen.section("tls");
    Section callers = listen.section("callers");
    if (tls == null) {
      if (callers != null) {
        listen.fault("callers", "without tls", "tls beside it: certificates are shown in TLS");
      }
      if (!listen.has("tls") && !plaintext && !isLoopback(host)) {
        listen.fault(
            "host",
            host + " is open to others, and there is no tls",
            "tls, or plaintext: true if what stands before it speaks TLS");
      }
      return null;
    }
    if (plaintext) {
      listen.fault("plaintext", "true, beside tls", "one of the two");
    }
    TlsIdentity identity = TlsSection.identity(tls);
    Asked asked = Asked.NO;
    PeerTrust trust = null;
    if (callers != null) {
      asked =
          callers.choice(
              "certificates",
              Map.of("no", Asked.NO, "optional", Asked.OPTIONAL, "required", Asked.REQUIRED),
              Asked.OPTIONAL);
      trust = TlsSection.trust(callers, "callers", callers.names("names"));
    }
    if (identity == null || (asked == Asked.REQUIRED && trust == null)) {
      return null;
    }
    return new GatewayTls(identity, asked == Asked.NO ? null : trust, asked == Asked.REQUIRED);
  }

  private static boolean isLoopback(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException name) {
      return false;
    }
  }

  private static @Nullable RemoteNode node(@Nullable Section node) {
    if (node == null) {
      return null;
    }
    Section.HostPort address = node.address("address");
    Section tls = node.requiredSection("tls");
    TlsIdentity identity = tls == null ? null : TlsSection.identity(tls);
    Section trust = node.requiredSection("trust");
    PeerTrust trusted = null;
    if (trust != null) {
      List<String> names = trust.names("names");
      trusted = TlsSection.trust(trust, "the node", names);
    }
    return address == null || identity == null || trusted == null
        ? null
        : new RemoteNode(address.host(), address.port(), identity, trusted);
  }

  private static GatewayConfig config(Section root, String host, int port, GatewayConfig defaults) {
    RateLimit participant = defaults.participantLimit();
    RateLimit address = defaults.addressLimit();
    CallCaps calls = defaults.callCaps();
    ByteCaps held = defaults.byteCaps();
    int connections = defaults.connectionsMax();
    int messageBytes = defaults.messageBytesMax();
    Section limits = root.section("limits");
    if (limits != null) {
      participant = rate(limits.section("participant"), participant);
      address = rate(limits.section("address"), address);
      calls = caps(limits, limits.section("openCalls"), calls);
      held = held(limits, limits.section("heldBytes"), held);
      connections = limits.integer("connections", 4, 1_000_000, connections);
      messageBytes = (int) limits.bytes("message", 1, 64 * MIB, messageBytes);
    }
    Section timeouts = root.section("timeouts");
    Duration first = defaults.firstRequestWithin();
    Duration idle = defaults.idleTimeout();
    Duration stalled = defaults.stalledAfter();
    Duration grace = defaults.shutdownGrace();
    if (timeouts != null) {
      first = timeouts.duration("firstRequest", first);
      idle = timeouts.duration("idle", idle);
      stalled = timeouts.duration("stalled", stalled);
      grace = timeouts.duration("shutdownGrace", grace);
    }
    Section tlog = root.section("tlog");
    boolean open =
        tlog != null && tlog.choice("entries", Map.of("auditors", false, "anyone", true), false);
    return GatewayConfig.builder()
        .entriesOpen(open)
        .host(host)
        .port(port)
        .audience(root.text("audience", defaults.audience()))
        .tokenLifetime(root.duration("tokenLifetime", defaults.tokenLifetime()))
        .messageBytesMax(messageBytes)
        .participantLimit(participant)
        .addressLimit(address)
        .callCaps(calls)
        .byteCaps(held)
        .connectionsMax(connections)
        .firstRequestWithin(first)
        .idleTimeout(idle)
        .stalledAfter(stalled)
        .shutdownGrace(grace)
        .build();
  }

  private static RateLimit rate(@Nullable Section section, RateLimit defaults) {
    if (section == null) {
      return defaults;
    }
    return new RateLimit(
        section.rate("messagesPerSecond", 0.001, defaults.messagesPerSecond()),
        section.rate("messagesBurst", 1, defaults.messagesBurst()),
        section.bytes("bytesPerSecond", 1, Long.MAX_VALUE, (long) defaults.bytesPerSecond()),
        section.bytes("bytesBurst", 1, Long.MAX_VALUE, (long) defaults.bytesBurst()));
  }

  private static CallCaps caps(Section limits, @Nullable Section section, CallCaps defaults) {
    if (section == null) {
      return defaults;
    }
    int all = section.integer("all", 1, 1_000_000, defaults.all());
    int strangers = section.integer("strangers", 1, 1_000_000, defaults.strangers());
    int perParticipant = section.integer("perParticipant", 1, 1_000_000, defaults.perParticipant());
    int perAddress = section.integer("perAddress", 1, 1_000_000, defaults.perAddress());
    if (strangers > all) {
      limits.fault("openCalls", strangers + " for strangers of " + all + " in all", "fewer");
      return defaults;
    }
    return new CallCaps(all, strangers, perParticipant, perAddress);
  }

  private static ByteCaps held(Section limits, @Nullable Section section, ByteCaps defaults) {
    if (section == null) {
      return defaults;
    }
    long all = section.bytes("all", MIB, 1024L * 1024 * MIB, defaults.all());
    long perCaller = section.bytes("perCaller", MIB, 1024L * 1024 * MIB, defaults.perCaller());
    if (perCaller > all) {
      limits.fault("heldBytes", perCaller + " for one caller of " + all + " in all", "fewer");
      return defaults;
    }
    return new ByteCaps(all, perCaller);
  }
}
