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
import org.pinlian.dossier.VerificationException;
import org.pinlian.record.Draft;

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
    List<Draft> drafts = format.read(bytes);
    var _ = Prepared.of(ledger.hash(), drafts, ledger.random());
    try {
      return Validations.json(ledger.validate(drafts));
    } catch (RefusedException e) {
      return Validations.json(e);
    }
  }

  String randomId() {
    SecureRandom random = ledger.random();
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return "r-" + HexFormat.of().formatHex(bytes);
  }
}
