// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.pinlian.tools.recall.Holding;
import org.pinlian.tools.recall.Holdings;
import org.pinlian.tools.recall.RecallClocks;
import org.pinlian.trade.Deadline;
import org.pinlian.v1.Whereabouts;

/** Who has what, and by when something is due: to people, Chinese first, and to programs. */
final class HolderWords {
  private static final int SUBJECTS_TOLD = 20;

  private HolderWords() {}

  /** Who is to be notified, and who can say where the rest went. */
  static List<String> lines(Holdings found, Paint paint) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "  现持有者 present holders: "
            + found.byHolder().size()
            + " (追踪对象 subjects followed "
            + found.subjects()
            + ", 记录 records "
            + found.records()
            + ", size "
            + found.size()
            + ")");
    found
        .byHolder()
        .forEach((holder, held) -> {
          lines.add("    " + paint.strong("须通知 to be notified ") + Paint.clean(holder));
          held.stream().limit(SUBJECTS_TOLD).forEach(one -> lines.add("      " + one(one)));
          if (held.size() > SUBJECTS_TOLD) {
            lines.add("      … 另有 " + (held.size() - SUBJECTS_TOLD) + " more");
          }
        });
    for (Whereabouts where :
        List.of(
            Whereabouts.WHEREABOUTS_OUTSIDE,
            Whereabouts.WHEREABOUTS_CONSUMER,
            Whereabouts.WHEREABOUTS_ENDED,
            Whereabouts.WHEREABOUTS_UNKNOWN)) {
      List<Holding> there = found.all().stream().filter(one -> one.whereabouts() == where).toList();
      there.stream()
          .limit(SUBJECTS_TOLD)
          .forEach(one -> lines.add("    " + where(one) + ": " + one(one)));
      if (there.size() > SUBJECTS_TOLD) {
        lines.add("    … 另有 " + (there.size() - SUBJECTS_TOLD) + " more");
      }
    }
    if (found.cut()) {
      lines.add(
          "  "
              + paint.careful(
                  "! 未全部展开,可能还有持有者 cut short, there may be more holders: "
                      + Paint.clean(String.join(", ", found.cutBy()))));
    }
    return lines;
  }

  private static String where(Holding one) {
    String who = Paint.clean(one.participant());
    return switch (one.whereabouts()) {
      case WHEREABOUTS_OUTSIDE -> "已出本账本,须通知并询问 gone outside; can say to whom: " + who;
      case WHEREABOUTS_CONSUMER -> "已售予消费者,须通知 sold to consumers by, to be notified too: " + who;
      case WHEREABOUTS_ENDED -> "已用尽、转化或销毁,须通知 used up or ended with, to be notified too: " + who;
      default -> "无人说明 nobody said who has it";
    };
  }

  private static String one(Holding one) {
    StringJoiner amounts = new StringJoiner(", ", " (", ")").setEmptyValue("");
    one.left().forEach((unit, left) -> amounts.add(left.toPlainString() + " " + unit));
    if (one.unstated()) {
      amounts.add("数量未说明 not all amounts stated");
    }
    return Paint.clean(one.subject()) + amounts;
  }

  /** By when what is due. */
  static List<String> clocks(List<RecallClocks.Running> clocks) {
    List<String> lines = new ArrayList<>();
    for (RecallClocks.Running clock : clocks) {
      lines.add(
          "  期限 clock: "
              + clock.clock().words()
              + clock
                  .deadline()
                  .map(due ->
                      " → "
                          + StoryText.time(due.last())
                          + (due.announced() ? "" : " (节假日安排未公布 holidays not announced)"))
                  .orElse("")
              + " "
              + state(clock));
    }
    return lines;
  }

  private static String state(RecallClocks.Running clock) {
    String met = clock.met().map(at -> " " + StoryText.time(at)).orElse("");
    return switch (clock.state()) {
      case NOT_STARTED -> "未起算 not started";
      case RUNNING -> "进行中 running";
      case KEPT -> "按时 kept" + met;
      case LATE -> "逾期完成 done late" + met;
      case OVERDUE -> "已逾期 OVERDUE";
    };
  }

  // For programs ----------------------------------------------------------------------------------

  /**
   * {@code holders} as {@code demo} writes them: subject to participant, or to a list where several
   * hold some of a lot. {@code notify} has also those with whom it was last; {@code held} says
   * everything, by participant.
   */
  static void addTo(ObjectNode json, Holdings found) {
    json.set("holders", holders(found));
    ArrayNode notify = json.putArray("notify");
    toBeNotified(found).forEach(notify::add);
    ArrayNode held = json.putArray("held");
    for (Holding one : found.all()) {
      ObjectNode goods = held.addObject();
      goods.put("participant", one.participant());
      goods.put("whereabouts", Words.plain(one.whereabouts()));
      goods.put("subject", one.subject());
      goods.put("depth", one.depth());
      ObjectNode left = goods.putObject("left");
      one.left().forEach((unit, amount) -> left.put(unit, amount.toPlainString()));
      goods.put("unstated", one.unstated());
    }
    json.put("cut", found.cut());
    ArrayNode cutBy = json.putArray("cutBy");
    found.cutBy().forEach(cutBy::add);
    json.put("subjects", found.subjects());
    json.put("records", found.records());
    json.put("size", found.size());
    json.put("asOf", found.asOf().toString());
  }

  /** Whoever has some of it, and those with whom some was last. */
  private static SortedSet<String> toBeNotified(Holdings found) {
    SortedSet<String> all = new TreeSet<>();
    for (Holding one : found.all()) {
      if (!one.participant().isEmpty()) {
        all.add(one.participant());
      }
    }
    return all;
  }

  /** The present holders. */
  static ObjectNode holders(Holdings found) {
    ObjectNode json = Console.JSON.createObjectNode();
    found
        .holders()
        .forEach((subject, holders) -> {
          if (holders.size() == 1) {
            json.put(subject, holders.first());
          } else {
            ArrayNode several = json.putArray(subject);
            holders.forEach(several::add);
          }
        });
    return json;
  }

  static ArrayNode json(List<RecallClocks.Running> clocks) {
    ArrayNode json = Console.JSON.createArrayNode();
    for (RecallClocks.Running clock : clocks) {
      ObjectNode one = json.addObject();
      one.put("clock", clock.clock().name());
      one.put("what", clock.clock().words());
      one.put("source", clock.clock().source().words());
      one.put("state", clock.state().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      Deadline due = clock.deadline().orElse(null);
      one.put("until", due == null ? null : Instant.ofEpochMilli(due.last()).toString());
      one.put("holidaysKnown", due == null || due.announced());
      clock.met().ifPresent(at -> one.put("metAt", at.toString()));
    }
    return json;
  }
}
