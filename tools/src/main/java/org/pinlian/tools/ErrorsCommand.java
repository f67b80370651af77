// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pinlian.record.RefusalTable;
import org.pinlian.tools.ErrorSection.Told;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.RefusalRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian errors}: what a refusal means and what to do about it. */
@Command(
    name = "errors",
    description = "Tell what a refusal means and what to do about it; without CODE, all of them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian errors NOT_CANONICAL",
      "  pinlian errors WRONG_CHECK_DIGIT",
      "  pinlian errors --json",
      "  pinlian errors --markdown > docs/errors.md",
    })
final class ErrorsCommand extends ToolCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "CODE",
      defaultValue = "",
      description = "The code that an answer gave.")
  private String code = "";

  @Option(names = "--markdown", description = "Print the page that the documentation has.")
  private boolean markdown;

  @Override
  Exit run(Console console) throws CommandException {
    List<ErrorSection> sections = asked();
    ObjectNode json = Console.JSON.createObjectNode();
    ArrayNode all = json.putArray("errors");
    for (ErrorSection section : sections) {
      section.errors().forEach(error -> all.add(json(section, error)));
    }
    console.result(json);
    if (markdown) {
      page(sections).forEach(console::say);
    } else {
      for (ErrorSection section : sections) {
        section.errors().forEach(error -> tell(console, section, error));
      }
    }
    return Exit.GOOD;
  }

  private List<ErrorSection> asked() throws CommandException {
    if (code.isEmpty()) {
      return ErrorSection.all();
    }
    String name = code.toUpperCase(Locale.ROOT);
    List<ErrorSection> known =
        ErrorSection.all().stream()
            .map(section -> section.named(name))
            .filter(section -> !section.errors().isEmpty())
            .toList();
    if (known.isEmpty()) {
      throw CommandException.usage(
          "no refusal has the code " + code, "`pinlian errors` lists them all.");
    }
    return known;
  }

  private static void tell(Console console, ErrorSection section, Told error) {
    console.say(
        "%s  (gRPC %s, HTTP %d), %s"
            .formatted(error.code(), error.grpc(), error.http(), section.title()));
    console.say("  " + error.english());
    console.say("  " + error.chinese());
  }

  /** Of the ledger's also what only those have. */
  private static ObjectNode json(ErrorSection section, Told error) {
    ObjectNode json = error.json(section.by());
    if (section.by().equals("ledger")) {
      RefusalCode code = RefusalCode.valueOf(error.code());
      RefusalRule rule = RefusalTable.rule(code);
      json.put("number", code.getNumber());
      json.put("remedy", rule.getRemedy().name());
      json.put("english", rule.getEnglish());
      json.put("chinese", rule.getChinese());
      json.put("adviceEnglish", rule.getAdviceEnglish());
      json.put("adviceChinese", rule.getAdviceChinese());
    }
    return json;
  }

  /** docs/errors.md, line by line. */
  static List<String> page(List<ErrorSection> sections) {
    List<String> lines = new ArrayList<>();
    for (ErrorSection section : sections) {
      lines.addAll(section.introduction());
      lines.add("");
      for (Told error : section.errors()) {
        lines.add("## " + error.code());
        lines.add("");
        lines.add(
            "gRPC `%s`, HTTP %d. %s"
                .formatted(error.grpc(), error.http(), error.more())
                .stripTrailing());
        lines.add("");
        lines.add(error.english());
        lines.add("");
        lines.add(error.chinese());
        lines.add("");
      }
    }
    lines.removeLast();
    return lines;
  }
}
