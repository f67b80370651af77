// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.drugfile.RelationXml.drug;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;

class BillFileTest {
  @ParameterizedTest
  @EnumSource
  void readsEveryTypeOfTheTrade(BillType type) throws Exception {
    Bill bill = new BillXml(type.number(), drug(3, 1), drug(3, 2)).read().bills().get(0);
    assertEquals(type, bill.type());
    assertEquals(2, bill.codes().size());
    assertEquals("2026-03-01T00:30:00Z", bill.at().toString());
    assertEquals(List.of(), bill.remarks());
  }

  @Test
  void hasAReasonForEveryTypeAndNoNumberTwice() {
    assertEquals(
        BillType.values().length,
        List.of(BillType.values()).stream().map(BillType::number).distinct().count());
    for (BillType type : BillType.values()) {
      assertTrue(type.reason().length() > 10, type.title());
      assertEquals(type, BillType.of(Integer.toString(type.number())).orElseThrow());
    }
  }

  @Test
  void takesEitherSpellingAndCodesInOneTextOrInAttributes() throws Exception {
    String asInterface =
        "<bill><bill_code>D1</bill_code><bill_time>2026-03-01T08:30:00+08:00</bill_time>"
            + "<bill_type>102</bill_type><ref_user_id>x</ref_user_id>"
            + "<from_user_id>f</from_user_id><trace_codes>"
            + drug(1, 1)
            + ","
            + drug(1, 2)
            + "</trace_codes></bill>";
    Bill bill = BillXml.read(asInterface).bills().get(0);
    assertEquals("x", bill.field("refEntId"));
    assertEquals("f", bill.field("fromUserId"));
    assertEquals(2, bill.codes().size());
    String attributes =
        "<Bill billCode='D1' billTime='20260301083000' billType='205' codes='" + drug(1, 1) + "'/>";
    assertEquals(bill.at(), BillXml.read(attributes).bills().get(0).at());
  }

  @Test
  void readsSeveralBillsAndRefusesTwoOfOneNumber() throws Exception {
    BillXml first = new BillXml(201, drug(3, 1));
    BillXml second = new BillXml(201, drug(3, 2)).with("billCode", "DJ-2026-002");
    assertEquals(2, BillXml.read(List.of(first, second)).bills().size());
    DrugFileException refused =
        assertThrows(DrugFileException.class, () -> BillXml.read(List.of(first, first)));
    assertEquals(Reason.BAD_FIELD, refused.reason());
    assertEquals(14, refused.line());
  }

  @ParameterizedTest
  @CsvSource({
    "billCode, '', MISSING_FIELD",
    "billTime, '', MISSING_FIELD",
    "billTime, 2026-03-01 25:00:00, BAD_FIELD",
    "billTime, 1969-12-31 08:30:00, BAD_FIELD",
    "billTime, +999999-01-01 00:00:00, BAD_FIELD",
    "billType, '', MISSING_FIELD",
    "billType, 105, UNKNOWN_BILL_TYPE",
    "billType, 0102, UNKNOWN_BILL_TYPE",
    "physicType, 1, BAD_FIELD",
    "quReceivable, many, BAD_FIELD",
  })
  void refusesFieldsThatAreMissingOrWrong(String field, String value, Reason reason) {
    assertEquals(reason, refusal(new BillXml(102, drug(3, 1)).with(field, value).text()).reason());
  }

  @Test
  void forControlledDrugsBothPeopleAreNamed() throws Exception {
    BillXml bill = new BillXml(201, "89" + drug(1, 1).substring(2)).with("physicType", "2");
    assertEquals(Reason.MISSING_FIELD, refusal(bill.text()).reason());
    bill.with("fromPerson", "示例甲").with("toPerson", "示例乙");
    assertEquals(List.of(), bill.read().bills().get(0).remarks());
    Remark remark = bill.with("physicType", "3").read().bills().get(0).remarks().get(0);
    assertTrue(remark.text().contains("controlled drug (89)"));
  }

  @Test
  void remarksOnCountsThatDifferAndOnFieldsItDoesNotRead() throws Exception {
    List<Remark> remarks =
        new BillXml(102, drug(3, 1))
            .with("quReceivable", "2")
            .with("drugListJson", "{}")
            .with("xtIsCheck", "0")
            .read()
            .bills()
            .get(0)
            .remarks();
    assertEquals(3, remarks.size());
    assertTrue(remarks.get(0).text().startsWith("drugListJson is not read"));
    assertTrue(remarks.get(1).text().startsWith("quReceivable 2, but the bill has 1 codes"));
  }

  @Test
  void refusesACodeThatIsThereTwiceOrIsNone() {
    DrugFileException twice = refusal(new BillXml(102, drug(3, 1), drug(3, 1)).text());
    assertEquals(Reason.CODE_TWICE, twice.reason());
    assertEquals(11, twice.line());
    DrugFileException none = refusal(new BillXml(102, drug(3, 1), "x").text());
    assertEquals(Reason.BAD_CODE, none.reason());
    assertEquals(11, none.line());
    assertEquals(Reason.MISSING_FIELD, refusal(new BillXml(102).text()).reason());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<Document/>",
        "<Bills/>",
        "<Bills><x/></Bills>",
        "<Bill><codes><kode/></codes></Bill>",
        "<Bill><billCode>1</billCode><billCode>2</billCode></Bill>",
        "<Bill billCode='1' bill_code='2'/>",
        "<Bill><billCode><b/></billCode></Bill>",
        "<Bill/><Bill/>",
      })
  void refusesOtherShapes(String text) {
    assertTrue(refusal(text).line() >= 0);
  }

  private static DrugFileException refusal(String text) {
    return assertThrows(DrugFileException.class, () -> BillXml.read(text));
  }
}
