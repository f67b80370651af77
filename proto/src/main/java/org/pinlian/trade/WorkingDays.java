// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * 工作日. Of a year that is announced, with its holidays and the weekends worked for them; of any
 * other, Monday to Friday, and the answer says so. Immutable.
 */
public final class WorkingDays {
  /** More than any statutory time has; a bound, so that nobody counts to the end of time. */
  public static final int COUNT_MAX = 1_000;

  private static final WorkingDays CHINA = new WorkingDays(HolidayYear.ANNOUNCED);

  private final Set<Integer> announced = new HashSet<>();
  private final Set<LocalDate> rests = new HashSet<>();
  private final Set<LocalDate> worked = new HashSet<>();

  public WorkingDays(List<HolidayYear> years) {
    for (HolidayYear year : years) {
      announced.add(year.year());
      worked.addAll(year.worked());
      for (HolidayYear.Rest rest : year.rests()) {
        for (LocalDate day = rest.first(); !day.isAfter(rest.last()); day = day.plusDays(1)) {
          rests.add(day);
        }
      }
    }
  }

  public static WorkingDays china() {
    return CHINA;
  }

  /** A day, and whether all days counted to it are of announced years. */
  public record Counted(LocalDate day, boolean announced) {}

  public boolean isAnnounced(int year) {
    return announced.contains(year);
  }

  public boolean isWorkingDay(LocalDate day) {
    if (worked.contains(day)) {
      return true;
    }
    return day.getDayOfWeek() != DayOfWeek.SATURDAY
        && day.getDayOfWeek() != DayOfWeek.SUNDAY
        && !rests.contains(day);
  }

  /** The n-th working day after a day, which is not counted itself (民法典 art. 201). */
  public Counted after(LocalDate day, int n) {
    if (n < 1 || n > COUNT_MAX) {
      throw new IllegalArgumentException(n + " working days, from 1 to " + COUNT_MAX);
    }
    boolean known = true;
    int left = n;
    LocalDate at = day;
    while (left > 0) {
      at = at.plusDays(1);
      known &= isAnnounced(at.getYear());
      left -= isWorkingDay(at) ? 1 : 0;
    }
    return new Counted(at, known);
  }
}
