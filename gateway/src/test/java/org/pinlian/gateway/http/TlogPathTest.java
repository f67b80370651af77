// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.gateway.http.TlogPath.Checkpoint;
import org.pinlian.gateway.http.TlogPath.Entries;
import org.pinlian.gateway.http.TlogPath.Tile;

/** One spelling for each resource of c2sp.org/tlog-tiles, and no other. */
class TlogPathTest {
  @Test
  void theCheckpointHasAPath() {
    assertEquals(Optional.of(new Checkpoint()), TlogPath.parse("/tlog/checkpoint"));
  }

  @ParameterizedTest
  @CsvSource({
    "0/000, 0, 0, 256",
    "0/000.p/5, 0, 0, 5",
    "0/999, 0, 999, 256",
    "1/x001/000, 1, 1000, 256",
    "0/x001/x234/067, 0, 1234067, 256",
    "63/x123/x456/x789/x012/x345/678.p/255, 63, 123456789012345678, 255",
    "10/273.p/100, 10, 273, 100",
  })
  void tilesAndBundlesHavePaths(String path, int level, long index, int width) {
    assertEquals(Optional.of(new Tile(level, index, width)), TlogPath.parse("/tlog/tile/" + path));
    String group = path.substring(path.indexOf('/'));
    assertEquals(
        Optional.of(new Entries(index, width)), TlogPath.parse("/tlog/tile/entries" + group));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tlog",
        "/tlog/",
        "/tlog/checkpoint/",
        "/tlog/Checkpoint",
        "/tlog/tile/",
        "/tlog/tile/0",
        "/tlog/tile/0/",
        "/tlog/tile/0/0",
        "/tlog/tile/0/00",
        "/tlog/tile/0/0000",
        "/tlog/tile/00/000",
        "/tlog/tile/64/000",
        "/tlog/tile/-1/000",
        "/tlog/tile/0/x000/000",
        "/tlog/tile/0/x000/x001/000",
        "/tlog/tile/0/001/000",
        "/tlog/tile/0/x001",
        "/tlog/tile/0/x001/x000",
        "/tlog/tile/0/x001/x123/x456/x789/x012/x345/678",
        "/tlog/tile/0/000.p",
        "/tlog/tile/0/000.p/",
        "/tlog/tile/0/000.p/0",
        "/tlog/tile/0/000.p/05",
        "/tlog/tile/0/000.p/256",
        "/tlog/tile/0/000.p/1000",
        "/tlog/tile/0/000.p/5/",
        "/tlog/tile/0/%30%30%30",
        "/tlog/tile/0/٠٠٠",
        "/tlog/tile/0//000",
        "/tlog/tile/../checkpoint",
        "/tlog/tile/8/0/000",
        "/tlog/tile/entries/000.p/-1",
        "/tlog/tile/entries.p/1",
        "/tile/0/000",
        "",
      })
  void nothingElseIsOne(String path) {
    assertEquals(Optional.empty(), TlogPath.parse(path));
  }
}
