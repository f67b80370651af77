// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
import org.pinlian.node.rules.StatementLine;
import org.pinlian.node.sequencing.LoggedSubmission.LoggedRecord;
import org.pinlian.node.sequencing.SequencedEntry.TouchedRecord;
import org.pinlian.node.storage.DerivedStore;
import org.pinlian.record.DelegationAnswer;
import org.pinlian.record.DelegationTerm;
import org.pinlian.record.KeyAnswer;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Standing;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;

/**
 * Judges submissions in log order against the state that includes the batch being made: whose key,
 * for whom, then roles and rules. A pure function of that state, the submission and the time given;
 * the same on the way in and on replay. Owned by the sequencing thread, and by the replay before
 * it.
 */
final class Judge {
  private static final int CITED_MAX = 64;

  sealed interface Verdict {}

  record NotAccepted(Refused why) implements Verdict {}

  /**
   * @param records as chains need them; none if it was only asked about
   */
  record Accepted(List<Statement> statements, List<TouchedRecord> records, List<RuleWrite> writes)
      implements Verdict {
    SequencedEntry entry(long index, Hash leaf) {
      return new SequencedEntry(index, leaf, records, writes, null);
    }
  }

  /**
   * @param value null: removed
   */
  @SuppressWarnings("ArrayRecordComponent") // kept and handed on, never compared
  private record Written(byte @Nullable [] value, long index) {}

  private final KeyRegistry registry;
  private final DerivedStore store;
  private final LoggedRecords logged;

  /** Everything below this is in the store. */
  private final LongSupplier storedUpTo;

  // Written since the store's state.
  private final Map<RuleKey, Written> overlay = new HashMap<>();

  private long forgottenUpTo;

  // Records cited lately: the answers to one large offer cite it a thousand times. Entries never
  // change, so nothing here goes stale.
  private final Map<RecordPlace, CitedRecord> cited =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RecordPlace, CitedRecord> eldest) {
          return size() > CITED_MAX;
        }
      };

  // The batch being made, by entry index: what it cites of itself is not in the truth yet.
  private final Map<Long, LoggedSubmission> batch = new HashMap<>();

  Judge(KeyRegistry registry, DerivedStore store, LoggedRecords logged, LongSupplier storedUpTo) {
    this.registry = registry;
    this.store = store;
    this.logged = logged;
    this.storedUpTo = storedUpTo;
  }

  /** What was judged before is in the truth from here on. */
  void beginBatch() {
    batch.clear();
    long stored = storedUpTo.getAsLong();
    if (stored > forgottenUpTo) {
      overlay.values().removeIf(written -> written.index() < stored);
      forgottenUpTo = stored;
    }
  }

  Verdict judge(long index, long sequencedAt, Admitted admitted) {
    return judge(index, sequencedAt, logged(admitted));
  }

  Verdict judge(long index, long sequencedAt, LoggedSubmission submission) {
    return judge(index, sequencedAt, submission, true);
  }

  /** As {@link #judge}, and everything stays as it was: what would follow is dropped. */
  Foresight foresee(long index, long sequencedAt, Admitted admitted) {
    return switch (judge(index, sequencedAt, logged(admitted), false)) {
      case NotAccepted(Refused why) -> new Foresight.NotAccepted(why);
      case Accepted accepted -> new Foresight.Acceptable(accepted.statements());
    };
  }

  private static LoggedSubmission logged(Admitted admitted) {
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
    return new LoggedSubmission(
        admitted.header(),
        admitted.keyId(),
        admitted.attested() == null ? null : admitted.attested().attestation(),
        records);
  }

  private Verdict judge(
      long index, long sequencedAt, LoggedSubmission submission, boolean withEffect) {
    String submitter = submission.header().getSubmitter();
    KeyAnswer answer = registry.check(submission.keyId(), index, sequencedAt);
    if (!(answer instanceof KeyAnswer.Valid valid)) {
      return refuse(
          answer instanceof KeyAnswer.NotValid
              ? RefusalCode.KEY_NOT_VALID
              : RefusalCode.UNKNOWN_KEY,
          "signed.key_id",
          answer instanceof KeyAnswer.NotValid notValid
              ? notValid.message()
              : "no such key is enrolled");
    }
    if (!valid.key().participant().equals(submitter)) {
      return refuse(
          RefusalCode.WRONG_SUBMITTER,
          "header.submitter",
          "the key is " + valid.key().participant() + "'s, the header says " + submitter);
    }
    Standing speaker = valid.standing();
    if (submission.attestation() != null) {
      switch (registry.delegation(
          valid, submission.attestation().getPrincipal(), index, sequencedAt)) {
        case DelegationAnswer.NotInForce(RefusalCode code, String message) -> {
          return refuse(code, "attestation.principal", message);
        }
        case DelegationAnswer.InForce(DelegationTerm term, Standing principal) -> {
          Verdict refused = notDelegated(term, submission.records());
          if (refused != null) {
            return refused;
          }
          speaker = principal;
        }
      }
    }
    List<Statement> statements = new ArrayList<>(submission.records().size());
    for (int position = 0; position < submission.records().size(); position++) {
      LoggedRecord record = submission.records().get(position);
      statements.add(
          new Statement(
              new RecordPlace(index, position),
              sequencedAt,
              submission.speaker(),
              submission.attestation() == null ? null : submitter,
              speaker.roles(),
              speaker.level(),
              record.digest(),
              kind(record),
              record.publicPart(),
              lines(record.lines()),
              record.trade(),
              record.recipe()));
    }
    // A submission is accepted whole or not at all.
    return switch (Rules.judge(new View(index), statements)) {
      case Judgement.Refused refused ->
          refuse(
              refused.code(),
              "records[" + refused.position() + "]." + refused.path(),
              refused.message());
      case Judgement.Accepted accepted ->
          withEffect
              ? accept(index, submission, statements, accepted)
              : new Accepted(statements, List.of(), List.of());
    };
  }

  private static @Nullable Verdict notDelegated(DelegationTerm term, List<LoggedRecord> records) {
    for (int position = 0; position < records.size(); position++) {
      int kind = records.get(position).kind();
      Optional<RefusalCode> refusal = term.refusal(kind);
      if (refusal.isPresent()) {
        return refuse(
            refusal.get(),
            "records[" + position + "].kind",
            kind(records.get(position)) + " is not " + term.gateway() + "'s to sign");
      }
    }
    return null;
  }

  private Accepted accept(
      long index,
      LoggedSubmission submission,
      List<Statement> statements,
      Judgement.Accepted accepted) {
    List<RuleWrite> writes = new ArrayList<>(accepted.writes());
    List<TouchedRecord> touched = new ArrayList<>(submission.records().size());
    for (Statement statement : statements) {
      RuleWrite keys = Rules.applyKeys(registry, statement);
      if (keys != null) {
        writes.add(keys);
      }
    }
    for (LoggedRecord record : submission.records()) {
      touched.add(touched(record));
    }
    for (RuleWrite write : writes) {
      overlay.put(write.key(), new Written(write.value(), index));
    }
    batch.put(index, submission);
    return new Accepted(statements, touched, writes);
  }

  static Kind kind(LoggedRecord record) {
    Kind kind = Kind.forNumber(record.kind());
    return kind == null ? Kind.UNRECOGNIZED : kind;
  }

  static List<StatementLine> lines(List<ParsedLine> lines) {
    List<StatementLine> result = new ArrayList<>(lines.size());
    for (ParsedLine line : lines) {
      LineRole role = LineRole.forNumber(line.role());
      result.add(
          new StatementLine(
              role == null ? LineRole.UNRECOGNIZED : role, line.subject(), line.subjectKey()));
    }
    return result;
  }

  private static TouchedRecord touched(LoggedRecord record) {
    List<ParsedLine> lines = record.lines();
    if (lines.size() == 1) {
      return new TouchedRecord(
          record.digest(), KindTable.isNotice(record.kind()), List.of(lines.get(0).subjectKey()));
    }
    Set<Hash> keys = new LinkedHashSet<>();
    for (ParsedLine line : lines) {
      keys.add(line.subjectKey());
    }
    return new TouchedRecord(record.digest(), KindTable.isNotice(record.kind()), List.copyOf(keys));
  }

  private static Verdict refuse(RefusalCode code, String path, String message) {
    return new NotAccepted(Refused.of(code, path, message));
  }

  /** The state as the submission at one index sees it. */
  private final class View implements RuleView {
    private final long index;

    View(long index) {
      this.index = index;
    }

    @Override
    public byte @Nullable [] get(RuleKey key) {
      Written earlier = overlay.get(key);
      return earlier != null ? earlier.value() : store.rule(key.bytes()).orElse(null);
    }

    @Override
    public Optional<CitedRecord> record(RecordPlace place) {
      if (place.index() >= index) {
        return Optional.empty();
      }
      CitedRecord known = cited.get(place);
      if (known != null) {
        return Optional.of(known);
      }
      Optional<CitedRecord> read = read(place);
      read.ifPresent(record -> cited.put(place, record));
      return read;
    }

    private Optional<CitedRecord> read(RecordPlace place) {
      LoggedSubmission made = batch.get(place.index());
      if (made == null) {
        return logged
            .one(place.index(), place.position())
            .map(one -> cited(place, one.speaker(), one.submitter(), one.record()));
      }
      return place.position() < made.records().size()
          ? Optional.of(
              cited(
                  place,
                  made.speaker(),
                  made.header().getSubmitter(),
                  made.records().get(place.position())))
          : Optional.empty();
    }

    @Override
    public KeyRegistry registry() {
      return registry;
    }

    private CitedRecord cited(
        RecordPlace place, String speaker, String submitter, LoggedRecord record) {
      return new CitedRecord(
          place,
          record.digest(),
          speaker,
          submitter,
          kind(record),
          record.publicPart(),
          lines(record.lines()),
          record.trade());
    }
  }
}
