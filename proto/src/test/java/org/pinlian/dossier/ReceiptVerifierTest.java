// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.Mutations.Mutation;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.SubmitRequest;

class ReceiptVerifierTest {
  private final Bamboo bamboo = new Bamboo();
  private final HonestLedger ledger = bamboo.ledger;
  private final SignedSubmission submitted =
      ledger.sign(bamboo.farm, bamboo.certificate(Bamboo.SHOOTS, "9"), Bamboo.seen());
  private final long index = ledger.add(submitted.request());
  private final long block = ledger.block();
  private final Receipt receipt = ledger.receipt(index);
  private final ReceiptVerifier verifier = new ReceiptVerifier(ledger.policy());

  @Test
  void tellsWhereAndWhenASubmissionWentIn() throws VerificationException {
    VerifiedReceipt verified = verifier.verify(receipt.toByteArray(), submitted);

    assertEquals(index, verified.index());
    assertEquals(block + 1, verified.size());
    assertEquals(submitted.header(), verified.header());
    assertTrue(verified.sequencedAt().isAfter(Instant.ofEpochMilli(HonestLedger.START_MILLIS)));
    assertEquals(Grade.PROMISED, verified.grade());
    assertEquals(
        verified,
        verifier.verify(receipt, submitted.request().getSigned().getHeader(), submitted.digests()));
    assertEquals(verified, verifier.verify(receipt));
  }

  @Test
  void gradesWitnessedWhatThePolicysQuorumCosigned() throws Exception {
    CosignatureSigner witness = new CosignatureSigner("witness.example/w1", HonestLedger.key(60));
    TrustPolicy policy =
        TrustPolicy.parse(
            ledger
                .policy()
                .text()
                .replace("quorum none", "witness w1 " + witness.verifier().vkey() + "\nquorum w1")
                .getBytes(StandardCharsets.UTF_8));

    assertEquals(Grade.PROMISED, new ReceiptVerifier(policy).verify(receipt).grade());
    TlogProof proof = TlogProof.parse(receipt.getProof().getBytes(StandardCharsets.UTF_8));
    SignedNote cosigned = proof.note().with(witness.cosign(proof.checkpoint(), 1_768_500_000L));
    Receipt witnessed =
        receipt.toBuilder()
            .setProof(TlogProof.of(null, index, proof.path(), cosigned).text())
            .build();
    assertEquals(Grade.WITNESSED, new ReceiptVerifier(policy).verify(witnessed).grade());
  }

  @Test
  void refusesEveryChangedField() {
    List<String> accepted = new ArrayList<>();
    int tried = 0;
    for (Mutation<Receipt> mutation : Mutations.of(receipt)) {
      tried++;
      if (isAccepted(mutation.message())) {
        accepted.add(mutation.toString());
      }
    }
    for (int at = 0; at < receipt.getProof().length(); at++) {
      StringBuilder proof = new StringBuilder(receipt.getProof());
      proof.setCharAt(at, proof.charAt(at) == '7' ? '8' : '7');
      tried++;
      if (isAccepted(receipt.toBuilder().setProof(proof.toString()).build())) {
        accepted.add("character " + at + " of the proof");
      }
    }
    for (int at = 0; at < receipt.getEntry().size(); at++) {
      byte[] entry = receipt.getEntry().toByteArray();
      entry[at] ^= 1;
      tried++;
      if (isAccepted(receipt.toBuilder().setEntry(ByteString.copyFrom(entry)).build())) {
        accepted.add("byte " + at + " of the entry");
      }
    }
    assertEquals(List.of(), accepted);
    assertTrue(tried > 500);
  }

  private boolean isAccepted(Receipt changed) {
    try {
      VerifiedReceipt unused = verifier.verify(changed, submitted);
      return true;
    } catch (VerificationException e) {
      return false;
    }
  }

  @Test
  void refusesAReceiptOfAnotherSubmission() {
    SignedSubmission other = ledger.sign(bamboo.farm, Bamboo.seen());

    refuses(BrokenRule.OTHER_SUBMISSION, () -> verifier.verify(receipt, other));
    refuses(
        BrokenRule.OTHER_SUBMISSION,
        () -> verifier.verify(receipt, other.request().getSigned().getHeader(), other.digests()));
  }

  @Test
  void takesTheSignatureThatTheLedgerHadFirst() throws VerificationException {
    SignedSubmission second =
        SignedSubmission.of(
            submitted.header(),
            submitted.request().getRecordsList(),
            submitted.digests(),
            HonestLedger.key(14));

    assertEquals(index, verifier.verify(receipt, second).index());
    // By the key at hand, and good; by another key than the one at hand.
    VerifyingKey own = bamboo.farm.key().verifyingKey();
    assertEquals(index, verifier.verify(receipt, second, own).index());
    VerifyingKey rotated = HonestLedger.key(14).verifyingKey();
    assertEquals(index, verifier.verify(receipt, second, rotated).index());
  }

  @Test
  void refusesABadSignatureByTheKeyAtHand() throws VerificationException {
    SignedSubmission signed = ledger.sign(bamboo.farm, Bamboo.seen());
    byte[] signature = signed.request().getSigned().getSignature().toByteArray();
    signature[5] ^= 1;
    SubmitRequest.Builder changed = signed.request().toBuilder();
    changed.getSignedBuilder().setSignature(ByteString.copyFrom(signature));
    Receipt lie = ledger.receipt(ledger.add(changed.build()));
    VerifyingKey own = bamboo.farm.key().verifyingKey();

    refuses(BrokenRule.BAD_SIGNATURE, () -> verifier.verify(lie, signed, own));
    VerifiedReceipt leftToAStory = verifier.verify(lie, signed);
    assertEquals(signed.header(), leftToAStory.header());
  }

  @Test
  void refusesAReceiptOfOtherRecordsUnderTheHeader() {
    ByteString header = submitted.request().getSigned().getHeader();

    refuses(
        BrokenRule.OTHER_SUBMISSION,
        () -> verifier.verify(receipt, header, submitted.digests().subList(0, 1)));
    refuses(
        BrokenRule.OTHER_SUBMISSION,
        () ->
            verifier.verify(
                receipt, header, List.of(submitted.digests().get(1), submitted.digests().get(0))));
  }

  @Test
  void refusesAReceiptByAnotherLedger() {
    Bamboo other = new Bamboo(HonestLedger.START_MILLIS + 1);
    Receipt foreign = other.ledger.receipt(other.certificate.index());

    refuses(BrokenRule.OTHER_LEDGER, () -> verifier.verify(foreign));
  }

  @Test
  void refusesAReceiptOfABlock() {
    refuses(BrokenRule.WRONG_ENTRY, () -> verifier.verify(ledger.receipt(block)));
  }

  @Test
  void refusesWhatIsNoProof() {
    refuses(
        BrokenRule.PROOF_MALFORMED,
        () -> verifier.verify(receipt.toBuilder().setProof("yes").build()));
    refuses(BrokenRule.MALFORMED, () -> verifier.verify(new byte[] {1, 2, 3}));
  }

  @Test
  void refusesAReceiptAgainstGenesisAlone() throws NoteException {
    Receipt empty =
        receipt.toBuilder()
            .setProof(TlogProof.of(null, 0, List.of(), ledger.checkpoint(1)).text())
            .build();

    refuses(BrokenRule.CHECKPOINT_TOO_SMALL, () -> verifier.verify(empty));
  }

  private static void refuses(BrokenRule rule, Executable verifying) {
    VerificationException refused = assertThrows(VerificationException.class, verifying);
    assertEquals(rule, refused.rule(), refused::getMessage);
  }
}
