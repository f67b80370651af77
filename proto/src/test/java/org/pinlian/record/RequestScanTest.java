// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testing.Allocated;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.AttestedSubmitRequest;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.MasterData;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;

/** What is in a request is counted before anything is made of it. */
class RequestScanTest {
  private static final int MIB = 1 << 20;

  // Tag and length of the field, then what it holds: see submission.proto and record.proto.
  private static final ByteString EMPTY_RECORD = hex("1200");
  private static final ByteString EMPTY_SECTION = hex("1a00");
  private static final ByteString EMPTY_LINE = hex("1200");
  private static final ByteString ONE_BYTE_LINE = hex("120141");
  private static final ByteString EMPTY_QUANTITY = hex("0a00");
  private static final ByteString UNKNOWN_NUMBER = hex("f80701");
  private static final ByteString EMPTY_GROUP = hex("2b2c");

  @Test
  void readsWhatWasSentAndNothingElse() throws Exception {
    SubmitRequest request = request(record(3, 2), record(1, 0));
    assertEquals(request, Submissions.readRequest(request.toByteString()));
    assertEquals(
        request,
        Submissions.readRequest(request.toByteString().concat(UNKNOWN_NUMBER)),
        "what a newer sender adds is left out");
  }

  @Test
  void countsRecords() {
    refused(RefusalCode.LIMIT_EXCEEDED, "records", times(Limits.RECORDS_MAX + 1, EMPTY_RECORD));
  }

  @Test
  void countsSectionsOfARecord() throws RecordException {
    ByteString most = times(Limits.SECTIONS_MAX, EMPTY_SECTION);
    assertEquals(
        Limits.SECTIONS_MAX,
        Submissions.readRequest(inRecord(most)).getRecords(0).getSectionsCount());
    refused(
        RefusalCode.LIMIT_EXCEEDED,
        "records[1].sections",
        EMPTY_RECORD.concat(inRecord(most.concat(EMPTY_SECTION))));
  }

  @Test
  void countsLinesOfARecordOverItsGroups() throws RecordException {
    ByteString half = in(4, times(Limits.LINES_MAX / 2, EMPTY_LINE));
    assertEquals(
        2, Submissions.readRequest(inRecord(half.concat(half))).getRecords(0).getGroupsCount());
    refused(
        RefusalCode.LIMIT_EXCEEDED,
        "records[0].groups",
        inRecord(half.concat(half).concat(in(4, EMPTY_LINE))));
  }

  @Test
  void countsLinesOverAllRecords() {
    ByteString full = inRecord(in(4, times(Limits.LINES_MAX, ONE_BYTE_LINE)));
    // Bytes that are no line are refused at once, so these are lines of nothing.
    ByteString empty = inRecord(in(4, times(Limits.LINES_MAX, EMPTY_LINE)));
    refused(RefusalCode.MALFORMED, "records[0].groups[0].lines[0]", full);
    refused(
        RefusalCode.LIMIT_EXCEEDED,
        "records",
        times(Limits.SUBMISSION_LINES_MAX / Limits.LINES_MAX, empty)
            .concat(inRecord(in(4, EMPTY_LINE))));
  }

  @Test
  void countsValuesWithinParts() throws RecordException {
    // A trade section full of empty quantities; three of them are within the limit.
    ByteString section = in(3, in(11, times((300_000 - 16) / 2, EMPTY_QUANTITY)));
    assertFalse(
        Submissions.readRequest(inRecord(times(3, section))).getRecords(0).getPublicPart().size()
            > 0);
    refused(RefusalCode.LIMIT_EXCEEDED, "records[0].sections[3]", inRecord(times(4, section)));
  }

  @ParameterizedTest
  @CsvSource({
    "an unknown field in the header's envelope, signed, 0a03f80701, NOT_CANONICAL",
    "an unknown field in a record, records[0], 1203f80701, NOT_CANONICAL",
    "a field of another wire type, records[0], 12021000, NOT_CANONICAL",
    "an unknown field in a group, records[0].groups[0], 12052203f80701, NOT_CANONICAL",
    "an unknown field in a public part, records[0].public_part, 12051203f80701, NOT_CANONICAL",
    "a number where a salt is due, records[0].sections[0], 12041a020801, NOT_CANONICAL",
    "an unknown field in a line, records[0].groups[0].lines[0], 120722051203f80701, NOT_CANONICAL",
    "two attestations, submission, 1a001a00, NOT_CANONICAL",
    "a group without lines, records[0].groups[1], 1208220212002202 0801, NOT_CANONICAL",
    "two headers, signed, 0a000a00, NOT_CANONICAL",
    "two key ids, signed, 0a0412001200, NOT_CANONICAL",
    "two kinds, records[0], 120408010801, NOT_CANONICAL",
    "two public parts, records[0].public_part, 120412001200, NOT_CANONICAL",
    "two roles, records[0].groups[0], 1206220408010801, NOT_CANONICAL",
    "a group of the old kind, submission, 2b2c, MALFORMED",
    "such a group in a public part, records[0].public_part, 120412022b2c, MALFORMED",
    "a record that ends too late, records[0], 12030a, MALFORMED",
    "a section that ends too late, records[0].sections[0], 12031a0500, MALFORMED",
    "a line that ends too late, records[0].groups[0].lines[1], 12072205120012 0500, MALFORMED",
    "field number 0, submission, 00, MALFORMED",
    "a length that never ends, records[0], 12ffffffffffffffffffffff, MALFORMED",
    "a negative length, records[0], 12ffffffff0f, MALFORMED",
  })
  void saysWhereAndWhy(String what, String path, String hex, RefusalCode code) {
    refused(code, path, hex(hex.replace(" ", "")));
  }

  /** Four megabytes, made for as many objects as they will give. */
  static List<ByteString> amplifiers() {
    return List.of(
        times(2 * MIB, EMPTY_RECORD),
        times(2 * MIB, EMPTY_GROUP),
        numbered(4 * MIB),
        inRecord(times(2 * MIB - 8, EMPTY_SECTION)),
        inRecord(in(4, times(4 * MIB / 3 - 8, ONE_BYTE_LINE))),
        inRecord(times(2 * MIB - 8, in(4, ByteString.EMPTY))),
        inRecord(times(MIB - 4, in(4, hex("0801")))),
        inRecord(times(4, in(3, in(11, times(MIB / 2 - 16, EMPTY_QUANTITY))))),
        times(2 * MIB, hex("0a00")),
        in(1, times(2 * MIB - 8, hex("1200"))));
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("amplifiers")
  void fourMegabytesMadeForManyObjectsBecomeNone(ByteString request) {
    assertTrue(request.size() > 3 * MIB && request.size() <= 4 * MIB, "" + request.size());
    long allocated =
        Allocated.by(() -> {
          try {
            // Only of fields that nobody knows may there be many: they are left out.
            assertEquals(0, Submissions.readRequest(request).getSerializedSize());
          } catch (RecordException refused) {
            assertFalse(refused.path().isEmpty());
          }
        });
    assertTrue(allocated < 64 << 10, allocated + " bytes allocated");
  }

  @Test
  void aValueThatIsLetInCostsNoMoreThanValuesDo() {
    int values = 100_000;
    ByteString part = section(times(values / 4, EMPTY_QUANTITY));
    Record record =
        Record.newBuilder()
            .setKind(7)
            .setPublicPart(hex("0a10").concat(ByteString.copyFrom(new byte[16])))
            .addAllSections(Collections.nCopies(4, part))
            .addGroups(LineGroup.newBuilder().setRole(1).addLines(EMPTY_LINE_PART))
            .build();
    ByteString request = SubmitRequest.newBuilder().addRecords(record).build().toByteString();
    long allocated =
        Allocated.by(() -> {
          try {
            ParsedRecord.parse(
                HashAlgorithm.SHA_256,
                Submissions.readRequest(request).getRecords(0),
                "records[0]");
          } catch (RecordException e) {
            throw new AssertionError(e);
          }
        });
    assertTrue(allocated < 200L * values, allocated + " bytes allocated");
  }

  @Test
  void aTypeThatContainsItselfIsCountedAsDeepAsItIsRead() {
    Shape shape = Shape.strict(MasterData.getDescriptor());
    MasterData deep = MasterData.getDefaultInstance();
    for (int i = 0; i < 100; i++) {
      deep = MasterData.newBuilder().addParts(deep).build();
    }
    assertEquals(100, shape.values(deep.toByteString()));
    MasterData tooDeep = MasterData.newBuilder().addParts(deep).build();
    assertThrows(
        IOException.class, () -> shape.count(tooDeep.toByteString().newCodedInput(), 1_000));
  }

  private static final ByteString EMPTY_LINE_PART =
      hex("0a10").concat(ByteString.copyFrom(new byte[16]));

  @Test
  void whateverIsReadIsWhatItsParserReads() throws InvalidProtocolBufferException {
    SplittableRandom random = Seeds.random(RequestScanTest.class);
    int read = 0;
    for (int i = 0; i < 1_000; i++) {
      byte[] good =
          request(record(1 + random.nextInt(3), random.nextInt(3)), record(1, random.nextInt(2)))
              .toByteArray();
      byte[] bytes = Seeds.mutate(random, good);
      try {
        SubmitRequest request = Submissions.readRequest(ByteString.copyFrom(bytes));
        assertEquals(SubmitRequest.parseFrom(bytes).getRecordsList(), request.getRecordsList());
        read++;
      } catch (RecordException refused) {
        assertFalse(refused.path().isEmpty());
      }
    }
    assertTrue(read > 100, read + " were read");
  }

  @Test
  void countsWhatAGatewayIsToSignAsWell() throws RecordException {
    AttestedSubmitRequest good =
        AttestedSubmitRequest.newBuilder()
            .setSubmissionId(Samples.SALT)
            .addRecords(record(3, 2))
            .build();
    assertEquals(good, Submissions.readAttestedRequest(good.toByteString()));
    RecordException refused =
        assertThrows(
            RecordException.class,
            () ->
                Submissions.readAttestedRequest(
                    good.toByteString().concat(times(Limits.RECORDS_MAX, EMPTY_RECORD))));
    assertEquals(RefusalCode.LIMIT_EXCEEDED, refused.code());
    assertEquals("records", refused.path());
  }

  @Test
  void findsTheIdOfWhatIsRefused() {
    ByteString id = ByteString.copyFromUtf8("0123456789abcdef");
    SubmitRequest good =
        SubmitRequest.newBuilder()
            .setSigned(
                SignedHeader.newBuilder()
                    .setHeader(
                        SubmissionHeader.newBuilder().setSubmissionId(id).build().toByteString()))
            .build();
    ByteString hostile =
        ByteString.copyFrom(good.toByteString().concat(times(MIB, EMPTY_RECORD)).toByteArray());
    refused(RefusalCode.LIMIT_EXCEEDED, "records", hostile);
    assertEquals(id, Submissions.findSubmissionId(hostile));
    assertEquals(ByteString.EMPTY, Submissions.findSubmissionId(times(MIB, EMPTY_RECORD)));
    assertEquals(ByteString.EMPTY, Submissions.findSubmissionId(hex("0a80")));
    assertTrue(Allocated.by(() -> Submissions.findSubmissionId(hostile)) < 4 << 10);
  }

  private static void refused(RefusalCode code, String path, ByteString request) {
    RecordException refused = refusalOf(request);
    assertEquals(path, refused.path(), refused.getMessage());
    assertEquals(code, refused.code());
  }

  private static RecordException refusalOf(ByteString request) {
    return assertThrows(RecordException.class, () -> Submissions.readRequest(request));
  }

  private static SubmitRequest request(Record... records) {
    return SubmitRequest.newBuilder()
        .setSigned(
            SignedHeader.newBuilder()
                .setHeader(hex("0801"))
                .setKeyId(Samples.DIGEST)
                .setSignature(Samples.DIGEST))
        .addAllRecords(List.of(records))
        .build();
  }

  private static Record record(int lines, int sections) {
    Samples.Sample sample = Samples.of(org.pinlian.v1.Kind.KIND_TRACE_EVENT);
    LineGroup.Builder group = LineGroup.newBuilder().setRole(1);
    for (int i = 0; i < lines; i++) {
      group.addLines(sample.lines.get(0).line().toByteString());
    }
    Record.Builder record =
        Record.newBuilder()
            .setKind(7)
            .setPublicPart(sample.part.build().toByteString())
            .addGroups(group);
    for (int i = 0; i < sections; i++) {
      record.addSections(section(times(i, EMPTY_QUANTITY)));
    }
    return record.build();
  }

  /** Of class trade. */
  private static ByteString section(ByteString trade) {
    return EMPTY_LINE_PART.concat(hex("1001")).concat(in(11, trade));
  }

  private static ByteString inRecord(ByteString fields) {
    return in(2, fields);
  }

  private static ByteString in(int field, ByteString message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.size() + 8);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeBytes(field, message);
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  private static ByteString times(int count, ByteString what) {
    byte[] bytes = new byte[count * what.size()];
    for (int at = 0; at < bytes.length; at += what.size()) {
      what.copyTo(bytes, at);
    }
    return ByteString.copyFrom(bytes);
  }

  /** Unknown numbers, no two in the same field. */
  private static ByteString numbered(int most) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(most);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (int field = 100; out.getTotalBytesWritten() < most - 8; field++) {
        out.writeUInt32(field, 1);
      }
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  private static ByteString hex(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }
}
