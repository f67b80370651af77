// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.heads;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pinlian.merkle.Hash;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.Head;
import org.pinlian.node.storage.DerivedStore.HeadRow;
import org.pinlian.record.Heads;

/** The heads in the derived database. For many threads. */
public final class StoredHeads implements HeadSource {
  private final DerivedStore store;

  public StoredHeads(DerivedStore store) {
    this.store = store;
  }

  /** A head as the map has it. */
  public static byte[] value(Head head) {
    return Heads.value(head.count(), Hash.of(head.link()), head.lastIndex());
  }

  @Override
  public List<Hash> keysWithPrefix(long prefix) {
    return withPrefix(prefix).stream().map(Found::key).toList();
  }

  @Override
  public List<Found> withPrefix(long prefix) {
    List<Found> found = new ArrayList<>(1);
    try (Cursor<HeadRow> rows =
        store.headsWithPrefix(ByteBuffer.allocate(Long.BYTES).putLong(prefix).array())) {
      while (rows.next()) {
        found.add(new Found(Hash.of(rows.row().mapKey()), value(rows.row().head())));
      }
    }
    return found;
  }

  @Override
  public Optional<byte[]> value(Hash key) {
    return store.head(key.bytes()).map(StoredHeads::value);
  }
}
