// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.util.Arrays;

/** References to nodes, unboxed. For one thread. */
final class RefList {
  private int[] refs = new int[64];
  private int count;

  void add(int ref) {
    if (count == refs.length) {
      refs = Arrays.copyOf(refs, count * 2);
    }
    refs[count++] = ref;
  }

  int get(int i) {
    return refs[i];
  }

  int count() {
    return count;
  }

  /** Memory held. */
  long bytes() {
    return (long) refs.length * Integer.BYTES;
  }

  /** Gives back what growing took too much. */
  void trim() {
    refs = Arrays.copyOf(refs, Math.max(1, count));
  }
}
