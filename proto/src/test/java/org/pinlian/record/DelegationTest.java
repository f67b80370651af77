// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.pinlian.record.Samples.COOPERATIVE;
import static org.pinlian.record.Samples.FARMER;
import static org.pinlian.record.Samples.KEYS;
import static org.pinlian.record.Samples.MARKET;
import static org.pinlian.record.Samples.enrolledKey;
import static org.pinlian.record.Samples.key;
import static org.pinlian.record.Samples.keyId;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.record.KeyAnswer.Valid;
import org.pinlian.record.KeyRegistry.StateEntry;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;

/** Who may sign for whom, from which entry on and until when. */
class DelegationTest {
  private static final String BUREAU = Samples.BUREAU;

  /** The gateway's keys are 1 and 2, the co-operative's 3 and 4, the farmer's 5. */
  private static final String GATEWAY = MARKET;

  private static final long T = 1_000;
  private static final Genesis GENESIS =
      Genesis.newBuilder()
          .addAuthorities(
              GenesisAuthority.newBuilder()
                  .setParticipant(BUREAU)
                  .setLevel(AuthorityLevel.AUTHORITY_LEVEL_DISTRICT)
                  .addKeys(enrolledKey(100)))
          .build();

  private KeyRegistry registry = KeyRegistry.of(GENESIS);
  private final List<StateEntry> kept = new ArrayList<>();

  @BeforeEach
  void enrol() {
    registry = KeyRegistry.of(GENESIS);
    kept.clear();
    apply(enrolment(1, GATEWAY, 0, List.of(1, 2), Role.ROLE_GATEWAY));
    apply(enrolment(2, COOPERATIVE, 0, List.of(3, 4), Role.ROLE_PRODUCER));
    apply(enrolment(3, FARMER, 0, List.of(5), Role.ROLE_PRODUCER));
  }

  private static KeyRecord record(
      long index, String signer, PublicPart.Builder part, String participant) {
    return new KeyRecord(
        new RecordPlace(index, 0),
        Hash.of(ByteBuffer.allocate(32).putLong(index).array()),
        signer,
        part.setSalt(Samples.SALT).build(),
        List.of(KEYS + participant));
  }

  private static KeyRecord enrolment(
      long index, String participant, long validUntil, List<Integer> keys, Role... roles) {
    Enrolment.Builder enrolment =
        Enrolment.newBuilder()
            .setParticipant(participant)
            .addAllRoles(List.of(roles))
            .setValidUntil(validUntil);
    keys.forEach(key -> enrolment.addKeys(enrolledKey(key)));
    return record(index, BUREAU, PublicPart.newBuilder().setEnrolment(enrolment), participant);
  }

  private static KeyRecord delegation(
      long index, String signer, String principal, int key, long until, Kind... kinds) {
    return record(
        index,
        signer,
        PublicPart.newBuilder()
            .setDelegation(
                Delegation.newBuilder()
                    .setParticipant(principal)
                    .setGateway(GATEWAY)
                    .setKeyId(keyId(key))
                    .addAllKinds(List.of(kinds))
                    .setValidUntil(until)),
        principal);
  }

  private static KeyRecord revocation(long index, String participant, int key, long since) {
    return record(
        index,
        participant,
        PublicPart.newBuilder()
            .setKeyRevocation(
                KeyRevocation.newBuilder()
                    .setParticipant(participant)
                    .setKeyId(keyId(key))
                    .setCompromisedSince(since)),
        participant);
  }

  private void apply(KeyRecord record) {
    assertEquals(Optional.empty(), registry.objection(record));
    kept.add(registry.apply(record).orElseThrow());
  }

  private DelegationAnswer ask(int key, String principal, long index, long at) {
    Valid gateway = assertInstanceOf(Valid.class, registry.check(key(key).keyId(), index, at));
    return registry.delegation(gateway, principal, index, at);
  }

  private void may(int key, String principal, long index, long at) {
    DelegationAnswer.InForce answer =
        assertInstanceOf(DelegationAnswer.InForce.class, ask(key, principal, index, at));
    assertEquals(principal, answer.principal().participant());
    assertEquals(principal, answer.term().principal());
  }

  private void mayNot(RefusalCode code, int key, String principal, long index, long at) {
    assertEquals(
        code,
        assertInstanceOf(DelegationAnswer.NotInForce.class, ask(key, principal, index, at)).code());
  }

  @Test
  void holdsFromTheNextEntryOnForThatKeyAndThatPrincipalUntilItsEnd() {
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));

    mayNot(RefusalCode.NO_DELEGATION, 1, COOPERATIVE, 5, T);
    may(1, COOPERATIVE, 6, T);
    mayNot(RefusalCode.DELEGATION_EXPIRED, 1, COOPERATIVE, 6, T + 1);
    mayNot(RefusalCode.NO_DELEGATION, 2, COOPERATIVE, 6, T);
    mayNot(RefusalCode.NO_DELEGATION, 1, FARMER, 6, T);
  }

  @Test
  void opensTheKindsItNamesAndNoOthers() {
    apply(
        delegation(
            5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT, Kind.KIND_CUSTODY_OFFER));
    DelegationTerm term =
        assertInstanceOf(DelegationAnswer.InForce.class, ask(1, COOPERATIVE, 6, T)).term();

    assertEquals(Optional.empty(), term.refusal(Kind.KIND_TRACE_EVENT_VALUE));
    assertEquals(Optional.empty(), term.refusal(Kind.KIND_CUSTODY_OFFER_VALUE));
    assertEquals(Optional.of(RefusalCode.KIND_NOT_DELEGATED), term.refusal(Kind.KIND_INTAKE_VALUE));
    for (int kind : new int[] {-1, 0, 1, 2, 3, 4, 8, 11, 19, 22, 27}) {
      assertEquals(Optional.of(RefusalCode.NOT_DELEGABLE), term.refusal(kind), "kind " + kind);
    }
  }

  @Test
  void theLatestReplacesTheEarlierOnesToTheSameKey() {
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    apply(delegation(6, COOPERATIVE, COOPERATIVE, 2, T, Kind.KIND_TRACE_EVENT));
    apply(delegation(7, COOPERATIVE, COOPERATIVE, 1, 2 * T, Kind.KIND_INTAKE));

    DelegationTerm term =
        assertInstanceOf(DelegationAnswer.InForce.class, ask(1, COOPERATIVE, 8, 2 * T)).term();
    assertEquals(
        Optional.of(RefusalCode.KIND_NOT_DELEGATED), term.refusal(Kind.KIND_TRACE_EVENT_VALUE));
    may(2, COOPERATIVE, 8, T);
    assertEquals(2, registry.delegations(COOPERATIVE, key(1).keyId()).size());
  }

  @Test
  void oneWithoutKindsEndsItForThatKeyAndPrincipalAlone() {
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    apply(delegation(6, COOPERATIVE, COOPERATIVE, 2, T, Kind.KIND_TRACE_EVENT));
    apply(delegation(7, FARMER, FARMER, 1, T, Kind.KIND_TRACE_EVENT));
    apply(delegation(8, COOPERATIVE, COOPERATIVE, 1, 0));

    may(1, COOPERATIVE, 8, T);
    mayNot(RefusalCode.NO_DELEGATION, 1, COOPERATIVE, 9, T);
    may(2, COOPERATIVE, 9, T);
    may(1, FARMER, 9, T);
    apply(delegation(10, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    may(1, COOPERATIVE, 11, T);
  }

  @Test
  void onlyThePrincipalGivesIt() {
    for (String signer : List.of(GATEWAY, FARMER, BUREAU)) {
      KeyRecord foreign = delegation(5, signer, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT);
      assertEquals(RefusalCode.NOT_PERMITTED, registry.objection(foreign).orElseThrow().code());
      // And where a ledger takes it all the same, nothing comes of it.
      assertEquals(Optional.empty(), registry.apply(foreign));
      mayNot(RefusalCode.NO_DELEGATION, 1, COOPERATIVE, 6, T);
    }
  }

  @Test
  void anAuthorityGivesNoneAndIsNobodysPrincipal() {
    assertEquals(
        RefusalCode.NOT_PERMITTED,
        registry
            .objection(delegation(5, BUREAU, BUREAU, 1, T, Kind.KIND_PLACE))
            .orElseThrow()
            .code());
    kept.add(registry.apply(delegation(5, BUREAU, BUREAU, 1, T, Kind.KIND_PLACE)).orElseThrow());
    mayNot(RefusalCode.PRINCIPAL_NOT_VALID, 1, BUREAU, 6, T);
  }

  @Test
  void thePrincipalMustBeEnrolledAndValidThen() {
    mayNot(RefusalCode.PRINCIPAL_NOT_VALID, 1, "farmer:nobody", 6, T);
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, 9 * T, Kind.KIND_TRACE_EVENT));
    apply(enrolment(6, COOPERATIVE, 2 * T, List.of(), Role.ROLE_PRODUCER));
    may(1, COOPERATIVE, 7, 2 * T);
    mayNot(RefusalCode.PRINCIPAL_NOT_VALID, 1, COOPERATIVE, 7, 2 * T + 1);
  }

  @Test
  void theSubmitterMustBeAGatewayThen() {
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    apply(enrolment(6, GATEWAY, 0, List.of(), Role.ROLE_SHOP));
    may(1, COOPERATIVE, 6, T);
    mayNot(RefusalCode.NOT_A_GATEWAY, 1, COOPERATIVE, 7, T);
  }

  @Test
  void aKeyOfThePrincipalsThatWasStolenTakesAllDelegationsBeforeWithIt() {
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    apply(delegation(6, FARMER, FARMER, 1, T, Kind.KIND_TRACE_EVENT));
    apply(revocation(7, COOPERATIVE, 3, 500));

    may(1, COOPERATIVE, 7, T);
    mayNot(RefusalCode.NO_DELEGATION, 1, COOPERATIVE, 8, T);
    may(1, FARMER, 8, T);
    apply(delegation(9, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    may(1, COOPERATIVE, 10, T);
  }

  @Test
  void aKeyThatWasOnlyGivenUpOrReplacedLeavesThem() {
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    apply(revocation(6, COOPERATIVE, 3, 0));
    apply(
        record(
            7,
            COOPERATIVE,
            PublicPart.newBuilder()
                .setKeyRotation(
                    KeyRotation.newBuilder()
                        .setParticipant(COOPERATIVE)
                        .setKey(enrolledKey(9))
                        .setReplaces(keyId(4))),
            COOPERATIVE));
    may(1, COOPERATIVE, 8, T);
  }

  @Test
  void anOverlayChangesNothingBelowIt() {
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    KeyRegistry overlay = registry.overlay();
    overlay.apply(delegation(6, COOPERATIVE, COOPERATIVE, 1, 0));

    Valid gateway = assertInstanceOf(Valid.class, overlay.check(key(1).keyId(), 7, T));
    assertInstanceOf(
        DelegationAnswer.NotInForce.class, overlay.delegation(gateway, COOPERATIVE, 7, T));
    may(1, COOPERATIVE, 7, T);
  }

  @Test
  void aRestoredRegistryAnswersAlike() {
    apply(delegation(5, COOPERATIVE, COOPERATIVE, 1, T, Kind.KIND_TRACE_EVENT));
    apply(delegation(6, COOPERATIVE, COOPERATIVE, 2, T, Kind.KIND_INTAKE));
    apply(delegation(7, COOPERATIVE, COOPERATIVE, 2, 0));
    apply(revocation(8, FARMER, 5, 1));
    KeyRegistry before = registry;
    registry = KeyRegistry.restore(GENESIS, kept);

    for (int key = 1; key <= 2; key++) {
      for (long index = 4; index < 12; index++) {
        for (String principal : List.of(COOPERATIVE, FARMER)) {
          Valid gateway = assertInstanceOf(Valid.class, before.check(key(key).keyId(), index, T));
          assertEquals(
              before.delegation(gateway, principal, index, T), ask(key, principal, index, T));
        }
      }
    }
  }
}
