// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.SectionCipher;
import org.pinlian.record.Limits;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;

/** Whatever comes to the door: admitted as the bytes it was, or refused with a code and a place. */
class AdmissionFuzzTest {
  private static final SigningKey KEY = SigningKey.ofEd25519Seed(new byte[32]);
  private static final Hash LEDGER = Hash.of(new byte[32]);
  private static final Admission ADMISSION =
      new Admission(
          HashAlgorithm.SHA_256,
          LEDGER,
          keyId ->
              keyId.equals(KEY.verifyingKey().keyId())
                  ? Optional.of(KEY.verifyingKey())
                  : Optional.empty(),
          SignatureCheck.portable(),
          new SectionCipher(new SecureRandom()));

  @FuzzTest
  void anyRequest(byte[] bytes) throws InvalidProtocolBufferException {
    assertExplained(bytes, ADMISSION.admit(ByteString.copyFrom(bytes)));
  }

  /** A header that is good, so that what is in the record decides. */
  @FuzzTest
  void anyRecordUnderAGoodHeader(byte[] bytes) throws InvalidProtocolBufferException {
    Record record;
    Hash digest;
    try {
      record = Record.parseFrom(bytes);
      digest = ParsedRecord.parse(HashAlgorithm.SHA_256, record, "records[0]").digest();
    } catch (InvalidProtocolBufferException | RecordException e) {
      return;
    }
    SubmissionHeader header =
        SubmissionHeader.newBuilder()
            .setFormat(Limits.FORMAT)
            .setLedger(ByteString.copyFrom(LEDGER.bytes()))
            .setSubmitter("uscc:91000000MA00000232")
            .setSubmissionId(ByteString.copyFrom(new byte[16]))
            .setCreatedAt(1)
            .setNotAfter(2)
            .setRecordCount(1)
            .setRecordsRoot(
                ByteString.copyFrom(
                    Submissions.recordsRoot(HashAlgorithm.SHA_256, List.of(digest)).bytes()))
            .build();
    byte[] request =
        SignedSubmission.of(header, List.of(record), List.of(digest), KEY).request().toByteArray();
    assertExplained(request, ADMISSION.admit(ByteString.copyFrom(request)));
  }

  private static void assertExplained(byte[] bytes, Admittance admittance)
      throws InvalidProtocolBufferException {
    switch (admittance) {
      case Refused refused -> {
        assertNotEquals(RefusalCode.REFUSAL_CODE_UNSPECIFIED, refused.code());
        assertFalse(refused.violations().isEmpty());
        assertFalse(refused.violations().get(0).path().isEmpty());
      }
      case Admitted admitted -> {
        SubmitRequest request = SubmitRequest.parseFrom(bytes);
        assertEquals(request.getSigned(), admitted.signed());
        assertEquals(request.getRecordsCount(), admitted.records().size());
      }
    }
  }
}
