// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.testing.Allocated;

class OutsideFileTest {
  @TempDir Path folder;

  @Test
  void readsAsMuchAsThereMayBe() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "品链");
    assertEquals("品链", OutsideFile.text(file, 6));
    assertRefused("more than 5 bytes", file, 5);
  }

  @Test
  void refusesWhatIsNoText() throws IOException {
    assertRefused("UTF-8", Files.write(folder.resolve("f"), new byte[] {(byte) 0xff}), 5);
  }

  /** A device has no size, and no end. */
  @Test
  void readsNoMoreThanThatOfWhatHasNoEnd() {
    Path endless = Path.of("/dev/zero");
    if (Files.exists(endless)) {
      long allocated = Allocated.by(() -> assertRefused("too long", endless, 16 << 10));
      assertTrue(allocated < 1 << 20, allocated + " bytes allocated");
    }
  }

  private static void assertRefused(String why, Path file, int most) {
    CommandException refused =
        assertThrows(CommandException.class, () -> OutsideFile.text(file, most));
    assertEquals(Exit.USAGE, refused.exit());
    assertTrue(refused.sentence().contains(why), refused.sentence());
  }
}
