// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

/** The state machines that keep state. Ids are stored, and never used again for something else. */
public enum RuleTable {
  /** Records that made the key registry what it is, by place. */
  KEYS(1),
  /** Certificate subject key -> place of the record that first used the number. */
  CERTIFICATES(2),
  /** Offer place, offer line -> place of the first answer to it. */
  ANSWERS(3),
  /** Subject key -> what its temperature logs say ({@link TemperatureRecord}). */
  TEMPERATURES(4),
  /** Subject key -> container it was put into, and where that was stated ({@link Containers}). */
  CONTAINERS(5),
  /** Container's subject key -> place of the record that emptied it. */
  EMPTIED(6),
  /** Place of a record -> what of it is erased, and by which records ({@link Erasures}). */
  ERASED(7);

  private final int id;

  RuleTable(int id) {
    this.id = id;
  }

  public int id() {
    return id;
  }
}
