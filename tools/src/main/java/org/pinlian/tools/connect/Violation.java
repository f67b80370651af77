// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

/**
 * One thing wrong with an input.
 *
 * @param code of the rule that was broken, see {@code pinlian errors}; empty where the whole has
 *     one
 * @param path where, as in {@code records[0].lines[1]}; empty if it is the whole
 */
public record Violation(String code, String path, String description) {
  /** One without a code of its own. */
  Violation(String path, String description) {
    this("", path, description);
  }

  @Override
  public String toString() {
    return path.isEmpty() ? description : path + ": " + description;
  }
}
