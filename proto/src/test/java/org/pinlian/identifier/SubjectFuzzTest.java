// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

final class SubjectFuzzTest {
  @FuzzTest
  void whatIsAcceptedIsPrintedByteForByte(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      Subject subject = Subject.parse(text);
      assertArrayEquals(bytes, subject.bytes());
      assertEquals(text, subject.uri());
      assertTrue(bytes.length <= Subject.BYTES_MAX);
      assertEquals(subject, Subject.parse(subject.uri()));
      assertEquals(subject, Subject.convert(text));
      // The parts of whatever was accepted can be read.
      subject.classOf();
      subject.gtin();
      subject.sscc();
      subject.gln();
      subject.drugTraceCode();
      subject.lot();
      subject.serial();
      subject.number();
      subject.participant();
    } catch (IdentifierException refusal) {
      refusal.canonical().ifPresent(SubjectFuzzTest::assertCanonical);
    }
  }

  @FuzzTest
  void whatIsConvertedIsCanonical(byte[] bytes) {
    try {
      assertCanonical(Subject.convert(new String(bytes, StandardCharsets.UTF_8)).uri());
    } catch (IdentifierException refusal) {
      assertTrue(refusal.text().length() < 600);
    }
  }

  private static void assertCanonical(String uri) {
    try {
      assertEquals(uri, Subject.parse(uri).uri());
    } catch (IdentifierException e) {
      throw new AssertionError("said to be canonical: " + uri, e);
    }
  }
}
