// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.Arrays;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Heads;

/**
 * One descent that puts sorted changes into a map: inner nodes on the way to a changed key are made
 * anew, each hashed once; all others, and the leaves, are shared with the revision before. For one
 * thread, once.
 *
 * <p>A node does not know the bits of its keys that it skips. Where one of the changed keys was in
 * the map before, that key itself tells them; only where all are new does a look go down to a leaf.
 *
 * <p>Hashes are handed down and up in one array: before a node is made anew the hashes of its sides
 * are read into a frame; each side that changes finds its own hash there as it was, and leaves it
 * as it is.
 */
final class MapUpdate {
  /** Not looked up yet. */
  private static final int UNKNOWN = -1;

  // The root's hash, then a frame for each level: what is hashed before the sides, and the sides.
  // The bits ascend on the way down, so there are no more levels than a key has bits.
  private static final int ROOT_AT = 0;
  private static final int FRAME_BYTES = Long.BYTES + MapNodes.SIDES_BYTES;
  private static final int FIRST_FRAME = Hash.SIZE + Long.BYTES;
  private static final int FRAMES_BYTES = Hash.SIZE + (MapNodes.KEY_BITS + 1) * FRAME_BYTES;

  /** Finds a leaf's whole key, for those that agree with a new one in their first 8 bytes. */
  interface WholeKeys {
    Hash of(int leaf, Hash leafHash);
  }

  private final MapNodes nodes;
  private final NodeHasher hasher;
  private final HeadChanges changes;
  private final WholeKeys wholeKeys;
  private final int revision;
  private final RefList replaced;

  private final byte[] hashes = new byte[FRAMES_BYTES];
  private final byte[] hashBefore = new byte[Hash.SIZE];

  /**
   * @param revision that is being made
   * @param replaced takes the nodes that the new revision has no more
   */
  MapUpdate(
      MapNodes nodes,
      HashAlgorithm hash,
      HeadChanges changes,
      WholeKeys wholeKeys,
      int revision,
      RefList replaced) {
    this.nodes = nodes;
    this.hasher = new NodeHasher(hash);
    this.changes = changes;
    this.wholeKeys = wholeKeys;
    this.revision = revision;
    this.replaced = replaced;
  }

  /** The map after the changes. */
  Subtree after(Subtree before) {
    if (changes.count() == 0) {
      return before;
    }
    before.hash().copyTo(hashes, ROOT_AT);
    int root =
        before.ref() == MapNodes.NONE
            ? buildNew(0, changes.count(), ROOT_AT, FIRST_FRAME)
            : merge(before.ref(), 0, changes.count(), UNKNOWN, ROOT_AT, FIRST_FRAME);
    return new Subtree(root, Hash.read(hashes, ROOT_AT));
  }

  /**
   * Puts changes into a subtree.
   *
   * @param parting the first bit in which the first of the keys differs from the leaf at which a
   *     look-up of it ends, if that was found out above; asked only while all keys are new
   * @param at where the subtree's hash is, and will be
   * @param frame for its sides, if it has any
   */
  private int merge(int ref, int low, int high, int parting, int at, int frame) {
    boolean leaf = MapNodes.isLeaf(ref);
    boolean existed = changes.anyExisted(low, high);
    if (leaf && existed) {
      return changeLeaf(ref, low, high, at, frame);
    }
    int bit = leaf ? MapNodes.KEY_BITS : nodes.bit(ref);
    int apart = changes.firstDifference(low, high - 1);
    int fromNode = apart;
    if (!existed) {
      fromNode = parting == UNKNOWN ? partingOf(ref, low, at) : parting;
      apart = Math.min(apart, fromNode);
    }
    if (apart < bit) {
      return insertAbove(ref, low, high, apart, existed, fromNode, at, frame);
    }
    if (leaf) {
      throw new IllegalStateException(
          "key " + changes.key(low) + " is said to be new, and is in the heads map");
    }
    int split = changes.firstWithBit(bit, low, high);
    int left = nodes.side(ref, 0);
    int right = nodes.side(ref, 1);
    replaced.add(ref);
    nodes.sides(ref, hashes, frame);
    int below = frame + FRAME_BYTES;
    if (split > low) {
      left = merge(left, low, split, fromNode(existed, fromNode), frame, below);
    }
    if (split < high) {
      int known = split == low ? fromNode(existed, fromNode) : UNKNOWN;
      right = merge(right, split, high, known, frame + Hash.SIZE, below);
    }
    return inner(bit, left, right, ref, at, frame);
  }

  private static int fromNode(boolean existed, int fromNode) {
    return existed ? UNKNOWN : fromNode;
  }

  /** Makes a node, of which the hashes of the sides are in the frame. */
  private int inner(int bit, int left, int right, int near, int at, int frame) {
    hasher.inner(bit, hashes, frame, hashes, at);
    return nodes.inner(bit, left, right, revision, near, hashes, frame);
  }

  /** The keys part from the subtree, or from one another, above it: it hangs from a new node. */
  private int insertAbove(
      int ref, int low, int high, int bit, boolean existed, int fromNode, int at, int frame) {
    int split = changes.firstWithBit(bit, low, high);
    boolean nodeIsRight =
        existed
            ? changes.firstExisting(low, high) >= split
            : changes.bit(low, bit) == (bit < fromNode);
    int below = frame + FRAME_BYTES;
    int rightAt = frame + Hash.SIZE;
    System.arraycopy(hashes, at, hashes, nodeIsRight ? rightAt : frame, Hash.SIZE);
    int left;
    int right;
    if (nodeIsRight) {
      left = buildNew(low, split, frame, below);
      right = split < high ? merge(ref, split, high, UNKNOWN, rightAt, below) : ref;
    } else {
      left = split > low ? merge(ref, low, split, fromNode(existed, fromNode), frame, below) : ref;
      right = buildNew(split, high, rightAt, below);
    }
    return inner(bit, left, right, ref, at, frame);
  }

  private int buildNew(int low, int high, int at, int frame) {
    if (changes.anyExisted(low, high)) {
      throw new IllegalStateException(
          "the heads map does not have the key "
              + changes.key(changes.firstExisting(low, high))
              + ", which was there before");
    }
    return build(low, high, MapNodes.NONE, at, frame);
  }

  /** A leaf of which one of the keys is, and what is new beside it. */
  private int changeLeaf(int leaf, int low, int high, int at, int frame) {
    int place = changes.firstExisting(low, high);
    hashLeaf(place, changes.valuesBefore(), hashBefore, 0);
    boolean asBefore = Arrays.equals(hashBefore, 0, Hash.SIZE, hashes, at, at + Hash.SIZE);
    if (changes.existed(low, high) != 1 || !asBefore) {
      throw new IllegalStateException(
          "the heads map does not have what the head " + changes.key(place) + " was");
    }
    return build(low, high, leaf, at, frame);
  }

  /**
   * A subtree of changed keys alone.
   *
   * @param known the leaf of the one that was there before, if one was
   */
  private int build(int low, int high, int known, int at, int frame) {
    if (high - low == 1) {
      hashLeaf(low, changes.valuesAfter(), hashes, at);
      return changes.anyExisted(low, high) ? known : nodes.leaf(changes.prefix(low));
    }
    int bit = changes.firstDifference(low, high - 1);
    int split = changes.firstWithBit(bit, low, high);
    int below = frame + FRAME_BYTES;
    int left = build(low, split, known, frame, below);
    int right = build(split, high, known, frame + Hash.SIZE, below);
    return inner(bit, left, right, left, at, frame);
  }

  private void hashLeaf(int change, byte[] values, byte[] into, int at) {
    hasher.leaf(changes.keys(), change * Hash.SIZE, values, change * Heads.VALUE_SIZE, into, at);
  }

  /**
   * Where a new key parts from the leaf at which a look-up of it ends.
   *
   * @param at where the hash of the node is from which the look-up begins
   */
  private int partingOf(int from, int key, int at) {
    int ref = from;
    int parent = MapNodes.NONE;
    int side = 0;
    while (!MapNodes.isLeaf(ref)) {
      parent = ref;
      side = changes.side(key, nodes.bit(ref));
      ref = nodes.side(ref, side);
    }
    long difference = nodes.prefix(ref) ^ changes.prefix(key);
    if (difference != 0) {
      return Long.numberOfLeadingZeros(difference);
    }
    Hash leafHash = parent == MapNodes.NONE ? Hash.read(hashes, at) : nodes.hash(parent, side);
    return changes.firstDifference(key, wholeKeys.of(ref, leafHash));
  }
}
