// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.pinlian.v1.ListNoticesReply;
import org.pinlian.v1.Notice;
import org.pinlian.v1.NoticeState;
import org.pinlian.v1.Order;

/** Public notices as JSON (docs/notices.md). */
final class NoticePage {
  private NoticePage() {}

  static JsonObject json(ListNoticesReply page) {
    JsonObject json =
        new JsonObject()
            .put("origin", NoticeWords.origin(page))
            .put("size", page.getSize())
            .put("asOf", NoticeWords.time(page.getAsOf()))
            .put("checkpoint", page.getCheckpoint());
    JsonArray notices = new JsonArray();
    page.getNoticesList().forEach(notice -> notices.add(json(notice)));
    json.put("notices", notices);
    if (NoticeWords.hasNext(page)) {
      json.put("next", NoticeWords.next(page, NoticeRequests.JSON));
    }
    return json;
  }

  private static JsonObject json(Notice notice) {
    Order order = notice.getOrder();
    JsonArray subjects = new JsonArray();
    notice.getSubjectsList().forEach(subjects::add);
    JsonObject json =
        new JsonObject()
            .put("state", NoticeWords.code(notice.getState(), "NOTICE_STATE"))
            .put(
                "title",
                new JsonObject()
                    .put("zh", NoticeWords.chinese(notice))
                    .put("en", NoticeWords.english(notice)))
            .put("type", NoticeWords.code(order.getType(), "ORDER_TYPE"))
            .put("goods", NoticeWords.code(order.getGoods(), "GOODS"));
    if (order.getGrade() > 0) {
      json.put("grade", order.getGrade());
    }
    json.put("subjects", subjects)
        .put("legalBasis", order.getLegalBasis())
        .put("reason", order.getReason())
        .put("orderedAt", NoticeWords.time(order.getOrderedAt()))
        .put("needsApproval", order.getNeedsApproval());
    if (!order.getAnnouncedOn().isEmpty()) {
      json.put("announcedOn", order.getAnnouncedOn());
    }
    if (!order.getGround().isEmpty()) {
      json.put("ground", NoticeWords.hex(order.getGround()));
    }
    if (!notice.getOrderedBy().isEmpty()) {
      json.put("orderedBy", notice.getOrderedBy());
    }
    json.put(
        "record",
        new JsonObject()
            .put("at", NoticeWords.place(notice.getAt()))
            .put("digest", NoticeWords.hex(notice.getRecordDigest()))
            .put("recordedAt", NoticeWords.time(notice.getRecordedAt())));
    if (notice.getState() != NoticeState.NOTICE_STATE_UNSPECIFIED) {
      json.put(
          "stateBy",
          new JsonObject()
              .put("at", NoticeWords.place(notice.getBy()))
              .put("digest", NoticeWords.hex(notice.getByDigest()))
              .put("recordedAt", NoticeWords.time(notice.getSince())));
    }
    return json;
  }
}
