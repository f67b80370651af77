// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.Verdict;
import org.pinlian.dossier.Verdict.Completeness;
import org.pinlian.dossier.Verdict.ProvenChain;
import org.pinlian.dossier.Verdict.Statement;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.node.Faults.Step;
import org.pinlian.node.Faults.When;
import org.pinlian.node.provenance.Dossiers;
import org.pinlian.node.provenance.NotReadableException;
import org.pinlian.node.provenance.Sight;
import org.pinlian.record.Closure.Tie;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.NotFollowedReason;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.View;

/** Dossiers that a real node makes. Every one is verified as a stranger would. */
class DossierTest {
  private static final Subject PEAS = Goods.lot("PEAS");
  private static final Subject LEEKS = Goods.lot("LEEKS");
  private static final Subject SOUP = Goods.lot("SOUP");
  private static final Subject BOX = Goods.pallet(1);
  private static final Subject PALLET = Goods.pallet(2);
  private static final ParticipantId STRANGER = TestLedger.participant("uscc:93000000MA00000669");

  @TempDir static Path sharedTemp;
  private static TestLedger shared;

  @TempDir Path temp;
  private TestLedger ledger;

  @BeforeAll
  static void make() {
    shared = TestLedger.create(sharedTemp.resolve("data"));
    shared.enrol(PRODUCER, Role.ROLE_PRODUCER);
    shared.enrol(RECEIVER, Role.ROLE_COLLECTOR);
    shared.enrol(STRANGER, Role.ROLE_CANTEEN);
    shared.stop();
  }

  @BeforeEach
  void copy() {
    ledger = shared.copiedTo(temp.resolve("data"));
    ledger.useBlockInterval(Duration.ofMillis(20));
    ledger.start();
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private long state(ParticipantId signer, Draft... drafts) {
    return ledger.submit(signer, drafts).index();
  }

  private ByteString dossier(Channel channel, DossierRequest.Builder request) {
    return DossiersGrpc.newBlockingStub(channel).getDossier(request.build()).getDossier();
  }

  private static DossierRequest.Builder request(Subject subject, View view) {
    return DossierRequest.newBuilder().setSubject(subject.uri()).setView(view);
  }

  private Verdict verify(Subject asked, ByteString dossier) {
    try {
      return new DossierVerifier(ledger.policy())
          .verify(dossier.toByteArray(), asked, Instant.now(), Duration.ofHours(1), null);
    } catch (VerificationException e) {
      throw new AssertionError(e);
    }
  }

  /** When everything so far is in the map of the block published. */
  private Verdict consumer(Subject subject) {
    settle();
    return verify(subject, dossier(ledger.node().channel(), request(subject, View.VIEW_CONSUMER)));
  }

  private Verdict seen(ParticipantId reader, Subject subject, View view) {
    settle();
    DossierRequest.Builder request =
        view == View.VIEW_REGULATOR ? lookedUp(subject) : request(subject, view);
    return verify(subject, dossier(ledger.as(reader), request));
  }

  /** An authority says first that it looks. */
  private DossierRequest.Builder lookedUp(Subject subject) {
    return request(subject, View.VIEW_REGULATOR).setLookUp(ledger.lookUp(AUTHORITY, subject.uri()));
  }

  private void settle() {
    long size = ledger.submit(PRODUCER, Goods.seen(Goods.lot("OTHER"))).index() + 1;
    var _ = ledger.awaitRest(size + 1);
  }

  private static Set<String> subjects(Verdict verdict) {
    return verdict.chains().stream().map(ProvenChain::subject).collect(Collectors.toSet());
  }

  private static Statement at(Verdict verdict, long index) {
    return verdict.statements().stream()
        .filter(statement -> statement.place().index() == index)
        .findFirst()
        .orElseThrow();
  }

  // ---- what is in it ----------------------------------------------------------------------------

  @Test
  void anyoneMayHaveWhatEveryoneSeesAndItIsWholeByTheMap() {
    state(PRODUCER, Goods.seen(PEAS));
    state(RECEIVER, Goods.seen(PEAS));
    Verdict verdict = consumer(PEAS);
    assertEquals(Completeness.COMMITTED_ONLY, verdict.completeness());
    assertEquals(2, verdict.statements().size());
    assertEquals(0, verdict.earlierNotShown());
    assertTrue(verdict.lagSince().isEmpty());
  }

  @Test
  void ofWhatNobodySpokeOfItIsProvedThatNobodyDid() {
    Verdict verdict = consumer(Goods.lot("NEVER"));
    assertEquals(List.of(), verdict.statements());
    assertEquals(0, verdict.chains().get(0).first());
  }

  @Test
  void aPalletIsFollowedByKeyFromWhenTheGoodsWerePutIn() {
    state(PRODUCER, Goods.pack(PALLET, LEEKS));
    state(PRODUCER, Goods.unpack(PALLET, LEEKS));
    state(PRODUCER, Goods.pack(BOX, PEAS));
    state(PRODUCER, Goods.pack(PALLET, BOX));
    long inside = state(RECEIVER, Goods.seen(PALLET));
    state(PRODUCER, Goods.unpack(PALLET));
    long after = state(RECEIVER, Goods.seen(PALLET));
    Verdict verdict = consumer(PEAS);
    assertFalse(subjects(verdict).contains(PALLET.uri()));
    ProvenChain pallet = verdict.chains().get(2);
    assertEquals(Tie.CONTAINER, pallet.tie());
    assertEquals(3, pallet.first());
    assertEquals(4, pallet.records().size());
    assertTrue(at(verdict, inside).publicPart() != null);
    // What became of the pallet afterwards is somebody else's business.
    assertEquals(null, at(verdict, after).publicPart());
    assertEquals(1, verdict.partsWithheld());
  }

  @Test
  void inputsAreCountedForEveryoneAndFollowedForAuthorities() {
    state(PRODUCER, Goods.seen(PEAS));
    state(PRODUCER, Goods.transform(List.of(PEAS, LEEKS), List.of(SOUP)));
    Verdict consumer = consumer(SOUP);
    assertEquals(2, consumer.inputsNotPublished());
    assertEquals(1, consumer.chains().size());
    Verdict regulator = seen(AUTHORITY, SOUP, View.VIEW_REGULATOR);
    assertEquals(0, regulator.inputsNotPublished());
    assertTrue(subjects(regulator).containsAll(Set.of(PEAS.uri(), LEEKS.uri())));
    assertEquals(3 - 1, regulator.statements().size());
  }

  @Test
  void aStoryLongerThanAskedForSaysHowMuchIsNotShown() {
    for (int n = 0; n < 5; n++) {
      state(PRODUCER, Goods.seen(PEAS));
    }
    settle();
    Verdict verdict =
        verify(
            PEAS,
            dossier(ledger.node().channel(), request(PEAS, View.VIEW_CONSUMER).setMaxRecords(2)));
    assertEquals(3, verdict.earlierNotShown());
    assertEquals(2, verdict.statements().size());
  }

  @Test
  void whatIsFurtherThanAskedForIsNamed() {
    Subject inner = PEAS;
    for (int n = 10; n < 14; n++) {
      state(PRODUCER, Goods.pack(Goods.pallet(n), inner));
      inner = Goods.pallet(n);
    }
    settle();
    Verdict verdict = verify(PEAS, dossier(ledger.as(AUTHORITY), lookedUp(PEAS).setMaxDepth(2)));
    assertEquals(1, verdict.leftOut().size());
    assertEquals(Goods.pallet(12).uri(), verdict.leftOut().get(0).subject());
    assertEquals(NotFollowedReason.TOO_FAR, verdict.leftOut().get(0).reason());
  }

  // ---- who sees what ----------------------------------------------------------------------------

  @Test
  void everyoneSeesWhichProducerSpokeAndNotWhichTrader() {
    long producers = state(PRODUCER, Goods.seen(PEAS));
    long traders = state(RECEIVER, Goods.seen(PEAS));
    Verdict verdict = consumer(PEAS);
    assertTrue(at(verdict, producers).signer() != null);
    assertEquals(null, at(verdict, traders).signer());
    assertEquals(1, verdict.signersWithheld());
    settle();
    String bytes =
        dossier(ledger.node().channel(), request(PEAS, View.VIEW_CONSUMER))
            .toString(StandardCharsets.ISO_8859_1);
    assertFalse(bytes.contains(RECEIVER.toString()));
  }

  @Test
  void everyoneSeesWhoMakesTheGoodsAnswersForThemOrCertifiesThemAndNotWhoCarriesThem()
      throws IdentifierException {
    ParticipantId maker = TestLedger.participant("gln:9520000000011");
    ParticipantId holder = TestLedger.participant("gln:9520000000028");
    ParticipantId carrier = TestLedger.participant("gln:9520000000035");
    ledger.enrol(maker, Role.ROLE_PROCESSOR);
    ledger.enrol(holder, Role.ROLE_LICENCE_HOLDER);
    ledger.enrol(carrier, Role.ROLE_CARRIER);
    long made = state(maker, Goods.seen(PEAS));
    long held = state(holder, Goods.seen(PEAS));
    long carried = state(carrier, Goods.seen(PEAS));
    long collected = state(RECEIVER, Goods.seen(PEAS));
    long certified = state(RECEIVER, certificate(RECEIVER, PEAS));
    Verdict verdict = consumer(PEAS);
    assertEquals(
        Set.of(made, held, certified),
        verdict.statements().stream()
            .filter(statement -> statement.signer() != null)
            .map(statement -> statement.place().index())
            .collect(Collectors.toSet()));
    assertEquals(null, at(verdict, carried).signer());
    assertEquals(null, at(verdict, collected).signer());
  }

  private static Draft certificate(ParticipantId issuer, Subject goods) throws IdentifierException {
    return Draft.of(
            PublicPart.newBuilder()
                .setCommitmentCertificate(
                    CommitmentCertificate.newBuilder()
                        .setForm(CertificateForm.CERTIFICATE_FORM_2025_2)
                        .setNumber("2026-1")
                        .setProductName("豌豆")
                        .setQuantity(Quantity.newBuilder().setUnscaled(500).setUnit("KGM"))
                        .setOrigin("示范县示范镇")
                        .setRegion("000000")
                        .setIssuer("示例收购商")
                        .setIssuedOn("2026-06-12")
                        .addParentNumbers("HZ-0001")))
        .line(LineRole.LINE_ROLE_OBJECT, goods)
        .line(LineRole.LINE_ROLE_CERTIFICATE, Subject.certificate(issuer, "2026-1"));
  }

  @Test
  void aPartnerSeesItsOwnWholeAndWhatWasOfferedToIt() {
    SignedSubmission offer = ledger.sign(PRODUCER, Goods.offer(RECEIVER, PEAS));
    long offered = ledger.submit(offer).index();
    long answered = state(RECEIVER, Goods.acceptance(offer, offered, PEAS));
    Verdict receiver = seen(RECEIVER, PEAS, View.VIEW_PARTNER);
    assertTrue(hasTrade(at(receiver, offered)));
    assertEquals(
        0, at(receiver, answered).sections().stream().filter(s -> s.content() == null).count());
    Verdict stranger = seen(STRANGER, PEAS, View.VIEW_PARTNER);
    assertFalse(hasTrade(at(stranger, offered)));
    assertTrue(at(stranger, offered).signer() != null);
    assertFalse(hasTrade(at(consumer(PEAS), offered)));
    assertTrue(hasTrade(at(seen(AUTHORITY, PEAS, View.VIEW_REGULATOR), offered)));
  }

  private static boolean hasTrade(Statement statement) {
    return statement.sections().stream()
        .anyMatch(section ->
            section.sectionClass() == SectionClass.SECTION_CLASS_TRADE
                && section.content() != null);
  }

  @Test
  void whoIsNobodyGetsNoPartnersViewAndWhoIsNoAuthorityNoRegulators() {
    state(PRODUCER, Goods.seen(PEAS));
    settle();
    refused(Status.Code.UNAUTHENTICATED, ledger.node().channel(), request(PEAS, View.VIEW_PARTNER));
    refused(Status.Code.PERMISSION_DENIED, ledger.as(PRODUCER), lookedUp(PEAS));
    refused(
        Status.Code.PERMISSION_DENIED, ledger.as(AUTHORITY), request(PEAS, View.VIEW_REGULATOR));
    refused(
        Status.Code.INVALID_ARGUMENT,
        ledger.node().channel(),
        request(PEAS, View.VIEW_CONSUMER).setSubject("peas"));
    refused(
        Status.Code.INVALID_ARGUMENT,
        ledger.node().channel(),
        request(PEAS, View.VIEW_CONSUMER).setMaxDepth(1));
  }

  private void refused(Status.Code code, Channel channel, DossierRequest.Builder request) {
    StatusRuntimeException e =
        assertThrows(StatusRuntimeException.class, () -> dossier(channel, request));
    assertEquals(code, e.getStatus().getCode(), e.toString());
  }

  @Test
  void aNodeThatWasRestartedMakesTheSameDossier() throws Exception {
    state(PRODUCER, Goods.seen(PEAS));
    Verdict before = consumer(PEAS);
    ledger.restart();
    Verdict after =
        verify(PEAS, dossier(ledger.node().channel(), request(PEAS, View.VIEW_CONSUMER)));
    assertEquals(before.statements(), after.statements());
  }

  /** Killed between the storing of a cut and the block that names its map. */
  @Test
  void afterAKillWhatWasPublishedBeforeIsProvedAtOnce() throws Exception {
    state(PRODUCER, Goods.seen(PEAS));
    Verdict before = consumer(PEAS);
    ledger.stop();
    Faults faults = new Faults();
    ledger.start(faults.writes());
    faults.fail(Step.DERIVED, When.AFTER);
    state(PRODUCER, Goods.seen(PEAS));
    faults.awaitHeld();
    TestLedger killed = ledger.copiedTo(temp.resolve("killed"));
    faults.letGo();
    // No further block for now.
    killed.useBlockInterval(Duration.ofHours(1));
    killed.start();
    try {
      Verdict after =
          new DossierVerifier(killed.policy())
              .verify(
                  dossier(killed.node().channel(), request(PEAS, View.VIEW_CONSUMER)).toByteArray(),
                  PEAS,
                  Instant.now(),
                  Duration.ofHours(1),
                  null);
      assertEquals(before.statements(), after.statements());
    } finally {
      killed.close();
    }
  }

  @Test
  void whoAsksBeforeThereIsAMapOfWhatIsPublishedIsToldToComeBack() {
    settle();
    Dossiers dossiers =
        new Dossiers(
            () -> {
              throw new AssertionError("nothing to make it of");
            },
            ledger.node()::published,
            size -> Optional.empty(),
            InstantSource.system());
    NotReadableException refused =
        assertThrows(
            NotReadableException.class,
            () -> dossiers.make(Sight.CONSUMER, request(PEAS, View.VIEW_CONSUMER).build()));
    assertEquals(RefusalCode.NOT_READY, refused.code());
  }
}
