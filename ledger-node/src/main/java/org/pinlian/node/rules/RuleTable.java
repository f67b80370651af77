// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

/** The state machines that keep state. Ids are stored, and never used again for something else. */
public enum RuleTable {
  /** Records that made the key registry what it is, by place. */
  KEYS(1),
  // Given up, and their ids with them: what only findings needed, until those were made of the set
  // of
  // statements instead of their order. 2 CERTIFICATES, 3 ANSWERS, 4 TEMPERATURES, 5 CONTAINERS,
  // 6 EMPTIED.

  /** Place of a record -> what of it is erased, and by which records ({@link Erasures}). */
  ERASED(7),
  /** Place of an order, so that the newest comes first -> the place, readable ({@link Orders}). */
  ORDERS(8);

  private final int id;

  RuleTable(int id) {
    this.id = id;
  }

  public int id() {
    return id;
  }
}
