// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import org.pinlian.gateway.drugfile.DrugFileException.Reason;

/**
 * 包装比例 as the {@code cascade} attribute has it: {@code 1:5:2500} is one case of 5 cans of 2,500
 * tablets in all, so 500 in a can. The outermost comes first; layers are numbered from the
 * innermost.
 */
final class PackRatio {
  private static final int COUNT_MAX = 1_000_000;

  private final String text;
  private final int[] counts;

  private PackRatio(String text, int[] counts) {
    this.text = text;
    this.counts = counts;
  }

  static PackRatio parse(String text, int line) throws DrugFileException {
    String[] parts = text.split(":", -1);
    if (parts.length > DrugFileLimits.LAYERS_MAX) {
      throw new DrugFileException(
          Reason.LIMIT_EXCEEDED,
          line,
          "cascade has " + parts.length + " layers, at most " + DrugFileLimits.LAYERS_MAX);
    }
    int[] counts = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i].strip();
      if (!part.matches("[1-9][0-9]{0,6}") || Integer.parseInt(part) > COUNT_MAX) {
        throw bad(text, "is no list of counts with colons between, as 1:5:2500", line);
      }
      counts[i] = Integer.parseInt(part);
      if (i > 0 && counts[i] % counts[i - 1] != 0) {
        throw bad(text, counts[i] + " do not go evenly into " + counts[i - 1] + " packs", line);
      }
    }
    if (counts[0] != 1) {
      throw bad(text, "begins with the outermost pack, which is 1", line);
    }
    return new PackRatio(text, counts);
  }

  private static DrugFileException bad(String text, String what, int line) {
    return new DrugFileException(Reason.BAD_FIELD, line, "cascade \"" + text + "\": " + what);
  }

  int layers() {
    return counts.length;
  }

  /** How many packs of the layer below are in a full one of this layer, which is 2 or more. */
  int inside(int layer) {
    int outer = counts[layers() - layer];
    return counts[layers() - layer + 1] / outer;
  }

  @Override
  public String toString() {
    return text;
  }
}
