// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Kind;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian trace}: a product's story, verified here. */
@Command(
    name = "trace",
    description = {
      "Tell where goods came from or went to. Every signature, digest, chain and proof is checked"
          + " on",
      "this side; if anything is not good, there is no story, and the exit code is 1.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian trace bamboo-canteen --backward",
      "  pinlian trace bamboo-farm --forward --json",
      "  pinlian trace bamboo-farm --forward --epcis",
      "  pinlian trace https://id.gs1.org/01/09520000000103/21/V2601-0001 --epcis --key clinic.pem",
      "  pinlian trace https://id.gs1.org/01/09520000000103/21/V2601-0001 --backward \\",
      "    --gateway 127.0.0.1:8080 --key clinic.pem --as uscc:12000000MA0000111M",
      "  pinlian trace bamboo-farm --forward --key authority.pem --purpose 日常检查",
    })
final class TraceCommand extends ToolCommand {
  @SuppressWarnings("NullAway.Init")
  @Parameters(
      paramLabel = "CODE",
      description =
          "A subject in any spelling (GS1 Digital Link, urn:pinlian:...), or a short code of the"
              + " demo.")
  private String code;

  @ArgGroup private @Nullable Way way;

  /** At most one of them. */
  static final class Way {
    @Option(names = "--backward", description = "Also where it came from: inputs, containers.")
    boolean backward;

    @Option(names = "--forward", description = "Also where it went: outputs, contents.")
    boolean forward;
  }

  @Option(
      names = "--epcis",
      description = "Print the trace events of the story as one EPCIS 2.0 document in JSON-LD.")
  private boolean epcis;

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "32",
      description = "Steps away from the goods (default: ${DEFAULT-VALUE}).")
  private int depth = 32;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Records at most (default: ${DEFAULT-VALUE}).")
  private int records = 10_000;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      description = {
        "As an authority: why you look. Recorded on your own look-ups chain before anything",
        "restricted is shown; every participant may read it, so it names nobody. Without it an",
        "authority sees what any participant sees."
      })
  private @Nullable String purpose;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "Whom to trust (default: the demo's, else what the folder or gateway says it is).")
  private @Nullable Path policy;

  @Mixin private final ReachOptions reach = new ReachOptions();
  @Mixin private final IdentityOptions identity = new IdentityOptions();

  @Override
  Exit run(Console console) throws Exception {
    Subject subject = DemoFolder.subject(reach.folder(), code);
    TraceLimits limits;
    try {
      limits = new TraceLimits(depth, records, TraceLimits.defaults().maxBytes());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()), "");
    }
    try (Session session = Session.open(reach, identity, policy, console)) {
      Story story = story(session, subject, limits);
      if (epcis) {
        String document = StoryEpcis.document(story, Instant.now());
        noteWhatIsMissing(story, console);
        console.say(document);
        console.result(StoryEpcis.object(document));
        return Exit.GOOD;
      }
      console.result(StoryJson.of(story, direction()));
      StoryText.lines(story, direction(), console.paint()).forEach(console::say);
      return Exit.GOOD;
    }
  }

  /** A document cannot say what is not in it. */
  private void noteWhatIsMissing(Story story, Console console) {
    if (story.cut()) {
      console.note("Not the whole story: a limit cut it short (" + story.cutBy() + ").");
    }
    long others = 0;
    long withheld = 0;
    for (Story.StoryRecord record : story.records()) {
      if (record.kind() != Kind.KIND_TRACE_EVENT) {
        others++;
      } else if (record.withheldLines() > 0 || !record.withheld().isEmpty()) {
        withheld++;
      }
    }
    if (others > 0) {
      console.note("Left out: " + others + " records that are no events.");
    }
    if (withheld > 0) {
      console.note(
          "Parts are withheld from this reader in "
              + withheld
              + " events."
              + (purpose == null ? " An authority gives --purpose to see them." : ""));
    }
  }

  private Story story(Session session, Subject subject, TraceLimits limits) throws Exception {
    String why = purpose;
    if (why == null) {
      return session.trace(subject, direction(), limits);
    }
    if (session instanceof GatewaySession gateway) {
      return gateway.trace(subject, direction(), limits, why);
    }
    throw CommandException.usage(
        "--purpose is for an authority at a gateway",
        "Whoever holds the folder sees everything; nobody is told.");
  }

  private Direction direction() {
    if (way == null) {
      return Direction.DIRECTION_STORY;
    }
    return way.forward ? Direction.DIRECTION_FORWARD : Direction.DIRECTION_BACKWARD;
  }
}
