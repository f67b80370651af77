// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.gateway.access.Attesting;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.NodePort;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.testkit.TestAuthority;
import org.pinlian.testkit.TestAuthority.Wanted;

/** The examples in docs/deploy can be used as they are, and say the truth about the defaults. */
class DeployFilesTest {
  private static final Path EXAMPLES = Path.of("..", "docs", "deploy");

  /** A key that is commented out, and not a sentence. */
  private static final Pattern COMMENTED =
      Pattern.compile("(?m)^( *)# ([a-z][A-Za-z]*:( \\S.*)?)$");

  @TempDir Path folder;

  @BeforeEach
  void certificates() throws IOException {
    Path tls = Files.createDirectory(folder.resolve("tls"));
    TestAuthority inner = TestAuthority.create("示例内部根");
    TestAuthority callers = TestAuthority.create("示例参与主体根");
    Files.writeString(tls.resolve("internal-ca.crt"), inner.pem());
    Files.writeString(tls.resolve("internal-ca.crl"), inner.listPem());
    Files.writeString(tls.resolve("callers-ca.crt"), callers.pem());
    Files.writeString(tls.resolve("callers-ca.crl"), callers.listPem());
    for (String name : new String[] {"node", "gateway"}) {
      inner
          .issue(Wanted.server(name + ".example"))
          .write(tls.resolve(name + ".crt"), tls.resolve(name + ".key"));
    }
    inner
        .issue(Wanted.client("gateway.internal.example"))
        .write(tls.resolve("to-node.crt"), tls.resolve("to-node.key"));
    Files.writeString(
        Files.createDirectory(folder.resolve("witnesses")).resolve("policy.txt"), "quorum none\n");
    Files.writeString(
        Files.createDirectory(folder.resolve("attesting")).resolve("service.pem"),
        SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom()).toPem());
  }

  @Test
  void theNodesExampleHasEveryKeyWithItsDefault() throws Exception {
    String text = Files.readString(EXAMPLES.resolve("node.yaml"));
    NodeConfig asItIs = NodeFile.read(write(text));
    NodeConfig spelledOut = NodeFile.read(write(uncommented(text)));
    assertEquals(asItIs.storage(), spelledOut.storage());
    assertEquals(asItIs.blockInterval(), spelledOut.blockInterval());
    assertEquals(asItIs.shutdownGrace(), spelledOut.shutdownGrace());
    TrustPolicy policy = spelledOut.publication().policy();
    assertNotNull(policy);
    assertNull(asItIs.publication().policy());
    assertEquals(asItIs.publication().withPolicy(policy, false), spelledOut.publication());
    NodePort one = asItIs.port();
    NodePort other = spelledOut.port();
    assertNotNull(one);
    assertNotNull(other);
    assertEquals(one.host(), other.host());
    assertEquals(one.port(), other.port());
    assertEquals(one.connectionAge(), other.connectionAge());
    assertEquals(one.connectionGrace(), other.connectionGrace());
    assertEquals(asItIs.feed(), spelledOut.feed());
    assertEquals(33, keys(uncommented(text)), "keys");
  }

  @Test
  void theGatewaysExampleHasEveryKeyWithItsDefault() throws Exception {
    String text = Files.readString(EXAMPLES.resolve("gateway.yaml"));
    GatewayFile asItIs = GatewayFile.read(write(text));
    GatewayFile spelledOut = GatewayFile.read(write(uncommented(text)));
    assertEquals(asItIs.config(), spelledOut.config());
    assertNotNull(asItIs.tls());
    assertNotNull(asItIs.node());
    assertNull(asItIs.attesting());
    Attesting attesting = spelledOut.attesting();
    assertNotNull(attesting);
    assertEquals("gln:9520000002039", attesting.gateway().toString());
    assertEquals(1, attesting.callers().size());
    assertEquals(1, attesting.certified().size());
    assertEquals(56, keys(uncommented(text)), "keys");
  }

  @Test
  void whatTheUnitsStartIsWhatTheReadmeInstalls() throws Exception {
    String readme = Files.readString(EXAMPLES.resolve("README.md"));
    for (String name : new String[] {"node", "gateway"}) {
      String unit = Files.readString(EXAMPLES.resolve("pinlian-" + name + ".service"));
      assertTrue(
          unit.contains(
              "ExecStart=/opt/pinlian/bin/pinlian up --%s /etc/pinlian-%s/%s.yaml\n"
                  .formatted(name, name, name)),
          unit);
      assertTrue(readme.contains("/etc/pinlian-" + name + "/tls"));
      assertTrue(readme.contains("--no-create-home --shell /usr/sbin/nologin pinlian-" + name));
    }
  }

  private static String uncommented(String text) {
    return COMMENTED.matcher(text).replaceAll("$1$2");
  }

  private static long keys(String text) {
    return text.lines().filter(line -> line.matches(" *[a-z][A-Za-z]*:.*")).count();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("example.yaml"), text);
  }
}
