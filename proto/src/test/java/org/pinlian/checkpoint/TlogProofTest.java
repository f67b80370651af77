// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.ProofException;

class TlogProofTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;
  private static final Hash LEAF = SHA.leaf("trace-vector-3".getBytes(US_ASCII));
  private static final String PATH =
      """
      3VfPIMoj9wLdmJ61vBsHWotOAiBI5xWh3szSVdt5FJk=
      YG1griHxt7E1jwat2lSMTn9MwOyk1evGE1oKuSGN35g=
      No6gp/YufnpQqXQgeCwMkLmG7xLWiPMm/eQaG25OrGo=
      """;
  private static final String HEADER = "c2sp.org/tlog-proof@v1\n";
  private static final String TEXT = HEADER + "index 3\n" + PATH + "\n" + Vectors.NOTE;

  private static TlogProof parse(String text) throws NoteException {
    return TlogProof.parse(text.getBytes(UTF_8));
  }

  private static Reason refusal(String text) {
    return assertThrows(NoteException.class, () -> parse(text), text).reason();
  }

  private static SignedNote note() {
    try {
      return SignedNote.parse(Vectors.note());
    } catch (NoteException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void isReadVerifiedAndWrittenAgain() throws Exception {
    TlogProof proof = parse(TEXT);
    proof.verify(SHA, LEAF);
    assertEquals(TEXT, proof.text());
    assertEquals(3, proof.index());
    assertEquals(Vectors.PATH_OF_3, proof.path());
    assertEquals(Vectors.checkpoint(), proof.checkpoint());
    assertTrue(proof.extra().isEmpty());
    assertEquals(proof, TlogProof.of(null, 3, Vectors.PATH_OF_3, note()));
  }

  @Test
  void carriesExtraData() throws Exception {
    byte[] extra = {1, 2, 3};
    TlogProof proof = TlogProof.of(extra, 3, Vectors.PATH_OF_3, note());
    assertEquals(TEXT.replace(HEADER, HEADER + "extra AQID\n"), proof.text());
    TlogProof read = parse(proof.text());
    assertEquals(proof, read);
    assertArrayEquals(extra, read.extra().orElseThrow());
    proof.verify(SHA, LEAF);
  }

  @Test
  void mayHaveAnEmptyPath() throws Exception {
    var checkpoint = new Checkpoint("log.example/trace", 1, LEAF);
    TlogProof proof = TlogProof.of(null, 0, List.of(), Vectors.LOG.sign(checkpoint.text()));
    assertEquals(proof, parse(proof.text()));
    proof.verify(SHA, LEAF);
  }

  @Test
  void doesNotVerifyWithAnyOtherField() throws Exception {
    Hash other = SHA.empty();
    assertThrows(ProofException.class, () -> parse(TEXT).verify(SHA, other));
    for (long index : new long[] {0, 1, 2, 4, 5, 1000, Long.MAX_VALUE}) {
      TlogProof lying = TlogProof.of(null, index, Vectors.PATH_OF_3, note());
      assertThrows(ProofException.class, () -> lying.verify(SHA, LEAF));
    }
    for (int i = 0; i < 3; i++) {
      List<Hash> path = new ArrayList<>(Vectors.PATH_OF_3);
      path.set(i, other);
      TlogProof lying = TlogProof.of(null, 3, path, note());
      assertThrows(ProofException.class, () -> lying.verify(SHA, LEAF));
      path.remove(i);
      TlogProof cut = TlogProof.of(null, 3, path, note());
      assertThrows(ProofException.class, () -> cut.verify(SHA, LEAF));
    }
    for (long size : new long[] {0, 3, 4, 9, 1000, Long.MAX_VALUE}) {
      TlogProof lying = ofSize(size);
      assertThrows(ProofException.class, () -> lying.verify(SHA, LEAF), "size " + size);
    }
    assertThrows(ProofException.class, () -> parse(TEXT).verify(HashAlgorithm.SM3, LEAF));
  }

  private static TlogProof ofSize(long size) throws NoteException {
    var checkpoint = new Checkpoint("log.example/trace", size, Vectors.checkpoint().root());
    return TlogProof.of(null, 3, Vectors.PATH_OF_3, Vectors.LOG.sign(checkpoint.text()));
  }

  @Test
  void bindsTheSizeOnlyThroughTheCheckpointsSignature() throws Exception {
    // In trees of 5 to 8 leaves the path of leaf 3 has one shape. That a root belongs to one size
    // is
    // what the log signs, so a proof is worth nothing before the policy has seen the note.
    for (long size = 5; size <= 8; size++) {
      ofSize(size).verify(SHA, LEAF);
    }
  }

  @Test
  void refusesAnythingElse() {
    for (String wrong :
        List.of(
            "",
            "\n\n",
            HEADER,
            HEADER + "\n" + Vectors.NOTE,
            TEXT.replace("@v1", "@v2"),
            TEXT.replace("index 3", "index 03"),
            TEXT.replace("index 3", "index -1"),
            TEXT.replace("index 3", "index"),
            TEXT.replace("index 3", "index 9223372036854775808"),
            TEXT.replace("index 3", "Index 3"),
            TEXT.replace("index 3", "index 3\nindex 3"),
            TEXT.replace("index 3", "extra \nindex 3"),
            TEXT.replace("index 3", "extra AQJ=\nindex 3"),
            TEXT.replace("index 3", "extra AQI=\nextra AQI=\nindex 3"),
            TEXT.replace("index 3", "index 3\nextra AQI="),
            TEXT.replace("3Vf", "3V"),
            TEXT.replace("Jk=", "Jl="),
            TEXT.replace(PATH + "\n", PATH),
            TEXT.replace(PATH + "\n", PATH + "\n\n"),
            TEXT.replace("\n", "\r\n"),
            TEXT.replace(HEADER, HEADER + "\n"),
            TEXT.replace("log.example/trace\n5", "log.example/trace\n05"),
            TEXT.substring(0, TEXT.length() - 1),
            HEADER + "index 3\n" + PATH + "\n" + Vectors.TEXT)) {
      assertEquals(Reason.MALFORMED, refusal(wrong), wrong);
    }
  }

  @Test
  void refusesMoreThanAnyProofNeeds() {
    String hash = PATH.substring(0, 45);
    for (int tooMany : new int[] {64, 65, 66, 67, 1000}) {
      String path = hash.repeat(tooMany);
      assertEquals(Reason.TOO_LARGE, refusal(HEADER + "index 3\n" + path + "\n" + Vectors.NOTE));
      assertEquals(
          Reason.TOO_LARGE, refusal(HEADER + "extra AQI=\nindex 3\n" + path + "\n" + Vectors.NOTE));
    }
    String extra = "A".repeat(4 * (TlogProof.MAX_EXTRA_BYTES / 3 + 1));
    assertEquals(
        Reason.TOO_LARGE, refusal(TEXT.replace("index 3", "extra " + extra + "\nindex 3")));
    assertEquals(Reason.TOO_LARGE, refusal("x".repeat(TlogProof.MAX_BYTES + 1)));
    assertThrows(
        IllegalArgumentException.class,
        () -> TlogProof.of(null, 0, Collections.nCopies(64, LEAF), note()));
    assertThrows(
        IllegalArgumentException.class, () -> TlogProof.of(new byte[0], 0, List.of(), note()));
    assertThrows(IllegalArgumentException.class, () -> TlogProof.of(null, -1, List.of(), note()));
  }
}
