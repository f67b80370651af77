// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian receipt}: fetches a receipt, and checks it. */
@Command(
    name = "receipt",
    description = {
      "Fetch the receipt of a submission, and check it: against the checkpoint published last, if it has",
      "the submission and witnesses have cosigned it; else against the newest, a promise of the ledger's.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian receipt --index 7 -o 7.tlog-proof",
      "  pinlian receipt --submission uscc:93000000MA00000669/00112233445566778899aabbccddeeff",
    })
final class ReceiptCommand extends ToolCommand {
  private static final int ID_DIGITS = 32;

  @SuppressWarnings("NullAway.Init")
  @ArgGroup(multiplicity = "1")
  private Which which;

  /** Exactly one of them. */
  static final class Which {
    @Option(names = "--index", paramLabel = "N", description = "Index of its entry in the log.")
    @Nullable Long index;

    @Option(
        names = "--submission",
        paramLabel = "PARTICIPANT/HEX",
        description = "Its submitter, and its submission id in 32 hexadecimal digits.")
    @Nullable String submission;
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Keep it there: a c2sp.org/tlog-proof with the entry in its extra line.")
  private @Nullable Path output;

  @Option(names = "--policy", paramLabel = "FILE", description = "Whom to trust.")
  private @Nullable Path policy;

  @Mixin private final ReachOptions reach = new ReachOptions();
  @Mixin private final IdentityOptions identity = new IdentityOptions();

  @Override
  Exit run(Console console) throws Exception {
    try (Session session = Session.open(reach, identity, policy, console)) {
      VerifiedReceipt receipt = fetch(session);
      ObjectNode json = Receipts.json(receipt);
      json.put("verified", true);
      if (output != null) {
        ReceiptFile.write(output, receipt.receipt());
        json.put("file", output.toString());
      }
      console.result(json);
      console.say(console.paint().good("✓ 存证回执已验证 receipt verified"));
      Receipts.lines(receipt).forEach(console::say);
      return Exit.GOOD;
    }
  }

  private VerifiedReceipt fetch(Session session) throws Exception {
    if (which.index != null) {
      return session.receipt(which.index);
    }
    String text = String.valueOf(which.submission);
    int slash = text.lastIndexOf('/');
    if (slash < 0 || text.length() - slash - 1 != ID_DIGITS) {
      throw CommandException.usage(
          "--submission: expected a participant, a slash and 32 hexadecimal digits", "");
    }
    byte[] id;
    try {
      id = HexFormat.of().parseHex(text.substring(slash + 1));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--submission: no hexadecimal digits", "");
    }
    return session.receipt(ParticipantId.parse(text.substring(0, slash)), id);
  }
}
