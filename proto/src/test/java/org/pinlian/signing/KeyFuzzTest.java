// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;

/** Whatever is read as a key is written again with the same bytes. */
class KeyFuzzTest {
  @FuzzTest
  void spki(byte[] der) {
    try {
      VerifyingKey key = VerifyingKey.ofSpki(der);
      assertArrayEquals(der, key.spki());
      assertEquals(key, VerifyingKey.ofPem(key.toPem()));
    } catch (KeyFormatException refused) {
      assertTrue(!refused.expected().isEmpty());
    }
  }

  @FuzzTest
  void pem(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      VerifyingKey key = VerifyingKey.ofPem(text);
      assertEquals(key.toPem(), VerifyingKey.ofPem(key.toPem()).toPem());
    } catch (KeyFormatException refused) {
      assertTrue(!refused.expected().isEmpty());
    }
    try {
      SigningKey key = SigningKey.ofPem(text);
      assertEquals(key.toPem(), SigningKey.ofPem(key.toPem()).toPem());
      assertTrue(key.verifyingKey().verifies(bytes, key.sign(bytes)));
    } catch (KeyFormatException refused) {
      assertTrue(!refused.expected().isEmpty());
    }
  }

  @Test
  void mutationsOfGoodKeys() {
    var random = Seeds.random(KeyFuzzTest.class);
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
      for (int i = 0; i < 200; i++) {
        spki(Seeds.mutate(random, key.verifyingKey().spki()));
        pem(Seeds.mutate(random, key.toPem().getBytes(StandardCharsets.UTF_8)));
      }
    }
  }
}
