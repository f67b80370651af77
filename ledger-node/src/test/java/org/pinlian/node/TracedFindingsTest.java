// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;
import static org.pinlian.node.TestLedger.SECOND_AUTHORITY;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.Story;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.node.findings.Found;
import org.pinlian.node.findings.Severity;
import org.pinlian.record.Draft;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Finding;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;

/**
 * Findings in traces, and of records that are only asked about: nobody is told one that rests on
 * anything they may not see whole, and nobody can tell from its absence what they do not see.
 */
class TracedFindingsTest {
  private static final Subject PEAS = Goods.lot("PEAS");
  private static final Subject LEEKS = Goods.lot("LEEKS");
  private static final Subject PALLET = Goods.pallet(1);
  private static final ParticipantId NEXT_DISTRICT =
      TestLedger.participant("uscc:93000000MA00000669");

  @TempDir Path temp;

  private TestLedger ledger;

  @SuppressWarnings("NullAway.Init")
  TracedFindingsTest() {}

  @BeforeEach
  void start() {
    ledger = TestLedger.create(temp.resolve("data"));
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR);
    ledger.enrolIn("000001", NEXT_DISTRICT, Role.ROLE_PROCESSOR);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  /** Of next month. */
  private static Draft future(Subject goods) {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_OBSERVE)
                        .setEventTime(System.currentTimeMillis() + Duration.ofDays(30).toMillis())
                        .setZoneOffset("+08:00")))
        .line(LineRole.LINE_ROLE_OBJECT, goods);
  }

  private List<String> told(ParticipantId reader, Subject subject) {
    TraceRequest.Builder request =
        TraceRequest.newBuilder().setSubject(subject.uri()).setDirection(Direction.DIRECTION_STORY);
    if (reader.equals(AUTHORITY) || reader.equals(SECOND_AUTHORITY)) {
      request.setLookUp(ledger.lookUp(reader, subject.uri()));
    }
    return codes(
        ledger
            .verify(subject, Direction.DIRECTION_STORY, ledger.traceReplies(reader, request))
            .findingsAsTold());
  }

  private static List<String> codes(List<Finding> findings) {
    return findings.stream().map(finding -> finding.getCode().name()).toList();
  }

  @Test
  void whoeverSeesWholeAllThatAFindingRestsOnIsToldIt() {
    ledger.submit(PRODUCER, future(PEAS));
    assertEquals(List.of("EVENT_IN_FUTURE"), told(PRODUCER, PEAS));
    assertEquals(List.of("EVENT_IN_FUTURE"), told(AUTHORITY, PEAS));
    assertEquals(List.of("EVENT_IN_FUTURE"), told(SECOND_AUTHORITY, PEAS));
    // A competitor sees that there is a record, and nothing of what was noticed of it.
    assertEquals(List.of(), told(RECEIVER, PEAS));
    assertEquals(List.of(), told(NEXT_DISTRICT, PEAS));
  }

  @Test
  void anAuthorityThatDidNotSayThatItLooksIsToldWhatAnyParticipantIs() {
    ledger.submit(PRODUCER, future(PEAS));
    List<TraceReply> replies =
        ledger.traceReplies(
            AUTHORITY,
            TraceRequest.newBuilder()
                .setSubject(PEAS.uri())
                .setDirection(Direction.DIRECTION_STORY));
    assertEquals(
        List.of(), ledger.verify(PEAS, Direction.DIRECTION_STORY, replies).findingsAsTold());
  }

  @Test
  void goodsOfWhichAnotherSpokeAreNoLongerOnesOwn() {
    ledger.submit(PRODUCER, future(PEAS));
    ledger.submit(RECEIVER, Goods.seen(PEAS));
    assertEquals(List.of(), told(PRODUCER, PEAS));
    assertEquals(List.of(), told(RECEIVER, PEAS));
    assertTrue(told(AUTHORITY, PEAS).contains("EVENT_IN_FUTURE"));
  }

  @Test
  void aDistrictIsNotToldWhatRestsOnAFirmOfTheNext() {
    ledger.submit(PRODUCER, future(PEAS));
    ledger.submit(NEXT_DISTRICT, Goods.seen(PEAS));
    assertEquals(List.of(), told(AUTHORITY, PEAS));
    assertTrue(told(SECOND_AUTHORITY, PEAS).contains("EVENT_IN_FUTURE"));
  }

  @Test
  void whatAnEvaluationOnlyLookedAtCountsToo() {
    ledger.submit(PRODUCER, future(PEAS));
    ledger.submit(PRODUCER, Goods.pack(PALLET, PEAS));
    assertTrue(told(PRODUCER, PEAS).contains("EVENT_IN_FUTURE"));
    // Nothing of this is on the chain of the peas, which are on the pallet all the same.
    ledger.submit(RECEIVER, Goods.seen(PALLET));
    assertEquals(List.of(), told(PRODUCER, PEAS));
    assertEquals(List.of(), told(RECEIVER, PEAS));
    assertTrue(told(AUTHORITY, PEAS).contains("EVENT_IN_FUTURE"));
  }

  @Test
  void aTraceTellsOfAllThatItFollowedWhatASurveyTells() throws Exception {
    ledger.submit(PRODUCER, future(PEAS));
    ledger.submit(PRODUCER, Goods.transform(List.of(PEAS), List.of(LEEKS)));
    ledger.submit(RECEIVER, future(LEEKS));
    ledger.stop();
    try (ReadOnlyNode node = ReadOnlyNode.open(ledger.data())) {
      List<TraceReply> replies = new ArrayList<>();
      ProvenanceGrpc.newBlockingStub(node.channel())
          .trace(
              TraceRequest.newBuilder()
                  .setSubject(PEAS.uri())
                  .setDirection(Direction.DIRECTION_FORWARD)
                  .build())
          .forEachRemaining(replies::add);
      List<Finding> surveyed = new ArrayList<>();
      for (Subject subject : List.of(PEAS, LEEKS)) {
        node.survey(OptionalLong.empty(), Severity.NOTE).one(subject).orElseThrow().found().stream()
            .map(Found::message)
            .forEach(surveyed::add);
      }
      assertEquals(
          surveyed,
          replies.stream().filter(TraceReply::hasFinding).map(TraceReply::getFinding).toList());
      assertTrue(codes(surveyed).contains("EVENT_IN_FUTURE"));
      assertEquals(List.of(), replies.getLast().getEnd().getCutByList());
    }
  }

  @Test
  void theFindingsOfATraceThatLeadsFarAreCutAndThatIsSaid() {
    List<Subject> outputs = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      outputs.add(Goods.lot("OUT" + i));
    }
    ledger.submit(PRODUCER, Goods.transform(List.of(PEAS), outputs));
    Story story = ledger.trace(PRODUCER, PEAS, Direction.DIRECTION_FORWARD);
    assertEquals(1_001, story.chains().size());
    assertEquals(List.of("findings of more than 1000 subjects"), story.cutBy());
  }

  @Test
  void whoAsksIsToldNothingThatRestsOnRecordsOfOthers() {
    ledger.submit(PRODUCER, Goods.seen(PEAS));
    assertEquals(List.of("EVENT_IN_FUTURE"), foretold(PRODUCER, future(PEAS)));
    assertEquals(List.of(), foretold(RECEIVER, future(PEAS)));
    Subject own = TestLedger.subject("urn:pinlian:lot:" + RECEIVER + ":OWN");
    assertEquals(List.of("EVENT_IN_FUTURE"), foretold(RECEIVER, future(own)));
  }

  @Test
  void whatIsAskedAboutIsEvaluatedTogetherWithWhatIsIn() {
    ledger.submit(PRODUCER, future(PEAS));
    // The finding that is there already rests on nothing that is asked about.
    assertEquals(List.of(), foretold(PRODUCER, Goods.seen(PEAS)));
  }

  private List<String> foretold(ParticipantId signer, Draft... drafts) {
    return codes(
        SubmissionGrpc.newBlockingStub(ledger.node().channel())
            .validate(ledger.sign(signer, drafts).request())
            .getAcceptable()
            .getFindingsList());
  }
}
