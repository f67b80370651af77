// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.gateway.drugfile.RelationXml.FIRST_CODE;
import static org.pinlian.gateway.drugfile.RelationXml.drug;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;

class PackagingRelationTest {

  @Test
  void readsAFullCaseWithoutARemark() throws Exception {
    PackagingRelation relation = PackagingRelation.read(RelationXml.cases(1, 2, 3).bytes());
    assertEquals(9, relation.codeCount());
    assertEquals(List.of(), relation.remarks());
  }

  @Test
  void takesNamesInTheCaseThatEachProgramWritesThemIn() throws Exception {
    String text =
        RelationXml.cases(1, 1, 1)
            .text()
            .replace("Events version", "Events Version")
            .replace("Event name", "Event Name");
    assertEquals(3, read(text).codeCount());
  }

  @Test
  void takesAPackBehindWhatIsInIt() throws Exception {
    RelationXml xml =
        new RelationXml("1:2")
            .code(drug(1, 1), 1, drug(2, 1))
            .code(drug(1, 2), 1, drug(2, 1))
            .code(drug(2, 1), 2, "");
    assertEquals(List.of(), PackagingRelation.read(xml.bytes()).remarks());
  }

  @Test
  void readsTheEncodingThatTheFileSays() throws Exception {
    String text = RelationXml.cases(1, 1, 1).text().replace("UTF-8", "GB18030");
    assertEquals(3, PackagingRelation.read(text.getBytes(Charset.forName("GB18030"))).codeCount());
    assertEquals(3, read("\uFEFF" + RelationXml.cases(1, 1, 1).text()).codeCount());
  }

  @Test
  void remarksOnAPackThatIsNotFullUnlessItsFlagSaysSo() throws Exception {
    RelationXml silent =
        new RelationXml("1:3").code(drug(2, 1), 2, "").code(drug(1, 1), 1, drug(2, 1));
    Remark remark = PackagingRelation.read(silent.bytes()).remarks().get(0);
    assertEquals(FIRST_CODE, remark.line());
    assertTrue(remark.text().contains("holds 1 of 3"), remark.text());

    RelationXml said =
        new RelationXml("1:3").code(drug(2, 1), 2, "", "2").code(drug(1, 1), 1, drug(2, 1), "2");
    assertEquals(List.of(), PackagingRelation.read(said.bytes()).remarks());
  }

  @Test
  void remarksOnABoxInNoPack() throws Exception {
    RelationXml xml = new RelationXml("1:3").code(drug(1, 1), 1, "");
    assertEquals(
        List.of(
            new Remark(
                FIRST_CODE, "urn:pinlian:cn-drug:" + drug(1, 1) + " of layer 1 is in no pack")),
        PackagingRelation.read(xml.bytes()).remarks());
  }

  @Test
  void refusesAPackThatHoldsMoreThanItsRatio() {
    RelationXml xml =
        new RelationXml("1:2:4")
            .code(drug(3, 1), 3, "")
            .code(drug(2, 1), 2, drug(3, 1))
            .code(drug(1, 1), 1, drug(2, 1))
            .code(drug(1, 2), 1, drug(2, 1))
            .code(drug(1, 3), 1, drug(2, 1));
    DrugFileException refused = refused(Reason.RATIO, xml.text());
    assertEquals(FIRST_CODE + 1, refused.line());
    assertTrue(String.valueOf(refused.getMessage()).contains("holds 3, cascade 1:2:4 allows 2"));
  }

  @Test
  void refusesACodeThatIsThereTwiceAndNamesBothLines() {
    RelationXml xml =
        new RelationXml("1:2")
            .code(drug(2, 1), 2, "")
            .code(drug(1, 1), 1, drug(2, 1))
            .code(drug(1, 1), 1, drug(2, 1));
    DrugFileException refused = refused(Reason.CODE_TWICE, xml.text());
    assertEquals(FIRST_CODE + 2, refused.line());
    assertTrue(String.valueOf(refused.getMessage()).contains("line " + (FIRST_CODE + 1)));
  }

  @Test
  void refusesTheSameUnitInTwoSpellings() {
    RelationXml xml =
        new RelationXml("1:2")
            .code("010952000000010321S1", 1, "")
            .code("(01)09520000000103(21)S1", 1, "");
    assertEquals(FIRST_CODE + 1, refused(Reason.CODE_TWICE, xml.text()).line());
  }

  @Test
  void refusesAParentThatIsNotInTheFile() {
    RelationXml xml =
        new RelationXml("1:2").code(drug(1, 1), 1, drug(2, 7)).code(drug(2, 1), 2, "");
    assertEquals(FIRST_CODE, refused(Reason.PARENT_MISSING, xml.text()).line());
  }

  @Test
  void refusesLayersThatDoNotRiseByOne() {
    RelationXml skipped =
        new RelationXml("1:2:4").code(drug(3, 1), 3, "").code(drug(1, 1), 1, drug(3, 1));
    assertEquals(FIRST_CODE + 1, refused(Reason.LAYERS, skipped.text()).line());
    RelationXml same =
        new RelationXml("1:2").code(drug(2, 1), 2, "").code(drug(2, 2), 2, drug(2, 1));
    assertEquals(FIRST_CODE + 1, refused(Reason.LAYERS, same.text()).line());
    RelationXml beyond = new RelationXml("1:2").code(drug(3, 1), 3, "");
    assertEquals(FIRST_CODE, refused(Reason.LAYERS, beyond.text()).line());
  }

  @Test
  void refusesWhatIsInsideItself() {
    RelationXml own = new RelationXml("1:2").code(drug(2, 1), 2, drug(2, 1));
    refused(Reason.LAYERS, own.text());
    // The only way round leads downwards at some step.
    RelationXml round =
        new RelationXml("1:1:1")
            .code(drug(1, 1), 1, drug(2, 1))
            .code(drug(2, 1), 2, drug(3, 1))
            .code(drug(3, 1), 3, drug(1, 1));
    assertEquals(FIRST_CODE + 2, refused(Reason.LAYERS, round.text()).line());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2:4", "1:3:4", "1:0", "1:", "1:-2", "1:2500000000", "一:五", "1:5:2500x", ":", "5"})
  void refusesARatioThatIsNone(String cascade) {
    RelationXml xml = new RelationXml(cascade).code(drug(1, 1), 1, "");
    DrugFileException refused = refused(Reason.BAD_FIELD, xml.text());
    assertEquals(5, refused.line());
  }

  @ParameterizedTest
  @CsvSource({
    "2026-02-30, 2028-01-04, BAD_FIELD",
    "2026-01-05, 2026-01-04, BAD_FIELD",
    "20260105, 2028/01/04, ''",
    "2026-01-05, 2028-01, ''",
    "2026-01, 2028-01-04, BAD_FIELD",
    "'', 2028-01-04, MISSING_FIELD",
    "2026-01-05, 10000-01-01, BAD_FIELD",
  })
  void takesDaysAsProgramsWriteThemAndNoOthers(String made, String expires, String reason)
      throws Exception {
    RelationXml xml =
        new RelationXml(
                "1", "batchNo=\"B\" madeDate=\"" + made + "\" validateDate=\"" + expires + "\"")
            .code(drug(1, 1), 1, "");
    if (reason.isEmpty()) {
      assertEquals(1, PackagingRelation.read(xml.bytes()).codeCount());
    } else {
      assertEquals(6, refused(Reason.valueOf(reason), xml.text()).line());
    }
  }

  @Test
  void aMonthAsExpiryMeansItsLastDay() throws Exception {
    RelationXml xml =
        new RelationXml("1", "batchNo=\"B\" madeDate=\"2026-01-05\" validateDate=\"2028-02\"")
            .code(drug(1, 1), 1, "");
    assertEquals(
        "2028-02-29", PackagingRelation.read(xml.bytes()).batches().get(0).expires.toString());
  }

  @Test
  void refusesOtherDocumentsAndOlderOnes() {
    refused(Reason.OTHER_DOCUMENT, "<Bill/>");
    refused(Reason.OTHER_DOCUMENT, "<Document/>");
    changed(Reason.OTHER_DOCUMENT, text -> text.replace("3.0\">\n", "2.0\">\n"));
    changed(Reason.OTHER_DOCUMENT, text -> text.replace("RelationCreate", "RelationDelete"));
    changed(Reason.OTHER_DOCUMENT, text -> text.replace("<Code ", "<Kode "));
    changed(Reason.OTHER_DOCUMENT, text -> text.replace("</Batch>", "x</Batch>"));
    changed(Reason.MISSING_FIELD, text -> text.replaceAll("<Code [^>]*>", ""));
    changed(Reason.MISSING_FIELD, text -> text.replace("batchNo", "batch"));
    changed(Reason.BAD_FIELD, text -> text.replace("示例线长", "示例&#10;线长"));
    changed(Reason.BAD_FIELD, text -> text.replace("示例线长", "示例\u202e线长"));
    changed(Reason.LIMIT_EXCEEDED, text -> text.replace("示例线长", "长".repeat(257)));
  }

  private static void changed(Reason reason, UnaryOperator<String> change) {
    String text = RelationXml.cases(1, 1, 1).text();
    String other = change.apply(text);
    assertTrue(!other.equals(text));
    refused(reason, other);
  }

  @Test
  void countsCodesAndBatchesNoFurtherThanItsLimits() {
    StringBuilder batches = new StringBuilder();
    for (int i = 0; i <= DrugFileLimits.BATCHES_MAX; i++) {
      batches
          .append("<Batch batchNo='B' madeDate='2026-01-01' validateDate='2027-01-01'>")
          .append("<Code curCode='")
          .append(drug(1, i))
          .append("' packLayer='1'/></Batch>");
    }
    refused(
        Reason.LIMIT_EXCEEDED,
        "<Document><Events version='3.0'><Event name='RelationCreate'><Relation cascade='1'>"
            + batches
            + "</Relation></Event></Events></Document>");
  }

  private static PackagingRelation read(String text) throws DrugFileException {
    return PackagingRelation.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static DrugFileException refused(Reason reason, String text) {
    DrugFileException refused = assertThrows(DrugFileException.class, () -> read(text));
    assertEquals(reason, refused.reason(), refused.getMessage());
    return refused;
  }
}
