// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.provenance;

import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.heads.Derivation.Published;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.LoggedStatements;
import org.pinlian.v1.FindHoldersReply;
import org.pinlian.v1.FindHoldersRequest;

/**
 * Finds holders, for one search after the other: each takes all cores for as long as it follows
 * goods, and ingest must get its share. How slowly a caller reads holds up no other. Thread-safe.
 */
public final class HolderSearches {
  private final HashAlgorithm hash;
  private final Derivation derivation;
  private final CheckedStatements statements;
  private final Semaphore turn = new Semaphore(1, true);

  public HolderSearches(
      HashAlgorithm hash,
      LoggedRecords logged,
      LoggedStatements statements,
      Derivation derivation) {
    this.hash = hash;
    this.derivation = derivation;
    this.statements = new CheckedStatements(hash, logged, statements, derivation);
  }

  /**
   * Finds the holders of what came of some goods.
   *
   * @param published what it speaks of
   * @throws NotReadableException before anything was sent, if there is nothing to tell
   * @throws org.pinlian.node.sequencing.LoggedRecords.DamagedRecordException before anything was
   *     sent, if stored bytes do not match their hashes
   */
  public void find(
      Published published,
      Reader reader,
      FindHoldersRequest request,
      Consumer<FindHoldersReply> send) {
    HolderSearch search =
        new HolderSearch(hash, statements, derivation, published, reader, request);
    try {
      turn.acquire();
      try {
        search.follow();
      } finally {
        turn.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while following goods", e);
    }
    search.tell(send);
  }
}
