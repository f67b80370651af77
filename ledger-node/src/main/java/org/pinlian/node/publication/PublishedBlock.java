// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.publication;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.node.storage.PublishedFile;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Block;
import org.pinlian.v1.Entry;

/**
 * What the world is shown: a block, and the checkpoint of the tree whose last entry it is.
 *
 * @param checkpoint with the log's signature, and whatever cosignatures were got
 * @param blockIndex of the block's entry: the checkpoint's size less one
 */
public record PublishedBlock(SignedNote checkpoint, long blockIndex, Block block) {

  /** Size of the published tree. */
  public long size() {
    return blockIndex + 1;
  }

  /** Whether anybody but the log has signed it. */
  public boolean isCosigned() {
    return checkpoint.signatures().size() > 1;
  }

  /** What the note says. */
  Checkpoint head() {
    return head(checkpoint);
  }

  static Checkpoint head(SignedNote note) {
    try {
      return Checkpoint.parse(note.text());
    } catch (NoteException e) {
      throw new IllegalStateException("a checkpoint of our own does not read back", e);
    }
  }

  /**
   * The one that was kept last, checked against the log; null if none was.
   *
   * @param size of the log
   * @throws PublicationException if it is damaged, or not of this log
   */
  public static @Nullable PublishedBlock read(
      PublishedFile file,
      TruthStore truth,
      HashAlgorithm hash,
      NodeSource tree,
      long size,
      NoteVerifier log) {
    byte[] bytes = file.read(SignedNote.MAX_BYTES).orElse(null);
    if (bytes == null) {
      return null;
    }
    SignedNote note;
    Checkpoint head;
    try {
      note = SignedNote.parse(bytes);
      var _ = note.verify(List.of(log));
      head = Checkpoint.parse(note.text());
    } catch (NoteException e) {
      throw new PublicationException(
          file.path()
              + " is damaged: "
              + e.getMessage()
              + ". Witnesses have what was published; without the file the next start publishes"
              + " anew",
          e);
    }
    if (!head.origin().equals(log.name()) || head.size() < 2) {
      throw new PublicationException(file.path() + " is not of this log: " + head.text());
    }
    if (head.size() > size) {
      throw new PublicationException(
          "a checkpoint of size "
              + head.size()
              + " was published, and the log has "
              + size
              + " entries: it was set back. Restore the newer database, or start a new origin");
    }
    Hash root = Merkle.root(hash, tree, head.size());
    if (!root.equals(head.root())) {
      throw new PublicationException(
          "root "
              + head.root().hex()
              + " was published for size "
              + head.size()
              + ", and the log has "
              + root.hex());
    }
    return new PublishedBlock(note, head.size() - 1, block(truth, head.size() - 1));
  }

  private static Block block(TruthStore truth, long index) {
    Entry entry;
    try {
      entry =
          Submissions.readEntry(
              ByteString.copyFrom(
                  truth
                      .entry(index)
                      .orElseThrow(() -> new PublicationException("no entry " + index))));
    } catch (RecordException e) {
      throw new PublicationException("entry " + index + " is damaged: " + e.getMessage(), e);
    }
    if (!entry.hasBlock() || entry.getBlock().getCovers() != index) {
      throw new PublicationException("entry " + index + " was published as a block, and is none");
    }
    return entry.getBlock();
  }

  /** The note with no signature but the log's own. */
  static SignedNote signedByLogAlone(SignedNote note, NoteVerifier log) {
    List<NoteSignature> own =
        note.signatures().stream()
            .filter(line -> line.name().equals(log.name()) && line.keyId() == log.keyId())
            .toList();
    return SignedNote.of(note.text(), own);
  }
}
