// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.function.Supplier;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CoseReceipt;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.RefusalCode;

/**
 * Receipts and consistency proofs. Receipts are against the checkpoint published last once it has
 * the entry and somebody has cosigned it: so a promised receipt is exchanged for a witnessed one by
 * asking again. Else they are against the newest checkpoint. Thread-safe.
 */
public final class Receipts {
  /**
   * An entry that was just synced is derived within moments; longer means that something is wrong.
   */
  private static final long WAIT_MILLIS = 10_000;

  private final HashAlgorithm hash;
  private final NoteSigner signer;
  private final TruthStore truth;
  private final Derivation derivation;
  private final Supplier<Optional<PublishedBlock>> shown;

  /**
   * @param signer the log's, for the COSE form
   * @param shown what is published; empty before anything is
   */
  public Receipts(
      HashAlgorithm hash,
      NoteSigner signer,
      TruthStore truth,
      Derivation derivation,
      Supplier<Optional<PublishedBlock>> shown) {
    this.hash = hash;
    this.signer = signer;
    this.truth = truth;
    this.derivation = derivation;
    this.shown = shown;
  }

  /** A receipt of the entry at this index, in the text form alone. */
  public Receipt newest(long index) {
    return newest(index, false);
  }

  /**
   * A receipt of the entry at this index.
   *
   * @param cose whether in the COSE form too
   */
  public Receipt newest(long index, boolean cose) {
    if (cose && hash != HashAlgorithm.SHA_256) {
      throw new NotReadableException(
          RefusalCode.BAD_REQUEST,
          "the COSE form has no number for trees of " + hash.label() + ": ask for the text form");
    }
    byte[] entry = index < 0 ? null : truth.entry(index).orElse(null);
    if (entry == null) {
      throw new NotReadableException(RefusalCode.NOT_FOUND, "no entry " + index);
    }
    try {
      if (!derivation.awaitPublished(index + 1, WAIT_MILLIS)) {
        throw new IllegalStateException("entry " + index + " was synced and is not derived");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotReadableException(RefusalCode.SHUTTING_DOWN, "the node is stopping");
    }
    Published published = derivation.published();
    if (published.size() < 2) {
      throw new NotReadableException(
          RefusalCode.NOT_FOUND, "no receipt is made before the first submission");
    }
    PublishedBlock cosigned =
        shown.get().filter(block -> block.isCosigned() && index < block.size()).orElse(null);
    long size = cosigned == null ? published.size() : cosigned.size();
    SignedNote checkpoint = cosigned == null ? published.checkpoint() : cosigned.checkpoint();
    InclusionProof proof = InclusionProof.build(hash, derivation.tree(), index, size);
    Receipt.Builder receipt =
        Receipt.newBuilder()
            .setEntry(ByteString.copyFrom(entry))
            .setProof(text(index, proof, checkpoint));
    if (cose) {
      receipt.setCose(ByteString.copyFrom(cose(entry, proof, checkpoint)));
    }
    return receipt.build();
  }

  /** Signs the root of a checkpoint that was signed before, and never another. */
  private byte[] cose(byte[] entry, InclusionProof proof, SignedNote checkpoint) {
    try {
      Entry read = Submissions.readEntry(ByteString.copyFrom(entry));
      if (!read.hasSubmission()) {
        throw new NotReadableException(
            RefusalCode.NOT_FOUND, "no submission at index " + proof.index());
      }
      String subject = Submissions.uri(Submissions.readHeader(read.getSubmission().getHeader()));
      Hash root = Checkpoint.parse(checkpoint.text()).root();
      return CoseReceipt.sign(signer, subject, proof, root).bytes();
    } catch (RecordException | NoteException e) {
      throw new IllegalStateException("bytes of our own do not read back", e);
    }
  }

  private static String text(long index, InclusionProof proof, SignedNote checkpoint) {
    try {
      return TlogProof.of(null, index, proof.path(), checkpoint).text();
    } catch (NoteException e) {
      throw new IllegalStateException("a checkpoint of our own does not read back", e);
    }
  }

  /** That the tree of one size is a prefix of that of the other. */
  public ConsistencyProof consistency(long olderSize, long newerSize) {
    long size = derivation.published().size();
    long newer = newerSize == 0 ? size : newerSize;
    if (olderSize < 1 || olderSize > newer || newer > size) {
      throw new NotReadableException(
          RefusalCode.BAD_REQUEST,
          "sizes must be 1 <= from_size <= to_size <= " + size + ": " + olderSize + ", " + newer);
    }
    return ConsistencyProof.build(hash, derivation.tree(), olderSize, newer);
  }
}
