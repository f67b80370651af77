// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.rules.CitedRecord;
import org.pinlian.node.rules.Erasures;
import org.pinlian.node.rules.Judgement;
import org.pinlian.node.rules.RuleKey;
import org.pinlian.node.rules.RuleTable;
import org.pinlian.node.rules.RuleView;
import org.pinlian.node.rules.RuleWrite;
import org.pinlian.node.rules.Rules;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.node.storage.DerivedStore.RuleRow;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.RecordPlace;
import org.pinlian.tools.CheckedEntry.CheckedRecord;
import org.pinlian.v1.Kind;
import org.pinlian.v1.SectionClass;

/**
 * Judges every submission again by the rules, in log order, and compares {@code rules} with what
 * follows. For one thread. Keeps the rules' state, which is of the size of the column {@code rules}
 * and a third more.
 *
 * <p>What rested on a section whose key was lost cannot be made again. Rows that follow from such a
 * record, directly or not, are not compared. What can be erased under law no rule reads.
 */
final class RuleCheck {
  /** Offers at hand for the answers to them, which mostly come soon. */
  private static final int OFFERS_KEPT = 4_096;

  /** Reads a record of the truth again, for whoever cites it. */
  interface CitedRecords {
    /** The record with whoever speaks in it; null if there is none, or none that can be read. */
    @Nullable Cited read(RecordPlace place);
  }

  /**
   * @param signer whose statement it is
   * @param submitter who signed it
   */
  record Cited(String signer, String submitter, CheckedRecord record) {}

  private final Differences differences;
  private final KeyRegistry registry;
  private final CitedRecords cited;
  private final RowTable state = new RowTable();
  private final Set<RuleKey> uncertain = new HashSet<>();
  private final Set<Long> uncertainEntries = new HashSet<>();
  private final Map<RecordPlace, Cited> offers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RecordPlace, Cited> eldest) {
          return size() > OFFERS_KEPT;
        }
      };
  private final Map<RecordPlace, Set<SectionClass>> erased = new TreeMap<>();

  RuleCheck(Differences differences, KeyRegistry registry, CitedRecords cited) {
    this.differences = differences;
    this.registry = registry;
    this.cited = cited;
  }

  /** What erasures in effect say is to be gone. */
  Map<RecordPlace, Set<SectionClass>> erased() {
    return erased;
  }

  /**
   * @param signer whose statements these are
   * @param submitter who signed them
   */
  void judge(
      long index,
      String signer,
      String submitter,
      List<Statement> statements,
      List<CheckedRecord> records) {
    View view = new View(index);
    for (CheckedRecord record : records) {
      view.unsure |= record.unread();
      if (record.kind() == Kind.KIND_CUSTODY_OFFER) {
        offers.put(new RecordPlace(index, record.position()), new Cited(signer, submitter, record));
      }
    }
    switch (Rules.judge(view, statements)) {
      case Judgement.Refused refused -> {
        if (!view.unsure) {
          differences.ofTruth(
              index,
              new Difference(
                  "records",
                  index + "." + refused.position(),
                  "a record that the rules accept",
                  refused.code() + ", " + refused.path() + ": " + refused.message()));
        }
      }
      case Judgement.Accepted accepted -> {
        for (RuleWrite write : accepted.writes()) {
          write(write, view.unsure);
          byte[] value = write.value();
          if (write.key().table() == RuleTable.ERASED && value != null) {
            for (Erasures.InEffect erasure : Erasures.inEffect(write.key(), value)) {
              erased
                  .computeIfAbsent(erasure.record(), _ -> EnumSet.noneOf(SectionClass.class))
                  .addAll(erasure.classes());
            }
          }
        }
      }
    }
    if (view.unsure) {
      uncertainEntries.add(index);
    }
    for (Statement statement : statements) {
      RuleWrite keys = Rules.applyKeys(registry, statement);
      if (keys != null) {
        // What concerns keys is public and cannot be erased.
        write(keys, false);
      }
    }
  }

  private void write(RuleWrite write, boolean isUncertain) {
    byte[] value = write.value();
    if (value == null) {
      state.remove(write.key().bytes());
    } else {
      state.put(write.key().bytes(), value);
    }
    if (isUncertain) {
      uncertain.add(write.key());
    } else if (!uncertain.isEmpty()) {
      uncertain.remove(write.key());
    }
  }

  /** To be called at the size {@code derived_upto}. */
  void endOfDerived(DerivedStore derived, long derivedUpTo) {
    long known = 0;
    try (Cursor<RuleRow> rows = derived.allRules()) {
      while (rows.next()) {
        byte[] key = rows.row().key();
        long row = state.find(key);
        if (row != RowTable.NONE) {
          known++;
          state.mark(row);
        }
        byte[] expected = row == RowTable.NONE ? null : state.value(row);
        byte[] stored = rows.row().value();
        if (!Arrays.equals(expected, stored) && !isUncertain(key, stored)) {
          differ(
              derivedUpTo,
              "rules",
              name(key),
              expected == null ? "no such row" : hex(expected),
              hex(stored));
        }
      }
    }
    if (known == state.size()) {
      return;
    }
    for (RowTable.Walk walk = state.walk(); walk.next(); ) {
      byte[] key = state.key(walk.address());
      if (!state.isMarked(walk.address()) && !isUncertain(key, state.value(walk.address()))) {
        differ(derivedUpTo, "rules", name(key), hex(state.value(walk.address())), "no such row");
      }
    }
  }

  private boolean isUncertain(byte[] key, byte[] value) {
    for (RuleKey one : uncertain) {
      if (Arrays.equals(one.bytes(), key)) {
        return true;
      }
    }
    // All tables but the keys' begin their values with the place of the record that wrote them.
    return key.length > 0
        && key[0] != RuleTable.KEYS.id()
        && value.length >= Long.BYTES
        && uncertainEntries.contains(ByteBuffer.wrap(value).getLong());
  }

  private void differ(long index, String column, String key, String expected, String found) {
    differences.ofDerived(index, new Difference(column, key, expected, found));
  }

  private static String name(byte[] key) {
    for (RuleTable table : RuleTable.values()) {
      if (key.length > 0 && key[0] == table.id()) {
        return table + ":" + HexFormat.of().formatHex(key, 1, key.length);
      }
    }
    return hex(key);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** The state as the submission at one index sees it. */
  private final class View implements RuleView {
    private final long index;
    private boolean unsure;

    View(long index) {
      this.index = index;
    }

    @Override
    public byte @Nullable [] get(RuleKey key) {
      unsure |= !uncertain.isEmpty() && uncertain.contains(key);
      return state.get(key.bytes());
    }

    @Override
    public Optional<CitedRecord> record(RecordPlace place) {
      if (place.index() >= index) {
        return Optional.empty();
      }
      Cited found = offers.get(place);
      if (found == null) {
        found = cited.read(place);
      }
      if (found == null) {
        return Optional.empty();
      }
      CheckedRecord record = found.record();
      unsure |= record.unread();
      return Optional.of(
          new CitedRecord(
              place,
              record.digest(),
              found.signer(),
              found.submitter(),
              record.kind(),
              record.part(),
              record.lines(),
              record.trade()));
    }

    @Override
    public KeyRegistry registry() {
      return registry;
    }
  }
}
