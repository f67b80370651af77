// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian delegate}: a participant lets a gateway sign for it, or ends that. */
@Command(
    name = "delegate",
    description = {
      "Let one key of a gateway sign records of some kinds for you, until a day; or end that.",
      "The latest delegation to a key replaces the earlier ones. Certificates, custody answers,",
      "orders, keys and approvals, and voiding any of them, stay yours alone to sign.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian delegate --key cooperative.pem --as uscc:93000000MA00000669 \\",
      "    --gateway-participant gln:9520000002039 --gateway-key-id 21fe... \\",
      "    --kinds trace-event,custody-offer --until 2027-12-31",
      "  pinlian delegate --key cooperative.pem --as uscc:93000000MA00000669 \\",
      "    --gateway-participant gln:9520000002039 --gateway-key-id 21fe... --end",
    })
final class DelegateCommand extends ToolCommand {
  @Mixin private final SignerOptions signer = new SignerOptions();

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--gateway-participant",
      paramLabel = "PARTICIPANT",
      required = true,
      description = "Who is to sign for you, enrolled with the role gateway.")
  private String gateway;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--gateway-key-id",
      paramLabel = "HEX",
      required = true,
      description = "Key id of its key, 64 digits, as `keygen` prints it.")
  private String keyId;

  @Option(
      names = "--kinds",
      paramLabel = "KIND",
      split = ",",
      description = "What it may sign: trace-event, custody-offer, intake ...")
  private List<String> kinds = new ArrayList<>();

  @Option(
      names = "--until",
      paramLabel = "DATE",
      description = "Last day, as 2027-12-31, in China Standard Time.")
  private @Nullable String until;

  @Option(names = "--end", description = "End it: the key may sign nothing for you from now on.")
  private boolean end;

  @Override
  Exit run(Console console) throws Exception {
    if (end == (until != null || !kinds.isEmpty())
        || (!end && (until == null || kinds.isEmpty()))) {
      throw CommandException.usage("give --kinds and --until, or else --end", "");
    }
    ParticipantId to = ParticipantId.parse(gateway);
    Delegation.Builder delegation =
        Delegation.newBuilder()
            .setGateway(to.toString())
            .setKeyId(keyId())
            .setValidUntil(until == null ? 0 : Words.endOfDay("--until", until));
    TreeSet<Kind> ascending = new TreeSet<>();
    kinds.forEach(kind -> ascending.add(Words.choice(Kind.class, "--kinds", kind)));
    delegation.addAllKinds(ascending);
    try (GatewaySession session = signer.open(console)) {
      ParticipantId principal = session.participant();
      Draft draft =
          Draft.of(
                  PublicPart.newBuilder()
                      .setDelegation(delegation.setParticipant(principal.toString())))
              .line(LineRole.LINE_ROLE_KEYS, Subject.keys(principal));
      GatewaySession.Submitted submitted = session.submit(List.of(draft));
      ObjectNode json = Receipts.json(submitted.receipt());
      json.put("principal", principal.toString());
      json.put("gateway", to.toString());
      json.put("gatewayKeyId", keyId);
      json.put("ended", end);
      console.result(json);
      console.say(
          console.paint().good(end ? "✓ 已撤回委托 delegation ended" : "✓ 已委托 delegated")
              + ": "
              + principal
              + " → "
              + to);
      Receipts.lines(submitted.receipt()).forEach(console::say);
      return Exit.GOOD;
    }
  }

  private ByteString keyId() {
    try {
      byte[] bytes = HexFormat.of().parseHex(keyId);
      if (bytes.length == Hash.SIZE) {
        return ByteString.copyFrom(bytes);
      }
    } catch (IllegalArgumentException notHex) {
      // Told below, like any other that is none.
    }
    throw CommandException.usage(
        "--gateway-key-id: not 64 hexadecimal digits: \"" + keyId + "\"", "`keygen` prints it.");
  }
}
