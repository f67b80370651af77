// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.util.List;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.RecordPlace;
import org.pinlian.testkit.HonestLedger;
import org.pinlian.testkit.HonestLedger.Participant;
import org.pinlian.testkit.HonestLedger.View;
import org.pinlian.v1.Approval;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Document;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.TraceReply;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.Trade;

/**
 * 埔田竹笋: a lot from a farm, mixed with another by a market, half of it ordered off sale. On the way
 * a third authority is enrolled and approved, the market rotates its key, and the farm loses one.
 */
final class Bamboo {
  static final Subject SHOOTS = HonestLedger.subject("https://id.gs1.org/01/09520000000011/10/A1");
  static final Subject OTHER = HonestLedger.subject("https://id.gs1.org/01/09520000000011/10/A2");
  static final Subject MIX = HonestLedger.subject("https://id.gs1.org/01/09520000000028/10/M1");
  static final Subject PALLET = HonestLedger.subject("https://id.gs1.org/00/095200000000000011");

  final HonestLedger ledger;
  final Participant farm;
  final Participant market;
  final Participant thirdAuthority;
  final RecordPlace certificate;
  final RecordPlace mixing;
  final RecordPlace order;
  final RecordPlace revocation;
  final RecordPlace thirdEnrolment;
  final CheckpointVerifier checkpoints;

  Bamboo() {
    this(HashAlgorithm.SHA_256);
  }

  Bamboo(HashAlgorithm hash) {
    this(hash, HonestLedger.START_MILLIS);
  }

  /** Another instant makes another ledger. */
  Bamboo(long startMillis) {
    this(HashAlgorithm.SHA_256, startMillis);
  }

  private Bamboo(HashAlgorithm hash, long startMillis) {
    ledger = new HonestLedger(hash, 7, startMillis);
    checkpoints = new CheckpointVerifier(ledger.policy());
    farm = ledger.enrol("uscc:91000000MA0000031W", "示例竹笋合作社", 11, Role.ROLE_PRODUCER);
    market = ledger.enrol("gln:9520000000011", "示例批发市场", 12, Role.ROLE_MARKET, Role.ROLE_COLLECTOR);
    thirdAuthority =
        new Participant(
            HonestLedger.participant("gln:9520000000028"), "示例县市场监督管理局", HonestLedger.key(13));
    thirdEnrolment =
        place(
            ledger.add(
                ledger.authority(), HonestLedger.enrolment(thirdAuthority, Role.ROLE_AUTHORITY)));
    long unused =
        ledger.add(
            ledger.secondAuthority(),
            approval(thirdEnrolment, Subject.keys(thirdAuthority.id()), LineRole.LINE_ROLE_KEYS));
    unused = ledger.block();

    certificate =
        place(ledger.add(farm, certificate(SHOOTS, "1"), certificate(OTHER, "2"), seen()));
    mixing = place(ledger.add(market, mixing()));
    unused = ledger.add(market, rotation());
    unused = ledger.add(rotated(), packing(), offer());
    order = place(ledger.add(thirdAuthority, order(MIX)));
    unused = ledger.add(ledger.secondAuthority(), approval(order, MIX, LineRole.LINE_ROLE_OBJECT));
    revocation = place(ledger.add(ledger.authority(), revocation()));
    unused = ledger.block();
  }

  /** The market with its second key. */
  Participant rotated() {
    return new Participant(market.id(), market.name(), HonestLedger.key(14));
  }

  static RecordPlace place(long index) {
    return new RecordPlace(index, 0);
  }

  ByteString digest(RecordPlace place) {
    return ByteString.copyFrom(ledger.record(place).digest().bytes());
  }

  Draft approval(RecordPlace of, Subject also, LineRole role) {
    return Draft.of(
            PublicPart.newBuilder()
                .setApproval(Approval.newBuilder().setRecord(digest(of)).setOpinion("同意")))
        .line(role, also)
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(of.index(), of.position()));
  }

  Draft certificate(Subject lot, String number) {
    try {
      return Draft.of(
              PublicPart.newBuilder()
                  .setCommitmentCertificate(
                      CommitmentCertificate.newBuilder()
                          .setNumber(number)
                          .setProductName("埔田竹笋")
                          .setIssuer(farm.name())))
          .line(LineRole.LINE_ROLE_OBJECT, lot)
          .line(LineRole.LINE_ROLE_CERTIFICATE, Subject.certificate(farm.id(), number))
          .trade(Trade.newBuilder().setNote("trade-secret-" + number).build())
          .personal(
              Document.newBuilder()
                  .setMediaType("text/plain")
                  .setContent(ByteString.copyFromUtf8("private-" + number))
                  .build());
    } catch (org.pinlian.identifier.IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  String certificateUri(String number) {
    try {
      return Subject.certificate(farm.id(), number).uri();
    } catch (org.pinlian.identifier.IdentifierException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static Draft seen() {
    return Draft.of(event(EventType.EVENT_TYPE_OBJECT)).line(LineRole.LINE_ROLE_OBJECT, SHOOTS);
  }

  static Draft mixing() {
    return Draft.of(event(EventType.EVENT_TYPE_TRANSFORMATION))
        .line(LineRole.LINE_ROLE_INPUT, SHOOTS)
        .line(LineRole.LINE_ROLE_INPUT, OTHER)
        .line(LineRole.LINE_ROLE_OUTPUT, MIX)
        .recipe(Recipe.newBuilder().setTransformationId("mix-1").build());
  }

  static Draft packing() {
    return Draft.of(event(EventType.EVENT_TYPE_AGGREGATION))
        .line(LineRole.LINE_ROLE_PARENT, PALLET)
        .line(LineRole.LINE_ROLE_CHILD, MIX);
  }

  static Draft offer() {
    return Draft.of(
            PublicPart.newBuilder()
                .setCustodyOffer(CustodyOffer.newBuilder().setOfferedAt(HonestLedger.START_MILLIS)))
        .line(LineRole.LINE_ROLE_OBJECT, MIX)
        .line(LineRole.LINE_ROLE_PARENT, PALLET)
        .trade(Trade.newBuilder().setReceiver("farmer:canteen").build());
  }

  static Draft order(Subject of) {
    return Draft.of(
            PublicPart.newBuilder()
                .setOrder(
                    Order.newBuilder()
                        .setType(OrderType.ORDER_TYPE_STOP_SALE)
                        .setReason("农药残留超标")
                        .setOrderedAt(HonestLedger.START_MILLIS)))
        .line(LineRole.LINE_ROLE_OBJECT, of);
  }

  Draft rotation() {
    return Draft.of(
            PublicPart.newBuilder()
                .setKeyRotation(
                    KeyRotation.newBuilder()
                        .setParticipant(market.id().toString())
                        .setKey(HonestLedger.enrolled(HonestLedger.key(14)))
                        .setReplaces(keyId(market))))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(market.id()));
  }

  Draft revocation() {
    return Draft.of(
            PublicPart.newBuilder()
                .setKeyRevocation(
                    KeyRevocation.newBuilder()
                        .setParticipant(farm.id().toString())
                        .setKeyId(keyId(farm))
                        .setReason("手机遗失")
                        .setCompromisedSince(HonestLedger.START_MILLIS)))
        .line(LineRole.LINE_ROLE_KEYS, Subject.keys(farm.id()));
  }

  static ByteString keyId(Participant participant) {
    Hash keyId = participant.key().verifyingKey().keyId();
    return ByteString.copyFrom(keyId.bytes());
  }

  private static PublicPart.Builder event(EventType type) {
    return PublicPart.newBuilder()
        .setTraceEvent(
            TraceEvent.newBuilder()
                .setType(type)
                .setAction(
                    type == EventType.EVENT_TYPE_TRANSFORMATION
                        ? EventAction.EVENT_ACTION_UNSPECIFIED
                        : EventAction.EVENT_ACTION_ADD)
                .setEventTime(HonestLedger.START_MILLIS)
                .setZoneOffset("+08:00"));
  }

  // Asking ---------------------------------------------------------------------------------------

  List<TraceReply> trace(View view) {
    return ledger.trace(
        TraceRequest.newBuilder()
            .setSubject(MIX.uri())
            .setDirection(Direction.DIRECTION_BACKWARD)
            .build(),
        view);
  }

  Story verify(List<TraceReply> trace) throws VerificationException {
    return verify(trace, MIX, Direction.DIRECTION_BACKWARD, TraceLimits.defaults());
  }

  Story verify(List<TraceReply> trace, Subject asked, Direction direction, TraceLimits limits)
      throws VerificationException {
    StoryVerifier verifier = new StoryVerifier(checkpoints, asked, direction, limits);
    for (TraceReply reply : trace) {
      verifier.accept(reply);
    }
    return verifier.finish();
  }
}
