// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.admission.Admitted;
import org.pinlian.node.admission.Refused;
import org.pinlian.node.rules.CitedRecord;
import org.pinlian.node.rules.Judgement;
import org.pinlian.node.rules.RuleKey;
import org.pinlian.node.rules.RuleView;
import org.pinlian.node.rules.RuleWrite;
import org.pinlian.node.rules.Rules;
import org.pinlian.node.rules.Statement;
import org.pinlian.node.sequencing.LoggedSubmission.LoggedRecord;
import org.pinlian.node.sequencing.SequencedEntry.TouchedRecord;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.KeyAnswer;
import org.pinlian.record.KeyRecord;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Finding;
import org.pinlian.v1.Kind;
import org.pinlian.v1.RefusalCode;

/**
 * Judges submissions in log order against the state that includes the batch being made: whose key,
 * then roles and rules. A pure function of that state, the submission and the time given; the same
 * on the way in and on replay. Owned by the sequencing thread, and by the replay before it.
 */
final class Judge {
  /** Rule state and the key registry's share one column. */
  private static final byte RULE_STATE = 'r';

  private static final byte KEY_STATE = 'k';

  sealed interface Verdict {}

  record NotAccepted(Refused why) implements Verdict {}

  record Accepted(List<TouchedRecord> records, List<RuleWrite> writes, List<Finding> findings)
      implements Verdict {
    SequencedEntry entry(long index, Hash leaf) {
      return new SequencedEntry(index, leaf, records, writes, findings, null);
    }
  }

  private record Written(byte[] value, long index) {}

  private final Rules rules = new Rules();
  private final KeyRegistry registry;
  private final DerivedStore store;
  private final LoggedRecords logged;

  /** Everything below this is in the store. */
  private final LongSupplier storedUpTo;

  // Written since the store's state, by column key.
  private final Map<ByteString, Written> overlay = new HashMap<>();

  // The batch being made, by entry index: what it cites of itself is not in the truth yet.
  private final Map<Long, LoggedSubmission> batch = new HashMap<>();
  private long batchFirst;

  Judge(
      KeyRegistry registry,
      DerivedStore store,
      LoggedRecords logged,
      LongSupplier storedUpTo) {
    this.registry = registry;
    this.store = store;
    this.logged = logged;
    this.storedUpTo = storedUpTo;
  }

  /** What the registry was as of the stored state. */
  static KeyRegistry restoreRegistry(org.pinlian.v1.Genesis genesis, DerivedStore store) {
    List<KeyRegistry.StateEntry> entries = new ArrayList<>();
    try (var rows = store.rulesWithPrefix(new byte[] {KEY_STATE})) {
      while (rows.next()) {
        entries.add(
            new KeyRegistry.StateEntry(
                ByteString.copyFrom(rows.row().key()).substring(1),
                ByteString.copyFrom(rows.row().value())));
      }
    }
    return KeyRegistry.restore(genesis, entries);
  }

  /** Entries from {@code first} on are made now and not yet in the truth. */
  void beginBatch(long first) {
    batch.clear();
    batchFirst = first;
    long stored = storedUpTo.getAsLong();
    overlay.values().removeIf(written -> written.index() < stored);
  }

  Verdict judge(long index, long sequencedAt, Admitted admitted) {
    List<LoggedRecord> records = new ArrayList<>(admitted.records().size());
    for (Admitted.Kept kept : admitted.records()) {
      ParsedRecord parsed = kept.parsed();
      records.add(
          new LoggedRecord(
              parsed.record().getKind(),
              parsed.digest(),
              parsed.publicPart(),
              parsed.lines(),
              parsed.trade(),
              parsed.recipe()));
    }
    return judge(
        index, sequencedAt, new LoggedSubmission(admitted.header(), admitted.keyId(), records));
  }

  Verdict judge(long index, long sequencedAt, LoggedSubmission submission) {
    String signer = submission.header().getSubmitter();
    KeyAnswer answer = registry.check(submission.keyId(), index, sequencedAt);
    if (!(answer instanceof KeyAnswer.Valid valid)) {
      return refuse(
          answer instanceof KeyAnswer.NotValid ? RefusalCode.KEY_NOT_VALID : RefusalCode.UNKNOWN_KEY,
          "signed.key_id",
          answer instanceof KeyAnswer.NotValid notValid
              ? notValid.message()
              : "no such key is enrolled");
    }
    if (!valid.key().participant().equals(signer)) {
      return refuse(
          RefusalCode.WRONG_SUBMITTER,
          "header.submitter",
          "the key is " + valid.key().participant() + "'s, the header says " + signer);
    }
    // A submission is accepted whole or not at all: what its records write is seen by those that
    // follow in it, and by nobody else until the last of them is accepted.
    boolean concernsKeys =
        submission.records().stream()
            .anyMatch(record -> KeyRecord.concerns(record.publicPart()));
    Staging staging = new Staging(index, concernsKeys ? registry.overlay() : registry);
    List<TouchedRecord> touched = new ArrayList<>(submission.records().size());
    List<RuleWrite> writes = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    List<KeyRecord> keyRecords = new ArrayList<>();
    for (int position = 0; position < submission.records().size(); position++) {
      LoggedRecord record = submission.records().get(position);
      Kind kind = Kind.forNumber(record.kind());
      Statement statement =
          new Statement(
              index,
              position,
              sequencedAt,
              signer,
              valid.standing().roles(),
              valid.standing().level(),
              record.digest(),
              kind == null ? Kind.UNRECOGNIZED : kind,
              record.publicPart(),
              lines(record.lines()),
              record.trade(),
              record.recipe());
      switch (rules.judge(staging, statement)) {
        case Judgement.Refused refused -> {
          return new NotAccepted(
              new Refused(
                  refused.code(),
                  List.of(
                      new FieldViolation(
                          "records[" + position + "]." + refused.path(),
                          refused.code(),
                          refused.message()))));
        }
        case Judgement.Accepted accepted -> {
          for (RuleWrite write : accepted.writes()) {
            staging.put(write);
            writes.add(new RuleWrite(column(RULE_STATE, write.key()), write.value()));
          }
          findings.addAll(accepted.findings());
        }
      }
      if (KeyRecord.concerns(record.publicPart())) {
        KeyRecord keyRecord = keyRecord(index, position, signer, record);
        var unused = staging.registry().apply(keyRecord);
        keyRecords.add(keyRecord);
      }
      touched.add(touched(record));
    }
    for (KeyRecord keyRecord : keyRecords) {
      registry
          .apply(keyRecord)
          .ifPresent(
              state ->
                  writes.add(
                      new RuleWrite(
                          column(KEY_STATE, new RuleKey(state.key().toByteArray())),
                          state.value().toByteArray())));
    }
    for (RuleWrite write : writes) {
      overlay.put(
          ByteString.copyFrom(write.key().bytes()), new Written(write.value(), index));
    }
    if (index >= batchFirst) {
      batch.put(index, submission);
    }
    return new Accepted(touched, writes, findings);
  }

  private static KeyRecord keyRecord(
      long index, int position, String signer, LoggedRecord record) {
    List<String> subjects = new ArrayList<>(record.lines().size());
    for (ParsedLine line : record.lines()) {
      subjects.add(line.subject());
    }
    return new KeyRecord(
        new RecordPlace(index, position), record.digest(), signer, record.publicPart(), subjects);
  }

  private static List<Statement.StatementLine> lines(List<ParsedLine> lines) {
    List<Statement.StatementLine> result = new ArrayList<>(lines.size());
    for (ParsedLine line : lines) {
      result.add(new Statement.StatementLine(line.role(), line.subject(), line.subjectKey()));
    }
    return result;
  }

  private static TouchedRecord touched(LoggedRecord record) {
    List<ParsedLine> lines = record.lines();
    if (lines.size() == 1) {
      return new TouchedRecord(
          record.digest(),
          KindTable.isNotice(record.kind()),
          List.of(lines.get(0).subjectKey()));
    }
    Set<Hash> keys = new LinkedHashSet<>();
    for (ParsedLine line : lines) {
      keys.add(line.subjectKey());
    }
    return new TouchedRecord(
        record.digest(), KindTable.isNotice(record.kind()), List.copyOf(keys));
  }

  private static Verdict refuse(RefusalCode code, String path, String message) {
    return new NotAccepted(Refused.of(code, path, message));
  }

  private static RuleKey column(byte kind, RuleKey key) {
    byte[] prefixed = new byte[1 + key.bytes().length];
    prefixed[0] = kind;
    System.arraycopy(key.bytes(), 0, prefixed, 1, key.bytes().length);
    return new RuleKey(prefixed);
  }

  /** The state as one submission sees it while it is judged. */
  private final class Staging implements RuleView {
    private final long index;
    private final KeyRegistry keys;
    private final Map<ByteString, byte[]> written = new HashMap<>();

    Staging(long index, KeyRegistry keys) {
      this.index = index;
      this.keys = keys;
    }

    void put(RuleWrite write) {
      written.put(
          ByteString.copyFrom(column(RULE_STATE, write.key()).bytes()), write.value());
    }

    @Override
    public byte @Nullable [] get(RuleKey key) {
      byte[] column = column(RULE_STATE, key).bytes();
      ByteString name = ByteString.copyFrom(column);
      byte[] own = written.get(name);
      if (own != null) {
        return own;
      }
      Written earlier = overlay.get(name);
      return earlier != null ? earlier.value() : store.rule(column).orElse(null);
    }

    @Override
    public Optional<CitedRecord> record(long cited, int position) {
      if (cited >= index || cited < 0 || position < 0) {
        return Optional.empty();
      }
      LoggedSubmission made = batch.get(cited);
      if (made != null) {
        return position < made.records().size()
            ? Optional.of(
                cited(made.header().getSubmitter(), made.records().get(position)))
            : Optional.empty();
      }
      return logged.one(cited, position).map(one -> cited(one.submitter(), one.record()));
    }

    @Override
    public KeyRegistry registry() {
      return keys;
    }

    private CitedRecord cited(String signer, LoggedRecord record) {
      Kind kind = Kind.forNumber(record.kind());
      return new CitedRecord(
          record.digest(),
          signer,
          kind == null ? Kind.UNRECOGNIZED : kind,
          record.publicPart(),
          lines(record.lines()),
          record.trade());
    }
  }
}
