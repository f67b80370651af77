// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large file in a process that has little memory. */
class RelationMemoryTest {
  private static final int CODES = 100_000;

  @TempDir Path folder;

  /** What the other process does: reads, and makes every draft once. */
  public static final class Reading {
    private Reading() {}

    public static void main(String[] arguments) throws IOException, DrugFileException {
      PackagingRelation relation =
          PackagingRelation.read(Files.readAllBytes(Path.of(arguments[0])));
      int records = 0;
      for (DraftSubmission submission :
          new RelationDrafts(relation, RelationDraftsTest.settings())) {
        records += submission.drafts().size();
      }
      System.out.println(relation.codeCount() + " codes, " + records + " records");
    }
  }

  @Test
  void aHundredThousandCodesNeedNoMoreThan96Mebibytes() throws Exception {
    Path file = folder.resolve("relation.xml");
    // A case, its 9 cartons and their 90 boxes.
    Files.write(file, RelationXml.cases(CODES / 100, 9, 10).bytes());
    Path said = folder.resolve("said.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), Files.readString(said));
      // 12 records commission 10,000 of a layer each; each carton and each case is packed once.
      assertEquals("100000 codes, 10012 records", Files.readString(said).strip());
    } finally {
      process.destroyForcibly();
    }
  }
}
