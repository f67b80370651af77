// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import com.google.protobuf.ByteString;
import com.google.protobuf.ProtocolMessageEnum;
import java.time.Instant;
import java.util.HexFormat;
import org.pinlian.v1.Goods;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.Notice;
import org.pinlian.v1.NoticeState;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.RecordAt;

/** How notices are put into words, the same in every form. What has become of an order is first. */
final class NoticeWords {
  private NoticeWords() {}

  static String chinese(Notice notice) {
    Order order = notice.getOrder();
    String grade = order.getGrade() == 0 ? "" : order.getGrade() + "级";
    return "【"
        + chinese(notice.getState())
        + "】"
        + grade
        + chinese(order.getType())
        + "（"
        + chinese(order.getGoods())
        + "）";
  }

  static String english(Notice notice) {
    Order order = notice.getOrder();
    String grade = order.getGrade() == 0 ? "" : ", grade " + order.getGrade();
    return "["
        + english(notice.getState())
        + "] "
        + english(order.getType())
        + grade
        + " ("
        + english(order.getGoods())
        + ")";
  }

  static String chinese(NoticeState state) {
    return switch (state) {
      case NOTICE_STATE_WAITING -> "待审核，尚未生效";
      case NOTICE_STATE_IN_EFFECT -> "生效中";
      case NOTICE_STATE_CLOSED -> "已结案";
      case NOTICE_STATE_VOIDED -> "已撤销";
      case NOTICE_STATE_UNSPECIFIED, UNRECOGNIZED -> "状态不明";
    };
  }

  static String english(NoticeState state) {
    return switch (state) {
      case NOTICE_STATE_WAITING -> "waits for approval, not in effect";
      case NOTICE_STATE_IN_EFFECT -> "in effect";
      case NOTICE_STATE_CLOSED -> "closed";
      case NOTICE_STATE_VOIDED -> "voided";
      case NOTICE_STATE_UNSPECIFIED, UNRECOGNIZED -> "state not told";
    };
  }

  private static String chinese(OrderType type) {
    return switch (type) {
      case ORDER_TYPE_STOP_SALE -> "停止销售";
      case ORDER_TYPE_WITHDRAWAL -> "下架退市";
      case ORDER_TYPE_RECALL -> "召回";
      case ORDER_TYPE_SUSPENSION -> "暂停销售使用";
      case ORDER_TYPE_UNSPECIFIED, UNRECOGNIZED -> "其他";
    };
  }

  private static String english(OrderType type) {
    return switch (type) {
      case ORDER_TYPE_STOP_SALE -> "stop of sale";
      case ORDER_TYPE_WITHDRAWAL -> "withdrawal from the market";
      case ORDER_TYPE_RECALL -> "recall";
      case ORDER_TYPE_SUSPENSION -> "suspension of sale and use";
      case ORDER_TYPE_UNSPECIFIED, UNRECOGNIZED -> "other order";
    };
  }

  private static String chinese(Goods goods) {
    return switch (goods) {
      case GOODS_FOOD -> "食品";
      case GOODS_DRUG -> "药品";
      case GOODS_FARM_PRODUCT -> "食用农产品";
      case GOODS_DEVICE -> "医疗器械";
      case GOODS_COSMETIC -> "化妆品";
      case GOODS_UNSPECIFIED, UNRECOGNIZED -> "其他";
    };
  }

  private static String english(Goods goods) {
    return switch (goods) {
      case GOODS_FOOD -> "food";
      case GOODS_DRUG -> "drug";
      case GOODS_FARM_PRODUCT -> "farm product";
      case GOODS_DEVICE -> "medical device";
      case GOODS_COSMETIC -> "cosmetic";
      case GOODS_UNSPECIFIED, UNRECOGNIZED -> "other";
    };
  }

  /** The name of a value without that of its type: {@code RECALL}. */
  static String code(ProtocolMessageEnum value, String type) {
    // Of a newer node's value the number is all that is known, and asking its descriptor fails.
    return value.toString().startsWith(type + "_")
        ? value.toString().substring(type.length() + 1)
        : "UNSPECIFIED";
  }

  static String place(RecordAt at) {
    return Long.toUnsignedString(at.getIndex()) + "." + Integer.toUnsignedString(at.getPosition());
  }

  static String time(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  /** The first line of a checkpoint. */
  static String origin(ListNoticesReply page) {
    String note = page.getCheckpoint();
    int end = note.indexOf('\n');
    return end < 0 ? note : note.substring(0, end);
  }

  /** What asks for the page after this one. */
  static String next(ListNoticesReply page, String path) {
    return path + "?before=" + place(page.getNotices(page.getNoticesCount() - 1).getAt());
  }

  static boolean hasNext(ListNoticesReply page) {
    return page.getMore() && page.getNoticesCount() > 0;
  }
}
