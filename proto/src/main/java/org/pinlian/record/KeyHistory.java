// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.VerifyingKey;

/**
 * A key's whole life as far as the log tells it. Immutable; the point behind the key is decoded
 * when it is first asked for, because a node that starts knows a hundred thousand keys and will
 * hear from few of them soon.
 */
public final class KeyHistory {
  /** An index that no entry reaches: of what has not happened. */
  public static final long NEVER = Long.MAX_VALUE;

  private final Hash keyId;
  private final String participant;
  private final ByteString spki;
  private final long namedAt;
  private final long enrolledAt;
  private final long revokedAt;
  private final List<Doubt> doubts;
  private volatile @Nullable VerifyingKey decoded;

  /**
   * A revocation that casts doubt on the past.
   *
   * @param index entry of the revocation
   * @param since milliseconds: what the key signed from then on is doubtful
   */
  public record Doubt(long index, long since) {}

  KeyHistory(
      Hash keyId,
      String participant,
      ByteString spki,
      long namedAt,
      long enrolledAt,
      long revokedAt,
      List<Doubt> doubts) {
    this.keyId = keyId;
    this.participant = participant;
    this.spki = spki;
    this.namedAt = namedAt;
    this.enrolledAt = enrolledAt;
    this.revokedAt = revokedAt;
    this.doubts = List.copyOf(doubts);
  }

  KeyHistory enrolled(long index) {
    return enrolledAt != NEVER ? this : with(index, revokedAt, doubts);
  }

  KeyHistory revoked(long index, long compromisedSince) {
    List<Doubt> more = new ArrayList<>(doubts);
    if (compromisedSince != 0) {
      more.add(new Doubt(index, compromisedSince));
    }
    return with(enrolledAt, Math.min(revokedAt, index), more);
  }

  private KeyHistory with(long enrolled, long revoked, List<Doubt> withDoubts) {
    return new KeyHistory(keyId, participant, spki, namedAt, enrolled, revoked, withDoubts);
  }

  public Hash keyId() {
    return keyId;
  }

  /** Whose key it is. A key never changes hands. */
  public String participant() {
    return participant;
  }

  /** DER SubjectPublicKeyInfo. */
  public ByteString spki() {
    return spki;
  }

  public VerifyingKey verifyingKey() {
    VerifyingKey key = decoded;
    if (key == null) {
      try {
        key = VerifyingKey.ofSpki(spki.toByteArray());
      } catch (KeyFormatException e) {
        throw new IllegalStateException("a key was enrolled unchecked: " + keyId.hex(), e);
      }
      decoded = key;
    }
    return key;
  }

  /** Entry that first named the key, whether or not it took effect there. */
  public long namedAt() {
    return namedAt;
  }

  /** Entry from which on the key is good: for headers at a greater index. {@link #NEVER} so far. */
  public long enrolledAt() {
    return enrolledAt;
  }

  /** Entry of the first revocation, which the key does not survive. {@link #NEVER} so far. */
  public long revokedAt() {
    return revokedAt;
  }

  /** Revocations that named an instant, in log order. */
  public List<Doubt> doubts() {
    return doubts;
  }

  /**
   * Milliseconds from which on what the key signed is doubtful, going by revocations at an index
   * below {@code index}; {@link #NEVER} if it is not.
   */
  public long compromisedSince(long index) {
    long since = NEVER;
    for (Doubt doubt : doubts) {
      if (doubt.index() < index) {
        since = Math.min(since, doubt.since());
      }
    }
    return since;
  }

  @Override
  public String toString() {
    return "key " + keyId.hex() + " of " + participant;
  }
}
