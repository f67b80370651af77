// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException.Reason;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.ProofException;

/**
 * That an entry is in a log, for checking without it (B.6, c2sp.org/tlog-proof@v1): our receipt.
 * Immutable.
 *
 * <p>Two checks belong together, and neither is enough: {@link #verify} says the entry is in the
 * tree the checkpoint names; {@link TrustPolicy#check}, given {@link #note}, says whose checkpoint
 * it is.
 */
public final class TlogProof {
  /** The most extra data that is read. */
  public static final int MAX_EXTRA_BYTES = 64 * 1024;

  /** The longest text that is read. */
  public static final int MAX_BYTES = SignedNote.MAX_BYTES + 2 * MAX_EXTRA_BYTES;

  /** No tree that a checkpoint can name needs a longer path. */
  public static final int MAX_PATH = 63;

  private static final String HEADER = "c2sp.org/tlog-proof@v1";
  private static final String EXTRA = "extra ";
  private static final String INDEX = "index ";

  private final byte @Nullable [] extra;
  private final long index;
  private final List<Hash> path;
  private final SignedNote note;
  private final Checkpoint checkpoint;

  private TlogProof(
      byte @Nullable [] extra,
      long index,
      List<Hash> path,
      SignedNote note,
      Checkpoint checkpoint) {
    this.extra = extra;
    this.index = index;
    this.path = List.copyOf(path);
    this.note = note;
    this.checkpoint = checkpoint;
  }

  /**
   * A proof of these parts.
   *
   * @param extra goes with the proof and is vouched for by nobody; null for none
   * @param note a checkpoint, with its signatures
   * @throws NoteException if the note is not of a checkpoint
   * @throws IllegalArgumentException if the parts do not make a proof that could be read again
   */
  public static TlogProof of(byte @Nullable [] extra, long index, List<Hash> path, SignedNote note)
      throws NoteException {
    if (extra != null && (extra.length == 0 || extra.length > MAX_EXTRA_BYTES)) {
      throw new IllegalArgumentException("extra data of " + extra.length + " bytes");
    }
    if (index < 0) {
      throw new IllegalArgumentException("no entry has index " + index);
    }
    if (path.size() > MAX_PATH) {
      throw new IllegalArgumentException("a path of " + path.size() + " hashes");
    }
    return new TlogProof(
        extra == null ? null : extra.clone(), index, path, note, Checkpoint.parse(note.text()));
  }

  /** Whether the bytes claim to be a proof, by how they begin. */
  public static boolean isOne(byte[] bytes) {
    byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
    return bytes.length >= header.length
        && Arrays.equals(bytes, 0, header.length, header, 0, header.length);
  }

  /** Reads a proof. The result is printed again with the same bytes. */
  public static TlogProof parse(byte[] bytes) throws NoteException {
    String text = Syntax.utf8(bytes, MAX_BYTES);
    int blank = text.indexOf("\n\n");
    if (blank < 0) {
      throw NoteException.malformed("a blank line before the checkpoint", text);
    }
    // Header, extra, index and the path, and one more to see that there are too many.
    String[] lines = text.substring(0, blank).split("\n", MAX_PATH + 4);
    int at = 0;
    if (!lines[at++].equals(HEADER)) {
      throw NoteException.malformed(HEADER, lines[0]);
    }
    byte @Nullable [] extra = null;
    if (at < lines.length && lines[at].startsWith(EXTRA)) {
      extra = extra(lines[at++].substring(EXTRA.length()));
    }
    if (at == lines.length || !lines[at].startsWith(INDEX)) {
      throw NoteException.malformed(
          "a line \"index <decimal>\"", at == lines.length ? "" : lines[at]);
    }
    long index = Syntax.decimal(lines[at++].substring(INDEX.length()));
    if (lines.length - at > MAX_PATH) {
      throw new NoteException(Reason.TOO_LARGE, "at most " + MAX_PATH + " hashes", "more");
    }
    List<Hash> path = new ArrayList<>();
    for (; at < lines.length; at++) {
      path.add(Syntax.hash(lines[at]));
    }
    byte[] note = text.substring(blank + 2).getBytes(StandardCharsets.UTF_8);
    return of(extra, index, path, SignedNote.parse(note));
  }

  private static byte[] extra(String base64) throws NoteException {
    byte[] extra = Syntax.base64(base64);
    if (extra.length == 0) {
      throw NoteException.malformed("no extra line where there is no extra data", EXTRA);
    }
    if (extra.length > MAX_EXTRA_BYTES) {
      throw new NoteException(
          Reason.TOO_LARGE,
          "extra data of at most " + MAX_EXTRA_BYTES + " bytes",
          extra.length + " bytes");
    }
    return extra;
  }

  /**
   * Checks that the entry with this leaf hash is in the tree that the checkpoint names. Who signed
   * the checkpoint is not checked here.
   */
  public void verify(HashAlgorithm algorithm, Hash leafHash) throws ProofException {
    inclusion().verify(algorithm, leafHash, checkpoint.root());
  }

  /** The inclusion proof, whose size is the checkpoint's. */
  public InclusionProof inclusion() {
    return new InclusionProof(index, checkpoint.size(), path);
  }

  /** What came along, vouched for by nobody. */
  public Optional<byte[]> extra() {
    return Optional.ofNullable(extra).map(byte[]::clone);
  }

  /** The index of the entry. */
  public long index() {
    return index;
  }

  /** The entry's sibling first, the root's child last. */
  public List<Hash> path() {
    return path;
  }

  /** The signed checkpoint. */
  public SignedNote note() {
    return note;
  }

  /** What the note says. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The proof as it travels. */
  public String text() {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    if (extra != null) {
      text.append(EXTRA).append(Syntax.base64(extra)).append('\n');
    }
    text.append(INDEX).append(index).append('\n');
    path.forEach(hash -> text.append(hash.base64()).append('\n'));
    return text.append('\n').append(note).toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TlogProof that
        && index == that.index
        && Arrays.equals(extra, that.extra)
        && path.equals(that.path)
        && note.equals(that.note);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(index) + path.hashCode()) + note.hashCode();
  }

  @Override
  public String toString() {
    return text();
  }
}
