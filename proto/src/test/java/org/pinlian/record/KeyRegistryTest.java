// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.record.Samples.COOPERATIVE;
import static org.pinlian.record.Samples.KEYS;
import static org.pinlian.record.Samples.MARKET;
import static org.pinlian.record.Samples.enrolledKey;
import static org.pinlian.record.Samples.key;
import static org.pinlian.record.Samples.keyId;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.record.KeyAnswer.NotValid;
import org.pinlian.record.KeyAnswer.Reason;
import org.pinlian.record.KeyAnswer.Unknown;
import org.pinlian.record.KeyAnswer.Valid;
import org.pinlian.record.KeyRegistry.Objection;
import org.pinlian.record.KeyRegistry.StateEntry;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Approval;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;

class KeyRegistryTest {
  private static final String DISTRICT = "uscc:91000000MA00000157";
  private static final String CITY = "gln:9520000000011";
  private static final String PROVINCE = "gln:9520000000028";
  private static final long T = 1_760_000_000_000L;

  // Keys by seed: 100 district, 101 city; others as each test says.
  private static final Genesis GENESIS =
      Genesis.newBuilder()
          .setFormat(1)
          .addAuthorities(authority(DISTRICT, 100, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT))
          .addAuthorities(authority(CITY, 101, AuthorityLevel.AUTHORITY_LEVEL_CITY))
          .build();

  private KeyRegistry registry;
  private final List<StateEntry> kept = new ArrayList<>();

  private static GenesisAuthority authority(String participant, int key, AuthorityLevel level) {
    return GenesisAuthority.newBuilder()
        .setParticipant(participant)
        .setName("示范监管部门")
        .setRegion("000000")
        .setLevel(level)
        .addKeys(enrolledKey(key))
        .build();
  }

  @BeforeEach
  void begin() {
    registry = KeyRegistry.of(GENESIS);
    kept.clear();
  }

  private static Hash digest(long index, int position) {
    return Hash.of(ByteBuffer.allocate(32).putLong(index).putInt(position).put((byte) 7).array());
  }

  private static KeyRecord record(
      long index, int position, String signer, PublicPart.Builder part, String... subjects) {
    return new KeyRecord(
        new RecordPlace(index, position),
        digest(index, position),
        signer,
        part.setSalt(Samples.SALT).build(),
        List.of(subjects));
  }

  private static KeyRecord enrolment(
      long index, String signer, String participant, List<Integer> keys, Role... roles) {
    Enrolment.Builder enrolment =
        Enrolment.newBuilder().setParticipant(participant).setName("示范").setRegion("000000");
    enrolment.addAllRoles(List.of(roles));
    if (List.of(roles).contains(Role.ROLE_AUTHORITY)) {
      enrolment.setLevel(AuthorityLevel.AUTHORITY_LEVEL_PROVINCE);
    }
    keys.forEach(key -> enrolment.addKeys(enrolledKey(key)));
    return record(
        index, 0, signer, PublicPart.newBuilder().setEnrolment(enrolment), KEYS + participant);
  }

  private static KeyRecord rotation(
      long index, String signer, String participant, int key, int replaces) {
    KeyRotation.Builder rotation =
        KeyRotation.newBuilder().setParticipant(participant).setKey(enrolledKey(key));
    if (replaces != 0) {
      rotation.setReplaces(keyId(replaces));
    }
    return record(
        index, 0, signer, PublicPart.newBuilder().setKeyRotation(rotation), KEYS + participant);
  }

  private static KeyRecord revocation(
      long index, String signer, String participant, int key, long since) {
    return record(
        index,
        0,
        signer,
        PublicPart.newBuilder()
            .setKeyRevocation(
                KeyRevocation.newBuilder()
                    .setParticipant(participant)
                    .setKeyId(keyId(key))
                    .setCompromisedSince(since)),
        KEYS + participant);
  }

  private static KeyRecord approval(long index, String signer, KeyRecord of, String... subjects) {
    List<String> all = new ArrayList<>(List.of(subjects));
    all.add(of.place().subject());
    return record(
        index,
        0,
        signer,
        PublicPart.newBuilder()
            .setApproval(Approval.newBuilder().setRecord(ByteString.copyFrom(of.digest().bytes()))),
        all.toArray(String[]::new));
  }

  /** Applied as the node does: only without objection, and what is to be kept is kept. */
  private void apply(KeyRecord record) {
    assertEquals(Optional.empty(), registry.objection(record));
    registry.apply(record).ifPresent(kept::add);
  }

  private void objects(KeyRecord record, RefusalCode code, String path) {
    Objection objection = registry.objection(record).orElseThrow();
    assertEquals(code + " " + path, objection.code() + " " + objection.path());
  }

  private KeyHistory known(int key) {
    return Objects.requireNonNull(registry.key(key(key).keyId()));
  }

  private void isValid(int key, long index) {
    assertInstanceOf(Valid.class, registry.check(key(key).keyId(), index, T), "key " + key);
  }

  private void isUnknown(int key, long index) {
    assertInstanceOf(Unknown.class, registry.check(key(key).keyId(), index, T));
  }

  private void isNotValid(int key, long index, long at, Reason reason) {
    assertEquals(
        reason,
        assertInstanceOf(NotValid.class, registry.check(key(key).keyId(), index, at)).reason());
  }

  @Test
  void authoritiesOfGenesisAreGoodFromTheFirstEntryOn() {
    isUnknown(100, 0);
    isValid(100, 1);
    Valid valid = (Valid) registry.check(key(101).keyId(), 1, T);
    assertEquals(CITY, valid.standing().participant());
    assertEquals(Set.of(Role.ROLE_AUTHORITY), valid.standing().roles());
    assertEquals(AuthorityLevel.AUTHORITY_LEVEL_CITY, valid.standing().level());
    assertEquals(key(101), valid.key().verifyingKey());
  }

  @Test
  void aKeyIsGoodOnlyAfterTheEntryThatEnrolsIt() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1, 2), Role.ROLE_PRODUCER));
    isUnknown(1, 4);
    isUnknown(1, 5);
    isValid(1, 6);
    isValid(2, Long.MAX_VALUE);
    assertEquals(Optional.empty(), registry.standing(COOPERATIVE, 5));
    assertEquals("示范", registry.standing(COOPERATIVE, 6).orElseThrow().name());
  }

  @Test
  void rolesAreThoseOfTheIndexAskedFor() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    apply(enrolment(9, DISTRICT, COOPERATIVE, List.of(), Role.ROLE_SHOP, Role.ROLE_CARRIER));
    assertEquals(
        Set.of(Role.ROLE_PRODUCER), registry.standing(COOPERATIVE, 9).orElseThrow().roles());
    assertEquals(
        Set.of(Role.ROLE_CARRIER, Role.ROLE_SHOP),
        registry.standing(COOPERATIVE, 10).orElseThrow().roles());
    isValid(1, 10);
    assertEquals(2, registry.standings(COOPERATIVE).size());
  }

  @Test
  void theLaterOfTwoEnrolmentsInOneEntryHolds() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    Enrolment second =
        Enrolment.newBuilder().setParticipant(COOPERATIVE).addRoles(Role.ROLE_SHOP).build();
    apply(record(5, 1, DISTRICT, PublicPart.newBuilder().setEnrolment(second), KEYS + COOPERATIVE));
    assertEquals(Set.of(Role.ROLE_SHOP), registry.standing(COOPERATIVE, 6).orElseThrow().roles());
  }

  @Test
  void aRevokedKeyIsGoodUpToTheEntryThatRevokesItAndNeverAgain() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1, 2), Role.ROLE_PRODUCER));
    apply(revocation(8, COOPERATIVE, COOPERATIVE, 1, 0));
    isValid(1, 8);
    isNotValid(1, 9, T, Reason.REVOKED);
    isValid(2, 9);
    objects(
        enrolment(10, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER),
        RefusalCode.NOT_PERMITTED,
        "public_part.enrolment.keys[0].spki");
    objects(
        rotation(10, COOPERATIVE, COOPERATIVE, 1, 2),
        RefusalCode.NOT_PERMITTED,
        "public_part.key_rotation.key.spki");
    registry.apply(enrolment(10, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    isNotValid(1, 11, T, Reason.REVOKED);
  }

  @Test
  void doubtReachesBackAsFarAsTheEarliestRevocationBelowTheIndexSays() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    apply(revocation(8, COOPERATIVE, COOPERATIVE, 1, 0));
    KeyHistory after8 = known(1);
    apply(revocation(9, DISTRICT, COOPERATIVE, 1, 5_000));
    apply(revocation(10, DISTRICT, COOPERATIVE, 1, 3_000));
    apply(revocation(11, DISTRICT, COOPERATIVE, 1, 4_000));
    KeyHistory key = known(1);
    assertEquals(8, key.revokedAt());
    assertEquals(KeyHistory.NEVER, key.compromisedSince(9));
    assertEquals(5_000, key.compromisedSince(10));
    assertEquals(3_000, key.compromisedSince(100));
    assertEquals(List.of(), after8.doubts());
  }

  @Test
  void aRotationAddsOneKeyAndEndsAnother() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    apply(rotation(7, COOPERATIVE, COOPERATIVE, 2, 1));
    isValid(1, 7);
    isUnknown(2, 7);
    isNotValid(1, 8, T, Reason.REVOKED);
    isValid(2, 8);
    apply(rotation(9, DISTRICT, COOPERATIVE, 3, 0));
    isValid(2, 10);
    isValid(3, 10);
    assertEquals(3, registry.keys(COOPERATIVE).size());
  }

  @Test
  void validityIsInclusiveAndComparedWithTheTimeOfTheEntry() {
    KeyRecord record = enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER);
    PublicPart.Builder part = record.part().toBuilder();
    part.getEnrolmentBuilder().setValidFrom(1_000).setValidUntil(2_000);
    apply(record(5, 0, DISTRICT, part, KEYS + COOPERATIVE));
    isNotValid(1, 6, 999, Reason.NOT_YET_VALID);
    isNotValid(1, 6, 2_001, Reason.EXPIRED);
    for (long at : new long[] {1_000, 1_500, 2_000}) {
      assertInstanceOf(Valid.class, registry.check(key(1).keyId(), 6, at));
    }
    apply(enrolment(7, DISTRICT, COOPERATIVE, List.of(), Role.ROLE_PRODUCER));
    isValid(1, 8);
    isNotValid(1, 7, T, Reason.EXPIRED);
  }

  @Test
  void onlyAuthoritiesEnrol() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    objects(
        enrolment(6, COOPERATIVE, MARKET, List.of(2), Role.ROLE_MARKET),
        RefusalCode.ROLE_NOT_ALLOWED,
        "kind");
    objects(
        enrolment(6, "farmer:nobody", MARKET, List.of(2), Role.ROLE_MARKET),
        RefusalCode.ROLE_NOT_ALLOWED,
        "kind");
  }

  @Test
  void aKeyHasOneOwner() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    objects(
        enrolment(6, DISTRICT, MARKET, List.of(2, 1), Role.ROLE_MARKET),
        RefusalCode.NOT_PERMITTED,
        "public_part.enrolment.keys[1].spki");
    registry.apply(enrolment(6, DISTRICT, MARKET, List.of(2, 1), Role.ROLE_MARKET));
    assertEquals(COOPERATIVE, known(1).participant());
    isValid(1, 7);
    isValid(2, 7);
    objects(
        rotation(7, MARKET, MARKET, 1, 0),
        RefusalCode.NOT_PERMITTED,
        "public_part.key_rotation.key.spki");
    objects(
        rotation(7, MARKET, MARKET, 3, 1),
        RefusalCode.NOT_PERMITTED,
        "public_part.key_rotation.replaces");
    objects(
        revocation(7, MARKET, MARKET, 1, 0),
        RefusalCode.NOT_PERMITTED,
        "public_part.key_revocation.key_id");
  }

  @Test
  void othersKeysAreNobodysBusinessButAnAuthoritys() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    apply(enrolment(6, DISTRICT, MARKET, List.of(2), Role.ROLE_MARKET));
    objects(
        rotation(7, MARKET, COOPERATIVE, 3, 1),
        RefusalCode.NOT_PERMITTED,
        "public_part.key_rotation.participant");
    objects(
        revocation(7, MARKET, COOPERATIVE, 1, 0),
        RefusalCode.NOT_PERMITTED,
        "public_part.key_revocation.participant");
    objects(
        revocation(7, COOPERATIVE, COOPERATIVE, 77, 0),
        RefusalCode.BAD_FIELD,
        "public_part.key_revocation.key_id");
    objects(
        rotation(7, DISTRICT, "farmer:nobody", 3, 0),
        RefusalCode.BAD_FIELD,
        "public_part.key_rotation.participant");
    assertEquals(Optional.empty(), registry.objection(revocation(7, CITY, COOPERATIVE, 1, 0)));
  }

  @Test
  void anAuthorityIsEnrolledOnlyWithAnotherAuthoritysApproval() {
    KeyRecord enrolment = enrolment(5, DISTRICT, PROVINCE, List.of(1), Role.ROLE_AUTHORITY);
    apply(enrolment);
    isNotValid(1, 6, T, Reason.AWAITING_APPROVAL);
    isUnknown(1, 5);
    assertEquals(Optional.empty(), registry.standing(PROVINCE, 6));
    objects(
        approval(7, DISTRICT, enrolment, KEYS + PROVINCE),
        RefusalCode.NOT_PERMITTED,
        "public_part.approval.record");
    objects(
        enrolment(7, PROVINCE, MARKET, List.of(2), Role.ROLE_MARKET),
        RefusalCode.ROLE_NOT_ALLOWED,
        "kind");
    apply(approval(9, CITY, enrolment, KEYS + PROVINCE));
    isNotValid(1, 9, T, Reason.AWAITING_APPROVAL);
    isValid(1, 10);
    assertEquals(9, registry.standing(PROVINCE, 10).orElseThrow().since());
    apply(enrolment(10, PROVINCE, MARKET, List.of(2), Role.ROLE_MARKET));
    isValid(2, 11);
  }

  @Test
  void whoIsNoAuthorityApprovesNoAuthority() {
    apply(enrolment(4, DISTRICT, MARKET, List.of(2), Role.ROLE_LABORATORY));
    KeyRecord enrolment = enrolment(5, DISTRICT, PROVINCE, List.of(1), Role.ROLE_AUTHORITY);
    apply(enrolment);
    KeyRecord approval = approval(7, MARKET, enrolment, KEYS + PROVINCE);
    objects(approval, RefusalCode.NOT_PERMITTED, "public_part.approval.record");
    assertEquals(Optional.empty(), registry.apply(approval));
    isNotValid(1, 8, T, Reason.AWAITING_APPROVAL);
  }

  @Test
  void theEnrolledAuthorityCannotApproveItself() {
    KeyRecord enrolment = enrolment(5, DISTRICT, PROVINCE, List.of(1), Role.ROLE_AUTHORITY);
    apply(enrolment);
    objects(
        approval(7, PROVINCE, enrolment, KEYS + PROVINCE),
        RefusalCode.NOT_PERMITTED,
        "public_part.approval.record");
  }

  @Test
  void anApprovalOfAnEnrolmentIsFoundOnTheKeysChain() {
    KeyRecord enrolment = enrolment(5, DISTRICT, PROVINCE, List.of(1), Role.ROLE_AUTHORITY);
    apply(enrolment);
    KeyRecord silent = approval(7, CITY, enrolment);
    objects(silent, RefusalCode.BAD_FIELD, "lines");
    assertEquals(Optional.empty(), registry.apply(silent));
    objects(
        approval(7, CITY, enrolment, KEYS + PROVINCE, KEYS + COOPERATIVE),
        RefusalCode.NOT_PERMITTED,
        "lines[1].subject");
    KeyRecord otherDigest =
        new KeyRecord(
            enrolment.place(), digest(99, 9), DISTRICT, enrolment.part(), enrolment.subjects());
    objects(
        approval(7, CITY, otherDigest, KEYS + PROVINCE),
        RefusalCode.NOT_PERMITTED,
        "lines[0].subject");
  }

  @Test
  void anApprovalOfSomethingElseTouchesNoKeysChain() {
    KeyRecord order = record(5, 0, DISTRICT, PublicPart.newBuilder(), Samples.LOT);
    assertEquals(Optional.empty(), registry.objection(approval(7, CITY, order, Samples.LOT)));
    objects(
        approval(7, CITY, order, KEYS + PROVINCE), RefusalCode.NOT_PERMITTED, "lines[0].subject");
    assertEquals(Optional.empty(), registry.apply(approval(7, CITY, order, Samples.LOT)));
  }

  @Test
  void aSecondApprovalChangesNothing() {
    KeyRecord enrolment = enrolment(5, DISTRICT, PROVINCE, List.of(1), Role.ROLE_AUTHORITY);
    apply(enrolment);
    apply(approval(7, CITY, enrolment, KEYS + PROVINCE));
    KeyRecord anew = enrolment(8, DISTRICT, PROVINCE, List.of(), Role.ROLE_LABORATORY);
    apply(anew);
    apply(approval(9, CITY, anew, KEYS + PROVINCE));
    assertEquals(Optional.empty(), registry.apply(approval(10, CITY, enrolment, KEYS + PROVINCE)));
    assertEquals(
        Set.of(Role.ROLE_LABORATORY), registry.standing(PROVINCE, 11).orElseThrow().roles());
  }

  @Test
  void oneAuthorityCannotSlipAnotherAKeyOfItsOwn() {
    KeyRecord slipped = rotation(5, DISTRICT, CITY, 1, 0);
    apply(slipped);
    isNotValid(1, 6, T, Reason.AWAITING_APPROVAL);
    objects(
        approval(6, DISTRICT, slipped, KEYS + CITY),
        RefusalCode.NOT_PERMITTED,
        "public_part.approval.record");
    apply(approval(7, CITY, slipped, KEYS + CITY));
    isValid(1, 8);
  }

  @Test
  void oneAuthorityCannotUnmakeAnotherByEnrollingItAnew() {
    KeyRecord demoted = enrolment(5, DISTRICT, CITY, List.of(1), Role.ROLE_MARKET);
    apply(demoted);
    isNotValid(1, 6, T, Reason.AWAITING_APPROVAL);
    assertEquals(Set.of(Role.ROLE_AUTHORITY), registry.standing(CITY, 6).orElseThrow().roles());
    objects(
        approval(6, DISTRICT, demoted, KEYS + CITY),
        RefusalCode.NOT_PERMITTED,
        "public_part.approval.record");
    apply(approval(7, CITY, demoted, KEYS + CITY));
    isValid(1, 8);
    assertEquals(Set.of(Role.ROLE_MARKET), registry.standing(CITY, 8).orElseThrow().roles());
  }

  @Test
  void anAuthorityRotatesItsOwnKeyAlone() {
    apply(rotation(5, CITY, CITY, 1, 101));
    isValid(1, 6);
    isNotValid(101, 6, T, Reason.REVOKED);
  }

  @Test
  void aKeyRevokedWhileWaitingStaysRevokedWhenApproved() {
    KeyRecord enrolment = enrolment(5, DISTRICT, PROVINCE, List.of(1, 2), Role.ROLE_AUTHORITY);
    apply(enrolment);
    apply(revocation(6, DISTRICT, PROVINCE, 1, 0));
    apply(approval(7, CITY, enrolment, KEYS + PROVINCE));
    isNotValid(1, 8, T, Reason.REVOKED);
    isValid(2, 8);
  }

  @Test
  void aWaitingEnrolmentLeavesTheOldStandingInForce() {
    apply(enrolment(4, DISTRICT, MARKET, List.of(1), Role.ROLE_MARKET));
    apply(enrolment(5, DISTRICT, MARKET, List.of(2), Role.ROLE_AUTHORITY));
    isValid(1, 6);
    isNotValid(2, 6, T, Reason.AWAITING_APPROVAL);
    assertEquals(Set.of(Role.ROLE_MARKET), registry.standing(MARKET, 6).orElseThrow().roles());
  }

  @Test
  void anOverlayChangesNothingBelowIt() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    KeyRegistry overlay = registry.overlay();
    overlay.apply(enrolment(6, DISTRICT, MARKET, List.of(2), Role.ROLE_MARKET));
    overlay.apply(revocation(7, DISTRICT, COOPERATIVE, 1, 0));
    assertInstanceOf(Valid.class, overlay.check(key(2).keyId(), 8, T));
    assertInstanceOf(NotValid.class, overlay.check(key(1).keyId(), 8, T));
    assertTrue(
        overlay.objection(enrolment(6, DISTRICT, CITY, List.of(2), Role.ROLE_SHOP)).isPresent());
    isUnknown(2, 8);
    isValid(1, 8);
    assertEquals(List.of(), registry.keys(MARKET));
  }

  @Test
  void restoresWhatItKept() {
    playALongStory(Seeds.random(KeyRegistryTest.class), 400);
    KeyRegistry restored = KeyRegistry.restore(GENESIS, kept);
    for (int key = 1; key <= 120; key++) {
      for (long index = 0; index <= 402; index += 3) {
        KeyAnswer before = registry.check(key(key).keyId(), index, T);
        KeyAnswer after = restored.check(key(key).keyId(), index, T);
        assertEquals(describe(before), describe(after), "key " + key + " at " + index);
      }
    }
    assertEquals(registry.standings(MARKET), restored.standings(MARKET));
    assertEquals(
        kept.stream()
            .map(StateEntry::key)
            .sorted(ByteString.unsignedLexicographicalComparator())
            .toList(),
        kept.stream().map(StateEntry::key).toList());
  }

  @Test
  void answersForThePastNeverChange() {
    SplittableRandom random = Seeds.random(KeyRegistryTest.class);
    List<String> answers = new ArrayList<>();
    for (long index = 20; index <= 400; index += 20) {
      playALongStory(random, index);
      answers.add(allAnswers(index));
    }
    for (long index = 20; index <= 400; index += 20) {
      assertEquals(answers.get((int) (index / 20 - 1)), allAnswers(index));
    }
  }

  private String allAnswers(long index) {
    StringBuilder answers = new StringBuilder();
    for (int key = 1; key <= 120; key++) {
      answers.append(describe(registry.check(key(key).keyId(), index, T))).append('\n');
    }
    return answers.toString();
  }

  private static String describe(KeyAnswer answer) {
    return switch (answer instanceof Valid ? 0 : answer instanceof NotValid ? 1 : 2) {
      case 0 -> ((Valid) answer).standing().toString();
      case 1 -> ((NotValid) answer).reason() + ((NotValid) answer).key().toString();
      default -> "unknown";
    };
  }

  private long played = 0;
  private final List<KeyRecord> waiting = new ArrayList<>();

  private void playALongStory(SplittableRandom random, long until) {
    String[] firms = {COOPERATIVE, MARKET, Samples.FARMER, PROVINCE};
    String[] authorities = {DISTRICT, CITY, PROVINCE};
    while (played < until) {
      played++;
      String firm = firms[random.nextInt(firms.length)];
      String authority = authorities[random.nextInt(authorities.length)];
      int key = 1 + random.nextInt(99);
      KeyRecord record =
          switch (random.nextInt(6)) {
            case 0 -> enrolment(played, authority, firm, List.of(key), Role.ROLE_SHOP);
            case 1 -> enrolment(played, authority, firm, List.of(key), Role.ROLE_AUTHORITY);
            case 2 -> rotation(played, firm, firm, key, 0);
            case 3 -> rotation(played, authority, firm, key, 1 + random.nextInt(99));
            case 4 -> revocation(played, authority, firm, key, random.nextInt(3) * 1000L);
            default ->
                waiting.isEmpty()
                    ? revocation(played, firm, firm, key, 0)
                    : approvalOf(random, authority);
          };
      if (registry.objection(record).isEmpty()) {
        apply(record);
        if (registry.keys(firm).stream().anyMatch(k -> k.enrolledAt() == KeyHistory.NEVER)) {
          waiting.add(record);
        }
      }
    }
  }

  private KeyRecord approvalOf(SplittableRandom random, String authority) {
    KeyRecord of = waiting.get(random.nextInt(waiting.size()));
    return approval(played, authority, of, of.subjects().get(0));
  }

  @Test
  void refusesDamagedState() {
    apply(enrolment(5, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    apply(enrolment(6, DISTRICT, MARKET, List.of(2), Role.ROLE_MARKET));
    StateEntry first = kept.get(0);
    List<List<StateEntry>> damaged =
        List.of(
            List.of(kept.get(1), first),
            List.of(first, first),
            List.of(new StateEntry(ByteString.EMPTY, first.value())),
            List.of(new StateEntry(first.key(), ByteString.EMPTY)),
            List.of(new StateEntry(first.key(), first.value().substring(0, 60))),
            List.of(
                new StateEntry(
                    first.key(),
                    ByteString.copyFrom(new byte[] {2}).concat(first.value().substring(1)))));
    for (List<StateEntry> entries : damaged) {
      assertThrows(IllegalArgumentException.class, () -> KeyRegistry.restore(GENESIS, entries));
    }
  }

  @Test
  void readersSeeWholeAnswersWhileItIsApplied() throws InterruptedException {
    apply(enrolment(1, DISTRICT, COOPERATIVE, List.of(1), Role.ROLE_PRODUCER));
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Throwable> failed = new AtomicReference<>();
    Thread reader =
        new Thread(() -> {
          while (!stop.get()) {
            if (!(registry.check(key(1).keyId(), 2, T) instanceof Valid valid)
                || !valid.standing().roles().equals(Set.of(Role.ROLE_PRODUCER))) {
              failed.set(new AssertionError("an answer for the past changed"));
            }
          }
        });
    reader.start();
    for (int index = 2; index < 2_000; index++) {
      apply(
          enrolment(
              index,
              DISTRICT,
              COOPERATIVE,
              List.of(1),
              index % 2 == 0 ? Role.ROLE_SHOP : Role.ROLE_CARRIER));
    }
    stop.set(true);
    reader.join();
    assertEquals(null, failed.get());
    assertNotEquals(
        Set.of(Role.ROLE_PRODUCER), registry.standing(COOPERATIVE, 3_000).orElseThrow().roles());
  }
}
