// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Area;

/** A file is read into records that the ledger would take, or refused with a sentence. */
class DrugFileFuzzTest {
  private static final ParticipantId OWNER = RelationDraftsTest.maker();

  /** The fuzzer finds a seed by the name of its method: one that is not there is not missed. */
  @Test
  void eachSeedIsOfAFuzzTestAndTheSoundOnesAreRead() throws Exception {
    Map<String, Integer> seeds = new TreeMap<>();
    for (Path file : Seeds.files(DrugFileFuzzTest.class)) {
      String method = String.valueOf(file.getName(file.getNameCount() - 2));
      seeds.merge(method, 1, Integer::sum);
      byte[] bytes = Files.readAllBytes(file);
      switch (method + "/" + file.getFileName()) {
        case "anyBytesAsARelation/case.xml",
            "anyBytesAsARelation/carton-of-two.xml",
            "anyBytesAsARelation/single.xml" ->
            assertFalse(PackagingRelation.read(bytes).batches().isEmpty(), file.toString());
        case "anyBytesAsABill/out.xml",
            "anyBytesAsABill/in.xml",
            "anyBytesAsABill/two.xml",
            "anyBytesAsABill/element-string.xml" ->
            assertFalse(BillFile.read(bytes).bills().isEmpty(), file.toString());
        default -> {}
      }
    }
    assertEquals(
        Map.of(
            "anyBytesAsARelation", 6,
            "anyRowsInARelation", 6,
            "anyBytesAsABill", 6,
            "anyFieldsInABill", 6),
        seeds);
  }

  @FuzzTest
  void anyBytesAsARelation(byte[] bytes) {
    relation(bytes);
  }

  /** Most of a file is right, as in life. */
  @FuzzTest
  void anyRowsInARelation(byte[] bytes) {
    String rows = new String(bytes, StandardCharsets.UTF_8);
    relation(
        RelationXml.cases(1, 1, 1)
            .text()
            .replace("</Batch>", rows + "</Batch>")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void relation(byte[] bytes) {
    try {
      RelationDrafts drafts =
          new RelationDrafts(PackagingRelation.read(bytes), RelationDraftsTest.settings());
      drafts.forEach(DrugFileFuzzTest::requireSound);
    } catch (DrugFileException refused) {
      assertFalse(String.valueOf(refused.getMessage()).isEmpty());
    }
  }

  @FuzzTest
  void anyBytesAsABill(byte[] bytes) {
    bill(bytes);
  }

  @FuzzTest
  void anyFieldsInABill(byte[] bytes) {
    String fields = new String(bytes, StandardCharsets.UTF_8);
    bill(
        new BillXml(205, RelationXml.drug(1, 1))
            .text()
            .replace("<codes>", fields + "<codes>")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void bill(byte[] bytes) {
    try {
      BillFile file = BillFile.read(bytes);
      for (Bill bill : file.bills()) {
        new BillDrafts(file, bill, new BillSettings(OWNER, Map.of(), Area.getDefaultInstance(), ""))
            .submissions(Map.of())
            .forEach(DrugFileFuzzTest::requireSound);
      }
    } catch (DrugFileException refused) {
      assertFalse(String.valueOf(refused.getMessage()).isEmpty());
    }
  }

  private static void requireSound(DraftSubmission submission) {
    submission.drafts().forEach(draft -> assertEquals(List.of(), RecordFaults.of(draft)));
  }
}
