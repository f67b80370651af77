// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.CoseReceipt;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.Grade;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.v1.Receipt;
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
      "  pinlian receipt --index 7 --cose -o 7.cose",
      "  pinlian receipt --refresh 7.tlog-proof --key cooperative.pem",
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

    @Option(
        names = "--refresh",
        paramLabel = "FILE",
        description =
            "Exchange this receipt for one against a newer checkpoint, cosigned if that one is, which"
                + " must extend the old. Kept in the same file unless -o names another; a cosigned receipt"
                + " gives way to a cosigned one only.")
    @Nullable Path refresh;
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Keep it there: a c2sp.org/tlog-proof with the entry in its extra line.")
  private @Nullable Path output;

  @Option(
      names = "--cose",
      description =
          "Keep it in the COSE form (RFC 9942), for tools that read that; it says less: witnesses are"
              + " not in it. The entry is in its unprotected header. Of SHA-256 ledgers only.")
  private boolean cose;

  @Option(names = "--policy", paramLabel = "FILE", description = "Whom to trust.")
  private @Nullable Path policy;

  @Mixin private final ReachOptions reach = new ReachOptions();
  @Mixin private final IdentityOptions identity = new IdentityOptions();

  @Override
  Exit run(Console console) throws Exception {
    if (cose && output == null) {
      throw CommandException.usage("--cose is for a file", "Give -o FILE.cose.");
    }
    Path old = which.refresh;
    Path file = output == null ? old : output;
    boolean inPlace = old != null && file != null && isSame(file, old);
    if (cose && inPlace) {
      throw CommandException.usage(
          "--cose says less than the receipt it would take the place of", "Name another file.");
    }
    try (Session session = Session.open(reach, identity, policy, console)) {
      VerifiedReceipt fresh = old == null ? fetch(session) : refresh(session, old);
      Optional<VerifiedReceipt> kept =
          inPlace && old != null ? worthMore(session, old, fresh) : Optional.empty();
      VerifiedReceipt receipt = kept.orElse(fresh);
      ObjectNode json = Receipts.json(receipt);
      json.put("verified", true);
      if (old != null) {
        json.put("kept", kept.isPresent());
      }
      if (file != null) {
        if (cose) {
          Files.write(file, cose(session.receiptWithCose(receipt.index()).receipt()));
        } else if (kept.isEmpty()) {
          ReceiptFile.write(file, receipt.receipt());
        }
        json.put("file", file.toString());
      }
      console.result(json);
      console.say(console.paint().good("✓ 存证回执已验证 receipt verified"));
      Receipts.lines(receipt).forEach(console::say);
      if (kept.isPresent()) {
        console.say(
            console
                .paint()
                .careful("  未更换 kept as it was: 新回执无人见证 nobody has cosigned the newer one"));
      }
      return Exit.GOOD;
    }
  }

  private static boolean isSame(Path file, Path old) throws IOException {
    return file.equals(old) || (Files.exists(file) && Files.isSameFile(file, old));
  }

  /**
   * The receipt in the file, where it would be lost for one that says less: the ledger's word alone
   * in place of what others have cosigned, be it by a policy that does not know them.
   */
  private static Optional<VerifiedReceipt> worthMore(
      Session session, Path file, VerifiedReceipt fresh) throws IOException, NoteException {
    if (fresh.grade() == Grade.WITNESSED) {
      return Optional.empty();
    }
    try {
      VerifiedReceipt kept = new ReceiptVerifier(session.policy()).verify(ReceiptFile.read(file));
      return kept.grade() == Grade.WITNESSED || signatures(kept) > signatures(fresh)
          ? Optional.of(kept)
          : Optional.empty();
    } catch (VerificationException e) {
      // No receipt by the policy of now.
      return Optional.empty();
    }
  }

  private static int signatures(VerifiedReceipt receipt) throws NoteException {
    return TlogProof.parse(receipt.receipt().getProofBytes().toByteArray())
        .note()
        .signatures()
        .size();
  }

  private static byte[] cose(Receipt receipt) throws NoteException {
    return CoseReceipt.parse(receipt.getCose().toByteArray())
        .withEntry(receipt.getEntry().toByteArray())
        .bytes();
  }

  /**
   * The old receipt need not be one by the policy of now: the proof that one tree extends the other
   * ties the two together. The cosigned one may be the smaller: a promise is made at once.
   */
  private static VerifiedReceipt refresh(Session session, Path file) throws Exception {
    Receipt kept = ReceiptFile.read(file);
    TlogProof old = TlogProof.parse(kept.getProofBytes().toByteArray());
    VerifiedReceipt fresh = session.receipt(old.index());
    if (!fresh.receipt().getEntry().equals(kept.getEntry())) {
      throw new VerificationException(
          BrokenRule.OTHER_SUBMISSION, "the entry of " + file, "another at " + old.index());
    }
    boolean newer = fresh.size() >= old.checkpoint().size();
    session.requireExtends(
        newer ? old.checkpoint() : fresh.checkpoint(),
        newer ? fresh.checkpoint() : old.checkpoint());
    return fresh;
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
