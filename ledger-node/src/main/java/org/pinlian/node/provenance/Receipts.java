// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.function.Supplier;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.node.storage.TruthStore;
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
  private final TruthStore truth;
  private final Derivation derivation;
  private final Supplier<Optional<PublishedBlock>> shown;

  /**
   * @param shown what is published; empty before anything is
   */
  public Receipts(
      HashAlgorithm hash,
      TruthStore truth,
      Derivation derivation,
      Supplier<Optional<PublishedBlock>> shown) {
    this.hash = hash;
    this.truth = truth;
    this.derivation = derivation;
    this.shown = shown;
  }

  /** A receipt of the entry at this index. */
  public Receipt newest(long index) {
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
    return Receipt.newBuilder()
        .setEntry(ByteString.copyFrom(entry))
        .setProof(text(index, proof, checkpoint))
        .build();
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
