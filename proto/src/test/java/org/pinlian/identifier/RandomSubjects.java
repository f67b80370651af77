// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import java.util.Random;

/** Well-formed subjects of every kind. */
final class RandomSubjects {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-";

  private RandomSubjects() {}

  static Subject next(Random random) throws IdentifierException {
    return switch (random.nextInt(15)) {
      case 0 -> Subject.ofClass(gtin(random));
      case 1 -> Subject.lot(gtin(random), text(random, CheckDigit.SET_82, 20));
      case 2 -> Subject.unit(gtin(random), text(random, CheckDigit.SET_82, 20));
      case 3 -> Subject.sscc(new Sscc(checked(random, 17)));
      case 4 -> Subject.location(new Gln(checked(random, 12)));
      case 5 -> Subject.drugCode(new DrugTraceCode(digits(random, 20)));
      case 6 -> Subject.participantLot(participant(random), anyScript(random));
      case 7 -> Subject.certificate(participant(random), anyScript(random));
      case 8 -> Subject.order(participant(random), anyScript(random));
      case 9 -> Subject.caseOf(participant(random), anyScript(random));
      case 10 -> Subject.record(random.nextLong() >>> 1, random.nextInt(1000));
      case 11 -> Subject.keys(participant(random));
      case 12 -> Subject.lookUps(participant(random));
      case 13 -> Subject.parse("https://id.gs1.org/8003/0" + checked(random, 12));
      default -> Subject.parse("urn:uuid:" + digits(random, 12));
    };
  }

  private static Gtin gtin(Random random) throws IdentifierException {
    return new Gtin(checked(random, 13));
  }

  static ParticipantId participant(Random random) throws IdentifierException {
    return switch (random.nextInt(4)) {
      case 0 -> {
        // Region 000000: no real firm has it.
        String body = "91000000" + text(random, CheckDigit.USCC_ALPHABET, 9, 9);
        yield ParticipantId.of(new Uscc(body + CheckDigit.uscc(body)));
      }
      case 1 -> ParticipantId.of(new Gln(checked(random, 12)));
      case 2 -> ParticipantId.farmer(text(random, UNRESERVED, 64));
      default -> ParticipantId.device(text(random, UNRESERVED, 64));
    };
  }

  private static String checked(Random random, int bodyLength) throws IdentifierException {
    String body = digits(random, bodyLength);
    return body + CheckDigit.gs1(body);
  }

  private static String digits(Random random, int length) {
    return text(random, "0123456789", length, length);
  }

  private static String text(Random random, String alphabet, int max) {
    return text(random, alphabet, 1, max);
  }

  private static String text(Random random, String alphabet, int min, int max) {
    int length = min + random.nextInt(max - min + 1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static String anyScript(Random random) {
    StringBuilder text = new StringBuilder();
    for (int length = 1 + random.nextInt(20); length > 0; length--) {
      switch (random.nextInt(4)) {
        case 0 -> text.appendCodePoint(0x20 + random.nextInt(0x5f));
        case 1 -> text.appendCodePoint(0x4e00 + random.nextInt(0x5200));
        case 2 -> text.appendCodePoint(0x20000 + random.nextInt(0xa000));
        default -> text.append(UNRESERVED.charAt(random.nextInt(UNRESERVED.length())));
      }
    }
    return text.toString();
  }
}
