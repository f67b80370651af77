// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.OrderStanding;
import org.pinlian.identifier.Subject;
import org.pinlian.record.RecordPlace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian recall approve}: the second signature of an order that waits for it. */
@Command(
    name = "approve",
    description = {
      "Approve an order that waits (法制审核). From then on it is in effect: the approval of another",
      "participant than the one who gave it, never before the approval was recorded.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian recall approve urn:pinlian:order:uscc:11000000MA000004XW:2026-17 --key legal.pem",
    })
final class RecallApproveCommand extends ToolCommand {
  @SuppressWarnings("NullAway.Init")
  @Parameters(paramLabel = "ORDER", description = "Its name, as `recall` said it.")
  private String order;

  @Option(names = "--opinion", paramLabel = "TEXT", description = "审核意见. Everybody may read it.")
  private @Nullable String opinion;

  @Mixin private final RecallOptions options = new RecallOptions();

  @Override
  Exit run(Console console) throws Exception {
    Subject name = GivenOrder.name(order);
    try (GatewaySession session = options.open(console)) {
      RecordPlace lookUp = session.lookUp(name, options.purpose()).orElse(null);
      GivenOrder given = GivenOrder.read(session, name, lookUp);
      if (given.standing().state() != OrderStanding.State.WAITING) {
        throw new CommandException(
            Exit.REFUSED,
            "NOT_WAITING",
            "the order waits for no approval: " + OrderWords.state(given.standing()),
            "");
      }
      // Whose goods it is on must be told by it too, or their story would say that it waits.
      given.requireWhole("approve");
      GatewaySession.Submitted submitted =
          session.submit(
              List.of(
                  given
                      .drafts()
                      .approval(
                          given.at(), given.standing().digest(), opinion == null ? "" : opinion)));
      RecordPlace place = new RecordPlace(submitted.receipt().index(), 0);
      ObjectNode json = Console.JSON.createObjectNode();
      json.put("order", given.name().uri());
      json.put("record", given.standing().place().toString());
      json.put("approval", place.toString());
      json.put("inEffectFrom", submitted.receipt().sequencedAt().toString());
      console.result(json);
      console.say(
          console.paint().good("✓ 已核准,已生效 approved, in effect from ")
              + StoryText.time(submitted.receipt().sequencedAt())
              + ": record "
              + place);
      return Exit.GOOD;
    }
  }
}
