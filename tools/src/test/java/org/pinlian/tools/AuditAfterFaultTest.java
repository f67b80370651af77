// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.Writes;
import org.pinlian.node.sequencing.DurableSteps;
import org.pinlian.node.storage.TruthBatch;
import org.pinlian.record.SignedSubmission;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitReply;

/** A write fails; the audit finds nothing wrong, before the next start and after it. */
class AuditAfterFaultTest {
  private static final int SUBMISSIONS = 4;

  @TempDir static Path shared;
  private static final List<SignedSubmission> signed = new ArrayList<>();
  private static Path original = Path.of("");

  @TempDir Path scratch;

  @BeforeAll
  static void play() throws Exception {
    original = shared.resolve("ledger");
    try (TestLedger ledger = TestLedger.create(original, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      for (int i = 0; i < SUBMISSIONS; i++) {
        signed.add(ledger.signEvent("F" + i));
      }
    }
  }

  /** With every submission in a block of its own, the second write of the kind fails. */
  @ParameterizedTest
  @CsvSource({
    "SEEDS, false",
    "SEEDS, true",
    "TRUTH, false",
    "TRUTH, true",
    "SIGNED, false",
    "SIGNED, true",
    "DERIVED, false",
    "DERIVED, true"
  })
  void theLedgerIsClean(String step, boolean written) throws Exception {
    Path data = scratch.resolve("ledger");
    LedgerFolder.copy(original, data);
    AuditReport before = audit(data);

    Fault fault = new Fault(step, written);
    int answered = 0;
    try (Node node = start(data, fault.writes())) {
      for (SignedSubmission submission : signed) {
        try {
          assertTrue(submit(node, submission).hasReceipt());
          answered++;
        } catch (StatusRuntimeException unknown) {
          assertTrue(fault.happened, unknown::toString);
        }
      }
      fault.await();
    }
    AuditReport crashed = audit(data);
    long taken = crashed.submissions() - before.submissions();
    assertTrue(taken >= answered && taken <= answered + 1, answered + " answered, found " + taken);

    try (Node node = start(data, Writes.DIRECT)) {
      for (SignedSubmission submission : signed) {
        assertTrue(submit(node, submission).hasReceipt());
      }
    }
    AuditReport after = audit(data);
    assertEquals(SUBMISSIONS, after.submissions() - before.submissions());
    assertEquals(after.size(), after.signedSize());
  }

  private static SubmitReply submit(Node node, SignedSubmission submission) {
    return SubmissionGrpc.newBlockingStub(node.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .submit(submission.request());
  }

  private static Node start(Path data, Writes writes) {
    return Node.start(
        NodeConfig.defaults(data).withBlockInterval(Duration.ZERO),
        new SimpleMeterRegistry(),
        writes);
  }

  private static AuditReport audit(Path data) {
    AuditReport report = Audit.run(data, Progress.SILENT);
    assertTrue(report.isClean(), report::toString);
    return report;
  }

  /** Lets the second write of one kind fail. */
  private static final class Fault {
    private final String step;
    private final boolean written;
    private int writes;
    private volatile boolean happened;

    Fault(String step, boolean written) {
      this.step = step;
      this.written = written;
    }

    Writes writes() {
      return new Writes(Failing::new, down -> batch -> pass("DERIVED", () -> down.accept(batch)));
    }

    /** What is derived is written behind the answers. */
    void await() throws InterruptedException {
      for (int i = 0; i < 2_000 && !happened; i++) {
        Thread.sleep(10);
      }
      assertTrue(happened);
    }

    // Each kind of write has one thread.
    private void pass(String kind, Runnable write) {
      boolean fails = kind.equals(step) && ++writes == 2;
      if (!fails || written) {
        write.run();
      }
      if (fails) {
        happened = true;
        throw new IllegalStateException("the disk is gone");
      }
    }

    private final class Failing implements DurableSteps {
      private final DurableSteps steps;

      Failing(DurableSteps steps) {
        this.steps = steps;
      }

      @Override
      public void syncSeeds(SortedMap<Long, byte[]> seeds) {
        pass("SEEDS", () -> steps.syncSeeds(seeds));
      }

      @Override
      public void syncTruth(TruthBatch batch) {
        pass("TRUTH", () -> steps.syncTruth(batch));
      }

      @Override
      public void noteSigned(long size, Hash root) {
        pass("SIGNED", () -> steps.noteSigned(size, root));
      }
    }
  }
}
