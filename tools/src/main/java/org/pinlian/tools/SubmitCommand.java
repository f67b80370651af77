// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.record.Draft;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian submit}: signs records and sends them. */
@Command(
    name = "submit",
    description = {
      "Sign records and submit them; each file is one submission, taken whole or not at all.",
      "All files are read before the first is sent.",
      "",
      "A file is a JSON list of records:",
      "  [ { \"kind\": \"commitment_certificate\",",
      "      \"public\": { ...the body in Protocol Buffers' JSON form, see record.proto... },",
      "      \"lines\": [ { \"role\": \"object\", \"subject\": \"urn:pinlian:lot:...\" } ],",
      "      \"trade\": {...}, \"recipe\": {...}, \"personal\": {\"name\": \"...\", \"text\":"
          + " \"...\"} } ]",
      "Instants may be written as 2026-03-01T08:00:00+08:00, bytes as hex:..., and subjects in any",
      "spelling of GS1. docs/examples has a file for each kind of record.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian submit --key cooperative.pem --as uscc:93000000MA00000669 harvest.json",
      "  pinlian submit --key k.pem --as uscc:93000000MA00000669 -o receipts --json *.json",
      "  pinlian submit --key service.pem --as gln:9520000002039 \\",
      "    --for uscc:93000000MA00000669 harvest.json",
    })
final class SubmitCommand extends ToolCommand {
  @Mixin private final SignerOptions signer = new SignerOptions();

  @Option(
      names = "--for",
      paramLabel = "PRINCIPAL",
      description = {
        "Sign as a gateway for somebody who cannot, under their delegation to your key",
        "(`pinlian delegate`). Everybody is told so.",
      })
  private @Nullable String principal;

  @SuppressWarnings("NullAway.Init")
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Records in JSON.")
  private List<Path> files;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Keep the receipts there, as {index}.tlog-proof.")
  private @Nullable Path output;

  @Override
  Exit run(Console console) throws Exception {
    ParticipantId signedFor = principal == null ? null : ParticipantId.parse(principal);
    List<List<Draft>> submissions = new ArrayList<>(files.size());
    for (Path file : files) {
      submissions.add(RecordFile.read(file));
    }
    if (output != null) {
      Files.createDirectories(output);
    }
    ObjectNode json = Console.JSON.createObjectNode();
    ArrayNode receipts = json.putArray("receipts");
    try (GatewaySession session = signer.open(console);
        Progress.Task task = console.start("Submitting", files.size())) {
      for (int i = 0; i < submissions.size(); i++) {
        GatewaySession.Submitted submitted = session.submit(signedFor, submissions.get(i));
        ObjectNode receipt = Receipts.json(submitted.receipt());
        receipt.put("source", files.get(i).toString());
        ArrayNode records = receipt.putArray("digests");
        for (int position = 0; position < submitted.digests().size(); position++) {
          ObjectNode record = records.addObject();
          record.put("record", Subject.record(submitted.receipt().index(), position).uri());
          record.put("digest", submitted.digests().get(position).hex());
        }
        if (output != null) {
          Path file = output.resolve(submitted.receipt().index() + ReceiptFile.ENDING);
          ReceiptFile.write(file, submitted.receipt().receipt());
          receipt.put("file", file.toString());
        }
        receipts.add(receipt);
        console.say(console.paint().good("✓ 已收录 in the ledger") + ": " + files.get(i));
        Receipts.lines(submitted.receipt()).forEach(console::say);
        task.reached(i + 1);
      }
    }
    console.result(json);
    return Exit.GOOD;
  }
}
