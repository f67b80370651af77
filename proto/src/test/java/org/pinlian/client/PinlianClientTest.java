// SPDX-License-Identifier: Apache-2.0
package org.pinlian.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.FakeGateway.Fate;
import org.pinlian.client.RefusedException.Violation;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedCheckpoint;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordException;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Direction;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.ShownChain;
import org.pinlian.v1.ShownLink;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceReply;

@Timeout(60)
class PinlianClientTest {
  private static final Subject GOODS = HonestLedger.subject("https://id.gs1.org/01/09520000000011");

  private final HonestLedger ledger = HonestLedger.create();
  private final Participant farm =
      ledger.enrol("uscc:91000000MA0000031W", "示例竹笋合作社", 11, Role.ROLE_PRODUCER);
  private final FakeGateway gateway;
  private final PinlianClient client;

  PinlianClientTest() throws IOException {
    gateway = new FakeGateway(ledger, farm);
    client = gateway.client();
  }

  @AfterEach
  void close() {
    client.close();
    gateway.close();
  }

  static Draft product(String name) {
    return Draft.of(PublicPart.newBuilder().setProduct(Product.newBuilder().setName(name)))
        .line(LineRole.LINE_ROLE_OBJECT, GOODS);
  }

  @Test
  void submitsAndChecksTheReceipt() throws Exception {
    VerifiedReceipt receipt = client.submit(List.of(product("竹笋"), product("笋干")));

    assertEquals(2, receipt.header().getRecordCount());
    assertEquals(receipt.index(), client.receipt(receipt.index()).index());
    assertEquals(1, gateway.logins);
  }

  @Test
  void submitsForAPrincipalAndChecksThatReceiptToo() throws Exception {
    ParticipantId principal = HonestLedger.participant("farmer:principal");
    SignedSubmission signed = client.signFor(principal, List.of(product("竹笋")));
    VerifiedReceipt receipt = client.submit(signed);

    assertEquals(signed.header(), receipt.header());
    assertEquals(
        principal.toString(),
        Attestation.parseFrom(signed.request().getAttestation()).getPrincipal());
    assertEquals(
        ByteString.copyFrom(
            Submissions.attestationDigest(ledger.hash(), signed.request().getAttestation())
                .bytes()),
        receipt.header().getAttestation());
  }

  @Test
  void sendsTheSameBytesAgainWhenNobodyAnswers() throws Exception {
    gateway.fates.addAll(List.of(Fate.LOST_BEFORE, Fate.LOST_BEFORE, Fate.LOST_AFTER));

    VerifiedReceipt receipt = client.submit(List.of(product("竹笋")));

    assertEquals(4, gateway.received.size());
    assertEquals(1, Set.copyOf(gateway.received).size());
    assertEquals(receipt.index() + 1, ledger.size());
  }

  @Test
  void sendsAgainWhenAnAnswerNeverComes() throws Exception {
    gateway.fates.add(Fate.SILENT);
    PinlianClient hasty = gateway.client(FakeGateway.options().withAttempt(Duration.ofMillis(300)));

    VerifiedReceipt receipt = hasty.submit(List.of(product("竹笋")));

    assertEquals(2, gateway.received.size());
    assertEquals(receipt.index() + 1, ledger.size());
  }

  @Test
  void waitsAsLongAsAnOverloadedServerAsks() throws Exception {
    gateway.fates.add(Fate.OVERLOADED);

    VerifiedReceipt unused = client.submit(List.of(product("竹笋")));

    long waited = gateway.receivedAt.get(1) - gateway.receivedAt.get(0);
    assertTrue(waited >= Duration.ofMillis(gateway.retryMillis).toNanos(), () -> waited + " ns");
  }

  @Test
  void givesUpInTimeAndHandsBackWhatToSendAgain() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      gateway.fates.add(Fate.LOST_BEFORE);
    }
    PinlianClient hasty =
        gateway.client(
            FakeGateway.options()
                .withAttempt(Duration.ofMillis(200))
                .withOverall(Duration.ofMillis(300)));

    UnreachableException thrown =
        assertThrows(UnreachableException.class, () -> hasty.submit(List.of(product("竹笋"))));

    SignedSubmission unanswered = thrown.unanswered().orElseThrow();
    gateway.fates.clear();
    VerifiedReceipt receipt = client.submit(unanswered);
    assertEquals(unanswered.header(), receipt.header());
  }

  @Test
  void tellsWhatWasRefusedWhere() {
    gateway.fates.add(Fate.REFUSED);

    RefusedException refused =
        assertThrows(RefusedException.class, () -> client.submit(List.of(product("竹笋"))));

    assertEquals(RefusalCode.ROLE_NOT_ALLOWED, refused.code());
    assertEquals(
        List.of(new Violation("records[0].kind", "not open to you")), refused.violations());
    assertEquals(1, gateway.received.size());
  }

  @Test
  void validatesWithAHeaderThatIsSoonWorthNothing() throws Exception {
    gateway.fates.addAll(List.of(Fate.LOST_BEFORE));
    long size = ledger.size();

    Validation validation = client.validate(List.of(product("竹笋")));

    assertEquals(1, ((Validation.Acceptable) validation).findings().size());
    assertEquals(size, ledger.size());
    assertEquals(2, gateway.received.size());
    SubmissionHeader header =
        Submissions.readHeader(gateway.received.get(0).getSigned().getHeader());
    assertEquals(Duration.ofMinutes(5).toMillis(), header.getNotAfter() - header.getCreatedAt());
  }

  @Test
  void validatingWhatIsInTellsWhereAndProvesIt() throws Exception {
    SignedSubmission submission = client.sign(List.of(product("竹笋")));
    VerifiedReceipt receipt = client.submit(submission);
    VerifiedReceipt other = client.submit(List.of(product("笋干")));

    assertEquals(
        receipt.index(), ((Validation.Duplicate) client.validate(submission)).receipt().index());

    gateway.receipt = unused -> other.receipt();
    assertEquals(
        BrokenRule.OTHER_SUBMISSION,
        assertThrows(VerificationException.class, () -> client.validate(submission)).rule());
  }

  @Test
  void aRefusalTellsWhetherAnythingBeforeItWentUnanswered() {
    gateway.fates.add(Fate.REFUSED);
    assertFalse(
        assertThrows(RefusedException.class, () -> client.validate(List.of(product("竹笋"))))
            .afterSilence());
    gateway.fates.addAll(List.of(Fate.OVERLOADED, Fate.REFUSED));
    assertFalse(
        assertThrows(RefusedException.class, () -> client.submit(List.of(product("竹笋"))))
            .afterSilence());
    gateway.fates.addAll(List.of(Fate.LOST_AFTER, Fate.REFUSED));
    assertTrue(
        assertThrows(RefusedException.class, () -> client.submit(List.of(product("竹笋"))))
            .afterSilence());
  }

  @Test
  void whatWasWrittenToDiskIsReadAgain() throws Exception {
    SignedSubmission submission = client.sign(List.of(product("竹笋"), product("笋干")));
    assertEquals(submission, SignedSubmission.read(ledger.hash(), submission.request()));
    assertThrows(
        RecordException.class,
        () -> SignedSubmission.read(ledger.hash(), SubmitRequest.getDefaultInstance()));
  }

  @Test
  void aKeyTellsWhoseItIs() throws Exception {
    assertEquals(
        farm.id(),
        PinlianClient.participantOf(gateway.channel(), farm.key(), FakeGateway.options()));
  }

  @Test
  void refusesAnEmptyLotOfLinesBeforeSending() {
    Draft nothing =
        Draft.of(PublicPart.newBuilder().setProduct(Product.newBuilder().setName("竹笋")));

    RefusedException refused =
        assertThrows(RefusedException.class, () -> client.submit(List.of(nothing)));

    assertEquals(RefusalCode.BAD_FIELD, refused.code());
    assertEquals(0, gateway.received.size());
  }

  @Test
  void refusesALyingReceipt() {
    gateway.receipt =
        receipt ->
            receipt.toBuilder()
                .setEntry(receipt.getEntry().concat(ByteString.copyFrom(new byte[] {0x78, 1})))
                .build();

    VerificationException refused =
        assertThrows(VerificationException.class, () -> client.submit(List.of(product("竹笋"))));

    assertEquals(BrokenRule.NOT_INCLUDED, refused.rule());
    assertEquals(1, gateway.received.size());
  }

  @Test
  void refusesTheReceiptOfSomethingElse() {
    gateway.receipt = receipt -> ledger.receipt(1);

    VerificationException refused =
        assertThrows(VerificationException.class, () -> client.submit(List.of(product("竹笋"))));

    assertEquals(BrokenRule.OTHER_SUBMISSION, refused.rule());
    VerificationException other =
        assertThrows(VerificationException.class, () -> client.receipt(2));
    assertEquals(BrokenRule.OTHER_INDEX, other.rule());
  }

  @Test
  void fetchesTheReceiptOfWhatWasSubmittedBefore() throws Exception {
    SignedSubmission signed = client.sign(List.of(product("竹笋")));
    VerifiedReceipt first = client.submit(signed);

    assertEquals(first.index(), client.receipt(signed).index());
    RefusedException unknown =
        assertThrows(
            RefusedException.class, () -> client.receipt(client.sign(List.of(product("?")))));
    assertEquals(RefusalCode.NOT_FOUND, unknown.code());
  }

  // Logging in -----------------------------------------------------------------------------------

  @Test
  void logsInAgainBeforeTheTokenRunsOut() throws Exception {
    gateway.tokenMillis = 1;
    VerifiedReceipt receipt = client.submit(List.of(product("竹笋")));
    Thread.sleep(5);
    // As of the same checkpoint, so there is no proof to ask for, which would log in too.
    assertEquals(receipt, client.receipt(receipt.index()));

    assertEquals(2, gateway.logins);
  }

  @Test
  void logsInAgainWhenTheTokenIsNoLongerTaken() throws Exception {
    VerifiedReceipt unused = client.submit(List.of(product("竹笋")));
    gateway.forgetTokens();
    unused = client.submit(List.of(product("笋干")));

    assertEquals(2, gateway.logins);
  }

  @Test
  void signsNoChallengeThatIsNotForALoginHereAndNow() {
    gateway.challenge = honest -> honest.toBuilder().setAudience("gateway.example/other").build();
    PinlianClient strict = gateway.client(FakeGateway.options().withAudience("gateway.example"));
    assertThrows(RefusedException.class, () -> strict.submit(List.of(product("竹笋"))));

    gateway.challenge = honest -> honest.toBuilder().setNonce(ByteString.EMPTY).build();
    assertThrows(RefusedException.class, () -> client.submit(List.of(product("竹笋"))));
    gateway.challenge = honest -> honest.toBuilder().setAudience("").build();
    assertThrows(RefusedException.class, () -> client.submit(List.of(product("竹笋"))));
    gateway.challenge = honest -> honest.toBuilder().setExpiresAt(Long.MAX_VALUE / 2).build();
    assertThrows(RefusedException.class, () -> client.submit(List.of(product("竹笋"))));
  }

  @Test
  void isRefusedWithAKeyThatIsNotEnrolled() {
    PinlianClient stranger =
        PinlianClient.connect(
            gateway.channel(),
            farm.id(),
            HonestLedger.key(77),
            ledger.policy(),
            FakeGateway.options());

    assertThrows(RefusedException.class, () -> stranger.submit(List.of(product("竹笋"))));
  }

  // Asking ---------------------------------------------------------------------------------------

  @Test
  void tracesAndVerifies() throws Exception {
    VerifiedReceipt unused = client.submit(List.of(product("竹笋")));
    gateway.fates.add(Fate.LOST_BEFORE);

    Story story = client.trace(GOODS, Direction.DIRECTION_BACKWARD, TraceLimits.defaults());

    assertEquals(1, story.records().size());
    assertEquals(farm.name(), story.records().get(0).signer().name());
  }

  @Test
  void refusesAReplyOfMoreValuesThanAnyHas() throws Exception {
    VerifiedReceipt unused = client.submit(List.of(product("竹笋")));
    TraceReply links =
        TraceReply.newBuilder()
            .setChain(
                ShownChain.newBuilder()
                    .addAllLinks(Collections.nCopies(50_000, ShownLink.getDefaultInstance())))
            .build();
    gateway.trace = honest -> List.of(honest.get(0), links);

    VerificationException refused =
        assertThrows(
            VerificationException.class,
            () -> client.trace(GOODS, Direction.DIRECTION_STORY, TraceLimits.defaults()));

    assertEquals(BrokenRule.LIMIT_EXCEEDED, refused.rule());
  }

  @Test
  void readsOnWhereANewerServerSaysMore() throws Exception {
    UnknownFieldSet more =
        UnknownFieldSet.newBuilder()
            .addField(100, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();
    gateway.trace =
        honest -> honest.stream().map(r -> r.toBuilder().setUnknownFields(more).build()).toList();
    VerifiedReceipt unused = client.submit(List.of(product("竹笋")));

    assertEquals(
        1, client.trace(GOODS, Direction.DIRECTION_STORY, TraceLimits.defaults()).records().size());
  }

  @Test
  void refusesALyingTrace() throws Exception {
    VerifiedReceipt unused = client.submit(List.of(product("竹笋")));
    gateway.trace = honest -> honest.subList(0, honest.size() - 1);

    VerificationException refused =
        assertThrows(
            VerificationException.class,
            () -> client.trace(GOODS, Direction.DIRECTION_STORY, TraceLimits.defaults()));

    assertEquals(BrokenRule.TRUNCATED, refused.rule());
  }

  @Test
  void provesThatTheLedgerOnlyGrew() throws Exception {
    VerifiedReceipt first = client.submit(List.of(product("竹笋")));
    VerifiedReceipt unused = client.submit(List.of(product("笋干")));

    VerifiedCheckpoint newest = client.checkpoint(first.checkpoint());

    assertEquals(ledger.size(), newest.size());
    assertEquals(newest.checkpoint(), client.checkpoint(newest.checkpoint()).checkpoint());
  }

  @Test
  void noticesALedgerThatWasRewrittenOrShrank() throws Exception {
    VerifiedReceipt first = client.submit(List.of(product("竹笋")));
    VerifiedReceipt unused = client.submit(List.of(product("笋干")));
    Checkpoint seen = first.checkpoint();

    Checkpoint rewritten = new Checkpoint(seen.origin(), seen.size(), ledger.genesisLeaf());
    assertEquals(
        BrokenRule.NOT_CONSISTENT,
        assertThrows(VerificationException.class, () -> client.checkpoint(rewritten)).rule());
    Checkpoint larger = new Checkpoint(seen.origin(), 1_000, seen.root());
    assertEquals(
        BrokenRule.LEDGER_SHRANK,
        assertThrows(VerificationException.class, () -> client.checkpoint(larger)).rule());
    gateway.consistency = honest -> honest.toBuilder().clearPath().build();
    assertEquals(
        BrokenRule.PATH_LENGTH,
        assertThrows(VerificationException.class, () -> client.checkpoint(seen)).rule());
  }

  /** What was submitted last went into a history that the other ledger does not have. */
  private void answerFrom(HonestLedger fork) {
    gateway.receipt =
        honest -> fork.receipt(fork.add(gateway.received.get(gateway.received.size() - 1)));
  }

  /** The same until now. */
  private static HonestLedger fork() {
    HonestLedger fork = HonestLedger.create();
    Participant unused = fork.enrol("uscc:91000000MA0000031W", "示例竹笋合作社", 11, Role.ROLE_PRODUCER);
    return fork;
  }

  @Test
  void refusesAReceiptOfAnotherHistoryOfTheSameSize() throws Exception {
    VerifiedReceipt first = client.submit(List.of(product("竹笋")));
    HonestLedger fork = fork();
    answerFrom(fork);

    VerificationException refused =
        assertThrows(VerificationException.class, () -> client.submit(List.of(product("笋干"))));

    assertEquals(first.size(), fork.size());
    assertEquals(BrokenRule.NOT_CONSISTENT, refused.rule());
  }

  @Test
  void refusesAReceiptOfAnotherHistoryThatGrew() throws Exception {
    VerifiedReceipt first = client.submit(List.of(product("竹笋")));
    HonestLedger fork = fork();
    long unused = fork.block();
    answerFrom(fork);

    VerificationException refused =
        assertThrows(VerificationException.class, () -> client.submit(List.of(product("笋干"))));

    assertEquals(BrokenRule.NOT_CONSISTENT, refused.rule());
    gateway.receipt = honest -> honest;
    assertEquals(first.index(), client.receipt(first.index()).index());
  }

  @Test
  void refusesAStoryOfAnotherHistory() throws Exception {
    HonestLedger fork = fork();
    VerifiedReceipt unused = client.submit(List.of(product("竹笋")));
    long other = fork.add(farm, product("别的"));
    gateway.trace = honest -> fork.trace(GOODS, Direction.DIRECTION_STORY);

    assertEquals(other + 1, fork.size());
    assertEquals(
        BrokenRule.NOT_CONSISTENT,
        assertThrows(
                VerificationException.class,
                () -> client.trace(GOODS, Direction.DIRECTION_STORY, TraceLimits.defaults()))
            .rule());
  }

  @Test
  void noticesWhenAStreamIsClosedThatItsReceiptsAreOfAnotherHistory() throws Exception {
    VerifiedReceipt unused = client.submit(List.of(product("竹笋")));
    HonestLedger fork = fork();
    long block = fork.block();
    answerFrom(fork);
    SubmissionStream stream = client.openStream(4);

    VerifiedReceipt unproved = stream.submit(client.sign(List.of(product("笋干")))).get();

    assertEquals(block + 1, unproved.index());
    IllegalStateException thrown = assertThrows(IllegalStateException.class, stream::close);
    assertTrue(thrown.getCause() instanceof VerificationException);
    assertThrows(VerificationException.class, client::checkpoint);
  }

  @Test
  void trustsOnFirstUseOnlyWhenAsked() throws Exception {
    TrustPolicy policy = PinlianClient.trustOnFirstUse(gateway.channel());

    assertEquals(ledger.policy(), policy);
    assertNotEquals(new HonestLedger(ledger.hash(), 2, 1).policy(), policy);
  }
}
