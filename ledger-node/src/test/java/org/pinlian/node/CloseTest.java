// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.PRODUCER;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.node.Faults.Step;
import org.pinlian.node.storage.FolderInUseException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;

/** The end of a node whose disk does not come back: bounded, and nothing that was said is lost. */
class CloseTest {
  private static final int WAIT_SECONDS = 30;

  @TempDir Path data;

  @Test
  void aHangingDerivedStoreDoesNotHangTheEnd() throws Exception {
    try (TestLedger ledger = ledger()) {
      Faults faults = new Faults();
      ledger.start(faults.writes());
      faults.hold(Step.DERIVED);
      List<SignedSubmission> answered = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        answered.add(ledger.sign(PRODUCER, Goods.event("IF2601")));
        ledger.submit(answered.get(i));
      }
      faults.awaitHeld();

      assertEndsHeld(ledger, faults);

      ledger.start();
      for (SignedSubmission submission : answered) {
        assertTrue(send(ledger, submission).get(WAIT_SECONDS, SECONDS).getDuplicate());
        ledger.submit(submission);
      }
    }
  }

  /** When its queues are full the writer waits too, in the middle of a batch that is synced. */
  @Test
  void aWriterThatWaitsForAHangingDerivedStoreIsFreedAndItsCallersAreAnswered() throws Exception {
    try (TestLedger ledger = ledger()) {
      Faults faults = new Faults();
      ledger.start(faults.writes());
      faults.hold(Step.DERIVED);
      List<SignedSubmission> sent = new ArrayList<>();
      List<Future<SubmitReply>> answers = new ArrayList<>();
      int before = -1;
      // One by one, so that each is a batch with a block; until the writer moves no more.
      while (before != faults.calls(Step.TRUTH)) {
        before = faults.calls(Step.TRUTH);
        SignedSubmission submission = ledger.sign(PRODUCER, Goods.event("IF2601"));
        sent.add(submission);
        answers.add(send(ledger, submission));
        int waited = 0;
        while (before == faults.calls(Step.TRUTH) && waited++ < 500) {
          Thread.sleep(1);
        }
        assertTrue(sent.size() < 1_000, "the writer never waits");
      }

      assertEndsHeld(ledger, faults);

      int durable = 0;
      for (Future<SubmitReply> answer : answers) {
        try {
          assertTrue(answer.get(WAIT_SECONDS, SECONDS).hasReceipt());
          durable++;
        } catch (ExecutionException e) {
          assertInstanceOf(io.grpc.StatusRuntimeException.class, e.getCause());
        }
      }
      assertTrue(durable > 0 && durable < sent.size(), durable + " of " + sent.size());
      ledger.start();
      for (int i = 0; i < sent.size(); i++) {
        boolean duplicate = send(ledger, sent.get(i)).get(WAIT_SECONDS, SECONDS).getDuplicate();
        assertTrue(duplicate || i >= durable, "an answered submission is lost: " + i);
        ledger.submit(sent.get(i));
      }
    }
  }

  @Test
  void aHangingSyncDoesNotHangTheEnd() throws Exception {
    try (TestLedger ledger = ledger()) {
      Faults faults = new Faults();
      ledger.start(faults.writes());
      faults.hold(Step.TRUTH);
      SignedSubmission submission = ledger.sign(PRODUCER, Goods.event("IF2601"));
      Future<SubmitReply> answer = send(ledger, submission);
      faults.awaitHeld();

      assertEndsHeld(ledger, faults);

      assertThrows(ExecutionException.class, () -> answer.get(WAIT_SECONDS, SECONDS));
      ledger.start();
      ledger.submit(submission);
    }
  }

  private TestLedger ledger() {
    TestLedger ledger = TestLedger.create(data);
    ledger.useBlockInterval(Duration.ZERO);
    ledger.useShutdownGrace(Duration.ofMillis(300));
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    ledger.stop();
    return ledger;
  }

  /**
   * While a store hangs the folder stays closed to the next node; once it comes back the end can be
   * had.
   */
  private static void assertEndsHeld(TestLedger ledger, Faults faults) throws Exception {
    Node node = ledger.node();
    ExecutionException failed =
        assertThrows(
            ExecutionException.class,
            () -> CompletableFuture.runAsync(ledger::stop).get(WAIT_SECONDS, SECONDS));
    assertInstanceOf(IllegalStateException.class, failed.getCause());
    assertThrows(FolderInUseException.class, ledger::start);
    faults.letGo();
    node.close();
  }

  private static Future<SubmitReply> send(TestLedger ledger, SignedSubmission submission) {
    return SubmissionGrpc.newFutureStub(ledger.node().channel()).submit(submission.request());
  }
}
