// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Approval;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.ListNoticesRequest;
import org.pinlian.v1.Notice;
import org.pinlian.v1.NoticeState;
import org.pinlian.v1.NoticesGrpc;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RecordAt;
import org.pinlian.v1.Role;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Voiding;

/** Which orders were given, and what has become of them, as anybody reads it. */
class NoticesTest {
  private static final Subject LOT = Goods.lot("A");

  @TempDir Path folder;

  private TestLedger ledger;

  @BeforeEach
  void create() {
    ledger = TestLedger.create(folder);
    ledger.enrol(TestLedger.PRODUCER, Role.ROLE_PRODUCER);
    ledger.enrol(TestLedger.RECEIVER, Role.ROLE_SHOP);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  /** A record of one submission of its own. */
  private record Filed(SignedSubmission submission, long index) {
    ByteString digest() {
      return ByteString.copyFrom(submission.digests().get(0).bytes());
    }

    RecordAt at() {
      return RecordAt.newBuilder().setIndex(index).build();
    }
  }

  private Filed file(ParticipantId signer, Draft draft) {
    SignedSubmission submission = ledger.sign(signer, draft);
    return new Filed(submission, ledger.submit(submission).index());
  }

  private static Draft order(Subject lot, boolean needsApproval) {
    return Draft.of(
            PublicPart.newBuilder()
                .setOrder(
                    Order.newBuilder()
                        .setType(OrderType.ORDER_TYPE_RECALL)
                        .setGrade(1)
                        .setGoods(org.pinlian.v1.Goods.GOODS_FOOD)
                        .setLegalBasis("食品安全法63")
                        .setReason("检出禁用药物")
                        .setOrderedAt(Goods.WHEN)
                        .setNeedsApproval(needsApproval)))
        .line(LineRole.LINE_ROLE_OBJECT, lot);
  }

  private Filed approve(Filed order) {
    return file(
        TestLedger.SECOND_AUTHORITY,
        Draft.of(
                PublicPart.newBuilder()
                    .setApproval(
                        Approval.newBuilder().setRecord(order.digest()).setOpinion("审核人的内部意见")))
            .line(LineRole.LINE_ROLE_RECORD, Subject.record(order.index(), 0)));
  }

  private Filed voided(Filed record, ParticipantId by) {
    return file(by, voiding(record));
  }

  private static Draft voiding(Filed record) {
    return Draft.of(
            PublicPart.newBuilder()
                .setVoiding(Voiding.newBuilder().setRecord(record.digest()).setReason("有误")))
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(record.index(), 0));
  }

  private Filed report(Filed order, ParticipantId by, OrderStep step) {
    return file(by, reported(order, step));
  }

  private static Draft reported(Filed order, OrderStep step) {
    return Draft.of(
            PublicPart.newBuilder()
                .setOrderProgress(
                    OrderProgress.newBuilder()
                        .setOrder(order.digest())
                        .setStep(step)
                        .setReportedAt(Goods.WHEN + 1)
                        .setText("示例超市已下架")))
        .line(LineRole.LINE_ROLE_OBJECT, LOT)
        .line(LineRole.LINE_ROLE_RECORD, Subject.record(order.index(), 0));
  }

  /** Asked by nobody in particular. */
  private ListNoticesReply list(ListNoticesRequest request) {
    return NoticesGrpc.newBlockingStub(ledger.node().channel()).listNotices(request);
  }

  private ListNoticesReply newest() {
    return list(ListNoticesRequest.getDefaultInstance());
  }

  private Notice only() {
    ListNoticesReply reply = newest();
    assertEquals(1, reply.getNoticesCount());
    return reply.getNotices(0);
  }

  private static void assertState(NoticeState state, Filed by, Notice notice) {
    assertEquals(state, notice.getState());
    assertEquals(by.at(), notice.getBy());
    assertEquals(by.digest(), notice.getByDigest());
  }

  @Test
  void beforeAnyOrderThereIsNoNotice() {
    ListNoticesReply reply = newest();

    assertEquals(0, reply.getNoticesCount());
    assertFalse(reply.getMore());
    assertEquals(3, reply.getSize());
    assertTrue(reply.getCheckpoint().startsWith(TestLedger.ORIGIN + "\n3\n"));
  }

  @Test
  void anOrderThatNeedsNoApprovalIsInEffectByItself() {
    Filed order = file(TestLedger.AUTHORITY, order(LOT, false));

    Notice notice = only();
    assertState(NoticeState.NOTICE_STATE_IN_EFFECT, order, notice);
    assertEquals(order.at(), notice.getAt());
    assertEquals(order.digest(), notice.getRecordDigest());
    assertEquals("食品安全法63", notice.getOrder().getLegalBasis());
    assertEquals(List.of(LOT.uri()), notice.getSubjectsList());
    assertEquals(TestLedger.AUTHORITY.toString(), notice.getOrderedBy());
    assertEquals(notice.getRecordedAt(), notice.getSince());
  }

  @Test
  void anOrderWaitsIsApprovedClosedAndVoided() {
    Filed order = file(TestLedger.AUTHORITY, order(LOT, true));
    assertState(NoticeState.NOTICE_STATE_WAITING, order, only());

    Filed approval = approve(order);
    assertState(NoticeState.NOTICE_STATE_IN_EFFECT, approval, only());

    report(order, TestLedger.PRODUCER, OrderStep.ORDER_STEP_ACKNOWLEDGED);
    assertState(NoticeState.NOTICE_STATE_IN_EFFECT, approval, only());

    Filed closing = report(order, TestLedger.AUTHORITY, OrderStep.ORDER_STEP_CLOSED);
    assertState(NoticeState.NOTICE_STATE_CLOSED, closing, only());

    Filed voiding = voided(order, TestLedger.AUTHORITY);
    assertState(NoticeState.NOTICE_STATE_VOIDED, voiding, only());
  }

  @Test
  void anApprovalThatWasTakenBackIsNone() {
    Filed order = file(TestLedger.AUTHORITY, order(LOT, true));
    Filed approval = approve(order);
    Filed voiding = voided(approval, TestLedger.SECOND_AUTHORITY);

    assertState(NoticeState.NOTICE_STATE_WAITING, order, only());
    voided(voiding, TestLedger.SECOND_AUTHORITY);
    assertState(NoticeState.NOTICE_STATE_IN_EFFECT, approval, only());
  }

  @Test
  void aMakersOwnRecallIsPublicToo() {
    file(TestLedger.PRODUCER, order(LOT, false));

    assertEquals(TestLedger.PRODUCER.toString(), only().getOrderedBy());
  }

  @Test
  void nothingRestrictedAndNobodyWhoApprovedIsInIt() {
    Filed order =
        file(
            TestLedger.AUTHORITY,
            order(LOT, true).trade(Trade.newBuilder().setNote("某某批发行").build()));
    approve(order);
    report(order, TestLedger.RECEIVER, OrderStep.ORDER_STEP_ACKNOWLEDGED);

    String all = new String(newest().toByteArray(), StandardCharsets.UTF_8);
    assertTrue(all.contains("检出禁用药物"));
    for (String secret :
        List.of(
            "某某批发行",
            "审核人的内部意见",
            "示例超市已下架",
            TestLedger.SECOND_AUTHORITY.toString(),
            TestLedger.RECEIVER.toString())) {
      assertFalse(all.contains(secret), secret);
    }
  }

  @Test
  void pagesGoFromTheNewestToTheOldestWithoutGapOrRepetition() {
    List<RecordAt> all = new ArrayList<>();
    for (int n = 0; n < 7; n++) {
      Draft[] drafts = {order(Goods.lot("A" + n), false), order(Goods.lot("B" + n), false)};
      long index = ledger.submit(TestLedger.AUTHORITY, drafts).index();
      all.add(RecordAt.newBuilder().setIndex(index).build());
      all.add(RecordAt.newBuilder().setIndex(index).setPosition(1).build());
    }
    List<RecordAt> expected = all.reversed();

    assertEquals(expected, paged(3));
    assertEquals(expected, paged(14));
    assertEquals(expected, paged(100));
    // The same from what is stored, and from what is replayed.
    ledger.awaitRest(newest().getSize());
    assertEquals(expected, paged(5));
    ledger.restart();
    assertEquals(expected, paged(4));
  }

  private List<RecordAt> paged(int count) {
    List<RecordAt> found = new ArrayList<>();
    ListNoticesRequest.Builder request = ListNoticesRequest.newBuilder().setCount(count);
    ListNoticesReply reply;
    do {
      reply = list(request.build());
      assertTrue(reply.getNoticesCount() > 0 && reply.getNoticesCount() <= count);
      reply.getNoticesList().forEach(notice -> found.add(notice.getAt()));
      request.setBefore(found.getLast());
      assertTrue(found.size() < 100);
    } while (reply.getMore());
    return found;
  }

  @Test
  void ordersOnTenThousandGoodsComeInMorePages() {
    List<Filed> orders = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      Draft draft = order(LOT, false);
      for (int lot = 1; lot < 10_000; lot++) {
        draft.line(LineRole.LINE_ROLE_OBJECT, Goods.lot("A" + n + "-" + lot));
      }
      orders.addFirst(file(TestLedger.PRODUCER, draft));
    }
    List<RecordAt> found = new ArrayList<>();
    ListNoticesRequest.Builder request = ListNoticesRequest.newBuilder();
    ListNoticesReply reply;
    do {
      reply = list(request.build());
      assertTrue(reply.getNoticesCount() > 0);
      assertTrue(reply.getSerializedSize() < 2 << 20, () -> "too large for a message");
      reply.getNoticesList().forEach(notice -> found.add(notice.getAt()));
      request.setBefore(found.getLast());
    } while (reply.getMore());
    assertEquals(orders.stream().map(Filed::at).toList(), found);
  }

  @Test
  void whoeverReportsWithoutEndKeepsTheOtherNoticesFromNobody() {
    Filed oldest = file(TestLedger.AUTHORITY, order(LOT, false));
    Filed flooded = file(TestLedger.AUTHORITY, order(LOT, false));
    Filed busy = file(TestLedger.AUTHORITY, order(LOT, false));
    reports(flooded, 20_001);
    reports(busy, 2_001);

    // What was read about the newest is enough for one answer.
    ListNoticesReply first = newest();
    assertEquals(1, first.getNoticesCount());
    assertTrue(first.getMore());
    assertState(NoticeState.NOTICE_STATE_IN_EFFECT, busy, first.getNotices(0));
    ListNoticesReply next = list(ListNoticesRequest.newBuilder().setBefore(busy.at()).build());
    assertEquals(2, next.getNoticesCount());
    assertFalse(next.getMore());
    assertEquals(NoticeState.NOTICE_STATE_UNSPECIFIED, next.getNotices(0).getState());
    assertFalse(next.getNotices(0).hasBy());
    assertEquals(flooded.at(), next.getNotices(0).getAt());
    assertState(NoticeState.NOTICE_STATE_IN_EFFECT, oldest, next.getNotices(1));
  }

  @Test
  void voidingsOfVoidingsCountForTheOrderThatTheyBearOn() {
    Filed order = file(TestLedger.AUTHORITY, order(LOT, false));
    reports(order, 10_000);
    Filed voided = voided(order, TestLedger.AUTHORITY);
    assertState(NoticeState.NOTICE_STATE_VOIDED, voided, newest().getNotices(0));

    many(TestLedger.AUTHORITY, voiding(voided), 10_000);
    Notice flooded = newest().getNotices(0);
    assertEquals(NoticeState.NOTICE_STATE_UNSPECIFIED, flooded.getState());
    assertFalse(flooded.hasBy());
  }

  private void reports(Filed order, int count) {
    many(TestLedger.PRODUCER, reported(order, OrderStep.ORDER_STEP_PROGRESS), count);
  }

  private void many(ParticipantId by, Draft draft, int count) {
    for (int from = 0; from < count; from += 1_000) {
      Draft[] drafts = new Draft[Math.min(1_000, count - from)];
      Arrays.fill(drafts, draft);
      ledger.submit(by, drafts);
    }
  }

  @Test
  void askedForNonsenseItRefusesOrAnswersNothing() {
    file(TestLedger.AUTHORITY, order(LOT, false));

    refused(ListNoticesRequest.newBuilder().setCount(101));
    refused(ListNoticesRequest.newBuilder().setCount(-1));
    refused(ListNoticesRequest.newBuilder().setBefore(RecordAt.newBuilder().setIndex(-1)));
    refused(ListNoticesRequest.newBuilder().setBefore(RecordAt.newBuilder().setPosition(-1)));
    assertEquals(
        0,
        list(ListNoticesRequest.newBuilder().setBefore(RecordAt.getDefaultInstance()).build())
            .getNoticesCount());
    assertEquals(
        1,
        list(ListNoticesRequest.newBuilder()
                .setBefore(
                    RecordAt.newBuilder().setIndex(Long.MAX_VALUE).setPosition(Integer.MAX_VALUE))
                .build())
            .getNoticesCount());
  }

  private void refused(ListNoticesRequest.Builder request) {
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> list(request.build()));
    assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
  }

  @Test
  void aFolderThatNoNodeHoldsTellsTheSame() {
    Filed order = file(TestLedger.AUTHORITY, order(LOT, true));
    approve(order);
    ListNoticesReply running = newest();
    ledger.stop();

    try (ReadOnlyNode node = ReadOnlyNode.open(folder)) {
      ListNoticesReply read =
          NoticesGrpc.newBlockingStub(node.channel())
              .listNotices(ListNoticesRequest.getDefaultInstance());
      assertEquals(running.getNoticesList(), read.getNoticesList());
    } finally {
      ledger.start();
    }
  }
}
