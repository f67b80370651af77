// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pinlian.record.RefusalTable;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.RefusalRule;
import org.pinlian.v1.Remedy;
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
    List<RefusalCode> codes = asked();
    ObjectNode json = Console.JSON.createObjectNode();
    ArrayNode all = json.putArray("errors");
    codes.forEach(each -> all.add(json(each)));
    console.result(json);
    if (markdown) {
      page(codes).forEach(console::say);
    } else {
      codes.forEach(each -> tell(console, each));
    }
    return Exit.GOOD;
  }

  private List<RefusalCode> asked() throws CommandException {
    if (code.isEmpty()) {
      return RefusalTable.codes();
    }
    RefusalCode known =
        RefusalTable.named(code.toUpperCase(Locale.ROOT))
            .orElseThrow(() ->
                CommandException.usage(
                    "no refusal has the code " + code, "`pinlian errors` lists them all."));
    return List.of(known);
  }

  private static void tell(Console console, RefusalCode code) {
    RefusalRule rule = RefusalTable.rule(code);
    console.say("%s  (gRPC %s, HTTP %d)".formatted(code, rule.getGrpc(), rule.getHttp()));
    console.say("  " + rule.getEnglish() + " " + rule.getAdviceEnglish());
    console.say("  " + rule.getChinese() + rule.getAdviceChinese());
  }

  private static ObjectNode json(RefusalCode code) {
    RefusalRule rule = RefusalTable.rule(code);
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("code", code.name());
    json.put("number", code.getNumber());
    json.put("grpc", rule.getGrpc().name());
    json.put("http", rule.getHttp());
    json.put("remedy", rule.getRemedy().name());
    json.put("english", rule.getEnglish());
    json.put("chinese", rule.getChinese());
    json.put("adviceEnglish", rule.getAdviceEnglish());
    json.put("adviceChinese", rule.getAdviceChinese());
    return json;
  }

  /** docs/errors.md, line by line. */
  static List<String> page(List<RefusalCode> codes) {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of(
            "# Errors",
            "",
            "Every refusal carries one of these codes: in gRPC as the `reason` of the `google.rpc.ErrorInfo`"
                + " in its status (domain",
            "`pinlian.org`), with the fields at fault in a `google.rpc.BadRequest` and the Chinese"
                + " sentences in a `google.rpc.LocalizedMessage`;",
            "over HTTP as `code` of a JSON object. Codes are never renamed and their numbers never"
                + " used again; new ones may come.",
            "",
            "Made from `refusal.proto` with `tools/pinlian errors --markdown`; a test compares the two.",
            ""));
    for (RefusalCode code : codes) {
      RefusalRule rule = RefusalTable.rule(code);
      lines.add("## " + code);
      lines.add("");
      lines.add(
          "gRPC `%s`, HTTP %d. %s"
              .formatted(rule.getGrpc(), rule.getHttp(), remedy(rule.getRemedy())));
      lines.add("");
      lines.add(rule.getEnglish() + " " + rule.getAdviceEnglish());
      lines.add("");
      lines.add(rule.getChinese() + rule.getAdviceChinese());
      lines.add("");
    }
    lines.removeLast();
    return lines;
  }

  private static String remedy(Remedy remedy) {
    return switch (remedy) {
      case TRY_AGAIN -> "Send the same bytes again later.";
      case LOG_IN -> "Log in, then send the same bytes again.";
      case GIVE_UP -> "Sending it again as it is does not help.";
      case REMEDY_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("a code without a remedy: " + remedy);
    };
  }
}
