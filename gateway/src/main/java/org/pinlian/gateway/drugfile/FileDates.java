// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;

/** Days and instants as the files have them: China Standard Time where nothing is said. */
final class FileDates {
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  private static final List<DateTimeFormatter> DAYS =
      formats("uuuu-MM-dd", "uuuuMMdd", "uuuu/MM/dd");
  private static final List<DateTimeFormatter> TIMES =
      formats("uuuu-MM-dd HH:mm:ss", "uuuu-MM-dd'T'HH:mm:ss", "uuuuMMddHHmmss");
  private static final int YEAR_MIN = 1970;
  private static final int YEAR_MAX = 9999;

  private FileDates() {}

  private static List<DateTimeFormatter> formats(String... patterns) {
    return List.of(patterns).stream()
        .map(pattern ->
            DateTimeFormatter.ofPattern(pattern, Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT))
        .toList();
  }

  /**
   * A day.
   *
   * @param wholeMonth takes a month as well, and means its last day: 有效期至 2027-05 is good until the
   *     31st
   */
  static LocalDate day(String field, String text, boolean wholeMonth, int line)
      throws DrugFileException {
    LocalDate day = day(text);
    if (day == null && wholeMonth && text.length() == "uuuu-MM".length()) {
      try {
        day = YearMonth.parse(text).atEndOfMonth();
      } catch (DateTimeException e) {
        day = null;
      }
    }
    if (day == null || day.getYear() < YEAR_MIN || day.getYear() > YEAR_MAX) {
      throw new DrugFileException(
          Reason.BAD_FIELD, line, field + " \"" + text + "\" is no day, as 2026-03-01");
    }
    return day;
  }

  private static @Nullable LocalDate day(String text) {
    for (DateTimeFormatter format : DAYS) {
      try {
        return LocalDate.parse(text, format);
      } catch (DateTimeException e) {
        // Not this spelling: the next is tried.
      }
    }
    return null;
  }

  static Instant instant(String field, String text, int line) throws DrugFileException {
    Instant instant = instant(text);
    if (instant == null
        || instant.isBefore(Instant.EPOCH)
        || LocalDate.ofInstant(instant, CHINA).getYear() >= YEAR_MAX) {
      throw new DrugFileException(
          Reason.BAD_FIELD, line, field + " \"" + text + "\" is no time, as 2026-03-01 08:30:00");
    }
    return instant;
  }

  private static @Nullable Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      // No offset: one of the spellings below.
    }
    for (DateTimeFormatter format : TIMES) {
      try {
        return LocalDateTime.parse(text, format).toInstant(CHINA);
      } catch (DateTimeException e) {
        // Not this spelling: the next is tried.
      }
    }
    LocalDate day = day(text);
    return day == null ? null : day.atStartOfDay().toInstant(CHINA);
  }

  static LocalDate dayOf(Instant instant) {
    return LocalDate.ofInstant(instant, CHINA);
  }
}
