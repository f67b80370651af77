// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.BareWriter.await;
import static org.pinlian.node.BareWriter.get;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.Faults.Step;
import org.pinlian.node.admission.Admitted;
import org.pinlian.node.sequencing.Outcome;
import org.pinlian.node.sequencing.RecoveryException;
import org.pinlian.node.sequencing.Sequencer;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Entry;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.TemperatureClass;
import org.slf4j.LoggerFactory;

/** The single writer, batch by batch. */
class SequencerTest {
  private static final long NEVER = Duration.ofHours(1).toMillis();

  @TempDir static Path sharedTemp;
  private static TestLedger shared;
  private static int sharedSize;

  @TempDir Path temp;
  private TestLedger ledger;

  @BeforeAll
  static void make() {
    TestLedger made = TestLedger.create(sharedTemp.resolve("data"));
    made.enrol(PRODUCER, Role.ROLE_PRODUCER);
    made.enrol(RECEIVER, Role.ROLE_CARRIER);
    made.stop();
    shared = made;
    sharedSize = FolderImage.entries(made.data()).size();
  }

  @BeforeEach
  void copy() {
    ledger = shared.copiedTo(temp.resolve("data"));
  }

  // ---- repetitions -----------------------------------------------------------------------------

  @Test
  void theSameBytesWithinOneBatchAreOneEntry() {
    SignedSubmission submission = ledger.sign(PRODUCER, Goods.event("A"));
    List<Outcome> outcomes = inOneBatch(submission, submission, submission);
    long index = sequenced(outcomes.get(0));
    assertEquals(new Outcome.Duplicate(index), outcomes.get(1));
    assertEquals(new Outcome.Duplicate(index), outcomes.get(2));
    assertRestarts(1 + 1);
  }

  @Test
  void theSameBytesInALaterBatchAndAfterARestartAreTheFirstEntry() {
    SignedSubmission submission = ledger.sign(PRODUCER, Goods.event("A"));
    long index;
    try (BareWriter writer = writer(Writes.DIRECT, NEVER)) {
      index = sequenced(get(writer.offer(submission)));
      sequenced(get(writer.offer(ledger.sign(PRODUCER, Goods.event("A")))));
      assertEquals(new Outcome.Duplicate(index), get(writer.offer(submission)));
    }
    try (BareWriter writer = writer(Writes.DIRECT, NEVER)) {
      assertEquals(new Outcome.Duplicate(index), get(writer.offer(submission)));
    }
    assertRestarts(2);
  }

  @Test
  void anIdWithOtherBytesWithinOneBatchIsRefusedAndTheFirstStands() {
    SignedSubmission first = ledger.sign(PRODUCER, Goods.event("A"));
    List<Outcome> outcomes =
        inOneBatch(
            first,
            withIdOf(first, ledger.sign(PRODUCER, Goods.event("B")), PRODUCER),
            first,
            withIdOf(first, ledger.sign(PRODUCER, Goods.event("C")), PRODUCER));
    long index = sequenced(outcomes.get(0));
    assertRefused(RefusalCode.SUBMISSION_ID_REUSED, outcomes.get(1));
    assertEquals(new Outcome.Duplicate(index), outcomes.get(2));
    assertRefused(RefusalCode.SUBMISSION_ID_REUSED, outcomes.get(3));
    assertRestarts(1 + 1);
  }

  @Test
  void whatWasRefusedTakesNoIdAndNoIndex() {
    SignedSubmission refused = ledger.sign(RECEIVER, product());
    SignedSubmission good = withIdOf(refused, ledger.sign(RECEIVER, Goods.event("A")), RECEIVER);
    List<Outcome> outcomes =
        inOneBatch(refused, good, refused, ledger.sign(PRODUCER, Goods.event("B")));
    assertRefused(RefusalCode.ROLE_NOT_ALLOWED, outcomes.get(0));
    long index = sequenced(outcomes.get(1));
    assertRefused(RefusalCode.SUBMISSION_ID_REUSED, outcomes.get(2));
    assertEquals(index + 1, sequenced(outcomes.get(3)));
    assertRestarts(1 + 2);
  }

  @Test
  void twoSubmittersMayChooseTheSameId() {
    SignedSubmission one = ledger.sign(PRODUCER, Goods.event("A"));
    SignedSubmission other = withIdOf(one, ledger.sign(RECEIVER, Goods.event("A")), RECEIVER);
    List<Outcome> outcomes = inOneBatch(one, other);
    assertEquals(sequenced(outcomes.get(0)) + 1, sequenced(outcomes.get(1)));
    assertRestarts(1 + 2);
  }

  // ---- judging within a batch ------------------------------------------------------------------

  @Test
  void aKeyRevokedEarlierInTheBatchSignsNothingAfterIt() {
    SignedSubmission before = ledger.sign(PRODUCER, Goods.event("A"));
    SignedSubmission after = ledger.sign(PRODUCER, Goods.event("B"));
    SignedSubmission revocation =
        ledger.sign(
            AUTHORITY,
            Draft.of(
                    PublicPart.newBuilder()
                        .setKeyRevocation(
                            KeyRevocation.newBuilder()
                                .setParticipant(PRODUCER.toString())
                                .setKeyId(
                                    ByteString.copyFrom(
                                        ledger.key(PRODUCER).verifyingKey().keyId().bytes()))
                                .setReason("lost")))
                .line(LineRole.LINE_ROLE_KEYS, Subject.keys(PRODUCER)));
    List<Outcome> outcomes = inOneBatch(before, revocation, after, before);
    long index = sequenced(outcomes.get(0));
    assertEquals(index + 1, sequenced(outcomes.get(1)));
    assertRefused(RefusalCode.KEY_NOT_VALID, outcomes.get(2));
    // A repetition is answered before anybody asks for the key.
    assertEquals(new Outcome.Duplicate(index), outcomes.get(3));
    assertRestarts(1 + 2);
  }

  @Test
  void anAnswerFindsTheOfferThatStandsBeforeItInTheSameBatch() {
    SignedSubmission offer = ledger.sign(PRODUCER, Goods.offer(RECEIVER, Goods.lot("A")));
    // After the one that keeps the writer busy.
    long index = sharedSize + 1L;
    SignedSubmission answer = ledger.sign(RECEIVER, Goods.acceptance(offer, index, Goods.lot("A")));
    SignedSubmission stranger =
        ledger.sign(PRODUCER, Goods.acceptance(offer, index, Goods.lot("A")));
    List<Outcome> outcomes = inOneBatch(offer, answer, stranger);
    assertEquals(index, sequenced(outcomes.get(0)));
    sequenced(outcomes.get(1));
    // Without the offer nobody could know that it names another.
    assertRefused(RefusalCode.NOT_THE_RECEIVER, outcomes.get(2));
    assertRestarts(1 + 2);
  }

  // ---- blocks and time -------------------------------------------------------------------------

  @Test
  void everyBatchClosesABlockWhenTheIntervalIsNothing() {
    try (BareWriter writer = writer(Writes.DIRECT, 0)) {
      for (int i = 0; i < 5; i++) {
        sequenced(get(writer.offer(ledger.sign(PRODUCER, Goods.event("A")))));
      }
    }
    assertEquals(
        List.of(
            "submission",
            "block",
            "submission",
            "block",
            "submission",
            "block",
            "submission",
            "block",
            "submission",
            "block"),
        blocksInARowAsOne(kinds()));
    assertRestarts(5);
  }

  @Test
  void aBlockWaitsForTheIntervalAndTheLastOneForTheEnd() {
    try (BareWriter writer = writer(Writes.DIRECT, NEVER)) {
      for (int i = 0; i < 3; i++) {
        sequenced(get(writer.offer(ledger.sign(PRODUCER, Goods.event("A")))));
      }
      assertEquals(List.of("submission", "submission", "submission"), kinds(writer));
    }
    // The last one names the map of what the one before it covers.
    assertEquals(List.of("submission", "submission", "submission", "block", "block"), kinds());
    // An end without anything new closes none.
    writer(Writes.DIRECT, 0).close();
    assertEquals(5, kinds().size());
    assertRestarts(3);
  }

  @Test
  void aQuietLedgerClosesNoBlockAndABusyOneClosesThemAlsoWhenTheClockIsSetBack() {
    SetClock clock = new SetClock(Instant.now());
    try (BareWriter writer = writer(Writes.DIRECT, clock, 20)) {
      for (int round = 1; round <= 3; round++) {
        // One for the submission, one for the map that has it.
        int blocks = 2 * round;
        sequenced(get(writer.offer(ledger.sign(PRODUCER, Goods.event("A")))));
        // Nobody offers anything more: the writer has to wake up by itself.
        await(() -> blocks(writer) == blocks);
        clock.move(Duration.ofMinutes(-3));
      }
      int batches = writer.batches.size();
      pause(Duration.ofMillis(150));
      assertEquals(batches, writer.batches.size());
    }
    List<Long> times = times();
    for (int i = 1; i < times.size(); i++) {
      assertTrue(times.get(i) >= times.get(i - 1), "times go back: " + times);
    }
    assertRestarts(3);
  }

  /** Also over a restart: what the log says it is, it stays until the clock has caught up. */
  @Test
  void timesNeverGoBackOverARestart() {
    Instant now = Instant.now();
    SetClock clock = new SetClock(now.plus(Duration.ofMinutes(5)));
    try (BareWriter writer = writer(Writes.DIRECT, clock, NEVER)) {
      sequenced(get(writer.offer(ledger.sign(PRODUCER, Goods.event("A")))));
    }
    try (BareWriter writer = writer(Writes.DIRECT, new SetClock(now), NEVER)) {
      sequenced(get(writer.offer(ledger.sign(PRODUCER, Goods.event("A")))));
    }
    List<Long> times = times();
    long ahead = now.plus(Duration.ofMinutes(5)).toEpochMilli();
    // Twice a submission, its block and the block that names the map of both.
    assertEquals(Collections.nCopies(6, ahead), times);
  }

  /** A clock that was years ahead once dates the log ahead; whoever starts the node must learn. */
  @Test
  void aLogThatIsDatedFarAheadOfTheClockIsWarnedOfAtTheStart() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Instant ahead = now.plus(Limits.CLOCK_AHEAD_MILLIS_MAX + 1, ChronoUnit.MILLIS);
    try (BareWriter writer = writer(Writes.DIRECT, new SetClock(ahead), NEVER)) {
      sequenced(get(writer.offer(ledger.sign(PRODUCER, Goods.event("A")))));
    }
    assertEquals(List.of(), warnings(new SetClock(now.plusMillis(1)), SequencerTest::noSubmission));
    List<String> warnings =
        warnings(
            new SetClock(now),
            writer -> {
              // As the warning says.
              SignedSubmission late = expiringAt(ledger.sign(PRODUCER, Goods.event("A")), now);
              assertRefused(RefusalCode.EXPIRED, get(writer.offer(late)));
            });
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.getFirst().contains(ahead.toString()), warnings::toString);
    assertTrue(warnings.getFirst().contains(now.toString()), warnings::toString);
  }

  private static void noSubmission(BareWriter writer) {
    assertEquals(1, writer.batches.size());
  }

  /** Of one run of the writer. */
  private List<String> warnings(Clock clock, Consumer<BareWriter> run) {
    Logger logger = (Logger) LoggerFactory.getLogger(Sequencer.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try (BareWriter writer = writer(Writes.DIRECT, clock, NEVER)) {
      run.accept(writer);
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  // ---- ending and limits -----------------------------------------------------------------------

  @Test
  void whateverWasOfferedWhileItEndsIsAnsweredOnceAndTheAnswerHolds() throws Exception {
    List<Admitted> offered = new ArrayList<>();
    List<CompletableFuture<Outcome>> answers = new ArrayList<>();
    BareWriter writer = writer(Writes.DIRECT, 5);
    AtomicBoolean closed = new AtomicBoolean();
    CountDownLatch busy = new CountDownLatch(2);
    List<Thread> callers = new ArrayList<>();
    for (int caller = 0; caller < 2; caller++) {
      List<Admitted> mine = new ArrayList<>();
      for (int i = 0; i < 250; i++) {
        mine.add(writer.admit(ledger.sign(PRODUCER, Goods.event("L" + i % 7))));
      }
      callers.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < mine.size() && !(closed.get() && i % 50 == 49); i++) {
                  CompletableFuture<Outcome> answer = writer.offer(mine.get(i));
                  synchronized (answers) {
                    offered.add(mine.get(i));
                    answers.add(answer);
                  }
                  if (i == 100) {
                    busy.countDown();
                  }
                }
              }));
    }
    busy.await();
    writer.close();
    closed.set(true);
    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(List.of(), writer.fatal);
    Set<Long> indexes = new HashSet<>();
    Set<ByteString> durable = new HashSet<>();
    for (int i = 0; i < answers.size(); i++) {
      switch (get(answers.get(i))) {
        case Outcome.Sequenced sequenced -> {
          assertTrue(indexes.add(sequenced.receipt().index()));
          durable.add(offered.get(i).header().getSubmissionId());
        }
        case Outcome.Stopped() -> {}
        case Outcome.Duplicate _, Outcome.NotAccepted _, Outcome.Overloaded _ ->
            throw new AssertionError(get(answers.get(i)).toString());
      }
    }
    assertTrue(indexes.size() >= 100, "answered in time: " + indexes.size());
    // An orderly end leaves nothing behind that was not answered.
    assertTrue(durable.equals(submissionIds()));
    assertRestarts(indexes.size());
  }

  @Test
  void aFullPoolTellsWhenToComeBackAndTakesNothing() {
    Faults faults = new Faults();
    try (BareWriter writer = writer(faults.writes(), NEVER)) {
      faults.hold(Step.TRUTH);
      CompletableFuture<Outcome> first = writer.offer(ledger.sign(PRODUCER, Goods.event("A")));
      faults.awaitHeld();
      Admitted waiting = writer.admit(ledger.sign(PRODUCER, Goods.event("B")));
      List<CompletableFuture<Outcome>> inPool = new ArrayList<>();
      CompletableFuture<Outcome> next = writer.offer(waiting);
      while (!next.isDone()) {
        inPool.add(next);
        next = writer.offer(waiting);
      }
      assertEquals(8_192, inPool.size());
      Outcome.Overloaded overloaded = assertInstanceOf(Outcome.Overloaded.class, get(next));
      assertTrue(overloaded.retryAfterMillis() > 0);
      Admitted turnedAway = writer.admit(ledger.sign(PRODUCER, Goods.event("C")));
      assertInstanceOf(Outcome.Overloaded.class, get(writer.offer(turnedAway)));
      faults.letGo();

      long index = sequenced(get(first));
      assertEquals(index + 1, sequenced(get(inPool.get(0))));
      for (CompletableFuture<Outcome> repetition : inPool.subList(1, inPool.size())) {
        assertEquals(new Outcome.Duplicate(index + 1), get(repetition));
      }
      // Whoever was turned away comes back, and is nobody's duplicate.
      assertEquals(index + 2, sequenced(get(writer.offer(turnedAway))));
    }
    assertRestarts(3);
  }

  /** It would go on with a chain of blocks that it knows nothing of. */
  @Test
  void aDerivedStateThatEndsAtNoBlockIsRefused() {
    try (BareWriter writer = writer(Writes.DIRECT, NEVER)) {
      sequenced(get(writer.offer(ledger.sign(PRODUCER, Goods.event("A")))));
    }
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults());
        DerivedStore derived = DerivedStore.open(folder, Access.READ_WRITE)) {
      // The submission, its block, and the block that names the map of both.
      assertEquals(sharedSize + 2, derived.derivedUpTo());
      DerivedBatch batch = derived.newBatch();
      batch.putDerivedUpTo(sharedSize);
      derived.writeUnsynced(batch);
    }
    RecoveryException refused = assertThrows(RecoveryException.class, ledger::start);
    assertTrue(String.valueOf(refused.getMessage()).contains("is no block"), refused::getMessage);
  }

  // ---- writers ---------------------------------------------------------------------------------

  private BareWriter writer(Writes writes, long blockIntervalMillis) {
    return writer(writes, Clock.systemUTC(), blockIntervalMillis);
  }

  private BareWriter writer(Writes writes, Clock clock, long blockIntervalMillis) {
    return new BareWriter(ledger.data(), writes, clock, blockIntervalMillis);
  }

  /** Offered while the writer is busy with another, so that one batch takes all of them. */
  private List<Outcome> inOneBatch(SignedSubmission... submissions) {
    Faults faults = new Faults();
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    try (BareWriter writer = writer(faults.writes(), NEVER)) {
      List<Admitted> admitted = new ArrayList<>();
      for (SignedSubmission submission : submissions) {
        admitted.add(writer.admit(submission));
      }
      // One more entry than those of the batch.
      SignedSubmission busy = ledger.sign(PRODUCER, Goods.event("BUSY"));
      faults.hold(Step.TRUTH);
      CompletableFuture<Outcome> held = writer.offer(busy);
      faults.awaitHeld();
      for (Admitted each : admitted) {
        outcomes.add(writer.offer(each));
      }
      await(() -> writer.waiting() == submissions.length);
      faults.letGo();
      sequenced(get(held));
      List<Outcome> got = outcomes.stream().map(BareWriter::get).toList();
      assertEquals(2, writer.batches.size() - 1, "one batch");
      return got;
    }
  }

  /** A node that replays all of it finds the same entries and makes the same state. */
  private void assertRestarts(int submissions) {
    FolderImage.assertDerivesAgain(ledger.data(), temp.resolve("again"), HashAlgorithm.SHA_256);
    long found = kinds().stream().filter("submission"::equals).count();
    assertEquals(submissions, found);
  }

  // ---- what is in the log ----------------------------------------------------------------------

  /** Of the entries since the shared ledger's end. */
  private List<String> kinds() {
    return entries().stream().map(SequencerTest::kind).toList();
  }

  /** Between two submissions a second block comes when the map of the first is done in time. */
  private static List<String> blocksInARowAsOne(List<String> kinds) {
    List<String> fewer = new ArrayList<>();
    for (String kind : kinds) {
      if (!kind.equals("block") || fewer.isEmpty() || !fewer.getLast().equals("block")) {
        fewer.add(kind);
      }
    }
    return fewer;
  }

  private static List<String> kinds(BareWriter writer) {
    return writer.batches.stream()
        .skip(1) // replayed
        .flatMap(batch -> batch.entries().stream())
        .map(entry -> entry.block() == null ? "submission" : "block")
        .toList();
  }

  private static long blocks(BareWriter writer) {
    return kinds(writer).stream().filter("block"::equals).count();
  }

  private static String kind(Entry entry) {
    return switch (entry.getBodyCase()) {
      case GENESIS -> "genesis";
      case SUBMISSION -> "submission";
      case BLOCK -> "block";
      case BODY_NOT_SET -> "nothing";
    };
  }

  private List<Long> times() {
    return entries().stream().map(Entry::getSequencedAt).toList();
  }

  private Set<ByteString> submissionIds() {
    Set<ByteString> ids = new HashSet<>();
    for (Entry entry : entries()) {
      if (entry.hasSubmission()) {
        try {
          ids.add(Submissions.readHeader(entry.getSubmission().getHeader()).getSubmissionId());
        } catch (org.pinlian.record.RecordException e) {
          throw new AssertionError(e);
        }
      }
    }
    return ids;
  }

  private List<Entry> entries() {
    return FolderImage.entries(ledger.data()).stream().skip(sharedSize).toList();
  }

  // ---- outcomes --------------------------------------------------------------------------------

  private static long sequenced(Outcome outcome) {
    return assertInstanceOf(Outcome.Sequenced.class, outcome, outcome::toString).receipt().index();
  }

  private static void assertRefused(RefusalCode code, Outcome outcome) {
    Outcome.NotAccepted refused =
        assertInstanceOf(Outcome.NotAccepted.class, outcome, outcome::toString);
    assertEquals(code, refused.refused().code());
  }

  // ---- submissions -----------------------------------------------------------------------------

  private SignedSubmission withIdOf(
      SignedSubmission other, SignedSubmission submission, ParticipantId signer) {
    SubmissionHeader header =
        submission.header().toBuilder().setSubmissionId(other.header().getSubmissionId()).build();
    assertFalse(header.equals(other.header()));
    return SignedSubmission.of(
        header, submission.request().getRecordsList(), submission.digests(), ledger.key(signer));
  }

  private SignedSubmission expiringAt(SignedSubmission submission, Instant notAfter) {
    return SignedSubmission.of(
        submission.header().toBuilder()
            .setCreatedAt(notAfter.toEpochMilli())
            .setNotAfter(notAfter.toEpochMilli())
            .build(),
        submission.request().getRecordsList(),
        submission.digests(),
        ledger.key(PRODUCER));
  }

  /** Not a carrier's to make. */
  private static Draft product() {
    return Draft.of(
            PublicPart.newBuilder()
                .setProduct(
                    Product.newBuilder()
                        .setName("示例竹笋")
                        .setCategory("蔬菜")
                        .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_NONE)))
        .line(
            LineRole.LINE_ROLE_OBJECT, TestLedger.subject("https://id.gs1.org/01/09520000000011"));
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
