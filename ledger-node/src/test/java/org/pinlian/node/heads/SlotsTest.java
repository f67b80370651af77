// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;

class SlotsTest {
  private final SplittableRandom random = Seeds.random(SlotsTest.class);
  private final List<Integer> announced = new ArrayList<>();

  @Test
  void neverHandsOutATakenSlotAndBeginsNoneWhileOneIsFree() {
    Slots slots = new Slots(announced::add);
    List<Integer> taken = new ArrayList<>();
    Set<Integer> takenOnce = new HashSet<>();
    int most = 0;
    for (int round = 0; round < 400; round++) {
      for (int i = random.nextInt(1 << random.nextInt(12)); i > 0; i--) {
        int slot = slots.take(random.nextInt(1 << 20));
        assertTrue(takenOnce.add(slot), () -> "taken twice: " + slot);
        taken.add(slot);
        most = Math.max(most, taken.size());
        assertTrue(slot < most, "a new slot while another was free");
      }
      for (int i = random.nextInt(taken.size() + 1); i > 0; i--) {
        int place = random.nextInt(taken.size());
        int slot = taken.set(place, taken.getLast());
        taken.removeLast();
        takenOnce.remove(slot);
        slots.giveBack(slot);
      }
      assertEquals(taken.size(), slots.live());
    }
  }

  @Test
  void takesThoseNearbyFirstAndComesRoundToTheOthers() {
    Slots slots = begun(100_000);
    for (int slot : new int[] {5, 64_000, 64_001, 90_000}) {
      slots.giveBack(slot);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      order.add(slots.take(63_990));
    }
    assertEquals(List.of(64_000, 64_001, 90_000, 5, 100_000), order);
  }

  /** What is written next is read before, several at a time: the memory then brings all at once. */
  @Test
  void saysWhichSlotsItIsAboutToHandOut() {
    Slots slots = begun(1_000);
    for (int slot = 0; slot < 1_000; slot += 10) {
      slots.giveBack(slot);
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      order.add(slots.take(500));
      int said = Math.min(100, (i / Slots.CHOSEN_MAX + 1) * Slots.CHOSEN_MAX);
      assertEquals(said, announced.size());
    }
    assertEquals(announced, order);
  }

  @Test
  void mapsOfOneNodeAndOfNoneHaveNoInnerNode() {
    try (MapNodes nodes = new MapNodes()) {
      int leaf = nodes.leaf(-2);
      assertTrue(MapNodes.isLeaf(leaf));
      assertEquals(-2, nodes.prefix(leaf));
      assertEquals(1, nodes.live());
      assertThrows(IndexOutOfBoundsException.class, () -> nodes.bit(0));
    }
  }

  private Slots begun(int count) {
    Slots slots = new Slots(announced::add);
    for (int i = 0; i < count; i++) {
      assertEquals(i, slots.take(0));
    }
    return slots;
  }
}
