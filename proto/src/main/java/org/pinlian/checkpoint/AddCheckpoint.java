// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.merkle.Hash;

/**
 * What a log sends a witness to have a checkpoint cosigned (B.8, c2sp.org/tlog-witness): the size
 * that the witness cosigned last, the proof from there, and the checkpoint.
 *
 * @param oldSize 0 if the witness is not known to have cosigned any
 * @param proof consistency from there on; empty if {@code oldSize} is 0
 * @param note the checkpoint, with the log's signature
 */
public record AddCheckpoint(long oldSize, List<Hash> proof, SignedNote note) {
  /** The longest request that is read: a path, and lines of keys of every kind. */
  public static final int MAX_BYTES = 64 * 1024;

  /** No two trees that checkpoints can name need a longer path. */
  public static final int MAX_PATH = 63;

  private static final String OLD = "old ";

  /** Refuses what could not be read again. */
  public AddCheckpoint {
    proof = List.copyOf(proof);
    if (oldSize < 0 || proof.size() > MAX_PATH || (oldSize == 0 && !proof.isEmpty())) {
      throw new IllegalArgumentException(proof.size() + " hashes from size " + oldSize);
    }
  }

  /** Reads a request. The result is printed again with the same bytes. */
  public static AddCheckpoint parse(byte[] bytes) throws NoteException {
    String text = Syntax.utf8(bytes, MAX_BYTES);
    int blank = text.indexOf("\n\n");
    if (blank < 0) {
      throw NoteException.malformed("a blank line before the checkpoint", text);
    }
    String[] lines = text.substring(0, blank).split("\n", MAX_PATH + 2);
    if (!lines[0].startsWith(OLD)) {
      throw NoteException.malformed("a line \"old <decimal>\"", lines[0]);
    }
    long oldSize = Syntax.decimal(lines[0].substring(OLD.length()));
    if (lines.length - 1 > MAX_PATH) {
      throw new NoteException(Reason.TOO_LARGE, "at most " + MAX_PATH + " hashes", "more");
    }
    List<Hash> proof = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      proof.add(Syntax.hash(lines[i]));
    }
    if (oldSize == 0 && !proof.isEmpty()) {
      throw NoteException.malformed("no proof from size 0", lines[1]);
    }
    return new AddCheckpoint(
        oldSize,
        proof,
        SignedNote.parse(text.substring(blank + 2).getBytes(StandardCharsets.UTF_8)));
  }

  /** The request as it travels. */
  public String text() {
    StringBuilder text = new StringBuilder(OLD).append(oldSize).append('\n');
    proof.forEach(hash -> text.append(hash.base64()).append('\n'));
    return text.append('\n').append(note).toString();
  }

  /** The request as it travels. */
  public byte[] bytes() {
    return text().getBytes(StandardCharsets.UTF_8);
  }
}
