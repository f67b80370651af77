// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.pinlian.node.storage.LastSigned.Head;
import org.pinlian.testing.Seeds;

/** Whatever the file holds, a head is read from it or none. */
class LastSignedFuzzTest {
  @FuzzTest
  void anyBytes(byte[] bytes) {
    assertSound(LastSigned.head(Arrays.copyOf(bytes, 2 * LastSigned.SLOT_BYTES)));
  }

  /** With checksums that are right, which bytes by chance never have. */
  @FuzzTest
  void anySlots(byte[] bytes) {
    byte[] both = Arrays.copyOf(bytes, 2 * LastSigned.SLOT_BYTES);
    sum(both, 0);
    sum(both, LastSigned.SLOT_BYTES);
    assertSound(LastSigned.head(both));
  }

  private static void assertSound(Optional<Head> head) {
    head.ifPresent(found -> {
      assertTrue(found.size() >= 0);
      assertEquals(32, found.root().length);
    });
  }

  @Test
  void mutationsOfAGoodFile() {
    var random = Seeds.random(LastSignedFuzzTest.class);
    byte[] good = new byte[2 * LastSigned.SLOT_BYTES];
    for (int slot = 0; slot < 2; slot++) {
      ByteBuffer.wrap(good, slot * LastSigned.SLOT_BYTES, 24)
          .putLong(0x50494e4c49414e31L)
          .putLong(6 + slot)
          .putLong(100 + slot);
      sum(good, slot * LastSigned.SLOT_BYTES);
    }
    assertEquals(101, LastSigned.head(good).orElseThrow().size());
    for (int i = 0; i < 2_000; i++) {
      anyBytes(Seeds.mutate(random, good));
      anySlots(Seeds.mutate(random, good));
    }
    // A size that no tree has, under a good checksum.
    byte[] negative = good.clone();
    negative[16] = negative[LastSigned.SLOT_BYTES + 16] = (byte) 0x80;
    anySlots(negative);
  }

  private static void sum(byte[] both, int slot) {
    CRC32C checksum = new CRC32C();
    checksum.update(both, slot, LastSigned.SLOT_BYTES - 4);
    ByteBuffer.wrap(both).putInt(slot + LastSigned.SLOT_BYTES - 4, (int) checksum.getValue());
  }
}
