// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.client.RefusedException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.SignedSubmission;
import org.pinlian.v1.Receipt;

/**
 * What became of each input, and the receipts. Synced before the parcel is removed from the queue,
 * so an input is always in one of the two, and a repetition of it is known as long as its file here
 * is kept. Outcomes are written by the courier, receipts by any thread; read by many.
 */
final class Outcomes {
  private static final int OUTCOME_BYTES_MAX = 4 << 20;

  private final Spool spool;
  private final ReceiptWriter writer;

  Outcomes(Spool spool, ReceiptWriter writer) {
    this.spool = spool;
    this.writer = writer;
  }

  /** What became of an input, if it is known. */
  Optional<ObjectNode> find(String id) throws IOException {
    for (Path file : List.of(recordedFile(id), refusedFile(id))) {
      if (Files.exists(file)) {
        return Optional.of(Json.read(DurableFiles.read(file, OUTCOME_BYTES_MAX)));
      }
    }
    return Optional.empty();
  }

  /** Keeps the receipt of a part, and for each of its inputs where it is in the ledger. */
  void recorded(Parcel.Part part, SignedSubmission submission, VerifiedReceipt receipt)
      throws IOException {
    recorded(part, submission, receipt, false);
  }

  /**
   * The same of a submission that was in before: its records have other salts, so other digests.
   */
  void repeated(Parcel.Part part, SignedSubmission submission, VerifiedReceipt receipt)
      throws IOException {
    recorded(part, submission, receipt, true);
  }

  private void recorded(
      Parcel.Part part, SignedSubmission submission, VerifiedReceipt receipt, boolean repeated)
      throws IOException {
    keep(receipt, true);
    Set<Path> folders = new HashSet<>();
    int position = 0;
    for (Input input : part.inputs()) {
      ObjectNode json = json(input, "recorded");
      json.put("index", receipt.index());
      json.put("submission", hex(submission.header().getSubmissionId()));
      json.put("sequencedAt", receipt.sequencedAt().toString());
      if (repeated) {
        json.put("repeated", true);
      }
      ArrayNode records = json.putArray("records");
      for (Hash digest : submission.digests().subList(position, position + input.records())) {
        ObjectNode record = records.addObject();
        record.put("record", Subject.record(receipt.index(), position++).uri());
        if (!repeated) {
          record.put("digest", digest.hex());
        }
      }
      Path file = recordedFile(input.id());
      Path folder = file.resolveSibling("");
      DurableFiles.createFolder(folder);
      DurableFiles.write(file, Json.line(json));
      folders.add(folder);
    }
    for (Path folder : folders) {
      DurableFiles.syncFolder(folder);
    }
  }

  /** Keeps why an input was refused, beside what was signed. */
  ObjectNode refused(Input input, SignedSubmission submission, RefusedException refused, Instant at)
      throws IOException {
    ObjectNode json = json(input, "refused");
    json.put("at", at.toString());
    json.put("submission", hex(submission.header().getSubmissionId()));
    json.put("code", refused.code().name());
    json.put("message", String.valueOf(refused.getMessage()));
    json.set("violations", Json.violations(Validations.violations(refused)));
    Path file = refusedFile(input.id());
    DurableFiles.write(
        file.resolveSibling(input.id() + ".submission"), submission.request().toByteArray());
    DurableFiles.write(file, Json.line(json));
    DurableFiles.syncFolder(file.resolveSibling(""));
    return json;
  }

  private static ObjectNode json(Input input, String state) {
    ObjectNode json = Json.object();
    json.put("id", input.id());
    json.put("state", state);
    json.put("digest", input.digest());
    if (input.source() != null) {
      json.put("source", input.source());
    }
    return json;
  }

  // Receipts -------------------------------------------------------------------------------------

  /**
   * Keeps a receipt, in the place of an earlier one of the same entry.
   *
   * @param exchange whether a better one is to be asked for later
   */
  synchronized void keep(VerifiedReceipt receipt, boolean exchange) throws IOException {
    Path marker = spool.folder("promised").resolve(Long.toString(receipt.index()));
    try {
      DurableFiles.write(
          receiptFile(receipt.index()),
          writer.text(receipt.receipt()).getBytes(StandardCharsets.UTF_8));
    } catch (NoteException e) {
      throw new IllegalStateException("a receipt that was verified", e);
    }
    if (exchange) {
      // Not synced: nothing but a better receipt is missed with it.
      if (!Files.exists(marker)) {
        Files.createFile(marker, DurableFiles.ownerOnly(marker, "rw-------"));
      }
    } else {
      Files.deleteIfExists(marker);
    }
  }

  /** The receipt of an entry, as it was kept. Verify it before showing it as one. */
  Optional<Receipt> receipt(long index) throws IOException {
    Path file = receiptFile(index);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    byte[] bytes = DurableFiles.read(file, TlogProof.MAX_BYTES);
    try {
      return TlogProof.parse(bytes)
          .extra()
          .map(entry ->
              Receipt.newBuilder()
                  .setEntry(ByteString.copyFrom(entry))
                  .setProofBytes(ByteString.copyFrom(bytes))
                  .build());
    } catch (NoteException e) {
      throw new SpoolException(file + " is no receipt", e);
    }
  }

  Path receiptFile(long index) {
    return spool.folder("receipts").resolve(index + ".tlog-proof");
  }

  /** Entries whose receipts are to be exchanged, some of them, the oldest first. */
  List<Long> promised(int most) throws IOException {
    try (Stream<Path> files = Files.list(spool.folder("promised"))) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 19)
          .map(Long::valueOf)
          .sorted()
          .limit(most)
          .toList();
    }
  }

  private Path recordedFile(String id) {
    // 256 folders, so that none has too many names in it.
    return spool.folder("outcomes").resolve(id.substring(2, 4)).resolve(id + ".json");
  }

  private Path refusedFile(String id) {
    return spool.folder("refused").resolve(id + ".json");
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
