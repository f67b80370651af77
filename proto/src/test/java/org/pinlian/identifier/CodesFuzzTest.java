// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;

/**
 * The codes that stand on labels and licences: each is printed as it was read, but for a short
 * GTIN, which is printed with the zeros before it.
 */
class CodesFuzzTest {
  @FunctionalInterface
  private interface Reading {
    Object read(String text) throws IdentifierException;
  }

  private static final List<Reading> CODES =
      List.of(
          Gtin::parse,
          Gln::parse,
          Sscc::parse,
          DrugTraceCode::parse,
          Region::parse,
          text -> {
            FoodProductionLicence licence = FoodProductionLicence.parse(text);
            // What was accepted can be taken apart.
            assertTrue(!licence.category().isEmpty() && !licence.region().value().isEmpty());
            return licence;
          });

  @FuzzTest
  void anyCode(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    for (Reading code : CODES) {
      try {
        String printed = code.read(text).toString();
        assertEquals(printed, code.read(printed).toString());
        assertEquals("", printed.substring(0, printed.length() - text.length()).replace("0", ""));
        assertTrue(printed.endsWith(text));
      } catch (IdentifierException refused) {
        assertTrue(refused.text().length() < 600);
      }
    }
  }

  @Test
  void mutationsOfGoodCodes() {
    var random = Seeds.random(CodesFuzzTest.class);
    for (String good :
        List.of(
            "09520000000011",
            "9520000000011",
            "095200000000000011",
            "81000000000000000017",
            "000000",
            "SC10144010000018")) {
      for (int i = 0; i < 1_000; i++) {
        anyCode(Seeds.mutate(random, good.getBytes(StandardCharsets.UTF_8)));
      }
    }
  }
}
