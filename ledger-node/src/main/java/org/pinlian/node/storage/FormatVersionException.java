// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.nio.file.Path;

/**
 * The folder was written by another version of this program, in a layout that this one cannot read.
 */
public final class FormatVersionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int found;
  private final int expected;
  private final boolean derived;

  FormatVersionException(Path folder, int found, int expected, String detail) {
    super(
        "%s: storage format %s, this program reads %d%s"
            .formatted(folder, found < 0 ? "unknown" : Integer.toString(found), expected, detail));
    this.found = found;
    this.expected = expected;
    this.derived = folder.endsWith(Database.DERIVED.folderName);
  }

  /** Whether it is of what can be made again from the log. */
  public boolean isOfDerived() {
    return derived;
  }

  /** The version found, or -1 if the database does not say. */
  public int found() {
    return found;
  }

  public int expected() {
    return expected;
  }
}
