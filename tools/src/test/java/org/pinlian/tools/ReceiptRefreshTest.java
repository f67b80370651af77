// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.demo.Enrolments;

/** {@code receipt --refresh}: what is in the file is never worth less afterwards. */
class ReceiptRefreshTest {
  @TempDir Path temp;

  private final CosignatureSigner witness =
      new CosignatureSigner(
          "witness.example/w1",
          SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom()));

  /** A folder, and the policy of its ledger's witness. */
  private record Made(Path data, Path policy, String origin) {
    Path published() {
      return data.resolve("published");
    }

    SignedNote note() throws Exception {
      return SignedNote.parse(Files.readAllBytes(published()));
    }
  }

  private Made made;
  private Path file;

  @SuppressWarnings("NullAway.Init")
  ReceiptRefreshTest() {}

  @BeforeEach
  void make() throws Exception {
    made = ledger("one");
    file = temp.resolve("1.tlog-proof");
  }

  private Made ledger(String name) throws Exception {
    Path data = temp.resolve(name);
    Path policy = temp.resolve(name + ".txt");
    String origin;
    try (TestLedger ledger = TestLedger.create(data, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      Files.writeString(
          policy,
          "#pinlian genesis %s\n#pinlian hash sha-256\nlog %s\nwitness w1 %s\n"
                  .formatted(
                      ledger.node().genesis().hex(),
                      ledger.node().logVkey(),
                      witness.verifier().vkey())
              + "group witnesses any w1\nquorum witnesses\n");
      origin = ledger.node().logVkey().substring(0, ledger.node().logVkey().indexOf('+'));
    }
    return new Made(data, policy, origin);
  }

  /** As if its witness had been there when it published. */
  private void cosign(Made of) throws Exception {
    SignedNote note = of.note();
    Checkpoint head = Checkpoint.parse(note.text());
    Files.write(
        of.published(), note.with(witness.cosign(head, Instant.now().getEpochSecond())).bytes());
  }

  private static Ran receipt(Made of, Path policy, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("receipt", "--data", of.data().toString(), "--policy", policy.toString()));
    arguments.addAll(List.of(more));
    return Ran.pinlian(arguments.toArray(String[]::new));
  }

  private Ran refresh(String... more) {
    List<String> arguments = new ArrayList<>(List.of("--refresh", file.toString(), "--json"));
    arguments.addAll(List.of(more));
    return receipt(made, made.policy(), arguments.toArray(String[]::new));
  }

  private String grade() {
    Ran ran =
        Ran.pinlian("verify", file.toString(), "--policy", made.policy().toString(), "--json");
    assertEquals(0, ran.exit(), ran.err());
    return ran.json().path("grade").asText();
  }

  private void fetch() {
    Ran ran = receipt(made, made.policy(), "--index", "1", "-o", file.toString());
    assertEquals(0, ran.exit(), ran.err());
  }

  @Test
  void aPromiseIsExchangedForAReceiptThatAWitnessHasCosigned() throws Exception {
    fetch();
    assertEquals("promised", grade());
    cosign(made);
    Ran ran = refresh();
    assertEquals(0, ran.exit(), ran.err());
    assertEquals("witnessed", ran.json().path("grade").asText());
    assertFalse(ran.json().path("kept").asBoolean(true));
    assertEquals("witnessed", grade());
  }

  @Test
  void aWitnessedReceiptIsNotGivenUpForAPromise() throws Exception {
    byte[] alone = Files.readAllBytes(made.published());
    cosign(made);
    fetch();
    assertEquals("witnessed", grade());
    byte[] before = Files.readAllBytes(file);
    // Its witnesses are away, and it fails open.
    Files.write(made.published(), alone);

    Ran ran = refresh();
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.json().path("kept").asBoolean());
    assertEquals("witnessed", ran.json().path("grade").asText());
    assertArrayEquals(before, Files.readAllBytes(file));
    Ran told = receipt(made, made.policy(), "--refresh", file.toString());
    assertTrue(told.out().contains("kept as it was"), told.out());
    // The same file by another name.
    Ran named = refresh("-o", temp.resolve("one").resolve("..").resolve("1.tlog-proof").toString());
    assertEquals(0, named.exit(), named.err());
    assertArrayEquals(before, Files.readAllBytes(file));
    // By a policy that knows of no witness it is worth no less.
    Path simple = temp.resolve("simple.txt");
    Files.writeString(
        simple,
        Files.readString(made.policy())
            .replaceAll("(?m)^(witness|group) .*\n", "")
            .replace("quorum witnesses", "quorum none"));
    Ran unknowing = receipt(made, simple, "--refresh", file.toString(), "--json");
    assertEquals(0, unknowing.exit(), unknowing.err());
    assertTrue(unknowing.json().path("kept").asBoolean());
    assertArrayEquals(before, Files.readAllBytes(file));
    assertEquals(2, refresh("--cose", "-o", file.toString()).exit());
    assertArrayEquals(before, Files.readAllBytes(file));

    Path other = temp.resolve("other.tlog-proof");
    Ran elsewhere = refresh("-o", other.toString());
    assertEquals(0, elsewhere.exit(), elsewhere.err());
    assertEquals("promised", elsewhere.json().path("grade").asText());
    assertTrue(Files.exists(other));
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void aFileThatIsNoReceiptByThePolicyGivesWayToAPromise() throws Exception {
    fetch();
    String good = Files.readString(file);
    // Another's line in place of the log's: nobody known has signed it.
    Files.writeString(file, good.replace("\n— " + made.origin(), "\n— other.example/log"));
    Ran ran = refresh();
    assertEquals(0, ran.exit(), ran.err());
    assertFalse(ran.json().path("kept").asBoolean(true));
    assertEquals("promised", grade());
  }

  @Test
  void theReceiptOfAnotherLedgersEntryIsRefusedAndLeftAlone() throws Exception {
    Made other = ledger("two");
    cosign(made);
    assertEquals(0, receipt(other, other.policy(), "--index", "1", "-o", file.toString()).exit());
    byte[] before = Files.readAllBytes(file);
    Ran ran = refresh();
    assertEquals(1, ran.exit(), ran.err());
    assertEquals("OTHER_SUBMISSION", ran.json().path("error").path("code").asText());
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void aReceiptOfAHistoryThatTheLedgerNoLongerTellsIsRefusedAndLeftAlone() throws Exception {
    fetch();
    TlogProof kept = TlogProof.parse(Files.readAllBytes(file));
    NoteSigner log =
        new NoteSigner(made.origin(), KeyFiles.readSecret(made.data().resolve("log-key.pem")));
    cosign(made);
    for (long size : new long[] {kept.checkpoint().size() - 1, kept.checkpoint().size()}) {
      Checkpoint fork =
          new Checkpoint(
              made.origin(),
              size,
              HashAlgorithm.SHA_256.leaf("another history".getBytes(StandardCharsets.UTF_8)));
      List<Hash> path = kept.path();
      String text =
          TlogProof.of(kept.extra().orElseThrow(), kept.index(), path, log.sign(fork.text()))
              .text();
      Files.writeString(file, text);
      Ran ran = refresh();
      assertEquals(1, ran.exit(), ran.err());
      assertEquals("NOT_CONSISTENT", ran.json().path("error").path("code").asText(), ran.out());
      assertEquals(text, Files.readString(file));
    }
  }
}
