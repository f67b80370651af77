// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.util.Optional;
import org.pinlian.merkle.Hash;
import org.pinlian.node.heads.MapRevision;

/**
 * A map to make a dossier from. Whoever makes it compares the chains with {@code told}; the reader
 * is given proofs from {@code committed}.
 */
record CrookedRevision(SmallMap told, SmallMap committed, long size) implements MapRevision {
  @Override
  public Hash root() {
    return committed.root();
  }

  @Override
  public Optional<byte[]> value(Hash key) {
    return told.value(key);
  }

  @Override
  public byte[] presence(Hash key) {
    return committed.proof(key);
  }

  @Override
  public byte[] absence(Hash key) {
    return committed.proof(key);
  }

  @Override
  public void close() {}
}
