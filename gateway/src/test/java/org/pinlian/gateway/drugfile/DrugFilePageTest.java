// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the documentation says of these files is what happens. */
class DrugFilePageTest {
  private static final Path DOCS = Path.of("..", "docs");

  @Test
  void thePageHasTheTableOfBillTypes() throws Exception {
    String page = Files.readString(DOCS.resolve("drug-files.md"));
    for (BillType type : BillType.values()) {
      String row = row(type);
      assertTrue(page.contains(row), "docs/drug-files.md lacks:\n" + row);
    }
  }

  private static String row(BillType type) {
    String moves =
        switch (type.movement()) {
          case NONE -> "";
          case IN -> "answer or intake";
          case OUT -> "offer or dispatch";
          case IN_OR_NONE -> "from another firm: answer or intake";
          case OUT_OR_NONE -> "to another firm: offer or dispatch";
        };
    String said =
        type.said(false)
            .map(event ->
                event.step()
                    + ", "
                    + event.disposition()
                    + (event.action().name().endsWith("DELETE") ? ", DELETE" : ""))
            .orElse("");
    return "| "
        + type.number()
        + " "
        + type.title()
        + " | "
        + moves
        + " | "
        + said
        + " | "
        + type.reason()
        + " |\n";
  }

  @Test
  void theExamplesAreReadWithoutARemark() throws Exception {
    byte[] relation = Files.readAllBytes(DOCS.resolve("examples").resolve("relation.xml"));
    assertEquals(List.of(), PackagingRelation.read(relation).remarks());
    byte[] bill = Files.readAllBytes(DOCS.resolve("examples").resolve("bill.xml"));
    assertEquals(List.of(), BillFile.read(bill).bills().get(0).remarks());
  }
}
