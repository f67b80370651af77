// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.ProvenDossier;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.View;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian dossier}: fetches a product's dossier, and checks it. */
@Command(
    name = "dossier",
    description = {
      "Fetch the dossier of goods: their story with everything that is needed to check it offline,"
          + " and",
      "by anybody. It is checked here too, and kept only if every rule holds.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian dossier bamboo-canteen --view consumer -o bamboo.dossier",
      "  pinlian dossier bamboo-farm --view regulator --data pinlian-data -o farm.dossier",
      "  pinlian dossier bamboo-farm --view regulator --purpose 日常检查 \\",
      "    --gateway 127.0.0.1:8080 --key authority.pem -o farm.dossier",
      "  pinlian dossier bamboo-canteen --view partner \\",
      "    --gateway 127.0.0.1:8080 --key canteen.pem -o bamboo.dossier",
    })
final class DossierCommand extends ToolCommand {
  static final String ENDING = ".dossier";

  /** What a class of reader may see. */
  enum Seen {
    CONSUMER(View.VIEW_CONSUMER),
    PARTNER(View.VIEW_PARTNER),
    REGULATOR(View.VIEW_REGULATOR);

    private final View view;

    Seen(View view) {
      this.view = view;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @SuppressWarnings("NullAway.Init")
  @Parameters(
      paramLabel = "CODE",
      description =
          "A subject in any spelling (GS1 Digital Link, urn:pinlian:...), or a short code of the"
              + " demo.")
  private String code;

  @Option(
      names = "--view",
      paramLabel = "VIEW",
      defaultValue = "consumer",
      description = "Who is to see it: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Seen seen = Seen.CONSUMER;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Keep it there; `pinlian verify FILE` checks it again.")
  private @Nullable Path output;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "Whom to trust (default: the demo's, else what the folder or gateway says it is).")
  private @Nullable Path policy;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      description =
          "For the regulator view at a gateway: why you look. Recorded on your own look-ups chain"
              + " first, where every participant may read it.")
  private @Nullable String purpose;

  @Option(
      names = "--max-age",
      paramLabel = "HOURS",
      defaultValue = "24",
      description = "Greatest age of the cosignatures (default: ${DEFAULT-VALUE}).")
  private int maxAge = 24;

  @Option(names = "--verbose", description = "Every statement, and what was not followed.")
  private boolean verbose;

  @Mixin private final ReachOptions reach = new ReachOptions();
  @Mixin private final IdentityOptions identity = new IdentityOptions();

  @Override
  Exit run(Console console) throws Exception {
    Subject subject = DemoFolder.subject(reach.folder(), code);
    Duration greatestAge = Verdicts.greatestAge(maxAge);
    ProvenDossier dossier;
    if (seen == Seen.CONSUMER && reach.gateway != null && identity.key == null) {
      dossier = AnonymousCall.dossier(reach, policy, subject, greatestAge, console);
    } else {
      try (Session session = Session.open(reach, identity, policy, console)) {
        dossier = dossier(session, subject, greatestAge);
      }
    }
    ObjectNode json = Verdicts.json(dossier.verdict(), verbose);
    json.put("bytes", dossier.bytes().size());
    if (output != null) {
      Files.write(output, dossier.bytes().toByteArray());
      json.put("file", output.toString());
    }
    console.result(json);
    console.say(Verdicts.line(dossier.verdict(), console.paint()));
    if (verbose) {
      Verdicts.details(dossier.verdict()).forEach(console::say);
    }
    return Exit.GOOD;
  }

  private ProvenDossier dossier(Session session, Subject subject, Duration greatestAge)
      throws Exception {
    String why = purpose;
    if (seen != Seen.REGULATOR || !(session instanceof GatewaySession gateway)) {
      return session.dossier(subject, seen.view, greatestAge);
    }
    if (why == null) {
      throw CommandException.usage(
          "the regulator view wants to know why you look", "Give --purpose TEXT.");
    }
    return gateway.dossier(subject, greatestAge, why);
  }
}
