// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.ProofException.Reason;
import org.pinlian.testing.Seeds;

class ConsistencyProofTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;
  private static final int LARGEST = 70;
  private static final List<Hash> LEAVES = NaiveTree.leaves(LARGEST);

  private static Hash root(int size) {
    return NaiveTree.root(LEAVES.subList(0, size));
  }

  private static List<Hash> path(int older, int newer) {
    return NaiveTree.consistency(older, LEAVES.subList(0, newer));
  }

  private static Reason refusal(ConsistencyProof proof, Hash older, Hash newer) {
    return assertThrows(ProofException.class, () -> proof.verify(SHA, older, newer)).reason();
  }

  @Test
  void isTheRfcsProofBetweenEveryTwoSizes() throws ProofException {
    NodeSource nodes = NaiveTree.nodes(LEAVES);
    for (int newer = 1; newer <= LARGEST; newer++) {
      for (int older = 1; older <= newer; older++) {
        var proof = ConsistencyProof.build(SHA, nodes, older, newer);
        assertEquals(path(older, newer), proof.path(), older + " to " + newer);
        proof.verify(SHA, root(older), root(newer));
      }
    }
  }

  @Test
  void refusesEveryChangedHash() {
    var random = Seeds.random(ConsistencyProofTest.class);
    Hash other = SHA.hash(Seeds.bytes(random, 8));
    for (int newer = 2; newer <= LARGEST; newer++) {
      int older = 1 + random.nextInt(newer - 1);
      List<Hash> path = path(older, newer);
      var honest = new ConsistencyProof(older, newer, path);
      refusal(honest, other, root(newer));
      assertEquals(Reason.ROOT_MISMATCH, refusal(honest, root(older), other));
      for (int i = 0; i < path.size(); i++) {
        List<Hash> lying = new ArrayList<>(path);
        lying.set(i, other);
        refusal(new ConsistencyProof(older, newer, lying), root(older), root(newer));
      }
    }
  }

  @Test
  void refusesAPathOfAnotherLength() {
    for (int newer = 1; newer <= LARGEST; newer++) {
      for (int older = 1; older <= newer; older++) {
        List<Hash> path = path(older, newer);
        for (int i = 0; i < path.size(); i++) {
          List<Hash> shorter = new ArrayList<>(path);
          shorter.remove(i);
          var proof = new ConsistencyProof(older, newer, shorter);
          assertEquals(Reason.WRONG_PATH_LENGTH, refusal(proof, root(older), root(newer)));
        }
        List<Hash> longer = new ArrayList<>(path);
        longer.add(root(older));
        var proof = new ConsistencyProof(older, newer, longer);
        assertEquals(Reason.WRONG_PATH_LENGTH, refusal(proof, root(older), root(newer)));
      }
    }
  }

  @Test
  void refusesOtherSizesWithTheSamePathAndRoots() {
    for (int newer = 2; newer <= 20; newer++) {
      for (int older = 1; older < newer; older++) {
        for (int claimed = 0; claimed <= newer; claimed++) {
          if (claimed != older) {
            var proof = new ConsistencyProof(claimed, newer, path(older, newer));
            refusal(proof, root(older), root(newer));
          }
        }
      }
    }
  }

  @Test
  void refusesTheEmptyTreeAsTheOlderOne() {
    Hash empty = SHA.empty();
    assertEquals(Reason.SIZE_ZERO, refusal(new ConsistencyProof(0, 0, List.of()), empty, empty));
    assertEquals(Reason.SIZE_ZERO, refusal(new ConsistencyProof(0, 5, List.of()), empty, root(5)));
    assertEquals(Reason.SIZE_ZERO, refusal(new ConsistencyProof(-1, 5, List.of()), empty, root(5)));
    assertThrows(
        IllegalArgumentException.class,
        () -> ConsistencyProof.build(SHA, NaiveTree.nodes(LEAVES), 0, 5));
  }

  @Test
  void refusesATreeThatShrank() {
    var proof = new ConsistencyProof(5, 3, path(3, 5));
    assertEquals(Reason.SIZES_REVERSED, refusal(proof, root(5), root(3)));
  }

  @Test
  void ofEqualSizesNeedsEqualRootsAndNoPath() throws ProofException {
    new ConsistencyProof(5, 5, List.of()).verify(SHA, root(5), root(5));
    assertEquals(
        Reason.ROOT_MISMATCH, refusal(new ConsistencyProof(5, 5, List.of()), root(5), root(4)));
    assertEquals(
        Reason.WRONG_PATH_LENGTH,
        refusal(new ConsistencyProof(5, 5, List.of(root(5))), root(5), root(5)));
  }

  @Test
  void refusesAForkOfTheOlderTree() {
    var random = Seeds.random(ConsistencyProofTest.class);
    for (int newer = 2; newer <= LARGEST; newer++) {
      List<Hash> fork = new ArrayList<>(LEAVES.subList(0, newer));
      int older = 1 + random.nextInt(newer - 1);
      fork.set(random.nextInt(older), SHA.empty());
      var proof = new ConsistencyProof(older, newer, NaiveTree.consistency(older, fork));
      refusal(proof, root(older), NaiveTree.root(fork));
    }
  }
}
