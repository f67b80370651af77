// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.client.Validation;
import org.pinlian.dossier.VerificationException;
import org.pinlian.gateway.drugfile.DraftSubmission;
import org.pinlian.v1.RefusalCode;

/** What both ways in have in common. Safe for use by many threads. */
final class Door {
  private final Ledger ledger;
  private final Intake intake;
  private final Meters meters;
  private final List<InputFormat> formats;

  Door(Ledger ledger, Intake intake, Meters meters, List<InputFormat> formats) {
    this.ledger = ledger;
    this.intake = intake;
    this.meters = meters;
    this.formats = List.copyOf(formats);
  }

  Optional<InputFormat> ofMediaType(String mediaType) {
    return formats.stream().filter(format -> format.mediaTypes().contains(mediaType)).findFirst();
  }

  /** What may be sent, to tell whoever sends something else. */
  String mediaTypes() {
    return formats.stream()
        .flatMap(format -> format.mediaTypes().stream().sorted())
        .collect(Collectors.joining(", "));
  }

  Optional<InputFormat> ofName(String name) {
    return formats.stream()
        .filter(format -> format.endings().stream().anyMatch(name::endsWith))
        .findFirst();
  }

  /** Reads, checks, and hands on to be signed. */
  CompletableFuture<Intake.Reception> offer(
      InputFormat format, byte[] bytes, String id, @Nullable String source)
      throws BadInputException {
    Prepared prepared;
    try {
      prepared = Prepared.of(ledger.hash(), format.read(bytes), ledger.random());
    } catch (BadInputException e) {
      meters.turnedAway.increment();
      throw e;
    }
    Input input = new Input(id, Input.digest(bytes), prepared.records().size(), source);
    return intake.offer(input, prepared);
  }

  /** What the ledger would say; nothing is kept. */
  ObjectNode validate(InputFormat format, byte[] bytes)
      throws BadInputException, UnreachableException, VerificationException {
    DraftSubmission submission = format.read(bytes);
    var _ = Prepared.of(ledger.hash(), submission, ledger.random());
    try {
      return Validations.json(validate(submission));
    } catch (RefusedException e) {
      return Validations.json(e);
    }
  }

  private Validation validate(DraftSubmission submission)
      throws RefusedException, UnreachableException, VerificationException {
    try {
      return ledger.validate(submission);
    } catch (RefusedException e) {
      if (submission.id().isEmpty() || e.code() != RefusalCode.SUBMISSION_ID_REUSED) {
        throw e;
      }
      // An id made of what is said: it is in, salted by another.
      return new Validation.Duplicate(ledger.receipt(submission.id()));
    }
  }

  String randomId() {
    SecureRandom random = ledger.random();
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return "r-" + HexFormat.of().formatHex(bytes);
  }
}
