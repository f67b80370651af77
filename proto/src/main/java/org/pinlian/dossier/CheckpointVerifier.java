// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.PolicyVerdict;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.ProofException;

/** Checks checkpoints under one trust policy, and what hangs from them. Safe for many threads. */
public final class CheckpointVerifier {
  /** A cosigner's clock may be this far ahead of the reader's. */
  static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(5);

  private final TrustPolicy policy;
  private final HashAlgorithm hash;

  // Receipts of one batch share a checkpoint: its signatures need checking once.
  private volatile @Nullable Checked last;

  private record Checked(String note, VerifiedCheckpoint checkpoint) {}

  public CheckpointVerifier(TrustPolicy policy) {
    this.policy = policy;
    this.hash = policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256);
  }

  public TrustPolicy policy() {
    return policy;
  }

  /** The ledger's hash: the policy's, else SHA-256. */
  public HashAlgorithm hash() {
    return hash;
  }

  /**
   * As {@link #verify}, and that the tree is large enough to prove anything in (formats.md A.3).
   */
  VerifiedCheckpoint verifyForProof(String note) throws VerificationException {
    return requireForProof(verify(note));
  }

  private static VerifiedCheckpoint requireForProof(VerifiedCheckpoint verified)
      throws VerificationException {
    if (verified.size() <= 1) {
      throw new VerificationException(
          BrokenRule.CHECKPOINT_TOO_SMALL, "a size of 2 at least", verified.size());
    }
    return verified;
  }

  /** Checks form, signatures and origin of a checkpoint given as a note. */
  public VerifiedCheckpoint verify(String note) throws VerificationException {
    Checked checked = last;
    if (checked != null && checked.note.equals(note)) {
      return checked.checkpoint;
    }
    PolicyVerdict verdict = check(note, 0, Long.MAX_VALUE);
    Checkpoint checkpoint = verdict.checkpoint();
    // A quorum of nobody is always met and vouches for nothing.
    boolean witnessed = verdict.quorumMet() && !policy.quorum().equals(TrustPolicy.NONE);
    VerifiedCheckpoint verified =
        new VerifiedCheckpoint(checkpoint, witnessed ? Grade.WITNESSED : Grade.PROMISED, verdict);
    last = new Checked(note, verified);
    return verified;
  }

  private PolicyVerdict check(String note, long notBefore, long notAfter)
      throws VerificationException {
    try {
      return policy.check(
          SignedNote.parse(note.getBytes(StandardCharsets.UTF_8)), notBefore, notAfter);
    } catch (NoteException e) {
      throw new VerificationException(rule(e), e.expected(), e.found(), e);
    }
  }

  /**
   * As {@link #verifyForProof}, and that the policy's quorum has cosigned within the greatest age
   * allowed. A policy that asks for nobody is content with any age: nobody but the ledger then says
   * when it was.
   */
  VerifiedCheckpoint verifyFresh(String note, Instant now, Duration greatestAge)
      throws VerificationException {
    if (policy.quorum().equals(TrustPolicy.NONE)) {
      return verifyForProof(note);
    }
    long notBefore = now.minus(greatestAge).getEpochSecond();
    long notAfter = now.plus(CLOCKS_DIFFER_BY).getEpochSecond();
    PolicyVerdict verdict = check(note, notBefore, notAfter);
    if (!verdict.quorumMet()) {
      VerifiedCheckpoint ofAnyAge = verifyForProof(note);
      throw new VerificationException(
          ofAnyAge.grade() == Grade.WITNESSED
              ? BrokenRule.COSIGNATURES_TOO_OLD
              : BrokenRule.QUORUM_NOT_MET,
          "the quorum " + policy.quorum() + " between " + notBefore + " and " + notAfter,
          "cosigned at " + ofAnyAge.verdict().cosigned());
    }
    return requireForProof(new VerifiedCheckpoint(verdict.checkpoint(), Grade.WITNESSED, verdict));
  }

  private static BrokenRule rule(NoteException e) {
    return switch (e.reason()) {
      case MALFORMED, TOO_LARGE -> BrokenRule.CHECKPOINT_MALFORMED;
      case AMBIGUOUS_KEY, BAD_SIGNATURE, NO_KNOWN_SIGNATURE, UNKNOWN_LOG, QUORUM_NOT_MET ->
          BrokenRule.CHECKPOINT_SIGNATURE;
    };
  }

  /**
   * Checks that the newer checkpoint extends the older one, so that nothing was taken back or
   * changed in between.
   */
  public void verifyExtends(Checkpoint older, Checkpoint newer, List<ByteString> path)
      throws VerificationException {
    if (!older.origin().equals(newer.origin())) {
      throw new VerificationException(BrokenRule.OTHER_ORIGIN, older.origin(), newer.origin());
    }
    if (newer.size() < older.size()) {
      throw new VerificationException(
          BrokenRule.LEDGER_SHRANK, "a size of " + older.size() + " at least", newer.size());
    }
    try {
      new ConsistencyProof(older.size(), newer.size(), hashes(path))
          .verify(hash, older.root(), newer.root());
    } catch (ProofException e) {
      BrokenRule rule =
          switch (e.reason()) {
            case WRONG_PATH_LENGTH -> BrokenRule.PATH_LENGTH;
            case INDEX_BEYOND_SIZE,
                SIZE_ZERO,
                SIZES_REVERSED,
                ROOT_MISMATCH,
                OLDER_ROOT_MISMATCH,
                MALFORMED,
                BITS_NOT_DECREASING,
                OTHER_LEAF_ELSEWHERE,
                KEY_PRESENT ->
                BrokenRule.NOT_CONSISTENT;
          };
      throw new VerificationException(rule, e.expected(), e.found(), e);
    }
  }

  /** Checks that an entry with this leaf hash stands at the index of the checkpoint's tree. */
  void verifyIncluded(Checkpoint checkpoint, long index, Hash leaf, List<Hash> path)
      throws VerificationException {
    try {
      new InclusionProof(index, checkpoint.size(), path).verify(hash, leaf, checkpoint.root());
    } catch (ProofException e) {
      BrokenRule rule =
          switch (e.reason()) {
            case INDEX_BEYOND_SIZE -> BrokenRule.INDEX_BEYOND_SIZE;
            case WRONG_PATH_LENGTH -> BrokenRule.PATH_LENGTH;
            case SIZE_ZERO,
                SIZES_REVERSED,
                ROOT_MISMATCH,
                OLDER_ROOT_MISMATCH,
                MALFORMED,
                BITS_NOT_DECREASING,
                OTHER_LEAF_ELSEWHERE,
                KEY_PRESENT ->
                BrokenRule.NOT_INCLUDED;
          };
      throw new VerificationException(rule, e.expected(), e.found(), e);
    }
  }

  static List<Hash> hashes(List<ByteString> path) throws VerificationException {
    List<Hash> hashes = new ArrayList<>(path.size());
    for (ByteString item : path) {
      hashes.add(hash(item, "a hash of a path"));
    }
    return hashes;
  }

  static Hash hash(ByteString bytes, String what) throws VerificationException {
    if (bytes.size() != Hash.SIZE) {
      throw new VerificationException(
          BrokenRule.MALFORMED, what + " of 32 bytes", bytes.size() + " bytes");
    }
    return Hash.of(bytes.toByteArray());
  }
}
