// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Direction;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;

/** Where a trace goes and where it ends. Every story is verified as a stranger would. */
class TraceTest {
  private static final Direction BACKWARD = Direction.DIRECTION_BACKWARD;
  private static final Direction FORWARD = Direction.DIRECTION_FORWARD;
  private static final Subject PEAS = Goods.lot("PEAS");
  private static final Subject LEEKS = Goods.lot("LEEKS");
  private static final Subject BOX = Goods.pallet(1);
  private static final Subject PALLET = Goods.pallet(2);
  private static final Subject TRUCK = Goods.pallet(3);
  private static final Subject OTHER_TRUCK = Goods.pallet(4);
  private static final ParticipantId CANTEEN = TestLedger.participant("uscc:93000000MA00000669");

  @TempDir static Path sharedTemp;
  private static TestLedger shared;

  @TempDir Path temp;
  private TestLedger ledger;

  @BeforeAll
  static void make() {
    shared = TestLedger.create(sharedTemp.resolve("data"));
    shared.enrol(PRODUCER, Role.ROLE_PRODUCER);
    shared.enrol(RECEIVER, Role.ROLE_COLLECTOR);
    shared.enrol(CANTEEN, Role.ROLE_CANTEEN);
    shared.stop();
  }

  @BeforeEach
  void copy() {
    ledger = shared.copiedTo(temp.resolve("data"));
    ledger.start();
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  // ---- containers ------------------------------------------------------------------------------

  @Test
  void aPalletUsedAgainLeadsToNothingThatItCarriedAtOtherTimes() {
    state(Goods.seen(PEAS), Goods.seen(LEEKS));
    state(Goods.pack(OTHER_TRUCK, PALLET), Goods.unpack(OTHER_TRUCK, PALLET));
    state(Goods.pack(PALLET, PEAS));
    state(Goods.pack(TRUCK, PALLET), Goods.seen(TRUCK), Goods.unpack(TRUCK, PALLET));
    state(Goods.unpack(PALLET, PEAS));
    state(Goods.pack(PALLET, LEEKS));
    state(Goods.pack(OTHER_TRUCK, PALLET), Goods.unpack(OTHER_TRUCK, PALLET));
    state(Goods.unpack(PALLET, LEEKS));

    assertEquals(Set.of(PEAS, PALLET, TRUCK), chains(PEAS, BACKWARD));
    assertEquals(Set.of(PEAS, PALLET, TRUCK), chains(PEAS, FORWARD));
    assertEquals(Set.of(LEEKS, PALLET, OTHER_TRUCK), chains(LEEKS, BACKWARD));
    assertEquals(Set.of(LEEKS, PALLET, OTHER_TRUCK), chains(LEEKS, FORWARD));
  }

  @Test
  void aContainerIsLeftByTheRecordThatEmptiesItWithoutNamingTheGoods() {
    state(Goods.pack(PALLET, PEAS, LEEKS));
    state(Goods.unpack(PALLET));
    state(Goods.pack(TRUCK, PALLET));
    assertEquals(Set.of(PEAS, PALLET), chains(PEAS, BACKWARD));
    assertEquals(Set.of(LEEKS, PALLET), chains(LEEKS, BACKWARD));
  }

  /** Others taken out, or the goods taken out of something else, ends nothing. */
  @Test
  void aContainerIsNotLeftByAnotherRemoval() {
    state(Goods.pack(PALLET, PEAS, LEEKS));
    state(Goods.unpack(PALLET, LEEKS), Goods.unpack(BOX, PEAS), Goods.unpack(BOX));
    state(Goods.pack(TRUCK, PALLET));
    assertEquals(Set.of(PEAS, PALLET, TRUCK), chains(PEAS, BACKWARD));
    assertEquals(Set.of(LEEKS, PALLET), chains(LEEKS, BACKWARD));
  }

  @Test
  void aContainerEnteredTwiceIsFollowedInBothStays() {
    state(Goods.pack(PALLET, PEAS), Goods.pack(TRUCK, PALLET));
    state(Goods.unpack(TRUCK, PALLET), Goods.unpack(PALLET, PEAS));
    // Without the goods.
    state(Goods.pack(BOX, PALLET), Goods.unpack(BOX, PALLET));
    state(Goods.pack(PALLET, PEAS), Goods.pack(OTHER_TRUCK, PALLET));
    assertEquals(Set.of(PEAS, PALLET, TRUCK, OTHER_TRUCK), chains(PEAS, BACKWARD));
  }

  @Test
  void aBoxOnAPalletInATruckLeadsOutwardAsLongAsEachIsInTheNext() {
    state(Goods.pack(BOX, PEAS), Goods.pack(PALLET, BOX), Goods.pack(TRUCK, PALLET));
    state(Goods.unpack(PALLET, BOX));
    // The pallet goes on without the box, the box without the peas.
    state(Goods.unpack(TRUCK, PALLET), Goods.pack(OTHER_TRUCK, PALLET));
    state(Goods.unpack(BOX, PEAS), Goods.pack(OTHER_TRUCK, BOX));
    assertEquals(Set.of(PEAS, BOX, PALLET, TRUCK), chains(PEAS, BACKWARD));
    assertEquals(Set.of(BOX, PALLET, TRUCK, OTHER_TRUCK), chains(BOX, BACKWARD));
  }

  @Test
  void whatAContainerWasInWhenTheGoodsCameIsFollowedAndWhatItHadLeftIsNot() {
    state(Goods.pack(OTHER_TRUCK, PALLET), Goods.unpack(OTHER_TRUCK, PALLET));
    state(Goods.pack(TRUCK, PALLET), Goods.pack(PALLET, BOX));
    state(Goods.pack(BOX, PEAS));
    assertEquals(Set.of(PEAS, BOX, PALLET, TRUCK), chains(PEAS, BACKWARD));
    assertEquals(Set.of(PEAS, BOX, PALLET, TRUCK), chains(PEAS, FORWARD));
    // Emptied without a word of the pallet, and then the leeks came.
    state(Goods.unpack(TRUCK));
    state(Goods.pack(BOX, LEEKS));
    assertEquals(Set.of(LEEKS, BOX, PALLET, TRUCK), chains(LEEKS, BACKWARD));
    Story leeks = story(LEEKS, BACKWARD, 0, 0);
    for (StoryChain chain : leeks.chains()) {
      if (chain.subject().equals(TRUCK.uri())) {
        assertTrue(leeks.asides(BACKWARD).containsAll(chain.records()));
      }
    }
  }

  @Test
  void containersThatHoldEachOtherEnd() {
    state(Goods.pack(PALLET, PEAS), Goods.pack(BOX, PALLET), Goods.pack(PALLET, BOX));
    assertEquals(Set.of(PEAS, PALLET, BOX), chains(PEAS, BACKWARD));
  }

  // ---- limits ----------------------------------------------------------------------------------

  @Test
  void theDepthLimitEndsATraceAndIsNamed() {
    Subject first = Goods.lot("T0");
    for (int i = 0; i < 5; i++) {
      state(Goods.transform(List.of(Goods.lot("T" + i)), List.of(Goods.lot("T" + (i + 1)))));
    }
    Story cut = story(first, FORWARD, 2, 0);
    assertTrue(cut.cut());
    assertEquals(List.of("max_depth"), cut.cutBy());
    assertEquals(Set.of(first, Goods.lot("T1"), Goods.lot("T2")), chains(cut));
    Story whole = story(first, FORWARD, 5, 0);
    assertFalse(whole.cut());
    assertEquals(6, whole.chains().size());
    assertEquals(
        List.of(0, 1, 2, 3, 4, 5), whole.chains().stream().map(StoryChain::depth).toList());
    assertEquals(Set.of(first), chains(story(first, BACKWARD, 2, 0)));
  }

  @Test
  void theRecordLimitLeavesOutTheChainThatWouldExceedItAndIsNamed() {
    Subject large = Goods.lot("LARGE");
    state(Goods.transform(List.of(PEAS), List.of(large, LEEKS)));
    state(Goods.seen(large), Goods.seen(large), Goods.seen(large));
    Story cut = story(PEAS, FORWARD, 0, 3);
    assertEquals(List.of("max_records"), cut.cutBy());
    // The small one still goes in.
    assertEquals(Set.of(PEAS, LEEKS), chains(cut));
    Story whole = story(PEAS, FORWARD, 0, 4);
    assertFalse(whole.cut());
    assertEquals(Set.of(PEAS, LEEKS, large), chains(whole));

    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> replies(large, FORWARD, 0, 3));
    assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
  }

  @Test
  void limitsBeyondTheGreatestAreRefused() {
    state(Goods.seen(PEAS));
    for (int[] limits : new int[][] {{1_001, 0}, {0, 1_000_001}, {-1, 0}, {0, -1}}) {
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class, () -> replies(PEAS, FORWARD, limits[0], limits[1]));
      assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
    }
  }

  /** Whoever does not see a record's other lines is told that there may be more. */
  @Test
  void aReaderWhoDoesNotSeeTheOtherLinesIsToldSo() {
    state(Goods.transform(List.of(PEAS), List.of(LEEKS)));
    Story others = ledger.trace(RECEIVER, PEAS, FORWARD);
    assertEquals(Set.of(PEAS), chains(others));
    assertEquals(List.of("not visible to this reader"), others.cutBy());
    Story own = ledger.trace(PRODUCER, PEAS, FORWARD);
    assertEquals(Set.of(PEAS, LEEKS), chains(own));
    assertFalse(own.cut());
  }

  // ---- forward ---------------------------------------------------------------------------------

  @Test
  void aForwardTraceEndsAtTheLastHolderOfEveryPart() {
    Subject sold = Goods.lot("SOLD");
    Subject kept = Goods.lot("KEPT");
    state(Goods.seen(PEAS));
    handOver(PRODUCER, RECEIVER, PEAS);
    ledger.submit(RECEIVER, Goods.transform(List.of(PEAS), List.of(sold, kept)));
    VerifiedReceipt last = handOver(RECEIVER, CANTEEN, sold);
    // Of other goods, and before the split: neither is on the way.
    state(Goods.transform(List.of(LEEKS), List.of(Goods.lot("SOUP"))));

    Story story = ledger.trace(AUTHORITY, PEAS, FORWARD);
    assertFalse(story.cut());
    assertEquals(Set.of(PEAS, sold, kept), chains(story));
    StoryChain end = story.chain(sold.uri()).orElseThrow();
    assertEquals(last.index(), end.records().getLast().index());
    assertEquals(
        CANTEEN.toString(),
        story.record(end.records().getLast()).orElseThrow().signer().participant());
    assertEquals(
        RECEIVER.toString(),
        story
            .record(story.chain(kept.uri()).orElseThrow().records().getLast())
            .orElseThrow()
            .signer()
            .participant());
    // And back from there to where it grew.
    assertEquals(Set.of(sold, PEAS), chains(sold, BACKWARD));
  }

  @Test
  void subjectsOnlyNamesTheSameSubjects() {
    state(Goods.pack(BOX, PEAS), Goods.pack(PALLET, BOX));
    state(Goods.transform(List.of(PEAS), List.of(LEEKS)));
    List<TraceReply> replies = new ArrayList<>();
    ProvenanceGrpc.newBlockingStub(ledger.as(AUTHORITY))
        .trace(
            TraceRequest.newBuilder()
                .setSubject(PEAS.uri())
                .setDirection(FORWARD)
                .setSubjectsOnly(true)
                .setLookUp(ledger.lookUp(AUTHORITY, PEAS.uri()))
                .build())
        .forEachRemaining(replies::add);
    assertEquals(
        chains(PEAS, FORWARD).stream().map(Subject::uri).collect(Collectors.toSet()),
        replies.stream()
            .filter(TraceReply::hasReached)
            .map(reply -> reply.getReached().getSubject())
            .collect(Collectors.toSet()));
    assertTrue(replies.getLast().hasEnd());
  }

  // ---- asking ----------------------------------------------------------------------------------

  private Set<Subject> chains(Subject subject, Direction direction) {
    Story story = ledger.trace(AUTHORITY, subject, direction);
    assertFalse(story.cut(), () -> "cut by " + story.cutBy());
    return chains(story);
  }

  private static Set<Subject> chains(Story story) {
    return story.chains().stream()
        .map(chain -> TestLedger.subject(chain.subject()))
        .collect(Collectors.toSet());
  }

  private Story story(Subject subject, Direction direction, int depth, int records) {
    return ledger.verify(subject, direction, replies(subject, direction, depth, records));
  }

  private List<TraceReply> replies(Subject subject, Direction direction, int depth, int records) {
    Iterator<TraceReply> replies =
        ProvenanceGrpc.newBlockingStub(ledger.as(AUTHORITY))
            .trace(
                TraceRequest.newBuilder()
                    .setSubject(subject.uri())
                    .setDirection(direction)
                    .setMaxDepth(depth)
                    .setMaxRecords(records)
                    .setLookUp(ledger.lookUp(AUTHORITY, subject.uri()))
                    .build());
    List<TraceReply> list = new ArrayList<>();
    replies.forEachRemaining(list::add);
    return list;
  }

  // ---- stating ---------------------------------------------------------------------------------

  private void state(Draft... drafts) {
    ledger.submit(PRODUCER, drafts);
  }

  private VerifiedReceipt handOver(ParticipantId from, ParticipantId to, Subject goods) {
    SignedSubmission offer = ledger.sign(from, Goods.offer(to, goods));
    long index = ledger.submit(offer).index();
    return ledger.submit(to, Goods.acceptance(offer, index, goods));
  }
}
