// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.Story;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Document;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitReply;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TraceEvent;

/** What comes from outside and must not come in: each is refused with its code and its place. */
class BadInputTest {
  private static final Subject LOT =
      TestLedger.subject("https://id.gs1.org/01/09520000000011/10/IF2601");

  private static final MethodDescriptor<ByteString, SubmitReply> SUBMIT_BYTES =
      SubmissionGrpc.getSubmitMethod().toBuilder(
              new MethodDescriptor.Marshaller<ByteString>() {
                @Override
                public InputStream stream(ByteString request) {
                  return request.newInput();
                }

                @Override
                public ByteString parse(InputStream stream) {
                  throw new UnsupportedOperationException("requests are only sent here");
                }
              },
              SubmissionGrpc.getSubmitMethod().getResponseMarshaller())
          .build();

  @TempDir Path data;
  private TestLedger ledger;

  @BeforeEach
  void start() {
    ledger = TestLedger.create(data);
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
  }

  /** After every refusal the ledger still takes a good submission and tells its story. */
  @AfterEach
  void stillGood() {
    ledger.enrol(RECEIVER, Role.ROLE_PRODUCER);
    ledger.submit(RECEIVER, event());
    Story story = ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_STORY);
    assertFalse(story.records().isEmpty());
    ledger.close();
  }

  @Test
  void refusesUnknownFieldsInSignedBytes() {
    SignedSubmission good = ledger.sign(PRODUCER, event());
    ByteString header = good.request().getSigned().getHeader().concat(bytes(0xf8, 0x07, 0x01));
    refused(RefusalCode.NOT_CANONICAL, "header", resigned(good, header));
  }

  @Test
  void refusesUnknownFieldsAroundSignedBytes() {
    SignedSubmission good = ledger.sign(PRODUCER, event());
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(100, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    refused(
        RefusalCode.NOT_CANONICAL,
        "signed",
        good.request().toBuilder()
            .setSigned(good.request().getSigned().toBuilder().setUnknownFields(unknown))
            .build());
    Record record = good.request().getRecords(0);
    refused(
        RefusalCode.NOT_CANONICAL,
        "records[0]",
        good.request().toBuilder()
            .setRecords(0, record.toBuilder().setUnknownFields(unknown))
            .build());
    refused(
        RefusalCode.NOT_CANONICAL,
        "records[0].groups[0]",
        good.request().toBuilder()
            .setRecords(
                0,
                record.toBuilder()
                    .setGroups(0, record.getGroups(0).toBuilder().setUnknownFields(unknown)))
            .build());
    ledger.restart();
  }

  @Test
  void refusesFieldsOutOfOrder() {
    SignedSubmission good = ledger.sign(PRODUCER, event());
    Record record = good.request().getRecords(0);
    // The salt is field 1 and 18 bytes long; moved to the end it parses to the same message.
    ByteString part = record.getPublicPart();
    ByteString moved = part.substring(18).concat(part.substring(0, 18));
    refused(
        RefusalCode.NOT_CANONICAL,
        "records[0].public_part",
        withRecord(record.toBuilder().setPublicPart(moved).build()));
  }

  @Test
  void refusesALongVarint() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] subject = LOT.bytes();
    line.write(0x0a);
    line.write(16);
    line.writeBytes(new byte[16]);
    line.write(0x12);
    line.write(0x80 | subject.length);
    line.write(0x00);
    line.writeBytes(subject);
    refused(
        RefusalCode.NOT_CANONICAL,
        "records[0].groups[0].lines[0]",
        withRecord(withLine(ByteString.copyFrom(line.toByteArray()))));
  }

  @Test
  void refusesAWrongCheckDigitAndNamesTheField() {
    refused(
        RefusalCode.BAD_SUBJECT,
        "records[0].lines[0].subject",
        withRecord(withLine(line("https://id.gs1.org/01/09520000000012/10/IF2601"))));
  }

  @Test
  void refusesASubjectThatIsNotCanonicalAndNamesTheCanonicalOne() {
    StatusRuntimeException refused =
        refused(
            RefusalCode.BAD_SUBJECT,
            "records[0].lines[0].subject",
            withRecord(withLine(line("https://id.gs1.org/01/9520000000011/10/IF2601"))));
    assertTrue(String.valueOf(refused.getMessage()).contains(LOT.uri()), refused.getMessage());
  }

  @Test
  void refusesAnEntryOf65536Bytes() {
    SignedSubmission good = ledger.sign(PRODUCER, event());
    SignedHeader signed = good.request().getSigned();
    int others = signed.getSerializedSize() - signed.getSignature().size();
    SignedHeader large =
        signed.toBuilder()
            .setSignature(ByteString.copyFrom(new byte[Limits.ENTRY_BYTES_MAX + 1 - others]))
            .build();
    refused(
        RefusalCode.ENTRY_TOO_LARGE, "signed", good.request().toBuilder().setSigned(large).build());
  }

  @Test
  void refusesAnEmptySubmission() {
    refused(RefusalCode.UNSUPPORTED_FORMAT, "header.format", SubmitRequest.getDefaultInstance());
    SignedSubmission good = ledger.sign(PRODUCER, event());
    SubmissionHeader empty =
        good.header().toBuilder()
            .setRecordCount(0)
            .setRecordsRoot(bytes(HashAlgorithm.SHA_256.empty()))
            .build();
    refused(
        RefusalCode.EMPTY_SUBMISSION,
        "header.record_count",
        SignedSubmission.of(empty, List.of(), List.of(), ledger.key(PRODUCER)).request());
  }

  @Test
  void refuses10001Lines() {
    Record.Builder record = event().seal(new SecureRandom()).toBuilder().clearGroups();
    LineGroup.Builder group = LineGroup.newBuilder().setRole(LineRole.LINE_ROLE_OBJECT_VALUE);
    ByteString line = line(LOT.uri());
    for (int i = 0; i < 10_001; i++) {
      group.addLines(line);
    }
    StatusRuntimeException refused =
        refused(
            RefusalCode.LIMIT_EXCEEDED,
            "records[0].groups",
            withRecord(record.addGroups(group).build()));
    assertTrue(String.valueOf(refused.getMessage()).contains("10000"), refused.getMessage());
  }

  @Test
  void refuses1001RecordsBeforeReadingTheFirst() {
    SubmitRequest request =
        ledger.sign(PRODUCER, event()).request().toBuilder()
            .addAllRecords(Collections.nCopies(Limits.RECORDS_MAX, Record.getDefaultInstance()))
            .build();
    refused(RefusalCode.LIMIT_EXCEEDED, "records", request);
  }

  @Test
  void refusesBytesThatAreNoRequest() {
    refused(
        RefusalCode.MALFORMED,
        "records[0]",
        () ->
            ClientCalls.blockingUnaryCall(
                ledger.node().channel(), SUBMIT_BYTES, CallOptions.DEFAULT, bytes(0x12, 0x7f)));
  }

  /** One refusal names its submission, and the stream goes on. */
  @Test
  void aStreamOutlivesARequestThatIsRefusedUnread() throws InterruptedException {
    SignedSubmission first = ledger.sign(PRODUCER, event());
    SignedSubmission second = ledger.sign(PRODUCER, event());
    List<SubmitReply> replies = new CopyOnWriteArrayList<>();
    CountDownLatch ended = new CountDownLatch(1);
    StreamObserver<SubmitRequest> requests =
        SubmissionGrpc.newStub(ledger.node().channel())
            .withDeadlineAfter(Duration.ofSeconds(20))
            .submitStream(
                new StreamObserver<>() {
                  @Override
                  public void onNext(SubmitReply reply) {
                    replies.add(reply);
                  }

                  @Override
                  public void onError(Throwable failed) {
                    ended.countDown();
                  }

                  @Override
                  public void onCompleted() {
                    ended.countDown();
                  }
                });
    requests.onNext(
        first.request().toBuilder()
            .addAllRecords(Collections.nCopies(500_000, Record.getDefaultInstance()))
            .build());
    requests.onNext(second.request());
    requests.onCompleted();

    assertTrue(ended.await(20, TimeUnit.SECONDS));
    assertEquals(2, replies.size());
    assertTrue(replies.get(0).hasRefused());
    assertEquals(first.header().getSubmissionId(), replies.get(0).getSubmissionId());
    assertTrue(replies.get(1).hasReceipt());
  }

  @Test
  void refusesASectionOfMoreThanAMebibyte() {
    Draft draft =
        event()
            .attachment(
                Document.newBuilder()
                    .setMediaType("application/octet-stream")
                    .setContent(ByteString.copyFrom(new byte[1 << 20]))
                    .build());
    refused(
        RefusalCode.LIMIT_EXCEEDED,
        "records[0].sections[0]",
        withRecord(draft.seal(new SecureRandom())));
  }

  @Test
  void refusesARevokedKeyButAnswersWhatItSignedBefore() {
    SignedSubmission before = ledger.sign(PRODUCER, event());
    long index = ledger.submit(before).index();
    ledger.submit(
        AUTHORITY,
        Draft.of(
                PublicPart.newBuilder()
                    .setKeyRevocation(
                        KeyRevocation.newBuilder()
                            .setParticipant(PRODUCER.toString())
                            .setKeyId(bytes(ledger.key(PRODUCER).verifyingKey().keyId()))
                            .setReason("lost")))
            .line(LineRole.LINE_ROLE_KEYS, Subject.keys(PRODUCER)));
    refused(RefusalCode.KEY_NOT_VALID, "signed.key_id", ledger.sign(PRODUCER, event()).request());
    assertEquals(index, ledger.submit(before).index());
  }

  @Test
  void refusesAReusedSubmissionIdWithOtherBytes() {
    SignedSubmission first = ledger.sign(PRODUCER, event());
    ledger.submit(first);
    SignedSubmission other = ledger.sign(PRODUCER, event());
    SubmissionHeader header =
        other.header().toBuilder().setSubmissionId(first.header().getSubmissionId()).build();
    refused(
        RefusalCode.SUBMISSION_ID_REUSED,
        "header.submission_id",
        SignedSubmission.of(
                header, other.request().getRecordsList(), other.digests(), ledger.key(PRODUCER))
            .request());
  }

  @Test
  void refusesAHeaderForAnotherLedger() {
    refused(
        RefusalCode.OTHER_LEDGER,
        "header.ledger",
        withHeader(header -> header.setLedger(ByteString.copyFrom(new byte[32]))));
  }

  @Test
  void refusesAnExpiredNotAfter() {
    long now = System.currentTimeMillis();
    refused(
        RefusalCode.EXPIRED,
        "header.not_after",
        withHeader(header -> header.setCreatedAt(now - 10_000).setNotAfter(now - 5_000)));
  }

  @Test
  void refusesAClockYearsAhead() {
    long later = System.currentTimeMillis() + Duration.ofDays(3 * 365).toMillis();
    refused(
        RefusalCode.CLOCK,
        "header.created_at",
        withHeader(header -> header.setCreatedAt(later).setNotAfter(later + 1_000)));
  }

  @Test
  void refusesAClockYearsBehind() {
    long earlier = System.currentTimeMillis() - Duration.ofDays(3 * 365).toMillis();
    refused(
        RefusalCode.EXPIRED,
        "header.not_after",
        withHeader(header -> header.setCreatedAt(earlier).setNotAfter(earlier + 1_000)));
    refused(
        RefusalCode.CLOCK,
        "header.not_after",
        withHeader(header ->
            header.setCreatedAt(earlier).setNotAfter(System.currentTimeMillis() + 1_000)));
  }

  @Test
  void theLedgersOwnClockSetBackDoesNotTakeTheLogBack() {
    ledger.submit(PRODUCER, event());
    ledger.stop();
    ledger.useClock(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-5)));
    ledger.start();
    long before = System.currentTimeMillis() - Duration.ofMinutes(4).toMillis();
    assertTrue(ledger.submit(PRODUCER, event()).sequencedAt().toEpochMilli() > before);
  }

  @Test
  void refusesABadSignatureAnUnknownKeyAndSomebodyElsesName() {
    SignedSubmission good = ledger.sign(PRODUCER, event());
    SignedHeader signed = good.request().getSigned();
    byte[] flipped = signed.getSignature().toByteArray();
    flipped[10] ^= 1;
    refused(
        RefusalCode.BAD_SIGNATURE,
        "signed.signature",
        good.request().toBuilder()
            .setSigned(signed.toBuilder().setSignature(ByteString.copyFrom(flipped)))
            .build());
    refused(
        RefusalCode.UNKNOWN_KEY,
        "signed.key_id",
        good.request().toBuilder()
            .setSigned(signed.toBuilder().setKeyId(ByteString.copyFrom(new byte[32])))
            .build());
    refused(
        RefusalCode.WRONG_SUBMITTER,
        "header.submitter",
        withHeader(header -> header.setSubmitter(AUTHORITY.toString())));
  }

  @Test
  void refusesARecordChangedOnTheWay() {
    SignedSubmission good = ledger.sign(PRODUCER, event());
    SignedSubmission other = ledger.sign(PRODUCER, event());
    refused(
        RefusalCode.RECORDS_ROOT_MISMATCH,
        "header.records_root",
        good.request().toBuilder().setRecords(0, other.request().getRecords(0)).build());
    refused(
        RefusalCode.RECORD_COUNT_MISMATCH,
        "header.record_count",
        good.request().toBuilder().addRecords(good.request().getRecords(0)).build());
  }

  @Test
  void refusesAKindThatIsNotOpenToTheSignersRole() {
    ParticipantId carrier = TestLedger.participant("uscc:91000000MA0000031W");
    ledger.enrol(carrier, Role.ROLE_CARRIER);
    refused(
        RefusalCode.ROLE_NOT_ALLOWED,
        "records[0].kind",
        ledger
            .sign(
                carrier,
                Draft.of(
                        PublicPart.newBuilder()
                            .setProduct(
                                Product.newBuilder()
                                    .setName("示例竹笋")
                                    .setCategory("蔬菜")
                                    .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_NONE)))
                    .line(
                        LineRole.LINE_ROLE_OBJECT,
                        TestLedger.subject("https://id.gs1.org/01/09520000000011")))
            .request());
  }

  // ---- making bad input ------------------------------------------------------------------------

  private static Draft event() {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_OBSERVE)
                        .setEventTime(1_780_000_000_000L)
                        .setZoneOffset("+08:00")))
        .line(LineRole.LINE_ROLE_OBJECT, LOT);
  }

  private static ByteString line(String subject) {
    return Line.newBuilder()
        .setSalt(ByteString.copyFrom(new byte[16]))
        .setSubject(subject)
        .build()
        .toByteString();
  }

  private static Record withLine(ByteString line) {
    return event().seal(new SecureRandom()).toBuilder()
        .clearGroups()
        .addGroups(LineGroup.newBuilder().setRole(LineRole.LINE_ROLE_OBJECT_VALUE).addLines(line))
        .build();
  }

  /** Signed as it is: what is wrong with the record is found before its digest matters. */
  private SubmitRequest withRecord(Record record) {
    SignedSubmission good = ledger.sign(PRODUCER, event());
    List<Hash> digests = new ArrayList<>();
    try {
      digests.add(
          org.pinlian.record.ParsedRecord.parse(HashAlgorithm.SHA_256, record, "r").digest());
    } catch (org.pinlian.record.RecordException e) {
      digests.add(good.digests().get(0));
    }
    SubmissionHeader header =
        good.header().toBuilder()
            .setRecordsRoot(bytes(Submissions.recordsRoot(HashAlgorithm.SHA_256, digests)))
            .build();
    return SignedSubmission.of(header, List.of(record), digests, ledger.key(PRODUCER)).request();
  }

  private SubmitRequest withHeader(UnaryOperator<SubmissionHeader.Builder> change) {
    SignedSubmission good = ledger.sign(PRODUCER, event());
    return SignedSubmission.of(
            change.apply(good.header().toBuilder()).build(),
            good.request().getRecordsList(),
            good.digests(),
            ledger.key(PRODUCER))
        .request();
  }

  private SubmitRequest resigned(SignedSubmission good, ByteString header) {
    return good.request().toBuilder()
        .setSigned(
            good.request().getSigned().toBuilder()
                .setHeader(header)
                .setSignature(
                    ByteString.copyFrom(
                        ledger.key(PRODUCER).sign(Submissions.signedMessage(header)))))
        .build();
  }

  // ---- reading the refusal ---------------------------------------------------------------------

  private StatusRuntimeException refused(RefusalCode code, String field, SubmitRequest request) {
    return refused(
        code,
        field,
        () ->
            SubmissionGrpc.newBlockingStub(ledger.node().channel())
                .withDeadlineAfter(Duration.ofSeconds(20))
                .submit(request));
  }

  private static StatusRuntimeException refused(RefusalCode code, String field, Executable call) {
    StatusRuntimeException thrown = assertThrows(StatusRuntimeException.class, call);
    com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(thrown));
    String reason = "";
    List<String> fields = new ArrayList<>();
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          reason = detail.unpack(ErrorInfo.class).getReason();
        } else if (detail.is(BadRequest.class)) {
          detail
              .unpack(BadRequest.class)
              .getFieldViolationsList()
              .forEach(violation -> fields.add(violation.getField()));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    assertEquals(code.name(), reason, thrown.getMessage());
    assertTrue(fields.contains(field), field + " is not among " + fields);
    assertTrue(thrown.getStatus().getCode() != Status.Code.INTERNAL, thrown.getMessage());
    return thrown;
  }

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }

  private static ByteString bytes(Hash hash) {
    return ByteString.copyFrom(hash.bytes());
  }
}
