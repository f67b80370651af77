// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;

class SignedNoteTest {
  private static final List<NoteVerifier> BOTH =
      List.of(Vectors.LOG.verifier(), Vectors.WITNESS.verifier());

  private static SignedNote parse(String note) throws NoteException {
    return SignedNote.parse(note.getBytes(UTF_8));
  }

  private static Reason refusal(String note) {
    return assertThrows(NoteException.class, () -> parse(note)).reason();
  }

  private static Reason refusal(SignedNote note, NoteVerifier... known) {
    return assertThrows(NoteException.class, () -> note.verify(List.of(known))).reason();
  }

  @Test
  void isThePublishedNote() throws NoteException {
    SignedNote signed =
        Vectors.LOG
            .sign(Vectors.checkpoint().text())
            .with(Vectors.WITNESS.cosign(Vectors.checkpoint(), Vectors.COSIGNED_AT));
    assertEquals(Vectors.NOTE, signed.toString());
    SignedNote read = SignedNote.parse(Vectors.note());
    assertEquals(signed, read);
    assertArrayEquals(Vectors.note(), read.bytes());
    assertEquals(
        List.of(
            new VerifiedSignature(Vectors.LOG.verifier(), OptionalLong.empty()),
            new VerifiedSignature(
                Vectors.WITNESS.verifier(), OptionalLong.of(Vectors.COSIGNED_AT))),
        read.verify(BOTH));
  }

  @Test
  void keysAreWrittenAsPublished() throws NoteException {
    assertEquals(Vectors.LOG_VKEY, Vectors.LOG.verifier().vkey());
    assertEquals(Vectors.WITNESS_VKEY, Vectors.WITNESS.verifier().vkey());
    assertEquals(Vectors.LOG.verifier(), NoteVerifier.parse(Vectors.LOG_VKEY));
    assertEquals(Vectors.WITNESS.verifier(), NoteVerifier.parse(Vectors.WITNESS_VKEY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "log.example/trace",
        "log.example/trace+63a34c76",
        "+63a34c76+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log example+63a34c76+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log.example/trace+63A34C76+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log.example/trace+63a34c77+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log.example/trace+63a34c76+BQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "log.example/trace+63a34c76+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVT==",
        "log.example/trace+63a34c76+",
        "log.example/trace+63a34c76+AQ==",
        "log.example/trace+63a34c76+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void refusesWhatIsNotAVkey(String vkey) {
    assertEquals(
        Reason.MALFORMED,
        assertThrows(NoteException.class, () -> NoteVerifier.parse(vkey)).reason());
  }

  @Test
  void refusesEveryChangedCharacterOfTheText() throws NoteException {
    for (int i = 0; i < Vectors.TEXT.length() - 1; i++) {
      StringBuilder changed = new StringBuilder(Vectors.NOTE);
      changed.setCharAt(i, changed.charAt(i) == 'x' ? 'y' : 'x');
      assertEquals(
          Reason.BAD_SIGNATURE, refusal(parse(changed.toString()), Vectors.LOG.verifier()));
    }
  }

  @Test
  void refusesEveryChangedByteOfASignature() throws NoteException {
    for (NoteSignature signature : SignedNote.parse(Vectors.note()).signatures()) {
      for (int i = 0; i < signature.body().length; i++) {
        byte[] body = signature.body();
        body[i] ^= 1;
        var lying = new NoteSignature(signature.name(), signature.keyId(), body);
        SignedNote note = SignedNote.of(Vectors.TEXT, List.of(lying));
        assertEquals(
            Reason.BAD_SIGNATURE,
            assertThrows(NoteException.class, () -> note.verify(BOTH)).reason());
      }
      for (int length : new int[] {1, 8, 63, 65, 71, 73}) {
        byte[] body = Arrays.copyOf(signature.body(), length);
        var cut = new NoteSignature(signature.name(), signature.keyId(), body);
        SignedNote note = SignedNote.of(Vectors.TEXT, List.of(cut));
        if (length != signature.body().length) {
          assertEquals(
              Reason.BAD_SIGNATURE,
              assertThrows(NoteException.class, () -> note.verify(BOTH)).reason());
        }
      }
    }
  }

  @Test
  void oneBadLineByAKnownKeyRefusesTheWholeNote() throws NoteException {
    SignedNote note = SignedNote.parse(Vectors.note());
    NoteSignature line = note.signatures().get(1);
    byte[] body = line.body();
    body[70] ^= 1;
    SignedNote spoiled = note.with(new NoteSignature(line.name(), line.keyId(), body));
    assertEquals(Reason.BAD_SIGNATURE, refusal(spoiled, BOTH.get(0), BOTH.get(1)));
    // To one who does not know that key it is one more line to pass over.
    assertEquals(1, spoiled.verify(List.of(BOTH.get(0))).size());
  }

  @Test
  void passesOverUnknownKeysEvenOfAKnownNameOrId() throws NoteException {
    SignedNote note = Vectors.LOG.sign(Vectors.TEXT);
    NoteSignature good = note.signatures().get(0);
    SignedNote more =
        note.with(new NoteSignature(good.name(), good.keyId() + 1, new byte[64]))
            .with(new NoteSignature("other.example", good.keyId(), new byte[64]))
            .with(new NoteSignature("other.example", 7, new byte[2428]));
    assertEquals(1, more.verify(List.of(Vectors.LOG.verifier())).size());
  }

  @Test
  void needsOneKnownSignature() {
    NoteVerifier stranger = new NoteSigner("log.example/trace", Vectors.key(0x40)).verifier();
    SignedNote note = Vectors.LOG.sign(Vectors.TEXT);
    assertEquals(Reason.NO_KNOWN_SIGNATURE, refusal(note, stranger));
    assertEquals(Reason.NO_KNOWN_SIGNATURE, refusal(note));
  }

  @Test
  void doesNotTakeALogsSignatureForACosignatureOfTheSameKey() throws NoteException {
    SigningKey key = Vectors.key(0x00);
    var asCosigner = new CosignatureSigner("log.example/trace", key).verifier();
    SignedNote note = Vectors.LOG.sign(Vectors.TEXT);
    assertEquals(Reason.NO_KNOWN_SIGNATURE, refusal(note, asCosigner));
    NoteSignature line = note.signatures().get(0);
    byte[] body = ByteBuffer.allocate(72).putLong(0).put(line.body()).array();
    SignedNote dressed =
        SignedNote.of(
            Vectors.TEXT, List.of(new NoteSignature(line.name(), asCosigner.keyId(), body)));
    assertEquals(Reason.BAD_SIGNATURE, refusal(dressed, asCosigner));
  }

  @Test
  void refusesACosignatureOfATimeBeyond63Bits() {
    VerifyingKey key = Vectors.key(0x20).verifyingKey();
    var verifier = new NoteVerifier("witness.example/w1", NoteKeyType.COSIGNATURE, key);
    byte[] signed =
        Vectors.key(0x20)
            .sign(("cosignature/v1\ntime 9223372036854775808\n" + Vectors.TEXT).getBytes(UTF_8));
    byte[] body = ByteBuffer.allocate(72).putLong(Long.MIN_VALUE).put(signed).array();
    var line = new NoteSignature(verifier.name(), verifier.keyId(), body);
    assertEquals(
        Reason.BAD_SIGNATURE, refusal(SignedNote.of(Vectors.TEXT, List.of(line)), verifier));
    assertThrows(
        IllegalArgumentException.class, () -> Vectors.WITNESS.cosign(Vectors.checkpoint(), -1));
  }

  @Test
  void partsTextAndSignaturesAtTheLastBlankLine() throws NoteException {
    String text = "one\n\n\u2014 not.a.signature AAAA\n\ntwo \u4e2d\u6587\n";
    SignedNote note = Vectors.LOG.sign(text);
    SignedNote read = SignedNote.parse(note.bytes());
    assertEquals(text, read.text());
    assertEquals(1, read.verify(List.of(Vectors.LOG.verifier())).size());
  }

  @Test
  void refusesWhatIsNotANote() {
    String line = Vectors.LOG_LINE + "\n";
    for (String wrong :
        List.of(
            "",
            "\n",
            "\n\n",
            Vectors.TEXT,
            Vectors.TEXT + "\n",
            Vectors.TEXT + line,
            "\n" + line,
            Vectors.TEXT + "\n" + Vectors.LOG_LINE,
            Vectors.TEXT + "\n" + line + "\n",
            Vectors.TEXT + "\n" + line + "text\n",
            Vectors.TEXT + "\n\t" + line,
            Vectors.TEXT.replace("\n", "\r\n") + "\n" + line,
            Vectors.TEXT + "\0\n" + line,
            Vectors.TEXT + "\n" + line.replace("\u2014", "-"),
            Vectors.TEXT + "\n" + line.replace("\u2014 ", "\u2014"),
            Vectors.TEXT + "\n" + line.replace("log.example/trace", "log+example"),
            Vectors.TEXT + "\n" + line.replace("log.example/trace", "log\u3000example"),
            Vectors.TEXT + "\n" + line.replace("log.example/trace", "log\u0085example"),
            Vectors.TEXT + "\n" + line.replace("log.example/trace", ""),
            Vectors.TEXT + "\n" + line.replace("=", ""),
            Vectors.TEXT + "\n" + line.replace("g=", "h="),
            Vectors.TEXT + "\n" + line.replace("=", "= "),
            Vectors.TEXT + "\n\u2014 log.example/trace Y6NMdg==\n",
            Vectors.TEXT + "\n\u2014 log.example/trace\n",
            Vectors.TEXT + "\n\u2014 \n")) {
      assertEquals(Reason.MALFORMED, refusal(wrong), wrong);
    }
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    // A stray byte, an overlong slash, a surrogate.
    for (byte[] wrong :
        new byte[][] {{(byte) 0x80}, {(byte) 0xc0, (byte) 0xaf}, {(byte) 0xed, (byte) 0xa0, 0}}) {
      byte[] note = Vectors.note();
      System.arraycopy(wrong, 0, note, 0, wrong.length);
      assertThrows(NoteException.class, () -> SignedNote.parse(note));
    }
    assertThrows(
        IllegalArgumentException.class, () -> Vectors.LOG.sign("unpaired \ud800 surrogate\n"));
    assertThrows(IllegalArgumentException.class, () -> Vectors.LOG.sign("no line feed"));
  }

  @Test
  void readsManySignaturesButNotAnyNumber() throws NoteException {
    List<NoteSignature> lines = new ArrayList<>();
    for (int i = 0; i < SignedNote.MAX_SIGNATURES; i++) {
      lines.add(new NoteSignature("w" + i, i, new byte[2428]));
    }
    SignedNote full = SignedNote.of(Vectors.TEXT, lines);
    assertEquals(full, SignedNote.parse(full.bytes()));
    assertEquals(Reason.TOO_LARGE, refusal(full + Vectors.LOG_LINE + "\n"));
    assertThrows(
        IllegalArgumentException.class, () -> full.with(new NoteSignature("w", 1, new byte[1])));
    assertSame(full, full.with(lines.get(3)));
    assertEquals(
        Reason.TOO_LARGE,
        assertThrows(
                NoteException.class, () -> SignedNote.parse(new byte[SignedNote.MAX_BYTES + 1]))
            .reason());
  }

  @Test
  void refusalsCarryWhatWasExpectedAndFound() {
    NoteException refused = assertThrows(NoteException.class, () -> parse("x".repeat(1000)));
    assertTrue(!refused.expected().isEmpty());
    assertTrue(refused.found().length() < 100);
  }
}
