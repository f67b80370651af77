// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pinlian.client.FakeGateway.Fate;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.record.SignedSubmission;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.v1.Role;

@Timeout(60)
class SubmissionStreamTest {
  private final HonestLedger ledger = HonestLedger.create();
  private final Participant farm =
      ledger.enrol("uscc:91000000MA0000031W", "示例竹笋合作社", 11, Role.ROLE_PRODUCER);
  private final FakeGateway gateway;
  private final PinlianClient client;

  SubmissionStreamTest() throws IOException {
    gateway = new FakeGateway(ledger, farm);
    client = gateway.client();
  }

  @AfterEach
  void close() {
    client.close();
    gateway.close();
  }

  private SignedSubmission signed(int number) throws RefusedException {
    return client.sign(List.of(PinlianClientTest.product("竹笋 " + number)));
  }

  private List<VerifiedReceipt> submitAll(int count) throws Exception {
    List<CompletableFuture<VerifiedReceipt>> futures = new ArrayList<>();
    try (SubmissionStream stream = client.openStream(8)) {
      for (int i = 0; i < count; i++) {
        futures.add(stream.submit(signed(i)));
      }
    }
    List<VerifiedReceipt> receipts = new ArrayList<>();
    for (CompletableFuture<VerifiedReceipt> future : futures) {
      receipts.add(future.get(10, TimeUnit.SECONDS));
    }
    return receipts;
  }

  @Test
  void answersEachSubmissionWithItsOwnReceipt() throws Exception {
    List<VerifiedReceipt> receipts = submitAll(40);

    Set<Long> indexes = new HashSet<>();
    receipts.forEach(receipt -> indexes.add(receipt.index()));
    assertEquals(40, indexes.size());
    assertEquals(1, gateway.streams);
    assertEquals(1, gateway.logins);
  }

  @Test
  void sendsWhatIsUnansweredAgainAfterAReconnect() throws Exception {
    for (int i = 0; i < 40; i++) {
      gateway.fates.add(
          switch (i % 10) {
            case 3 -> Fate.LOST_BEFORE;
            case 6 -> Fate.LOST_AFTER;
            default -> Fate.TAKEN;
          });
    }
    long before = ledger.size();

    List<VerifiedReceipt> receipts = submitAll(30);

    assertEquals(30, receipts.size());
    assertEquals(before + 30, ledger.size());
    assertTrue(gateway.streams > 4, () -> gateway.streams + " streams");
  }

  @Test
  void sendsAgainWhatAConnectionThatWentDeadSwallowed() throws Exception {
    gateway.fates.add(Fate.SILENT);
    PinlianClient hasty = gateway.client(FakeGateway.options().withAttempt(Duration.ofMillis(200)));

    try (SubmissionStream stream = hasty.openStream(4)) {
      VerifiedReceipt receipt = stream.submit(signed(1)).get(10, TimeUnit.SECONDS);
      assertEquals(receipt.index() + 1, ledger.size());
    }
    assertEquals(2, gateway.streams);
  }

  @Test
  void holdsBackOnlyWhatTheServerIsTooBusyFor() throws Exception {
    gateway.fates.add(Fate.OVERLOADED);

    assertEquals(5, submitAll(5).size());

    assertEquals(1, gateway.streams);
    assertEquals(6, gateway.received.size());
    long waited = gateway.receivedAt.get(5) - gateway.receivedAt.get(0);
    assertTrue(waited >= Duration.ofMillis(gateway.retryMillis).toNanos(), () -> waited + " ns");
  }

  @Test
  void logsInAnewWhenTheTokenRanOut() throws Exception {
    gateway.fates.addAll(List.of(Fate.TAKEN, Fate.LOGGED_OUT));

    assertEquals(5, submitAll(5).size());

    assertEquals(2, gateway.logins);
  }

  @Test
  void goesOnAfterARefusal() throws Exception {
    gateway.fates.addAll(List.of(Fate.TAKEN, Fate.REFUSED));

    try (SubmissionStream stream = client.openStream(8)) {
      CompletableFuture<VerifiedReceipt> good = stream.submit(signed(1));
      CompletableFuture<VerifiedReceipt> bad = stream.submit(signed(2));
      CompletableFuture<VerifiedReceipt> after = stream.submit(signed(3));
      assertTrue(good.get(10, TimeUnit.SECONDS).index() > 0);
      assertInstanceOf(RefusedException.class, cause(bad));
      assertTrue(after.get(10, TimeUnit.SECONDS).index() > 0);
    }
    assertEquals(1, gateway.streams);
  }

  @Test
  void refusesALyingReceipt() throws Exception {
    gateway.receipt = receipt -> receipt.toBuilder().setProof(receipt.getProof() + "x").build();

    try (SubmissionStream stream = client.openStream(8)) {
      assertInstanceOf(VerificationException.class, cause(stream.submit(signed(1))));
    }
  }

  @Test
  void givesUpInTime() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      gateway.fates.add(Fate.LOST_BEFORE);
    }
    PinlianClient hasty =
        gateway.client(
            FakeGateway.options()
                .withAttempt(Duration.ofMillis(100))
                .withOverall(Duration.ofMillis(300)));

    SignedSubmission signed = signed(1);
    CompletableFuture<VerifiedReceipt> future;
    try (SubmissionStream stream = hasty.openStream(8)) {
      future = stream.submit(signed);
    }
    UnreachableException thrown = assertInstanceOf(UnreachableException.class, cause(future));
    assertEquals(signed, thrown.unanswered().orElseThrow());
  }

  @Test
  void answersTheSameSubmissionTwiceWithOneReceipt() throws Exception {
    SignedSubmission signed = signed(1);
    try (SubmissionStream stream = client.openStream(8)) {
      CompletableFuture<VerifiedReceipt> first = stream.submit(signed);
      CompletableFuture<VerifiedReceipt> second = stream.submit(signed);
      assertEquals(
          first.get(10, TimeUnit.SECONDS).index(), second.get(10, TimeUnit.SECONDS).index());
    }
  }

  @Test
  void waitsForRoomInTheWindow() throws Exception {
    gateway.fates.addAll(List.of(Fate.SILENT, Fate.SILENT));
    try (SubmissionStream stream =
        gateway.client(FakeGateway.options().withAttempt(Duration.ofMillis(400))).openStream(2)) {
      CompletableFuture<VerifiedReceipt> first = stream.submit(signed(1));
      CompletableFuture<VerifiedReceipt> unused = stream.submit(signed(2));
      assertFalse(first.isDone());
      // Returns only when the first two were sent again and answered.
      CompletableFuture<VerifiedReceipt> third = stream.submit(signed(3));
      assertTrue(gateway.streams >= 2);
      assertTrue(third.get(10, TimeUnit.SECONDS).index() > 0);
    }
  }

  @Test
  void takesNothingAfterItIsClosed() throws Exception {
    SubmissionStream stream = client.openStream(2);
    stream.close();

    SignedSubmission signed = signed(1);
    assertThrows(IllegalStateException.class, () -> stream.submit(signed));
    assertThrows(IllegalArgumentException.class, () -> client.openStream(257));
  }

  private static Throwable cause(CompletableFuture<?> future) {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    Throwable cause = failed.getCause();
    return cause == null ? failed : cause;
  }
}
