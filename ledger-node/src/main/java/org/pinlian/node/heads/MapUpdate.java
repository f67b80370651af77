// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import org.pinlian.merkle.Hash;
import org.pinlian.record.Heads;

/**
 * One descent that puts sorted changes into a map: nodes on the way to a changed key are made anew,
 * each hashed once; all others are shared with the revision before. For one thread, once.
 *
 * <p>A node does not know the bits of its keys that it skips. Where one of the changed keys was in
 * the map before, that key itself tells them; only where all are new does a look go down to a leaf.
 */
final class MapUpdate {
  /** Not looked up yet. */
  private static final int UNKNOWN = -1;

  /** Finds a leaf's whole key, for those that agree with a new one in their first 8 bytes. */
  interface WholeKeys {
    Hash of(int leaf);
  }

  private final MapNodes nodes;
  private final HeadChanges changes;
  private final WholeKeys wholeKeys;
  private final int revision;
  private final RefList replaced;

  /**
   * @param revision that is being made
   * @param replaced takes the nodes that the new revision has no more
   */
  MapUpdate(
      MapNodes nodes, HeadChanges changes, WholeKeys wholeKeys, int revision, RefList replaced) {
    this.nodes = nodes;
    this.changes = changes;
    this.wholeKeys = wholeKeys;
    this.revision = revision;
    this.replaced = replaced;
  }

  /** The new root. */
  int root(int root) {
    if (changes.count() == 0) {
      return root;
    }
    return root == MapNodes.NONE
        ? buildNew(0, changes.count())
        : merge(root, 0, changes.count(), UNKNOWN);
  }

  /**
   * Puts changes into a subtree.
   *
   * @param parting the first bit in which the first of the keys differs from the leaf at which a
   *     look-up of it ends, if that was found out above; asked only while all keys are new
   */
  private int merge(int ref, int low, int high, int parting) {
    boolean leaf = MapNodes.isLeaf(ref);
    boolean existed = changes.anyExisted(low, high);
    if (leaf && existed) {
      return replaceLeaf(ref, low, high);
    }
    int bit = leaf ? MapNodes.KEY_BITS : nodes.bit(ref);
    int apart = changes.firstDifference(low, high - 1);
    int fromNode = apart;
    if (!existed) {
      fromNode = parting == UNKNOWN ? partingOf(ref, low) : parting;
      apart = Math.min(apart, fromNode);
    }
    if (apart < bit) {
      return insertAbove(ref, low, high, apart, existed, fromNode);
    }
    if (leaf) {
      throw new IllegalStateException(
          "key " + changes.key(low) + " is said to be new, and is in the heads map");
    }
    int split = changes.firstWithBit(bit, low, high);
    int left = nodes.left(ref);
    int right = nodes.right(ref);
    replaced.add(ref);
    int newLeft = split > low ? merge(left, low, split, fromNode(existed, fromNode)) : left;
    int newRight =
        split < high
            ? merge(right, split, high, split == low ? fromNode(existed, fromNode) : UNKNOWN)
            : right;
    return nodes.inner(bit, newLeft, newRight, revision);
  }

  private static int fromNode(boolean existed, int fromNode) {
    return existed ? UNKNOWN : fromNode;
  }

  /** The keys part from the subtree, or from one another, above it: it hangs from a new node. */
  private int insertAbove(int ref, int low, int high, int bit, boolean existed, int fromNode) {
    int split = changes.firstWithBit(bit, low, high);
    boolean nodeIsRight =
        existed
            ? changes.firstExisting(low, high) >= split
            : changes.bit(low, bit) == (bit < fromNode);
    int left;
    int right;
    if (nodeIsRight) {
      left = buildNew(low, split);
      right = split < high ? merge(ref, split, high, UNKNOWN) : ref;
    } else {
      left = split > low ? merge(ref, low, split, fromNode(existed, fromNode)) : ref;
      right = buildNew(split, high);
    }
    return nodes.inner(bit, left, right, revision);
  }

  private int buildNew(int low, int high) {
    if (changes.anyExisted(low, high)) {
      throw new IllegalStateException(
          "the heads map does not have the key "
              + changes.key(changes.firstExisting(low, high))
              + ", which was there before");
    }
    return build(low, high);
  }

  private int replaceLeaf(int ref, int low, int high) {
    int place = changes.firstExisting(low, high);
    boolean asBefore =
        nodes.isLeafOf(
            ref,
            changes.keys(),
            place * Hash.SIZE,
            changes.valuesBefore(),
            place * Heads.VALUE_SIZE);
    if (changes.existed(low, high) != 1 || !asBefore) {
      throw new IllegalStateException(
          "the heads map does not have what the head " + changes.key(place) + " was");
    }
    replaced.add(ref);
    return build(low, high);
  }

  /** A subtree of changed keys alone. */
  private int build(int low, int high) {
    if (high - low == 1) {
      return nodes.leaf(
          changes.keys(), low * Hash.SIZE, changes.valuesAfter(), low * Heads.VALUE_SIZE, revision);
    }
    int bit = changes.firstDifference(low, high - 1);
    int split = changes.firstWithBit(bit, low, high);
    int left = build(low, split);
    int right = build(split, high);
    return nodes.inner(bit, left, right, revision);
  }

  /** Where a new key parts from the leaf at which a look-up of it ends. */
  private int partingOf(int from, int key) {
    int ref = from;
    while (!MapNodes.isLeaf(ref)) {
      ref = changes.bit(key, nodes.bit(ref)) ? nodes.right(ref) : nodes.left(ref);
    }
    long difference = nodes.prefix(ref) ^ changes.prefix(key);
    return difference != 0
        ? Long.numberOfLeadingZeros(difference)
        : changes.firstDifference(key, wholeKeys.of(ref));
  }
}
