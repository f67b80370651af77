// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.HashAlgorithm;

class HeadsTest {
  @Test
  void aValueIsCountLinkAndLastIndex() {
    assertEquals(
        "0000000000000102" + HashAlgorithm.SHA_256.empty().hex() + "0000000000030405",
        HexFormat.of().formatHex(Heads.value(0x102, HashAlgorithm.SHA_256.empty(), 0x30405)));
  }
}
