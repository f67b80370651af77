// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.Subject;
import org.pinlian.node.ReadOnlyNode;
import org.pinlian.node.findings.Found;
import org.pinlian.node.findings.Severity;
import org.pinlian.node.provenance.Survey;
import org.pinlian.node.provenance.Survey.Surveyed;
import org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian findings}: what is suspicious in what was stated, as of any time. */
@Command(
    name = "findings",
    description = {
      "List what is suspicious in what was stated: the rule, the goods, the records it rests on and"
          + " the",
      "figures, the most urgent first. Evaluated from the records that were known at a time, so the"
          + " same",
      "records give the same list, however they came. A finding is a lead, not a verdict: the exit"
          + " code is 0",
      "with findings too. Writes nothing. No node may be running on the folder: of a ledger that"
          + " runs, an",
      "authority watches with --watch what comes and goes.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian findings --data pinlian-data",
      "  pinlian findings --data pinlian-data --as-of 2026-03-02 --least-severity 2",
      "  pinlian findings --data pinlian-data --as-of 2026-03-02T04:00:00Z --json | sha256sum",
      "  pinlian findings --data pinlian-data --subject bamboo-canteen",
      "  pinlian findings --watch --key district.pem --purpose 日常监测 --least-severity 2",
      "  pinlian findings --watch --gateway 127.0.0.1:8080 --key district.pem --purpose 日常监测 \\",
      "    --changes-only --for 8h --json",
    })
final class FindingsCommand extends ToolCommand {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

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
        "What was in the ledger by then counts, and clocks run until then:",
        "2026-03-02T12:00:00+08:00, or a date, for its end in China (default: the time of the last",
        "entry)."
      })
  private @Nullable String asOf;

  @Option(
      names = "--subject",
      paramLabel = "CODE",
      description = "Of these goods alone: a subject in any spelling, or a short code of the demo.")
  private @Nullable String subject;

  @Option(
      names = "--least-severity",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "1 urgent, 2 serious as well, 3 ordinary as well, 4 notes as well (default:"
              + " ${DEFAULT-VALUE}).")
  private int leastSeverity = 4;

  @Mixin private final WatchOptions watch = new WatchOptions();

  @Override
  Exit run(Console console) throws Exception {
    Severity least =
        Severity.of(leastSeverity)
            .orElseThrow(() ->
                CommandException.usage(
                    "--least-severity: " + leastSeverity, "From 1, urgent, to 4, all."));
    if (watch.isGiven()) {
      if (asOf != null || subject != null) {
        throw CommandException.usage(
            "--watch is of all goods, from now on", "Leave out --as-of and --subject.");
      }
      return watch.run(least, console);
    }
    if (!Files.isDirectory(data.resolve("truth"))) {
      throw CommandException.usage(
          data + " holds no ledger", "`pinlian demo` or `pinlian up` makes one.");
    }
    String time = asOf;
    OptionalLong instant =
        time == null ? OptionalLong.empty() : OptionalLong.of(Words.instant("--as-of", time));
    String code = subject;
    Subject only = code == null ? null : goods(code);
    Surveyed surveyed;
    try (ReadOnlyNode node = ReadOnlyNode.open(data)) {
      Survey survey = node.survey(instant, least);
      surveyed = only == null ? all(survey, console) : one(survey, only);
    } catch (DamagedRecordException e) {
      throw new CommandException(
          Exit.CHECK_FAILED,
          "STORED_DATA_DAMAGED",
          String.valueOf(e.getMessage()),
          "`pinlian audit --data DIR` finds what is damaged.");
    }
    console.result(json(surveyed, only));
    tell(console, surveyed);
    return Exit.GOOD;
  }

  private Subject goods(String code) throws Exception {
    Subject goods = DemoFolder.subject(data, code);
    if (!Survey.evaluates(goods.kind())) {
      throw CommandException.usage(
          "no findings are made of " + goods.uri(),
          "Name goods, a certificate, an order or a place.");
    }
    return goods;
  }

  private static Surveyed all(Survey survey, Console console) {
    try (Progress.Task task = console.start("Evaluating entries", survey.size())) {
      return survey.all(task::reached);
    }
  }

  private static Surveyed one(Survey survey, Subject subject) {
    return survey
        .one(subject)
        .orElseThrow(() ->
            new CommandException(
                Exit.REFUSED,
                "NOT_FOUND",
                "no record known as of " + text(survey.asOf()) + " touches " + subject.uri(),
                "Is the code right, and the time?"));
  }

  private static String text(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  // ---- for programs ----------------------------------------------------------------------------

  /**
   * The same bytes for the same records and instant: no place in the log, nothing of this machine.
   */
  private static ObjectNode json(Surveyed surveyed, @Nullable Subject only) {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("asOf", text(surveyed.asOf()));
    if (only != null) {
      json.put("subject", only.uri());
    }
    json.put("subjects", surveyed.subjects());
    json.put("records", surveyed.records());
    json.put("erased", surveyed.erased());
    json.put("unreadable", surveyed.unreadable());
    ArrayNode tooLong = json.putArray("tooLong");
    surveyed.tooLong().forEach(tooLong::add);
    ObjectNode counts = json.putObject("counts");
    counts(surveyed).forEach((severity, count) -> counts.put(word(severity), count));
    ArrayNode findings = json.putArray("findings");
    surveyed.found().forEach(found -> findings.add(StoryJson.finding(found.message())));
    return json;
  }

  private static String word(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  private static Map<Severity, Integer> counts(Surveyed surveyed) {
    Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
    for (Severity severity : Severity.values()) {
      counts.put(severity, 0);
    }
    surveyed.found().forEach(found -> counts.merge(found.kind().severity(), 1, Integer::sum));
    return counts;
  }

  // ---- for people ------------------------------------------------------------------------------

  private static void tell(Console console, Surveyed surveyed) {
    Paint paint = console.paint();
    for (Found found : surveyed.found()) {
      FindingText.tell(console, found.message());
    }
    console.say(
        "截至 as of "
            + text(surveyed.asOf())
            + " ("
            + Instant.ofEpochMilli(surveyed.asOf()).atOffset(CHINA)
            + ")");
    Map<Severity, Integer> counts = counts(surveyed);
    StringBuilder ranks = new StringBuilder();
    counts.forEach((severity, count) ->
        ranks
            .append(ranks.isEmpty() ? "" : ", ")
            .append(count)
            .append(' ')
            .append(severity.chinese())
            .append(' ')
            .append(severity.english()));
    console.say(
        String.format(
            Locale.ROOT,
            "疑点线索 findings: %,d on %,d subjects, %,d records (%s)",
            surveyed.found().size(),
            surveyed.subjects(),
            surveyed.records(),
            ranks));
    if (surveyed.erased() > 0) {
      console.say("  " + surveyed.erased() + " records with erased sections, which no rule reads");
    }
    if (surveyed.unreadable() > 0) {
      console.say(
          paint.careful(
              "  "
                  + surveyed.unreadable()
                  + " records whose sections cannot be read were evaluated without them;"
                  + " `pinlian audit` tells more"));
    }
    for (String left : surveyed.tooLong()) {
      console.say(
          paint.careful("  ! 未评估 not evaluated, more than " + Survey.CHAIN_MAX + " records: ")
              + Paint.clean(left));
    }
  }
}
