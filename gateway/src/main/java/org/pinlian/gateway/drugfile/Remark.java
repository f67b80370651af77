// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

/**
 * Something odd that is no reason to refuse a file.
 *
 * @param line from 1; 0 where it is about the file as a whole
 */
public record Remark(int line, String text) {
  /** Whoever has ten thousand odd rows is helped by the first few. */
  static final int REMARKS_MAX = 100;

  @Override
  public String toString() {
    return (line > 0 ? "line " + line + ": " : "") + text;
  }
}
