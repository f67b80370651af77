// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;
import static org.pinlian.node.TestLedger.SECOND_AUTHORITY;
import static org.pinlian.v1.SectionClass.SECTION_CLASS_ATTACHMENT;
import static org.pinlian.v1.SectionClass.SECTION_CLASS_PERSONAL;
import static org.pinlian.v1.SectionClass.SECTION_CLASS_SOURCE;
import static org.pinlian.v1.SectionClass.SECTION_CLASS_TRADE;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.dossier.Verdict;
import org.pinlian.dossier.Verdict.ErasedPart;
import org.pinlian.dossier.Verdict.ProvenChain;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.node.Faults.Step;
import org.pinlian.node.Faults.When;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.record.Closure.Tie;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.testing.LedgerFolder;
import org.pinlian.v1.Approval;
import org.pinlian.v1.BackupPlace;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Document;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.ErasureReply;
import org.pinlian.v1.ErasuresGrpc;
import org.pinlian.v1.GetErasureRequest;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ProvedRecord;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.ShownSection;
import org.pinlian.v1.View;

/**
 * Two authorities have sections of a record destroyed: those sections of that record and no others,
 * out of the files too, whatever dies on the way; and what is proved stays proved.
 */
class ErasureTest {
  private static final Subject LOT = Goods.lot("IF2601");
  private static final long WAIT_MILLIS = 20_000;

  @TempDir Path temp;

  private TestLedger ledger;
  private SignedSubmission submitted;

  /** Of the record erased from: position 1 of three that came in together. */
  private RecordPlace place;

  private Hash digest;

  @SuppressWarnings("NullAway.Init")
  ErasureTest() {}

  @BeforeEach
  void submit() {
    ledger = TestLedger.create(temp.resolve("data"));
    ledger.useBackups(
        List.of(BackupPlace.newBuilder().setName("tape").setRetentionDays(35).build()));
    ledger.restart();
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    ledger.enrol(RECEIVER, Role.ROLE_LABORATORY);
    submitted = ledger.sign(PRODUCER, event(0), event(1), event(2));
    place = new RecordPlace(ledger.submit(submitted).index(), 1);
    digest = submitted.digests().get(1);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private static Draft event(int number) {
    return Goods.event("IF2601")
        .personal(document("driver " + number))
        .source(document("source " + number))
        .attachment(document("photo " + number));
  }

  private static Document document(String text) {
    return Document.newBuilder()
        .setMediaType("text/plain")
        .setContent(ByteString.copyFromUtf8(text))
        .build();
  }

  @Test
  void whatTwoAuthoritiesEraseIsGoneAndProvedAndTheRestStays() throws Exception {
    byte[] seed = seed();
    ledger.start();
    SignedSubmission erasure = erase(SECTION_CLASS_PERSONAL, SECTION_CLASS_ATTACHMENT);
    assertEquals(List.of(), standing().getDestroyedList());
    assertFalse(standing().getErasures(0).hasApproval());
    SignedSubmission approval = approve(SECOND_AUTHORITY, erasure);
    awaitDestroyed(SECTION_CLASS_PERSONAL, SECTION_CLASS_ATTACHMENT);

    assertFalse(anyFileHolds(seed), "the seed is in a file");
    ErasureReply standing = standing();
    assertEquals("tape", standing.getBackups(0).getName());
    assertEquals(35, standing.getBackups(0).getRetentionDays());
    assertEquals(indexOf(approval), standing.getErasures(0).getApproval().getIndex());
    for (ParticipantId reader : List.of(PRODUCER, AUTHORITY, RECEIVER)) {
      Story story = ledger.trace(reader, LOT, Direction.DIRECTION_BACKWARD);
      StoryRecord erased = story.record(place).orElseThrow();
      StoryErasure proof = section(erased, SECTION_CLASS_PERSONAL).erasure();
      assertNotNull(proof);
      assertEquals(indexOf(erasure), proof.erasure().index());
      assertEquals(AUTHORITY.toString(), proof.signer().participant());
      assertEquals(indexOf(approval), proof.approval().index());
      assertEquals(SECOND_AUTHORITY.toString(), proof.approver().participant());
      assertEquals("个人信息保护法", proof.law());
      assertEquals("47", proof.article());
      assertNotNull(section(erased, SECTION_CLASS_ATTACHMENT).erasure());
      assertNull(section(erased, SECTION_CLASS_SOURCE).erasure());
      if (!reader.equals(RECEIVER)) {
        assertNotNull(section(erased, SECTION_CLASS_TRADE).content());
        assertNotNull(section(erased, SECTION_CLASS_SOURCE).content());
      }
      for (int other : List.of(0, 2)) {
        for (StorySection section :
            story.record(new RecordPlace(place.index(), other)).orElseThrow().sections()) {
          assertNull(section.erasure());
          assertEquals(reader.equals(RECEIVER), section.content() == null);
        }
      }
    }
    // The rest of it later, by another erasure.
    approve(SECOND_AUTHORITY, erase(SECTION_CLASS_SOURCE));
    awaitDestroyed(SECTION_CLASS_PERSONAL, SECTION_CLASS_SOURCE, SECTION_CLASS_ATTACHMENT);
    ledger.restart();
    StoryRecord erased =
        ledger.trace(PRODUCER, LOT, Direction.DIRECTION_STORY).record(place).orElseThrow();
    assertNotNull(section(erased, SECTION_CLASS_SOURCE).erasure());
    assertNotNull(section(erased, SECTION_CLASS_TRADE).content());
    // Whoever asks again for what was promised gets it.
    assertEquals(place.index(), ledger.submit(submitted).index());
  }

  @Test
  void theErasureAndItsApprovalAreReadOnTheRecordsOwnChain() {
    SignedSubmission erasure = erase(SECTION_CLASS_PERSONAL);
    approve(SECOND_AUTHORITY, erasure);
    Story story =
        ledger.trace(PRODUCER, TestLedger.subject(place.subject()), Direction.DIRECTION_STORY);
    assertEquals(2, story.chains().get(0).notices().size());
  }

  @Test
  void aDossierProvesToEverybodyWhatWasErased() throws Exception {
    SignedSubmission erasure = erase(SECTION_CLASS_PERSONAL, SECTION_CLASS_ATTACHMENT);
    SignedSubmission approval = approve(SECOND_AUTHORITY, erasure);
    awaitDestroyed(SECTION_CLASS_PERSONAL, SECTION_CLASS_ATTACHMENT);
    // With all of it in the map.
    var _ = ledger.awaitRest(indexOf(approval) + 2);
    RecordAt lookUp = ledger.lookUp(AUTHORITY, LOT.uri());
    List<DossierRequest.Builder> views =
        List.of(
            DossierRequest.newBuilder().setView(View.VIEW_CONSUMER),
            DossierRequest.newBuilder().setView(View.VIEW_PARTNER),
            DossierRequest.newBuilder().setView(View.VIEW_REGULATOR).setLookUp(lookUp),
            DossierRequest.newBuilder()
                .setView(View.VIEW_CONSUMER)
                .setMaxDepth(2)
                .setMaxRecords(1));
    for (DossierRequest.Builder view : views) {
      ParticipantId reader = view.getView() == View.VIEW_PARTNER ? PRODUCER : AUTHORITY;
      Dossier dossier = dossier(reader, view);
      Verdict verdict = verify(dossier);
      boolean whole = view.getMaxRecords() == 0;
      if (!whole) {
        // The record erased from is not among those shown.
        assertEquals(List.of(), verdict.partsErased());
        continue;
      }
      assertEquals(
          List.of(SECTION_CLASS_PERSONAL, SECTION_CLASS_ATTACHMENT),
          verdict.partsErased().stream().map(ErasedPart::sectionClass).toList());
      ErasedPart part = verdict.partsErased().get(0);
      assertEquals(place, part.place());
      assertEquals("个人信息保护法", part.erasure().law());
      assertEquals("47", part.erasure().article());
      assertEquals(indexOf(erasure), part.erasure().erasure().index());
      assertEquals(indexOf(approval), part.erasure().approval().index());
      assertEquals(AUTHORITY.toString(), part.erasure().signer().participant());
      assertEquals(SECOND_AUTHORITY.toString(), part.erasure().approver().participant());
      assertEquals(
          verdict.statement(part.erasure().approval()).orElseThrow().sequencedAt(),
          part.erasure().since());
      ProvenChain own = verdict.chains().get(verdict.chains().size() - 1);
      assertEquals(place.subject(), own.subject());
      assertEquals(Tie.PAPER, own.tie());
      assertEquals(2, own.notices().size());
      // Others are shown the source itself.
      if (view.getView() == View.VIEW_CONSUMER) {
        assertBroken(BrokenRule.ERASURE_NOT_PROVED, withMoreErased(dossier));
      }
      assertBroken(BrokenRule.CHAIN_WITHOUT_REASON, withNothingErased(dossier));
      Dossier.Builder unproved = dossier.toBuilder();
      unproved.removeMembers(dossier.getMembersCount() - 1);
      assertBroken(BrokenRule.ERASURE_NOT_PROVED, unproved.build());
    }
  }

  /** As the ledger would have it that withholds a part and calls it erased. */
  private Dossier withMoreErased(Dossier dossier) {
    return edited(
        dossier,
        section ->
            (section.hasLeaf()
                    && section.getLeaf().byteAt(0) == SectionClass.SECTION_CLASS_SOURCE_VALUE)
                || section.getErased());
  }

  private Dossier withNothingErased(Dossier dossier) {
    return edited(dossier, section -> false);
  }

  private Dossier edited(Dossier dossier, Predicate<ShownSection> erased) {
    Dossier.Builder edited = dossier.toBuilder();
    for (ProvedRecord.Builder record : edited.getRecordsBuilderList()) {
      if (record.getIndex() == place.index() && record.getPosition() == place.position()) {
        for (ShownSection.Builder section : record.getSectionsBuilderList()) {
          section.setErased(erased.test(section.build()));
        }
      }
    }
    return edited.build();
  }

  private Dossier dossier(ParticipantId reader, DossierRequest.Builder request) throws Exception {
    return Dossier.parseFrom(
        DossiersGrpc.newBlockingStub(ledger.as(reader))
            .getDossier(request.setSubject(LOT.uri()).build())
            .getDossier());
  }

  private Verdict verify(Dossier dossier) throws VerificationException {
    return new DossierVerifier(ledger.policy())
        .verify(dossier.toByteArray(), LOT, Instant.now(), Duration.ofHours(1), null);
  }

  private void assertBroken(BrokenRule rule, Dossier dossier) {
    VerificationException refused =
        assertThrows(VerificationException.class, () -> verify(dossier));
    assertEquals(rule, refused.rule(), refused::getMessage);
  }

  @Test
  void nothingIsDestroyedWithoutASecondAuthority() {
    SignedSubmission erasure = erase(SECTION_CLASS_PERSONAL);
    assertEquals(RefusalCode.NOT_PERMITTED, refused(approval(AUTHORITY, erasure)));
    // A laboratory approves other things.
    assertEquals(RefusalCode.ROLE_NOT_ALLOWED, refused(approval(RECEIVER, erasure)));
    // One that does not touch the record would not be found by whoever looks there.
    assertEquals(
        RefusalCode.BAD_FIELD,
        refused(
            ledger.sign(
                SECOND_AUTHORITY,
                approvalOf(erasure)
                    .line(LineRole.LINE_ROLE_RECORD, subject(indexOf(erasure), 0)))));
    // Another digest: accepted as a statement about nothing, and without effect.
    Hash other = submitted.digests().get(0);
    ledger.submit(
        SECOND_AUTHORITY,
        Draft.of(PublicPart.newBuilder().setApproval(Approval.newBuilder().setRecord(bytes(other))))
            .line(LineRole.LINE_ROLE_RECORD, subject(indexOf(erasure), 0))
            .line(LineRole.LINE_ROLE_RECORD, subject(place.index(), place.position())));
    ledger.restart();
    assertEquals(List.of(), standing().getDestroyedList());
    assertFalse(standing().getErasures(0).hasApproval());
  }

  @Test
  void whatMayNotBeErasedIsRefused() {
    assertEquals(
        RefusalCode.BAD_FIELD, refused(ledger.sign(AUTHORITY, erasure(SECTION_CLASS_TRADE))));
    assertEquals(
        RefusalCode.BAD_FIELD,
        refused(ledger.sign(AUTHORITY, erasure(SECTION_CLASS_SOURCE, SECTION_CLASS_PERSONAL))));
    assertEquals(
        RefusalCode.ROLE_NOT_ALLOWED,
        refused(ledger.sign(PRODUCER, erasure(SECTION_CLASS_PERSONAL))));
    digest = submitted.digests().get(2);
    assertEquals(
        RefusalCode.UNKNOWN_RECORD,
        refused(ledger.sign(AUTHORITY, erasure(SECTION_CLASS_PERSONAL))));
    place = new RecordPlace(place.index() + 1_000, 0);
    assertEquals(
        RefusalCode.UNKNOWN_RECORD,
        refused(ledger.sign(AUTHORITY, erasure(SECTION_CLASS_PERSONAL))));
  }

  /** Wherever it dies after the approval is synced, the next start destroys what is to be gone. */
  @ParameterizedTest
  @CsvSource({
    "KEYS_REPLACED, BEFORE",
    "KEYS_REPLACED, AFTER",
    "KEYS_PURGED, BEFORE",
    "KEYS_PURGED, AFTER",
  })
  void aDestructionThatWasInterruptedIsFinishedAtTheNextStart(Step step, When when)
      throws Exception {
    byte[] seed = seed();
    Faults faults = new Faults();
    ledger.start(faults.writes());
    SignedSubmission erasure = erase(SECTION_CLASS_PERSONAL);
    // The purge of the start is over by then, or this waits for it.
    await(() -> faults.calls(Step.KEYS_PURGED) > 0);
    List<Throwable> fatal = new ArrayList<>();
    ledger.node().onFatal(fatal::add);
    faults.fail(step, when);
    approve(SECOND_AUTHORITY, erasure);
    faults.awaitHeld();
    faults.letGo();
    await(() -> !fatal.isEmpty());
    ledger.stop();
    assertEquals(step == Step.KEYS_REPLACED || when == When.BEFORE, anyFileHolds(seed));

    ledger.start();
    awaitDestroyed(SECTION_CLASS_PERSONAL);
    assertFalse(anyFileHolds(seed));
    StoryRecord erased =
        ledger.trace(PRODUCER, LOT, Direction.DIRECTION_STORY).record(place).orElseThrow();
    assertNotNull(section(erased, SECTION_CLASS_PERSONAL).erasure());
    assertNotNull(section(erased, SECTION_CLASS_SOURCE).content());
  }

  @Test
  void anOlderCopyOfTheKeysIsErasedAgain() throws Exception {
    byte[] seed = seed();
    Path copy = temp.resolve("copy");
    LedgerFolder.copy(ledger.data().resolve("keys"), copy);
    ledger.start();
    approve(SECOND_AUTHORITY, erase(SECTION_CLASS_PERSONAL));
    awaitDestroyed(SECTION_CLASS_PERSONAL);
    ledger.stop();
    // The seeds of the erasure and its approval are not in it, and neither needs one.
    try (Stream<Path> files = Files.list(ledger.data().resolve("keys"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    LedgerFolder.copy(copy, ledger.data().resolve("keys"));
    assertTrue(anyFileHolds(seed));
    ledger.start();
    awaitDestroyed(SECTION_CLASS_PERSONAL);
    assertFalse(anyFileHolds(seed));
  }

  private SignedSubmission erase(SectionClass... classes) {
    SignedSubmission signed = ledger.sign(AUTHORITY, erasure(classes));
    ledger.submit(signed);
    return signed;
  }

  private Draft erasure(SectionClass... classes) {
    return Draft.of(
            PublicPart.newBuilder()
                .setErasure(
                    Erasure.newBuilder()
                        .setRecord(bytes(digest))
                        .addAllClasses(List.of(classes))
                        .setLaw("个人信息保护法")
                        .setArticle("47")
                        .setReason("本人撤回同意")))
        .line(LineRole.LINE_ROLE_RECORD, subject(place.index(), place.position()));
  }

  private SignedSubmission approve(ParticipantId authority, SignedSubmission erasure) {
    SignedSubmission signed = approval(authority, erasure);
    ledger.submit(signed);
    return signed;
  }

  private SignedSubmission approval(ParticipantId authority, SignedSubmission erasure) {
    return ledger.sign(
        authority,
        approvalOf(erasure)
            .line(LineRole.LINE_ROLE_RECORD, subject(indexOf(erasure), 0))
            .line(LineRole.LINE_ROLE_RECORD, subject(place.index(), place.position())));
  }

  private static Draft approvalOf(SignedSubmission erasure) {
    return Draft.of(
        PublicPart.newBuilder()
            .setApproval(Approval.newBuilder().setRecord(bytes(erasure.digests().get(0)))));
  }

  /** By sending it again: who asks twice gets the receipt of the first. */
  private long indexOf(SignedSubmission submission) {
    return ledger.submit(submission).index();
  }

  private RefusalCode refused(SignedSubmission submission) {
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> ledger.submit(submission));
    try {
      return RefusalCode.valueOf(
          Objects.requireNonNull(StatusProto.fromThrowable(refused))
              .getDetails(0)
              .unpack(ErrorInfo.class)
              .getReason());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private ErasureReply standing() {
    return ErasuresGrpc.newBlockingStub(ledger.as(AUTHORITY))
        .getErasure(
            GetErasureRequest.newBuilder()
                .setRecord(
                    RecordAt.newBuilder().setIndex(place.index()).setPosition(place.position()))
                .build());
  }

  private void awaitDestroyed(SectionClass... classes) {
    await(() -> standing().getDestroyedList().equals(List.of(classes)));
  }

  private static void await(BooleanSupplier condition) {
    long until = System.nanoTime() + WAIT_MILLIS * 1_000_000;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("not within " + WAIT_MILLIS + " ms");
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static StorySection section(StoryRecord record, SectionClass wanted) {
    return record.sections().stream()
        .filter(section -> section.sectionClass() == wanted)
        .findFirst()
        .orElseThrow();
  }

  /** What the keys of the entry follow from; the node is stopped for it, and stays so. */
  private byte[] seed() {
    ledger.stop();
    try (DataFolder folder = DataFolder.existing(ledger.data(), StorageConfig.defaults());
        KeyStore keys = KeyStore.open(folder, Access.READ_ONLY)) {
      return keys.seed(place.index()).orElseThrow();
    }
  }

  private boolean anyFileHolds(byte[] wanted) throws Exception {
    String searched = new String(wanted, StandardCharsets.ISO_8859_1);
    try (Stream<Path> files = Files.walk(ledger.data())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(searched)) {
          return true;
        }
      }
    }
    return false;
  }

  private static Subject subject(long index, int position) {
    return TestLedger.subject(new RecordPlace(index, position).subject());
  }

  private static ByteString bytes(Hash digest) {
    return ByteString.copyFrom(digest.bytes());
  }
}
