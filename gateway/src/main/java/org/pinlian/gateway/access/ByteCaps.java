// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

/**
 * How many bytes may be held for callers: of answers that they have not taken yet, and of messages
 * that they have not sent to the end. A cap on calls does not bound these, for a message may have
 * megabytes.
 *
 * @param all for everybody together; beyond it, those for whom much is held are turned away
 * @param perCaller for one participant, or one address without a login, over all its calls
 */
public record ByteCaps(long all, long perCaller) {
  /** What a caller may always have held, so that those who hold much do not shut the others out. */
  private static final int SHARE_OF_CAP = 8;

  public ByteCaps {
    if (perCaller < SHARE_OF_CAP || perCaller > all) {
      throw new IllegalArgumentException(
          "not caps on held bytes: %d, %d a caller".formatted(all, perCaller));
    }
  }

  /** Whether too much is held in all for a caller for whom so much of it is held. */
  public boolean isOverAll(long heldForAll, long heldForCaller) {
    return heldForAll > all && heldForCaller > perCaller / SHARE_OF_CAP;
  }
}
