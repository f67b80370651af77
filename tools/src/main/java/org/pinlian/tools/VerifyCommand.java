// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.CoseReceipt;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.CoseReceiptVerifier;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.Grade;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.Verdict;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedCoseReceipt;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Submissions;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.tools.evidence.EvidenceException;
import org.pinlian.tools.evidence.EvidencePackage;
import org.pinlian.v1.Receipt;
import org.pinlian.v1.SignedHeader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian verify}: checks a receipt, a dossier or evidence in a file, offline. */
@Command(
    name = "verify",
    description = {
      "Check a receipt, a dossier or an evidence package offline, from its file and a trust policy alone.",
      "Which it is, the bytes tell. Asks nobody. Exit code 1 and the broken rule if anything is not as it",
      "must be.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian verify receipts/7.tlog-proof --policy pinlian-data/demo/policy.txt",
      "  pinlian verify 7.tlog-proof --policy policy.txt --public-key cooperative.pem.pub",
      "  pinlian verify bamboo.dossier --policy policy.txt --code bamboo-canteen",
      "  pinlian verify bamboo.zip --policy policy.txt --time-stamp-trust tsa-root.pem",
    })
final class VerifyCommand extends ToolCommand {
  @SuppressWarnings("NullAway.Init")
  @Parameters(
      paramLabel = "FILE",
      description =
          "A receipt, as `submit -o` and `receipt -o` write, a dossier, or an evidence package.")
  private Path file;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--policy",
      paramLabel = "FILE",
      required = true,
      description = "Whom to trust. Get it from somebody else than whoever gave you the receipt.")
  private Path policy;

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "Also check that this key signed the submission.")
  private @Nullable Path publicKey;

  @Option(
      names = "--code",
      paramLabel = "CODE",
      description =
          "The code that was scanned: a dossier of anything else is refused. Without it, see for"
              + " yourself what the dossier is of.")
  private @Nullable String code;

  @Option(
      names = "--max-age",
      paramLabel = "HOURS",
      defaultValue = "24",
      description = "Greatest age of a dossier's cosignatures (default: ${DEFAULT-VALUE}).")
  private int maxAge = 24;

  @Option(
      names = "--as-of",
      paramLabel = "INSTANT",
      description =
          "As of then, as in 2026-07-01T08:00:00Z (default: now; of an evidence package, the time that it"
              + " states).")
  private @Nullable Instant asOf;

  @Option(names = "--verbose", description = "Of a dossier: every statement.")
  private boolean verbose;

  @Mixin private final TimeStampOptions stamps = new TimeStampOptions();

  @Override
  Exit run(Console console)
      throws IOException, IdentifierException, VerificationException, EvidenceException {
    byte[] bytes = OutsideFile.bytes(file, EvidencePackage.BYTES_MAX);
    if (EvidencePackage.isOne(bytes)) {
      return evidence(bytes, console);
    }
    if (CoseReceipt.isOne(bytes)) {
      return cose(bytes, console);
    }
    return TlogProof.isOne(bytes) ? receipt(bytes, console) : dossier(bytes, console);
  }

  private Exit cose(byte[] bytes, Console console) throws IOException, VerificationException {
    Optional<byte[]> entry;
    try {
      entry = CoseReceipt.parse(bytes).entry();
    } catch (NoteException e) {
      throw new VerificationException(BrokenRule.PROOF_MALFORMED, e.expected(), e.found(), e);
    }
    ByteString shown =
        ByteString.copyFrom(
            entry.orElseThrow(() ->
                CommandException.usage(
                    file + " is a receipt without the entry it is of",
                    "`pinlian receipt --cose -o FILE` writes both.")));
    VerifiedCoseReceipt verified =
        new CoseReceiptVerifier(Policies.read(policy)).verify(bytes, shown);
    boolean signature = publicKey != null;
    if (publicKey != null) {
      requireSignature(shown, KeyFiles.readPublic(publicKey));
    }
    ObjectNode json = Receipts.json(verified);
    json.put("verified", true);
    json.put("signatureChecked", signature);
    console.result(json);
    console.say(console.paint().good("✓ 存证回执已验证 receipt verified") + ", COSE: " + file);
    Receipts.lines(verified).forEach(console::say);
    console.say(
        console
            .paint()
            .careful(
                "  仅账本自签: signed by the ledger alone, which could still tell others otherwise"));
    return Exit.GOOD;
  }

  private Exit evidence(byte[] bytes, Console console)
      throws IOException, IdentifierException, VerificationException, EvidenceException {
    TrustPolicy trusted = Policies.read(policy);
    EvidenceCheck check = EvidenceCheck.of(bytes, trusted, stamps);
    Instant stated = asOf == null ? check.asOf() : asOf;
    Verdict verdict = verify(trusted, check.dossier().toByteArray(), stated);
    ObjectNode json = Verdicts.json(verdict, verbose);
    json.put("asOf", stated.toString());
    json.put("samePolicy", check.samePolicy());
    EvidenceCheck.addStamp(json, check.stamp());
    console.result(json);
    tell(verdict, console);
    EvidenceCheck.lines(stated, check.stamp()).forEach(console::say);
    if (!check.samePolicy()) {
      console.say(
          console.paint().careful("  策略 policy        包内策略不同 the package was made under another"));
    }
    return Exit.GOOD;
  }

  private Exit dossier(byte[] bytes, Console console)
      throws IOException, IdentifierException, VerificationException {
    Verdict verdict = verify(Policies.read(policy), bytes, asOf == null ? Instant.now() : asOf);
    console.result(Verdicts.json(verdict, verbose));
    tell(verdict, console);
    return Exit.GOOD;
  }

  private Verdict verify(TrustPolicy trusted, byte[] dossier, Instant stated)
      throws IOException, IdentifierException, VerificationException {
    Subject asked =
        code == null
            ? DossierVerifier.askedIn(dossier)
            : DemoFolder.subject(Path.of(ReachOptions.DEFAULT_DATA), code);
    return new DossierVerifier(trusted)
        .verify(dossier, asked, stated, Verdicts.greatestAge(maxAge), null);
  }

  private void tell(Verdict verdict, Console console) {
    Verdicts.lines(verdict, console.paint()).forEach(console::say);
    if (verbose) {
      Verdicts.details(verdict).forEach(console::say);
    }
  }

  private Exit receipt(byte[] bytes, Console console) throws IOException, VerificationException {
    Receipt receipt = ReceiptFile.parse(bytes, file.toString());
    VerifiedReceipt verified = new ReceiptVerifier(Policies.read(policy)).verify(receipt);
    boolean signature = publicKey != null;
    if (publicKey != null) {
      requireSignature(receipt.getEntry(), KeyFiles.readPublic(publicKey));
    }
    ObjectNode json = Receipts.json(verified);
    json.put("verified", true);
    json.put("signatureChecked", signature);
    console.result(json);
    Paint paint = console.paint();
    console.say(paint.good("✓ 存证回执已验证 receipt verified") + ": " + file);
    Receipts.lines(verified).forEach(console::say);
    console.say(
        signature
            ? "  签名 signature     good, by the key given"
            : "  签名 signature     not checked: give --public-key, or trace the goods");
    if (verified.grade() == Grade.PROMISED) {
      console.say(
          paint.careful(
              "  仅账本自签: signed by the ledger alone, which could still tell others otherwise"));
    }
    return Exit.GOOD;
  }

  private static void requireSignature(ByteString entry, VerifyingKey key)
      throws VerificationException {
    SignedHeader signed;
    try {
      signed = Submissions.readEntry(entry).getSubmission();
    } catch (org.pinlian.record.RecordException e) {
      throw new VerificationException(
          BrokenRule.MALFORMED, "an entry", String.valueOf(e.getMessage()));
    }
    byte[] keyId = signed.getKeyId().toByteArray();
    if (!HexFormat.of().formatHex(keyId).equals(key.keyId().hex())) {
      throw new VerificationException(
          BrokenRule.UNKNOWN_KEY,
          "a signature by key " + key.keyId().hex(),
          "one by key " + HexFormat.of().formatHex(keyId).toLowerCase(Locale.ROOT));
    }
    if (!key.verifies(
        Submissions.signedMessage(signed.getHeader()), signed.getSignature().toByteArray())) {
      throw new VerificationException(
          BrokenRule.BAD_SIGNATURE, "a good signature", "one that is not");
    }
  }
}
