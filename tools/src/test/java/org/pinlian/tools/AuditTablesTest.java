// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The two tables by which an audit keeps little. */
class AuditTablesTest {
  private static Random dice(String test) {
    long seed = Long.getLong("pinlian.seed", System.nanoTime());
    System.out.println(test + " pinlian.seed=" + seed);
    return new Random(seed);
  }

  @Test
  void aRowTableIsAMap() {
    Random dice = dice("aRowTableIsAMap");
    RowTable table = new RowTable();
    Map<String, byte[]> map = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      byte[] key =
          ByteBuffer.allocate(4 + dice.nextInt(3) * 10).putInt(dice.nextInt(20_000)).array();
      if (dice.nextInt(5) == 0) {
        table.remove(key);
        map.remove(hex(key));
      } else {
        byte[] value = new byte[dice.nextInt(20_000) == 0 ? 2_000_000 : dice.nextInt(40)];
        dice.nextBytes(value);
        table.put(key, value);
        map.put(hex(key), value);
      }
    }
    assertEquals(map.size(), table.size());
    map.forEach((key, value) -> assertArrayEquals(value, table.get(HexFormat.of().parseHex(key))));
    assertNull(table.get(new byte[] {1}));
    long walked = 0;
    for (RowTable.Walk walk = table.walk(); walk.next(); walked++) {
      assertArrayEquals(map.get(hex(table.key(walk.address()))), table.value(walk.address()));
    }
    assertEquals(map.size(), walked);
  }

  @Test
  void rowsAreWalkedInTheOrderTheyCame() {
    RowTable table = new RowTable();
    List<Integer> came = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      came.add(i);
    }
    Collections.shuffle(came, dice("rowsAreWalkedInTheOrderTheyCame"));
    for (int key : came) {
      table.put(ByteBuffer.allocate(32).putInt(key).array(), new byte[64]);
    }
    RowTable.Walk walk = table.walk();
    for (int key : came) {
      assertTrue(walk.next());
      assertEquals(key, ByteBuffer.wrap(table.key(walk.address())).getInt());
    }
    assertFalse(walk.next());
  }

  @Test
  void marksStayWithTheirRows() {
    RowTable table = new RowTable();
    long one = table.put(new byte[] {1}, new byte[8]);
    long other = table.put(new byte[] {2}, new byte[8]);
    assertTrue(table.mark(one));
    assertFalse(table.mark(one));
    table.setLong(one, 0, 77);
    assertEquals(77, table.longAt(one, 0));
    assertTrue(table.isMarked(one));
    assertFalse(table.isMarked(other));
  }

  @Test
  void setsOfRowsAreTheSameInAnyOrderAndDifferInAnyRow() {
    Random dice = dice("setsOfRows");
    List<long[]> rows = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      rows.add(new long[] {dice.nextInt(50), dice.nextInt(50), dice.nextLong() >>> 1, i % 3});
    }
    RowSet set = new RowSet();
    rows.forEach(row -> add(set, row));
    Collections.shuffle(rows, dice);
    RowSet shuffled = set.twin();
    rows.forEach(row -> add(shuffled, row));
    assertTrue(set.isSameAs(shuffled));
    for (int i = 0; i < 200; i++) {
      int changed = dice.nextInt(rows.size());
      int field = dice.nextInt(4);
      RowSet other = set.twin();
      for (int at = 0; at < rows.size(); at++) {
        long[] row = rows.get(at).clone();
        if (at == changed) {
          row[field] ^= field == 3 ? 4 : 1L << dice.nextInt(63);
        }
        add(other, row);
      }
      assertFalse(set.isSameAs(other));
    }
    RowSet fewer = set.twin();
    rows.subList(1, rows.size()).forEach(row -> add(fewer, row));
    assertFalse(set.isSameAs(fewer));
    RowSet doubled = fewer.twin();
    rows.subList(1, rows.size()).forEach(row -> add(doubled, row));
    add(doubled, rows.get(1));
    assertFalse(set.isSameAs(doubled));
  }

  @Test
  void numbersThatAreEqualModuloThePrimeAreDifferentRows() {
    RowSet set = new RowSet();
    RowSet other = set.twin();
    set.add(new byte[8], ByteBuffer.allocate(8).putLong(1).array());
    other.add(new byte[8], ByteBuffer.allocate(8).putLong(1L << 61).array());
    assertFalse(set.isSameAs(other));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static void add(RowSet set, long[] row) {
    set.add(row[0], row[1], row[2], (int) row[3]);
  }
}
