// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.MapProof;

/**
 * A heads map (formats.md B.10) that is never changed but shared: putting a value makes another
 * map, so that a lie costs no more than the way to one leaf. Immutable.
 */
final class SmallMap {
  private final HashAlgorithm hash;
  private final @Nullable Node root;

  /** A node, with the hash of what is below it. */
  private sealed interface Node {
    Hash hash();

    /** Some key below it: all below it agree up to where the node parts them. */
    byte[] anyKey();
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Leaf(Hash key, byte[] anyKey, byte[] value, Hash hash) implements Node {}

  private record Inner(int bit, Node left, Node right, Hash hash) implements Node {
    @Override
    public byte[] anyKey() {
      return left.anyKey();
    }
  }

  private SmallMap(HashAlgorithm hash, @Nullable Node root) {
    this.hash = hash;
    this.root = root;
  }

  static SmallMap empty(HashAlgorithm hash) {
    return new SmallMap(hash, null);
  }

  Hash root() {
    return root == null ? hash.empty() : root.hash();
  }

  SmallMap with(Hash key, byte[] value) {
    byte[] bytes = key.bytes();
    Leaf leaf = new Leaf(key, bytes, value, MapProof.leaf(hash, key, value));
    return new SmallMap(hash, root == null ? leaf : with(root, leaf, parting(bytes)));
  }

  SmallMap without(Hash key) {
    return new SmallMap(hash, root == null ? null : without(root, key.bytes()));
  }

  private @Nullable Node without(Node node, byte[] key) {
    if (!(node instanceof Inner inner)) {
      return Arrays.equals(node.anyKey(), key) ? null : node;
    }
    boolean right = bit(key, inner.bit);
    Node left = without(right ? inner.right : inner.left, key);
    Node other = right ? inner.left : inner.right;
    if (left == null) {
      return other;
    }
    return right ? inner(inner.bit, other, left) : inner(inner.bit, left, other);
  }

  /** The bit in which the key parts from the keys of the map, or -1 if it is one of them. */
  private int parting(byte[] key) {
    Node at = root;
    while (at instanceof Inner inner) {
      at = bit(key, inner.bit) ? inner.right : inner.left;
    }
    byte[] other = at == null ? key : at.anyKey();
    int index = Arrays.mismatch(key, other);
    return index < 0
        ? -1
        : index * 8 + Integer.numberOfLeadingZeros((key[index] ^ other[index]) & 0xff) - 24;
  }

  private Node with(Node node, Leaf leaf, int parting) {
    if (node instanceof Inner inner && (parting < 0 || inner.bit < parting)) {
      return bit(leaf.anyKey, inner.bit)
          ? inner(inner.bit, inner.left, with(inner.right, leaf, parting))
          : inner(inner.bit, with(inner.left, leaf, parting), inner.right);
    }
    if (parting < 0) {
      return leaf;
    }
    return bit(leaf.anyKey, parting) ? inner(parting, node, leaf) : inner(parting, leaf, node);
  }

  private Inner inner(int bit, Node left, Node right) {
    return new Inner(bit, left, right, MapProof.inner(hash, bit, left.hash(), right.hash()));
  }

  Optional<byte[]> value(Hash key) {
    Leaf leaf = lookUp(key, new ArrayList<>());
    return leaf != null && leaf.key.equals(key) ? Optional.of(leaf.value) : Optional.empty();
  }

  /** Proves whatever is the case: that the key has its value, or that there is no such key. */
  byte[] proof(Hash key) {
    List<MapProof.Step> steps = new ArrayList<>();
    Leaf leaf = lookUp(key, steps);
    if (leaf == null) {
      return MapProof.absenceFromNothing();
    }
    Collections.reverse(steps);
    return leaf.key.equals(key)
        ? MapProof.presence(steps)
        : MapProof.absence(leaf.key, leaf.value, steps);
  }

  private @Nullable Leaf lookUp(Hash key, List<MapProof.Step> fromRoot) {
    byte[] bytes = key.bytes();
    Node at = root;
    while (at instanceof Inner inner) {
      boolean right = bit(bytes, inner.bit);
      fromRoot.add(new MapProof.Step(inner.bit, right ? inner.left.hash() : inner.right.hash()));
      at = right ? inner.right : inner.left;
    }
    return (Leaf) at;
  }

  private static boolean bit(byte[] key, int bit) {
    return (key[bit >> 3] >> (7 - (bit & 7)) & 1) == 1;
  }
}
