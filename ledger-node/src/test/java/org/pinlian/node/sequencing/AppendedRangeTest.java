// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinlian.merkle.Frontier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.ProofException;
import org.pinlian.testing.Seeds;

/** What one batch keeps of the tree is enough for its root, its proofs and the next batch. */
class AppendedRangeTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;

  private final SplittableRandom random = Seeds.random(AppendedRangeTest.class);

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "0, 2",
    "0, 3",
    "1, 1",
    "1, 2",
    "2, 1",
    "3, 1",
    "3, 5",
    "5, 3",
    "7, 1",
    "7, 2",
    "8, 8",
    "255, 1",
    "255, 2",
    "256, 1",
    "256, 256",
    "511, 1",
    "511, 513"
  })
  void rootAndProofsAreThoseOfTheWholeTree(int before, int added) throws ProofException {
    assertRange(before, added);
  }

  @Test
  void rootAndProofsOfManyBatchesAreThoseOfTheWholeTree() throws ProofException {
    for (int i = 0; i < 30; i++) {
      assertRange(random.nextInt(1_200), 1 + random.nextInt(80));
    }
  }

  /** The next batch is added to what the one before left, and to nothing else. */
  @Test
  void batchesFollowOneAnotherByTheirEdges() {
    List<Hash> leaves = new ArrayList<>();
    List<Hash> edge = List.of();
    while (leaves.size() < 3_000) {
      List<Hash> added = leaves(1 + random.nextInt(random.nextBoolean() ? 3 : 300));
      AppendedRange range = AppendedRange.over(HASH, leaves.size(), edge, added);
      leaves.addAll(added);
      edge = range.edge();
      assertEquals(
          Merkle.rootOfLeafHashes(HASH, leaves), Merkle.root(HASH, range, range.sizeAfter()));
    }
  }

  private void assertRange(int before, int added) throws ProofException {
    List<Hash> leaves = leaves(before + added);
    Frontier frontier = new Frontier(HASH);
    leaves.subList(0, before).forEach(frontier::append);
    AppendedRange range =
        AppendedRange.over(HASH, before, frontier.nodes(), leaves.subList(before, before + added));
    leaves.subList(before, before + added).forEach(frontier::append);

    assertEquals(before + added, range.sizeAfter());
    assertEquals(frontier.nodes(), range.edge());
    Hash root = Merkle.rootOfLeafHashes(HASH, leaves);
    assertEquals(root, Merkle.root(HASH, range, range.sizeAfter()));
    for (int index = before; index < before + added; index++) {
      InclusionProof proof = InclusionProof.build(HASH, range, index, range.sizeAfter());
      assertEquals(Merkle.inclusionPath(HASH, leaves, index), proof.path());
      proof.verify(HASH, leaves.get(index), root);
    }
  }

  private List<Hash> leaves(int count) {
    List<Hash> leaves = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      leaves.add(Hash.of(Seeds.bytes(random, Hash.SIZE)));
    }
    return leaves;
  }
}
