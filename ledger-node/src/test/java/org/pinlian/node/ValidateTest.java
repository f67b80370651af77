// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import com.google.protobuf.ByteString;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingCode;
import org.pinlian.v1.GetCheckpointRequest;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.ValidateReply;
import org.pinlian.v1.Voiding;

/** What is asked about is answered as if it were submitted, and leaves nothing behind. */
class ValidateTest {
  private static final Subject LOT = TestLedger.subject("urn:pinlian:lot:" + PRODUCER + ":V1");

  @TempDir Path data;
  private TestLedger ledger;

  @BeforeEach
  void start() {
    ledger = TestLedger.create(data);
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
  }

  @AfterEach
  void stop() {
    ledger.close();
  }

  @Test
  void recordsNothing() {
    String before = checkpoint();
    SignedSubmission asked = ledger.sign(PRODUCER, observation(0));
    ValidateReply reply = validate(asked);
    assertTrue(reply.hasAcceptable());
    assertEquals(asked.header().getSubmissionId(), reply.getSubmissionId());
    assertEquals(List.of(), reply.getAcceptable().getFindingsList());
    assertEquals(before, checkpoint());
    VerifiedReceipt receipt = ledger.submit(asked);
    assertEquals(1, ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_BACKWARD).records().size());
    ledger.restart();
    assertEquals(receipt.index(), ledger.submit(asked).index());
  }

  @Test
  void aRepetitionIsToldWithItsReceipt() throws Exception {
    SignedSubmission submission = ledger.sign(PRODUCER, observation(0));
    VerifiedReceipt first = ledger.submit(submission);
    ValidateReply reply = validate(submission);
    assertEquals(
        first.index(),
        new ReceiptVerifier(ledger.policy()).verify(reply.getDuplicate(), submission).index());
  }

  @Test
  void foretellsTheFindings() {
    // The time is one of the figures of a finding.
    ledger.stop();
    ledger.useClock(Clock.fixed(Instant.now().plusSeconds(5), ZoneOffset.UTC));
    ledger.start();
    long future = System.currentTimeMillis() + Duration.ofDays(30).toMillis();
    SignedSubmission submission = ledger.sign(PRODUCER, observation(0), observation(future));
    List<Finding> foretold = validate(submission).getAcceptable().getFindingsList();
    assertEquals(
        List.of(FindingCode.EVENT_IN_FUTURE), foretold.stream().map(Finding::getCode).toList());
    ledger.submit(submission);
    assertEquals(
        ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_BACKWARD).findingsAsTold(), foretold);
  }

  @Test
  void refusesInTheWordsOfSubmit() {
    ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR);
    VerifiedReceipt theirs = ledger.submit(RECEIVER, observation(0));
    SignedSubmission used = ledger.sign(PRODUCER, observation(0));
    ledger.submit(used);
    SignedSubmission good = ledger.sign(PRODUCER, observation(0));
    List<SubmitRequest> bad =
        List.of(
            SubmitRequest.getDefaultInstance(),
            // Another signature.
            good.request().toBuilder()
                .setSigned(
                    good.request().getSigned().toBuilder()
                        .setSignature(ByteString.copyFrom(new byte[64])))
                .build(),
            // Other records than signed.
            good.request().toBuilder()
                .setRecords(0, ledger.sign(PRODUCER, observation(1)).request().getRecords(0))
                .build(),
            // Fields, of two records.
            ledger.sign(PRODUCER, withoutZone(), withoutZone()).request(),
            // Roles.
            ledger
                .sign(PRODUCER, enrolment(ledger.newKey(TestLedger.participant("farmer:x"))))
                .request(),
            // Somebody else's record.
            ledger.sign(PRODUCER, voiding(theirs)).request(),
            // The id of another submission.
            SignedSubmission.of(
                    used.header().toBuilder()
                        .setCreatedAt(used.header().getCreatedAt() - 1)
                        .build(),
                    used.request().getRecordsList(),
                    used.digests(),
                    ledger.key(PRODUCER))
                .request());
    for (SubmitRequest request : bad) {
      Status submitted = refusal(() -> stub().submit(request));
      Status validated = refusal(() -> stub().validate(request));
      assertEquals(submitted, validated);
      assertFalse(validated.getDetailsList().isEmpty());
    }
  }

  @Test
  void whatExpiredIsRefusedAndWhatIsInIsKnownAfterIt() {
    SignedSubmission in = ledger.sign(PRODUCER, observation(0));
    SignedSubmission out = ledger.sign(PRODUCER, observation(0));
    ledger.submit(in);
    ledger.stop();
    ledger.useClock(Clock.fixed(Instant.now().plus(Duration.ofDays(8)), ZoneOffset.UTC));
    ledger.start();
    assertTrue(validate(in).hasDuplicate());
    assertTrue(refusal(() -> stub().validate(out.request())).getMessage().contains("not_after"));
  }

  @Test
  void anEnrolmentThatIsAskedAboutEnrolsNobody() {
    SigningKey key = ledger.newKey(RECEIVER);
    Draft enrolment = enrolment(key);
    assertTrue(validate(ledger.sign(AUTHORITY, enrolment)).hasAcceptable());
    SignedSubmission theirs = ledger.sign(RECEIVER, observation(0));
    assertTrue(refusal(() -> stub().submit(theirs.request())).getMessage().contains("enrolled"));
    ledger.submit(AUTHORITY, enrolment);
    ledger.submit(theirs);
  }

  /** Asked about and submitted at once: the log, its rules and its replay know only the latter. */
  @Test
  void changesNothingOfWhatIsSubmittedMeanwhile() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> work = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        boolean asks = thread > 0;
        work.add(
            threads.submit(() -> {
              for (int i = 0; i < 30; i++) {
                SignedSubmission one = ledger.sign(PRODUCER, observation(0), observation(0));
                if (asks) {
                  assertTrue(validate(one).hasAcceptable());
                } else {
                  ledger.submit(one);
                }
              }
            }));
      }
      for (Future<?> one : work) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    Story before = ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_BACKWARD);
    assertEquals(60, before.records().size());
    ledger.restart();
    Story after = ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_BACKWARD);
    assertEquals(before.records(), after.records());
  }

  private SubmissionGrpc.SubmissionBlockingStub stub() {
    return SubmissionGrpc.newBlockingStub(ledger.node().channel());
  }

  private ValidateReply validate(SignedSubmission submission) {
    return stub().validate(submission.request());
  }

  private String checkpoint() {
    return LogGrpc.newBlockingStub(ledger.node().channel())
        .getCheckpoint(GetCheckpointRequest.getDefaultInstance())
        .getCheckpoint();
  }

  private static Status refusal(Runnable call) {
    Status status =
        StatusProto.fromThrowable(assertThrows(StatusRuntimeException.class, call::run));
    if (status == null) {
      throw new AssertionError("no status");
    }
    return status;
  }

  private static Draft observation(long at) {
    return event(at, "+08:00");
  }

  private static Draft withoutZone() {
    return event(0, "");
  }

  private static Draft event(long at, String zone) {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_OBSERVE)
                        .setEventTime(at == 0 ? 1_780_000_000_000L : at)
                        .setZoneOffset(zone)))
        .line(LineRole.LINE_ROLE_OBJECT, LOT);
  }

  private static Draft enrolment(SigningKey key) {
    return Draft.of(
            PublicPart.newBuilder()
                .setEnrolment(
                    Enrolment.newBuilder()
                        .setParticipant(RECEIVER.toString())
                        .setName("示例企业")
                        .setRegion("000000")
                        .addRoles(Role.ROLE_COLLECTOR)
                        .addKeys(TestLedger.enrolled(key))))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(RECEIVER));
  }

  private static Draft voiding(VerifiedReceipt of) {
    return Draft.of(
            PublicPart.newBuilder()
                .setVoiding(
                    Voiding.newBuilder()
                        .setRecord(ByteString.copyFrom(new byte[32]))
                        .setReason("示例")))
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(of.index(), 0));
  }
}
