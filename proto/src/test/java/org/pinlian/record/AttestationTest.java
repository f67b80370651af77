// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SubmissionHeader;

/** What comes with a header as its attestation. */
class AttestationTest {
  private static final Attestation GOOD =
      Attestation.newBuilder()
          .setSalt(ByteString.copyFrom(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f")))
          .setPrincipal(Samples.COOPERATIVE)
          .build();

  private static SubmissionHeader header(HashAlgorithm hash, ByteString attestation) {
    return SubmissionHeader.newBuilder()
        .setSubmitter(Samples.MARKET)
        .setAttestation(
            ByteString.copyFrom(Submissions.attestationDigest(hash, attestation).bytes()))
        .build();
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void opensTheDigestInTheHeader(HashAlgorithm hash) throws RecordException {
    ByteString bytes = GOOD.toByteString();

    assertEquals(GOOD, Submissions.readAttestation(hash, header(hash, bytes), bytes));
  }

  /** Frozen: whoever checks an old ledger must find the same digest. */
  @Test
  void itsDigestIsThatOfThePrefixAndItsBytes() {
    ByteString whole = ByteString.copyFrom(new byte[] {0x14}).concat(GOOD.toByteString());

    assertEquals(
        HashAlgorithm.SHA_256.hash(whole.toByteArray()),
        Submissions.attestationDigest(HashAlgorithm.SHA_256, GOOD.toByteString()));
  }

  @Test
  void aHeaderWithoutOneTakesNone() throws RecordException {
    SubmissionHeader plain = SubmissionHeader.getDefaultInstance();

    assertNull(Submissions.readAttestation(HashAlgorithm.SHA_256, plain, ByteString.EMPTY));
    refused(RefusalCode.ATTESTATION_MISMATCH, plain, GOOD.toByteString());
  }

  @Test
  void refusesNoneAndAnyOther() {
    SubmissionHeader header = header(HashAlgorithm.SHA_256, GOOD.toByteString());

    refused(RefusalCode.ATTESTATION_MISMATCH, header, ByteString.EMPTY);
    refused(
        RefusalCode.ATTESTATION_MISMATCH,
        header,
        GOOD.toBuilder().setPrincipal(Samples.FARMER).build().toByteString());
    refused(
        RefusalCode.ATTESTATION_MISMATCH,
        header,
        GOOD.toBuilder().setSalt(Samples.SALT).build().toByteString());
  }

  @Test
  void refusesWhatIsSignedAndNoAttestation() {
    signedAndRefused(
        RefusalCode.NOT_CANONICAL,
        GOOD.toByteString().concat(ByteString.copyFrom(new byte[] {0x18, 1})));
    signedAndRefused(RefusalCode.MALFORMED, ByteString.copyFromUtf8("???"));
    signedAndRefused(
        RefusalCode.BAD_SALT, GOOD.toBuilder().setSalt(ByteString.EMPTY).build().toByteString());
    signedAndRefused(
        RefusalCode.BAD_FIELD, GOOD.toBuilder().setPrincipal("somebody").build().toByteString());
    signedAndRefused(
        RefusalCode.BAD_FIELD,
        GOOD.toBuilder().setPrincipal(Samples.MARKET).build().toByteString());
    signedAndRefused(RefusalCode.LIMIT_EXCEEDED, ByteString.copyFrom(new byte[1025]));
  }

  private static void signedAndRefused(RefusalCode code, ByteString bytes) {
    refused(code, header(HashAlgorithm.SHA_256, bytes), bytes);
  }

  private static void refused(RefusalCode code, SubmissionHeader header, ByteString bytes) {
    RecordException refused =
        assertThrows(
            RecordException.class,
            () -> Submissions.readAttestation(HashAlgorithm.SHA_256, header, bytes));
    assertEquals(code, refused.code());
  }
}
