// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

class TrustPolicyTest {
  private static final List<CosignatureSigner> W =
      IntStream.range(0, 5)
          .mapToObj(i -> new CosignatureSigner("cosigner.example/" + i, Vectors.key(0x50 + i)))
          .toList();
  private static final String GENESIS = "ab".repeat(32);
  private static final String LOG = "log " + Vectors.LOG_VKEY + "\n";
  private static final String POLICY =
      "#pinlian genesis "
          + GENESIS
          + "\n#pinlian hash sha-256\n"
          + LOG
          + witness(0)
          + witness(1)
          + witness(2)
          + witness(3)
          + witness(4)
          + "group witnesses 2 w0 w1 w2\n"
          + "group auditors any w3 w4\n"
          + "group enough all witnesses auditors\n"
          + "quorum enough\n";

  private static String witness(int i) {
    return "witness w" + i + " " + W.get(i).verifier().vkey() + "\n";
  }

  private static TrustPolicy parse(String text) throws NoteException {
    return TrustPolicy.parse(text.getBytes(UTF_8));
  }

  private static NoteException refusal(String text) {
    return assertThrows(NoteException.class, () -> parse(text), text);
  }

  private static SignedNote cosigned(int... cosigners) {
    SignedNote note = Vectors.LOG.sign(Vectors.TEXT);
    for (int i : cosigners) {
      note = note.with(W.get(i).cosign(Vectors.checkpoint(), 1000 + i));
    }
    return note;
  }

  @Test
  void isReadAndWrittenAgain() throws NoteException {
    TrustPolicy policy = parse(POLICY);
    assertEquals(POLICY, policy.text());
    assertEquals(policy, TrustPolicy.parse(policy.bytes()));
    assertEquals(Optional.of(Hash.ofHex(GENESIS)), policy.genesis());
    assertEquals(Optional.of(HashAlgorithm.SHA_256), policy.hashAlgorithm());
    assertEquals(Vectors.LOG.verifier(), policy.logs().get(0).verifier());
    assertEquals(5, policy.witnesses().size());
    assertEquals(3, policy.groups().size());
    assertEquals("enough", policy.quorum());
    assertEquals(6, policy.verifiers().size());
  }

  @Test
  void ofAForeignLogHasNoGenesis() throws NoteException {
    TrustPolicy policy =
        parse(
            "# a comment\n\n \t \n  # another\n\tlog\t "
                + Vectors.LOG_VKEY
                + " https://log.example \n"
                + witness(0).trim()
                + " https://w0.example/\nquorum w0");
    assertTrue(policy.genesis().isEmpty());
    assertTrue(policy.hashAlgorithm().isEmpty());
    assertEquals("https://log.example", policy.logs().get(0).url());
    assertEquals("https://w0.example/", policy.witnesses().get(0).url());
    assertEquals(policy, TrustPolicy.parse(policy.bytes()));
  }

  @Test
  void tellsWhoCosignedAndWhetherItIsEnough() throws NoteException {
    PolicyVerdict verdict = parse(POLICY).check(cosigned(0, 2, 4));
    assertEquals(Vectors.checkpoint(), verdict.checkpoint());
    assertEquals(Vectors.LOG.verifier(), verdict.log());
    assertEquals(Map.of("w0", 1000L, "w2", 1002L, "w4", 1004L), verdict.cosigned());
    assertEquals(Set.of("w0", "w2"), verdict.witnesses());
    assertEquals(Set.of("w4"), verdict.auditors());
    assertEquals(Set.of("w0", "w2", "w4", "witnesses", "auditors", "enough"), verdict.satisfied());
    assertTrue(verdict.quorumMet());
    assertTrue(verdict.audited());
    verdict.requireQuorum();
  }

  @Test
  void countsEveryCombinationOfCosigners() throws NoteException {
    TrustPolicy policy = parse(POLICY);
    for (int set = 0; set < 32; set++) {
      int chosen = set;
      int[] cosigners = IntStream.range(0, 5).filter(i -> (chosen >> i & 1) == 1).toArray();
      PolicyVerdict verdict = policy.check(cosigned(cosigners));
      boolean witnessed = Integer.bitCount(set & 0b00111) >= 2;
      boolean audited = (set & 0b11000) != 0;
      assertEquals(audited, verdict.audited());
      assertEquals(witnessed && audited, verdict.quorumMet());
      if (!verdict.quorumMet()) {
        assertEquals(
            Reason.QUORUM_NOT_MET,
            assertThrows(NoteException.class, verdict::requireQuorum).reason());
      }
    }
  }

  @Test
  void doesNotCountCosignaturesThatAreTooOld() throws NoteException {
    TrustPolicy policy = parse(POLICY);
    assertTrue(policy.check(cosigned(0, 1, 3), 1000).quorumMet());
    assertFalse(policy.check(cosigned(0, 1, 3), 1001).quorumMet());
    // A newer one by the same witness makes up for it.
    SignedNote renewed = cosigned(0, 1, 3).with(W.get(0).cosign(Vectors.checkpoint(), 2000));
    PolicyVerdict verdict = policy.check(renewed, 1001);
    assertTrue(verdict.quorumMet());
    assertEquals(2000L, verdict.cosigned().get("w0"));
  }

  @Test
  void doesNotCountOneWitnessTwice() throws NoteException {
    SignedNote twice = cosigned(0, 3).with(W.get(0).cosign(Vectors.checkpoint(), 2000));
    assertFalse(parse(POLICY).check(twice).quorumMet());
  }

  @Test
  void aQuorumOfNoneAsksForTheLogAlone() throws NoteException {
    TrustPolicy policy = parse(LOG + "quorum none\n");
    PolicyVerdict verdict = policy.check(cosigned(0));
    assertTrue(verdict.quorumMet());
    assertFalse(verdict.audited());
    assertTrue(verdict.cosigned().isEmpty());
  }

  @Test
  void aWitnessAloneCanBeTheQuorum() throws NoteException {
    TrustPolicy policy = parse(LOG + witness(0) + witness(1) + "quorum w1\n");
    assertFalse(policy.check(cosigned(0)).quorumMet());
    assertTrue(policy.check(cosigned(1)).quorumMet());
  }

  @Test
  void refusesACheckpointThatItsLogDidNotSign() throws NoteException {
    TrustPolicy policy = parse(POLICY);
    SignedNote unsigned = SignedNote.of(Vectors.TEXT, cosigned(0, 1, 3).signatures().subList(1, 4));
    assertEquals(
        Reason.UNKNOWN_LOG,
        assertThrows(NoteException.class, () -> policy.check(unsigned)).reason());
    assertEquals(
        Reason.NO_KNOWN_SIGNATURE,
        assertThrows(
                NoteException.class,
                () -> policy.check(new NoteSigner("x", Vectors.key(9)).sign(Vectors.TEXT)))
            .reason());
  }

  @Test
  void oneTrustedLogCannotSpeakForAnother() throws NoteException {
    NoteSigner other = new NoteSigner("log.example/other", Vectors.key(0x70));
    TrustPolicy policy = parse(LOG + "log " + other.verifier().vkey() + "\nquorum none\n");
    assertEquals(
        Reason.UNKNOWN_LOG,
        assertThrows(NoteException.class, () -> policy.check(other.sign(Vectors.TEXT))).reason());
    var own = new Checkpoint("log.example/other", 5, Vectors.checkpoint().root());
    assertEquals(other.verifier(), policy.check(other.sign(own.text())).log());
  }

  @Test
  void refusesANoteWithABadSignatureByAnyKeyOfThePolicy() throws NoteException {
    TrustPolicy policy = parse(POLICY);
    var elsewhere = new Checkpoint("log.example/trace", 6, Vectors.checkpoint().root());
    SignedNote note = cosigned(0, 1, 3).with(W.get(2).cosign(elsewhere, 5));
    assertEquals(
        Reason.BAD_SIGNATURE, assertThrows(NoteException.class, () -> policy.check(note)).reason());
  }

  @Test
  void refusesANoteThatIsNoCheckpoint() throws NoteException {
    TrustPolicy policy = parse(POLICY);
    assertEquals(
        Reason.MALFORMED,
        assertThrows(
                NoteException.class,
                () -> policy.check(Vectors.LOG.sign(Vectors.TEXT + "extension\n")))
            .reason());
  }

  @Test
  void namesTheLineThatIsWrong() {
    String w0 = witness(0);
    String w1 = witness(1);
    Map<String, Integer> wrong =
        Map.ofEntries(
            Map.entry(LOG + LOG + "quorum none\n", 2),
            Map.entry(LOG + w0 + w0 + "quorum none\n", 3),
            Map.entry(w0 + w0.replace("w0 ", "w9 ") + "quorum none\n", 2),
            Map.entry(w0 + "group w0 any w0\nquorum none\n", 2),
            Map.entry(w0 + "group none any w0\nquorum none\n", 2),
            Map.entry("group g any w0\n" + w0 + "quorum g\n", 1),
            Map.entry(w0 + "group g any g\nquorum g\n", 2),
            Map.entry(w0 + "group g any none\nquorum g\n", 2),
            Map.entry(w0 + "group g any w0 w0\nquorum g\n", 2),
            Map.entry(w0 + "group g any w0\ngroup h any w0\nquorum g\n", 3),
            Map.entry(w0 + w1 + "group g 3 w0 w1\nquorum g\n", 3),
            Map.entry(w0 + w1 + "group g 0 w0 w1\nquorum g\n", 3),
            Map.entry(w0 + w1 + "group g 01 w0 w1\nquorum g\n", 3),
            Map.entry(w0 + w1 + "group g some w0 w1\nquorum g\n", 3),
            Map.entry(w0 + "group g any\nquorum none\n", 2),
            Map.entry("quorum w0\n" + w0, 1),
            Map.entry("quorum none\nquorum none\n", 2),
            Map.entry("quorum\n", 1),
            Map.entry("quorum none extra\n", 1),
            Map.entry("\nLog x\nquorum none\n", 2),
            Map.entry("log\nquorum none\n", 1),
            Map.entry("log x\nquorum none\n", 1),
            Map.entry(LOG.trim() + " url more\nquorum none\n", 1),
            Map.entry("log " + Vectors.WITNESS_VKEY + "\nquorum none\n", 1),
            Map.entry("witness w " + Vectors.LOG_VKEY + "\nquorum none\n", 1),
            Map.entry("quorum none\r\n", 1),
            Map.entry("# bell \u0007\nquorum none\n", 1),
            Map.entry("# delete \u007f\nquorum none\n", 1),
            Map.entry("\n#pinlian genesis " + GENESIS + "\nquorum none\n", 2),
            Map.entry("#pinlian hash sm3\nquorum none\n", 1),
            Map.entry("#pinlian genesis " + GENESIS + "\n#pinlian hash md5\nquorum none\n", 2),
            Map.entry(
                "#pinlian genesis " + GENESIS.toUpperCase(Locale.ROOT) + "\nquorum none\n", 1),
            Map.entry("#pinlian genesis abcd\nquorum none\n", 1),
            Map.entry("#pinlian other\nquorum none\n", 1),
            Map.entry(POLICY + "#pinlian hash sm3\n", 13));
    wrong.forEach((text, line) ->
        assertTrue(
            refusal(text).expected().endsWith(" on line " + line),
            () -> text + refusal(text).expected()));
  }

  @Test
  void refusesAFileWithoutItsQuorumOrHalfOfOurLines() {
    assertEquals(Reason.MALFORMED, refusal("").reason());
    assertEquals(Reason.MALFORMED, refusal(LOG).reason());
    assertEquals(
        Reason.MALFORMED, refusal("#pinlian genesis " + GENESIS + "\nquorum none\n").reason());
  }

  @Test
  void readsAsManyDefinitionsAsTheFormatAsksForButNotAnyNumber() throws NoteException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < TrustPolicy.MAX_DEFINITIONS; i++) {
      var verifier = new CosignatureSigner("w", Vectors.key(i)).verifier();
      text.append("witness w").append(i).append(' ').append(verifier.vkey()).append('\n');
      text.append("group g").append(i).append(" any w").append(i).append('\n');
    }
    assertEquals(TrustPolicy.MAX_DEFINITIONS, parse(text + "quorum g3\n").groups().size());
    var verifier = new CosignatureSigner("w", Vectors.key(100)).verifier();
    assertEquals(
        Reason.TOO_LARGE, refusal(text + "witness more " + verifier.vkey() + "\n").reason());
    assertEquals(Reason.TOO_LARGE, refusal(" ".repeat(TrustPolicy.MAX_BYTES + 1)).reason());
  }
}
