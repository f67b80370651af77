// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.pinlian.gateway.epcis.EpcisException.Reason;

/**
 * XML Schema date-times with their offset, as milliseconds since 1970. What is finer is rounded,
 * five up, because CBV 2.0 hashes it so; what has no offset is no instant and is refused.
 */
final class DateTimes {
  private static final int MINUTES_MAX = 14 * 60;

  private DateTimes() {}

  static long parse(String text) throws EpcisException {
    try {
      return new Scan(text).instant();
    } catch (DateTimeException e) {
      throw new EpcisException(Reason.BAD_TIME, "", bad(text), e);
    }
  }

  private static String bad(String text) {
    return "not a date-time with an offset, such as 2026-03-01T08:00:00+08:00: " + text;
  }

  /** {@code 2026-03-01T00:00:00.000Z}: always milliseconds, always UTC. */
  static String format(long millis) {
    String text = Instant.ofEpochMilli(millis).toString();
    // Instant leaves out what is zero: seconds are always there, the fraction may not be.
    return text.length() == 20 ? text.substring(0, 19) + ".000Z" : text;
  }

  /** One reading, from left to right. */
  private static final class Scan {
    private final String text;
    private int at;

    Scan(String text) {
      this.text = text;
    }

    long instant() throws EpcisException {
      LocalDate day = LocalDate.of(digits(4), next('-', 2), next('-', 2));
      int hour = below(24, next('T', 2));
      int minute = below(60, next(':', 2));
      int second = is(':') ? below(60, next(':', 2)) : 0;
      long millis = is('.') ? fraction() : 0;
      long minutes = day.toEpochDay() * 1440 + hour * 60L + minute - offset();
      if (at != text.length()) {
        throw new DateTimeException("more behind it");
      }
      long instant = (minutes * 60 + second) * 1000 + millis;
      if (instant <= 0) {
        throw new EpcisException(Reason.BAD_TIME, "before 1970: " + text);
      }
      return instant;
    }

    private boolean is(char c) {
      return at < text.length() && text.charAt(at) == c;
    }

    private int next(char separator, int count) {
      if (!is(separator)) {
        throw new DateTimeException("no " + separator);
      }
      at++;
      return digits(count);
    }

    private int digits(int count) {
      int value = 0;
      for (int end = at + count; at < end; at++) {
        value = 10 * value + digit();
      }
      return value;
    }

    private int digit() {
      char c = at < text.length() ? text.charAt(at) : ' ';
      if (c < '0' || c > '9') {
        throw new DateTimeException("no digit");
      }
      return c - '0';
    }

    private static int below(int limit, int value) {
      if (value >= limit) {
        throw new DateTimeException("no such time");
      }
      return value;
    }

    /** Up to nanoseconds count; of 0.9995 it may make a whole second. */
    private long fraction() {
      at++;
      int from = at;
      long millis = 0;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        int place = at - from;
        if (place < 3) {
          millis = 10 * millis + digit();
        } else if (place == 3 && digit() >= 5) {
          millis++;
        }
        at++;
      }
      if (at == from) {
        throw new DateTimeException("no digit");
      }
      // Fewer than three digits are tenths or hundredths.
      for (int place = at - from; place < 3; place++) {
        millis *= 10;
      }
      return millis;
    }

    private int offset() {
      if (is('Z')) {
        at++;
        return 0;
      }
      boolean minus = is('-');
      int hours = next(minus ? '-' : '+', 2);
      int minutes = hours * 60 + below(60, next(':', 2));
      if (minutes > MINUTES_MAX) {
        throw new DateTimeException("no such offset");
      }
      return minus ? -minutes : minutes;
    }
  }
}
