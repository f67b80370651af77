// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pinlian.v1.FindingSeverity;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.SectionClass;

class WordsTest {
  @Test
  void namesAreReadAsTheyAreWritten() {
    assertEquals("licence-holder", Words.plain(Role.ROLE_LICENCE_HOLDER));
    assertEquals(Role.ROLE_LICENCE_HOLDER, Words.parse(Role.class, "Licence_Holder"));
    assertEquals("look-ups", Words.plain(LineRole.LINE_ROLE_LOOK_UPS));
    assertEquals("trade", Words.plain(SectionClass.SECTION_CLASS_TRADE));
    assertNull(Words.parse(Role.class, "unspecified"));
    assertNull(Words.parse(Role.class, "unrecognized"));
  }

  @Test
  void kindsAreCalledInAFileAsTheirBodiesAre() {
    for (Kind kind : Kind.values()) {
      if (kind != Kind.UNRECOGNIZED) {
        var body = PublicPart.getDescriptor().findFieldByNumber(kind.getNumber() + 10);
        if (body != null && kind != Kind.KIND_UNSPECIFIED) {
          assertEquals(body.getName(), Words.plain(kind).replace('-', '_'));
        }
      }
    }
  }

  @Test
  void peopleReadChineseFirst() {
    for (var body : PublicPart.getDescriptor().getFields()) {
      if (body.getContainingOneof() != null) {
        assertTrue(isChinese(Words.kind(body.getNumber() - 10)), body.getName());
      }
    }
    for (FindingSeverity severity : FindingSeverity.values()) {
      if (severity != FindingSeverity.UNRECOGNIZED && severity.getNumber() != 0) {
        assertTrue(isChinese(Words.severity(severity)), severity.name());
      }
    }
  }

  @Test
  void aCommitmentIsNeverCalledAnInspection() {
    assertFalse(Words.kind(Kind.KIND_COMMITMENT_CERTIFICATE_VALUE).contains("检验合格"));
  }

  @Test
  void textOfOthersCannotSteerATerminal() {
    assertEquals("a\ufffd[31mb\ufffdc\ufffd", Paint.clean("a\u001b[31mb\u202ec\n"));
    assertEquals("竹笋 2–8 ℃", Paint.clean("竹笋 2–8 ℃"));
  }

  private static boolean isChinese(String text) {
    return Character.UnicodeScript.of(text.codePointAt(0)) == Character.UnicodeScript.HAN;
  }
}
