// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.testing.Seeds;

/**
 * Whatever the files hold that the audit reads without RocksDB, it is read, or reported as damage.
 */
class LogFileFuzzTest {
  private static final int FULL = 1;
  private static final int PAYLOAD_MAX = 32_000;

  @TempDir static Path folder = Path.of("");

  @FuzzTest
  void anyFile(byte[] bytes) throws IOException {
    read(bytes);
  }

  /** In a record with a good checksum, so that what is in it is read. */
  @FuzzTest
  void anyWalRecord(byte[] bytes) throws IOException {
    read(record(bytes));
  }

  @FuzzTest
  void anyManifestEdit(byte[] bytes) throws IOException {
    Files.writeString(folder.resolve("CURRENT"), "MANIFEST-000005\n");
    Files.write(folder.resolve("MANIFEST-000005"), record(bytes));
    List<Damage> damages = new ArrayList<>();
    Manifest manifest = Manifest.read(folder, damages::add, torn -> {});
    assertTrue(manifest.whole || !damages.isEmpty());
  }

  private static void read(byte[] bytes) throws IOException {
    Path file = folder.resolve("000007.log");
    Files.write(file, bytes);
    for (Database database : Database.values()) {
      WalScan scan = WalScan.of(database, file);
      assertTrue(scan.records() >= 0);
      assertFalse(scan.damages().contains(null));
    }
  }

  private static byte[] record(byte[] bytes) {
    byte[] payload = bytes.length <= PAYLOAD_MAX ? bytes : Arrays.copyOf(bytes, PAYLOAD_MAX);
    CRC32C checksum = new CRC32C();
    checksum.update(FULL);
    checksum.update(payload);
    int sum = (int) checksum.getValue();
    ByteBuffer record = ByteBuffer.allocate(7 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    // Turned and shifted, as these logs have it.
    record.putInt(Integer.rotateRight(sum, 15) + 0xa282ead8);
    record.putShort((short) payload.length).put((byte) FULL).put(payload);
    return record.array();
  }

  @Test
  void randomRecords() throws IOException {
    var random = Seeds.random(LogFileFuzzTest.class);
    for (int i = 0; i < 100; i++) {
      byte[] bytes = Seeds.bytes(random, random.nextInt(200));
      anyFile(Seeds.mutate(random, record(bytes)));
      anyWalRecord(bytes);
      anyManifestEdit(bytes);
    }
  }
}
