// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.ProofException.Reason;
import org.pinlian.testing.Seeds;

class InclusionProofTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;
  private static final int LARGEST = 70;
  private static final List<Hash> LEAVES = NaiveTree.leaves(LARGEST);

  private static Reason refusal(InclusionProof proof, Hash leaf, Hash root) {
    return assertThrows(ProofException.class, () -> proof.verify(SHA, leaf, root)).reason();
  }

  @Test
  void isTheRfcsPathForEveryLeafOfEverySize() throws ProofException {
    for (int size = 1; size <= LARGEST; size++) {
      List<Hash> leaves = LEAVES.subList(0, size);
      Hash root = NaiveTree.root(leaves);
      assertEquals(root, Merkle.root(SHA, NaiveTree.nodes(leaves), size));
      for (int index = 0; index < size; index++) {
        var proof = InclusionProof.build(SHA, NaiveTree.nodes(leaves), index, size);
        assertEquals(NaiveTree.path(index, leaves), proof.path());
        assertEquals(proof.path(), Merkle.inclusionPath(SHA, leaves, index));
        proof.verify(SHA, leaves.get(index), root);
      }
    }
  }

  @Test
  void theSamePathsComeFromLeavesThatLieOneAfterTheOther() {
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      for (int size = 1; size <= LARGEST; size++) {
        byte[] data = new byte[size * Hash.SIZE];
        List<Hash> leaves = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          LEAVES.get(i).copyTo(data, i * Hash.SIZE);
          leaves.add(algorithm.leaf(LEAVES.get(i).bytes()));
        }
        for (int index = 0; index < size; index++) {
          assertEquals(
              Merkle.inclusionPath(algorithm, leaves, index),
              Merkle.inclusionPath(algorithm, data, index));
        }
        assertThrows(
            IllegalArgumentException.class,
            () -> Merkle.inclusionPath(algorithm, data, data.length / Hash.SIZE));
      }
    }
  }

  @Test
  void refusesEveryOtherIndexAndSizeWithTheSamePath() {
    for (int size = 1; size <= 20; size++) {
      List<Hash> leaves = LEAVES.subList(0, size);
      Hash root = NaiveTree.root(leaves);
      for (int index = 0; index < size; index++) {
        List<Hash> path = NaiveTree.path(index, leaves);
        for (int claimed = -1; claimed <= 40; claimed++) {
          if (claimed != index) {
            refusal(new InclusionProof(claimed, size, path), leaves.get(index), root);
          }
        }
      }
    }
  }

  @Test
  void refusesEveryChangedHash() {
    var random = Seeds.random(InclusionProofTest.class);
    for (int size = 1; size <= LARGEST; size++) {
      List<Hash> leaves = LEAVES.subList(0, size);
      Hash root = NaiveTree.root(leaves);
      int index = random.nextInt(size);
      Hash leaf = leaves.get(index);
      List<Hash> path = NaiveTree.path(index, leaves);
      var honest = new InclusionProof(index, size, path);
      Hash other = SHA.hash(Seeds.bytes(random, 8));
      assertEquals(Reason.ROOT_MISMATCH, refusal(honest, other, root));
      assertEquals(Reason.ROOT_MISMATCH, refusal(honest, leaf, other));
      for (int i = 0; i < path.size(); i++) {
        List<Hash> lying = new ArrayList<>(path);
        lying.set(i, other);
        var proof = new InclusionProof(index, size, lying);
        assertEquals(Reason.ROOT_MISMATCH, refusal(proof, leaf, root));
      }
    }
  }

  @Test
  void refusesAPathOfAnotherLength() {
    for (int size = 1; size <= LARGEST; size++) {
      List<Hash> leaves = LEAVES.subList(0, size);
      Hash root = NaiveTree.root(leaves);
      for (int index = 0; index < size; index++) {
        Hash leaf = leaves.get(index);
        List<Hash> path = NaiveTree.path(index, leaves);
        for (int i = 0; i < path.size(); i++) {
          List<Hash> shorter = new ArrayList<>(path);
          shorter.remove(i);
          assertEquals(
              Reason.WRONG_PATH_LENGTH,
              refusal(new InclusionProof(index, size, shorter), leaf, root));
        }
        List<Hash> longer = new ArrayList<>(path);
        longer.add(root);
        assertEquals(
            Reason.WRONG_PATH_LENGTH, refusal(new InclusionProof(index, size, longer), leaf, root));
      }
    }
  }

  @Test
  void doesNotPassAProofForLeaf0Of4AsOneForLeaf4Of1000() {
    List<Hash> leaves = LEAVES.subList(0, 4);
    Hash root = NaiveTree.root(leaves);
    var moved = new InclusionProof(4, 1000, NaiveTree.path(0, leaves));
    assertEquals(Reason.WRONG_PATH_LENGTH, refusal(moved, leaves.get(0), root));
  }

  @Test
  void refusesAnIndexOutsideTheTree() {
    Hash leaf = LEAVES.get(0);
    for (long index : new long[] {-1, Long.MIN_VALUE, 1, 2, Long.MAX_VALUE}) {
      var proof = new InclusionProof(index, 1, List.of());
      assertEquals(Reason.INDEX_BEYOND_SIZE, refusal(proof, leaf, leaf));
      assertThrows(
          IllegalArgumentException.class,
          () -> InclusionProof.build(SHA, NaiveTree.nodes(LEAVES), index, 1));
    }
    for (long size : new long[] {0, -1, Long.MIN_VALUE}) {
      var proof = new InclusionProof(0, size, List.of());
      assertEquals(Reason.INDEX_BEYOND_SIZE, refusal(proof, leaf, leaf));
    }
  }

  @Test
  void spansTheLargestTreeThereCanBe() throws ProofException {
    // All nodes of a level alike, so that a tree of 2^63 - 1 leaves can be walked.
    Hash[] alike = new Hash[64];
    alike[0] = LEAVES.get(0);
    for (int level = 1; level < 64; level++) {
      alike[level] = SHA.inner(alike[level - 1], alike[level - 1]);
    }
    NodeSource nodes = (level, index) -> alike[level];
    long size = Long.MAX_VALUE;
    Hash root = Merkle.root(SHA, nodes, size);
    for (long index : new long[] {0, 1, size / 2, size - 2, size - 1}) {
      InclusionProof.build(SHA, nodes, index, size).verify(SHA, alike[0], root);
    }
    for (long older : new long[] {1, 2, 3, size / 2, size / 2 + 1, size - 1, size}) {
      Hash olderRoot = Merkle.root(SHA, nodes, older);
      ConsistencyProof.build(SHA, nodes, older, size).verify(SHA, olderRoot, root);
    }
  }
}
