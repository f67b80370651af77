// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawBaselineTest {
  @TempDir Path temp;

  @Test
  void measuresAndLeavesNothingBehind() throws Exception {
    int[] sizes = new int[100];
    Arrays.fill(sizes, 600);
    RawBaseline.Result result = RawBaseline.run(temp, sizes, 200);
    assertTrue(result.batches() > 0);
    assertEquals(result.batches() * 100, result.values());
    assertEquals(result.values() * 608, result.bytes());
    assertTrue(result.nanos() >= 200_000_000);
    try (var left = Files.list(temp)) {
      assertEquals(0, left.count());
    }
  }
}
