// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.Faults.InjectedFault;
import org.pinlian.node.Faults.Step;
import org.pinlian.node.Faults.When;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Direction;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;

/**
 * Each write of the single writer fails, before the store has written and after. Whatever it is:
 * nobody is told what is not so, nothing more is written, and the next start finds a ledger that
 * takes the same bytes again and has signed for one history only.
 */
class SequencerFaultTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
  private static final Subject LOT = Goods.lot("IF2601");
  private static final int WAIT_SECONDS = 20;

  /** Index of the submission that the shared ledger begins with. */
  private static long first;

  @TempDir static Path sharedTemp;
  private static @Nullable TestLedger shared;

  @TempDir Path temp;

  private final List<Checkpoint> signed = new ArrayList<>();
  private final List<SignedSubmission> told = new ArrayList<>();
  private final List<Throwable> fatal = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void make() {
    TestLedger ledger = TestLedger.create(sharedTemp.resolve("data"));
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    first = ledger.submit(PRODUCER, Goods.event("IF2601")).index();
    ledger.stop();
    shared = ledger;
  }

  /**
   * @param entries how many more than before the fault are found after it
   * @param noted how many of them the last-signed file knows of
   */
  @ParameterizedTest
  @CsvSource({
    "SEEDS, BEFORE, 0, 0",
    "SEEDS, AFTER, 0, 0",
    "TRUTH, BEFORE, 0, 0",
    "TRUTH, AFTER, 1, 0",
    "SIGNED, BEFORE, 1, 0",
    "SIGNED, AFTER, 1, 1"
  })
  void aBatchThatFailsIsAnsweredAsUnknownAndEndsTheWriting(
      Step step, When when, int entries, int noted) throws Exception {
    try (TestLedger ledger = ledger(Duration.ofHours(1))) {
      Faults faults = new Faults();
      startOn(ledger, faults);
      VerifiedReceipt last = submit(ledger, ledger.sign(PRODUCER, Goods.event("IF2601")));

      InjectedFault fault = faults.fail(step, when);
      List<SignedSubmission> unknown = new ArrayList<>();
      List<Future<SubmitReply>> answers = new ArrayList<>();
      unknown.add(ledger.sign(PRODUCER, Goods.event("IF2601")));
      answers.add(send(ledger, unknown.get(0)));
      faults.awaitHeld();
      // These wait in the pool while the batch before them fails.
      for (int i = 0; i < 3; i++) {
        unknown.add(ledger.sign(PRODUCER, Goods.event("IF2601")));
        answers.add(send(ledger, unknown.get(unknown.size() - 1)));
      }
      await(() -> ledger.gauge("pinlian.sequencing.pool") == 3);
      faults.letGo();

      for (Future<SubmitReply> answer : answers) {
        assertUnknown(answer);
      }
      await(() -> !fatal.isEmpty());
      unknown.add(ledger.sign(PRODUCER, Goods.event("IF2601")));
      assertUnknown(send(ledger, unknown.get(unknown.size() - 1)));
      close(ledger);
      assertEquals(List.of(fault), fatal);
      for (Step any : List.of(Step.SEEDS, Step.TRUTH, Step.SIGNED)) {
        assertEquals(0, faults.callsSinceFault(any), any + " after the fault");
      }
      FolderImage image = FolderImage.read(ledger.data(), HASH);
      assertEquals(last.size() + entries, image.leaves().size());
      assertEquals(last.size() + noted, image.lastSigned().orElseThrow().size());
      image.assertHolds(HASH, signed);

      ledger.start();
      for (int i = 0; i < unknown.size(); i++) {
        boolean durable = i == 0 && entries == 1;
        assertEquals(durable, retry(ledger, unknown.get(i)), "submission " + i);
        assertTrue(retry(ledger, unknown.get(i)));
      }
      assertRecovered(ledger);
    }
  }

  /** What is derived can be lost: the truth is not affected, and what was answered stands. */
  @ParameterizedTest
  @EnumSource(When.class)
  void aDerivedWriteThatFailsStopsTheNodeAndLosesNothing(When when) throws Exception {
    try (TestLedger ledger = ledger(Duration.ZERO)) {
      Faults faults = new Faults();
      startOn(ledger, faults);
      submit(ledger, ledger.sign(PRODUCER, Goods.event("IF2601")));

      InjectedFault fault = faults.fail(Step.DERIVED, when);
      submit(ledger, ledger.sign(PRODUCER, Goods.event("IF2601")));
      faults.awaitHeld();
      // The writer does not wait for what is derived.
      submit(ledger, ledger.sign(PRODUCER, Goods.event("IF2601")));
      int batches = faults.calls(Step.TRUTH);
      faults.letGo();
      await(() -> !fatal.isEmpty());

      List<SignedSubmission> unknown = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        unknown.add(ledger.sign(PRODUCER, Goods.event("IF2601")));
        assertUnknown(send(ledger, unknown.get(i)));
      }
      close(ledger);
      assertEquals(List.of(fault), fatal);
      assertEquals(0, faults.callsSinceFault(Step.DERIVED));
      // The batch at hand is synced and signed before the writer learns of it; none after that.
      assertTrue(faults.calls(Step.TRUTH) <= batches + 1, () -> "batches before: " + batches);
      FolderImage.read(ledger.data(), HASH).assertHolds(HASH, signed);

      ledger.start();
      for (SignedSubmission submission : unknown) {
        retry(ledger, submission);
      }
      assertFalse(retry(ledger, ledger.sign(PRODUCER, Goods.event("IF2601"))));
      assertRecovered(ledger);
    }
  }

  // ---- the ledger ------------------------------------------------------------------------------

  private TestLedger ledger(Duration blockInterval) {
    if (shared == null) {
      throw new IllegalStateException("made before all tests");
    }
    TestLedger ledger = shared.copiedTo(temp.resolve("data"));
    ledger.useBlockInterval(blockInterval);
    return ledger;
  }

  private void startOn(TestLedger ledger, Faults faults) {
    ledger.start(faults.writes());
    ledger.node().onFatal(fatal::add);
  }

  private VerifiedReceipt submit(TestLedger ledger, SignedSubmission submission) {
    VerifiedReceipt receipt = ledger.submit(submission);
    signed.add(receipt.checkpoint());
    told.add(submission);
    return receipt;
  }

  private static Future<SubmitReply> send(TestLedger ledger, SignedSubmission submission) {
    return SubmissionGrpc.newFutureStub(ledger.node().channel()).submit(submission.request());
  }

  /** Sends the same bytes again, and tells whether they were in. */
  private boolean retry(TestLedger ledger, SignedSubmission submission) throws Exception {
    SubmitReply reply = send(ledger, submission).get(WAIT_SECONDS, SECONDS);
    VerifiedReceipt receipt = submit(ledger, submission);
    assertTrue(reply.hasReceipt());
    assertEquals(receipt.receipt().getEntry(), reply.getReceipt().getEntry());
    return reply.getDuplicate();
  }

  private static void close(TestLedger ledger) throws Exception {
    CompletableFuture.runAsync(ledger::stop).get(WAIT_SECONDS, SECONDS);
  }

  /** One entry for each submission, one history in all that was signed, and a story that holds. */
  private void assertRecovered(TestLedger ledger) {
    Set<Long> indexes = new HashSet<>();
    Set<SignedSubmission> submissions = new HashSet<>(told);
    for (SignedSubmission submission : submissions) {
      VerifiedReceipt receipt = ledger.submit(submission);
      signed.add(receipt.checkpoint());
      assertTrue(indexes.add(receipt.index()), "an index given twice");
    }
    Story story = ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_BACKWARD);
    Set<Long> inStory = new HashSet<>();
    for (RecordPlace place : story.chain(LOT.uri()).orElseThrow().records()) {
      assertTrue(inStory.add(place.index()));
    }
    // And the one that the shared ledger began with.
    assertTrue(inStory.remove(first));
    assertEquals(indexes, inStory);
    signed.add(story.checkpoint());
    ledger.stop();
    FolderImage image = FolderImage.assertDerivesAgain(ledger.data(), temp.resolve("again"), HASH);
    image.assertHolds(HASH, signed);
    LastSigned.Head head = image.lastSigned().orElseThrow();
    assertEquals(image.leaves().size(), head.size());
  }

  // ---- answers ---------------------------------------------------------------------------------

  /** Told to send the same bytes again, and nothing else. */
  private static void assertUnknown(Future<SubmitReply> answer) throws Exception {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> answer.get(WAIT_SECONDS, SECONDS));
    StatusRuntimeException status =
        assertInstanceOf(StatusRuntimeException.class, failed.getCause());
    assertEquals(Status.Code.UNAVAILABLE, status.getStatus().getCode(), status.toString());
    String message = String.valueOf(status.getMessage());
    assertTrue(message.contains("send the same bytes again"), message);
    assertEquals(RefusalCode.SHUTTING_DOWN.name(), reason(status));
  }

  private static String reason(StatusRuntimeException thrown)
      throws InvalidProtocolBufferException {
    for (Any detail : Objects.requireNonNull(StatusProto.fromThrowable(thrown)).getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        return detail.unpack(ErrorInfo.class).getReason();
      }
    }
    return "";
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited too long");
      Thread.sleep(2);
    }
  }
}
