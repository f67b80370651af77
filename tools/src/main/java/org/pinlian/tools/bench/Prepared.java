// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SigningKey;

/**
 * A submission, signed and serialized before the clock starts.
 *
 * @param sample the submission itself, of those whose receipts will be verified
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the wire, never compared
record Prepared(byte[] request, ByteString id, int records, @Nullable SignedSubmission sample) {
  /** One receipt in so many is verified. */
  private static final int SAMPLE_EVERY = 64;

  /** Who drafts and signs: one participant, on one thread at a time. */
  static final class Author {
    private final ParticipantId id;
    private final SigningKey key;
    private final HashAlgorithm hash;
    private final Hash ledger;
    private final Workload workload;
    private final SecureRandom random;

    Author(
        int number,
        ParticipantId id,
        SigningKey key,
        HashAlgorithm hash,
        Hash ledger,
        SplittableRandom seeds)
        throws IdentifierException {
      this.id = id;
      this.key = key;
      this.hash = hash;
      this.ledger = ledger;
      this.workload = new Workload(number, seeds.nextLong());
      this.random = new Seeded(seeds.split());
    }

    List<Prepared> prepare(int submissions, int records)
        throws RecordException, IdentifierException {
      return prepare(submissions, records, List.of());
    }

    /**
     * @param others records that go in place of some of the workload's, dealt out evenly
     */
    List<Prepared> prepare(int submissions, int records, List<Draft> others)
        throws RecordException, IdentifierException {
      Instant now = Instant.now();
      List<Prepared> prepared = new ArrayList<>(submissions);
      for (int i = 0; i < submissions; i++) {
        List<Draft> drafts = new ArrayList<>(records);
        for (int other = i; other < others.size(); other += submissions) {
          drafts.add(others.get(other));
        }
        drafts.addAll(workload.next(records - drafts.size(), now));
        SignedSubmission signed = SignedSubmission.sign(hash, ledger, id, key, drafts, now, random);
        prepared.add(
            new Prepared(
                signed.request().toByteArray(),
                signed.header().getSubmissionId(),
                records,
                i % SAMPLE_EVERY == 0 ? signed : null));
      }
      return prepared;
    }
  }

  /**
   * Salts that can be had again, and fast: nobody guesses at what a measurement says, and the
   * system's generator would take longer than the digests.
   */
  private static final class Seeded extends SecureRandom {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialized
    private final SplittableRandom source;

    Seeded(SplittableRandom source) {
      this.source = source;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      source.nextBytes(bytes);
    }
  }
}
