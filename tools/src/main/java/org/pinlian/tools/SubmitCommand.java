// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.gateway.drugfile.Remark;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.tools.connect.Validations;
import org.pinlian.v1.RefusalCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian submit}: signs records and sends them. */
@Command(
    name = "submit",
    description = {
      "Sign records and submit them; each file of records is one submission, taken whole or not at"
          + " all.",
      "All files are read before the first is sent.",
      "",
      "A file is a JSON list of records:",
      "  [ { \"kind\": \"commitment_certificate\",",
      "      \"public\": { ...the body in Protocol Buffers' JSON form, see record.proto... },",
      "      \"lines\": [ { \"role\": \"object\", \"subject\": \"urn:pinlian:lot:...\" } ],",
      "      \"trade\": {...}, \"recipe\": {...}, \"personal\": {\"name\": \"...\", \"text\":"
          + " \"...\"} } ]",
      "Instants may be written as 2026-03-01T08:00:00+08:00, bytes as hex:..., and subjects in any",
      "spelling of GS1. docs/connect.md has an example for each kind of record.",
      "",
      "Files of the drug trade may be several submissions. The same file, or a bill of the same",
      "number, is recognised when it comes again: what is in the ledger already is not recorded",
      "twice, so after a failure run the same command again.",
      "",
      "With --epcis the files are EPCIS documents: 2.0 in JSON-LD or XML, or 1.2 in XML. Each event",
      "becomes a record; one without an id is called by its CBV event hash; one that only repeats",
      "an earlier event of the same file is left out. A document that says the same events in the",
      "same order as one before is recorded once, whether it came by this command or the agent. An",
      "event that is in two documents that differ otherwise is recorded twice, under one event id;",
      "so is a document signed with --for.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian submit --dry-run --key k.pem --as uscc:93000000MA00000669 harvest.json",
      "  pinlian submit --key cooperative.pem --as uscc:93000000MA00000669 harvest.json",
      "  pinlian submit --key k.pem --as uscc:93000000MA00000669 -o receipts --json *.json",
      "  pinlian submit --key k.pem --as uscc:91000000MA0000162Q --relation relation.xml",
      "  pinlian submit --key k.pem --as uscc:91000000MA0000170K --bill bill.xml \\",
      "      --partner 1234=uscc:91000000MA0000162Q --product-name 示例片",
      "  pinlian submit --key k.pem --epcis packing.xml",
      "  pinlian submit --key service.pem --as gln:9520000002039 \\",
      "      --for uscc:93000000MA00000669 harvest.json",
    })
final class SubmitCommand extends ToolCommand {
  @Mixin private final SignerOptions signer = new SignerOptions();

  @Parameters(paramLabel = "FILE", arity = "0..*", description = "Records in JSON.")
  private List<Path> files = List.of();

  @Mixin private final DrugFileOptions drugFiles = new DrugFileOptions();

  @Option(names = "--epcis", description = "The files are EPCIS documents.")
  private boolean epcis;

  @Option(
      names = "--for",
      paramLabel = "PRINCIPAL",
      description = {
        "Sign as a gateway for somebody who cannot, under their delegation to your key",
        "(`pinlian delegate`). Everybody is told so.",
      })
  private @Nullable String principal;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Keep the receipts there, as {index}.tlog-proof.")
  private @Nullable Path output;

  @Option(
      names = "--dry-run",
      description = {
        "Record nothing: tell what the ledger would say of each submission by itself, as of now.",
        "What one needs of another that is not in the ledger yet is not there.",
      })
  private boolean dryRun;

  @Override
  Exit run(Console console) throws Exception {
    ParticipantId signedFor = principal == null ? null : ParticipantId.parse(principal);
    List<SubmissionFile> submitted = new ArrayList<>(files.size());
    for (Path file : files) {
      submitted.add(
          epcis ? EpcisFile.read(file, console) : SubmissionFile.of(file, RecordFile.read(file)));
    }
    if (drugFiles.isGiven()) {
      submitted.addAll(drugFiles.read(signedFor == null ? signer.participant(console) : signedFor));
    }
    if (submitted.isEmpty()) {
      throw CommandException.usage("no file to submit", "`pinlian submit --help` lists the kinds.");
    }
    if (dryRun) {
      return validate(submitted, signedFor, console);
    }
    if (output != null) {
      Files.createDirectories(output);
    }
    ObjectNode json = Console.JSON.createObjectNode();
    ArrayNode receipts = json.putArray("receipts");
    ArrayNode remarks = json.putArray("remarks");
    try (GatewaySession session = signer.open(console);
        Progress.Task task = console.start("Submitting", submitted.size())) {
      for (int i = 0; i < submitted.size(); i++) {
        SubmissionFile file = submitted.get(i);
        for (DraftSubmission submission : file.drafts().of(session)) {
          receipts.add(submit(file, signedFor, submission, session, console));
        }
        for (Remark remark : file.remarks().get()) {
          console.note(file.path() + ": " + Paint.clean(remark.toString()));
          ObjectNode told = remarks.addObject();
          told.put("source", file.path().toString());
          told.put("line", remark.line());
          told.put("text", remark.text());
        }
        task.reached(i + 1);
      }
    }
    console.result(json);
    return Exit.GOOD;
  }

  private ObjectNode submit(
      SubmissionFile file,
      @Nullable ParticipantId signedFor,
      DraftSubmission submission,
      GatewaySession session,
      Console console)
      throws Exception {
    Optional<GatewaySession.Submitted> submitted =
        submission.id().isEmpty() || signedFor != null
            ? Optional.of(session.submit(signedFor, submission.drafts()))
            : session.submitOnce(submission.drafts(), submission.id());
    VerifiedReceipt verified =
        submitted.isPresent()
            ? submitted.get().receipt()
            : session.receipt(session.participant(), submission.id().toByteArray());
    if (submitted.isEmpty() && file.namedByNumber()) {
      RepeatedBill.requireSame(file.path(), submission.drafts(), verified.index(), session);
    }
    ObjectNode receipt = Receipts.json(verified);
    receipt.put("source", file.path().toString());
    receipt.put("repeated", submitted.isEmpty());
    ArrayNode records = receipt.putArray("digests");
    List<Hash> digests = submitted.isPresent() ? submitted.get().digests() : List.of();
    for (int position = 0; position < digests.size(); position++) {
      ObjectNode record = records.addObject();
      record.put("record", Subject.record(verified.index(), position).uri());
      record.put("digest", digests.get(position).hex());
    }
    if (output != null) {
      Path kept = output.resolve(verified.index() + ReceiptFile.ENDING);
      ReceiptFile.write(kept, verified.receipt());
      receipt.put("file", kept.toString());
    }
    console.say(
        (submitted.isPresent()
                ? console.paint().good("✓ 已收录 in the ledger")
                : console
                    .paint()
                    .careful("! 此前已收录,本次未再记录 in the ledger already, not recorded again"))
            + ": "
            + file.path());
    Receipts.lines(verified).forEach(console::say);
    return receipt;
  }

  private Exit validate(
      List<SubmissionFile> submitted, @Nullable ParticipantId signedFor, Console console)
      throws Exception {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("dryRun", true);
    ArrayNode told = json.putArray("files");
    Exit exit = Exit.GOOD;
    try (GatewaySession session = signer.open(console)) {
      for (SubmissionFile file : submitted) {
        for (DraftSubmission submission : file.drafts().of(session)) {
          ObjectNode one = validate(file, signedFor, submission, session);
          one.put("source", file.path().toString());
          told.add(one);
          boolean refused = one.path("outcome").asText().equals("refused");
          console.say(
              (refused
                      ? console.paint().bad("✗ 会被拒收 would be refused")
                      : console.paint().good("✓ 可收录 would be taken"))
                  + ": "
                  + file.path());
          sayDetails(one, console);
          exit = refused ? Exit.REFUSED : exit;
        }
        for (Remark remark : file.remarks().get()) {
          console.note(file.path() + ": " + Paint.clean(remark.toString()));
        }
      }
    }
    console.result(json);
    return exit;
  }

  private static ObjectNode validate(
      SubmissionFile file,
      @Nullable ParticipantId signedFor,
      DraftSubmission submission,
      GatewaySession session)
      throws Exception {
    try {
      return Validations.json(session.validate(signedFor, submission.drafts(), submission.id()));
    } catch (RefusedException e) {
      if (!submission.id().isEmpty() && e.code() == RefusalCode.SUBMISSION_ID_REUSED) {
        if (file.namedByNumber()) {
          long index =
              session.receipt(session.participant(), submission.id().toByteArray()).index();
          RepeatedBill.requireSame(file.path(), submission.drafts(), index, session);
        }
        // What it says is in.
        return Console.JSON.createObjectNode().put("outcome", "duplicate");
      }
      return Validations.json(e);
    }
  }

  private static void sayDetails(JsonNode file, Console console) {
    if (file.path("outcome").asText().equals("duplicate")) {
      console.say("  已在账本 in the ledger already " + file.path("index").asText());
    }
    for (JsonNode finding : file.path("findings")) {
      console.say(
          "  疑点 finding "
              + finding.path("code").asText()
              + ", record "
              + finding.path("record")
              + ": "
              + Paint.clean(finding.path("facts").toString()));
    }
    if (file.has("violations") && file.path("violations").isEmpty()) {
      console.say("  " + Paint.clean(file.path("message").asText()));
    }
    for (JsonNode violation : file.path("violations")) {
      console.say(
          "  "
              + Paint.clean(violation.path("path").asText())
              + ": "
              + Paint.clean(violation.path("description").asText()));
    }
  }
}
