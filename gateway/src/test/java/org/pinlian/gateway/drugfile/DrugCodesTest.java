// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;

class DrugCodesTest {
  @ParameterizedTest
  @CsvSource({
    "95200110000000000001, urn:pinlian:cn-drug:95200110000000000001",
    "010952000000010321S1, https://id.gs1.org/01/09520000000103/21/S1",
    "01095200000001031728010410N053000121S1, https://id.gs1.org/01/09520000000103/21/S1",
    "(01)09520000000103(17)280104(10)B1(21)S1, https://id.gs1.org/01/09520000000103/21/S1",
    // Lot and date run into one another; the batch's own number tells them apart.
    "010952000000010310N053000117230527, https://id.gs1.org/01/09520000000103/10/N0530001",
    "010952000000010310OTHER7, https://id.gs1.org/01/09520000000103/10/OTHER7",
    "01095200000001032112, https://id.gs1.org/01/09520000000103/21/12",
    "01095200000001049912, urn:pinlian:cn-drug:01095200000001049912",
    "00095200000000001018, https://id.gs1.org/00/095200000000001018",
    "https://example.com/01/09520000000103/21/S1, https://id.gs1.org/01/09520000000103/21/S1",
    "urn:epc:id:sgtin:9520000.000010.S1, https://id.gs1.org/01/09520000000103/21/S1",
  })
  void readsEverySpellingOfTheTrade(String code, String uri) throws Exception {
    assertEquals(uri, DrugCodes.subject(code, "N0530001", 3).uri());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9520011000000000000",
        "952001100000000000011",
        "９５２００１１０００００００００００００１",
        "0109520000000104",
        "0109520000000103",
        "01095200000001",
        "010952000000010310OTHER117230527",
        "010952000000010310A21S1",
        "010952000000010399123",
        "010952000000010321",
        "01095200000001032112345678901234567890123",
        "https://example.com/elsewhere",
        "urn:pinlian:keys:uscc:91000000MA00000900",
        "urn:pinlian:record:1.0",
        "x",
        "(",
      })
  void refusesWhatItCannotReadForSureAndNamesTheLine(String code) {
    DrugFileException refused =
        assertThrows(DrugFileException.class, () -> DrugCodes.subject(code, "N0530001", 3));
    assertEquals(Reason.BAD_CODE, refused.reason(), refused.getMessage());
    assertEquals(3, refused.line());
  }

  @Test
  void aLotIsOfItsProductAlone() throws Exception {
    ParticipantId maker = ParticipantId.parse("uscc:91000000MA00000900");
    Subject code = DrugCodes.subject("95200110000000000001", "", 1);
    assertEquals(
        "urn:pinlian:lot:uscc:91000000MA00000900:9999999-B1",
        DrugCodes.lot(code, maker, "9999999", "B1", 1).uri());
    Subject unit = DrugCodes.subject("010952000000010321S1", "", 1);
    assertEquals(
        "https://id.gs1.org/01/09520000000103/10/B1",
        DrugCodes.lot(unit, maker, "9999999", "B1", 1).uri());
    assertEquals(
        Reason.BAD_FIELD,
        assertThrows(DrugFileException.class, () -> DrugCodes.lot(unit, maker, "", "批号一", 1))
            .reason());
  }
}
