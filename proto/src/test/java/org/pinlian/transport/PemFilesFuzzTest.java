// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.testing.Seeds;
import org.pinlian.testkit.TestAuthority;

/** Whatever the files of X.509 certificates and revocation lists hold: believed, or named. */
class PemFilesFuzzTest {
  @TempDir static Path folder = Path.of("");

  @FuzzTest
  void certificates(byte[] bytes) throws IOException {
    try {
      assertFalse(TlsIdentity.certificates(file("chain.crt", bytes)).isEmpty());
    } catch (PemException refused) {
      assertNotNull(refused.getMessage());
    }
  }

  @FuzzTest
  void trust(byte[] bytes) throws IOException {
    Path file = file("ca.pem", bytes);
    try {
      assertFalse(new TrustFiles(List.of(file), List.of(file)).read().authorities().isEmpty());
    } catch (PemException refused) {
      assertNotNull(refused.getMessage());
    }
  }

  @FuzzTest
  void identity(byte[] bytes) throws IOException {
    Path file = file("own.pem", bytes);
    try {
      assertNotNull(TlsIdentity.ofFiles(file, file, report -> {}).certificate());
    } catch (PemException refused) {
      assertNotNull(refused.getMessage());
    }
  }

  @Test
  void mutationsOfGoodFiles() throws IOException {
    var random = Seeds.random(PemFilesFuzzTest.class);
    TestAuthority authority = TestAuthority.create("示例根");
    TestAuthority.Issued issued = authority.issue(TestAuthority.Wanted.server("node.example"));
    for (int i = 0; i < 150; i++) {
      certificates(mutated(random, issued.chainPem()));
      trust(mutated(random, authority.pem() + authority.listPem()));
      identity(mutated(random, issued.chainPem() + issued.keyPem()));
    }
  }

  private static byte[] mutated(java.util.SplittableRandom random, String good) {
    return Seeds.mutate(random, good.getBytes(StandardCharsets.UTF_8));
  }

  private static Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }
}
