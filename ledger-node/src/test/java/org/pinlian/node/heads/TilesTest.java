// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Frontier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.merkle.ProofException;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedBatch;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.StorageConfig;
import org.pinlian.testing.Seeds;

/**
 * The stored tree against the definition of RFC 6962, where a tile fills, where a level begins, and
 * with the end of the tree in memory.
 */
class TilesTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
  private static final int IN_MEMORY = 600;

  // Each is written, and gone on from by tiles that know no more than the store.
  private static final int[] CUTS = {
    1, 2, 255, 256, 257, 511, 512, 513, 65_279, 65_280, 65_535, 65_536, 65_537, 65_792, 131_072,
    131_073
  };

  @TempDir Path temp;

  private final SplittableRandom random = Seeds.random(TilesTest.class);
  private final List<Hash> leaves = new ArrayList<>();

  @Test
  void everySizeHasTheRootThatItsLeavesDefine() throws ProofException {
    for (int i = 0; i < CUTS[CUTS.length - 1] + IN_MEMORY; i++) {
      leaves.add(Hash.of(Seeds.bytes(random, Hash.SIZE)));
    }
    try (DataFolder folder = DataFolder.open(temp, StorageConfig.defaults());
        DerivedStore store = DerivedStore.open(folder, Access.READ_WRITE)) {
      int size = 0;
      for (int cut : CUTS) {
        Tiles tiles = Tiles.resume(HASH, store, size);
        DerivedBatch batch = store.newBatch();
        for (; size < cut; size++) {
          tiles.append(leaves.get(size), batch);
        }
        tiles.writePartial(batch);
        batch.putDerivedUpTo(cut);
        store.writeUnsynced(batch);
        assertEquals(cut, tiles.size());
        assertTree(store, cut);
        assertResumes(store, cut);
      }
    }
  }

  /** As a reader sees it: the stored part, and epochs over it that are not stored yet. */
  private void assertTree(DerivedStore store, int stored) throws ProofException {
    int sealed = stored + random.nextInt(IN_MEMORY);
    Epoch first = epoch(stored, sealed);
    Epoch open = epoch(sealed, stored + IN_MEMORY);
    NodeSource tree = new StoredTree(HASH, store, new FullTiles(HASH), List.of(first, open));
    int[] sizes = {
      stored, stored + 1, sealed, stored + IN_MEMORY, 1 + random.nextInt(stored + IN_MEMORY)
    };
    for (int size : sizes) {
      if (size == 0) {
        continue;
      }
      Hash root = root(0, size);
      assertEquals(root, Merkle.root(HASH, tree, size), stored + " stored, size " + size);
      for (int index : new int[] {0, size - 1, random.nextInt(size)}) {
        InclusionProof.build(HASH, tree, index, size).verify(HASH, leaves.get(index), root);
      }
      int older = 1 + random.nextInt(size);
      ConsistencyProof.build(HASH, tree, older, size).verify(HASH, root(0, older), root);
    }
  }

  /** Where a restart begins to replay. */
  private void assertResumes(DerivedStore store, int stored) {
    Frontier frontier = new Frontier(HASH);
    leaves.subList(0, stored).forEach(frontier::append);
    try (Derivation derivation = new Derivation(HASH, store, true, TilesTest::fail)) {
      assertEquals(frontier.nodes(), derivation.storedEdge(), () -> stored + " stored");
    }
  }

  private static void fail(Throwable cause) {
    throw new AssertionError(cause);
  }

  private Epoch epoch(int from, int to) {
    Epoch epoch = new Epoch(from, 0);
    leaves.subList(from, to).forEach(epoch::addLeaf);
    return epoch;
  }

  /** {@code MTH(D[begin:end])}, word for word. */
  private Hash root(int begin, int end) {
    if (end - begin == 1) {
      return leaves.get(begin);
    }
    int split = begin + Integer.highestOneBit(end - begin - 1);
    return HASH.inner(root(begin, split), root(split, end));
  }
}
