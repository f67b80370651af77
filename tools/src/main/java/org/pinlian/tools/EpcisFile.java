// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.gateway.epcis.EpcisException;
import org.pinlian.gateway.epcis.EpcisOutcome;
import org.pinlian.gateway.epcis.EpcisOutcome.Refused;
import org.pinlian.gateway.epcis.EpcisOutcome.Repeated;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.gateway.epcis.EpcisReader;
import org.pinlian.gateway.epcis.EventHash;
import org.pinlian.gateway.epcis.EventRecords;
import org.pinlian.record.Draft;
import org.pinlian.record.Limits;

/**
 * An EPCIS document as one submission. Its id follows from what the events say, so that the ledger
 * takes the same events of the same participant once, in whatever syntax they come again.
 */
final class EpcisFile {
  /** More than these help nobody. */
  private static final int REFUSALS_TOLD_MAX = 20;

  private static final String ID_PREFIX = "pinlian/epcis/v1\n";

  private EpcisFile() {}

  /**
   * @throws CommandException USAGE, naming each event that is refused, or the fault of the document
   */
  static SubmissionFile read(Path file, Progress progress) throws IOException {
    List<EpcisOutcome> outcomes;
    try {
      outcomes = EpcisReader.read(OutsideFile.bytes(file, OutsideFile.DOCUMENT_BYTES_MAX));
    } catch (EpcisException e) {
      throw bad(e.reason().name(), file + ": " + e.getMessage());
    }
    List<Draft> drafts = new ArrayList<>();
    MessageDigest statements = sha256();
    statements.update(ID_PREFIX.getBytes(StandardCharsets.UTF_8));
    List<Refused> refused = new ArrayList<>();
    for (EpcisOutcome outcome : outcomes) {
      switch (outcome) {
        case Taken taken -> {
          drafts.add(EventRecords.draft(taken.event(), taken.source()));
          statements.update(sha256(EventHash.statement(taken.event())));
        }
        case Repeated repeated ->
            progress.note(
                file
                    + ": "
                    + repeated.place()
                    + " is left out: it says what "
                    + repeated.first()
                    + " says");
        case Refused one -> refused.add(one);
      }
    }
    if (!refused.isEmpty()) {
      StringBuilder told = new StringBuilder();
      for (Refused one : refused.subList(0, Math.min(REFUSALS_TOLD_MAX, refused.size()))) {
        told.append(told.isEmpty() ? "" : "\n").append(file).append(": ");
        told.append(one.refusal().getMessage());
      }
      if (refused.size() > REFUSALS_TOLD_MAX) {
        told.append("\nand ").append(refused.size() - REFUSALS_TOLD_MAX).append(" more");
      }
      throw bad(refused.get(0).refusal().reason().name(), told.toString());
    }
    if (drafts.isEmpty()) {
      throw bad("NOT_EVENTS", file + ": no events");
    }
    if (drafts.size() > Limits.RECORDS_MAX) {
      throw bad(
          "LIMIT_EXCEEDED",
          file
              + ": "
              + drafts.size()
              + " events, and a submission has "
              + Limits.RECORDS_MAX
              + " records at most");
    }
    ByteString id = ByteString.copyFrom(statements.digest(), 0, Limits.SUBMISSION_ID_BYTES);
    List<DraftSubmission> one = List.of(new DraftSubmission(id, drafts));
    return new SubmissionFile(file, _ -> one, List::of, false);
  }

  private static byte[] sha256(String statement) {
    return sha256().digest(statement.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static CommandException bad(String code, String message) {
    return new CommandException(
        Exit.USAGE, code, message, "Nothing was sent: a document is taken whole or not at all.");
  }
}
