// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.pinlian.checkpoint.CoseReceipt;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteKeyType;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.ProofException;
import org.pinlian.record.Submissions;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.VerifyingKey;

/**
 * Checks receipts in the COSE form (formats.md B.9) under one trust policy. They say less than
 * those in the text form: nobody but the log vouches for the root, and size and index are not
 * signed. Safe for use by many threads.
 */
public final class CoseReceiptVerifier {
  private final TrustPolicy policy;

  public CoseReceiptVerifier(TrustPolicy policy) {
    this.policy = policy;
  }

  /**
   * Checks that the receipt is of this entry, and the entry of a submission to the policy's ledger.
   *
   * @param entry bytes as logged
   */
  public VerifiedCoseReceipt verify(byte[] receipt, ByteString entry) throws VerificationException {
    CoseReceipt read;
    try {
      read = CoseReceipt.parse(receipt);
    } catch (NoteException e) {
      throw new VerificationException(BrokenRule.PROOF_MALFORMED, e.expected(), e.found(), e);
    }
    HashAlgorithm hash = policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256);
    if (hash != HashAlgorithm.SHA_256) {
      throw new VerificationException(
          BrokenRule.UNSUPPORTED_FORMAT, "COSE receipts of SHA-256 ledgers", hash.label());
    }
    NoteVerifier log = log(read);
    Hash leaf = HashAlgorithm.SHA_256.leaf(entry.toByteArray());
    Hash root;
    try {
      root =
          read.signedRoot(VerifyingKey.ofEd25519(log.key().toByteArray()), leaf)
              .orElseThrow(() ->
                  new VerificationException(
                      BrokenRule.NOT_INCLUDED,
                      "a root of " + log.name() + " that the entry leads to",
                      "one that it has not signed"));
    } catch (KeyFormatException e) {
      throw new IllegalStateException("a policy holds keys that were checked", e);
    } catch (ProofException e) {
      throw new VerificationException(
          e.reason() == ProofException.Reason.INDEX_BEYOND_SIZE
              ? BrokenRule.INDEX_BEYOND_SIZE
              : BrokenRule.PATH_LENGTH,
          e.expected(),
          e.found(),
          e);
    }
    ReadSubmission submission =
        ReadEntry.read(read.proof().index(), entry).requireSubmission(policy.genesis());
    String subject = Submissions.uri(submission.header());
    if (!subject.equals(read.subject())) {
      throw new VerificationException(BrokenRule.OTHER_SUBMISSION, subject, read.subject());
    }
    return new VerifiedCoseReceipt(read, root, leaf, submission.header());
  }

  private NoteVerifier log(CoseReceipt receipt) throws VerificationException {
    List<NoteVerifier> named =
        policy.logs().stream()
            .map(TrustPolicy.Log::verifier)
            .filter(log -> log.name().equals(receipt.issuer()))
            .toList();
    if (named.isEmpty()) {
      throw new VerificationException(
          BrokenRule.OTHER_ORIGIN, "a log of the policy", receipt.issuer());
    }
    return named.stream()
        .filter(log -> log.type() == NoteKeyType.ED25519)
        .filter(log -> Arrays.equals(CoseReceipt.keyId(log.key().toByteArray()), receipt.keyId()))
        .findFirst()
        .orElseThrow(() ->
            new VerificationException(
                BrokenRule.UNKNOWN_KEY,
                "a key of the policy for " + receipt.issuer(),
                HexFormat.of().formatHex(receipt.keyId())));
  }
}
