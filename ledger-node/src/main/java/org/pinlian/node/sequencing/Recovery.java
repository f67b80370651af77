// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.Frontier;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.RecordException;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Block;
import org.pinlian.v1.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts where the derived state was last stored and replays the entries from there through the
 * same judging and deriving as in normal running. Runs at every start: there is no other way in.
 */
final class Recovery {
  private static final Logger log = LoggerFactory.getLogger(Recovery.class);
  private static final int ENTRIES_PER_BATCH = 1_024;

  private final HashAlgorithm hash;
  private final TruthStore truth;
  private final LoggedRecords loggedRecords;
  private final Judge judge;
  private final SequencedBatch.Follower follower;
  private final boolean readOnly;

  /**
   * @param readOnly speaks of what was signed last, and writes and signs nothing new
   */
  Recovery(
      HashAlgorithm hash,
      TruthStore truth,
      LoggedRecords loggedRecords,
      Judge judge,
      SequencedBatch.Follower follower,
      boolean readOnly) {
    this.hash = hash;
    this.truth = truth;
    this.loggedRecords = loggedRecords;
    this.judge = judge;
    this.follower = follower;
    this.readOnly = readOnly;
  }

  /**
   * @param derivedUpTo entries below this are in the derived state already
   * @param edge roots of the complete subtrees of the tree of that size, largest first
   * @return where the log stands, with the newest checkpoint noted and signed
   * @throws RecoveryException if what is stored contradicts itself or what was signed
   */
  LogState replay(
      long derivedUpTo,
      List<Hash> edge,
      Hash genesisLeaf,
      LastSigned lastSigned,
      NoteSigner signer,
      String origin) {
    long size = truth.size();
    Optional<LastSigned.Head> signed = lastSigned.read();
    if (signed.isPresent() && size < signed.get().size()) {
      throw new RecoveryException(
          "the database ends at size "
              + size
              + ", but a checkpoint of size "
              + signed.get().size()
              + " was signed: it was set back. Sequencing on would fork the ledger. Restore the"
              + " newer database, or start a new origin whose genesis names this one's last"
              + " checkpoint");
    }
    if (signed.isEmpty() && size > 1) {
      throw new RecoveryException(
          "the last-signed file is missing, and the database has " + size + " entries");
    }
    if (derivedUpTo > size) {
      throw new RecoveryException(
          "the derived state is ahead of the truth: "
              + derivedUpTo
              + " against "
              + size
              + " entries; the truth was set back");
    }

    if (signed.isPresent() && signed.get().size() < derivedUpTo) {
      throw new RecoveryException(
          "the derived state is of size "
              + derivedUpTo
              + ", but only "
              + signed.get().size()
              + " was signed: the last-signed file was set back");
    }
    if (readOnly && signed.isPresent()) {
      // Entries that are durable and were never signed for are the next start's to sign.
      size = signed.get().size();
    }

    LogState state = new LogState(genesisLeaf, hash.empty());
    Frontier tree = Frontier.resume(hash, derivedUpTo, edge);
    List<SequencedEntry> waiting = new ArrayList<>();
    state.size = derivedUpTo;
    checkSigned(signed, tree);
    try (Cursor<TruthStore.EntryRow> rows = truth.entriesFrom(derivedUpTo)) {
      while (state.size < size && rows.next()) {
        if (rows.row().index() != state.size) {
          throw new RecoveryException(
              "entry " + state.size + " is missing: the next is " + rows.row().index());
        }
        Hash leaf = hash.leaf(rows.row().bytes());
        waiting.add(replay(rows.row().index(), rows.row().bytes(), leaf, state, derivedUpTo));
        tree.append(leaf);
        state.size++;
        checkSigned(signed, tree);
        if (waiting.size() == ENTRIES_PER_BATCH && state.size < size) {
          follower.follow(new SequencedBatch(waiting, null));
          waiting = new ArrayList<>();
        }
      }
    }
    if (size > derivedUpTo) {
      log.info("Replayed {} entries from {}", size - derivedUpTo, derivedUpTo);
    }
    state.edge = tree.nodes();
    if (state.size < size) {
      throw new RecoveryException("entry " + state.size + " is missing; the log has " + size);
    }
    if (!readOnly) {
      lastSigned.note(state.size, tree.root().bytes());
    }
    SignedNote checkpoint = signer.sign(new Checkpoint(origin, state.size, tree.root()).text());
    if (waiting.isEmpty()) {
      throw new RecoveryException(
          "derived state reaches the end of the log, though a block is always replayed");
    }
    follower.follow(new SequencedBatch(waiting, checkpoint));
    return state;
  }

  /** The tree must pass through what was signed for its size. */
  private static void checkSigned(Optional<LastSigned.Head> signed, Frontier tree) {
    if (signed.isPresent()
        && signed.get().size() == tree.size()
        && !Hash.of(signed.get().root()).equals(tree.root())) {
      throw new RecoveryException(
          "the tree of size "
              + tree.size()
              + " has root "
              + tree.root().hex()
              + ", but "
              + Hash.of(signed.get().root()).hex()
              + " was signed for it");
    }
  }

  private SequencedEntry replay(
      long index, byte[] bytes, Hash leaf, LogState state, long derivedUpTo) {
    Entry entry;
    try {
      entry = Submissions.readEntry(ByteString.copyFrom(bytes));
    } catch (RecordException e) {
      throw new RecoveryException("entry " + index + " is damaged: " + e.getMessage(), e);
    }
    if (entry.getSequencedAt() < state.sequencedAt) {
      throw new RecoveryException(
          "entry " + index + " was sequenced before the one that precedes it");
    }
    state.sequencedAt = entry.getSequencedAt();
    if (index == derivedUpTo && index > 0 && !entry.hasBlock()) {
      // Nothing here would know where the chain of blocks stood.
      throw new RecoveryException(
          "the derived state is of size " + index + ", but entry " + index + " is no block");
    }
    return switch (entry.getBodyCase()) {
      case GENESIS -> {
        if (index != 0) {
          throw new RecoveryException("a genesis entry at " + index);
        }
        yield new SequencedEntry(index, leaf, List.of(), List.of(), null);
      }
      case SUBMISSION -> {
        judge.beginBatch();
        Judge.Verdict verdict =
            judge.judge(
                index,
                entry.getSequencedAt(),
                loggedRecords.submission(index, entry.getSubmission()));
        state.lag.submission(entry.getSequencedAt());
        state.submissionSinceBlock = true;
        yield switch (verdict) {
          case Judge.Accepted accepted -> accepted.entry(index, leaf);
          case Judge.NotAccepted(var why) ->
              throw new RecoveryException(
                  "entry " + index + " was accepted once and is refused on replay: " + why);
        };
      }
      case BLOCK -> {
        replayBlock(index, entry.getBlock(), leaf, state, derivedUpTo);
        yield new SequencedEntry(index, leaf, List.of(), List.of(), entry.getBlock());
      }
      case BODY_NOT_SET -> throw new RecoveryException("entry " + index + " has no body");
    };
  }

  private void replayBlock(long index, Block block, Hash leaf, LogState state, long derivedUpTo) {
    boolean first = index == derivedUpTo && derivedUpTo > 0;
    if (first) {
      // The derived state was cut by this very block: what came before is not replayed, and the
      // block says where it stood. `audit` checks the whole chain of blocks.
      state.blockNumber = block.getNumber() - 1;
      state.blockLeaf = Hash.of(block.getPrevious().toByteArray());
    }
    if (block.getNumber() != state.blockNumber + 1
        || !block.getPrevious().equals(ByteString.copyFrom(state.blockLeaf.bytes()))
        || block.getCovers() != index) {
      throw new RecoveryException(
          "block "
              + block.getNumber()
              + " at entry "
              + index
              + " does not follow block "
              + state.blockNumber);
    }
    state.lag.replay(block, first);
    state.lag.block(index);
    state.blockNumber = block.getNumber();
    state.blockLeaf = leaf;
    state.submissionSinceBlock = false;
  }
}
