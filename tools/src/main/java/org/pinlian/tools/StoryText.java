// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Grade;
import org.pinlian.dossier.OrderStanding;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.record.RecordPlace;
import org.pinlian.tools.PublicFacts.Fact;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Finding;
import org.pinlian.v1.Kind;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Trade;

/**
 * A story for people, Chinese first: orders on the goods, what was checked, what else warns, then
 * record by record. Times are in China Standard Time. Whatever others wrote passes {@link
 * Paint#clean}.
 */
final class StoryText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.ofHours(8));

  /** Bytes of a digest: enough for people to find the record by. */
  private static final int DIGEST_SHOWN = 8;

  private final Story story;
  private final Paint paint;
  private final List<OrderStanding> orders;
  private final List<String> text = new ArrayList<>();
  // Of the story's records, by digest; made when first asked for.
  private @Nullable Map<ByteString, RecordPlace> places;

  private StoryText(Story story, Paint paint) {
    this.story = story;
    this.paint = paint;
    this.orders = OrderStanding.of(story);
  }

  /** The whole story. */
  static List<String> lines(Story story, Direction direction, Paint paint) {
    StoryText text = new StoryText(story, paint);
    text.orders();
    text.head(direction);
    text.notices();
    text.findings();
    Set<RecordPlace> asides = story.asides(direction);
    for (StoryRecord record : story.records()) {
      if (!asides.contains(record.place())) {
        text.record(record);
      }
    }
    text.asides(asides);
    text.chains();
    return text.text;
  }

  /** One line to a record. */
  static List<String> brief(Story story, Direction direction, Paint paint) {
    StoryText text = new StoryText(story, paint);
    text.orders();
    text.head(direction);
    text.notices();
    text.findings();
    Set<RecordPlace> asides = story.asides(direction);
    for (StoryRecord record : story.records()) {
      if (!asides.contains(record.place())) {
        text.text.add(text.title(record));
      }
    }
    text.asides(asides);
    return text.text;
  }

  private void asides(Set<RecordPlace> asides) {
    if (!asides.isEmpty()) {
      text.add(
          "  "
              + paint.faint(
                  "另有容器在货物不在其中时的记录 "
                      + asides.size()
                      + " 条,未列出 records of containers from when the goods were not inside: "
                      + asides.size()
                      + ", not listed"));
    }
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }

  static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis));
  }

  /** Before everything: whoever looks at goods must not have to look for a recall. */
  private void orders() {
    text.addAll(OrderWords.lines(orders, paint));
  }

  private void head(Direction direction) {
    text.add(paint.strong(way(direction) + "  " + Paint.clean(story.subject())));
    text.add(
        "  "
            + paint.good("✓ 已验证 verified")
            + ": "
            + story.records().size()
            + " 条记录 records, 签名、哈希、日志收录、链 signature, digests, log, chains");
    text.add(
        "  截至 as of: "
            + Paint.clean(story.checkpoint().origin())
            + ", size "
            + story.size()
            + ", "
            + (story.grade() == Grade.WITNESSED
                ? "有见证 witnessed"
                : "仅账本自签 signed by the ledger alone"));
    text.add("  时间 times: +08:00, 按签署方所述 as the signers say");
    text.add("  完整性 completeness: 尚未提供证明 " + story.completeness());
    if (story.cut()) {
      text.add(
          "  "
              + paint.careful(
                  "! 未全部展开 cut short by: "
                      + story.cutBy().stream()
                          .map(Paint::clean)
                          .collect(Collectors.joining(", "))));
    }
  }

  private static String way(Direction direction) {
    return switch (direction) {
      case DIRECTION_BACKWARD -> "溯源(向来源) backward";
      case DIRECTION_FORWARD -> "追踪(向去向) forward";
      case DIRECTION_STORY, DIRECTION_UNSPECIFIED, UNRECOGNIZED -> "追溯对象自身记录 own records";
    };
  }

  /**
   * Inspections, voidings, approvals and whatever else is a notice: nobody must have to look for
   * them. Orders stand above already, and what was reported under them stands below.
   */
  private void notices() {
    Set<RecordPlace> places = new LinkedHashSet<>();
    for (StoryChain chain : story.chains()) {
      places.addAll(chain.notices());
    }
    for (RecordPlace place : places) {
      story
          .record(place)
          .filter(record ->
              record.kind() != Kind.KIND_ORDER && record.kind() != Kind.KIND_ORDER_PROGRESS)
          .ifPresent(record -> text.add("  " + paint.bad("!! 通知 notice ") + title(record)));
    }
  }

  private void findings() {
    for (Finding finding : story.findingsAsTold()) {
      text.add(
          "  "
              + paint.careful(
                  "! 疑点 finding, "
                      + Words.severity(finding.getSeverity())
                      + ": "
                      + Paint.clean(finding.getRuleZh())
                      + " "
                      + Paint.clean(finding.getRuleEn()))
              + "  "
              + Paint.clean(finding.getSubject()));
      String facts =
          finding.getFactsList().stream()
              .map(fact -> Paint.clean(fact.getName()) + " " + fact(fact.getValue()))
              .collect(Collectors.joining(", "));
      if (!facts.isEmpty()) {
        text.add("    " + facts);
      }
      text.add(paint.faint("    依据 basis: " + Paint.clean(finding.getBasis()) + records(finding)));
    }
  }

  /** By their places, where they are in the story, or else by the beginning of their digests. */
  private String records(Finding finding) {
    if (finding.getRecordsCount() == 0) {
      return "";
    }
    return finding.getRecordsList().stream()
        .map(this::record)
        .collect(Collectors.joining(", ", "; 记录 records: ", ""));
  }

  private String record(ByteString digest) {
    Map<ByteString, RecordPlace> known = places;
    if (known == null) {
      known = new HashMap<>();
      for (StoryRecord record : story.records()) {
        known.putIfAbsent(ByteString.copyFrom(record.digest().bytes()), record.place());
      }
      places = known;
    }
    RecordPlace place = known.get(digest);
    return place == null
        ? HexFormat.of()
            .formatHex(digest.substring(0, Math.min(DIGEST_SHOWN, digest.size())).toByteArray())
        : "[" + place + "]";
  }

  /** Facts have instants in UTC; people here read clocks that are eight hours ahead. */
  private static String fact(String value) {
    try {
      return time(Instant.parse(value));
    } catch (DateTimeException noInstant) {
      return Paint.clean(value);
    }
  }

  private String title(StoryRecord record) {
    return "  "
        + paint.good("✓ ")
        + time(saidToHappen(record))
        + "  "
        + paint.faint("[" + record.place() + "]")
        + " "
        + paint.strong(Words.kind(record.kind().getNumber()))
        + PublicFacts.gist(record.publicPart())
        + "  "
        + signer(record.signer())
        + (record.attestedBy() == null
            ? ""
            : paint.careful("  由网关代签 attested by gateway " + called(record.attestedBy())))
        + (record.doubtful() ? paint.careful("  ! 密钥后被吊销,存疑 key later compromised") : "");
  }

  /** When the signer says it happened; of statements about no moment, when they were recorded. */
  private static Instant saidToHappen(StoryRecord record) {
    return PublicFacts.happenedAt(record.publicPart()).orElse(record.sequencedAt());
  }

  static String signer(Signer signer) {
    String roles = signer.roles().stream().map(Words::role).collect(Collectors.joining(", "));
    return called(signer) + " (" + roles + ")";
  }

  static String called(Signer signer) {
    return Paint.clean(signer.name().isEmpty() ? signer.participant() : signer.name());
  }

  private void record(StoryRecord record) {
    text.add("");
    text.add(title(record));
    detail("收录时间 recorded", time(record.sequencedAt()));
    if (record.attestedBy() != null) {
      detail(
          "代签 attested",
          "网关 gateway "
              + record.attestedBy().participant()
              + " 按委托代 under delegation for "
              + record.signer().participant()
              + "; 签署的是网关密钥 the signature is the gateway's");
    }
    PublicPart part = record.publicPart();
    if (part == null) {
      detail("内容未向本读者展示", "public part withheld from this reader");
    } else {
      PublicFacts.of(part).forEach(this::fact);
    }
    lines(record);
    for (StorySection section : record.sections()) {
      if (section.content() == null) {
        absent(section);
      } else if (section.content().hasTrade()) {
        trade(section.content().getTrade());
      } else if (section.content().hasPersonal()) {
        detail("个人信息 personal", "已向本读者展示 shown to this reader; see --json");
      }
    }
  }

  private void absent(StorySection section) {
    StoryErasure erasure = section.erasure();
    if (erasure == null) {
      detail("未展示 withheld", Words.plain(section.sectionClass()));
      return;
    }
    detail(
        "已依法删除 erased",
        Words.plain(section.sectionClass())
            + ": "
            + erasure.law()
            + " "
            + erasure.article()
            + "; "
            + erasure.erasure()
            + " "
            + called(erasure.signer())
            + ", 核准 approved "
            + erasure.approval()
            + " "
            + called(erasure.approver()));
  }

  private void lines(StoryRecord record) {
    Map<String, List<String>> byRole = new TreeMap<>();
    for (StoryLine line : record.lines()) {
      byRole
          .computeIfAbsent(Words.plain(line.role()), _ -> new ArrayList<>())
          .add(
              line.subject() == null
                  ? "(未展示 withheld) " + line.subjectKey().hex().substring(0, 12)
                  : line.subject());
    }
    byRole.forEach((role, subjects) -> {
      for (String subject : subjects) {
        detail(role, subject);
      }
    });
  }

  private void trade(Trade trade) {
    for (Quantity quantity : trade.getQuantitiesList()) {
      detail("数量 quantity, line " + quantity.getLine(), PublicFacts.quantity(quantity));
    }
    detail("收货方 receiver", trade.getReceiver());
    detail("地址 address", trade.getAddress());
    if (trade.hasTransport()) {
      detail("运单 waybill", trade.getTransport().getWaybill());
      detail("运输工具 equipment", trade.getTransport().getEquipment());
      detail("铅封 seal", trade.getTransport().getSeal());
    }
    if (trade.hasReadings()) {
      detail(
          "读数 readings",
          trade.getReadings().getSecondsCount()
              + ", "
              + Duration.ofSeconds(
                      trade.getReadings().getSecondsList().stream()
                          .mapToLong(Integer::toUnsignedLong)
                          .sum())
                  .toMinutes()
              + " min");
    }
    detail("备注 note", trade.getNote());
  }

  private void chains() {
    text.add("");
    text.add(paint.strong("  链 chains"));
    for (StoryChain chain : story.chains()) {
      text.add(
          "    "
              + chain.depth()
              + "  "
              + Paint.clean(chain.subject())
              + paint.faint("  " + chain.records().size() + " 条 records"));
    }
  }

  private void detail(String name, String value) {
    if (!value.isEmpty()) {
      plainDetail(name, Paint.clean(value));
    }
  }

  private void fact(Fact fact) {
    String value = Paint.clean(fact.value());
    plainDetail(
        fact.name(),
        switch (fact.tone()) {
          case PLAIN -> value;
          case GOOD -> paint.good(value);
          case BAD -> paint.bad(value);
        });
  }

  private void plainDetail(String name, String value) {
    text.add("      " + paint.faint(name) + ": " + value);
  }
}
