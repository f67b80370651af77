// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Receipt;

/** Files and words that somebody gives a command: read, or refused with a sentence. */
class FilesFuzzTest {
  private static final String RECEIPT =
      """
      c2sp.org/tlog-proof@v1
      extra AQID
      index 0

      ledger.example/a
      1
      47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

      — ledger.example/a AAAAAAECAwQ=
      """;

  private static final String CODES =
      """
      {"bamboo": {"title": "t", "codes": {"a": "urn:x"}, "lots": {}, "holders": {"urn:x": "y"},
       "backward": ["a"], "forward": "a"}}
      """;

  @FuzzTest
  void receipt(byte[] bytes) throws NoteException {
    try {
      Receipt receipt = ReceiptFile.parse(bytes, "a.tlog-proof");
      assertFalse(receipt.getEntry().isEmpty());
      assertArrayEquals(bytes, ReceiptFile.text(receipt).getBytes(StandardCharsets.UTF_8));
    } catch (CommandException refused) {
      assertEquals(Exit.USAGE, refused.exit());
      assertFalse(refused.sentence().isEmpty());
    }
  }

  @FuzzTest
  void codes(byte[] bytes) {
    try {
      for (DemoFolder.Told told : DemoFolder.parse(text(bytes), "codes.json")) {
        assertFalse(told.find("no such code").isPresent() && told.codes().isEmpty());
      }
    } catch (CommandException refused) {
      assertEquals(Exit.USAGE, refused.exit());
    }
  }

  @FuzzTest
  void address(byte[] bytes) {
    try {
      Address address = Address.parse(text(bytes));
      assertEquals(address, Address.parse(address.toString()));
    } catch (CommandException refused) {
      assertEquals(Exit.USAGE, refused.exit());
    }
  }

  @Test
  void mutationsOfGoodFiles() throws NoteException {
    var random = Seeds.random(FilesFuzzTest.class);
    assertFalse(
        ReceiptFile.parse(RECEIPT.getBytes(StandardCharsets.UTF_8), "r").getEntry().isEmpty());
    for (int i = 0; i < 2_000; i++) {
      receipt(Seeds.mutate(random, RECEIPT.getBytes(StandardCharsets.UTF_8)));
      codes(Seeds.mutate(random, CODES.getBytes(StandardCharsets.UTF_8)));
      address(Seeds.mutate(random, "[::1]:8080".getBytes(StandardCharsets.UTF_8)));
      address(Seeds.mutate(random, Address.DEFAULT.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
