// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.gateway.access.ServiceTokens;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Region;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.NewLedger;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.NodePort;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.tools.config.ConfigException;
import org.pinlian.tools.config.GatewayFile;
import org.pinlian.tools.config.NodeFile;
import org.pinlian.tools.demo.Actor;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.GenesisAuthority;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian up}: a ledger that serves. */
@Command(
    name = "up",
    description = {
      "Serve a ledger: node and gateway in one process. A folder without a ledger gets a new one,",
      "and then --origin, --hash and --authority hold for ever; later they are not needed.",
      "Stops cleanly on SIGTERM and Ctrl-C, after answering everything admitted.",
      "",
      "With --node alone it is the node, for gateways in other processes; with --gateway alone a",
      "gateway to such a node; with both files, both in one process. docs/deploy has an example of",
      "each file, and tells how to make the X.509 certificates.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian up                                  a ledger to try, in pinlian-data",
      "  pinlian up --data /srv/pinlian --origin ledger.example/rongcheng \\",
      "    --authority uscc:11000000MA000004XW,district,000000,authority.pem.pub,示例区市场监督管理局",
      "  pinlian up --port 0 --ready-file ready.json --json",
      "  pinlian up --witnesses policy-with-urls.txt",
      "  pinlian up --node /etc/pinlian/node.yaml",
      "  pinlian up --gateway /etc/pinlian/gateway.yaml --check",
      "  pinlian up --attest-as gln:9520000002039 --attest-key service.pem \\",
      "    --service-token 5994...=uscc:93000000MA00000669",
    })
final class UpCommand extends ToolCommand {
  private static final int ORIGIN_BYTES = 8;
  private static final String DEFAULT_HOST = "127.0.0.1";
  private static final int DEFAULT_PORT = 8080;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The ledger's folder (default: " + ReachOptions.DEFAULT_DATA + ").")
  private @Nullable Path data;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Where to listen (default: " + DEFAULT_HOST + ").")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "gRPC and HTTP; 0 for any that is free (default: " + DEFAULT_PORT + ").")
  private @Nullable Integer port;

  @Option(
      names = "--node",
      paramLabel = "FILE",
      description = "Configuration of the node, in place of --data, --host and --port.")
  private @Nullable Path nodeFile;

  @Option(
      names = "--gateway",
      paramLabel = "FILE",
      description = "Configuration of the gateway, in place of --data, --host and --port.")
  private @Nullable Path gatewayFile;

  @Option(
      names = "--check",
      description = "Only read the configuration, say what is wrong with it, and exit.")
  private boolean check;

  @Option(
      names = "--origin",
      paramLabel = "ORIGIN",
      description =
          "Of a new ledger: unique for ever, a URL without a scheme (default: a random one).")
  private @Nullable String origin;

  @Option(
      names = "--hash",
      paramLabel = "NAME",
      description = "Of a new ledger: sha-256 or sm3 (default: sha-256).")
  private @Nullable String hash;

  @Option(
      names = "--authority",
      paramLabel = "ID,LEVEL,REGION,FILE,NAME",
      description =
          "Of a new ledger, may be repeated: participant, district|city|province, six digits, file "
              + "of its public key, name (default: a made-up one, its key in DIR/authority.pem).")
  private List<String> authorities = new ArrayList<>();

  @Option(
      names = "--attest-as",
      paramLabel = "PARTICIPANT",
      description = {
        "The gateway's own participant, enrolled with the role gateway: lets it sign for callers who",
        "cannot, each under their own delegation. With --attest-key.",
      })
  private @Nullable String attestAs;

  @Option(
      names = "--attest-key",
      paramLabel = "FILE",
      description = "The gateway's secret key (PEM), to which callers delegate.")
  private @Nullable Path attestKey;

  @Option(
      names = "--service-token",
      paramLabel = "DIGEST=PARTICIPANT",
      description = {
        "Somebody who calls with a token that lasts, and may be repeated: the token's SHA-256, as",
        "`pinlian token` prints it, and whose it is.",
      })
  private List<String> serviceTokens = new ArrayList<>();

  @Option(
      names = "--witnesses",
      paramLabel = "FILE",
      description = {
        "Whom to ask to cosign: a policy file that names this log, each witness with its URL, and the",
        "quorum (default: nobody).",
      })
  private @Nullable Path witnesses;

  @Option(
      names = "--fail-closed",
      description = {
        "With --witnesses: publish nothing without that quorum, and do not start before so many have",
        "said how far they got. Receipts and sequencing never wait for a witness.",
      })
  private boolean failClosed;

  @Mixin private final ServingOptions serving = new ServingOptions();

  @Override
  Exit run(Console console) throws Exception {
    serving.logWhatHappens();
    Configured configured = configured();
    if (check) {
      ObjectNode json = Console.JSON.createObjectNode();
      json.put("good", true);
      console.result(json);
      console.say(console.paint().good("✓ 配置可用 good") + ": " + configured.files());
      return Exit.GOOD;
    }
    NodeConfig node = configured.node();
    ObjectNode json = Console.JSON.createObjectNode();
    if (node == null) {
      if (namesNewLedger()) {
        throw CommandException.usage(
            "a gateway makes no ledger", "Give --origin, --hash and --authority to the node.");
      }
      try (LedgerServer server = start(configured)) {
        json.put("address", server.address().toString());
        return serve(server, json, console);
      }
    }
    Path folder = node.data();
    boolean fresh = !LedgerServer.isLedger(folder);
    @Nullable Path authorityKey = fresh ? create(folder) : null;
    if (!fresh && namesNewLedger()) {
      throw CommandException.usage(
          folder + " holds a ledger already: --origin, --hash and --authority are for new ones",
          "Leave them out, or name a new folder.");
    }
    try (LedgerServer server = start(configured)) {
      Node started = server.node();
      Path policy = folder.resolve(Policies.FILE);
      if (!Files.exists(policy)) {
        Files.writeString(
            policy, Policies.text(started.genesis(), started.hash(), started.logVkey()));
      }
      if (configured.gateway() != null) {
        json.put("address", server.address().toString());
      }
      NodePort nodePort = node.port();
      if (nodePort != null) {
        json.put("node", new Address(nodePort.host(), started.port()).toString());
      }
      json.put("data", folder.toString());
      json.put("created", fresh);
      json.put("origin", started.origin());
      json.put("genesis", started.genesis().hex());
      json.put("hash", started.hash().label());
      json.put("logKey", started.logVkey());
      json.put("policy", policy.toString());
      if (authorityKey != null) {
        json.put("authority", Actor.DISTRICT.id().toString());
        json.put("authorityKey", authorityKey.toString());
      }
      return serve(server, json, console);
    }
  }

  private Exit serve(LedgerServer server, ObjectNode json, Console console)
      throws IOException, InterruptedException {
    say(console, json);
    console.result(json);
    serving.ready(json);
    return server.serve(console);
  }

  private boolean namesNewLedger() {
    return origin != null || hash != null || !authorities.isEmpty();
  }

  /**
   * What to serve: at least one of the two.
   *
   * @param files that say so
   */
  private record Configured(
      @Nullable NodeConfig node, @Nullable GatewayFile gateway, String files) {}

  private Configured configured() throws ConfigException, IOException, IdentifierException {
    @Nullable Attesting attesting = attesting();
    if (nodeFile == null && gatewayFile == null) {
      GatewayConfig gateway =
          GatewayConfig.builder()
              .host(host == null ? DEFAULT_HOST : host)
              .port(port == null ? DEFAULT_PORT : port)
              .build();
      Path folder = data == null ? Path.of(ReachOptions.DEFAULT_DATA) : data;
      return new Configured(
          NodeConfig.defaults(folder).withPublication(publication()),
          new GatewayFile(gateway, null, null, attesting),
          "no files");
    }
    if (data != null || host != null || port != null || witnesses != null || failClosed) {
      throw CommandException.usage(
          "--data, --host, --port, --witnesses and --fail-closed stand in the files",
          "Leave them out beside --node and --gateway.");
    }
    List<ConfigException.Fault> faults = new ArrayList<>();
    NodeConfig node = nodeFile == null ? null : read(nodeFile, NodeFile::read, faults);
    GatewayFile gateway = gatewayFile == null ? null : read(gatewayFile, GatewayFile::read, faults);
    if (nodeFile != null && gatewayFile == null && node != null && node.port() == null) {
      faults.add(missing(nodeFile, "listen", "it, of a node without its gateway"));
    }
    if (gatewayFile != null && nodeFile == null && gateway != null && gateway.node() == null) {
      faults.add(missing(gatewayFile, "node", "it, of a gateway without its node"));
    }
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
    return new Configured(
        node,
        gateway == null || attesting == null ? gateway : gateway.withAttesting(attesting),
        Stream.of(nodeFile, gatewayFile)
            .filter(Objects::nonNull)
            .map(Path::toString)
            .collect(Collectors.joining(", ")));
  }

  private PublicationConfig publication() throws IOException {
    if (witnesses == null) {
      if (failClosed) {
        throw CommandException.usage("--fail-closed needs --witnesses", "");
      }
      return PublicationConfig.defaults();
    }
    return PublicationConfig.defaults().withPolicy(Policies.read(witnesses), failClosed);
  }

  private static ConfigException.Fault missing(Path file, String key, String expected) {
    return new ConfigException.Fault(file.toString(), 1, key, "missing", expected);
  }

  /** Reads one configuration file. */
  @FunctionalInterface
  private interface Reading<T> {
    T read(Path file) throws ConfigException;
  }

  private static <T> @Nullable T read(
      Path file, Reading<T> reading, List<ConfigException.Fault> faults) {
    try {
      return reading.read(file);
    } catch (ConfigException e) {
      faults.addAll(e.faults());
      return null;
    }
  }

  private static LedgerServer start(Configured configured) throws IOException {
    NodeConfig node = configured.node();
    GatewayFile gateway = configured.gateway();
    if (node != null && gateway != null) {
      return LedgerServer.start(node, gateway);
    }
    if (node != null) {
      return LedgerServer.startNode(node, Objects.requireNonNull(node.port()));
    }
    GatewayFile alone = Objects.requireNonNull(gateway);
    return LedgerServer.startGateway(alone, Objects.requireNonNull(alone.node()));
  }

  private @Nullable Attesting attesting() throws IOException, IdentifierException {
    if (attestAs == null || attestKey == null) {
      if (attestAs != null || attestKey != null || !serviceTokens.isEmpty()) {
        throw CommandException.usage(
            "--attest-as, --attest-key: one needs the other, and --service-token needs both", "");
      }
      return null;
    }
    try {
      return new Attesting(
          ParticipantId.parse(attestAs),
          KeyFiles.readSecret(attestKey),
          ServiceTokens.parse(serviceTokens));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(
          "--service-token: expected DIGEST=PARTICIPANT; " + e.getMessage(),
          "`pinlian token` prints the digest: 64 hexadecimal digits.");
    }
  }

  private static void say(Console console, ObjectNode json) {
    console.say(
        console.paint().good("✓ 服务中 serving")
            + (json.has("address")
                ? " gRPC and HTTP at " + json.path("address").asText()
                : " gateways")
            + (json.has("node") ? ", the node at " + json.path("node").asText() : "")
            + (json.path("created").asBoolean() ? ", a new ledger" : ""));
    if (json.has("origin")) {
      sayLedger(console, json);
    }
    console.say("  Ctrl-C 停止 stops it");
  }

  private static void sayLedger(Console console, ObjectNode json) {
    console.say("  账本 origin     " + json.path("origin").asText());
    console.say("  创世 genesis    " + json.path("genesis").asText());
    console.say("  信任策略 policy " + json.path("policy").asText() + "  (hand it out)");
    if (json.has("authorityKey")) {
      console.say(
          "  监管密钥 key    "
              + json.path("authorityKey").asText()
              + "  for "
              + json.path("authority").asText()
              + ", to try things; give --authority for a ledger that lasts");
    }
  }

  /**
   * @return the file of the key made for the ledger's authority, if none was named
   */
  private @Nullable Path create(Path folder) throws IOException, IdentifierException {
    SecureRandom random = new SecureRandom();
    List<GenesisAuthority> named = new ArrayList<>();
    for (String authority : authorities) {
      named.add(authority(authority));
    }
    HashAlgorithm algorithm = algorithm();
    Path keyFile = null;
    if (named.isEmpty()) {
      keyFile = folder.resolve("authority.pem");
      // A start that crashed between this and the ledger goes on with the key it made.
      if (!Files.exists(keyFile)) {
        KeyFiles.writeSecret(keyFile, SigningKey.generate(SignatureAlgorithm.ED25519, random));
      }
      named.add(
          authority(
              Actor.DISTRICT.id(),
              Actor.DISTRICT.displayName(),
              Actor.REGION,
              Actor.DISTRICT.level(),
              KeyFiles.readSecret(keyFile).verifyingKey()));
    }
    byte[] name = new byte[ORIGIN_BYTES];
    random.nextBytes(name);
    NewLedger ledger;
    try {
      ledger =
          new NewLedger(
              origin == null ? "pinlian.example/" + HexFormat.of().formatHex(name) : origin,
              algorithm,
              named);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()), "");
    }
    Node.create(folder, ledger);
    return keyFile;
  }

  private HashAlgorithm algorithm() {
    try {
      return hash == null ? HashAlgorithm.SHA_256 : HashAlgorithm.ofLabel(hash);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--hash: no \"" + hash + "\"", "There are sha-256 and sm3.");
    }
  }

  private static GenesisAuthority authority(String text) throws IOException, IdentifierException {
    // The name comes last and may have commas.
    String[] parts = text.split(",", 5);
    AuthorityLevel level = parts.length == 5 ? Words.parse(AuthorityLevel.class, parts[1]) : null;
    if (level == null) {
      throw CommandException.usage(
          "--authority: expected ID,LEVEL,REGION,FILE,NAME, found \"" + text + "\"",
          "LEVEL is " + Words.all(AuthorityLevel.class) + ".");
    }
    return authority(
        ParticipantId.parse(parts[0]),
        parts[4],
        Region.parse(parts[2]).value(),
        level,
        KeyFiles.readPublic(Path.of(parts[3])));
  }

  static GenesisAuthority authority(
      ParticipantId id, String name, String region, AuthorityLevel level, VerifyingKey key) {
    return GenesisAuthority.newBuilder()
        .setParticipant(id.toString())
        .setName(name)
        .setRegion(region)
        .setLevel(level)
        .addKeys(EnrolledKey.newBuilder().setSpki(ByteString.copyFrom(key.spki())))
        .build();
  }
}
