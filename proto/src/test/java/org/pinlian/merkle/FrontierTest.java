// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrontierTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;
  private static final List<Hash> LEAVES = NaiveTree.leaves(300);

  @Test
  void hasTheRootOfEverySizeItGrowsThrough() {
    Frontier frontier = new Frontier(SHA);
    for (int size = 0; size < LEAVES.size(); size++) {
      List<Hash> leaves = LEAVES.subList(0, size);
      assertEquals(size, frontier.size());
      assertEquals(NaiveTree.root(leaves), frontier.root());
      assertEquals(frontier.root(), Merkle.rootOfLeafHashes(SHA, leaves));
      frontier.append(LEAVES.get(size));
    }
  }

  @Test
  void keepsTheRootsOfTheCompleteSubtreesLargestFirst() {
    Frontier frontier = new Frontier(SHA);
    LEAVES.subList(0, 13).forEach(frontier::append);
    List<Hash> expected = new ArrayList<>();
    expected.add(NaiveTree.root(LEAVES.subList(0, 8)));
    expected.add(NaiveTree.root(LEAVES.subList(8, 12)));
    expected.add(LEAVES.get(12));
    assertEquals(expected, frontier.nodes());
  }

  @Test
  void resumesFromItsNodes() {
    for (int size = 0; size < 70; size++) {
      Frontier frontier = new Frontier(SHA);
      LEAVES.subList(0, size).forEach(frontier::append);
      Frontier resumed = Frontier.resume(SHA, size, frontier.nodes());
      LEAVES.subList(size, 100).forEach(resumed::append);
      assertEquals(NaiveTree.root(LEAVES.subList(0, 100)), resumed.root());
      assertEquals(NaiveTree.root(LEAVES.subList(0, size)), frontier.root());
    }
  }

  @Test
  void refusesNodesThatAreNotOfThatSize() {
    Hash node = LEAVES.get(0);
    assertThrows(IllegalArgumentException.class, () -> Frontier.resume(SHA, 3, List.of(node)));
    assertThrows(IllegalArgumentException.class, () -> Frontier.resume(SHA, 0, List.of(node)));
    assertThrows(IllegalArgumentException.class, () -> Frontier.resume(SHA, -1, List.of(node)));
  }

  @Test
  void growsApartFromItsCopy() {
    Frontier frontier = new Frontier(SHA);
    frontier.append(LEAVES.get(0));
    Frontier copy = frontier.copy();
    copy.append(LEAVES.get(1));
    assertEquals(LEAVES.get(0), frontier.root());
    assertEquals(NaiveTree.root(LEAVES.subList(0, 2)), copy.root());
  }
}
