// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** RFC 9162 section 2.1 word for word, on lists, with its own hashing: what the rest is held to. */
final class NaiveTree {
  private NaiveTree() {}

  static List<Hash> leaves(int count) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(sha256(new byte[] {0, (byte) i, (byte) (i >> 8)}));
    }
    return leaves;
  }

  static Hash root(List<Hash> d) {
    if (d.isEmpty()) {
      return sha256();
    }
    if (d.size() == 1) {
      return d.get(0);
    }
    int k = k(d.size());
    return node(root(d.subList(0, k)), root(d.subList(k, d.size())));
  }

  static List<Hash> path(int m, List<Hash> d) {
    if (d.size() == 1) {
      return List.of();
    }
    int k = k(d.size());
    List<Hash> left = d.subList(0, k);
    List<Hash> right = d.subList(k, d.size());
    return m < k ? join(path(m, left), root(right)) : join(path(m - k, right), root(left));
  }

  static List<Hash> consistency(int m, List<Hash> d) {
    return subproof(m, d, true);
  }

  private static List<Hash> subproof(int m, List<Hash> d, boolean complete) {
    if (m == d.size()) {
      return complete ? List.of() : List.of(root(d));
    }
    int k = k(d.size());
    List<Hash> left = d.subList(0, k);
    List<Hash> right = d.subList(k, d.size());
    return m <= k
        ? join(subproof(m, left, complete), root(right))
        : join(subproof(m - k, right, false), root(left));
  }

  static NodeSource nodes(List<Hash> d) {
    return (level, index) -> root(d.subList((int) (index << level), (int) ((index + 1) << level)));
  }

  private static int k(int n) {
    int k = 1;
    while (k * 2 < n) {
      k *= 2;
    }
    return k;
  }

  private static Hash node(Hash left, Hash right) {
    return sha256(new byte[] {1}, left.bytes(), right.bytes());
  }

  private static List<Hash> join(List<Hash> path, Hash last) {
    List<Hash> joined = new ArrayList<>(path);
    joined.add(last);
    return joined;
  }

  private static Hash sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return Hash.of(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
