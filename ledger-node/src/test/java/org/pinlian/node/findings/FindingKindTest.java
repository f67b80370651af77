// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.v1.Finding;
import org.pinlian.v1.FindingCode;
import org.pinlian.v1.FindingFact;
import org.pinlian.v1.FindingSeverity;

/** The table of what can be noticed, and how it is sent. */
class FindingKindTest {
  @Test
  void whatIsSentHasTheNamesOfTheTable() {
    Set<String> sent = new TreeSet<>();
    for (FindingCode code : FindingCode.values()) {
      if (code != FindingCode.UNRECOGNIZED && code.getNumber() != 0) {
        sent.add(code.name());
      }
    }
    Set<String> table = new TreeSet<>();
    for (FindingKind kind : FindingKind.values()) {
      table.add(kind.name());
      assertEquals(kind.name(), kind.code().name());
    }
    assertEquals(table, sent);
    for (Severity severity : Severity.values()) {
      assertEquals("FINDING_SEVERITY_" + severity.name(), severity.code().name());
      assertEquals(Optional.of(severity), Severity.of(severity.code().getNumber()));
    }
    assertEquals(Severity.values().length + 2, FindingSeverity.values().length);
  }

  @Test
  void theTableIsInTheOrderOfSeverity() {
    List<Severity> severities =
        Arrays.stream(FindingKind.values()).map(FindingKind::severity).toList();
    assertEquals(severities.stream().sorted().toList(), severities);
  }

  @Test
  void everyKindHasItsRuleInBothLanguagesAndItsBasis() {
    for (FindingKind kind : FindingKind.values()) {
      assertTrue(kind.chinese().codePoints().anyMatch(Character::isIdeographic), kind.name());
      assertTrue(kind.english().chars().allMatch(c -> c < 128), kind.name());
      assertFalse(kind.basis().isEmpty(), kind.name());
    }
  }

  @Test
  void allOfAFindingIsSent() {
    Hash record = HashAlgorithm.SHA_256.hash("record".getBytes(UTF_8));
    Found found =
        new Found(
            FindingKind.SOLD_TWICE,
            Tellings.UNIT,
            List.of(record),
            List.of(new Found.Fact("sold_by", "farmer:shop")));
    assertEquals(
        Finding.newBuilder()
            .setCode(FindingCode.SOLD_TWICE)
            .setSeverity(FindingSeverity.FINDING_SEVERITY_URGENT)
            .setSubject(Tellings.UNIT)
            .addRecords(ByteString.copyFrom(record.bytes()))
            .addFacts(FindingFact.newBuilder().setName("sold_by").setValue("farmer:shop"))
            .setRuleZh(FindingKind.SOLD_TWICE.chinese())
            .setRuleEn(FindingKind.SOLD_TWICE.english())
            .setBasis(FindingKind.SOLD_TWICE.basis())
            .build(),
        found.message());
  }
}
