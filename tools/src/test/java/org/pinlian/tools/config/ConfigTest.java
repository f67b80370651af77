// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.gateway.access.CallCaps;
import org.pinlian.gateway.access.ServiceTokens;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.NodePort;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.testing.Seeds;
import org.pinlian.testkit.TestAuthority;
import org.pinlian.testkit.TestAuthority.Wanted;

class ConfigTest {
  private static final int MUTATIONS = 300;

  /** A whole and good one; each test breaks one thing of it. */
  private static final String NODE =
      """
      data: data
      listen:
        host: 127.0.0.1
        port: 9191
        tls:
          certificate: own.crt
          key: own.key
        gateways:
          authorities: ca.crt
          names: [gateway.example]
        connectionAge: 90s
      blockInterval: 500ms
      storage:
        blockCache: 128MiB
        openFilesMax: 512
      """;

  private static final String GATEWAY =
      """
      listen:
        host: 127.0.0.1
        port: 8081
      audience: ledger.example
      tokenLifetime: 5m
      limits:
        openCalls:
          all: 100
          strangers: 10
      timeouts:
        idle: 30s
      """;

  @TempDir Path folder;

  @BeforeEach
  void certificates() throws IOException {
    TestAuthority authority = TestAuthority.create("示例根");
    Files.writeString(folder.resolve("ca.crt"), authority.pem());
    Files.writeString(folder.resolve("ca.crl"), authority.listPem());
    authority
        .issue(Wanted.server("node.example"))
        .write(folder.resolve("own.crt"), folder.resolve("own.key"));
    Files.writeString(
        folder.resolve("other.key"), authority.issue(Wanted.server("other.example")).keyPem());
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    NodeConfig node = NodeFile.read(write(NODE));
    assertEquals(folder.resolve("data"), node.data());
    assertEquals(Duration.ofMillis(500), node.blockInterval());
    assertEquals(128 << 20, node.storage().blockCacheBytes());
    assertEquals(512, node.storage().openFilesMax());
    NodePort port = node.port();
    assertNotNull(port);
    assertEquals(9191, port.port());
    assertEquals(Duration.ofSeconds(90), port.connectionAge());
    GatewayFile gateway = GatewayFile.read(write(GATEWAY));
    assertNull(gateway.tls());
    assertNull(gateway.node());
    assertEquals("ledger.example", gateway.config().audience());
    assertEquals(Duration.ofMinutes(5), gateway.config().tokenLifetime());
    assertEquals(new CallCaps(100, 10, 256, 16), gateway.config().callCaps());
    assertEquals(Duration.ofSeconds(30), gateway.config().idleTimeout());
  }

  @Test
  void aNodeOfOneProcessNeedsNoPort() throws Exception {
    assertNull(NodeFile.read(write("data: data\n")).port());
  }

  @Test
  void aKeyNobodyKnowsIsToldWithTheNearestThatIs() {
    faults(
        NODE.replace("blockInterval", "block_intervall"),
        "12: block_intervall: no such key; expected blockInterval, perhaps");
    faults(
        NODE.replace("  connectionAge: 90s", "  conectionAge: 90s"),
        "11: listen.conectionAge: no such key; expected connectionAge, perhaps");
    faults(
        NODE.replace("storage:", "zzzzzzzzzzzz:"),
        "13: zzzzzzzzzzzz: no such key;"
            + " expected one of data, listen, storage, blockInterval, shutdownGrace, publication, scrub,"
            + " backups, findings");
  }

  @Test
  void aValueOfTheWrongKindIsToldWithWhatIsExpected() {
    faults(
        NODE.replace("9191", "99999"),
        "4: listen.port: \"99999\"; expected a whole number from 0 to 65535");
    faults(
        NODE.replace("90s", "90"),
        "11: listen.connectionAge: \"90\";"
            + " expected a time above 0, as 500ms, 10s, 15m, 12h or 7d");
    faults(
        NODE.replace("90s", "0s"),
        "11: listen.connectionAge: \"0s\";"
            + " expected a time above 0, as 500ms, 10s, 15m, 12h or 7d");
    faults(
        NODE.replace("128MiB", "128MB"),
        "14: storage.blockCache: \"128MB\";"
            + " expected a size from 1048576 to 1099511627776 bytes, as 4096, 64MiB or 2GiB");
    faults(NODE.replace("data: data", "data: [data]"), "1: data: a list; expected a folder");
    faults(NODE.replace("data: data", "data:"), "1: data: no value; expected a folder");
    faults("data: data\nlisten: yes\n", "2: listen: \"yes\"; expected keys and values below it");
  }

  @Test
  void whatIsMissingIsToldWhereItBelongs() {
    faults("blockInterval: 1s\n", "1: data: missing; expected a folder");
    faults(
        "data: data\nlisten:\n  port: 1\n",
        "3: listen.tls: missing; expected keys and values",
        "3: listen.gateways: missing; expected keys and values");
    faults(
        NODE.replace("    names: [gateway.example]\n", ""),
        "9: listen.gateways.names: missing;"
            + " expected the DNS names in the gateways' X.509 certificates");
    faults(
        NODE.replace("names: [gateway.example]", "names: []"),
        "10: listen.gateways.names: an empty list; expected a DNS name or a list of them");
  }

  @Test
  void filesThatAreNotThereOrNotGoodAreFaultsOfTheirLine() {
    faults(
        NODE.replace("own.crt", "none.crt"),
        "6: listen.tls.certificate: "
            + folder.resolve("none.crt")
            + " is not there; expected a readable file");
    faults(
        NODE.replace("own.key", "other.key"),
        "6: listen.tls.certificate: "
            + folder.resolve("other.key")
            + ": is not the key of the certificate in "
            + folder.resolve("own.crt")
            + "; expected PEM of both, that fit");
    faults(
        NODE.replace("authorities: ca.crt", "authorities: [ca.crt, ca.crl]"),
        "9: listen.gateways.authorities: "
            + folder.resolve("ca.crl")
            + ": holds a block \"X509 CRL\", expected only \"CERTIFICATE\"; expected PEM");
  }

  @Test
  void allFaultsAreToldAtOnceInTheOrderOfTheFile() {
    faults(
        NODE.replace("9191", "x").replace("90s", "y").replace("512", "3"),
        "4: listen.port: \"x\"; expected a whole number from 0 to 65535",
        "11: listen.connectionAge: \"y\";"
            + " expected a time above 0, as 500ms, 10s, 15m, 12h or 7d",
        "15: storage.openFilesMax: \"3\"; expected a whole number from 32 to 1000000");
  }

  @Test
  void whatIsNoYamlIsToldWithItsLine() {
    assertTrue(first("data: data\n\tlisten: x\n").startsWith("2: not YAML: "), "a tab");
    assertEquals("2: data: given twice; expected each key once", first("data: a\ndata: b\n"));
    assertTrue(first("data: &x a\nlisten: *x\n").startsWith("2: an alias"), "an alias");
    assertEquals("1: an empty file; expected keys and values", first(""));
    assertEquals("1: no mapping; expected keys and values", first("- a\n"));
    assertTrue(first("a: " + "[".repeat(100_000)).startsWith("1: more than 16 levels"), "deep");
    assertTrue(first("#" + "x".repeat(300_000)).startsWith("1: more than"), "long");
    assertTrue(first("data: a\n--- \ndata: b\n").contains("not YAML"), "two documents");
  }

  @Test
  void aGatewayThatIsOpenToOthersSpeaksTlsOrSaysWhyNot() throws Exception {
    gatewayFaults(
        GATEWAY.replace("host: 127.0.0.1", "host: 0.0.0.0"),
        "2: listen.host: 0.0.0.0 is open to others, and there is no tls;"
            + " expected tls, or plaintext: true if what stands before it speaks TLS");
    var _ =
        GatewayFile.read(
            write(GATEWAY.replace("host: 127.0.0.1", "host: 0.0.0.0\n  plaintext: true")));
    gatewayFaults(
        GATEWAY.replace("  port: 8081\n", "  port: 8081\n  callers:\n    authorities: ca.crt\n"),
        "4: listen.callers: without tls; expected tls beside it: certificates are shown in TLS",
        "5: listen.callers.authorities: no such key; expected one of ");
  }

  @Test
  void aGatewayThatSignsForOthersSaysWithWhichKeyAndForWhom() throws Exception {
    SecureRandom random = new SecureRandom();
    Files.writeString(
        folder.resolve("service.pem"),
        SigningKey.generate(SignatureAlgorithm.ED25519, random).toPem());
    String token = ServiceTokens.make(random);
    String caller = HexFormat.of().formatHex(ServiceTokens.Digest.of(token).bytes()) + "=farmer:a1";
    String good =
        GATEWAY
            + "attesting:\n  participant: gln:9520000002039\n  key: service.pem\n  callers: "
            + caller
            + "\n";

    Attesting attesting = GatewayFile.read(write(good)).attesting();
    assertNotNull(attesting);
    assertEquals("farmer:a1", attesting.callers().find(token).orElseThrow().participant());
    String gateway = "the gateway's own, enrolled with the role gateway";
    gatewayFaults(
        good.replace("  participant: gln:9520000002039\n", ""),
        "13: attesting.participant: missing; expected " + gateway);
    for (String wrong : List.of("somebody", "gln:9520000002038")) {
      gatewayFirst(
          good.replace("gln:9520000002039", wrong), "13: attesting.participant: ", gateway);
    }
    gatewayFirst(good.replace("service.pem", "ca.crt"), "14: attesting.key: ", "as of `keygen`");
    for (String wrong : List.of(caller.substring(2), "[" + caller + ", " + caller + "]")) {
      gatewayFirst(good.replace(caller, wrong), "15: attesting.callers: ", "`pinlian token`");
    }
    gatewayFirst(
        good.replace(caller, token + "=farmer:a1"), "15: attesting.callers: ", "`pinlian token`");
    gatewayFirst(
        good.replace("callers:", "certificates:"),
        "15: attesting.certificates: nobody can show one",
        "listen.callers");
  }

  private void gatewayFirst(String yaml, String begins, String names) throws IOException {
    Path file = write(yaml);
    ConfigException told = assertThrows(ConfigException.class, () -> GatewayFile.read(file));
    String fault = told.faults().get(0).toString().substring(file.toString().length() + 1);
    assertTrue(fault.startsWith(begins) && fault.contains(names), fault);
    assertEquals(1, told.faults().size());
  }

  @Test
  void moreForSomeThanForAllIsAFault() {
    gatewayFaults(
        GATEWAY.replace("strangers: 10", "strangers: 101"),
        "7: limits.openCalls: 101 for strangers of 100 in all; expected fewer");
    gatewayFaults(
        GATEWAY.replace("limits:\n", "limits:\n  heldBytes:\n    all: 1MiB\n    perCaller: 2MiB\n"),
        "7: limits.heldBytes: 2097152 for one caller of 1048576 in all; expected fewer");
  }

  @Test
  void noFileBreaksTheReader() throws Exception {
    SplittableRandom dice = Seeds.random(ConfigTest.class);
    byte[] good = NODE.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bad = good.clone();
      for (int changes = 1 + dice.nextInt(4); changes > 0; changes--) {
        bad[dice.nextInt(bad.length)] = (byte) (dice.nextBoolean() ? dice.nextInt(256) : ':');
      }
      Path file = Files.write(folder.resolve("mutated.yaml"), bad);
      try {
        var _ = NodeFile.read(file);
      } catch (ConfigException told) {
        assertTrue(!told.faults().isEmpty());
      }
    }
  }

  private void faults(String yaml, String... expected) {
    ConfigException told = assertThrows(ConfigException.class, () -> NodeFile.read(write(yaml)));
    assertFaults(told, expected);
  }

  private void gatewayFaults(String yaml, String... expected) {
    ConfigException told = assertThrows(ConfigException.class, () -> GatewayFile.read(write(yaml)));
    assertFaults(told, expected);
  }

  private void assertFaults(ConfigException told, String... expected) {
    List<String> found = new ArrayList<>();
    told.faults()
        .forEach(fault -> found.add(fault.toString().substring(fault.file().length() + 1)));
    assertEquals(List.of(expected), found);
  }

  private String first(String yaml) {
    ConfigException told = assertThrows(ConfigException.class, () -> NodeFile.read(write(yaml)));
    ConfigException.Fault fault = told.faults().get(0);
    return fault.toString().substring(fault.file().length() + 1);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("some.yaml"), yaml);
  }
}
