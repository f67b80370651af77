// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** A file of records is read, or refused with a sentence that names the place. */
class RecordFileFuzzTest {
  @FuzzTest
  void anyText(byte[] bytes) {
    try {
      assertFalse(
          RecordFile.parse(new String(bytes, StandardCharsets.UTF_8), "records.json").isEmpty());
    } catch (CommandException refused) {
      assertFalse(String.valueOf(refused.getMessage()).isEmpty());
    }
  }
}
