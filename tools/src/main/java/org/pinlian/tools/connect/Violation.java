// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

/**
 * One thing wrong with an input.
 *
 * @param path where, as in {@code records[0].lines[1]}; empty if it is the whole
 */
record Violation(String path, String description) {
  @Override
  public String toString() {
    return path.isEmpty() ? description : path + ": " + description;
  }
}
