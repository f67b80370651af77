// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.dossier.OrderStanding.State;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Approval;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Correction;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.Voiding;

class OrderStandingTest {
  private static final String LOT = "https://id.gs1.org/01/09520000000011/10/L1";
  private static final Hash NONE = HashAlgorithm.SHA_256.hash(new byte[0]);
  private static final Signer DISTRICT = signer("uscc:district", Role.ROLE_AUTHORITY);
  private static final Signer LEGAL = signer("uscc:legal", Role.ROLE_AUTHORITY);
  private static final Signer MAKER = signer("uscc:maker", Role.ROLE_PRODUCER);
  private static final Signer LABORATORY = signer("uscc:laboratory", Role.ROLE_LABORATORY);

  private final List<StoryRecord> records = new ArrayList<>();

  @Test
  void anOrderThatNeedsItsApprovalWaitsForIt() {
    Hash order = order(DISTRICT, recall(1).setNeedsApproval(true));
    assertEquals(State.WAITING, only().state());
    assertEquals(Optional.empty(), only().since());
    approve(DISTRICT, order);
    assertEquals(State.WAITING, only().state(), "one's own is none");
    RecordPlace approval = approve(LABORATORY, order);
    assertEquals(State.IN_EFFECT, only().state());
    assertEquals(Optional.of(approval), only().approval());
    assertEquals(Optional.of(at(approval.index())), only().since(), "never before the approval");
    assertEquals(List.of(LOT), only().on());
  }

  @Test
  void anOrderThatNeedsNoneIsInEffectFromItsTime() {
    order(MAKER, recall(3));
    assertEquals(State.IN_EFFECT, only().state());
    assertEquals(Optional.of(Instant.ofEpochMilli(5)), only().since());
    assertEquals(Optional.empty(), only().approval());
  }

  @Test
  void anApprovalThatWasVoidedApprovesNothing() {
    Hash order = order(DISTRICT, recall(1).setNeedsApproval(true));
    approve(LEGAL, order);
    Hash approval = records.get(records.size() - 1).digest();
    voided(DISTRICT, approval);
    assertEquals(State.WAITING, only().state());
  }

  @Test
  void itEndsByBeingClosedByWhoGaveItOrAnAuthority() {
    Hash order = order(MAKER, recall(2));
    progress(LABORATORY, order, OrderStep.ORDER_STEP_CLOSED);
    progress(MAKER, order, OrderStep.ORDER_STEP_EFFECTIVENESS);
    assertEquals(State.IN_EFFECT, only().state());
    RecordPlace closing = progress(DISTRICT, order, OrderStep.ORDER_STEP_CLOSED);
    assertEquals(State.CLOSED, only().state());
    assertEquals(Optional.of(closing), only().ending());
    assertEquals(Optional.of(at(closing.index())), only().ended());
    voided(DISTRICT, records.get(records.size() - 1).digest());
    assertEquals(State.IN_EFFECT, only().state(), "the closing was taken back");
  }

  @Test
  void itIsVoidedByItsSignerOrAnAuthorityAndCorrectedByItsSignerAlone() {
    Hash order = order(MAKER, recall(2));
    voided(LABORATORY, order);
    corrected(DISTRICT, order);
    assertEquals(State.IN_EFFECT, only().state());
    corrected(MAKER, order);
    assertEquals(State.VOIDED, only().state());
    Hash correction = records.get(records.size() - 1).digest();
    voided(MAKER, correction);
    assertEquals(State.IN_EFFECT, only().state());
    voided(DISTRICT, order);
    assertEquals(State.VOIDED, only().state());
  }

  @Test
  void aNoticeOnAnotherOrderChangesNothing() {
    order(DISTRICT, recall(1).setNeedsApproval(true));
    approve(LEGAL, NONE);
    progress(DISTRICT, NONE, OrderStep.ORDER_STEP_CLOSED);
    voided(DISTRICT, NONE);
    assertEquals(State.WAITING, only().state());
  }

  @Test
  void theGravestInEffectComesFirst() {
    Hash closed = order(MAKER, recall(1));
    progress(DISTRICT, closed, OrderStep.ORDER_STEP_CLOSED);
    order(DISTRICT, recall(1).setNeedsApproval(true));
    order(MAKER, Order.newBuilder().setType(OrderType.ORDER_TYPE_STOP_SALE).setOrderedAt(5));
    order(MAKER, recall(3));
    order(MAKER, recall(1));
    List<OrderStanding> orders = OrderStanding.of(story());
    assertEquals(
        List.of(State.IN_EFFECT, State.IN_EFFECT, State.IN_EFFECT, State.WAITING, State.CLOSED),
        orders.stream().map(OrderStanding::state).toList());
    assertEquals(1, orders.get(0).body().getGrade());
    assertEquals(3, orders.get(1).body().getGrade());
    assertEquals(OrderType.ORDER_TYPE_STOP_SALE, orders.get(2).body().getType());
  }

  @Test
  void goodsWithoutOrdersHaveNone() {
    approve(LEGAL, NONE);
    assertTrue(OrderStanding.of(story()).isEmpty());
  }

  @Test
  void aVoidingOfAVoidingOfItselfComesToAnEnd() {
    Hash order = order(MAKER, recall(1));
    Hash undone = order;
    for (int n = 0; n < 40; n++) {
      voided(MAKER, undone);
      undone = records.get(records.size() - 1).digest();
    }
    assertEquals(1, OrderStanding.of(story()).size());
  }

  private OrderStanding only() {
    List<OrderStanding> orders = OrderStanding.of(story());
    assertEquals(1, orders.size());
    return orders.get(0);
  }

  private Story story() {
    List<RecordPlace> places = records.stream().map(StoryRecord::place).toList();
    return new Story(
        LOT,
        new Checkpoint("test.pinlian.example/orders", records.size() + 1L, NONE),
        Grade.PROMISED,
        List.of(new StoryChain(LOT, 0, places, places, NONE)),
        records,
        0,
        List.of(),
        false,
        List.of());
  }

  private static Order.Builder recall(int grade) {
    return Order.newBuilder().setType(OrderType.ORDER_TYPE_RECALL).setGrade(grade).setOrderedAt(5);
  }

  private Hash order(Signer signer, Order.Builder order) {
    add(signer, Kind.KIND_ORDER, PublicPart.newBuilder().setOrder(order));
    return records.get(records.size() - 1).digest();
  }

  private RecordPlace approve(Signer signer, Hash order) {
    return add(
        signer,
        Kind.KIND_APPROVAL,
        PublicPart.newBuilder().setApproval(Approval.newBuilder().setRecord(bytes(order))));
  }

  private RecordPlace progress(Signer signer, Hash order, OrderStep step) {
    return add(
        signer,
        Kind.KIND_ORDER_PROGRESS,
        PublicPart.newBuilder()
            .setOrderProgress(OrderProgress.newBuilder().setOrder(bytes(order)).setStep(step)));
  }

  private void voided(Signer signer, Hash record) {
    add(
        signer,
        Kind.KIND_VOIDING,
        PublicPart.newBuilder().setVoiding(Voiding.newBuilder().setRecord(bytes(record))));
  }

  private void corrected(Signer signer, Hash record) {
    add(
        signer,
        Kind.KIND_CORRECTION,
        PublicPart.newBuilder().setCorrection(Correction.newBuilder().setRecord(bytes(record))));
  }

  private RecordPlace add(Signer signer, Kind kind, PublicPart.Builder part) {
    RecordPlace place = new RecordPlace(records.size() + 1L, 0);
    records.add(
        new StoryRecord(
            place,
            kind,
            HashAlgorithm.SHA_256.hash(("record " + place).getBytes(StandardCharsets.UTF_8)),
            signer,
            null,
            at(place.index()),
            at(place.index()),
            false,
            part.build(),
            List.of(),
            List.of(),
            Set.of()));
    return place;
  }

  private static Instant at(long index) {
    return Instant.ofEpochSecond(1_000 + index);
  }

  private static ByteString bytes(Hash hash) {
    return ByteString.copyFrom(hash.bytes());
  }

  private static Signer signer(String participant, Role role) {
    return new Signer(
        participant, "示例", List.of(role), AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED, NONE);
  }
}
