// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.time.LocalDate;
import java.util.List;

/**
 * The holidays of one year, as the State Council announces them each November for the next.
 *
 * @param rests days off, weekends among them or not
 * @param worked Saturdays and Sundays worked instead
 */
public record HolidayYear(int year, List<Rest> rests, List<LocalDate> worked, Source source)
    implements Row {
  public HolidayYear {
    rests = List.copyOf(rests);
    worked = List.copyOf(worked);
  }

  /** Both ends included. */
  public record Rest(String festival, LocalDate first, LocalDate last) {}

  @Override
  public String name() {
    return Integer.toString(year);
  }

  @Override
  public String words() {
    StringBuilder words = new StringBuilder();
    for (Rest rest : rests) {
      words.append(rest.festival()).append(' ').append(rest.first());
      if (!rest.last().equals(rest.first())) {
        words.append(" – ").append(rest.last());
      }
      words.append("; ");
    }
    words.append("上班 worked");
    for (LocalDate day : worked) {
      words.append(' ').append(day);
    }
    return words.toString();
  }

  /** The years that are announced. */
  public static final List<HolidayYear> ANNOUNCED =
      List.of(
          new HolidayYear(
              2024,
              List.of(
                  rest("元旦", "2024-01-01", 1),
                  rest("春节", "2024-02-10", 8),
                  rest("清明节", "2024-04-04", 3),
                  rest("劳动节", "2024-05-01", 5),
                  rest("端午节", "2024-06-10", 1),
                  rest("中秋节", "2024-09-15", 3),
                  rest("国庆节", "2024-10-01", 7)),
              days(
                  "2024-02-04",
                  "2024-02-18",
                  "2024-04-07",
                  "2024-04-28",
                  "2024-05-11",
                  "2024-09-14",
                  "2024-09-29",
                  "2024-10-12"),
              Source.read("国务院办公厅关于2024年部分节假日安排的通知", "2023-10-25")),
          new HolidayYear(
              2025,
              List.of(
                  rest("元旦", "2025-01-01", 1),
                  rest("春节", "2025-01-28", 8),
                  rest("清明节", "2025-04-04", 3),
                  rest("劳动节", "2025-05-01", 5),
                  rest("端午节", "2025-05-31", 3),
                  rest("国庆节、中秋节", "2025-10-01", 8)),
              days("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
              Source.read("国务院办公厅关于2025年部分节假日安排的通知", "国办发明电〔2024〕12号")),
          new HolidayYear(
              2026,
              List.of(
                  rest("元旦", "2026-01-01", 3),
                  rest("春节", "2026-02-15", 9),
                  rest("清明节", "2026-04-04", 3),
                  rest("劳动节", "2026-05-01", 5),
                  rest("端午节", "2026-06-19", 3),
                  rest("中秋节", "2026-09-25", 3),
                  rest("国庆节", "2026-10-01", 7)),
              days(
                  "2026-01-04",
                  "2026-02-14",
                  "2026-02-28",
                  "2026-05-09",
                  "2026-09-20",
                  "2026-10-10"),
              Source.read("国务院办公厅关于2026年部分节假日安排的通知", "2025-11-04")));

  private static Rest rest(String festival, String first, int days) {
    LocalDate from = LocalDate.parse(first);
    return new Rest(festival, from, from.plusDays(days - 1L));
  }

  private static List<LocalDate> days(String... days) {
    return java.util.Arrays.stream(days).map(LocalDate::parse).toList();
  }
}
