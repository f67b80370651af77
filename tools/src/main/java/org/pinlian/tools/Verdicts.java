// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pinlian.dossier.OrderStanding;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Verdict;
import org.pinlian.dossier.Verdict.Completeness;
import org.pinlian.dossier.Verdict.ErasedPart;
import org.pinlian.dossier.Verdict.LeftOut;
import org.pinlian.dossier.Verdict.ProvenChain;
import org.pinlian.dossier.Verdict.Statement;
import org.pinlian.v1.NotFollowedReason;

/** What a dossier proves, as it is said: in one line, in many, and to programs. */
final class Verdicts {
  private static final int HOURS_MAX = 24 * 3_660;

  private Verdicts() {}

  static Duration greatestAge(int hours) {
    if (hours < 1 || hours > HOURS_MAX) {
      throw CommandException.usage("--max-age: from 1 to " + HOURS_MAX + " hours", "");
    }
    return Duration.ofHours(hours);
  }

  // In short --------------------------------------------------------------------------------------

  /** Orders on the goods before everything, then what is proved in one line. */
  static List<String> lines(Verdict verdict, Paint paint) {
    List<String> lines = new ArrayList<>(OrderWords.lines(OrderStanding.of(verdict), paint));
    lines.add(line(verdict, paint));
    return lines;
  }

  /** What is proved, in one line. */
  static String line(Verdict verdict, Paint paint) {
    List<String> parts = new ArrayList<>();
    parts.add(paint.good("✓ 未被篡改 unaltered"));
    parts.add(complete(verdict, paint));
    parts.add("见证 " + verdict.witnesses().size() + " witnesses");
    parts.add("隐去 " + withheld(verdict) + " withheld");
    if (!verdict.partsErased().isEmpty()) {
      parts.add(erasedInAll(verdict));
    }
    parts.add(notFollowed(verdict));
    // Last, because it is as long as it likes: a good dossier of other goods is no answer.
    parts.add("对象 subject: " + Paint.clean(verdict.asked()));
    return String.join("; ", parts);
  }

  private static String complete(Verdict verdict, Paint paint) {
    if (verdict.completeness() == Completeness.NOT_PROVIDED) {
      return paint.careful("完整性未提供 completeness not provided");
    }
    long earlier = verdict.earlierNotShown();
    String whole =
        earlier > 0
            ? "此前 " + earlier + " 条未列出 " + earlier + " earlier statements not shown"
            : "完整 complete";
    return verdict.completeness() == Completeness.PROVED
        ? whole + ", 经审计方证明 proved by " + verdict.auditors().size() + " auditors"
        : whole + ", " + paint.careful("仅账本承诺 committed only");
  }

  /** Signers, parts and inputs that the view does not show. */
  private static long withheld(Verdict verdict) {
    return verdict.signersWithheld() + verdict.partsWithheld() + verdict.inputsNotPublished();
  }

  private static String notFollowed(Verdict verdict) {
    if (verdict.leftOut().isEmpty()) {
      return "未追踪 not followed: 无 none";
    }
    Map<NotFollowedReason, Integer> counts = new TreeMap<>();
    verdict.leftOut().forEach(left -> counts.merge(left.reason(), 1, Integer::sum));
    List<String> said = new ArrayList<>();
    counts.forEach((reason, count) -> said.add(count + " " + why(reason)));
    return "未追踪 not followed: " + String.join(", ", said);
  }

  static String why(NotFollowedReason reason) {
    return switch (reason) {
      case TOO_FAR -> "过远 too far";
      case TOO_MANY_RECORDS -> "记录过多 too many records";
      case NOT_VISIBLE -> "不可见 not visible";
      case NOT_FOLLOWED_REASON_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  // Many lines ------------------------------------------------------------------------------------

  static List<String> details(Verdict verdict) {
    List<String> lines = new ArrayList<>();
    lines.add("  对象 subject       " + Paint.clean(verdict.asked()));
    lines.add("  视图 view          " + view(verdict));
    lines.add(
        "  区块 block         "
            + verdict.block()
            + ", "
            + StoryText.time(verdict.closedAt())
            + " +08:00, size "
            + verdict.checkpoint().size());
    verdict
        .lagSince()
        .ifPresent(
            since -> lines.add("  链头图滞后 map lags since " + StoryText.time(since) + " +08:00"));
    lines.add("  见证 witnesses     " + names(verdict.witnesses().stream().sorted().toList()));
    lines.add("  审计 auditors      " + names(verdict.auditors().stream().sorted().toList()));
    lines.add(
        "  隐去 withheld      签名者 signers "
            + verdict.signersWithheld()
            + " ("
            + (verdict.completeness() == Completeness.PROVED
                ? "vouched for by " + verdict.auditors().size() + " auditors"
                : "not checked")
            + "), 部分 parts "
            + verdict.partsWithheld()
            + ", 未公开的投入品 inputs not published "
            + verdict.inputsNotPublished());
    verdict.partsErased().forEach(part -> lines.add(erased(part)));
    for (ProvenChain chain : verdict.chains()) {
      lines.add("  链 chain           " + chain(chain));
    }
    for (LeftOut left : verdict.leftOut()) {
      lines.add(
          "  未追踪 not followed "
              + (left.subject().isEmpty() ? left.key().hex() : Paint.clean(left.subject()))
              + ": "
              + why(left.reason()));
    }
    for (Statement statement : verdict.statements()) {
      lines.add("  " + title(statement));
    }
    return lines;
  }

  /** How many parts, and by what law. */
  private static String erasedInAll(Verdict verdict) {
    TreeSet<String> laws = new TreeSet<>();
    verdict.partsErased().forEach(part -> laws.add(law(part.erasure())));
    return "依法删除 erased "
        + verdict.partsErased().size()
        + " ("
        + Paint.clean(String.join("; ", laws))
        + ")";
  }

  private static String erased(ErasedPart part) {
    StoryErasure erasure = part.erasure();
    return "  依法删除 erased    "
        + part.place()
        + " "
        + Words.plain(part.sectionClass())
        + ": "
        + Paint.clean(law(erasure))
        + ", "
        + StoryText.time(erasure.since())
        + " +08:00; "
        + erasure.erasure()
        + " "
        + Paint.clean(erasure.signer().participant())
        + ", 核准 approved "
        + erasure.approval()
        + " "
        + Paint.clean(erasure.approver().participant());
  }

  private static String law(StoryErasure erasure) {
    return (erasure.law() + " " + erasure.article()).strip();
  }

  static String view(Verdict verdict) {
    return verdict.view().name().substring("VIEW_".length()).toLowerCase(Locale.ROOT);
  }

  private static String names(List<String> names) {
    return names.isEmpty() ? "0" : names.size() + ": " + Paint.clean(String.join(", ", names));
  }

  private static String chain(ProvenChain chain) {
    String name = chain.subject().isEmpty() ? chain.key().hex() : Paint.clean(chain.subject());
    String shown = chain.records().size() + " statements";
    if (chain.records().isEmpty()) {
      shown = "无记录 no statement";
    } else if (chain.first() > 1) {
      shown += ", from link " + chain.first() + " on";
    }
    return name + ": " + shown + ", " + chain.notices().size() + " notices";
  }

  private static String title(Statement statement) {
    Signer signer = statement.signer();
    StringBuilder title = new StringBuilder(statement.place().toString());
    title.append(' ').append(Words.kind(statement.kind().getNumber())).append(", ");
    title.append(
        signer == null
            ? "签名者未显示 signer withheld"
            : Paint.clean(signer.name() + " " + signer.participant()));
    Signer gateway = statement.attestedBy();
    if (gateway != null) {
      title.append(", 由网关代签 attested by ").append(Paint.clean(gateway.participant()));
    }
    if (statement.sequencedAt() != null) {
      title.append(", ").append(StoryText.time(statement.sequencedAt()));
    }
    if (statement.doubtful()) {
      title.append(", 存疑 doubtful");
    }
    if (statement.mayApply()) {
      title.append(", 可能适用于本件 may apply to this unit");
    }
    return title.toString();
  }

  // For programs ----------------------------------------------------------------------------------

  static ObjectNode json(Verdict verdict, boolean verbose) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.set("orders", OrderWords.json(OrderStanding.of(verdict)));
    json.put("verified", true);
    json.put("unaltered", true);
    json.put("subject", verdict.asked());
    json.put("view", view(verdict));
    json.put("completeness", verdict.completeness().name().toLowerCase(Locale.ROOT));
    json.put("earlierNotShown", verdict.earlierNotShown());
    json.put("origin", verdict.checkpoint().origin());
    json.put("size", verdict.checkpoint().size());
    json.put("block", verdict.block());
    json.put("closedAt", verdict.closedAt().toString());
    verdict.lagSince().ifPresent(since -> json.put("lagSince", since.toString()));
    ArrayNode witnesses = json.putArray("witnesses");
    verdict.witnesses().stream().sorted().forEach(witnesses::add);
    ArrayNode auditors = json.putArray("auditors");
    verdict.auditors().stream().sorted().forEach(auditors::add);
    json.put("statements", verdict.statements().size());
    json.put("signersWithheld", verdict.signersWithheld());
    json.put("partsWithheld", verdict.partsWithheld());
    json.put("partsErased", verdict.partsErased().size());
    ArrayNode erased = json.putArray("erased");
    for (ErasedPart part : verdict.partsErased()) {
      ObjectNode one = StoryJson.erased(part.sectionClass(), part.erasure());
      one.put("record", part.place().toString());
      erased.add(one);
    }
    json.put("inputsNotPublished", verdict.inputsNotPublished());
    json.put("maxDepth", verdict.maxDepth());
    ArrayNode left = json.putArray("notFollowed");
    for (LeftOut out : verdict.leftOut()) {
      ObjectNode one = left.addObject();
      one.put("subject", out.subject().isEmpty() ? null : out.subject());
      one.put("key", out.key().hex());
      one.put("reason", out.reason().name().toLowerCase(Locale.ROOT));
    }
    if (verbose) {
      chains(verdict, json.putArray("chains"));
      records(verdict, json.putArray("records"));
    }
    return json;
  }

  private static void chains(Verdict verdict, ArrayNode chains) {
    for (ProvenChain chain : verdict.chains()) {
      ObjectNode one = chains.addObject();
      one.put("subject", chain.subject().isEmpty() ? null : chain.subject());
      one.put("key", chain.key().hex());
      one.put("depth", chain.depth());
      one.put("tie", chain.tie().name().toLowerCase(Locale.ROOT));
      one.put("first", chain.first());
      ArrayNode records = one.putArray("records");
      chain.records().forEach(place -> records.add(place.toString()));
      ArrayNode notices = one.putArray("notices");
      chain.notices().forEach(place -> notices.add(place.toString()));
    }
  }

  private static void records(Verdict verdict, ArrayNode records) {
    for (Statement statement : verdict.statements()) {
      ObjectNode one = records.addObject();
      one.put("record", statement.place().toString());
      one.put("kind", Words.plain(statement.kind()));
      one.put("digest", statement.digest().hex());
      Signer signer = statement.signer();
      one.put("signer", signer == null ? null : signer.participant());
      Signer gateway = statement.attestedBy();
      if (gateway != null) {
        one.put("attestedBy", gateway.participant());
      }
      if (statement.sequencedAt() != null) {
        one.put("sequencedAt", statement.sequencedAt().toString());
      }
      one.put("doubtful", statement.doubtful());
      one.put("mayApply", statement.mayApply());
      one.put("publicPart", statement.publicPart() != null);
    }
  }
}
