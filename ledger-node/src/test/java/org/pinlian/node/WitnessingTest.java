// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.PolicyVerdict;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.Grade;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.merkle.Hash;
import org.pinlian.node.TestWitness.Lie;
import org.pinlian.node.publication.PublicationConfig;
import org.pinlian.node.publication.PublicationException;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.v1.Role;

/**
 * A node and those who cosign for it: honest, slow, dead and lying ones. Whatever they do, receipts
 * are given, and nothing is published that a stranger would not accept.
 */
class WitnessingTest {
  private static final Duration SOON = Duration.ofMillis(400);

  @TempDir Path temp;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }

  private TestWitness witness(String name) {
    TestWitness witness = new TestWitness(name);
    opened.add(witness);
    return witness;
  }

  private TestLedger ledger() {
    TestLedger ledger = TestLedger.create(temp.resolve("ledger"));
    opened.add(ledger);
    ledger.useBlockInterval(Duration.ofMillis(20));
    return ledger;
  }

  /** Starts anew with these witnesses. */
  private static TrustPolicy restart(TestLedger ledger, String rest, TestWitness... witnesses) {
    return restart(ledger, false, rest, witnesses);
  }

  private static TrustPolicy restart(
      TestLedger ledger, boolean failClosed, String rest, TestWitness... witnesses) {
    StringBuilder text = new StringBuilder(ledger.policy().text().replace("quorum none\n", ""));
    for (TestWitness witness : witnesses) {
      text.append(witness.policyLine());
    }
    TrustPolicy policy = parse(text.append(rest).toString());
    ledger.stop();
    ledger.usePublication(config(policy, failClosed));
    ledger.start();
    return policy;
  }

  private static PublicationConfig config(TrustPolicy policy, boolean failClosed) {
    return PublicationConfig.defaults()
        .withPolicy(policy, failClosed)
        .withInterval(Duration.ofMillis(1))
        .withTimeout(SOON);
  }

  private static TrustPolicy parse(String text) {
    try {
      return TrustPolicy.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new AssertionError(text, e);
    }
  }

  private static PolicyVerdict check(TrustPolicy policy, PublishedBlock block) {
    try {
      PolicyVerdict verdict = policy.check(block.checkpoint());
      assertEquals(block.size(), verdict.checkpoint().size());
      assertEquals(block.blockIndex(), block.block().getCovers());
      return verdict;
    } catch (NoteException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Waits for a block with the quorum. On a busy machine a good witness too may miss its time; then
   * it is asked again.
   */
  private static PublishedBlock awaitQuorum(TestLedger ledger, TrustPolicy policy, long size) {
    return ledger.awaitPublished(block -> block.size() >= size && check(policy, block).quorumMet());
  }

  private static VerifiedReceipt submit(TestLedger ledger) {
    return ledger.enrol(TestLedger.PRODUCER, Role.ROLE_PRODUCER);
  }

  private static double answers(TestLedger ledger, String witness, String outcome) {
    var counter =
        ledger
            .metrics()
            .find("pinlian.publication.witness.answers")
            .tags("witness", witness, "outcome", outcome)
            .counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void whatIsPublishedIsCosignedByWitnessesAndAuditors() throws Exception {
    TestWitness one = witness("one");
    TestWitness two = witness("two");
    TestWitness auditor = witness("auditor");
    TestLedger ledger = ledger();
    TrustPolicy policy =
        restart(
            ledger,
            "group witnesses 2 one two\ngroup auditors any auditor\nquorum witnesses\n",
            one,
            two,
            auditor);

    for (int i = 0; i < 3; i++) {
      VerifiedReceipt receipt = submit(ledger);
      assertEquals(Grade.PROMISED, receipt.grade());
      PublishedBlock block =
          ledger.awaitPublished(now ->
              now.size() >= receipt.index() + 2 && check(policy, now).cosigned().size() == 3);
      PolicyVerdict verdict = check(policy, block);
      assertTrue(verdict.quorumMet());
      assertTrue(verdict.audited());
      assertEquals(Set.of("one", "two"), verdict.witnesses());
    }

    assertEquals(
        Grade.WITNESSED,
        ledger.receipt(policy, TestLedger.AUTHORITY, 1).grade(),
        "a promised receipt is exchanged by asking again");
    assertEquals(1, ledger.gauge("pinlian.publication.quorum"));
    // A block that closed just now waits for its moment.
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (ledger.gauge("pinlian.publication.lag") > 0) {
      assertTrue(System.nanoTime() < until, "a block is never published");
      Thread.sleep(5);
    }
    assertTrue(ledger.gauge("pinlian.publication.size") >= 5);
    assertTrue(answers(ledger, "auditor", "cosigned") >= 3);
    one.requests.forEach(request -> assertEquals(1, request.note().signatures().size()));
  }

  @Test
  void receiptsDoNotWaitForAWitnessThatDoesNotAnswer() throws InterruptedException {
    TestWitness held = witness("held");
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    TestLedger ledger = ledger();
    restart(ledger, "quorum held\n", held);
    held.lie =
        (exchange, request) -> {
          asked.countDown();
          await(letGo);
          held.honest(exchange, request);
        };
    ledger.stop();
    ledger.usePublication(
        config(policyOf(ledger, held), false).withTimeout(Duration.ofSeconds(30)));
    Thread start = Thread.ofPlatform().start(ledger::start);
    // At the start the witnesses are asked before anything else; from then on nobody waits.
    assertTrue(asked.await(10, TimeUnit.SECONDS));
    letGo.countDown();
    start.join();
    CountDownLatch again = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    held.lie =
        (exchange, request) -> {
          again.countDown();
          await(release);
          held.honest(exchange, request);
        };

    VerifiedReceipt first = submit(ledger);
    assertTrue(again.await(10, TimeUnit.SECONDS));
    VerifiedReceipt last = first;
    for (int i = 0; i < 20; i++) {
      last = submit(ledger);
    }

    assertTrue(last.index() > first.index());
    assertTrue(ledger.gauge("pinlian.publication.size") <= first.index() + 1);
    release.countDown();
    long size = last.index() + 2;
    ledger.awaitPublished(block -> block.size() >= size && cosigners(block) == 1);
  }

  private static TrustPolicy policyOf(TestLedger ledger, TestWitness witness) {
    // The ledger is stopped: its key is in what the witness saw.
    String log = ledger.lastVkey();
    return parse("log " + log + "\n" + witness.policyLine() + "quorum " + witness.name + "\n");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static int cosigners(PublishedBlock block) {
    return block.checkpoint().signatures().size() - 1;
  }

  /**
   * A witness that lies.
   *
   * @param outcome what metrics call it
   */
  record Liar(String name, String outcome, Lie lie) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Liar> liars() {
    return Stream.of(
        new Liar(
            "answers more bytes than anybody reads",
            "failed",
            (x, _) -> {
              x.sendResponseHeaders(200, 0);
              try (OutputStream out = x.getResponseBody()) {
                byte[] line = "— a b\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i < 1_000; i++) {
                  out.write(line);
                }
              } catch (IOException hungUp) {
                return;
              }
            }),
        new Liar(
            "trickles for ever",
            "failed",
            (x, _) -> {
              x.sendResponseHeaders(200, 0);
              try (OutputStream out = x.getResponseBody()) {
                for (int i = 0; i < 100; i++) {
                  out.write('x');
                  out.flush();
                  Thread.sleep(100);
                }
              } catch (InterruptedException | IOException hungUp) {
                return;
              }
            }),
        new Liar("answers nothing", "failed", (x, _) -> x.close()),
        new Liar("answers with no body", "bad", (x, _) -> TestWitness.reply(x, 200, "")),
        new Liar("answers noise", "bad", (x, _) -> TestWitness.reply(x, 200, "\u0000\ufffd\n")),
        new Liar(
            "answers many lines",
            "bad",
            (x, _) -> TestWitness.reply(x, 200, "— a aaaaaaaaaaaaaaaa\n".repeat(500))),
        new Liar(
            "answers the log's own line",
            "bad",
            (x, q) -> TestWitness.reply(x, 200, q.note().signatures().get(0).line() + "\n")),
        new Liar("is not well", "busy", (x, _) -> TestWitness.reply(x, 503, "")),
        new Liar(
            "limits the rate",
            "busy",
            (x, _) -> {
              x.getResponseHeaders().set("Retry-After", "999999999999");
              TestWitness.reply(x, 429, "slow down");
            }),
        new Liar("does not know the log", "refused", (x, _) -> TestWitness.reply(x, 404, "")),
        new Liar("does not know the key", "refused", (x, _) -> TestWitness.reply(x, 403, "")),
        new Liar("cannot read", "refused", (x, _) -> TestWitness.reply(x, 400, "")),
        new Liar(
            "sends elsewhere",
            "refused",
            (x, _) -> {
              x.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
              TestWitness.reply(x, 307, "");
            }),
        new Liar("says 422", "conflict", (x, _) -> TestWitness.reply(x, 422, "")),
        new Liar("says 409 and no size", "conflict", (x, _) -> TestWitness.reply(x, 409, "")),
        new Liar(
            "says 409 and the size it was told",
            "bad",
            (x, q) -> size(x, Long.toString(q.oldSize()))),
        new Liar(
            "says 409 and another size each time",
            "bad",
            (x, q) -> size(x, Long.toString(q.oldSize() == 1 ? 2 : 1))),
        new Liar("claims a larger tree", "ahead", (x, _) -> size(x, Long.toString(1L << 58))),
        new Liar("says a size that is none", "conflict", (x, _) -> size(x, "007")));
  }

  private static void size(HttpExchange exchange, String size) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/x.tlog.size");
    TestWitness.reply(exchange, 409, size + "\n");
  }

  @ParameterizedTest
  @MethodSource("liars")
  void nothingThatAWitnessAnswersIsPublishedUnlessItIsGood(Liar liar) {
    TestWitness lying = witness("lying");
    TestWitness honest = witness("honest");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, "quorum honest\n", lying, honest);
    lying.lie = liar.lie();
    lying.shows = false;

    VerifiedReceipt receipt = submit(ledger);
    PublishedBlock block = awaitQuorum(ledger, policy, receipt.index() + 2);

    PolicyVerdict verdict = check(policy, block);
    assertEquals(Set.of("honest"), verdict.cosigned().keySet());
    assertEquals(2, block.checkpoint().signatures().size());
    assertTrue(answers(ledger, "lying", liar.outcome()) >= 1, liar.name());
    submit(ledger);
  }

  @Test
  void aCosignatureOfSomethingElseOrOfAnotherTimeIsNotTaken() {
    TestWitness lying = witness("lying");
    TestWitness honest = witness("honest");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, "quorum honest\n", lying, honest);
    List<Lie> lies =
        List.of(
            (x, q) -> {
              Checkpoint head = TestWitness.head(q);
              TestWitness.reply(
                  x,
                  200,
                  lying.cosign(new Checkpoint("other.example", head.size(), head.root())).line()
                      + "\n");
            },
            (x, q) ->
                TestWitness.reply(
                    x,
                    200,
                    lying
                            .cosign(
                                new Checkpoint(
                                    TestLedger.ORIGIN, TestWitness.head(q).size() - 1, root(q)))
                            .line()
                        + "\n"),
            (x, q) ->
                TestWitness.reply(
                    x,
                    200,
                    lying
                            .signer()
                            .cosign(TestWitness.head(q), Instant.now().getEpochSecond() - 3_600)
                            .line()
                        + "\n"),
            // Somebody else's good line, under a key that this place of the policy does not name.
            (x, q) -> TestWitness.reply(x, 200, honest.cosign(TestWitness.head(q)).line() + "\n"));
    double bad = 0;
    for (Lie lie : lies) {
      lying.lie = lie;
      restart(ledger, "quorum honest\n", lying, honest);
      VerifiedReceipt receipt = submit(ledger);
      PublishedBlock block = awaitQuorum(ledger, policy, receipt.index() + 2);
      assertEquals(Set.of("honest"), check(policy, block).cosigned().keySet());
      bad += answers(ledger, "lying", "bad");
    }
    assertTrue(bad >= lies.size(), "bad " + bad);
  }

  private static Hash root(org.pinlian.checkpoint.AddCheckpoint request) {
    return TestWitness.head(request).root();
  }

  @Test
  void linesOfOthersBesideTheGoodOneAreDropped() {
    TestWitness witness = witness("one");
    TestWitness stranger = witness("stranger");
    witness.lie =
        (x, q) ->
            TestWitness.reply(
                x,
                200,
                stranger.cosign(TestWitness.head(q)).line()
                    + "\n"
                    + witness.cosign(TestWitness.head(q)).line()
                    + "\n");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, "quorum one\n", witness);

    PublishedBlock block = awaitQuorum(ledger, policy, submit(ledger).index() + 2);

    assertEquals(2, block.checkpoint().signatures().size());
    assertTrue(check(policy, block).quorumMet());
  }

  @Test
  void aWitnessThatLagsOrForgotIsToldFromWhereItIs() {
    TestWitness witness = witness("one");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, "quorum one\n", witness);
    awaitQuorum(ledger, policy, submit(ledger).index() + 2);
    // Another, of the same name and key, that was never told anything.
    witness.forget();

    int before = witness.requests.size();
    PublishedBlock block = awaitQuorum(ledger, policy, submit(ledger).index() + 2);

    assertEquals(1, cosigners(block));
    assertTrue(witness.requests.stream().skip(before).anyMatch(request -> request.oldSize() == 0));
    assertTrue(witness.size() >= block.size());
  }

  @Test
  void nothingIsPublishedWithoutTheQuorumIfItIsFailClosed() throws InterruptedException {
    TestWitness witness = witness("one");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, true, "quorum one\n", witness);
    long before = ledger.awaitPublished(submit(ledger).index() + 2).size();
    witness.lie = (x, _) -> TestWitness.reply(x, 503, "");

    VerifiedReceipt receipt = submit(ledger);
    for (int i = 0; answers(ledger, "one", "busy") == 0 && i < 1_000; i++) {
      Thread.sleep(10);
    }

    assertEquals((double) before, ledger.gauge("pinlian.publication.size"));
    assertEquals(1, ledger.gauge("pinlian.publication.fail.closed"));
    witness.lie = null;
    assertTrue(check(policy, ledger.awaitPublished(receipt.index() + 2)).quorumMet());
  }

  @Test
  void whatIsPublishedWithoutItsWitnessesIsSeenInTheMetrics() throws InterruptedException {
    TestWitness witness = witness("one");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, "quorum one\n", witness);
    awaitQuorum(ledger, policy, submit(ledger).index() + 2);
    awaitGauge(ledger, 1);
    witness.lie = (x, _) -> TestWitness.reply(x, 503, "");

    PublishedBlock alone = ledger.awaitPublished(submit(ledger).index() + 2);

    assertFalse(check(policy, alone).quorumMet());
    awaitGauge(ledger, 0);
    assertEquals(0, ledger.gauge("pinlian.publication.fail.closed"));
    // A witness that was there before vouches for nothing newer, and a restart alone mends nothing.
    ledger.restart();
    assertEquals(0, ledger.gauge("pinlian.publication.quorum"));
  }

  private static void awaitGauge(TestLedger ledger, double wanted) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (ledger.gauge("pinlian.publication.quorum") != wanted) {
      assertTrue(System.nanoTime() < until, "the quorum is never " + wanted);
      Thread.sleep(5);
    }
  }

  @Test
  void failClosedItDoesNotStartBeforeAQuorumHasSaidHowFarItGot() {
    TestWitness witness = witness("one");
    TestLedger ledger = ledger();
    restart(ledger, true, "quorum one\n", witness);
    ledger.stop();
    witness.lie = (x, _) -> TestWitness.reply(x, 503, "");

    assertThrows(PublicationException.class, ledger::start);

    witness.lie = null;
    ledger.start();
    submit(ledger);
  }

  @Test
  void aFolderSetBackAsAWholeDoesNotStart() {
    TestWitness witness = witness("one");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, "quorum one\n", witness);
    awaitQuorum(ledger, policy, submit(ledger).index() + 2);
    ledger.stop();
    TestLedger old = ledger.copiedTo(temp.resolve("old"));
    opened.add(old);
    old.usePublication(ledger.publication());
    ledger.start();
    awaitQuorum(ledger, policy, submit(ledger).index() + 2);
    ledger.stop();

    PublicationException refused = assertThrows(PublicationException.class, old::start);

    assertTrue(String.valueOf(refused.getMessage()).contains("set back"), refused.getMessage());
    // Also one that shows nothing: at the start its word is enough.
    witness.shows = false;
    assertThrows(PublicationException.class, old::start);
    ledger.start();
    submit(ledger);
  }

  @Test
  void aForkIsFoundAtTheStart() {
    TestWitness witness = witness("one");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, "quorum one\n", witness);
    awaitQuorum(ledger, policy, submit(ledger).index() + 2);
    ledger.stop();
    TestLedger fork = ledger.copiedTo(temp.resolve("fork"));
    opened.add(fork);
    ledger.start();
    // The fork goes on unwitnessed, and further than the true one.
    fork.usePublication(PublicationConfig.defaults().withInterval(Duration.ofMillis(1)));
    fork.useBlockInterval(Duration.ofMillis(20));
    fork.start();
    for (int i = 0; i < 5; i++) {
      fork.awaitPublished(submit(fork).index() + 2);
    }
    fork.stop();
    awaitQuorum(ledger, policy, submit(ledger).index() + 2);

    fork.usePublication(ledger.publication());
    PublicationException refused = assertThrows(PublicationException.class, fork::start);

    assertTrue(String.valueOf(refused.getMessage()).contains("forked"), refused.getMessage());
  }

  @Test
  void aQuietLedgerIsCosignedAgainAndTheNoteDoesNotGrow() throws InterruptedException {
    TestWitness witness = witness("one");
    TestLedger ledger = ledger();
    TrustPolicy policy = restart(ledger, "quorum one\n", witness);
    ledger.stop();
    ledger.usePublication(config(policy, false).withCosignAgain(Duration.ofMillis(50)));
    ledger.start();
    long size = submit(ledger).index() + 2;
    ledger.awaitRest(size);
    PublishedBlock block = awaitQuorum(ledger, policy, ledger.awaitRest(size).size());
    int asked = witness.requests.size();

    PublishedBlock later =
        ledger.awaitPublished(
            now -> !now.checkpoint().equals(block.checkpoint()) && cosigners(now) == 1);

    assertTrue(witness.requests.size() > asked);
    assertEquals(block.size(), later.size());
    assertEquals(2, later.checkpoint().signatures().size());
    assertEquals(block.size(), witness.requests.getLast().oldSize());
    assertTrue(witness.requests.getLast().proof().isEmpty());
    assertTrue(check(policy, later).quorumMet());
  }

  @Test
  void aPolicyForAnotherLogIsRefused() {
    TestLedger ledger = ledger();
    TrustPolicy other =
        parse(
            "log log.example/trace+63a34c76+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\nquorum none\n");
    ledger.stop();
    ledger.usePublication(PublicationConfig.defaults().withPolicy(other, false));

    assertThrows(PublicationException.class, ledger::start);

    for (String url : List.of("ftp://witness.example", "http:", "http://w.example/?q", "%")) {
      ledger.usePublication(
          PublicationConfig.defaults()
              .withPolicy(
                  parse(
                      "log "
                          + ledger.lastVkey()
                          + "\nwitness w witness.example/w1+20324abe+"
                          + "BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X "
                          + url
                          + "\nquorum none\n"),
                  false));
      assertThrows(PublicationException.class, ledger::start, url);
    }
    ledger.usePublication(PublicationConfig.defaults());
    ledger.start();
    assertNotNull(submit(ledger));
  }
}
