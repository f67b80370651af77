// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;

/**
 * Whatever is read is written again with the same bytes; of a policy, whose file may have comments,
 * what is written is read as the same policy.
 */
class CheckpointFuzzTest {
  private static void assertExplained(NoteException refused) {
    assertTrue(!refused.expected().isEmpty());
    assertTrue(refused.found().length() < 1000);
  }

  @FuzzTest
  void note(byte[] bytes) {
    try {
      SignedNote note = SignedNote.parse(bytes);
      assertArrayEquals(bytes, note.bytes());
      assertEquals(note, SignedNote.of(note.text(), note.signatures()));
    } catch (NoteException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void checkpoint(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    try {
      assertEquals(text, Checkpoint.parse(text).text());
    } catch (NoteException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void proof(byte[] bytes) {
    try {
      TlogProof proof = TlogProof.parse(bytes);
      assertArrayEquals(bytes, proof.text().getBytes(UTF_8));
    } catch (NoteException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void addCheckpoint(byte[] bytes) {
    try {
      AddCheckpoint request = AddCheckpoint.parse(bytes);
      assertArrayEquals(bytes, request.bytes());
    } catch (NoteException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void vkey(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    try {
      assertEquals(text, NoteVerifier.parse(text).vkey());
    } catch (NoteException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void policy(byte[] bytes) {
    try {
      TrustPolicy policy = TrustPolicy.parse(bytes);
      TrustPolicy again = TrustPolicy.parse(policy.bytes());
      assertEquals(policy, again);
      assertEquals(policy.groups(), again.groups());
      assertEquals(policy.witnesses(), again.witnesses());
      assertEquals(policy.logs(), again.logs());
    } catch (NoteException refused) {
      assertExplained(refused);
    }
  }

  private static void mutate(String good, Consumer<byte[]> fuzzTest) {
    var random = Seeds.random(CheckpointFuzzTest.class);
    fuzzTest.accept(good.getBytes(UTF_8));
    for (int i = 0; i < 5000; i++) {
      fuzzTest.accept(Seeds.mutate(random, good.getBytes(UTF_8)));
    }
  }

  @Test
  void mutationsOfANote() {
    mutate(Vectors.NOTE, this::note);
  }

  @Test
  void mutationsOfACheckpoint() {
    mutate(Vectors.TEXT, this::checkpoint);
  }

  @Test
  void mutationsOfAProof() {
    mutate("c2sp.org/tlog-proof@v1\nextra AQID\nindex 0\n\n" + Vectors.NOTE, this::proof);
  }

  @Test
  void mutationsOfARequestForACosignature() {
    String root = Vectors.checkpoint().root().base64();
    mutate("old 0\n\n" + Vectors.NOTE, this::addCheckpoint);
    mutate("old 3\n" + root + "\n" + root + "\n\n" + Vectors.NOTE, this::addCheckpoint);
    mutate("old 3\n" + (root + "\n").repeat(64) + "\n" + Vectors.NOTE, this::addCheckpoint);
  }

  @Test
  void mutationsOfAVkey() {
    mutate(Vectors.LOG_VKEY, this::vkey);
    mutate(Vectors.WITNESS_VKEY, this::vkey);
  }

  @Test
  void mutationsOfAPolicy() {
    mutate(
        "# comment\nlog "
            + Vectors.LOG_VKEY
            + "\nwitness w "
            + Vectors.WITNESS_VKEY
            + " url\ngroup g 1 w\ngroup auditors all g\nquorum auditors\n",
        this::policy);
  }
}
