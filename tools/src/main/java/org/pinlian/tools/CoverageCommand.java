// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.ReadOnlyNode;
import org.pinlian.node.findings.FindingKind;
import org.pinlian.node.findings.Found;
import org.pinlian.node.findings.GateCoverage.Gate;
import org.pinlian.node.findings.RegisterCoverage;
import org.pinlian.node.findings.SamplingCount.Counted;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.provenance.CoverageSurvey;
import org.pinlian.node.provenance.Survey;
import org.pinlian.node.provenance.Survey.Surveyed;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import org.pinlian.trade.CoverageMeasure;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.ProductRegister;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pinlian coverage}: how much of what ought to be in the ledger is, and what is not. */
@Command(
    name = "coverage",
    description = {
      "Count how much of what ought to be traced is, as of any time, and name what is not. A count of"
          + " what was",
      "stated: what nobody stated is in none. What was voided or corrected counts no more. The same"
          + " records give",
      "the same counts, however they came. Writes nothing. No node may be running on the folder.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian coverage --register all --data pinlian-data",
      "  pinlian coverage --register green --as-of 2026-03-31 --data pinlian-data --json",
      "  pinlian coverage --gate --from 2026-01-01 --until 2026-03-31 --data pinlian-data",
      "  pinlian coverage --key-varieties --data pinlian-data",
      "  pinlian coverage --sampling 2026 --population 616600 --source \"2020年常住人口\" --data"
          + " pinlian-data",
    })
final class CoverageCommand extends ToolCommand {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  /** What is counted: one thing at a time. */
  private static final class What {
    @Option(
        names = "--register",
        paramLabel = "REGISTER",
        description = {
          "Products of a register whose chain is live: green, organic, geographical or all. Live is"
              + " a product of",
          "which goods were made or moved while it was registered, within the last 12 months"
              + " (docs/trade-rules.md)."
        })
    private @Nullable String register;

    @Option(
        names = "--gate",
        description =
            "What came to each market's gate: certificate accepted, none and quick-tested,"
                + " refused.")
    private boolean gate;

    @Option(
        names = "--key-varieties",
        description =
            "Drugs of 重点品种 that were moved by the lot, without unit codes, by who moved them.")
    private boolean keyVarieties;

    @Option(
        names = "--sampling",
        paramLabel = "YEAR",
        description = "Samples taken in a year: 监督抽检 and 快检, apart.")
    private @Nullable Integer sampling;
  }

  @ArgGroup(exclusive = true, multiplicity = "1")
  private What what = new What();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ReachOptions.DEFAULT_DATA,
      description = "The ledger's folder (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of(ReachOptions.DEFAULT_DATA);

  @Option(
      names = "--as-of",
      paramLabel = "TIME",
      description = {
        "What was in the ledger by then counts: 2026-03-02T12:00:00+08:00, or a date, for its end in",
        "China (default: the time of the last entry)."
      })
  private @Nullable String asOf;

  @Option(
      names = "--from",
      paramLabel = "DATE",
      description = "With --gate: the first day that counts (default: all).")
  private @Nullable String from;

  @Option(
      names = "--until",
      paramLabel = "DATE",
      description = "With --gate: the last day that counts (default: all).")
  private @Nullable String until;

  @Option(
      names = "--population",
      paramLabel = "N",
      description = "With --sampling: how many people live there, for the figure per 1,000.")
  private @Nullable Long population;

  @Option(
      names = "--source",
      paramLabel = "TEXT",
      description = "With --population: where that number is from. Printed with the figure.")
  private @Nullable String source;

  @Override
  Exit run(Console console) throws Exception {
    checkOptions();
    Set<ProductRegister> registers = registers();
    if (!Files.isDirectory(data.resolve("truth"))) {
      throw CommandException.usage(
          data + " holds no ledger", "`pinlian demo` or `pinlian up` makes one.");
    }
    String time = asOf;
    OptionalLong instant =
        time == null ? OptionalLong.empty() : OptionalLong.of(Words.instant("--as-of", time));
    Integer year = what.sampling;
    try (ReadOnlyNode node = ReadOnlyNode.open(data)) {
      if (what.keyVarieties) {
        tellVarieties(console, survey(node.survey(instant, Severity.NOTE), console));
        return Exit.GOOD;
      }
      CoverageSurvey survey = node.coverage(instant);
      if (what.gate) {
        gates(console, survey);
      } else if (year != null) {
        sampling(console, survey, year);
      } else {
        registers(console, survey, registers);
      }
    } catch (DamagedRecordException e) {
      throw new CommandException(
          Exit.CHECK_FAILED,
          "STORED_DATA_DAMAGED",
          String.valueOf(e.getMessage()),
          "`pinlian audit --data DIR` finds what is damaged.");
    }
    return Exit.GOOD;
  }

  private void checkOptions() {
    if (!what.gate && (from != null || until != null)) {
      throw CommandException.usage("--from, --until: with --gate only", "See --help.");
    }
    if (what.sampling == null && population != null) {
      throw CommandException.usage("--population: with --sampling only", "See --help.");
    }
    Long people = population;
    String said = source;
    if (people != null && (people < 1 || people > 10_000_000_000L)) {
      throw CommandException.usage("--population: " + people, "How many people live there.");
    }
    if ((people == null) != (said == null || said.isBlank())) {
      throw CommandException.usage(
          "--population and --source go together",
          "A figure per 1,000 people says whose count of people it rests on.");
    }
    Integer year = what.sampling;
    if (year != null && (year < 2000 || year > 2999)) {
      throw CommandException.usage("--sampling: " + year, "A year, as 2026.");
    }
    day("--from", from);
    day("--until", until);
  }

  private static String day(String option, @Nullable String text) {
    if (text == null) {
      return "";
    }
    try {
      return LocalDate.parse(text).toString();
    } catch (DateTimeParseException e) {
      throw CommandException.usage(option + ": no date: \"" + text + "\"", "As 2026-03-02.");
    }
  }

  private Set<ProductRegister> registers() {
    String name = what.register;
    if (name == null) {
      return Set.of();
    }
    return switch (name) {
      case "green" -> EnumSet.of(ProductRegister.PRODUCT_REGISTER_GREEN);
      case "organic" -> EnumSet.of(ProductRegister.PRODUCT_REGISTER_ORGANIC);
      case "geographical" -> EnumSet.of(ProductRegister.PRODUCT_REGISTER_GEOGRAPHICAL);
      case "all" ->
          EnumSet.of(
              ProductRegister.PRODUCT_REGISTER_GREEN,
              ProductRegister.PRODUCT_REGISTER_ORGANIC,
              ProductRegister.PRODUCT_REGISTER_GEOGRAPHICAL);
      default ->
          throw CommandException.usage(
              "--register: " + name, "One of green, organic, geographical, all.");
    };
  }

  private static ObjectNode begun(long asOf) {
    return Console.JSON.createObjectNode().put("asOf", Instant.ofEpochMilli(asOf).toString());
  }

  private static void sayAsOf(Console console, long asOf) {
    console.say(
        "截至 as of "
            + Instant.ofEpochMilli(asOf)
            + " ("
            + Instant.ofEpochMilli(asOf).atOffset(CHINA)
            + ")");
  }

  /** Rounded down: what is not all is never 100. */
  private static @Nullable BigDecimal percent(long part, long whole) {
    return whole == 0
        ? null
        : BigDecimal.valueOf(part * 100).divide(BigDecimal.valueOf(whole), 1, RoundingMode.DOWN);
  }

  private static String said(@Nullable BigDecimal percent) {
    return percent == null ? "–" : percent.toPlainString() + " %";
  }

  // ---- registers -------------------------------------------------------------------------------

  private static void registers(
      Console console, CoverageSurvey survey, Set<ProductRegister> registers) {
    List<RegisterCoverage.Product> products;
    try (Progress.Task task = console.start("Reading entries", 2 * survey.size())) {
      products = survey.registers(registers, task::reached);
    }
    ObjectNode json = begun(survey.asOf());
    json.put("months", CoverageMeasure.LIVE_MONTHS.value());
    ArrayNode counts = json.putArray("registers");
    ArrayNode gaps = json.putArray("gaps");
    for (ProductRegister register : registers) {
      List<RegisterCoverage.Product> listed =
          products.stream().filter(product -> product.register() == register).toList();
      List<RegisterCoverage.Product> missing =
          listed.stream().filter(product -> product.gap().isPresent()).toList();
      long live = listed.size() - (long) missing.size();
      counts
          .addObject()
          .put("register", word(register))
          .put("registered", listed.size())
          .put("live", live)
          .put("percent", percent(live, listed.size()));
      console.say(
          console.paint().strong(chinese(register) + " " + word(register))
              + String.format(
                  Locale.ROOT,
                  ": 登记 registered %,d, 在链 live %,d, %s",
                  listed.size(),
                  live,
                  said(percent(live, listed.size()))));
      for (RegisterCoverage.Product product : missing) {
        gaps.add(gap(product));
        console.say(
            console.paint().careful("  ! 未纳入 gap  ")
                + Paint.clean(product.certificateNumber() + " " + product.name())
                + " "
                + Paint.clean(product.holder())
                + "  "
                + Paint.clean(product.subject())
                + "  "
                + why(product));
      }
    }
    sayAsOf(console, survey.asOf());
    console.result(json);
  }

  private static String why(RegisterCoverage.Product product) {
    if (product.gap().filter(gap -> gap == RegisterCoverage.Gap.NOT_KNOWN).isPresent()) {
      return "记录过多,未能判定 too many records to tell";
    }
    return product.lastOn().map(day -> "最近 last on " + day).orElse("无任何批次 no goods of it");
  }

  private static ObjectNode gap(RegisterCoverage.Product product) {
    ObjectNode json =
        Console.JSON
            .createObjectNode()
            .put("register", word(product.register()))
            .put("certificateNumber", product.certificateNumber())
            .put("name", product.name())
            .put("subject", product.subject());
    json.put("holder", product.holder());
    json.put("region", product.region());
    product.gap().ifPresent(gap -> json.put("gap", gap.name()));
    product.lastOn().ifPresent(day -> json.put("lastOn", day.toString()));
    return json;
  }

  private static String word(ProductRegister register) {
    return switch (register) {
      case PRODUCT_REGISTER_GREEN -> "green";
      case PRODUCT_REGISTER_ORGANIC -> "organic";
      case PRODUCT_REGISTER_GEOGRAPHICAL -> "geographical";
      case PRODUCT_REGISTER_UNSPECIFIED, UNRECOGNIZED -> "other";
    };
  }

  private static String chinese(ProductRegister register) {
    return switch (register) {
      case PRODUCT_REGISTER_GREEN -> "绿色食品";
      case PRODUCT_REGISTER_ORGANIC -> "有机产品";
      case PRODUCT_REGISTER_GEOGRAPHICAL -> "地理标志";
      case PRODUCT_REGISTER_UNSPECIFIED, UNRECOGNIZED -> "其他";
    };
  }

  // ---- gates -----------------------------------------------------------------------------------

  private void gates(Console console, CoverageSurvey survey) {
    List<Gate> gates;
    try (Progress.Task task = console.start("Reading entries", survey.size())) {
      gates =
          List.copyOf(
              survey.gates(day("--from", from), day("--until", until), task::reached).gates());
    }
    ObjectNode json = begun(survey.asOf());
    if (from != null) {
      json.put("from", day("--from", from));
    }
    if (until != null) {
      json.put("until", day("--until", until));
    }
    ArrayNode rows = json.putArray("gates");
    for (Gate gate : gates) {
      ObjectNode row =
          rows.addObject()
              .put("participant", gate.participant())
              .put("accepted", gate.accepted())
              .put("absentTested", gate.absentTested())
              .put("refused", gate.refused())
              .put("percent", percent(gate.accepted(), gate.came()));
      row.put("collected", gate.collected());
      console.say(
          console.paint().strong(Paint.clean(gate.participant()))
              + String.format(
                  Locale.ROOT,
                  ": 凭证入市 with certificate %,d, 无证快检 none, quick-tested %,d, 拒绝入市 refused %,d; 持证率"
                      + " %s; 收取 collected %,d",
                  gate.accepted(),
                  gate.absentTested(),
                  gate.refused(),
                  said(percent(gate.accepted(), gate.came())),
                  gate.collected()));
    }
    sayAsOf(console, survey.asOf());
    console.result(json);
  }

  // ---- key varieties ---------------------------------------------------------------------------

  private static Surveyed survey(Survey survey, Console console) {
    try (Progress.Task task = console.start("Evaluating entries", survey.size())) {
      return survey.all(task::reached);
    }
  }

  private static void tellVarieties(Console console, Surveyed surveyed) {
    Map<String, List<Found>> byMover = new TreeMap<>();
    for (Found found : surveyed.found()) {
      if (found.kind() == FindingKind.KEY_VARIETY_WITHOUT_CODES) {
        byMover.computeIfAbsent(fact(found, "moved_by"), _ -> new ArrayList<>()).add(found);
      }
    }
    ObjectNode json = begun(surveyed.asOf());
    ArrayNode rows = json.putArray("withoutCodes");
    byMover.forEach((mover, lots) -> {
      ObjectNode row = rows.addObject().put("participant", mover);
      ArrayNode named = row.putArray("lots");
      console.say(
          console.paint().strong(Paint.clean(mover))
              + ": 无码流转批次 lots moved without codes "
              + lots.size());
      for (Found lot : lots) {
        named
            .addObject()
            .put("lot", lot.subject())
            .put("variety", fact(lot, "variety"))
            .put("firstAt", fact(lot, "at"))
            .put("record", lot.records().get(0).hex());
        console.say(
            console.paint().careful("  ! ")
                + Paint.clean(lot.subject())
                + "  "
                + fact(lot, "variety")
                + "  "
                + fact(lot, "at"));
      }
    });
    ArrayNode tooLong = json.putArray("tooLong");
    surveyed.tooLong().forEach(tooLong::add);
    if (byMover.isEmpty()) {
      console.say("重点品种均凭码流转 no lot of a key variety was moved without codes");
    }
    sayAsOf(console, surveyed.asOf());
    console.result(json);
  }

  private static String fact(Found found, String name) {
    return found.facts().stream()
        .filter(fact -> fact.name().equals(name))
        .map(Found.Fact::value)
        .findFirst()
        .orElse("");
  }

  // ---- sampling --------------------------------------------------------------------------------

  private void sampling(Console console, CoverageSurvey survey, int year) {
    Map<InspectionType, Counted> counted;
    try (Progress.Task task = console.start("Reading entries", survey.size())) {
      counted = survey.sampling(year, task::reached).counted();
    }
    ObjectNode json = begun(survey.asOf()).put("year", year);
    ObjectNode types = json.putObject("samples");
    for (InspectionType type : InspectionType.values()) {
      if (type == InspectionType.UNRECOGNIZED
          || type == InspectionType.INSPECTION_TYPE_UNSPECIFIED) {
        continue;
      }
      Counted one = counted.getOrDefault(type, new Counted(0, 0));
      types
          .putObject(type.name().substring("INSPECTION_TYPE_".length()))
          .put("samples", one.samples())
          .put("against", one.against());
      console.say(
          String.format(
              Locale.ROOT,
              "%s: 批次 samples %,d, 不合格或阳性 failed or positive %,d",
              chinese(type),
              one.samples(),
              one.against()));
    }
    long sampled = samples(counted, InspectionType.INSPECTION_TYPE_SUPERVISION_SAMPLING);
    long tested = samples(counted, InspectionType.INSPECTION_TYPE_QUICK_TEST);
    json.put("inspected", sampled + tested);
    json.put("inspectedAim", CoverageMeasure.INSPECTED_A_YEAR.value());
    console.say(
        String.format(
            Locale.ROOT,
            "检验量(监督抽检与快检之和,只供对照年度目标 %,d) both, against the year's aim only: %,d",
            CoverageMeasure.INSPECTED_A_YEAR.value(),
            sampled + tested));
    Long people = population;
    if (people != null) {
      BigDecimal perThousand =
          BigDecimal.valueOf(sampled * 1000)
              .divide(BigDecimal.valueOf(people), 2, RoundingMode.DOWN);
      json.put("population", people);
      json.put("populationSource", source);
      json.put("sampledPerThousand", perThousand);
      json.put("sampledPerThousandAim", CoverageMeasure.SAMPLED_PER_THOUSAND.value());
      console.say(
          "监督抽检每千人批次 sampled per 1,000 people: "
              + perThousand.toPlainString()
              + " (目标 aim "
              + CoverageMeasure.SAMPLED_PER_THOUSAND.value()
              + "; 人口 people "
              + people
              + ", "
              + Paint.clean(String.valueOf(source))
              + ")");
    }
    sayAsOf(console, survey.asOf());
    console.result(json);
  }

  private static long samples(Map<InspectionType, Counted> counted, InspectionType type) {
    return counted.getOrDefault(type, new Counted(0, 0)).samples();
  }

  private static String chinese(InspectionType type) {
    return switch (type) {
      case INSPECTION_TYPE_SUPERVISION_SAMPLING -> "监督抽检 supervision sampling";
      case INSPECTION_TYPE_QUICK_TEST -> "快检 quick tests";
      case INSPECTION_TYPE_OWN_TEST -> "自检 own tests";
      case INSPECTION_TYPE_COMMISSIONED_TEST -> "委托检验 commissioned tests";
      case INSPECTION_TYPE_RETEST -> "复检 re-tests";
      case INSPECTION_TYPE_BATCH_RELEASE -> "批签发 batch releases";
      case INSPECTION_TYPE_UNSPECIFIED, UNRECOGNIZED -> "其他 others";
    };
  }
}
