// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.nio.charset.StandardCharsets;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/** Subject keys and the links of their chains (formats.md A.1, A.4). */
public final class Chains {
  private Chains() {}

  /** Key of a subject's chain in the heads map. */
  public static Hash subjectKey(HashAlgorithm hash, String subject) {
    return hash.begin(0x22).bytes(subject.getBytes(StandardCharsets.UTF_8)).finish();
  }

  /** Key of a subject's notice chain in the heads map. */
  public static Hash noticeKey(HashAlgorithm hash, Hash subjectKey) {
    return hash.begin(0x23).hash(subjectKey).finish();
  }

  /** What the first link of a subject's chain hangs from. */
  public static Hash start(HashAlgorithm hash, Hash subjectKey) {
    return hash.begin(0x20).hash(subjectKey).finish();
  }

  /** What the first link of a subject's notice chain hangs from. */
  public static Hash noticeStart(HashAlgorithm hash, Hash subjectKey) {
    return hash.begin(0x24).hash(subjectKey).finish();
  }

  /**
   * Link n, the same for both kinds of chain.
   *
   * @param n 1 for the first record on the subject
   */
  public static Hash link(
      HashAlgorithm hash, Hash previous, long n, long index, int position, Hash recordDigest) {
    return hash.begin(0x21)
        .hash(previous)
        .u64(n)
        .u64(index)
        .u32(position)
        .hash(recordDigest)
        .finish();
  }
}
