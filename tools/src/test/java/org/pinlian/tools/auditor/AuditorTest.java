// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.testing.Seeds;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.v1.Block;
import org.pinlian.v1.Entry;
import org.pinlian.v1.FollowReply;
import org.pinlian.v1.FollowedRecord;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmitRequest;
import org.pinlian.v1.Voiding;

/** An auditor, told the truth by a ledger, or a lie; the ledger makes its maps the naive way. */
class AuditorTest {
  private static final String LOT = "urn:pinlian:lot:uscc:93000000MA00000669:L1";
  private static final String OTHER_LOT = "urn:pinlian:lot:uscc:93000000MA00000669:L2";

  private FedLedger ledger = new FedLedger(HashAlgorithm.SHA_256);
  private Participant producer = enrolled();

  private Participant enrolled() {
    return ledger.enrol("uscc:93000000MA00000669", 20, Role.ROLE_PRODUCER);
  }

  /** A ledger with something of everything, up to its third block. */
  @BeforeEach
  void fill() {
    ledger.add(producer, FedLedger.on(LOT), FedLedger.on(OTHER_LOT));
    ledger.block();
    ledger.add(producer, FedLedger.on(LOT));
    ledger.add(producer, notice(LOT));
    ledger.block();
    ledger.add(producer, FedLedger.on(OTHER_LOT), FedLedger.on(OTHER_LOT));
    ledger.block();
  }

  private static Draft notice(String uri) {
    return Draft.of(
            PublicPart.newBuilder()
                .setVoiding(
                    Voiding.newBuilder()
                        .setRecord(ByteString.copyFrom(new byte[32]))
                        .setReason("错")))
        .line(LineRole.LINE_ROLE_OBJECT, HonestLedger.subject(uri));
  }

  private static Draft revocation(Participant of) {
    return Draft.of(
            PublicPart.newBuilder()
                .setKeyRevocation(
                    KeyRevocation.newBuilder()
                        .setParticipant(of.id().toString())
                        .setKeyId(ByteString.copyFrom(of.key().verifyingKey().keyId().bytes()))
                        .setReason("遗失")))
        .line(LineRole.LINE_ROLE_KEYS, FedLedger.keys(of));
  }

  private Auditor.Standing audit() throws Exception {
    return FedLedger.audit(ledger.policy(), ledger.replies(), new Audited());
  }

  private AlarmException alarm(Rule rule, long index) {
    return alarm(rule, index, ledger.replies(), null);
  }

  private AlarmException alarm(
      Rule rule, long index, List<FollowReply> replies, @Nullable Checkpoint remembered) {
    Audited audited = new Audited();
    AlarmException alarm =
        assertThrows(
            AlarmException.class,
            () -> FedLedger.audit(ledger.policy(), replies, audited, remembered));
    assertEquals(rule, alarm.rule(), alarm.getMessage());
    assertEquals(index, alarm.index(), alarm.getMessage());
    assertEquals(alarm, audited.alarm());
    assertTrue(audited.size() <= index + 1, "audited " + audited.size());
    return alarm;
  }

  // Truth ----------------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void anHonestLedgerIsAuditedToItsEnd(HashAlgorithm hash) throws Exception {
    ledger = new FedLedger(hash);
    producer = enrolled();
    fill();
    Audited audited = new Audited();

    Auditor.Standing standing =
        FedLedger.audit(ledger.policy(), ledger.replies(), audited, ledger.head());

    assertEquals(ledger.head(), standing.checkpoint());
    assertEquals(3, standing.blocks());
    assertEquals(7, standing.records());
    assertEquals(4, standing.chains());
    assertEquals(ledger.size(), audited.size());
    assertNull(audited.alarm());
  }

  @Test
  void aMapMayStandStillWhileTheLogGrowsAndCatchUpLater() throws Exception {
    ledger = new FedLedger(HashAlgorithm.SHA_256);
    producer = enrolled();
    long first = ledger.block(0);
    for (int i = 0; i < 5; i++) {
      ledger.add(producer, FedLedger.on(LOT));
      ledger.block(i < 3 ? 0 : first);
    }
    ledger.block(ledger.size() - 1);
    ledger.block();

    assertEquals(8, audit().blocks());
  }

  @Test
  void manyChainsOverManyBlocksHaveTheMapOfTheReference() throws Exception {
    SplittableRandom random = Seeds.random(AuditorTest.class);
    for (int block = 0; block < 12; block++) {
      for (int i = 0; i < 1 + random.nextInt(12); i++) {
        ledger.add(
            producer,
            FedLedger.on("urn:pinlian:lot:uscc:93000000MA00000669:R" + random.nextInt(60)),
            notice("urn:pinlian:lot:uscc:93000000MA00000669:R" + random.nextInt(60)));
      }
      ledger.block();
    }

    assertEquals(ledger.head(), audit().checkpoint());
  }

  @Test
  void aGatewaySignsUnderADelegation() throws Exception {
    Participant gateway = ledger.enrol("gln:9520000002039", 21, Role.ROLE_GATEWAY);
    ledger.add(
        producer,
        HonestLedger.delegation(producer, gateway, ledger.now() + 1_000_000, Kind.KIND_PRODUCT));
    ledger.addFor(gateway, producer.id(), FedLedger.on(LOT));
    ledger.block();
    audit();

    long voiding = ledger.addFor(gateway, producer.id(), notice(LOT));

    alarm(Rule.DELEGATION, voiding);
  }

  @Test
  void recordsOfOneEntryMayComeInSeveralReplies() throws Exception {
    List<FollowReply> replies = new java.util.ArrayList<>();
    for (FollowReply reply : ledger.replies()) {
      replies.add(reply.toBuilder().clearRecords().build());
      for (FollowedRecord record : reply.getRecordsList()) {
        replies.add(FollowReply.newBuilder().addRecords(record).build());
      }
    }

    assertEquals(7, FedLedger.audit(ledger.policy(), replies, new Audited()).records());
  }

  // Maps and blocks ------------------------------------------------------------------------------

  @Test
  void aMapThatSkipsARecordIsFound() {
    RecordPlace skipped = new RecordPlace(ledger.add(producer, FedLedger.on(LOT)), 0);
    ledger.hidden = skipped::equals;
    ledger.block();

    alarm(Rule.HEADS_ROOT, ledger.block());
  }

  @Test
  void aHeadRolledBackIsFound() {
    long before = ledger.size();
    ledger.add(producer, FedLedger.on(LOT));
    ledger.block();
    ledger.block();
    // As if nothing had happened to the lot since.
    ledger.hidden = place -> place.index() >= before;

    alarm(Rule.HEADS_ROOT, ledger.block());
  }

  @Test
  void aRevocationKeptOutOfTheMapIsFound() {
    long revoked = ledger.add(ledger.authority(), revocation(producer));
    ledger.hidden = place -> place.index() == revoked;
    ledger.block();

    alarm(Rule.HEADS_ROOT, ledger.block());
  }

  @Test
  void aRevocationThatIsNotShownIsFound() {
    long revoked = ledger.add(ledger.authority(), revocation(producer));
    ledger.tamper(
        revoked,
        reply ->
            reply.setRecords(
                0,
                reply.getRecords(0).toBuilder()
                    .setPublicDigest(ByteString.copyFrom(new byte[Hash.SIZE]))));

    alarm(Rule.WITHHELD, revoked);
  }

  @Test
  void whatARevokedKeySignedIsFound() {
    ledger.add(ledger.authority(), revocation(producer));

    alarm(Rule.KEY_NOT_VALID, ledger.add(producer, FedLedger.on(LOT)));
  }

  @Test
  void eachFieldOfABlockIsComparedAndNamed() {
    Map<Rule, UnaryOperator<Block.Builder>> lies = new TreeMap<>();
    lies.put(Rule.BLOCK_NUMBER, block -> block.setNumber(block.getNumber() + 1));
    lies.put(Rule.BLOCK_PREVIOUS, block -> block.setPrevious(ByteString.copyFrom(new byte[32])));
    lies.put(Rule.BLOCK_COVERS, block -> block.setCovers(block.getCovers() - 1));
    lies.put(Rule.BLOCK_CLOSED_AT, block -> block.setClosedAt(block.getClosedAt() + 1));
    lies.put(Rule.HEADS_SIZE, block -> block.setHeadsSize(block.getHeadsSize() + 1));
    lies.put(Rule.HEADS_ROOT, block -> block.setHeadsRoot(ByteString.copyFrom(new byte[32])));
    lies.put(Rule.LAG_SINCE, block -> block.setLagSince(block.getLagSince() + 1));
    lies.forEach((rule, lie) -> {
      ledger = new FedLedger(HashAlgorithm.SHA_256);
      producer = enrolled();
      fill();
      ledger.add(producer, FedLedger.on(LOT));
      alarm(rule, ledger.block(ledger.size() - 4, lie));
    });
  }

  @Test
  void aLagThatIsDeniedIsFound() {
    ledger.add(producer, FedLedger.on(LOT));

    alarm(Rule.LAG_SINCE, ledger.block(0 + ledger.size() - 4, block -> block.setLagSince(0)));
  }

  @Test
  void aMapThatGoesBackIsFound() {
    long earlier = ledger.block();
    ledger.block();
    ledger.block();

    alarm(Rule.HEADS_SIZE_GOES_BACK, ledger.block(earlier - 3));
  }

  @Test
  void aMapGivenUpIsFound() {
    ledger.block();

    alarm(Rule.HEADS_SIZE_GOES_BACK, ledger.block(0));
  }

  // Entries --------------------------------------------------------------------------------------

  @Test
  void oneSubmissionInTwoEntriesIsFound() {
    SubmitRequest request = ledger.people().sign(producer, FedLedger.on(LOT)).request();
    ledger.add(request);
    ledger.block();

    alarm(Rule.SUBMISSION_ID_TWICE, ledger.add(request));
  }

  @Test
  void recordsThatDoNotOpenTheRootAreFound() {
    long index = ledger.add(producer, FedLedger.on(LOT), FedLedger.on(OTHER_LOT));
    ledger.tamper(
        index,
        reply ->
            reply.setRecords(
                1,
                reply.getRecords(1).toBuilder()
                    .setPublicDigest(ByteString.copyFrom(new byte[Hash.SIZE]))));

    alarm(Rule.RECORDS_ROOT, index);
  }

  @Test
  void aLineLeftOutOfASkeletonIsFound() {
    long index =
        ledger.add(
            producer,
            FedLedger.on(LOT).line(LineRole.LINE_ROLE_OBJECT, HonestLedger.subject(OTHER_LOT)));
    ledger.tamper(
        index,
        reply -> {
          FollowedRecord.Builder record = reply.getRecords(0).toBuilder();
          record.setGroups(
              0,
              record.getGroups(0).toBuilder()
                  .clearLineLeaves()
                  .addLineLeaves(record.getGroups(0).getLineLeaves(0)));
          return reply.setRecords(0, record);
        });

    alarm(Rule.RECORDS_ROOT, index);
  }

  @Test
  void aRecordLeftOutIsFound() {
    long index = ledger.add(producer, FedLedger.on(LOT), FedLedger.on(OTHER_LOT));
    ledger.tamper(index, reply -> reply.removeRecords(1));

    alarm(Rule.RECORD_COUNT, index);
  }

  @Test
  void aKindThatIsNotOpenToTheSignerIsFound() {
    Participant shop = ledger.enrol("uscc:91000000MA00001388", 22, Role.ROLE_SHOP);

    alarm(Rule.ROLE_NOT_ALLOWED, ledger.add(shop, FedLedger.on(LOT)));
  }

  @Test
  void aLineRoleThatTheKindMayNotHaveIsFound() {
    long index = ledger.add(producer, FedLedger.on(LOT));
    ledger.tamper(
        index,
        reply -> {
          FollowedRecord.Builder record = reply.getRecords(0).toBuilder();
          record.getGroupsBuilder(0).setRole(LineRole.LINE_ROLE_CHILD_VALUE);
          return reply.setRecords(0, record);
        });

    alarm(Rule.LINE_ROLE_NOT_ALLOWED, index);
  }

  @Test
  void aWrongSignatureIsFound() {
    SubmitRequest request = ledger.people().sign(producer, FedLedger.on(LOT)).request();
    byte[] signature = request.getSigned().getSignature().toByteArray();
    signature[5] ^= 1;
    SignedHeader signed =
        request.getSigned().toBuilder().setSignature(ByteString.copyFrom(signature)).build();

    alarm(Rule.BAD_SIGNATURE, ledger.add(request.toBuilder().setSigned(signed).build()));
  }

  @Test
  void aWrongSignatureByAKeyThatWasJustEnrolledIsFound() {
    Participant fresh =
        new Participant(
            HonestLedger.participant("uscc:91000000MA00001388"), "示例", HonestLedger.key(23));
    SubmitRequest request = ledger.people().sign(fresh, FedLedger.on(LOT)).request();
    SignedHeader signed =
        request.getSigned().toBuilder().setSignature(ByteString.copyFrom(new byte[64])).build();
    ledger.enrol("uscc:91000000MA00001388", 23, Role.ROLE_PRODUCER);

    alarm(Rule.BAD_SIGNATURE, ledger.add(request.toBuilder().setSigned(signed).build()));
  }

  @Test
  void theKeyOfNobodyAndTheKeyOfAnotherAreFound() {
    Participant nobody = new Participant(producer.id(), "示例", HonestLedger.key(24));
    long index = ledger.add(nobody, FedLedger.on(LOT));
    alarm(Rule.KEY_NOT_VALID, index);

    ledger = new FedLedger(HashAlgorithm.SHA_256);
    producer = enrolled();
    Participant borrower =
        new Participant(HonestLedger.participant("uscc:91000000MA00001388"), "示例", producer.key());
    alarm(Rule.WRONG_SUBMITTER, ledger.add(borrower, FedLedger.on(LOT)));
  }

  @Test
  void anEnrolmentByOneWhoIsNoAuthorityIsFound() {
    Participant friend =
        new Participant(
            HonestLedger.participant("uscc:91000000MA00001388"), "示例", HonestLedger.key(25));

    alarm(
        Rule.ROLE_NOT_ALLOWED,
        ledger.add(producer, HonestLedger.enrolment(friend, Role.ROLE_PRODUCER)));
  }

  @Test
  void aRevocationOfSomebodyElsesKeyIsFound() {
    Participant rival = ledger.enrol("uscc:91000000MA00001388", 22, Role.ROLE_PRODUCER);

    alarm(Rule.KEYS_RECORD, ledger.add(rival, revocation(producer)));
  }

  @Test
  void whatWasSequencedTooLateIsFound() {
    ledger.advance(8L * 24 * 60 * 60 * 1000);

    alarm(Rule.EXPIRED, ledger.add(producer, FedLedger.on(LOT)));
  }

  @Test
  void timeThatRunsBackIsFound() {
    ledger.advance(-60_000);

    alarm(Rule.TIME_RUNS_BACK, ledger.add(producer, FedLedger.on(LOT)));
  }

  @Test
  void bytesThatAreNotCanonicalAreFound() {
    SubmitRequest request = ledger.people().sign(producer, FedLedger.on(LOT)).request();
    ByteString entry = ledger.entryOf(request.getSigned()).build().toByteString();

    // An unknown field that no reader sees.
    alarm(
        Rule.ENTRY_NOT_CANONICAL,
        ledger.add(request, entry.concat(ByteString.copyFrom(new byte[] {(byte) 0xf8, 1, 1}))));
  }

  @Test
  void anotherLedgersHeaderIsFound() {
    HonestLedger other = new HonestLedger(HashAlgorithm.SHA_256, 8, HonestLedger.START_MILLIS + 5);

    alarm(Rule.OTHER_LEDGER, ledger.add(other.sign(producer, FedLedger.on(LOT)).request()));
  }

  @Test
  void anAttestationThatIsNotShownIsFound() {
    Participant gateway = ledger.enrol("gln:9520000002039", 21, Role.ROLE_GATEWAY);
    long index = ledger.addFor(gateway, producer.id(), FedLedger.on(LOT));
    alarm(Rule.DELEGATION, index);

    ledger.tamper(index, reply -> reply.setEntry(reply.getEntry().toBuilder().clearAttestation()));
    alarm(Rule.ATTESTATION, index);
  }

  @Test
  void anEntryLeftOutIsFound() {
    List<FollowReply> replies = ledger.replies();
    replies.remove(3);

    alarm(Rule.ENTRY_MISSING, 3, replies, null);
  }

  @Test
  void aSecondGenesisAndAnotherGenesisAreFound() {
    alarm(
        Rule.GENESIS,
        ledger.send(ledger.reply(0).getEntry().getEntry(), FollowReply.newBuilder()),
        reversedTime(),
        null);

    FedLedger other = new FedLedger(HashAlgorithm.SM3);
    alarm(Rule.GENESIS, 0, other.replies(), null);
  }

  /** The second genesis has the first one's time, which is found first if not made later. */
  private List<FollowReply> reversedTime() {
    List<FollowReply> replies = ledger.replies();
    int last = replies.size() - 2;
    try {
      Entry genesis = Entry.parseFrom(replies.get(last).getEntry().getEntry());
      FollowReply.Builder later = replies.get(last).toBuilder();
      later
          .getEntryBuilder()
          .setEntry(genesis.toBuilder().setSequencedAt(ledger.now()).build().toByteString());
      replies.set(last, later.build());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return replies;
  }

  // Trees ----------------------------------------------------------------------------------------

  @Test
  void anEntryRewrittenIsFoundByWhatWasCosigned() {
    Checkpoint cosigned = ledger.head();
    ledger = new FedLedger(HashAlgorithm.SHA_256);
    producer = enrolled();
    ledger.advance(5);
    fill();
    assertEquals(cosigned.size(), ledger.size());
    ledger.add(producer, FedLedger.on(LOT));

    AlarmException alarm = alarm(Rule.FORK, cosigned.size() - 1, ledger.replies(), cosigned);

    assertTrue(alarm.expected().contains(cosigned.root().hex()), alarm.expected());
  }

  @Test
  void aLogThatShrankIsFound() {
    Checkpoint cosigned =
        new Checkpoint(HonestLedger.ORIGIN, ledger.size() + 3, ledger.head().root());

    alarm(Rule.SHRUNK, ledger.size() - 1, ledger.replies(), cosigned);
  }

  @Test
  void aCheckpointOfAnotherTreeIsFoundAndKeptAsEvidence() {
    List<FollowReply> replies = ledger.replies();
    FollowReply lie =
        ledger.checkpoint(
            new Checkpoint(
                HonestLedger.ORIGIN, ledger.size(), ledger.policy().genesis().orElseThrow()));
    replies.set(replies.size() - 1, lie);

    assertEquals(
        lie.getCheckpoint(),
        alarm(Rule.CHECKPOINT_ROOT, ledger.size() - 1, replies, null).evidence());
  }

  @Test
  void aCheckpointByAnotherKeyIsNotTaken() {
    List<FollowReply> replies = ledger.replies();
    replies.set(
        replies.size() - 1,
        FollowReply.newBuilder()
            .setCheckpoint(FedLedger.stranger().sign(ledger.head().text()).toString())
            .build());

    alarm(Rule.CHECKPOINT_SIGNATURE, ledger.size() - 1, replies, null);
  }
}
