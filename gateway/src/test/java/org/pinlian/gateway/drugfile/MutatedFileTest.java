// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;
import org.pinlian.v1.Area;

/** Right files with a few bytes changed: what is read of them the ledger would take. */
class MutatedFileTest {
  private static final int FILES = 3_000;

  private final SplittableRandom random = Seeds.random(MutatedFileTest.class);

  @Test
  void aRelationWithAFewBytesChangedIsReadOrRefused() {
    byte[] file = RelationXml.cases(1, 2, 2).bytes();
    int refusals = 0;
    for (int i = 0; i < FILES; i++) {
      try {
        PackagingRelation relation = PackagingRelation.read(Seeds.mutate(random, file));
        new RelationDrafts(relation, RelationDraftsTest.settings())
            .forEach(submission -> requireSound(submission));
      } catch (DrugFileException refused) {
        requireSentence(refused);
        refusals++;
      }
    }
    assertTrue(refusals > FILES / 10, refusals + " refused");
  }

  @Test
  void aBillWithAFewBytesChangedIsReadOrRefused() {
    byte[] bill =
        new BillXml(103, RelationXml.drug(1, 1), RelationXml.drug(1, 2))
            .without("refEntId")
            .text()
            .getBytes(StandardCharsets.UTF_8);
    int refusals = 0;
    for (int i = 0; i < FILES; i++) {
      try {
        BillFile file = BillFile.read(Seeds.mutate(random, bill));
        BillSettings settings =
            new BillSettings(RelationDraftsTest.maker(), Map.of(), Area.getDefaultInstance(), "");
        new BillDrafts(file, file.bills().get(0), settings)
            .submissions(Map.of())
            .forEach(submission -> requireSound(submission));
      } catch (DrugFileException refused) {
        requireSentence(refused);
        refusals++;
      }
    }
    assertTrue(refusals > FILES / 10, refusals + " refused");
  }

  private static void requireSound(DraftSubmission submission) {
    submission.drafts().forEach(draft -> assertEquals(List.of(), RecordFaults.of(draft)));
  }

  private static void requireSentence(DrugFileException refused) {
    assertFalse(String.valueOf(refused.getMessage()).isEmpty());
    assertTrue(String.valueOf(refused.getMessage()).length() < 400);
  }
}
