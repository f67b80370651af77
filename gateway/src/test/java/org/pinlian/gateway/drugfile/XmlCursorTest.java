// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.gateway.drugfile.DrugFileException.Reason;
import org.pinlian.gateway.drugfile.XmlCursor.At;

class XmlCursorTest {
  @TempDir Path folder;

  @Test
  void goesOverAllElementsAndNamesTheirLines() throws Exception {
    XmlCursor cursor = XmlCursor.over(bytes("<a>\n <b x='1'\n y='2'/>\n</a>"));
    assertEquals(At.START, cursor.next());
    assertEquals(1, cursor.line());
    assertEquals(At.START, cursor.next());
    assertEquals("b", cursor.name());
    assertEquals(3, cursor.line());
    assertEquals("2", cursor.attributes().get("Y"));
    assertEquals(At.END, cursor.next());
    assertEquals(At.END, cursor.next());
    assertEquals(At.DONE, cursor.next());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a b='&e;'/>",
        "<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///dev/zero'>%p;]><a/>",
        "<a>&e;</a>",
        "<a b='&e;'/>",
        "<a b='1' b='2'/>",
        "<a>",
        "<a/><b/>",
        "",
        "<a>\u0001</a>",
        "<?xml version='1.0' encoding='UTF-16'?><a/>",
        "<?xml version='1.0' encoding='IBM037'?><a/>",
      })
  void refusesWhatIsNotPlainXml(String text) {
    assertEquals(Reason.NOT_WELL_FORMED, refusal(bytes(text)).reason());
  }

  @Test
  void refusesBytesThatAreNotOfTheirEncoding() {
    assertEquals(
        Reason.NOT_WELL_FORMED, refusal("<a b='示例线'/>".getBytes(Charset.forName("GBK"))).reason());
    assertEquals(
        Reason.NOT_WELL_FORMED,
        refusal(
                "<?xml version='1.0' encoding='GBK'?><a b='\u00ff\u00ff'/>"
                    .getBytes(StandardCharsets.ISO_8859_1))
            .reason());
  }

  @Test
  void readsNothingOutsideTheDocument() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "a secret of this machine");
    try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      elsewhere.setSoTimeout(100);
      String there = "http://127.0.0.1:" + elsewhere.getLocalPort() + "/x";
      for (String place : new String[] {secret.toUri().toString(), there}) {
        DrugFileException refused =
            refusal(bytes("<!DOCTYPE a [<!ENTITY e SYSTEM '" + place + "'>]><a>&e;</a>"));
        assertFalse(String.valueOf(refused.getMessage()).contains("a secret"));
        refusal(bytes("<!DOCTYPE a SYSTEM '" + place + "'><a/>"));
      }
      assertThrows(SocketTimeoutException.class, elsewhere::accept);
    }
  }

  @Test
  void aThousandMillionLaughsAreOneRefusal() {
    StringBuilder text = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 'ha'>");
    for (int i = 1; i < 30; i++) {
      text.append("<!ENTITY e").append(i).append(" '");
      text.append(("&e" + (i - 1) + ";").repeat(10)).append("'>");
    }
    assertEquals(Reason.NOT_WELL_FORMED, refusal(bytes(text + "]><a>&e29;</a>")).reason());
  }

  @Test
  void refusesWhatIsTooDeepTooWideTooLongOrTooLarge() {
    String deep = "<a>".repeat(DrugFileLimits.DEPTH_MAX + 1);
    assertEquals(Reason.LIMIT_EXCEEDED, refusal(bytes(deep)).reason());
    StringBuilder wide = new StringBuilder("<a ");
    for (int i = 0; i <= DrugFileLimits.ATTRIBUTES_MAX; i++) {
      wide.append('b').append(i).append("='' ");
    }
    assertEquals(Reason.LIMIT_EXCEEDED, refusal(bytes(wide + "/>")).reason());
    String attribute = "x".repeat(DrugFileLimits.TEXT_CHARACTERS_MAX + 1);
    assertEquals(Reason.LIMIT_EXCEEDED, refusal(bytes("<a b='" + attribute + "'/>")).reason());
    assertEquals(
        Reason.LIMIT_EXCEEDED, refusal(new byte[DrugFileLimits.DOCUMENT_BYTES_MAX + 1]).reason());
  }

  @Test
  void aTextIsBoundedAndOfALeafAlone() throws Exception {
    XmlCursor cursor = XmlCursor.over(bytes("<a>\n x &amp; <![CDATA[<y>]]>\n</a>"));
    cursor.next();
    assertEquals("x & <y>", cursor.text(10));
    XmlCursor longer = XmlCursor.over(bytes("<a>12345678901</a>"));
    longer.next();
    assertEquals(
        Reason.LIMIT_EXCEEDED,
        assertThrows(DrugFileException.class, () -> longer.text(10)).reason());
    XmlCursor nested = XmlCursor.over(bytes("<a><b/></a>"));
    nested.next();
    assertThrows(DrugFileException.class, () -> nested.text(10));
  }

  private static DrugFileException refusal(byte[] bytes) {
    return assertThrows(
        DrugFileException.class,
        () -> {
          XmlCursor cursor = XmlCursor.over(bytes);
          At at = cursor.next();
          while (at != At.DONE) {
            if (at == At.START) {
              cursor.attributes();
            }
            at = cursor.next();
          }
        });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
