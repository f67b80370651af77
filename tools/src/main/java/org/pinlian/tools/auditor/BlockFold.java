// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.Block;

/**
 * The chain of blocks, and what they say of the heads map (formats.md A.6). A block may name the
 * map of whatever an earlier one covers, so the root and the first submission after it are kept for
 * each that may still be named. For one thread.
 */
final class BlockFold {
  /**
   * A map that may be named.
   *
   * @param size entries below it are in the map
   * @param since time of the first submission that is not; 0 if there is none yet
   */
  private record Mark(long size, Hash root, long since) {}

  // Ascending by size; the first is the map that the newest block names. Those without a
  // submission after them are at the end.
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private Hash previous;
  private long number;

  BlockFold(Hash genesisLeaf, Hash emptyMap) {
    this.previous = genesisLeaf;
    marks.add(new Mark(0, emptyMap, 0));
  }

  /** How many there were. */
  long blocks() {
    return number;
  }

  void submission(long sequencedAt) {
    List<Mark> waiting = new ArrayList<>(1);
    while (!marks.isEmpty() && marks.getLast().since() == 0) {
      waiting.add(marks.removeLast());
    }
    for (Mark mark : waiting.reversed()) {
      marks.add(new Mark(mark.size(), mark.root(), sequencedAt));
    }
  }

  /**
   * Checks a block.
   *
   * @param sequencedAt of its entry
   */
  void check(long index, long sequencedAt, Block block) throws AlarmException {
    if (block.getNumber() != number + 1) {
      throw alarm(Rule.BLOCK_NUMBER, index, number + 1, block.getNumber());
    }
    if (!block.getPrevious().equals(ByteString.copyFrom(previous.bytes()))) {
      throw new AlarmException(
          Rule.BLOCK_PREVIOUS, index, "previous " + previous.hex(), hex(block.getPrevious()));
    }
    if (block.getCovers() != index) {
      throw alarm(Rule.BLOCK_COVERS, index, index, block.getCovers());
    }
    if (block.getClosedAt() != sequencedAt) {
      throw alarm(Rule.BLOCK_CLOSED_AT, index, sequencedAt, block.getClosedAt());
    }
    checkMap(index, block);
  }

  private void checkMap(long index, Block block) throws AlarmException {
    long size = block.getHeadsSize();
    if (size < marks.getFirst().size()) {
      throw new AlarmException(
          Rule.HEADS_SIZE_GOES_BACK,
          index,
          "heads_size " + marks.getFirst().size() + " or more",
          "heads_size " + Long.toUnsignedString(size));
    }
    while (!marks.isEmpty() && marks.getFirst().size() < size) {
      marks.removeFirst();
    }
    if (marks.isEmpty() || marks.getFirst().size() != size) {
      throw new AlarmException(
          Rule.HEADS_SIZE, index, "what an earlier block covers", "heads_size " + size);
    }
    Mark named = marks.getFirst();
    if (!block.getHeadsRoot().equals(ByteString.copyFrom(named.root().bytes()))) {
      throw new AlarmException(
          Rule.HEADS_ROOT,
          index,
          "heads_root " + named.root().hex() + " over the entries below " + size,
          hex(block.getHeadsRoot()));
    }
    if (block.getLagSince() != named.since()) {
      throw alarm(Rule.LAG_SINCE, index, named.since(), block.getLagSince());
    }
  }

  /**
   * Goes on after a block that was checked.
   *
   * @param root of the map over the entries before it
   */
  void closed(long index, Hash leaf, Hash root) {
    number++;
    previous = leaf;
    marks.add(new Mark(index, root, 0));
  }

  private static AlarmException alarm(Rule rule, long index, long expected, long found) {
    return new AlarmException(rule, index, Long.toString(expected), Long.toUnsignedString(found));
  }

  private static String hex(ByteString bytes) {
    return java.util.HexFormat.of().formatHex(bytes.toByteArray());
  }
}
