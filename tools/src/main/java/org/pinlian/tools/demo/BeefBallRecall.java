// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.demo;

import static org.pinlian.v1.EventAction.EVENT_ACTION_OBSERVE;
import static org.pinlian.v1.EventType.EVENT_TYPE_OBJECT;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.tools.recall.OrderDrafts;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionItem;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderQuantities;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Truth;

/**
 * 不合格核查处置: a sample fails, the district recalls the lot with its legal review's approval, both
 * holders acknowledge and account for what they had, and the case is closed.
 */
final class BeefBallRecall {
  private static final long MISSING = 4;

  private final Stage stage;
  private final Secrets secrets;
  private final Instant now;
  private final Subject balls;
  private final long atMaker;
  private final long atShop;
  private final OrderDrafts drafts;

  /**
   * @param atMaker kilograms that the maker has
   * @param atShop kilograms that the shop has
   */
  BeefBallRecall(
      Stage stage,
      Secrets secrets,
      Instant now,
      Subject balls,
      long atMaker,
      long atShop,
      String number)
      throws IdentifierException {
    this.stage = stage;
    this.secrets = secrets;
    this.now = now;
    this.balls = balls;
    this.atMaker = atMaker;
    this.atShop = atShop;
    this.drafts =
        new OrderDrafts(Subject.order(Actor.DISTRICT.id(), "DEMO-ZH-" + number), List.of(balls));
  }

  Tale.Recall play() {
    Stage.Filed order = order(inspect());
    acknowledge(Actor.SHOP, order, hoursAgo(3).plus(Duration.ofMinutes(20)));
    acknowledge(Actor.BALL_MAKER, order, hoursAgo(3).plus(Duration.ofMinutes(45)));
    destroy(Actor.SHOP, order, atShop - MISSING, MISSING, hoursAgo(2));
    destroy(Actor.BALL_MAKER, order, atMaker, 0, hoursAgo(2).plus(Duration.ofMinutes(30)));
    report(
        Actor.BALL_MAKER,
        "召回效果评价 reports how effective it was",
        order,
        OrderStep.ORDER_STEP_EFFECTIVENESS,
        "已通知全部下家,已售部分已公告",
        hoursAgo(1),
        null);
    report(
        Actor.DISTRICT,
        "结案 closes the recall",
        order,
        OrderStep.ORDER_STEP_CLOSED,
        "核查处置完毕",
        now.minus(Duration.ofMinutes(20)),
        null);
    Map<Subject, List<Actor>> holders = new LinkedHashMap<>();
    holders.put(balls, List.of(Actor.BALL_MAKER, Actor.SHOP));
    return new Tale.Recall(drafts.name(), "beef-balls", holders);
  }

  private Instant hoursAgo(long hours) {
    return now.minus(Duration.ofHours(hours));
  }

  private Hash inspect() {
    Draft failed =
        Draft.of(
                PublicPart.newBuilder()
                    .setInspection(
                        Inspection.newBuilder()
                            .setType(InspectionType.INSPECTION_TYPE_SUPERVISION_SAMPLING)
                            .setNumber("DEMO-CJ-0418")
                            .setSampledOn(Scenes.date(hoursAgo(10)).toString())
                            .setReportedOn(Scenes.date(hoursAgo(4)).toString())
                            .setLaboratory("示例检验检测中心")
                            .setConclusion(InspectionConclusion.INSPECTION_CONCLUSION_FAILED)
                            .addItems(
                                InspectionItem.newBuilder()
                                    .setItem("菌落总数")
                                    .setResult("3200000")
                                    .setUnit("CFU/g")
                                    .setLimit("100000")
                                    .setPassed(Truth.TRUTH_FALSE))))
            .line(LineRole.LINE_ROLE_OBJECT, balls);
    return stage
        .file(Actor.DISTRICT, "监督抽检不合格 records that a sample failed", List.of(failed))
        .digests()
        .get(0);
  }

  private Stage.Filed order(Hash ground) {
    Instant at = hoursAgo(3);
    Stage.Filed order =
        stage.file(
            Actor.DISTRICT,
            "责令召回 orders the lot recalled, grade 2",
            List.of(
                drafts.order(
                    Order.newBuilder()
                        .setType(OrderType.ORDER_TYPE_RECALL)
                        .setGrade(2)
                        .setLegalBasis("食品安全法63")
                        .setReason("监督抽检菌落总数不合格")
                        .setOrderedAt(at.toEpochMilli())
                        .setNeedsApproval(true)
                        .setGoods(Goods.GOODS_FOOD)
                        .setAnnouncedOn(Scenes.date(at).toString())
                        .setGround(ByteString.copyFrom(ground.bytes()))
                        .build())));
    stage.file(
        Actor.LEGAL,
        "法制审核 approves the order: it is in effect",
        List.of(drafts.approval(order.record(0), order.digests().get(0), "依据充分,程序合法")));
    return order;
  }

  private void acknowledge(Actor holder, Stage.Filed order, Instant at) {
    report(holder, "已知悉 acknowledges", order, OrderStep.ORDER_STEP_ACKNOWLEDGED, "", at, null);
  }

  private void destroy(Actor holder, Stage.Filed order, long destroyed, long missing, Instant at) {
    stage.file(
        holder,
        "无害化处理 destroys " + destroyed + " kg",
        List.of(
            Scenes.of(
                    Scenes.event(
                        EVENT_TYPE_OBJECT,
                        EVENT_ACTION_OBSERVE,
                        holder,
                        at,
                        "destroying",
                        "destroyed"))
                .line(LineRole.LINE_ROLE_OBJECT, balls)
                .trade(
                    Trade.newBuilder()
                        .addQuantities(Scenes.quantity(0, destroyed, "KGM"))
                        .setNote(secrets.of("监督销毁单 DEMO-XH-" + holder.fileName()))
                        .build())));
    report(
        holder,
        "报告进展 accounts for what it had",
        order,
        OrderStep.ORDER_STEP_PROGRESS,
        "",
        at.plus(Duration.ofMinutes(15)),
        OrderQuantities.newBuilder().setUnit("KGM").setDestroyed(destroyed).setMissing(missing));
  }

  private void report(
      Actor actor,
      String what,
      Stage.Filed order,
      OrderStep step,
      String text,
      Instant at,
      OrderQuantities.@Nullable Builder amounts) {
    stage.file(
        actor,
        what,
        List.of(
            drafts.progress(
                order.record(0),
                OrderProgress.newBuilder()
                    .setStep(step)
                    .setReportedAt(at.toEpochMilli())
                    .setText(text),
                order.digests().get(0),
                List.of(balls),
                amounts)));
  }
}
