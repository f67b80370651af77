// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import org.pinlian.gateway.drugfile.DrugFileException;
import org.pinlian.gateway.epcis.EpcisException;
import org.pinlian.gateway.http.Problem;
import org.pinlian.record.ErrorCode;
import org.pinlian.record.RefusalTable;
import org.pinlian.tools.connect.AgentProblem;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.RefusalRule;
import org.pinlian.v1.Remedy;

/**
 * The codes of those who refuse, each by one of them. A word may be the code of several.
 *
 * @param by who refuses, as in {@code --json}
 * @param introduction lines of Markdown, before the codes
 */
record ErrorSection(String by, List<String> introduction, List<Told> errors) {
  /**
   * One code.
   *
   * @param grpc "-" where it is never told over gRPC
   * @param more what stands behind the status on the page; may be empty
   */
  record Told(String code, String grpc, int http, String more, String english, String chinese) {
    ObjectNode json(String by) {
      ObjectNode json = Console.JSON.createObjectNode();
      json.put("by", by);
      json.put("code", code);
      json.put("grpc", grpc);
      json.put("http", http);
      json.put("english", english);
      json.put("chinese", chinese);
      return json;
    }
  }

  /** All that are told anywhere, in the order of the page. */
  static List<ErrorSection> all() {
    return List.of(
        new ErrorSection(
            "ledger",
            List.of(
                "# Errors",
                "",
                "Every refusal has a code, which is never renamed, and whose number is never used"
                    + " again; new ones may come. Who refuses",
                "has codes of its own: the ledger, the gateway over plain HTTP, the readers of EPCIS"
                    + " documents and of drug files, and the",
                "local agent. `pinlian errors CODE` tells of each.",
                "",
                "First those of the ledger: in gRPC the `reason` of the `google.rpc.ErrorInfo` in a"
                    + " status (domain `pinlian.org`), with the",
                "fields at fault in a `google.rpc.BadRequest` and the Chinese sentences in a"
                    + " `google.rpc.LocalizedMessage`. Whoever tells",
                "them over HTTP, as the local agent does, says `code` in a JSON object.",
                "",
                "Made from `refusal.proto` and the enums of the others with `tools/pinlian errors"
                    + " --markdown`; a test compares the two."),
            RefusalTable.codes().stream().map(ErrorSection::ofLedger).toList()),
        new ErrorSection(
            "gateway",
            List.of(
                "# Of the gateway over HTTP",
                "",
                "`code` of the problem details (RFC 9457) that answer a request which is not gRPC."),
            Arrays.stream(Problem.values()).map(ErrorSection::told).toList()),
        new ErrorSection(
            "epcis",
            List.of(
                "# Of EPCIS documents",
                "",
                "`pinlian submit --epcis` says the code of the first event at fault. The agent says"
                    + " it as `code` of each violation, in an",
                "answer of its own code."),
            Arrays.stream(EpcisException.Reason.values()).map(ErrorSection::told).toList()),
        new ErrorSection(
            "drugfile",
            List.of(
                "# Of drug files",
                "",
                "Said by `pinlian submit --relation` and `--bill`, with the line. The status is for"
                    + " whoever takes such files over HTTP;",
                "the agent does not."),
            Arrays.stream(DrugFileException.Reason.values()).map(ErrorSection::told).toList()),
        new ErrorSection(
            "agent",
            List.of(
                "# Of the local agent",
                "",
                "`code` of the problem details of `pinlian connect`. What the ledger refuses later"
                    + " has the code of the ledger; a 502 has",
                "that too, or names the rule that a receipt broke."),
            Arrays.stream(AgentProblem.values()).map(ErrorSection::told).toList()));
  }

  private static Told told(ErrorCode code) {
    return new Told(code.name(), "-", code.http(), "", code.english(), code.chinese());
  }

  private static Told ofLedger(RefusalCode code) {
    RefusalRule rule = RefusalTable.rule(code);
    return new Told(
        code.name(),
        rule.getGrpc().name(),
        rule.getHttp(),
        remedy(rule.getRemedy()),
        rule.getEnglish() + " " + rule.getAdviceEnglish(),
        rule.getChinese() + rule.getAdviceChinese());
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

  /** The same with the codes of this name alone. */
  ErrorSection named(String name) {
    return new ErrorSection(
        by, introduction, errors.stream().filter(one -> one.code().equals(name)).toList());
  }

  /** How people call whoever refuses. */
  String title() {
    return switch (by) {
      case "gateway" -> "of the gateway over HTTP";
      case "epcis" -> "of EPCIS documents";
      case "drugfile" -> "of drug files";
      case "agent" -> "of the local agent";
      default -> "of the ledger";
    };
  }
}
