// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.admission;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.storage.SectionCipher;
import org.pinlian.record.ParsedRecord;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;

/**
 * A submission that is well formed and signed, with its bytes at rest made ready, so that the
 * single writer only has to put them in order.
 *
 * @param attested for whom, if the submitter does not speak for itself; else null
 * @param seed of the section keys; null if no record has a section
 */
public record Admitted(
    SignedHeader signed,
    SubmissionHeader header,
    Hash keyId,
    @Nullable Attested attested,
    List<Kept> records,
    SectionCipher.@Nullable Seed seed)
    implements Admittance {

  public Admitted {
    records = List.copyOf(records);
  }

  /**
   * For whom a gateway signed.
   *
   * @param bytes as received: the header has their digest
   */
  @SuppressWarnings("ArrayRecordComponent") // as below
  public record Attested(Attestation attestation, byte[] bytes) {}

  /**
   * One record.
   *
   * @param stored bytes of its StoredRecord
   * @param sections bytes of its StoredSections, null if it has none
   */
  @SuppressWarnings("ArrayRecordComponent") // handed from one owner to the next, never compared
  public record Kept(ParsedRecord parsed, byte[] stored, byte @Nullable [] sections) {}
}
