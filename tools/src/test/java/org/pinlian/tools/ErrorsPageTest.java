// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pinlian.record.RefusalTable;
import org.pinlian.tools.ErrorSection.Told;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.RefusalRule;
import org.pinlian.v1.Remedy;

/** Every refusal is explained, in both languages, and the documentation says what the code says. */
class ErrorsPageTest {
  private static final Pattern HAN = Pattern.compile("\\p{IsHan}");

  @Test
  void everyCodeHasAStatusARemedyAndItsSentences() {
    Set<String> sentences = new HashSet<>();
    assertEquals(RefusalCode.values().length - 2, RefusalTable.codes().size());
    for (RefusalCode code : RefusalTable.codes()) {
      RefusalRule rule = RefusalTable.rule(code);
      assertTrue(rule.getGrpc().getNumber() > 0, code + " has a gRPC status");
      assertTrue(rule.getHttp() >= 400 && rule.getHttp() < 600, code + " has an HTTP status");
      assertFalse(rule.getRemedy() == Remedy.REMEDY_UNSPECIFIED, code + " has a remedy");
      assertTrue(rule.getEnglish().endsWith("."), code + ": " + rule.getEnglish());
      assertTrue(rule.getAdviceEnglish().endsWith("."), code + ": " + rule.getAdviceEnglish());
      assertTrue(rule.getChinese().endsWith("。"), code + ": " + rule.getChinese());
      assertTrue(rule.getAdviceChinese().endsWith("。"), code + ": " + rule.getAdviceChinese());
      assertTrue(sentences.add(rule.getEnglish()), code + " says what another says");
      assertTrue(sentences.add(rule.getChinese()), code + " says what another says");
    }
  }

  @Test
  void whoeverElseRefusesHasAStatusAndSentencesForEachCode() {
    Set<String> sentences = new HashSet<>();
    List<String> sections = new ArrayList<>();
    for (ErrorSection section : ErrorSection.all()) {
      sections.add(section.by());
      Set<String> codes = new HashSet<>();
      assertFalse(section.errors().isEmpty(), section.by());
      for (Told error : section.errors()) {
        String where = section.by() + " " + error.code();
        assertTrue(codes.add(error.code()), where + " is there twice");
        assertTrue(error.http() >= 400 && error.http() < 600, where + " has an HTTP status");
        assertTrue(error.english().matches("\\w.*\\. .*\\."), where + ": " + error.english());
        assertTrue(error.chinese().endsWith("。"), where + ": " + error.chinese());
        assertTrue(HAN.matcher(error.chinese()).find(), where + ": " + error.chinese());
        assertTrue(sentences.add(error.english()), where + " says what another says");
        assertTrue(sentences.add(error.chinese()), where + " says what another says");
      }
    }
    assertEquals(List.of("ledger", "gateway", "epcis", "drugfile", "agent"), sections);
  }

  @Test
  void thePageInTheDocumentationIsTheOneThatTheCodeMakes() throws IOException {
    List<String> page = Files.readAllLines(Path.of("..", "docs", "errors.md"));
    assertEquals(
        String.join("\n", ErrorsCommand.page(ErrorSection.all())),
        String.join("\n", page),
        "run: tools/pinlian errors --markdown > docs/errors.md");
  }

  @Test
  void aCodeIsExplainedByItsName() {
    Ran ran = Ran.pinlian("errors", "not_canonical");
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.out().startsWith("NOT_CANONICAL  (gRPC INVALID_ARGUMENT, HTTP 400)"), ran.out());
    for (ErrorSection section : ErrorSection.all()) {
      for (Told error : section.errors()) {
        ran = Ran.pinlian("errors", error.code());
        assertEquals(0, ran.exit(), ran.err());
        assertTrue(ran.out().contains(error.chinese()), ran.out());
      }
    }
  }

  @Test
  void anUnknownCodeIsAFaultOfTheCommandLine() {
    Ran ran = Ran.pinlian("errors", "NO_SUCH_CODE");
    assertEquals(2, ran.exit());
    assertTrue(ran.err().contains("`pinlian errors` lists them all."), ran.err());
  }
}
