// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.ProofException;
import org.pinlian.signing.SigningKey;
import org.pinlian.testing.Seeds;

/** Receipts in the COSE form, on the vector of formats.md B.11 and around it. */
class CoseReceiptTest {
  private static final String VECTOR =
      "d284583fa4012704446b6964310fa201781968747470733a2f2f6c6f672e6578616d706c652f7472616365027275726e"
          + "3a6570633a69643a736774696e3a7819018b01a119018ca12081586a830503835820dd57cf20ca23f702dd989eb5bc1b"
          + "075a8b4e022048e715a1deccd255db7914995820606d60ae21f1b7b1358f06adda548c4e7f4cc0eca4d5ebc6135a0ab9"
          + "218ddf985820368ea0a7f62e7e7a50a97420782c0c90b986ef12d688f326fde41a1b6e4eac6af6584038cb2ba1985db7"
          + "f77e293c140ad98bb5cad3b6f74bc46a2c447cffd4f3d2be61366892388cbe1f92d96620b4dffc774ca03d3d2ac03cf9"
          + "6d87a5ffe1e58bd30f";
  private static final String SIG_STRUCTURE =
      "846a5369676e617475726531583fa4012704446b6964310fa201781968747470733a2f2f6c6f672e6578616d706c"
          + "652f7472616365027275726e3a6570633a69643a736774696e3a7819018b014058205a8219389a10bd47d8f9bf65"
          + "cf44ce2d953a207f97a2951920d411a6cd59f3d0";
  private static final byte[] BYTES = HexFormat.of().parseHex(VECTOR);
  private static final Hash ROOT = Hash.ofBase64("WoIZOJoQvUfY+b9lz0TOLZU6IH+XopUZINQRps1Z89A=");
  private static final Hash LEAF = leaf(3);
  private static final SigningKey KEY = SigningKey.ofEd25519Seed(bytesFrom(0));

  private static byte[] bytesFrom(int first) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return bytes;
  }

  private static Hash leaf(int number) {
    return HashAlgorithm.SHA_256.leaf(("trace-vector-" + number).getBytes(StandardCharsets.UTF_8));
  }

  private static CoseReceipt vector() throws NoteException {
    return CoseReceipt.parse(BYTES);
  }

  @Test
  void theVectorIsReadVerifiedAndWrittenAgain() throws Exception {
    CoseReceipt read = vector();
    assertTrue(CoseReceipt.isOne(BYTES));
    assertEquals(249, BYTES.length);
    assertEquals("https://log.example/trace", read.issuer());
    assertEquals("urn:epc:id:sgtin:x", read.subject());
    assertArrayEquals("kid1".getBytes(StandardCharsets.UTF_8), read.keyId());
    assertEquals(5, read.proof().size());
    assertEquals(3, read.proof().index());
    assertEquals(Optional.of(ROOT), read.signedRoot(KEY.verifyingKey(), LEAF));
    assertArrayEquals(BYTES, read.bytes());
    assertTrue(read.entry().isEmpty());
  }

  @Test
  void whatIsSignedIsTheSigStructureOfTheVector() throws Exception {
    byte[] signed = vector().signedBytes(ROOT);
    assertEquals(SIG_STRUCTURE, HexFormat.of().formatHex(signed));
    byte[] signature = Arrays.copyOfRange(BYTES, BYTES.length - 64, BYTES.length);
    assertTrue(KEY.verifyingKey().verifies(signed, signature));
  }

  @Test
  void signingTheSameMakesTheVector() throws Exception {
    CoseReceipt made =
        CoseReceipt.sign(
            KEY,
            "kid1".getBytes(StandardCharsets.UTF_8),
            "https://log.example/trace",
            "urn:epc:id:sgtin:x",
            vector().proof(),
            ROOT);
    assertArrayEquals(BYTES, made.bytes());
  }

  @Test
  void theEntryTravelsBesideTheProofAndIsNotSigned() throws Exception {
    byte[] entry = "trace-vector-3".getBytes(StandardCharsets.UTF_8);
    CoseReceipt with = vector().withEntry(entry);
    CoseReceipt read = CoseReceipt.parse(with.bytes());
    assertArrayEquals(entry, read.entry().orElseThrow());
    assertEquals(Optional.of(ROOT), read.signedRoot(KEY.verifyingKey(), LEAF));
  }

  @Test
  void anotherLeafKeyOrPathIsNotWhatWasSigned() throws Exception {
    assertTrue(vector().signedRoot(KEY.verifyingKey(), leaf(2)).isEmpty());
    SigningKey other = SigningKey.ofEd25519Seed(bytesFrom(32));
    assertTrue(vector().signedRoot(other.verifyingKey(), LEAF).isEmpty());
    List<Hash> path = new ArrayList<>(vector().proof().path());
    path.set(0, ROOT);
    CoseReceipt changed =
        CoseReceipt.sign(
            other,
            vector().keyId(),
            vector().issuer(),
            vector().subject(),
            new InclusionProof(3, 5, path),
            ROOT);
    assertTrue(changed.signedRoot(KEY.verifyingKey(), LEAF).isEmpty());
  }

  @Test
  void indexSizeAndPathMustGoTogether() throws Exception {
    List<Hash> path = vector().proof().path();
    for (InclusionProof wrong :
        List.of(
            new InclusionProof(5, 5, path),
            new InclusionProof(3, 500, path),
            new InclusionProof(4, 5, path),
            new InclusionProof(3, 5, path.subList(0, 2)))) {
      CoseReceipt receipt =
          CoseReceipt.sign(
              KEY, vector().keyId(), vector().issuer(), vector().subject(), wrong, ROOT);
      CoseReceipt read = CoseReceipt.parse(receipt.bytes());
      assertThrows(ProofException.class, () -> read.signedRoot(KEY.verifyingKey(), LEAF));
    }
  }

  @Test
  void thereIsNoReceiptOfATreeOfOneEntry() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            CoseReceipt.sign(
                new NoteSigner("log.example/trace", KEY),
                "urn:x",
                new InclusionProof(0, 1, List.of()),
                leaf(0)));
    String without = VECTOR.replaceFirst("586a830503835820.*f65840", "4483010080f65840");
    assertThrows(NoteException.class, () -> CoseReceipt.parse(HexFormat.of().parseHex(without)));
  }

  @Test
  void otherEncodingsOfTheSameAreRefused() {
    for (String[] change :
        new String[][] {
          // A length in two bytes that fits in one, and in none.
          {"d284583f", "d28459003f"},
          {"04446b696431", "0458046b696431"},
          // A number in two bytes.
          {"19018b01", "19018b1801"},
          // Another tag, algorithm, structure, a payload that is attached, one part more.
          {"d284", "d384"},
          {"a4012704", "a4012604"},
          {"19018b01", "19018b02"},
          {"f65840", "405840"},
          {"d284", "d285"},
          // Of no stated length.
          {"a119018c", "bf19018c"}
        }) {
      String changed = VECTOR.replaceFirst(change[0], change[1]);
      assertFalse(changed.equals(VECTOR));
      assertThrows(
          NoteException.class, () -> CoseReceipt.parse(HexFormat.of().parseHex(changed)), changed);
    }
    assertThrows(
        NoteException.class, () -> CoseReceipt.parse(Arrays.copyOf(BYTES, BYTES.length + 1)));
    assertThrows(NoteException.class, () -> CoseReceipt.parse(new byte[CoseReceipt.MAX_BYTES + 1]));
  }

  @Test
  void mutatedReceiptsAreRefusedOrAreNotSignedOrSayTheSame() throws Exception {
    SplittableRandom random = Seeds.random(CoseReceiptTest.class);
    byte[] whole = vector().withEntry("trace-vector-3".getBytes(StandardCharsets.UTF_8)).bytes();
    for (int i = 0; i < 5_000; i++) {
      byte[] changed = Seeds.mutate(random, whole);
      try {
        CoseReceipt read = CoseReceipt.parse(changed);
        assertArrayEquals(changed, read.bytes());
        Optional<Hash> root = read.signedRoot(KEY.verifyingKey(), LEAF);
        assertTrue(root.isEmpty() || root.get().equals(ROOT));
      } catch (NoteException | ProofException refused) {
        assertFalse(String.valueOf(refused.getMessage()).isEmpty());
      }
    }
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(NoteException.class, () -> CoseReceipt.parse(cut));
    }
  }
}
