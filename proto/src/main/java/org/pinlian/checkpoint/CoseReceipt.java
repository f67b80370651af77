// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.ProofException;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;

/**
 * That an entry is in a log, as a COSE receipt of inclusion (B.9, RFC 9942): for whoever has tools
 * for that format. Of the same tree as {@link TlogProof}, which says more: here the log's key signs
 * the root alone. Size and index are in it unsigned, and no cosignatures are. Immutable.
 *
 * <p>Only of SHA-256 trees: no other has a registered number. Never of a tree of one entry, which
 * has no path, and the format wants one.
 *
 * <p>What is signed begins with 0x84, which no UTF-8 text does: so it can never be taken for a
 * checkpoint, nor a checkpoint for it, though one key signs both.
 */
public final class CoseReceipt {
  /** The longest receipt that is read, with its entry. */
  public static final int MAX_BYTES = 128 * 1024;

  private static final int SIGN1_TAG = 18;
  private static final int ALGORITHM = 1;
  private static final int KEY_ID = 4;
  private static final int CLAIMS = 15;
  private static final int ISSUER = 1;
  private static final int SUBJECT = 2;
  private static final int STRUCTURE = 395;
  private static final int RFC9162_SHA256 = 1;
  private static final int PROOFS = 396;
  private static final int INCLUSION = -1;
  private static final int EDDSA = -8;

  /**
   * The entry that the receipt is of, beside the proof and vouched for by nobody, as in the {@code
   * extra} line of a text receipt. Numbers below -65536 are for private use (RFC 9052).
   */
  private static final int ENTRY = -65_537;

  private final byte[] keyId;
  private final String issuer;
  private final String subject;
  private final InclusionProof proof;
  private final byte[] signature;
  private final byte @Nullable [] entry;

  private CoseReceipt(
      byte[] keyId,
      String issuer,
      String subject,
      InclusionProof proof,
      byte[] signature,
      byte @Nullable [] entry) {
    this.keyId = keyId;
    this.issuer = issuer;
    this.subject = subject;
    this.proof = proof;
    this.signature = signature;
    this.entry = entry;
  }

  /**
   * Signs one, under the log's key and name.
   *
   * @param subject what the entry is, as a URI
   * @param root of the tree of that size, for which the log has signed a checkpoint
   * @throws IllegalArgumentException if the path is empty
   */
  public static CoseReceipt sign(NoteSigner log, String subject, InclusionProof proof, Hash root) {
    return sign(
        log.key(),
        keyId(log.key().verifyingKey().rawEd25519()),
        log.verifier().name(),
        subject,
        proof,
        root);
  }

  static CoseReceipt sign(
      SigningKey key,
      byte[] keyId,
      String issuer,
      String subject,
      InclusionProof proof,
      Hash root) {
    if (proof.path().isEmpty()) {
      throw new IllegalArgumentException("no receipt of a tree of one entry");
    }
    byte[] signature = key.sign(signedBytes(header(keyId, issuer, subject), root));
    return new CoseReceipt(keyId, issuer, subject, proof, signature, null);
  }

  /**
   * What receipts call an Ed25519 key: the thumbprint of its COSE key (RFC 9679), which is SHA-256
   * over its required fields, always SHA-256.
   */
  public static byte[] keyId(byte[] ed25519) {
    byte[] cose =
        new Cbor.Writer()
            .head(Cbor.MAP, 3)
            .number(1)
            .number(1)
            .number(-1)
            .number(6)
            .number(-2)
            .bytes(ed25519)
            .finish();
    return HashAlgorithm.SHA_256.hash(cose).bytes();
  }

  /** The same receipt, with the entry beside it. */
  public CoseReceipt withEntry(byte[] bytes) {
    return new CoseReceipt(keyId, issuer, subject, proof, signature, bytes.clone());
  }

  /** Whether the bytes claim to be one: a tagged COSE_Sign1. */
  public static boolean isOne(byte[] bytes) {
    return bytes.length > 1 && (bytes[0] & 0xff) == 0xd2 && (bytes[1] & 0xff) == 0x84;
  }

  /** Reads one. Nothing about it is true before it is verified. */
  public static CoseReceipt parse(byte[] bytes) throws NoteException {
    if (bytes.length > MAX_BYTES) {
      throw new NoteException(
          NoteException.Reason.TOO_LARGE,
          "a receipt of " + MAX_BYTES + " bytes at most",
          bytes.length + " bytes");
    }
    Cbor.Reader in = new Cbor.Reader(bytes);
    in.require(Cbor.TAG, SIGN1_TAG, "tag");
    in.require(Cbor.ARRAY, 4, "parts of a COSE_Sign1");
    Cbor.Reader header = new Cbor.Reader(in.bytes("the protected header"));
    header.require(Cbor.MAP, 4, "protected fields");
    header.requireNumber(ALGORITHM, "field");
    header.requireNumber(EDDSA, "algorithm");
    header.requireNumber(KEY_ID, "field");
    byte[] keyId = header.bytes("a key id");
    header.requireNumber(CLAIMS, "field");
    header.require(Cbor.MAP, 2, "claims");
    header.requireNumber(ISSUER, "claim");
    String issuer = header.text("an issuer");
    header.requireNumber(SUBJECT, "claim");
    String subject = header.text("a subject");
    header.requireNumber(STRUCTURE, "field");
    header.requireNumber(RFC9162_SHA256, "verifiable data structure");

    long fields = in.head(Cbor.MAP, "the other header");
    in.requireNumber(PROOFS, "field");
    in.require(Cbor.MAP, 1, "kinds of proof");
    in.requireNumber(INCLUSION, "kind of proof");
    in.require(Cbor.ARRAY, 1, "proofs");
    InclusionProof proof = proof(in.bytes("a proof"));
    byte[] entry = null;
    if (fields == 2) {
      in.requireNumber(ENTRY, "field");
      entry = in.bytes("an entry");
    }
    in.requireNothing("the payload, which is the root and detached");
    byte[] signature = in.bytes("a signature");
    CoseReceipt receipt = new CoseReceipt(keyId, issuer, subject, proof, signature, entry);
    if (!in.isAtEnd() || !header.isAtEnd() || !Arrays.equals(receipt.bytes(), bytes)) {
      throw NoteException.malformed("a receipt in its deterministic encoding", "other bytes");
    }
    return receipt;
  }

  private static InclusionProof proof(byte[] bytes) throws NoteException {
    Cbor.Reader in = new Cbor.Reader(bytes);
    in.require(Cbor.ARRAY, 3, "parts of a proof");
    long size = in.head(Cbor.UNSIGNED, "a tree size");
    long index = in.head(Cbor.UNSIGNED, "a leaf index");
    long length = in.head(Cbor.ARRAY, "a path");
    if (length < 1 || length > TlogProof.MAX_PATH) {
      throw NoteException.malformed(
          "a path of 1 to " + TlogProof.MAX_PATH + " hashes", Long.toString(length));
    }
    List<Hash> path = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      byte[] hash = in.bytes("a hash of a path");
      if (hash.length != Hash.SIZE) {
        throw NoteException.malformed("a hash of 32 bytes", hash.length + " bytes");
      }
      path.add(Hash.of(hash));
    }
    return new InclusionProof(index, size, path);
  }

  /** As it is written to files, and read. */
  public byte[] bytes() {
    Cbor.Writer steps =
        new Cbor.Writer()
            .head(Cbor.ARRAY, 3)
            .number(proof.size())
            .number(proof.index())
            .head(Cbor.ARRAY, proof.path().size());
    proof.path().forEach(step -> steps.bytes(step.bytes()));
    Cbor.Writer out =
        new Cbor.Writer()
            .head(Cbor.TAG, SIGN1_TAG)
            .head(Cbor.ARRAY, 4)
            .bytes(header(keyId, issuer, subject))
            .head(Cbor.MAP, entry == null ? 1 : 2)
            .number(PROOFS)
            .head(Cbor.MAP, 1)
            .number(INCLUSION)
            .head(Cbor.ARRAY, 1)
            .bytes(steps.finish());
    if (entry != null) {
      out.number(ENTRY).bytes(entry);
    }
    return out.nothing().bytes(signature).finish();
  }

  private static byte[] header(byte[] keyId, String issuer, String subject) {
    return new Cbor.Writer()
        .head(Cbor.MAP, 4)
        .number(ALGORITHM)
        .number(EDDSA)
        .number(KEY_ID)
        .bytes(keyId)
        .number(CLAIMS)
        .head(Cbor.MAP, 2)
        .number(ISSUER)
        .text(issuer)
        .number(SUBJECT)
        .text(subject)
        .number(STRUCTURE)
        .number(RFC9162_SHA256)
        .finish();
  }

  /** What is signed: the Sig_structure of a receipt with this root. */
  byte[] signedBytes(Hash root) {
    return signedBytes(header(keyId, issuer, subject), root);
  }

  private static byte[] signedBytes(byte[] header, Hash root) {
    return new Cbor.Writer()
        .head(Cbor.ARRAY, 4)
        .text("Signature1")
        .bytes(header)
        .bytes(new byte[0])
        .bytes(root.bytes())
        .finish();
  }

  /**
   * The root that the path leads to from this leaf, if the key signed it.
   *
   * @return empty if the signature is not good: by another key, over another root or another header
   * @throws ProofException if index, size and path do not go together
   */
  public Optional<Hash> signedRoot(VerifyingKey key, Hash leaf) throws ProofException {
    Hash root = proof.rootFrom(HashAlgorithm.SHA_256, leaf);
    return key.verifies(signedBytes(root), signature) ? Optional.of(root) : Optional.empty();
  }

  /** Who is said to have signed: of a log, its origin. */
  public String issuer() {
    return issuer;
  }

  /** What the entry is said to be. */
  public String subject() {
    return subject;
  }

  public byte[] keyId() {
    return keyId.clone();
  }

  /** Signed by nobody, but for the root that it leads to. */
  public InclusionProof proof() {
    return proof;
  }

  /** The entry, if it came along. */
  public Optional<byte[]> entry() {
    return entry == null ? Optional.empty() : Optional.of(entry.clone());
  }

  @Override
  public String toString() {
    return "receipt of " + subject + " by " + issuer;
  }
}
