// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import org.pinlian.merkle.Hash;

/**
 * A tree head (B.3): the text that a log signs. Always exactly three lines; extension lines, which
 * the format allows, are neither written nor read, because not all cosignatures cover them.
 *
 * @param origin which log, for ever
 * @param size of the tree, in entries
 * @param root of the tree
 */
public record Checkpoint(String origin, long size, Hash root) {
  /** Refuses what could not be read again. */
  public Checkpoint {
    if (origin.isEmpty() || origin.indexOf('\n') >= 0 || !Syntax.isNoteText(origin)) {
      throw new IllegalArgumentException("not the origin of a log: " + Syntax.quote(origin));
    }
    if (size < 0) {
      throw new IllegalArgumentException("a tree cannot have size " + size);
    }
  }

  /** Reads the text of a checkpoint. The result is printed again with the same characters. */
  public static Checkpoint parse(String text) throws NoteException {
    String[] lines = text.split("\n", -1);
    if (lines.length != 4 || !lines[3].isEmpty()) {
      throw NoteException.malformed("three lines: origin, size, root", text);
    }
    if (lines[0].isEmpty() || !Syntax.isNoteText(lines[0])) {
      throw NoteException.malformed("the origin of a log", lines[0]);
    }
    return new Checkpoint(lines[0], Syntax.decimal(lines[1]), Syntax.hash(lines[2]));
  }

  /** The three lines, each with its line feed: what is signed. */
  public String text() {
    return origin + "\n" + size + "\n" + root.base64() + "\n";
  }
}
