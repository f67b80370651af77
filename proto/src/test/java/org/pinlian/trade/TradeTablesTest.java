// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.KeyVariety;

class TradeTablesTest {
  @Test
  void everyRowOfEveryTableHasASourceAndANameOfItsOwn() {
    for (Map.Entry<String, List<? extends Row>> table : TradeTables.all().entrySet()) {
      assertFalse(table.getValue().isEmpty(), table.getKey());
      Set<String> names = new HashSet<>();
      for (Row row : table.getValue()) {
        assertFalse(row.source().law().isBlank(), row.name());
        assertFalse(row.words().isBlank(), row.name());
        assertFalse(row.source().certainty().english().isBlank());
        assertFalse(row.source().certainty().chinese().isBlank());
        assertTrue(names.add(row.name()), table.getKey() + " has " + row.name() + " twice");
      }
    }
  }

  @Test
  void thePageInTheDocumentationIsTheOneThatTheTablesMake() throws IOException {
    assertEquals(
        String.join("\n", TradeTables.page()),
        String.join("\n", Files.readAllLines(Path.of("..", "docs", "trade-rules.md"))),
        "write the lines of TradeTables.page() to docs/trade-rules.md");
  }

  @Test
  void noRowIsWithoutASource() {
    assertThrows(IllegalArgumentException.class, () -> Source.read("", "63"));
    assertEquals("食品安全法 63", Source.read("食品安全法", "63").words());
    assertEquals("标签", Source.known("标签", "", Certainty.LABEL).words());
  }

  @Test
  void whatIsGeneralKnowledgeWantsConfirming() {
    assertFalse(Certainty.READ.wantsConfirming());
    assertFalse(Certainty.COMPUTED.wantsConfirming());
    assertFalse(Certainty.LABEL.wantsConfirming());
    assertTrue(Certainty.HIGH.wantsConfirming());
    assertTrue(Certainty.LOW.wantsConfirming());
  }

  @Test
  void everyFormAndVarietyHasARow() {
    for (CertificateForm form : CertificateForm.values()) {
      boolean named =
          form != CertificateForm.CERTIFICATE_FORM_UNSPECIFIED
              && form != CertificateForm.UNRECOGNIZED;
      assertEquals(named, CertificateForms.of(form) != null, form.name());
    }
    assertEquals(KeyVariety.values().length - 2, KeyVarieties.ALL.size());
  }

  @Test
  void oneFormFollowsTheOtherWithoutADayBetween() {
    for (String day : List.of("2020-06-01", "2021-10-31", "2021-11-01", "2026-01-31")) {
      assertEquals(
          1, CertificateForms.ALL.stream().filter(form -> form.isInForceOn(day)).count(), day);
    }
    // One for producers and one for collectors.
    assertEquals(
        2, CertificateForms.ALL.stream().filter(form -> form.isInForceOn("2026-02-01")).count());
    assertTrue(CertificateForms.ALL.stream().noneMatch(form -> form.isInForceOn("2019-11-30")));
  }

  @Test
  void weekendsAreWorkedForHolidaysOnly() {
    for (HolidayYear year : HolidayYear.ANNOUNCED) {
      for (LocalDate day : year.worked()) {
        assertEquals(year.year(), day.getYear());
        assertTrue(
            day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY,
            day.toString());
      }
      for (HolidayYear.Rest rest : year.rests()) {
        assertFalse(rest.last().isBefore(rest.first()));
        assertTrue(
            year.worked().stream()
                .noneMatch(day -> !day.isBefore(rest.first()) && !day.isAfter(rest.last())));
      }
    }
  }
}
