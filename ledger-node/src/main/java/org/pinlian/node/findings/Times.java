// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import org.pinlian.node.rules.Statement;
import org.pinlian.v1.PublicPart;

/** When things happened, as those who state them say. Dates are days in China. */
final class Times {
  static final long DAY_MILLIS = 24L * 60 * 60 * 1000;

  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  private Times() {}

  /**
   * The instant a statement speaks of, in milliseconds. A day on which goods came begins it, and
   * one on which they went ends it: within a day nobody says more, and what came may go on the same
   * day. Where nothing is said, the time of recording.
   */
  static long of(Statement statement) {
    PublicPart part = statement.part();
    long recorded = statement.sequencedAt();
    return switch (part.getBodyCase()) {
      case TRACE_EVENT -> part.getTraceEvent().getEventTime();
      case CUSTODY_OFFER -> part.getCustodyOffer().getOfferedAt();
      case CUSTODY_ANSWER -> part.getCustodyAnswer().getAnsweredAt();
      case TEMPERATURE_LOG -> part.getTemperatureLog().getUntil();
      case ORDER -> part.getOrder().getOrderedAt();
      case CUSTODY_CANCEL -> part.getCustodyCancel().getCancelledAt();
      case CORRECTION -> part.getCorrection().getDeclaredAt();
      case ORDER_PROGRESS -> part.getOrderProgress().getReportedAt();
      case CERTIFICATE_CHECK -> startOf(part.getCertificateCheck().getCheckedOn()).orElse(recorded);
      case FARM_RECORD -> startOf(part.getFarmRecord().getDoneOn()).orElse(recorded);
      case INSPECTION -> endOf(part.getInspection().getReportedOn()).orElse(recorded);
      case COMMITMENT_CERTIFICATE ->
          startOf(part.getCommitmentCertificate().getIssuedOn()).orElse(recorded);
      case INTAKE -> startOf(part.getIntake().getReceivedOn()).orElse(recorded);
      case DISPATCH -> endOf(part.getDispatch().getDispatchedOn()).orElse(recorded);
      default -> recorded;
    };
  }

  /** Its first millisecond; empty if that is no date. */
  static OptionalLong startOf(String day) {
    if (day.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(startOf(LocalDate.parse(day)));
    } catch (DateTimeException e) {
      return OptionalLong.empty();
    }
  }

  /** Its last millisecond; empty if that is no date. */
  static OptionalLong endOf(String day) {
    OptionalLong start = startOf(day);
    return start.isEmpty() ? start : OptionalLong.of(start.getAsLong() + DAY_MILLIS - 1);
  }

  static long startOf(LocalDate day) {
    return day.atStartOfDay().toInstant(CHINA).toEpochMilli();
  }

  static LocalDate day(long millis) {
    return LocalDate.ofInstant(Instant.ofEpochMilli(millis), CHINA);
  }

  static String text(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
