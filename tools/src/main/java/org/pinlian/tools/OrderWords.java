// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.dossier.OrderStanding;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;

/** Orders on goods, as every story says them first: to people, Chinese first, and to programs. */
final class OrderWords {
  private static final int SUBJECTS_TOLD = 3;

  private OrderWords() {}

  /** Those in effect as a warning, the others as what they are. */
  static List<String> lines(List<OrderStanding> orders, Paint paint) {
    List<String> lines = new ArrayList<>();
    for (OrderStanding order : orders) {
      String said = state(order) + ": " + sentence(order);
      lines.add(
          switch (order.state()) {
            case IN_EFFECT -> paint.bad("!! " + said);
            case WAITING -> paint.careful("! " + said);
            case CLOSED, VOIDED -> "- " + said;
          });
    }
    return lines;
  }

  /** Whether the order binds, in one word of each language. */
  static String state(OrderStanding order) {
    return switch (order.state()) {
      case IN_EFFECT -> "生效中 IN EFFECT";
      case WAITING -> "未生效,待法制审核 NOT IN EFFECT, waits for its approval";
      case CLOSED -> isRecall(order.body()) ? "已结案 CLOSED" : "已解除 LIFTED";
      case VOIDED -> "已作废 VOIDED";
    };
  }

  /** What was ordered, by whom, on what, since and until when. */
  static String sentence(OrderStanding order) {
    StringBuilder said = new StringBuilder(type(order.body()));
    said.append(", ").append(Paint.clean(on(order)));
    if (order.mayApply()) {
      said.append(" (整批,可能适用于本件 the whole lot: may apply to this unit)");
    }
    Signer signer = order.signer();
    said.append("; ").append(signer == null ? "签署方未显示 signer withheld" : StoryText.called(signer));
    said.append(", 依据 basis ").append(Paint.clean(order.body().getLegalBasis()));
    said.append(", 原因 reason ").append(Paint.clean(order.body().getReason()));
    order
        .since()
        .ifPresent(since -> said.append("; 生效 in effect from ").append(StoryText.time(since)));
    said.append(" [").append(order.place());
    order.approval().ifPresent(approval -> said.append(", 核准 approved ").append(approval));
    order.ending().ifPresent(ending -> said.append(", 终止 ended ").append(ending));
    order.ended().ifPresent(ended -> said.append(' ').append(StoryText.time(ended)));
    return said.append(']').toString();
  }

  /** The type and, of a recall, its grade. */
  static String type(Order order) {
    String grade =
        switch (order.getGrade()) {
          case 1 -> " 一级 grade 1";
          case 2 -> " 二级 grade 2";
          case 3 -> " 三级 grade 3";
          default -> "";
        };
    return Words.order(order.getType()) + grade;
  }

  static String goods(Goods goods) {
    return switch (goods) {
      case GOODS_FOOD -> "食品 food";
      case GOODS_DRUG -> "药品 drug";
      case GOODS_FARM_PRODUCT -> "食用农产品 farm product";
      case GOODS_DEVICE -> "医疗器械 device";
      case GOODS_COSMETIC -> "化妆品 cosmetic";
      case GOODS_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  private static String on(OrderStanding order) {
    List<String> on = order.on();
    String named = String.join(", ", on.subList(0, Math.min(on.size(), SUBJECTS_TOLD)));
    return on.size() <= SUBJECTS_TOLD ? named : named + " 等 and " + (on.size() - SUBJECTS_TOLD);
  }

  private static boolean isRecall(Order order) {
    return order.getType() == OrderType.ORDER_TYPE_RECALL;
  }

  /** For programs, in the same order. */
  static ArrayNode json(List<OrderStanding> orders) {
    ArrayNode json = Console.JSON.createArrayNode();
    for (OrderStanding order : orders) {
      ObjectNode one = json.addObject();
      one.put("record", order.place().toString());
      one.put("state", state(order.state()));
      one.put("type", Words.plain(order.body().getType()));
      one.put("grade", order.body().getGrade());
      one.put("goods", Words.plain(order.body().getGoods()));
      ArrayNode on = one.putArray("on");
      order.on().forEach(on::add);
      Signer signer = order.signer();
      one.put("orderedBy", signer == null ? null : signer.participant());
      one.put("basis", order.body().getLegalBasis());
      one.put("reason", order.body().getReason());
      one.put("announcedOn", order.body().getAnnouncedOn());
      order.since().ifPresent(since -> one.put("inEffectFrom", since.toString()));
      order.approval().ifPresent(approval -> one.put("approval", approval.toString()));
      order.ending().ifPresent(ending -> one.put("ending", ending.toString()));
      order.ended().ifPresent(ended -> one.put("endedAt", ended.toString()));
      one.put("mayApply", order.mayApply());
      one.put("digest", order.digest().hex());
    }
    return json;
  }

  /** The state as programs are told it. */
  static String state(OrderStanding.State state) {
    return switch (state) {
      case IN_EFFECT -> "in-effect";
      case WAITING -> "waiting";
      case CLOSED -> "closed";
      case VOIDED -> "voided";
    };
  }
}
