// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.nio.file.Path;

/**
 * Bytes on disk that are not what was written.
 *
 * @param file the file they are in
 * @param offset where in the file, or -1 if only the file is known
 * @param what what was expected and found
 * @param keyRange which rows it may concern, as `records 5.0..9.14`; empty if that is not known
 */
public record Damage(Path file, long offset, String what, String keyRange) {
  @Override
  public String toString() {
    return file
        + (offset < 0 ? "" : " at " + offset)
        + ": "
        + what
        + (keyRange.isEmpty() ? "" : " (" + keyRange + ")");
  }
}
