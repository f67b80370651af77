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

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Direction;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.GetReceiptRequest;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionGrpc;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Voiding;

/** A gateway signs for a producer, and a node that believes it no further than it was let. */
class DelegatedSigningTest {
  private static final ParticipantId GATEWAY = TestLedger.participant("gln:9520000000011");
  private static final ParticipantId OTHER = TestLedger.participant("gln:9520000000028");
  private static final Subject LOT = TestLedger.subject("urn:pinlian:lot:" + PRODUCER + ":IF2601");
  private final long later = Instant.now().plus(Duration.ofDays(2)).toEpochMilli();
  private static final Kind[] ALL = {
    Kind.KIND_PRODUCT, Kind.KIND_TRACE_EVENT, Kind.KIND_CUSTODY_OFFER, Kind.KIND_VOIDING
  };

  @TempDir Path data;
  private TestLedger ledger;

  @BeforeEach
  void start() {
    ledger = TestLedger.create(data);
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    ledger.enrol(GATEWAY, Role.ROLE_GATEWAY, Role.ROLE_MARKET);
  }

  @AfterEach
  void stop() {
    ledger.close();
  }

  // Accepted -------------------------------------------------------------------------------------

  @Test
  void whatItSignsIsTheProducersAndIsToldAsAttestedAlsoAfterARestart() {
    ledger.submit(PRODUCER, delegation(later, ALL));
    VerifiedReceipt receipt = ledger.submit(attested(GATEWAY, PRODUCER, harvest()));
    Story before = ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_STORY);

    StoryRecord told = before.records().get(0);
    assertEquals(receipt.index(), told.index());
    assertEquals(PRODUCER.toString(), told.signer().participant());
    assertEquals(List.of(Role.ROLE_PRODUCER), told.signer().roles());
    assertNotNull(told.attestedBy());
    assertEquals(GATEWAY.toString(), told.attestedBy().participant());

    ledger.restart();
    assertEquals(
        before.records(), ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_STORY).records());
    ledger.submit(attested(GATEWAY, PRODUCER, harvest()));
  }

  @Test
  void bothOfThemSeeItWholeAndAnotherDoesNot() {
    ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR);
    ledger.submit(PRODUCER, delegation(later, ALL));
    long index = ledger.submit(attested(GATEWAY, PRODUCER, harvest())).index();

    for (ParticipantId reader : List.of(PRODUCER, GATEWAY)) {
      Story story = ledger.trace(reader, LOT, Direction.DIRECTION_STORY);
      assertTrue(story.records().get(0).withheld().isEmpty(), reader.toString());
      assertFalse(receipt(reader, index).isEmpty());
    }
    Story story = ledger.trace(RECEIVER, LOT, Direction.DIRECTION_STORY);
    assertFalse(story.records().get(0).withheld().isEmpty());
    assertNotNull(story.records().get(0).attestedBy());
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> receipt(RECEIVER, index));
    assertEquals(RefusalCode.NOT_A_READER.name(), reason(refused));
  }

  @Test
  void theSameBytesAgainGetTheSameReceiptEvenWhenTheDelegationHasEnded() {
    ledger.submit(PRODUCER, delegation(later, ALL));
    SignedSubmission signed = attested(GATEWAY, PRODUCER, harvest());
    VerifiedReceipt first = ledger.submit(signed);
    ledger.submit(PRODUCER, delegation(0));

    assertEquals(first.index(), ledger.submit(signed).index());
  }

  @Test
  void anOfferThatItSignsIsAnsweredByTheReceiverItself() {
    ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR);
    ledger.submit(PRODUCER, delegation(later, ALL));
    ledger.submit(RECEIVER, delegationOf(RECEIVER, later, ALL));
    SignedSubmission offer = attested(GATEWAY, PRODUCER, offer());
    long index = ledger.submit(offer).index();
    Draft answer = answer(offer.digests().get(0), index);

    refused(RefusalCode.NOT_DELEGABLE, "records[0].kind", attested(GATEWAY, RECEIVER, answer));
    ledger.submit(RECEIVER, answer);
    assertEquals(2, ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_STORY).records().size());
  }

  @Test
  void theProducerVoidsWhatWasSignedForItAndTheGatewayDoesNotInItsOwnName() {
    ledger.submit(PRODUCER, delegation(later, ALL));
    SignedSubmission harvest = attested(GATEWAY, PRODUCER, harvest());
    long index = ledger.submit(harvest).index();
    Draft voiding = voiding(harvest.digests().get(0), index);

    refused(
        RefusalCode.NOT_PERMITTED, "records[0].lines[1].subject", ledger.sign(GATEWAY, voiding));
    ledger.submit(PRODUCER, voiding);
    ledger.submit(attested(GATEWAY, PRODUCER, voiding));
  }

  // Refused --------------------------------------------------------------------------------------

  @Test
  void withoutADelegationNothingIsTaken() {
    refused(
        RefusalCode.NO_DELEGATION, "attestation.principal", attested(GATEWAY, PRODUCER, harvest()));
  }

  @Test
  void aDelegationHoldsFromTheNextEntryOnEvenWithinOneBatch() {
    ledger.submit(PRODUCER, delegation(later, ALL));
    ledger.submit(attested(GATEWAY, PRODUCER, harvest()));
    ledger.submit(PRODUCER, delegation(0));
    refused(
        RefusalCode.NO_DELEGATION, "attestation.principal", attested(GATEWAY, PRODUCER, harvest()));
    ledger.restart();
    refused(
        RefusalCode.NO_DELEGATION, "attestation.principal", attested(GATEWAY, PRODUCER, harvest()));
  }

  @Test
  void whenItHasExpiredNothingIsTaken() {
    ledger.submit(PRODUCER, delegation(later, ALL));
    ledger.stop();
    ledger.useClock(Clock.offset(Clock.systemUTC(), Duration.ofDays(3)));
    ledger.start();

    refused(
        RefusalCode.DELEGATION_EXPIRED,
        "attestation.principal",
        attested(GATEWAY, PRODUCER, harvest()));
  }

  @Test
  void onlyTheKindsItNamesAreTaken() {
    ledger.submit(PRODUCER, delegation(later, Kind.KIND_CUSTODY_OFFER));

    refused(
        RefusalCode.KIND_NOT_DELEGATED,
        "records[1].kind",
        attested(GATEWAY, PRODUCER, offer(), harvest()));
  }

  @Test
  void certificatesAndTheirVoidingAreTheProducersOwn() throws IdentifierException {
    ledger.submit(PRODUCER, delegation(later, ALL));
    refused(
        RefusalCode.NOT_DELEGABLE, "records[0].kind", attested(GATEWAY, PRODUCER, certificate()));
    SignedSubmission certificate = ledger.sign(PRODUCER, certificate());
    long index = ledger.submit(certificate).index();
    Draft voiding = voiding(certificate.digests().get(0), index);

    refused(
        RefusalCode.NOT_DELEGABLE,
        "records[0].lines[1].subject",
        attested(GATEWAY, PRODUCER, voiding));
    ledger.submit(PRODUCER, voiding);
  }

  @Test
  void keysAndDelegationsThemselvesAreTheProducersOwn() {
    ledger.submit(PRODUCER, delegation(later, ALL));

    refused(
        RefusalCode.NOT_DELEGABLE,
        "records[0].kind",
        attested(GATEWAY, PRODUCER, delegation(later, ALL)));
    refused(
        RefusalCode.NOT_PERMITTED,
        "records[0].public_part.delegation.participant",
        ledger.sign(AUTHORITY, delegation(later, ALL)),
        RefusalCode.ROLE_NOT_ALLOWED);
  }

  @Test
  void theProducersRolesCountAndNotTheGateways() {
    ledger.enrol(RECEIVER, Role.ROLE_LABORATORY);
    ledger.submit(RECEIVER, delegationOf(RECEIVER, later, ALL));

    refused(
        RefusalCode.ROLE_NOT_ALLOWED, "records[0].kind", attested(GATEWAY, RECEIVER, harvest()));
    // In its own name the gateway, a market too, may.
    ledger.submit(GATEWAY, harvest());
  }

  @Test
  void whoIsNoGatewaySignsForNobody() {
    ledger.enrol(OTHER, Role.ROLE_MARKET);
    refused(
        RefusalCode.NOT_A_GATEWAY,
        "records[0].public_part.delegation.gateway",
        ledger.sign(PRODUCER, delegation(PRODUCER, OTHER, OTHER, later, ALL)));
    refused(
        RefusalCode.NOT_A_GATEWAY, "attestation.principal", attested(OTHER, PRODUCER, harvest()));
  }

  @Test
  void aDelegationIsToAKeyThatTheGatewayHas() {
    refused(
        RefusalCode.BAD_FIELD,
        "records[0].public_part.delegation.key_id",
        ledger.sign(PRODUCER, delegation(PRODUCER, GATEWAY, AUTHORITY, later, ALL)));
  }

  @Test
  void nobodyIsSignedForWhoIsNotEnrolledOrIsAnAuthority() {
    refused(
        RefusalCode.PRINCIPAL_NOT_VALID,
        "attestation.principal",
        attested(GATEWAY, OTHER, harvest()));
    refused(
        RefusalCode.PRINCIPAL_NOT_VALID,
        "attestation.principal",
        attested(GATEWAY, AUTHORITY, harvest()));
  }

  @Test
  void anotherAttestationThanTheSignedOneIsRefused() {
    ledger.enrol(OTHER, Role.ROLE_PRODUCER);
    ledger.submit(PRODUCER, delegation(later, ALL));
    SignedSubmission good = attested(GATEWAY, PRODUCER, harvest());
    SignedSubmission other = attested(GATEWAY, OTHER, harvest());

    for (ByteString wrong :
        List.of(
            ByteString.EMPTY,
            other.request().getAttestation(),
            good.request().getAttestation().concat(ByteString.copyFrom(new byte[] {0x18, 1})))) {
      refused(
          RefusalCode.ATTESTATION_MISMATCH,
          "attestation",
          good.request().toBuilder().setAttestation(wrong).build());
    }
    refused(
        RefusalCode.ATTESTATION_MISMATCH,
        "attestation",
        ledger.sign(PRODUCER, harvest()).request().toBuilder()
            .setAttestation(good.request().getAttestation())
            .build());
    ledger.submit(good);
  }

  @Test
  void afterAllOfItAPlainSubmissionIsStillPlain() {
    ledger.submit(PRODUCER, delegation(later, ALL));
    ledger.submit(PRODUCER, harvest());

    assertNull(
        ledger.trace(AUTHORITY, LOT, Direction.DIRECTION_STORY).records().get(0).attestedBy());
  }

  // Parts ----------------------------------------------------------------------------------------

  private SignedSubmission attested(ParticipantId by, ParticipantId principal, Draft... drafts) {
    return ledger.attest(by, principal, drafts);
  }

  private ByteString receipt(ParticipantId reader, long index) {
    return LogGrpc.newBlockingStub(ledger.as(reader))
        .getReceipt(GetReceiptRequest.newBuilder().setIndex(index).build())
        .getEntry();
  }

  private void refused(RefusalCode code, String path, SignedSubmission submission) {
    refused(code, path, submission.request());
  }

  /** Refused for the first or, where the role is asked before, for the second. */
  private void refused(
      RefusalCode code, String path, SignedSubmission submission, RefusalCode rather) {
    StatusRuntimeException refused = refusal(submission.request());
    assertTrue(List.of(code.name(), rather.name()).contains(reason(refused)), path);
  }

  private void refused(RefusalCode code, String path, SubmitRequest request) {
    StatusRuntimeException refused = refusal(request);
    assertEquals(code.name(), reason(refused), refused.getMessage());
    assertTrue(
        String.valueOf(refused.getStatus().getDescription()).startsWith(path + ": "),
        refused.getMessage());
  }

  private StatusRuntimeException refusal(SubmitRequest request) {
    return assertThrows(
        StatusRuntimeException.class,
        () -> SubmissionGrpc.newBlockingStub(ledger.node().channel()).submit(request));
  }

  private static String reason(StatusRuntimeException refused) {
    try {
      return Objects.requireNonNull(StatusProto.fromThrowable(refused))
          .getDetails(0)
          .unpack(com.google.rpc.ErrorInfo.class)
          .getReason();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private Draft delegation(long until, Kind... kinds) {
    return delegationOf(PRODUCER, until, kinds);
  }

  private Draft delegationOf(ParticipantId principal, long until, Kind... kinds) {
    return delegation(principal, GATEWAY, GATEWAY, until, kinds);
  }

  private Draft delegation(
      ParticipantId principal,
      ParticipantId gateway,
      ParticipantId keyOf,
      long until,
      Kind... kinds) {
    return Draft.of(
            PublicPart.newBuilder()
                .setDelegation(
                    Delegation.newBuilder()
                        .setParticipant(principal.toString())
                        .setGateway(gateway.toString())
                        .setKeyId(
                            ByteString.copyFrom(ledger.key(keyOf).verifyingKey().keyId().bytes()))
                        .addAllKinds(List.of(kinds))
                        .setValidUntil(until)))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(principal));
  }

  private static Draft harvest() {
    return Draft.of(
            PublicPart.newBuilder()
                .setTraceEvent(
                    TraceEvent.newBuilder()
                        .setType(EventType.EVENT_TYPE_OBJECT)
                        .setAction(EventAction.EVENT_ACTION_ADD)
                        .setEventTime(1_780_000_000_000L)
                        .setZoneOffset("+08:00")
                        .setBusinessStep("commissioning")))
        .line(LineRole.LINE_ROLE_OBJECT, LOT)
        .trade(
            Trade.newBuilder()
                .addQuantities(Quantity.newBuilder().setUnscaled(1200).setUnit("KGM"))
                .build());
  }

  private static Draft offer() {
    return Draft.of(
            PublicPart.newBuilder()
                .setCustodyOffer(CustodyOffer.newBuilder().setOfferedAt(1_780_000_000_000L)))
        .line(LineRole.LINE_ROLE_OBJECT, LOT)
        .trade(Trade.newBuilder().setReceiver(RECEIVER.toString()).build());
  }

  private static Draft answer(Hash offer, long index) {
    return Draft.of(
            PublicPart.newBuilder()
                .setCustodyAnswer(
                    CustodyAnswer.newBuilder()
                        .setOffer(ByteString.copyFrom(offer.bytes()))
                        .setAnsweredAt(1_780_000_000_000L)
                        .addAnswers(
                            LineAnswer.newBuilder()
                                .setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED))))
        .line(LineRole.LINE_ROLE_OBJECT, LOT)
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(index, 0));
  }

  private static Draft voiding(Hash of, long index) {
    return Draft.of(
            PublicPart.newBuilder()
                .setVoiding(
                    Voiding.newBuilder()
                        .setRecord(ByteString.copyFrom(of.bytes()))
                        .setReason("数量填写错误")))
        .line(LineRole.LINE_ROLE_OBJECT, LOT)
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(index, 0));
  }

  private static Draft certificate() throws IdentifierException {
    return Draft.of(
            PublicPart.newBuilder()
                .setCommitmentCertificate(
                    CommitmentCertificate.newBuilder()
                        .setForm(CertificateForm.CERTIFICATE_FORM_2025_1)
                        .setNumber("HZ-0001")
                        .setProductName("竹笋")
                        .setQuantity(Quantity.newBuilder().setUnscaled(500).setUnit("KGM"))
                        .setOrigin("示范县示范镇")
                        .setRegion("000000")
                        .setIssuer("示例企业")
                        .setIssuedOn("2026-06-12")
                        .addBases(CommitmentBasis.COMMITMENT_BASIS_CONTROL)))
        .line(LineRole.LINE_ROLE_OBJECT, LOT)
        .line(LineRole.LINE_ROLE_CERTIFICATE, Subject.certificate(PRODUCER, "HZ-0001"));
  }
}
