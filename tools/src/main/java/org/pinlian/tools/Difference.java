// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

/**
 * Something stored that is not what it must be.
 *
 * @param column where it is stored: a column of the databases, or {@code last-signed}
 * @param key of the row, as people read it: {@code 12.3} is position 3 of entry 12
 * @param expected what the rules make of the rest
 * @param found what is there
 */
public record Difference(String column, String key, String expected, String found) {
  @Override
  public String toString() {
    return column + " " + key + ": expected " + expected + ", found " + found;
  }
}
