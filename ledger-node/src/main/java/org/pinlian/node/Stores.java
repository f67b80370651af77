// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.pinlian.node.heads.Derivation;
import org.pinlian.node.rules.RuleTable;
import org.pinlian.node.sequencing.DurableSteps;
import org.pinlian.node.sequencing.LoggedRecords;
import org.pinlian.node.sequencing.Sequencer;
import org.pinlian.node.storage.Access;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DataFolder;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.LastSigned;
import org.pinlian.node.storage.SectionCipher;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.KeyRegistry;
import org.pinlian.v1.Genesis;

/** The databases of one folder, opened together and closed in reverse. */
final class Stores implements AutoCloseable {
  private final ArrayDeque<AutoCloseable> opened = new ArrayDeque<>();
  final TruthStore truth;
  final DerivedStore derived;
  final KeyStore keys;
  final LastSigned lastSigned;
  final SectionCipher cipher = new SectionCipher(new SecureRandom());

  Stores(DataFolder folder, Access access) {
    this(folder, access, access);
  }

  Stores(DataFolder folder, Access access, Access toDerived) {
    try {
      truth = opened(TruthStore.open(folder, access));
      derived = opened(DerivedStore.open(folder, toDerived));
      keys = opened(KeyStore.open(folder, access));
      lastSigned = opened(LastSigned.open(folder));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T opened(T store) {
    opened.push(store);
    return store;
  }

  LoggedRecords loggedRecords(LedgerIdentity ledger) {
    return new LoggedRecords(ledger.hash(), truth, keys, cipher);
  }

  DurableSteps durableSteps() {
    return DurableSteps.of(keys, truth, lastSigned);
  }

  /** Where the replay begins. */
  Sequencer.Stored replayFrom(LedgerIdentity ledger, Derivation derivation, LoggedRecords logged) {
    return replayFrom(ledger, derivation, logged, storedRegistry(ledger.genesis()));
  }

  Sequencer.Stored replayFrom(
      LedgerIdentity ledger, Derivation derivation, LoggedRecords logged, KeyRegistry registry) {
    return new Sequencer.Stored(
        derived.derivedUpTo(),
        derivation.storedEdge(),
        ledger.genesisLeaf(),
        derived,
        derivation::storedUpto,
        logged,
        registry);
  }

  /** The key registry as of the stored derived state; the replay brings it up to the log's end. */
  KeyRegistry storedRegistry(Genesis genesis) {
    List<KeyRegistry.StateEntry> entries = new ArrayList<>();
    try (Cursor<DerivedStore.RuleRow> rows =
        derived.rulesWithPrefix(new byte[] {(byte) RuleTable.KEYS.id()})) {
      while (rows.next()) {
        entries.add(
            new KeyRegistry.StateEntry(
                ByteString.copyFrom(rows.row().key()).substring(1),
                ByteString.copyFrom(rows.row().value())));
      }
    }
    return KeyRegistry.restore(genesis, entries);
  }

  @Override
  public void close() {
    RuntimeException first = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        if (first == null) {
          first = new IllegalStateException("a database did not close", e);
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
