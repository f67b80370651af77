// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.junit.jupiter.api.Test;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.MlDsaKey;

/** Witnesses that sign with ML-DSA-44: B.4, and the message of B.11. */
class MlDsaCosignatureTest {
  private static final String NAME = "witness.example/w1";
  private static final MLDSAPrivateKeyParameters SECRET =
      new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, seed());

  private static byte[] seed() {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) (0x40 + i);
    }
    return seed;
  }

  private static NoteVerifier verifier() {
    try {
      return new NoteVerifier(NAME, MlDsaKey.of(SECRET.getPublicKeyParameters().getEncoded()));
    } catch (KeyFormatException e) {
      throw new AssertionError(e);
    }
  }

  private static NoteSignature line(byte[] message, long timestamp) throws Exception {
    MLDSASigner signer = new MLDSASigner();
    signer.init(true, SECRET);
    signer.update(message, 0, message.length);
    byte[] signature = signer.generateSignature();
    return new NoteSignature(
        NAME,
        verifier().keyId(),
        ByteBuffer.allocate(8 + signature.length).putLong(timestamp).put(signature).array());
  }

  private static byte[] message(long timestamp) {
    return CosignedSubtree.bytes(NAME, Vectors.TEXT, timestamp).orElseThrow();
  }

  @Test
  void whatIsSignedIsTheMessageOfTheVector() {
    assertArrayEquals(
        HexFormat.of()
            .parseHex(
                "737562747265652f76310a00127769746e6573732e6578616d706c652f7731000000006553f100116c"
                    + "6f672e6578616d706c652f74726163650000000000000000000000000000000"
                    + "55a8219389a10bd47d8f9bf65cf44ce2d953a207f97a2951920d411a6cd59f3d0"),
        message(Vectors.COSIGNED_AT));
  }

  @Test
  void aCosignatureCountsForAPolicyThatNamesTheKey() throws Exception {
    SignedNote note =
        Vectors.LOG
            .sign(Vectors.TEXT)
            .with(line(message(Vectors.COSIGNED_AT), Vectors.COSIGNED_AT));
    TrustPolicy policy =
        TrustPolicy.parse(
            "log %s\nwitness after %s\ngroup witnesses any after\nquorum witnesses\n"
                .formatted(Vectors.LOG_VKEY, verifier().vkey())
                .getBytes(StandardCharsets.UTF_8));
    PolicyVerdict verdict = policy.check(SignedNote.parse(note.bytes()));
    assertEquals(Set.of("after"), verdict.witnesses());
    assertEquals(Map.of("after", Vectors.COSIGNED_AT), verdict.cosigned());
    assertTrue(verdict.quorumMet());
    assertEquals(verifier(), NoteVerifier.parse(verifier().vkey()));
    // The verifier in TypeScript makes the same key of this seed.
    assertTrue(verifier().vkey().startsWith(NAME + "+c6e20533+"), verifier()::vkey);
  }

  @Test
  void aCosignatureOfSomethingElseRefusesTheNote() throws Exception {
    long at = Vectors.COSIGNED_AT;
    byte[] otherRoot = message(at);
    otherRoot[otherRoot.length - 1] ^= 1;
    refused(Vectors.TEXT, line(otherRoot, at));
    refused(Vectors.TEXT, line(message(at), at + 1));
    refused(Vectors.TEXT, line(message(at), at | Long.MIN_VALUE));
    refused(
        Vectors.TEXT,
        line(CosignedSubtree.bytes("witness.example/w2", Vectors.TEXT, at).orElseThrow(), at));
    // Never good for a checkpoint of no time, or for more than three lines: nothing is said of
    // them.
    refused(Vectors.TEXT, line(new byte[0], 0));
    refused(Vectors.TEXT + "more\n", line(new byte[0], at));
    refused(Vectors.TEXT, new NoteSignature(NAME, verifier().keyId(), new byte[8]));
    refused(Vectors.TEXT, new NoteSignature(NAME, verifier().keyId(), new byte[9]));
  }

  private static void refused(String text, NoteSignature line) {
    NoteException refused =
        assertThrows(
            NoteException.class,
            () -> Vectors.LOG.sign(text).with(line).verify(java.util.List.of(verifier())));
    assertEquals(Reason.BAD_SIGNATURE, refused.reason());
  }

  @Test
  void aKeyOfAnotherLengthIsNone() {
    assertThrows(KeyFormatException.class, () -> MlDsaKey.of(new byte[MlDsaKey.SIZE - 1]));
    assertThrows(KeyFormatException.class, () -> MlDsaKey.of(new byte[MlDsaKey.SIZE + 1]));
  }

  @Test
  void noLogSignsSo() {
    NoteException refused =
        assertThrows(
            NoteException.class,
            () ->
                TrustPolicy.parse(
                    ("log " + verifier().vkey() + "\nquorum none\n")
                        .getBytes(StandardCharsets.UTF_8)));
    assertTrue(String.valueOf(refused.getMessage()).contains("0x01"), refused::toString);
  }
}
