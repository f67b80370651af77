// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.testing.Seeds;
import org.pinlian.testkit.TestAuthority;
import org.pinlian.testkit.TestAuthority.Issued;
import org.pinlian.testkit.TestAuthority.Wanted;

class TlsIdentityTest {
  private static final int MUTATIONS = 200;
  private static final long LOOKED_AT_AGAIN_MILLIS = 1_100;

  @TempDir Path folder;

  private final TestAuthority authority = TestAuthority.create("示例根");
  private final Issued first = authority.issue(Wanted.server("node.example"));
  private final Issued second = authority.issue(Wanted.server("node.example"));
  private final List<String> reports = new ArrayList<>();
  private Path certificate = Path.of("");
  private Path key = Path.of("");

  @BeforeEach
  void files() throws IOException {
    certificate = folder.resolve("own.crt");
    key = folder.resolve("own.key");
    first.write(certificate, key);
  }

  @Test
  void newFilesAreShownFromTheNextHandshakeOn() throws Exception {
    TlsIdentity identity = identity();
    String alias = identity.chooseEngineServerAlias("EC", null, null);
    second.write(certificate, key);
    Thread.sleep(LOOKED_AT_AGAIN_MILLIS);
    assertEquals(second.certificate(), identity.certificate());
    // A handshake that began before ends with what it began with, both parts of it.
    assertArrayEquals(
        new X509Certificate[] {first.certificate()}, identity.getCertificateChain(alias));
    assertEquals(first.pair().getPrivate(), identity.getPrivateKey(alias));
    String next = identity.chooseEngineServerAlias("EC", null, null);
    assertEquals(second.pair().getPrivate(), identity.getPrivateKey(next));
    assertEquals(1, reports.size(), reports.toString());
  }

  @Test
  void halfAReplacementIsNotShown() throws Exception {
    TlsIdentity identity = identity();
    TestAuthority.replace(certificate, second.chainPem());
    Thread.sleep(LOOKED_AT_AGAIN_MILLIS);
    assertEquals(first.certificate(), identity.certificate());
    assertTrue(reports.get(0).contains("is not the key of"), reports.toString());
    TestAuthority.replace(key, second.keyPem());
    Thread.sleep(LOOKED_AT_AGAIN_MILLIS);
    assertEquals(second.certificate(), identity.certificate());
    Files.delete(key);
    Thread.sleep(LOOKED_AT_AGAIN_MILLIS);
    assertEquals(second.certificate(), identity.certificate());
    assertEquals(3, reports.size(), reports.toString());
  }

  @Test
  void asAServerItHasOneKindOfKey() throws Exception {
    TlsIdentity identity = identity();
    assertNull(identity.chooseEngineServerAlias("RSA", null, null));
    assertNull(identity.chooseEngineServerAlias("EdDSA", null, null));
    assertNull(identity.getPrivateKey("another"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "EC", "RSA"})
  void keysOfEachKindAreRead(String algorithm) throws Exception {
    Issued issued =
        authority.issue(
            Wanted.server("node.example")
                .key(
                    algorithm.equals("EC")
                        ? TestAuthority.p256()
                        : TestAuthority.of(algorithm, algorithm.equals("RSA") ? 2048 : 0)));
    issued.write(certificate, key);
    assertEquals(issued.certificate(), identity().certificate());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no PEM",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n===\n-----END PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END CERTIFICATE-----\n",
      })
  void whatIsNoKeyIsToldWithoutQuotingIt(String text) throws Exception {
    Files.writeString(key, text);
    PemException told = assertThrows(PemException.class, this::identity);
    assertTrue(String.valueOf(told.getMessage()).startsWith(key.toString()), told.toString());
    assertFalse(String.valueOf(told.getMessage()).contains("AAAA"), told.toString());
  }

  @Test
  void twoKeysOrOneThatTlsDoesNotKnowAreRefused() throws Exception {
    Files.writeString(key, first.keyPem() + second.keyPem());
    assertThrows(PemException.class, this::identity);
    Files.writeString(key, SigningKey.generate(SignatureAlgorithm.SM2, new SecureRandom()).toPem());
    assertThrows(PemException.class, this::identity);
  }

  @Test
  void aChangedCertificateIsNeverTrustedAndNeverAFault() throws Exception {
    SplittableRandom random = Seeds.random(TlsIdentityTest.class);
    Path root = Files.writeString(folder.resolve("root.crt"), authority.pem());
    PeerTrust trust =
        PeerTrust.ofFiles(
            new TrustFiles(List.of(root), List.of()),
            List.of("node.example"),
            Clock.systemUTC(),
            reports::add);
    byte[] good = first.certificate().getEncoded();
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bad = Seeds.mutate(random, good);
      if (Arrays.equals(bad, good)) {
        continue;
      }
      X509Certificate changed;
      try {
        changed =
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(bad));
      } catch (CertificateException unreadable) {
        continue;
      }
      if (changed.equals(first.certificate())) {
        // Bytes behind the certificate, which nobody reads.
        continue;
      }
      assertThrows(
          CertificateException.class,
          () -> trust.checkServerTrusted(new X509Certificate[] {changed}, "EC"));
    }
  }

  private TlsIdentity identity() throws IOException {
    return TlsIdentity.ofFiles(certificate, key, reports::add);
  }
}
