// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;
import static org.pinlian.node.TestLedger.SECOND_AUTHORITY;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.node.findings.Found;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.provenance.FeedPace;
import org.pinlian.node.provenance.LookUps;
import org.pinlian.node.provenance.Reader;
import org.pinlian.node.rpc.FindingsService;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingCode;
import org.pinlian.v1.FindingSeverity;
import org.pinlian.v1.FindingsGrpc;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Voiding;
import org.pinlian.v1.WatchFindingsReply;
import org.pinlian.v1.WatchFindingsRequest;

/** Findings come and go, and whoever watches is told: through a real node, all the way. */
class FindingsFeedTest {
  private static final FeedPace FAST = new FeedPace(0.5, 100_000, Duration.ofMillis(100));
  private static final FeedPace NO_SWEEP = new FeedPace(0.5, 0, Duration.ofDays(1));
  private static final ParticipantId NEXT_DISTRICT =
      TestLedger.participant("uscc:93000000MA00000669");
  private static final ParticipantId NEXT_AUTHORITY = TestLedger.participant("gln:9520000000011");

  @TempDir Path temp;

  private TestLedger ledger;

  @SuppressWarnings("NullAway.Init")
  FindingsFeedTest() {}

  @BeforeEach
  void start() {
    ledger = TestLedger.create(temp.resolve("data"));
    ledger.stop();
    ledger.useFeed(NO_SWEEP);
    ledger.start();
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR, Role.ROLE_CARRIER);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  // ---- what is stated --------------------------------------------------------------------------

  private static Draft made(Subject goods, long at) {
    return event(EventAction.EVENT_ACTION_ADD, "commissioning", goods, at);
  }

  private static Draft sold(Subject goods, long at) {
    return event(EventAction.EVENT_ACTION_OBSERVE, "retail_selling", goods, at);
  }

  private static Draft event(EventAction action, String step, Subject goods, long at) {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(action)
                        .setBusinessStep(step)
                        .setEventTime(at)
                        .setZoneOffset("+08:00")))
        .line(LineRole.LINE_ROLE_OBJECT, goods);
  }

  private static Subject unit(int number) {
    return TestLedger.subject("https://id.gs1.org/01/09520000000011/21/U" + number);
  }

  private static Draft offer(Subject goods, long at, long answerBy) {
    return Draft.of(
            PublicPart.newBuilder()
                .setCustodyOffer(CustodyOffer.newBuilder().setOfferedAt(at).setAnswerBy(answerBy)))
        .line(LineRole.LINE_ROLE_OBJECT, goods)
        .trade(Trade.newBuilder().setReceiver(RECEIVER.toString()).build());
  }

  private static Draft voiding(SignedSubmission of, long index) {
    return Draft.of(
            PublicPart.newBuilder()
                .setVoiding(
                    Voiding.newBuilder()
                        .setRecord(ByteString.copyFrom(of.digests().get(0).bytes()))
                        .setReason("误报")))
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(index, 0));
  }

  // ---- watching --------------------------------------------------------------------------------

  private WatchFindingsRequest.Builder request(TestLedger at, ParticipantId reader) {
    return WatchFindingsRequest.newBuilder()
        .setCurrent(true)
        .setLookUp(at.lookUp(reader, Subject.lookUps(reader).uri()));
  }

  private Watcher watch(ParticipantId reader) {
    return watch(ledger, reader);
  }

  private Watcher watch(TestLedger at, ParticipantId reader) {
    return new Watcher(at, reader, request(at, reader).build(), Integer.MAX_VALUE);
  }

  /** Applies what it is sent, strictly: nothing appears twice, nothing goes that was not there. */
  private static final class Watcher
      implements ClientResponseObserver<WatchFindingsRequest, WatchFindingsReply>, AutoCloseable {
    private final int most;
    final List<Finding> standing = new ArrayList<>();
    final List<String> faults = new ArrayList<>();
    int appeared;
    private long reached = -1;
    private long evaluatedAt;
    private int waiting;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<Throwable> error = new AtomicReference<>();
    private final AtomicReference<ClientCallStreamObserver<WatchFindingsRequest>> call =
        new AtomicReference<>();

    Watcher(TestLedger ledger, ParticipantId reader, WatchFindingsRequest request, int most) {
      this(ledger.as(reader), request, most);
    }

    Watcher(Channel channel, WatchFindingsRequest request, int most) {
      this.most = most;
      FindingsGrpc.newStub(channel).watch(request, this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchFindingsRequest> stream) {
      call.set(stream);
      if (most < Integer.MAX_VALUE) {
        stream.disableAutoRequestWithInitial(most);
      }
    }

    @Override
    public synchronized void onNext(WatchFindingsReply reply) {
      switch (reply.getPartCase()) {
        case APPEARED -> {
          appeared++;
          if (standing.contains(reply.getAppeared())) {
            faults.add("twice " + reply.getAppeared());
          }
          standing.add(reply.getAppeared());
        }
        case GONE -> {
          if (!standing.remove(reply.getGone())) {
            faults.add("was not there " + reply.getGone());
          }
        }
        case REACHED -> {
          if (reply.getReached().getSize() < reached) {
            faults.add("back from " + reached);
          }
          reached = reply.getReached().getSize();
          evaluatedAt = reply.getReached().getEvaluatedAt();
          waiting = reply.getReached().getWaiting();
        }
        case PART_NOT_SET -> faults.add("nothing");
      }
      notifyAll();
    }

    @Override
    public synchronized void onError(Throwable thrown) {
      error.set(thrown);
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }

    /** What stands once everything below that size was evaluated. */
    synchronized List<String> at(long size) throws InterruptedException {
      long until = System.nanoTime() + 15_000_000_000L;
      while ((reached < size || waiting > 0) && System.nanoTime() < until && error.get() == null) {
        wait(50);
      }
      assertTrue(reached >= size, reached + " of " + size + ", " + error.get());
      return now();
    }

    /** Waits until just these stand. */
    synchronized void await(String... expected) throws InterruptedException {
      long until = System.nanoTime() + 15_000_000_000L;
      List<String> wanted = List.of(expected).stream().sorted().toList();
      while (!now().equals(wanted) && System.nanoTime() < until) {
        wait(50);
      }
      assertEquals(wanted, now());
    }

    synchronized List<String> now() {
      assertEquals(List.of(), faults);
      return standing.stream()
          .map(finding -> finding.getCode() + " " + finding.getSubject())
          .sorted()
          .toList();
    }

    RefusalCode refused() throws Exception {
      assertTrue(ended.await(15, TimeUnit.SECONDS));
      return code(Objects.requireNonNull(error.get()));
    }

    @Override
    public void close() {
      Objects.requireNonNull(call.get()).cancel("enough", null);
    }
  }

  private static RefusalCode code(Throwable refused) throws Exception {
    return RefusalCode.valueOf(
        Objects.requireNonNull(StatusProto.fromThrowable(refused))
            .getDetails(0)
            .unpack(ErrorInfo.class)
            .getReason());
  }

  /** As {@code pinlian findings} has them; no node may be running. */
  private static List<Finding> surveyed(Path data, long asOf) {
    try (ReadOnlyNode node = ReadOnlyNode.open(data)) {
      return node.survey(OptionalLong.of(asOf), Severity.NOTE).all(_ -> {}).found().stream()
          .map(Found::message)
          .toList();
    }
  }

  private static List<Finding> sorted(List<Finding> findings) {
    return findings.stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList();
  }

  // ---- coming and going ------------------------------------------------------------------------

  @Test
  void aSecondSaleAppearsAndGoesWhenItIsVoided() throws Exception {
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      long now = Instant.now().toEpochMilli();
      ledger.submit(PRODUCER, made(unit(1), now - 5_000));
      ledger.submit(PRODUCER, sold(unit(1), now - 4_000));
      SignedSubmission again = ledger.sign(PRODUCER, sold(unit(1), now - 3_000));
      VerifiedReceipt receipt = ledger.submit(again);
      assertTrue(
          watcher.at(receipt.index() + 1).contains("SOLD_TWICE " + unit(1).uri()),
          watcher.now().toString());
      Finding finding =
          watcher.standing.stream()
              .filter(one -> one.getCode() == FindingCode.SOLD_TWICE)
              .findFirst()
              .orElseThrow();
      assertEquals(FindingSeverity.FINDING_SEVERITY_URGENT, finding.getSeverity());
      assertFalse(finding.getRuleZh().isEmpty());
      assertFalse(finding.getBasis().isEmpty());
      assertTrue(
          finding.getRecordsList().contains(ByteString.copyFrom(again.digests().get(0).bytes())));
      // The voiding names the record, not the goods.
      long size = ledger.submit(PRODUCER, voiding(again, receipt.index())).index() + 1;
      assertFalse(
          watcher.at(size).contains("SOLD_TWICE " + unit(1).uri()), watcher.now().toString());
    }
  }

  @Test
  void aLateRecordMakesAFindingGo() throws Exception {
    Subject lot = Goods.lot("LATE");
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      long now = Instant.now().toEpochMilli();
      ledger.submit(PRODUCER, made(lot, now - 50_000));
      SignedSubmission offer = ledger.sign(PRODUCER, offer(lot, now - 40_000, now - 20_000));
      long index = ledger.submit(offer).index();
      assertTrue(
          watcher.at(index + 1).contains("OFFER_UNANSWERED " + lot.uri()),
          watcher.now().toString());
      // Answered in time, and told late.
      Draft answer = Goods.acceptance(offer, index, lot);
      long size = ledger.submit(RECEIVER, answer).index() + 1;
      assertFalse(
          watcher.at(size).contains("OFFER_UNANSWERED " + lot.uri()), watcher.now().toString());
    }
  }

  @Test
  void whatTimeAloneBringsAppearsByTimeAlone() throws Exception {
    SetClock clock = new SetClock(Instant.now().plusSeconds(5));
    ledger.useClock(clock);
    ledger.restart();
    Subject lot = Goods.lot("SLOW");
    long now = clock.millis();
    ledger.submit(PRODUCER, made(lot, now - 1_000));
    long size = ledger.submit(PRODUCER, offer(lot, now, now + 60_000)).index() + 1;
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      List<String> before = watcher.at(size);
      assertFalse(before.contains("OFFER_UNANSWERED " + lot.uri()), before.toString());
      clock.move(Duration.ofSeconds(60));
      Thread.sleep(300);
      assertEquals(before, watcher.now());
      clock.move(Duration.ofMillis(1));
      List<String> after = new ArrayList<>(before);
      after.add("OFFER_UNANSWERED " + lot.uri());
      watcher.await(after.toArray(String[]::new));
    }
  }

  @Test
  void whatIsInAContainerIsEvaluatedAgainWhenTheContainerIsTouched() throws Exception {
    long now = Instant.now().toEpochMilli();
    Subject pallet = Goods.pallet(1);
    ledger.submit(PRODUCER, made(unit(1), now - 9_000));
    ledger.submit(PRODUCER, Goods.pack(pallet, unit(1)));
    SignedSubmission offer = ledger.sign(PRODUCER, offer(unit(1), now - 8_000, now - 7_000));
    long offered = ledger.submit(offer).index();
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      assertTrue(
          watcher.at(offered + 1).contains("OFFER_UNANSWERED " + unit(1).uri()),
          watcher.now().toString());
      // The answer names the pallet alone.
      Draft answer = Goods.acceptance(offer, offered, pallet);
      long size = ledger.submit(RECEIVER, answer).index() + 1;
      List<String> after = watcher.at(size);
      ledger.stop();
      assertEquals(
          sorted(surveyed(ledger.data(), watcher.evaluatedAt)),
          sorted(watcher.standing),
          after::toString);
    } finally {
      ledger.start();
    }
  }

  // ---- the same as the command -----------------------------------------------------------------

  @Test
  void afterASeededHistoryTheFeedIsWhatTheCommandFinds() throws Exception {
    SplittableRandom random = Seeds.random(FindingsFeedTest.class);
    ledger.stop();
    ledger.useFeed(FAST);
    ledger.start();
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      long size = play(random, 150);
      ledger.restart();
      try (Watcher later = watch(SECOND_AUTHORITY)) {
        size = Math.max(size, play(random, 50));
        later.at(size);
        awaitSweep();
        later.at(size);
        ledger.stop();
        assertEquals(sorted(surveyed(ledger.data(), later.evaluatedAt)), sorted(later.standing));
        assertFalse(later.standing.isEmpty());
        assertEquals(List.of(), watcher.faults);
      }
    } finally {
      ledger.start();
    }
  }

  private void awaitSweep() throws InterruptedException {
    double before = ledger.metrics().get("pinlian.findings.sweeps").counter().count();
    long until = System.nanoTime() + 15_000_000_000L;
    while (ledger.metrics().get("pinlian.findings.sweeps").counter().count() < before + 2
        && System.nanoTime() < until) {
      Thread.sleep(20);
    }
  }

  /** Trade at random, honest and not: the size of the log after it. */
  private long play(SplittableRandom random, int steps) {
    long now = Instant.now().toEpochMilli();
    List<SignedSubmission> offers = new ArrayList<>();
    List<Long> offered = new ArrayList<>();
    long size = 0;
    for (int i = 0; i < steps; i++) {
      Subject goods =
          random.nextInt(3) == 0 ? Goods.pallet(random.nextInt(3)) : unit(random.nextInt(8));
      long at = now - random.nextLong(40L * 24 * 3600 * 1000);
      ParticipantId who = random.nextBoolean() ? PRODUCER : RECEIVER;
      switch (random.nextInt(7)) {
        case 0 -> size = ledger.submit(PRODUCER, made(unit(random.nextInt(8)), at)).index() + 1;
        case 1 -> size = ledger.submit(who, sold(goods, at)).index() + 1;
        case 2 ->
            size =
                ledger
                        .submit(
                            who,
                            Goods.pack(Goods.pallet(random.nextInt(3)), unit(random.nextInt(8))))
                        .index()
                    + 1;
        case 3 ->
            size = ledger.submit(who, Goods.unpack(Goods.pallet(random.nextInt(3)))).index() + 1;
        case 4, 5 -> {
          SignedSubmission offer =
              ledger.sign(PRODUCER, offer(goods, at, random.nextBoolean() ? 0 : at + 3_600_000));
          offered.add(ledger.submit(offer).index());
          offers.add(offer);
          size = offered.getLast() + 1;
        }
        default -> {
          if (!offers.isEmpty()) {
            int n = random.nextInt(offers.size());
            Draft draft = random.nextInt(3) == 0 ? null : voiding(offers.get(n), offered.get(n));
            size = ledger.submit(PRODUCER, draft == null ? sold(goods, at) : draft).index() + 1;
          }
        }
      }
    }
    return size;
  }

  // ---- ends and begins -------------------------------------------------------------------------

  @Test
  void afterAKillItGoesOnWithoutLossAndTellsNothingTwice() throws Exception {
    SplittableRandom random = Seeds.random(FindingsFeedTest.class);
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      long size = play(random, 40);
      watcher.at(size);
      size = play(random, 40);
      // In the middle of whatever it does.
      try (TestLedger copy = ledger.copiedTo(temp.resolve("killed"))) {
        copy.useFeed(NO_SWEEP);
        copy.start();
        try (Watcher later = watch(copy, SECOND_AUTHORITY)) {
          later.at(size);
          watcher.at(size);
          assertEquals(watcher.now(), later.now());
        }
      }
    }
  }

  @Test
  void whoeverDropsWhatIsDerivedHasItMadeAgain() throws Exception {
    long size = play(Seeds.random(FindingsFeedTest.class), 60);
    List<String> before;
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      before = watcher.at(size);
    }
    ledger.stop();
    var _ = Rebuild.run(ledger.data(), (_, _) -> {});
    ledger.start();
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      assertEquals(before, watcher.at(size));
    }
  }

  @Test
  void aNodeThatStopsEndsItsWatches() throws Exception {
    Watcher watcher = watch(SECOND_AUTHORITY);
    watcher.at(1);
    ledger.stop();
    assertTrue(watcher.ended.await(15, TimeUnit.SECONDS));
    ledger.start();
  }

  // ---- who may watch ---------------------------------------------------------------------------

  @Test
  void eachDistrictSeesOnlyWhatRestsOnItsOwnRecordsAndTheCitySeesBoth() throws Exception {
    ledger.enrolIn("000001", NEXT_DISTRICT, Role.ROLE_PRODUCER);
    ledger.enrolAuthority("000001", AuthorityLevel.AUTHORITY_LEVEL_DISTRICT, NEXT_AUTHORITY);
    try (Watcher here = watch(AUTHORITY);
        Watcher there = watch(NEXT_AUTHORITY);
        Watcher city = watch(SECOND_AUTHORITY)) {
      long now = Instant.now().toEpochMilli();
      twice(PRODUCER, unit(1), now);
      twice(NEXT_DISTRICT, unit(2), now);
      ledger.submit(PRODUCER, made(unit(3), now - 9_000));
      ledger.submit(PRODUCER, sold(unit(3), now - 8_000));
      long size = ledger.submit(NEXT_DISTRICT, sold(unit(3), now - 7_000)).index() + 1;
      assertEquals(List.of("SOLD_TWICE " + unit(1).uri()), soldTwice(here.at(size)));
      assertEquals(List.of("SOLD_TWICE " + unit(2).uri()), soldTwice(there.at(size)));
      assertEquals(3, soldTwice(city.at(size)).size(), city.now().toString());
      // What one of them saw goes when another's record comes into it.
      size = ledger.submit(NEXT_DISTRICT, sold(unit(1), now - 1_000)).index() + 1;
      assertEquals(List.of(), soldTwice(here.at(size)));
      assertEquals(3, soldTwice(city.at(size)).size(), city.now().toString());
    }
  }

  private void twice(ParticipantId who, Subject goods, long now) {
    ledger.submit(who, made(goods, now - 5_000));
    ledger.submit(who, sold(goods, now - 4_000));
    ledger.submit(who, sold(goods, now - 3_000));
  }

  private static List<String> soldTwice(List<String> all) {
    return all.stream().filter(one -> one.startsWith("SOLD_TWICE")).toList();
  }

  @Test
  void nobodyWatchesWithoutBeingAnAuthorityWithALookUpOfItsOwn() throws Exception {
    RecordAt own = ledger.lookUp(AUTHORITY, Subject.lookUps(AUTHORITY).uri());
    RecordAt ofGoods = ledger.lookUp(AUTHORITY, unit(1).uri());
    assertEquals(RefusalCode.NOT_A_READER, refused(PRODUCER, own));
    assertEquals(RefusalCode.LOOK_UP_NOT_GOOD, refused(SECOND_AUTHORITY, own));
    assertEquals(RefusalCode.LOOK_UP_NOT_GOOD, refused(AUTHORITY, ofGoods));
    assertEquals(
        RefusalCode.LOOK_UP_NOT_GOOD,
        refused(AUTHORITY, RecordAt.newBuilder().setIndex(9_999).build()));
    try (Watcher none =
        new Watcher(ledger, AUTHORITY, WatchFindingsRequest.getDefaultInstance(), 10)) {
      assertEquals(RefusalCode.LOOK_UP_NOT_GOOD, none.refused());
    }
    StatusRuntimeException anonymous =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                FindingsGrpc.newBlockingStub(ledger.node().channel())
                    .watch(WatchFindingsRequest.newBuilder().setLookUp(own).build())
                    .next());
    assertEquals(RefusalCode.NOT_LOGGED_IN, code(anonymous));
    try (Watcher unheardOf =
        new Watcher(
            ledger,
            AUTHORITY,
            WatchFindingsRequest.newBuilder().setLookUp(own).setLeastValue(77).build(),
            10)) {
      assertEquals(RefusalCode.BAD_REQUEST, unheardOf.refused());
    }
  }

  private RefusalCode refused(ParticipantId reader, RecordAt lookUp) throws Exception {
    try (Watcher watcher =
        new Watcher(
            ledger, reader, WatchFindingsRequest.newBuilder().setLookUp(lookUp).build(), 10)) {
      return watcher.refused();
    }
  }

  @Test
  void whoAsksForTheUrgentIsNotToldOfTheRest() throws Exception {
    long now = Instant.now().toEpochMilli();
    try (Watcher urgent =
            new Watcher(
                ledger,
                SECOND_AUTHORITY,
                request(ledger, SECOND_AUTHORITY)
                    .setLeast(FindingSeverity.FINDING_SEVERITY_URGENT)
                    .build(),
                Integer.MAX_VALUE);
        Watcher all = watch(SECOND_AUTHORITY)) {
      twice(PRODUCER, unit(1), now);
      long size =
          ledger.submit(PRODUCER, offer(Goods.lot("X"), now - 9_000, now - 8_000)).index() + 1;
      assertTrue(all.at(size).size() > urgent.at(size).size(), all.now().toString());
      assertTrue(
          urgent.standing.stream()
              .allMatch(one -> one.getSeverity() == FindingSeverity.FINDING_SEVERITY_URGENT));
    }
  }

  // ---- nobody waits ----------------------------------------------------------------------------

  @Test
  void whoDoesNotReadIsLetGoAndOthersGoOn() throws Exception {
    long now = Instant.now().toEpochMilli();
    for (int i = 0; i < 30; i++) {
      twice(PRODUCER, unit(i), now);
    }
    String name = "slow-" + UUID.randomUUID();
    try (Watcher all = watch(SECOND_AUTHORITY);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        DataFolder elsewhere = DataFolder.open(temp.resolve("empty"), StorageConfig.defaults());
        Stores empty = new Stores(elsewhere, Access.READ_WRITE)) {
      all.at(91);
      // An operator cites no look-up, so none is looked for.
      LookUps none =
          new LookUps(
              new LoggedRecords(ledger.node().hash(), empty.truth, empty.keys, empty.cipher),
              Clock.systemUTC());
      Server server =
          InProcessServerBuilder.forName(name)
              .executor(threads)
              .addService(
                  new FindingsService(
                      _ -> Reader.OPERATOR,
                      none,
                      ledger.node().feed(),
                      threads,
                      Duration.ofMillis(300)))
              .build()
              .start();
      ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
      try (Watcher slow =
          new Watcher(channel, WatchFindingsRequest.newBuilder().setCurrent(true).build(), 1)) {
        twice(PRODUCER, unit(50), now);
        long size = ledger.submit(PRODUCER, sold(unit(50), now)).index() + 1;
        assertTrue(all.at(size).contains("SOLD_TWICE " + unit(50).uri()));
        Thread.sleep(600);
        // So that it is told why.
        Objects.requireNonNull(slow.call.get()).request(100);
        assertEquals(RefusalCode.RATE_LIMITED, slow.refused());
        assertTrue(slow.appeared < 30, () -> "sent " + slow.appeared);
      } finally {
        channel.shutdownNow();
        server.shutdownNow();
      }
    }
  }

  @Test
  void nothingWaitsForAFeedWhoseWritesHang() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    ledger.stop();
    ledger.start(
        new Writes(
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            down ->
                batch -> {
                  try {
                    go.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  down.accept(batch);
                },
            () -> {}));
    long now = Instant.now().toEpochMilli();
    for (int i = 0; i < 100; i++) {
      ledger.submit(PRODUCER, made(unit(i), now - 5_000));
    }
    assertTrue(ledger.gauge("pinlian.findings.behind") >= 100);
    go.countDown();
    try (Watcher watcher = watch(SECOND_AUTHORITY)) {
      watcher.at(100);
      assertEquals(0, ledger.gauge("pinlian.findings.behind"), 20);
    }
  }

  @Test
  void aNodeOfWhichNoFeedIsAskedKeepsNone() throws Exception {
    ledger.stop();
    ledger.useFeed(new FeedPace(0, 0, Duration.ZERO));
    ledger.start();
    assertEquals(
        RefusalCode.NOT_FOUND,
        refused(AUTHORITY, ledger.lookUp(AUTHORITY, Subject.lookUps(AUTHORITY).uri())));
  }
}
