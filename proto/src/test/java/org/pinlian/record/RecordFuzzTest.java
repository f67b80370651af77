// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.v1.AttestedSubmitRequest;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceReply;

/**
 * Whatever is read strictly is its own encoding; whatever is not is refused with a code and a
 * place.
 */
class RecordFuzzTest {
  private static final Bounded<TraceReply> REPLIES =
      Bounded.reader(TraceReply.parser(), TraceReply.getDescriptor());

  @FuzzTest
  void header(byte[] bytes) {
    ByteString given = ByteString.copyFrom(bytes);
    try {
      assertEquals(given, Submissions.readHeader(given).toByteString());
    } catch (RecordException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void entry(byte[] bytes) {
    ByteString given = ByteString.copyFrom(bytes);
    try {
      assertEquals(given, Submissions.readEntry(given).toByteString());
    } catch (RecordException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void request(byte[] bytes) throws InvalidProtocolBufferException {
    ByteString given = ByteString.copyFrom(bytes);
    int id = Submissions.findSubmissionId(given).size();
    assertTrue(id == 0 || id == Limits.SUBMISSION_ID_BYTES);
    try {
      SubmitRequest request = Submissions.readRequest(given);
      // The scan and the parser saw the same.
      assertEquals(SubmitRequest.parseFrom(bytes).getRecordsList(), request.getRecordsList());
    } catch (RecordException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void attestedRequest(byte[] bytes) throws InvalidProtocolBufferException {
    try {
      assertEquals(
          AttestedSubmitRequest.parseFrom(bytes).getRecordsList(),
          Submissions.readAttestedRequest(ByteString.copyFrom(bytes)).getRecordsList());
    } catch (RecordException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void reply(byte[] bytes) {
    ByteString given = ByteString.copyFrom(bytes);
    try {
      assertTrue(REPLIES.read(given, 100, "reply").getSerializedSize() <= 2 * bytes.length);
    } catch (RecordException refused) {
      assertExplained(refused);
    }
  }

  @FuzzTest
  void record(byte[] bytes) {
    Record record;
    try {
      record = Record.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    try {
      ParsedRecord parsed = ParsedRecord.parse(HashAlgorithm.SHA_256, record, "records[0]");
      assertEquals(record.getPublicPart(), parsed.publicPart().toByteString());
      assertEquals(parsed.digest(), parsed.skeleton().digest(HashAlgorithm.SHA_256));
      List<RoledLine> lines = new ArrayList<>();
      parsed.lines().forEach(line -> lines.add(new RoledLine(line.role(), line.line())));
      Kind kind = Kind.forNumber(record.getKind());
      assertNotNull(
          FieldRules.check(
              kind == null ? Kind.UNRECOGNIZED : kind,
              parsed.publicPart(),
              parsed.sections(),
              lines));
    } catch (RecordException refused) {
      assertExplained(refused);
    }
  }

  private static void assertExplained(RecordException refused) {
    assertFalse(refused.path().isEmpty());
    assertFalse(refused.code() == RefusalCode.REFUSAL_CODE_UNSPECIFIED);
  }
}
