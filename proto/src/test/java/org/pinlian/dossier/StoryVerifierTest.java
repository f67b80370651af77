// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.dossier.Story.Check;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.View;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Role;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;

/** What an honest ledger tells is told on, and what it leaves out is said. */
class StoryVerifierTest {
  private final Bamboo bamboo = new Bamboo();

  @Test
  void tellsWhereTheMixCameFrom() throws VerificationException {
    Story story = bamboo.verify(bamboo.trace(View.WHOLE));

    assertEquals(
        List.of(
            Bamboo.MIX.uri(),
            Bamboo.SHOOTS.uri(),
            Bamboo.OTHER.uri(),
            Bamboo.PALLET.uri(),
            bamboo.certificateUri("1"),
            bamboo.certificateUri("2")),
        story.chains().stream().map(StoryChain::subject).toList());
    assertEquals(bamboo.ledger.size(), story.size());
    assertEquals(Grade.PROMISED, story.grade());
    assertEquals("completeness not provided", story.completeness());
    assertFalse(story.cut());

    StoryRecord certificate = story.record(bamboo.certificate).orElseThrow();
    assertEquals(Kind.KIND_COMMITMENT_CERTIFICATE, certificate.kind());
    assertEquals("示例竹笋合作社", certificate.signer().name());
    assertEquals(bamboo.farm.id().toString(), certificate.signer().participant());
    assertEquals(List.of(Role.ROLE_PRODUCER), certificate.signer().roles());
    assertEquals(EnumSet.allOf(Check.class), certificate.checks());
    assertEquals(Set.of(), certificate.withheld());
    assertNotNull(certificate.publicPart());
  }

  @Test
  void showsNoticesApart() throws VerificationException {
    Story story = bamboo.verify(bamboo.trace(View.WHOLE));

    StoryChain mix = story.chain(Bamboo.MIX.uri()).orElseThrow();
    assertEquals(2, mix.notices().size());
    assertEquals(bamboo.order, mix.notices().get(0));
    assertTrue(mix.records().containsAll(mix.notices()));
    assertEquals(List.of(), story.chain(Bamboo.OTHER.uri()).orElseThrow().notices());
  }

  @Test
  void saysWhatIsWithheldByClass() throws VerificationException {
    Story story = bamboo.verify(bamboo.trace(View.PUBLIC));

    StoryRecord certificate = story.record(bamboo.certificate).orElseThrow();
    assertEquals(
        Set.of(SectionClass.SECTION_CLASS_TRADE, SectionClass.SECTION_CLASS_PERSONAL),
        certificate.withheld());
    assertEquals(1, certificate.withheldLines());
    assertEquals(Bamboo.SHOOTS.uri(), certificate.lines().get(0).subject());
    assertNull(certificate.lines().get(1).subject());
    assertFalse(certificate.erasedAsTold());
  }

  @Test
  void takesAChainThatWasReachedByALongerWay() throws VerificationException {
    Edited trace = new Edited(bamboo.trace(View.WHOLE));
    // Named by a record on the chain of the other lot, 1 step away.
    Subject last = HonestLedger.subject(bamboo.certificateUri("2"));
    trace.withChain(last, false, chain -> chain.setDepth(4));
    trace.withChain(last, true, chain -> chain.setDepth(4));

    assertEquals(4, bamboo.verify(trace.messages).chain(last.uri()).orElseThrow().depth());
  }

  @Test
  void refusesToCallErasedWhatNoErasureNames() {
    Edited trace = new Edited(bamboo.trace(View.PUBLIC));
    trace.withRecord(bamboo.certificate, shown -> shown.getSectionsBuilder(0).setErased(true));

    VerificationException refused =
        assertThrows(VerificationException.class, () -> bamboo.verify(trace.messages));

    assertEquals(BrokenRule.ERASURE_NOT_PROVED, refused.rule());
  }

  @Test
  void callsDoubtfulWhatACompromisedKeySigned() throws VerificationException {
    Story story = bamboo.verify(bamboo.trace(View.WHOLE));

    assertTrue(story.record(bamboo.certificate).orElseThrow().doubtful());
    assertFalse(story.record(bamboo.mixing).orElseThrow().doubtful());
  }

  @Test
  void namesTheKeyThatSignedAfterARotation() throws VerificationException {
    Story story = bamboo.verify(bamboo.trace(View.WHOLE));

    StoryRecord packing =
        story.records().stream()
            .filter(record -> record.lines().get(0).role().getNumber() == 2)
            .findFirst()
            .orElseThrow();
    assertEquals(bamboo.market.id().toString(), packing.signer().participant());
    assertFalse(packing.signer().keyId().equals(bamboo.market.key().verifyingKey().keyId()));
  }

  @Test
  void tellsTheStoryOfAKeysChain() throws VerificationException {
    Subject keys = Subject.keys(bamboo.thirdAuthority.id());
    Story story =
        bamboo.verify(
            bamboo.ledger.trace(keys, Direction.DIRECTION_STORY),
            keys,
            Direction.DIRECTION_STORY,
            TraceLimits.defaults());

    assertEquals(2, story.records().size());
    assertEquals(1, story.chain(keys.uri()).orElseThrow().notices().size());
    assertEquals(
        bamboo.ledger.secondAuthority().id().toString(),
        story.records().get(1).signer().participant());
  }

  @Test
  void tellsAStoryOfAnSm3Ledger() throws VerificationException {
    Bamboo sm3 = new Bamboo(HashAlgorithm.SM3);

    assertEquals(
        bamboo.verify(bamboo.trace(View.WHOLE)).records().size(),
        sm3.verify(sm3.trace(View.WHOLE)).records().size());
  }

  @Test
  void saysWhatCutTheStoryShort() throws VerificationException {
    TraceLimits limits = new TraceLimits(1, 5, 1 << 20);
    List<TraceReply> trace =
        bamboo.ledger.trace(
            limits
                .in(
                    TraceRequest.newBuilder()
                        .setSubject(Bamboo.MIX.uri())
                        .setDirection(Direction.DIRECTION_BACKWARD))
                .build(),
            View.WHOLE);

    Story story = bamboo.verify(trace, Bamboo.MIX, Direction.DIRECTION_BACKWARD, limits);

    assertTrue(story.cut());
    assertEquals(List.of("max_records"), story.cutBy());
    assertEquals(5, story.records().size());
  }

  @Test
  void cannotNoticeThatTheEndOfAChainWasLeftOut() throws VerificationException {
    // Everything about the order and its approval is left out, and a shorter chain is told. No map
    // of heads says how long it is: this is what "completeness not provided" admits.
    List<TraceReply> trace =
        bamboo.ledger.trace(
            TraceRequest.newBuilder()
                .setSubject(Bamboo.MIX.uri())
                .setDirection(Direction.DIRECTION_BACKWARD)
                .build(),
            View.WHOLE,
            place -> place.index() >= bamboo.order.index());

    Story story = bamboo.verify(trace);

    assertEquals(List.of(), story.chain(Bamboo.MIX.uri()).orElseThrow().notices());
    assertEquals("completeness not provided", story.completeness());
  }

  @Test
  void tellsWhereTheShootsWent() throws VerificationException {
    Story story =
        bamboo.verify(
            bamboo.ledger.trace(Bamboo.SHOOTS, Direction.DIRECTION_FORWARD),
            Bamboo.SHOOTS,
            Direction.DIRECTION_FORWARD,
            TraceLimits.defaults());

    assertEquals(
        List.of(
            Bamboo.SHOOTS.uri(), bamboo.certificateUri("1"), Bamboo.MIX.uri(), Bamboo.PALLET.uri()),
        story.chains().stream().map(StoryChain::subject).toList());
  }

  @Test
  void needNotFollowWhatIsWithheld() throws VerificationException {
    // The certificates were not reached when their records were sent, so their lines are withheld.
    Edited trace = new Edited(bamboo.trace(View.PUBLIC));
    Subject number = HonestLedger.subject(bamboo.certificateUri("2"));
    trace.drop(trace.chain(number, true)).drop(trace.chain(number, false));
    trace.withEnd(end -> end.setSubjects(end.getSubjects() - 1));

    assertFalse(bamboo.verify(trace.messages).chain(number.uri()).isPresent());
  }

  @Test
  void isOfNoMoreUseOnceItRefused() throws VerificationException {
    StoryVerifier verifier =
        new StoryVerifier(
            bamboo.checkpoints, Bamboo.MIX, Direction.DIRECTION_STORY, TraceLimits.defaults());
    TraceReply nothing = TraceReply.getDefaultInstance();

    assertThrows(VerificationException.class, () -> verifier.accept(nothing));
    assertThrows(IllegalStateException.class, () -> verifier.accept(nothing));
    assertThrows(IllegalStateException.class, verifier::finish);
  }
}
