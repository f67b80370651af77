// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.dossier.Bamboo.MIX;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.SignedSubmission;
import org.pinlian.record.Submissions;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.testkit.HonestLedger.View;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.Voiding;

/** What a gateway signed for the market: told as that, and not believed without the delegation. */
class AttestedStoryTest {
  /** Rules that only such stories can break. */
  static final Set<BrokenRule> RULES =
      EnumSet.of(
          BrokenRule.ATTESTATION_MISSING,
          BrokenRule.ATTESTATION_MISMATCH,
          BrokenRule.NOT_A_GATEWAY,
          BrokenRule.PRINCIPAL_NOT_VALID,
          BrokenRule.NO_DELEGATION,
          BrokenRule.DELEGATION_EXPIRED,
          BrokenRule.KIND_NOT_DELEGATED,
          BrokenRule.NOT_DELEGABLE);

  private static final long LATER = HonestLedger.START_MILLIS + 86_400_000;

  /** A ledger with a gateway on it, and a market that may let it sign. */
  private static final class Attested {
    final Bamboo bamboo = new Bamboo();
    final HonestLedger ledger = bamboo.ledger;
    final Participant gateway =
        ledger.enrol("gln:9520000000042", "示例代签服务", 60, Role.ROLE_GATEWAY, Role.ROLE_MARKET);
    final Participant market = bamboo.rotated();

    /** Any of the kinds that are open, until tomorrow. */
    Attested delegated() {
      return add(
          market, delegation(LATER, Kind.KIND_PRODUCT, Kind.KIND_TRACE_EVENT, Kind.KIND_VOIDING));
    }

    Draft delegation(long until, Kind... kinds) {
      return HonestLedger.delegation(market, gateway, until, kinds);
    }

    Attested add(Participant by, Draft... drafts) {
      long unused = ledger.add(by, drafts);
      return this;
    }

    Attested attest(Draft... drafts) {
      return attest(gateway, market.id(), drafts);
    }

    Attested attest(Participant by, ParticipantId principal, Draft... drafts) {
      long unused = ledger.add(ledger.attest(by, principal, drafts).request());
      return this;
    }

    /** Signed over the digest of anything, and sent with it. */
    Attested attestBytes(ByteString attestation) {
      SignedSubmission signed = ledger.sign(gateway, Bamboo.packing());
      SubmissionHeader header =
          signed.header().toBuilder()
              .setAttestation(
                  ByteString.copyFrom(
                      Submissions.attestationDigest(ledger.hash(), attestation).bytes()))
              .build();
      long unused =
          ledger.add(
              SignedSubmission.of(
                      header,
                      attestation,
                      signed.request().getRecordsList(),
                      signed.digests(),
                      gateway.key())
                  .request());
      return this;
    }

    Story verify() throws VerificationException {
      return bamboo.verify(bamboo.trace(View.WHOLE));
    }
  }

  private record Lie(String name, BrokenRule rule, Telling telling) {}

  @FunctionalInterface
  private interface Telling {
    Story verify() throws VerificationException;
  }

  // Honest ---------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(View.class)
  void isToldAsAttestedByTheGatewayForTheMarket(View view) throws VerificationException {
    Attested story = new Attested().delegated().attest(Bamboo.packing());
    Story told = story.bamboo.verify(story.bamboo.trace(view));
    StoryRecord packing = last(told);

    assertEquals(story.market.id().toString(), packing.signer().participant());
    assertEquals(story.market.name(), packing.signer().name());
    Signer attester = packing.attestedBy();
    assertNotNull(attester);
    assertEquals(story.gateway.id().toString(), attester.participant());
    assertEquals(story.gateway.key().verifyingKey().keyId(), attester.keyId());
    assertEquals(attester.keyId(), packing.signer().keyId());
    assertFalse(packing.doubtful());
    assertNull(told.records().get(0).attestedBy());
  }

  @Test
  void anotherGatewaysDelegationOnTheSameKeysChainNeedsNoKeysOfThatGateway()
      throws VerificationException {
    Attested story = new Attested().delegated();
    Participant other = story.ledger.enrol("gln:9520000000059", "另一网关", 61, Role.ROLE_GATEWAY);
    story
        .add(
            story.market,
            HonestLedger.delegation(story.market, other, LATER, Kind.KIND_TRACE_EVENT))
        .attest(Bamboo.packing());

    assertNotNull(last(story.verify()).attestedBy());
  }

  @Test
  void staysGoodWhenTheDelegationEndsLater() throws VerificationException {
    Attested story = new Attested().delegated().attest(Bamboo.packing());
    story.add(story.market, story.delegation(0));

    assertNotNull(last(story.verify()).attestedBy());
  }

  @Test
  void isDoubtfulWhenTheKeyThatDelegatedWasOutOfHandByThen() throws VerificationException {
    Attested story = new Attested().delegated().attest(Bamboo.packing());
    story.add(story.ledger.authority(), revocation(story.market, HonestLedger.START_MILLIS));

    assertTrue(last(story.verify()).doubtful());
  }

  @Test
  void isDoubtfulWhenTheGatewaysKeyWasOutOfHandByThen() throws VerificationException {
    Attested story = new Attested().delegated().attest(Bamboo.packing());
    story.add(story.ledger.authority(), revocation(story.gateway, HonestLedger.START_MILLIS));

    assertTrue(last(story.verify()).doubtful());
  }

  @Test
  void aVoidingOfWhatTheGatewayMaySignIsGood() throws VerificationException {
    Attested story = new Attested().delegated().attest(Bamboo.packing());
    RecordPlace packing = last(story.verify()).place();
    story.attest(voiding(story, packing));

    assertEquals(Kind.KIND_VOIDING, last(story.verify()).kind());
  }

  /** Such a line speaks of nothing yet, and the ledger takes it with a finding. */
  @Test
  void aVoidingOfWhatWasYetToComeSpeaksOfNothing() throws VerificationException {
    Attested story = new Attested().delegated();
    long next = story.ledger.size() + 1;
    story
        .attest(
            Draft.of(voidingOf(ByteString.copyFrom(new byte[32])))
                .line(LineRole.LINE_ROLE_OBJECT, MIX)
                .line(LineRole.LINE_ROLE_RECORD, Subject.record(next, 0)))
        .add(story.bamboo.thirdAuthority, Bamboo.order(MIX));

    assertEquals(Kind.KIND_ORDER, last(story.verify()).kind());
  }

  @Test
  void aReceiptOfItIsGoodLikeAnyOther() throws VerificationException {
    Attested story = new Attested().delegated();
    SignedSubmission signed =
        story.ledger.attest(story.gateway, story.market.id(), Bamboo.packing());
    long index = story.ledger.add(signed.request());

    assertEquals(
        index,
        new ReceiptVerifier(story.ledger.policy())
            .verify(story.ledger.receipt(index), signed)
            .index());
  }

  // Lies -----------------------------------------------------------------------------------------

  @TestFactory
  Stream<DynamicTest> refuses() {
    List<Lie> lies = lies();
    EnumSet<BrokenRule> untold = EnumSet.copyOf(RULES);
    lies.forEach(lie -> untold.remove(lie.rule));
    assertEquals(Set.of(), untold);
    return lies.stream()
        .map(lie ->
            DynamicTest.dynamicTest(
                lie.name,
                () -> {
                  VerificationException refused =
                      assertThrows(VerificationException.class, lie.telling::verify);
                  assertEquals(lie.rule, refused.rule(), refused::getMessage);
                }));
  }

  private static List<Lie> lies() {
    List<Lie> lies = new ArrayList<>();
    told(lies, "no attestation", BrokenRule.ATTESTATION_MISSING, ByteString.EMPTY);
    told(lies, "bytes of their own", BrokenRule.ATTESTATION_MISMATCH, ByteString.copyFromUtf8("x"));
    edited(
        lies,
        "another principal",
        BrokenRule.ATTESTATION_MISMATCH,
        (trace, at) ->
            trace.withEntry(
                at, shown -> shown.setAttestation(principal(shown.getAttestation(), "farmer:x"))));
    edited(
        lies,
        "an attestation of what was not attested",
        BrokenRule.ATTESTATION_MISMATCH,
        (trace, at) -> {
          ByteString stolen = trace.messages.get(trace.entry(at)).getEntry().getAttestation();
          trace.withEntry(new Bamboo().mixing.index(), shown -> shown.setAttestation(stolen));
        });
    edited(
        lies,
        "an attestation of genesis",
        BrokenRule.ATTESTATION_MISMATCH,
        (trace, at) ->
            trace.withEntry(0, shown -> shown.setAttestation(ByteString.copyFromUtf8("x"))));
    lies.add(
        new Lie(
            "the principal's keys chain left out",
            BrokenRule.KEYS_CHAIN_MISSING,
            () -> {
              ParticipantId nobody = HonestLedger.participant("farmer:nobody");
              Attested story = new Attested();
              story.attest(story.gateway, nobody, Bamboo.packing());
              Edited edited = new Edited(story.bamboo.trace(View.WHOLE));
              edited.drop(edited.chain(Subject.keys(nobody), false));
              return story.bamboo.verify(edited.messages);
            }));
    sequenced(
        lies,
        "an attestation with a field that nobody knows",
        BrokenRule.NOT_CANONICAL,
        story ->
            story.attestBytes(
                attestation(story.market.id().toString())
                    .toByteString()
                    .concat(ByteString.copyFrom(new byte[] {0x78, 1}))));
    sequenced(
        lies,
        "an attestation without salt",
        BrokenRule.MALFORMED,
        story ->
            story.attestBytes(
                attestation(story.market.id().toString()).toBuilder()
                    .clearSalt()
                    .build()
                    .toByteString()));
    sequenced(
        lies,
        "an attestation of the gateway for itself",
        BrokenRule.MALFORMED,
        story -> story.attestBytes(attestation(story.gateway.id().toString()).toByteString()));
    sequenced(
        lies, "no delegation", BrokenRule.NO_DELEGATION, story -> story.attest(Bamboo.packing()));
    sequenced(
        lies,
        "a delegation given afterwards",
        BrokenRule.NO_DELEGATION,
        story -> story.attest(Bamboo.packing()).delegated());
    sequenced(
        lies,
        "a delegation withdrawn",
        BrokenRule.NO_DELEGATION,
        story -> story.delegated().add(story.market, story.delegation(0)).attest(Bamboo.packing()));
    sequenced(
        lies,
        "a delegation to another key of the gateway",
        BrokenRule.NO_DELEGATION,
        story -> {
          Participant rotated =
              new Participant(story.gateway.id(), story.gateway.name(), HonestLedger.key(62));
          story
              .delegated()
              .add(story.gateway, rotation(story.gateway, 62))
              .attest(rotated, story.market.id(), Bamboo.packing());
        });
    sequenced(
        lies,
        "a delegation to another gateway",
        BrokenRule.NO_DELEGATION,
        story -> {
          Participant other =
              story.ledger.enrol("gln:9520000000059", "另一网关", 61, Role.ROLE_GATEWAY);
          story.delegated().attest(other, story.market.id(), Bamboo.packing());
        });
    sequenced(
        lies,
        "a delegation of another principal",
        BrokenRule.NO_DELEGATION,
        story -> story.delegated().attest(story.gateway, story.bamboo.farm.id(), Bamboo.packing()));
    sequenced(
        lies,
        "a delegation that a thief may have given",
        BrokenRule.NO_DELEGATION,
        story ->
            story
                .delegated()
                .add(story.ledger.authority(), revocation(story.market, 1))
                .attest(Bamboo.packing()));
    sequenced(
        lies,
        "a delegation that somebody else gave",
        BrokenRule.KEYS_RECORD_NOT_ALLOWED,
        story ->
            story
                .add(story.gateway, story.delegation(LATER, Kind.KIND_TRACE_EVENT))
                .attest(Bamboo.packing()));
    sequenced(
        lies,
        "a delegation that the gateway attested itself",
        BrokenRule.NOT_DELEGABLE,
        story ->
            story
                .delegated()
                .attest(story.delegation(LATER, Kind.KIND_INTAKE))
                .attest(Bamboo.packing()));
    sequenced(
        lies,
        "an expired delegation",
        BrokenRule.DELEGATION_EXPIRED,
        story ->
            story
                .add(
                    story.market,
                    story.delegation(story.ledger.nowMillis() + 500, Kind.KIND_TRACE_EVENT))
                .attest(Bamboo.packing()));
    sequenced(
        lies,
        "a kind that the delegation does not name",
        BrokenRule.KIND_NOT_DELEGATED,
        story ->
            story
                .add(story.market, story.delegation(LATER, Kind.KIND_INTAKE))
                .attest(Bamboo.packing()));
    sequenced(
        lies,
        "a certificate that a gateway signed",
        BrokenRule.NOT_DELEGABLE,
        story -> story.delegated().attest(story.bamboo.certificate(MIX, "9")));
    sequenced(
        lies,
        "an order that a gateway signed",
        BrokenRule.NOT_DELEGABLE,
        story -> story.delegated().attest(Bamboo.order(MIX)));
    sequenced(
        lies,
        "a voiding by a gateway of a certificate",
        BrokenRule.NOT_DELEGABLE,
        story -> story.delegated().attest(voiding(story, story.bamboo.certificate)));
    sequenced(
        lies,
        "a kind that the gateway's role opens and the principal's does not",
        BrokenRule.ROLE_NOT_ALLOWED,
        story ->
            story
                .delegated()
                .attest(
                    Draft.of(
                            PublicPart.newBuilder()
                                .setProduct(org.pinlian.v1.Product.newBuilder().setName("笋")))
                        .line(LineRole.LINE_ROLE_OBJECT, MIX)));
    sequenced(
        lies,
        "signed for somebody by who is no gateway",
        BrokenRule.NOT_A_GATEWAY,
        story -> {
          Participant shop = story.ledger.enrol("gln:9520000000066", "示例商店", 63, Role.ROLE_SHOP);
          story
              .add(
                  story.market,
                  HonestLedger.delegation(story.market, shop, LATER, Kind.KIND_TRACE_EVENT))
              .attest(shop, story.market.id(), Bamboo.packing());
        });
    sequenced(
        lies,
        "signed for nobody that is enrolled",
        BrokenRule.PRINCIPAL_NOT_VALID,
        story ->
            story.attest(
                story.gateway, HonestLedger.participant("farmer:nobody"), Bamboo.packing()));
    sequenced(
        lies,
        "signed for an authority",
        BrokenRule.PRINCIPAL_NOT_VALID,
        story -> story.attest(story.gateway, story.ledger.authority().id(), Bamboo.packing()));
    return lies;
  }

  @FunctionalInterface
  private interface Edit {
    void change(Edited trace, long attested);
  }

  private static void told(List<Lie> lies, String name, BrokenRule rule, ByteString attestation) {
    edited(
        lies,
        name,
        rule,
        (trace, at) -> trace.withEntry(at, shown -> shown.setAttestation(attestation)));
  }

  private static void edited(List<Lie> lies, String name, BrokenRule rule, Edit edit) {
    lies.add(
        new Lie(
            name,
            rule,
            () -> {
              Attested story = new Attested().delegated();
              long index = story.ledger.size();
              story.attest(Bamboo.packing());
              Edited edited = new Edited(story.bamboo.trace(View.WHOLE));
              edit.change(edited, index);
              return story.bamboo.verify(edited.messages);
            }));
  }

  private static void sequenced(
      List<Lie> lies, String name, BrokenRule rule, Consumer<Attested> change) {
    lies.add(
        new Lie(
            name,
            rule,
            () -> {
              Attested story = new Attested();
              change.accept(story);
              return story.verify();
            }));
  }

  // Parts ----------------------------------------------------------------------------------------

  private static StoryRecord last(Story story) {
    return story.records().get(story.records().size() - 1);
  }

  private static Attestation attestation(String principal) {
    return Attestation.newBuilder()
        .setSalt(ByteString.copyFrom(new byte[16]))
        .setPrincipal(principal)
        .build();
  }

  private static ByteString principal(ByteString attestation, String principal) {
    try {
      return Attestation.parseFrom(attestation).toBuilder()
          .setPrincipal(principal)
          .build()
          .toByteString();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PublicPart.Builder voidingOf(ByteString digest) {
    return PublicPart.newBuilder()
        .setVoiding(Voiding.newBuilder().setRecord(digest).setReason("填错"));
  }

  /** A voiding of a record, on the mix as well, so that the story shows it. */
  private static Draft voiding(Attested story, RecordPlace of) {
    return Draft.of(voidingOf(story.bamboo.digest(of)))
        .line(LineRole.LINE_ROLE_OBJECT, MIX)
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(of.index(), of.position()));
  }

  private static Draft revocation(Participant of, long since) {
    return Draft.of(
            PublicPart.newBuilder()
                .setKeyRevocation(
                    KeyRevocation.newBuilder()
                        .setParticipant(of.id().toString())
                        .setKeyId(Bamboo.keyId(of))
                        .setReason("失窃")
                        .setCompromisedSince(since)))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(of.id()));
  }

  private static Draft rotation(Participant of, int key) {
    return Draft.of(
            PublicPart.newBuilder()
                .setKeyRotation(
                    KeyRotation.newBuilder()
                        .setParticipant(of.id().toString())
                        .setKey(HonestLedger.enrolled(HonestLedger.key(key)))))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(of.id()));
  }
}
