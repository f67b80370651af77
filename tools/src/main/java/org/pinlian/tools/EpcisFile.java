// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.gateway.epcis.EpcisException;
import org.pinlian.gateway.epcis.EpcisOutcome;
import org.pinlian.gateway.epcis.EpcisOutcome.Refused;
import org.pinlian.gateway.epcis.EpcisOutcome.Repeated;
import org.pinlian.gateway.epcis.EpcisOutcome.Taken;
import org.pinlian.gateway.epcis.EpcisReader;
import org.pinlian.record.Limits;

/** An EPCIS document as one submission, for {@code submit}. */
final class EpcisFile {
  /** More than these help nobody. */
  private static final int REFUSALS_TOLD_MAX = 20;

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
    List<Taken> events = new ArrayList<>();
    List<Refused> refused = new ArrayList<>();
    for (EpcisOutcome outcome : outcomes) {
      switch (outcome) {
        case Taken taken -> events.add(taken);
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
    if (events.isEmpty()) {
      throw bad("NOT_EVENTS", file + ": no events");
    }
    if (events.size() > Limits.RECORDS_MAX) {
      throw bad(
          "LIMIT_EXCEEDED",
          file
              + ": "
              + events.size()
              + " events, and a submission has "
              + Limits.RECORDS_MAX
              + " records at most");
    }
    List<DraftSubmission> one = List.of(EpcisDrafts.of(events));
    return new SubmissionFile(file, _ -> one, List::of, false);
  }

  private static CommandException bad(String code, String message) {
    return new CommandException(
        Exit.USAGE, code, message, "Nothing was sent: a document is taken whole or not at all.");
  }
}
