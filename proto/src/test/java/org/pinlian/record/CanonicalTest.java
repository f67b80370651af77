// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinlian.v1.Block;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Section;
import org.pinlian.v1.TemperatureReadings;

class CanonicalTest {
  @Test
  void readsWhatItWrote() throws RecordException {
    Block block = Block.newBuilder().setNumber(3).setCovers(300).build();
    assertEquals(block, Canonical.reader(Block.parser()).read(block.toByteString(), "block"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "an explicit default,           0800",
    "a long varint,                 088300",
    "an overlong varint of ten,     0883808080808080808000",
    "fields out of order,           18010801",
    "a field twice,                 08010802",
    "an unknown field,              0801f80701",
    "a field of another wire type,  0d01000000",
  })
  void refusesWhatWouldReadAsTheSameMessage(String what, String hex) {
    refused(Block.parser(), hex);
  }

  @Test
  void refusesUnpackedListsAndAOneofSetTwice() {
    refused(TemperatureReadings.parser(), "10051005");
    refused(Section.parser(), "10015a006200");
  }

  @Test
  void refusesInvalidUtf8AndTruncation() {
    for (String hex : new String[] {"0a02c328", "0a05"}) {
      RecordException refused =
          assertThrows(
              RecordException.class,
              () ->
                  Canonical.reader(org.pinlian.v1.Document.parser()).read(bytes(hex), "document"));
      assertEquals(RefusalCode.MALFORMED, refused.code());
    }
  }

  private static void refused(
      com.google.protobuf.Parser<? extends com.google.protobuf.Message> parser, String hex) {
    RecordException refused =
        assertThrows(
            RecordException.class, () -> Canonical.reader(parser).read(bytes(hex), "bytes"));
    assertEquals(RefusalCode.NOT_CANONICAL, refused.code());
    assertEquals("bytes", refused.path());
  }

  private static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex.strip()));
  }
}
