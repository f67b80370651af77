// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.merkle.Merkle;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.v1.Block;

/**
 * The newest block that is derived, under a checkpoint of the log's own. It is a block of a tree
 * that was signed and synced, so that signing it by itself says nothing new. Thread-safe.
 */
final class NewestBlock implements Supplier<Optional<PublishedBlock>> {
  private final LedgerIdentity ledger;
  private final Derivation derivation;
  private volatile @Nullable PublishedBlock last;

  NewestBlock(LedgerIdentity ledger, Derivation derivation) {
    this.ledger = ledger;
    this.derivation = derivation;
  }

  @Override
  public Optional<PublishedBlock> get() {
    Block block = derivation.newestBlock().orElse(null);
    PublishedBlock known = last;
    // Derived is not yet signed: until it is, the one before is the newest.
    if (block == null || derivation.published().size() <= block.getCovers()) {
      return Optional.ofNullable(known);
    }
    if (known == null || known.blockIndex() != block.getCovers()) {
      long size = block.getCovers() + 1;
      Checkpoint checkpoint =
          new Checkpoint(
              ledger.genesis().getOrigin(),
              size,
              Merkle.root(ledger.hash(), derivation.tree(), size));
      known = new PublishedBlock(ledger.signer().sign(checkpoint.text()), block.getCovers(), block);
      last = known;
    }
    return Optional.of(known);
  }
}
