// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.CoseReceipt;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Enrolments;

/** Receipts in the COSE form, from a real ledger to a file and back. */
class CoseReceiptFileTest {
  @TempDir Path temp;

  private record Made(Path data, Path policy, NoteVerifier log) {}

  private Made ledger(String name, HashAlgorithm hash) throws Exception {
    Path data = temp.resolve(name);
    Path policy = temp.resolve(name + ".txt");
    try (TestLedger ledger = TestLedger.create(data, hash)) {
      Enrolments.play(ledger);
      KeyFiles.writeSecret(temp.resolve(name + ".pem"), ledger.key(Actor.CITY));
      Files.writeString(
          policy, Policies.text(ledger.node().genesis(), hash, ledger.node().logVkey()));
      return new Made(data, policy, NoteVerifier.parse(ledger.node().logVkey()));
    }
  }

  private static Ran receipt(Made of, Path file, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "receipt",
                "--data",
                of.data().toString(),
                "--policy",
                of.policy().toString(),
                "--cose",
                "-o",
                file.toString(),
                "--json"));
    arguments.addAll(List.of(more));
    return Ran.pinlian(arguments.toArray(String[]::new));
  }

  private static Ran verify(Made by, Path file) {
    return Ran.pinlian("verify", file.toString(), "--policy", by.policy().toString(), "--json");
  }

  @Test
  void aReceiptIsKeptReadAndVerifiedAndSaysWhatIsNotSigned() throws Exception {
    Made made = ledger("one", HashAlgorithm.SHA_256);
    Path file = temp.resolve("one.cose");
    Ran kept = receipt(made, file, "--index", "1");
    assertEquals(0, kept.exit(), kept.err());
    byte[] bytes = Files.readAllBytes(file);
    CoseReceipt receipt = CoseReceipt.parse(bytes);
    assertEquals(made.log().name(), receipt.issuer());
    assertArrayEquals(CoseReceipt.keyId(made.log().key().toByteArray()), receipt.keyId());
    assertEquals(
        "urn:pinlian:submission:"
            + kept.json().path("submitter").asText()
            + ":"
            + kept.json().path("submission").asText(),
        receipt.subject());

    Ran verified = verify(made, file);
    assertEquals(0, verified.exit(), verified.err());
    JsonNode json = verified.json();
    assertEquals(kept.json().path("root"), json.path("root"));
    assertEquals(kept.json().path("size"), json.path("size"));
    assertEquals("promised", json.path("grade").asText());
    assertFalse(json.path("sizeSigned").asBoolean(true));

    Path other = temp.resolve("other.cose");
    Ran byId =
        receipt(
            made,
            other,
            "--submission",
            json.path("submitter").asText() + "/" + json.path("submission").asText());
    assertEquals(0, byId.exit(), byId.err());
    assertEquals(0, verify(made, other).exit());
  }

  @Test
  void changedReceiptsAndThoseOfOtherLedgersAreRefused() throws Exception {
    Made made = ledger("one", HashAlgorithm.SHA_256);
    Made another = ledger("two", HashAlgorithm.SHA_256);
    Path file = temp.resolve("one.cose");
    assertEquals(0, receipt(made, file, "--index", "1").exit());
    assertEquals(1, verify(another, file).exit());
    byte[] good = Files.readAllBytes(file);
    SplittableRandom random = Seeds.random(CoseReceiptFileTest.class);
    for (int i = 0; i < 80; i++) {
      byte[] changed = Seeds.mutate(random, good);
      if (Arrays.equals(changed, good)) {
        continue;
      }
      Files.write(file, changed);
      Ran ran = verify(made, file);
      // Size and index are signed by nobody: another pair of the same shape leads to the same root.
      boolean sameRoot =
          ran.exit() == 0
              && ran.json().path("leaf").equals(verified(made, good).path("leaf"))
              && ran.json().path("root").equals(verified(made, good).path("root"));
      assertTrue(ran.exit() == 1 || ran.exit() == 2 || sameRoot, ran.out() + ran.err());
    }
    CoseReceipt without = CoseReceipt.parse(good).withEntry(new byte[] {1, 2, 3});
    Files.write(file, without.bytes());
    assertEquals(1, verify(made, file).exit());
  }

  private JsonNode verified(Made made, byte[] good) throws Exception {
    Path file = temp.resolve("good.cose");
    Files.write(file, good);
    return verify(made, file).json();
  }

  @Test
  void aLedgerWithSm3HasNoneAndSaysSo() throws Exception {
    Made made = ledger("sm3", HashAlgorithm.SM3);
    Path file = temp.resolve("sm3.cose");
    Ran ran = receipt(made, file, "--index", "1");
    assertEquals(3, ran.exit(), ran.out());
    assertTrue(ran.err().contains("sm3"), ran.err());
    assertFalse(Files.exists(file));
  }

  @Test
  void itIsForAFile() throws Exception {
    assertEquals(2, Ran.pinlian("receipt", "--index", "1", "--cose", "--json").exit());
  }
}
