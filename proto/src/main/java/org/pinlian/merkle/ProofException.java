// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

/** A proof does not prove what it was shown for. Says which rule it breaks, and with what. */
public final class ProofException extends Exception {
  private static final long serialVersionUID = 1;

  /** The rules that a proof can break. */
  public enum Reason {
    /** The leaf lies before the first or after the last of the tree. */
    INDEX_BEYOND_SIZE,
    /** A tree without leaves is consistent with anything, so it proves nothing. */
    SIZE_ZERO,
    /** The tree that should be the older is the larger. */
    SIZES_REVERSED,
    /** The path is not exactly as long as index and size require. */
    WRONG_PATH_LENGTH,
    /** The path leads from the leaf to another root. */
    ROOT_MISMATCH,
    /** The path does not lead to the root of the older tree. */
    OLDER_ROOT_MISMATCH,
    /** Bytes of a map proof that are cut off, left over or not in their shortest form. */
    MALFORMED,
    /** The steps of a map proof do not go from the leaf to the root. */
    BITS_NOT_DECREASING,
    /** The leaf in a proof of absence is not where a look-up of the key ends. */
    OTHER_LEAF_ELSEWHERE,
    /** The leaf in a proof of absence is the key's own. */
    KEY_PRESENT
  }

  private final Reason reason;
  private final String expected;
  private final String found;

  ProofException(Reason reason, Object expected, Object found) {
    super(reason + ": expected " + expected + ", found " + found);
    this.reason = reason;
    this.expected = expected.toString();
    this.found = found.toString();
  }

  /** The broken rule. */
  public Reason reason() {
    return reason;
  }

  /** What would have kept the rule. */
  public String expected() {
    return expected;
  }

  /** What was there instead. */
  public String found() {
    return found;
  }
}
