// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.Subject;
import org.pinlian.record.RecordPlace;
import org.pinlian.tools.recall.Effectiveness;
import org.pinlian.tools.recall.Effectiveness.Row;
import org.pinlian.tools.recall.Effectiveness.Total;
import org.pinlian.tools.recall.Holding;
import org.pinlian.tools.recall.Holdings;
import org.pinlian.tools.recall.RecallClocks;
import org.pinlian.tools.recall.Report;
import org.pinlian.tools.recall.Report.Amounts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pinlian recall status}: how far an order has got. */
@Command(
    name = "status",
    description = {
      "How far an order has got: holders found and acknowledged, what they account for (recovered,",
      "destroyed, sold, missing) against what they had when it came into effect, which clocks were",
      "kept, and whose goods are still open. Computed here from the records.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian recall status urn:pinlian:order:uscc:11000000MA000004XW:2026-17 --key district.pem",
    })
final class RecallStatusCommand extends ToolCommand {
  /** Goods asked for one by one; an order that names more is of lots that came of these. */
  private static final int SEARCHES_MAX = 16;

  @SuppressWarnings("NullAway.Init")
  @Parameters(paramLabel = "ORDER", description = "Its name, as `recall` said it.")
  private String order;

  @Mixin private final RecallOptions options = new RecallOptions();

  @Override
  Exit run(Console console) throws Exception {
    Subject name = GivenOrder.name(order);
    try (GatewaySession session = options.open(console)) {
      RecallStatus status = read(session, name, options.purpose());
      console.result(json(status));
      lines(status, console.paint()).forEach(console::say);
      return Exit.GOOD;
    }
  }

  /**
   * What is known of an order.
   *
   * @param now who has what came of its goods
   */
  record RecallStatus(
      GivenOrder order,
      Holdings now,
      List<Report> reports,
      Effectiveness effectiveness,
      List<RecallClocks.Running> clocks) {}

  /** Asks for all of it. */
  static RecallStatus read(GatewaySession session, Subject name, String purpose) throws Exception {
    RecordPlace lookUp = session.lookUp(name, purpose).orElse(null);
    GivenOrder given = GivenOrder.read(session, name, lookUp);
    given.requireWhole("look at");
    Instant since = given.standing().since().orElse(null);
    List<Holdings> then = new ArrayList<>();
    List<Holdings> now = new ArrayList<>();
    Set<String> reached = new LinkedHashSet<>();
    for (Subject goods : given.goods()) {
      if (reached.contains(goods.uri()) || now.size() == SEARCHES_MAX) {
        continue;
      }
      RecordPlace looked = lookUp == null ? null : session.lookUp(goods, purpose).orElse(null);
      Holdings found = session.findHolders(goods, looked, null);
      now.add(found);
      then.add(since == null ? found : session.findHolders(goods, looked, since));
      for (Holding holding : found.all()) {
        reached.add(holding.subject());
      }
    }
    List<Report> reports = given.reports();
    Holdings present = Holdings.join(now);
    return new RecallStatus(
        given,
        present,
        reports,
        Effectiveness.of(Holdings.join(then).all(), present.all(), reports),
        RecallClocks.of(given.body(), given.standing().since(), reports, Instant.now()));
  }

  // To people -------------------------------------------------------------------------------------

  /** For people: the order, its effect, holder by holder, and the clocks. */
  static List<String> lines(RecallStatus status, Paint paint) {
    List<String> lines =
        new ArrayList<>(OrderWords.lines(List.of(status.order().standing()), paint));
    Effectiveness effect = status.effectiveness();
    lines.add(
        "  持有者 holders: 查明 found "
            + effect.rows().size()
            + ", 已知悉 acknowledged "
            + effect.acknowledged()
            + ", 未了结 open "
            + effect.open().size());
    for (Map.Entry<String, Total> total : effect.totals().entrySet()) {
      lines.add(
          "  数量 accounted: "
              + plain(total.getValue().accounted())
              + " of "
              + plain(total.getValue().held())
              + " "
              + total.getKey()
              + total.getValue().percent().map(percent -> " (" + percent + " %)").orElse(""));
    }
    for (Row row : effect.rows()) {
      lines.add("  " + row(row, paint));
    }
    effect
        .others()
        .forEach((who, amounts) ->
            lines.add("  非持有者 no holder: " + Paint.clean(who) + amounts(amounts)));
    if (status.now().cut()) {
      lines.add(
          "  "
              + paint.careful(
                  "! 未全部展开 cut short by: " + Paint.clean(String.join(", ", status.now().cutBy()))));
    }
    lines.addAll(HolderWords.clocks(status.clocks()));
    return lines;
  }

  private static String row(Row row, Paint paint) {
    StringBuilder said = new StringBuilder();
    said.append(row.settled() ? paint.good("✓ ") : paint.careful("! 未了结 open "));
    said.append(Paint.clean((row.name() + " " + row.participant()).strip()));
    said.append(
        row.acknowledged()
            .map(at -> ", 知悉 acknowledged " + StoryText.time(at))
            .orElse(", " + paint.careful("未知悉 not acknowledged")));
    StringJoiner held = new StringJoiner(", ", ", 持有 had ", "").setEmptyValue("");
    row.held().forEach((unit, amount) -> held.add(plain(amount) + " " + unit));
    said.append(held);
    said.append(amounts(List.copyOf(row.accounted().values())));
    StringJoiner open = new StringJoiner(", ", ", 未交代 not accounted for ", "").setEmptyValue("");
    row.open().forEach((unit, amount) -> open.add(plain(amount) + " " + unit));
    said.append(row.passedOn() ? "" : open.toString());
    said.append(row.unstated() ? ", 账上数量不全 books do not say all amounts" : "");
    said.append(row.over() ? ", " + paint.careful("超出持有 more than it had") : "");
    said.append(row.unitsDiffer() ? ", " + paint.careful("单位不同 units differ") : "");
    said.append(row.late() ? ", 生效后查明 known since" : "");
    said.append(row.passedOn() ? ", 已转出 passed on" : "");
    return said.toString();
  }

  private static String amounts(List<Amounts> amounts) {
    StringBuilder said = new StringBuilder();
    for (Amounts one : amounts) {
      said.append(
          ", 召回 recovered "
              + plain(one.recovered())
              + " 销毁 destroyed "
              + plain(one.destroyed())
              + " 已售 sold "
              + plain(one.sold())
              + " 不明 missing "
              + plain(one.missing())
              + " "
              + one.unit());
    }
    return Paint.clean(said.toString());
  }

  private static String plain(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }

  // To programs -----------------------------------------------------------------------------------

  /** All of it, as one object. */
  static ObjectNode json(RecallStatus status) {
    Effectiveness effect = status.effectiveness();
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("order", status.order().name().uri());
    json.setAll((ObjectNode) OrderWords.json(List.of(status.order().standing())).get(0));
    ArrayNode named = json.putArray("names");
    status.order().goods().forEach(goods -> named.add(goods.uri()));
    json.put("holdersFound", effect.rows().size());
    json.put("holdersAcknowledged", effect.acknowledged());
    json.put("complete", effect.complete());
    ObjectNode totals = json.putObject("totals");
    effect
        .totals()
        .forEach((unit, total) -> {
          ObjectNode one = totals.putObject(unit);
          one.put("held", plain(total.held()));
          one.put("accounted", plain(total.accounted()));
          one.put("percent", total.percent().map(BigDecimal::toPlainString).orElse(null));
        });
    ArrayNode rows = json.putArray("rows");
    effect.rows().forEach(row -> add(row, rows.addObject()));
    ArrayNode open = json.putArray("open");
    effect.open().forEach(row -> open.add(row.participant()));
    ObjectNode others = json.putObject("others");
    effect
        .others()
        .forEach((who, amounts) -> {
          ArrayNode theirs = others.putArray(who);
          amounts.forEach(one -> add(one, theirs.addObject()));
        });
    json.put("reports", status.reports().size());
    json.put(
        "reportsWithheld",
        status.reports().stream().filter(report -> !report.amountsShown()).count());
    HolderWords.addTo(json, status.now());
    json.set("clocks", HolderWords.json(status.clocks()));
    return json;
  }

  private static void add(Row row, ObjectNode json) {
    json.put("participant", row.participant());
    json.put("name", row.name());
    ArrayNode subjects = json.putArray("subjects");
    row.subjects().forEach(subjects::add);
    ObjectNode held = json.putObject("held");
    row.held().forEach((unit, amount) -> held.put(unit, plain(amount)));
    ObjectNode left = json.putObject("notAccounted");
    row.open().forEach((unit, amount) -> left.put(unit, plain(amount)));
    ArrayNode accounted = json.putArray("accounted");
    row.accounted().values().forEach(one -> add(one, accounted.addObject()));
    @Nullable Instant acknowledged = row.acknowledged().orElse(null);
    json.put("acknowledgedAt", acknowledged == null ? null : acknowledged.toString());
    json.put("settled", row.settled());
    json.put("unstated", row.unstated());
    json.put("moreThanHeld", row.over());
    json.put("unitsDiffer", row.unitsDiffer());
    json.put("late", row.late());
    json.put("passedOn", row.passedOn());
  }

  private static void add(Amounts amounts, ObjectNode json) {
    json.put("unit", amounts.unit());
    json.put("recovered", plain(amounts.recovered()));
    json.put("destroyed", plain(amounts.destroyed()));
    json.put("sold", plain(amounts.sold()));
    json.put("missing", plain(amounts.missing()));
  }
}
