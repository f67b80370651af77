// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.sequencing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.sequencing.LoggedSubmission.LoggedRecord;
import org.pinlian.node.sequencing.SequencedEntry.TouchedRecord;
import org.pinlian.node.storage.Cursor;
import org.pinlian.node.storage.EntryKeys;
import org.pinlian.node.storage.KeyStore;
import org.pinlian.node.storage.SectionCipher;
import org.pinlian.node.storage.SectionCipher.SectionsDamagedException;
import org.pinlian.node.storage.TruthStore;
import org.pinlian.record.Chains;
import org.pinlian.record.KindTable;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Skeleton;
import org.pinlian.record.Submissions;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.Section;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.StoredRecord;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.Trade;

/**
 * Reads submissions back from the truth, and believes nothing of what it reads: each record's
 * digest is recomputed, and together they must open the root that the submitter signed.
 * Thread-safe.
 */
public final class LoggedRecords {
  private final HashAlgorithm hash;
  private final TruthStore truth;
  private final KeyStore keys;
  private final SectionCipher cipher;

  public LoggedRecords(HashAlgorithm hash, TruthStore truth, KeyStore keys, SectionCipher cipher) {
    this.hash = hash;
    this.truth = truth;
    this.keys = keys;
    this.cipher = cipher;
  }

  /** One record as stored, with its hashes and whatever sections can still be had. */
  public record ReadRecord(
      StoredRecord stored,
      Skeleton skeleton,
      Hash digest,
      List<ParsedLine> lines,
      Map<Integer, ByteString> sections) {

    /**
     * With its hashes computed.
     *
     * @param sections by their number, as far as they can be had
     */
    public static ReadRecord of(
        HashAlgorithm hash, StoredRecord stored, Map<Integer, ByteString> sections)
        throws InvalidProtocolBufferException {
      List<Skeleton.Group> groups = new ArrayList<>(stored.getGroupsCount());
      List<ParsedLine> lines = new ArrayList<>();
      for (LineGroup group : stored.getGroupsList()) {
        List<byte[]> leaves = new ArrayList<>(group.getLinesCount());
        for (ByteString line : group.getLinesList()) {
          Line parsed = Line.parseFrom(line);
          Hash subjectKey = Chains.subjectKey(hash, parsed.getSubject());
          leaves.add(Skeleton.lineLeaf(hash, subjectKey, line.toByteArray()));
          lines.add(new ParsedLine(group.getRole(), parsed, subjectKey));
        }
        groups.add(new Skeleton.Group(group.getRole(), leaves));
      }
      List<byte[]> sectionLeaves = new ArrayList<>(stored.getSectionLeavesCount());
      for (ByteString leaf : stored.getSectionLeavesList()) {
        sectionLeaves.add(leaf.toByteArray());
      }
      Skeleton skeleton =
          new Skeleton(
              stored.getKind(),
              Skeleton.publicDigest(hash, stored.getPublicPart().toByteArray()),
              sectionLeaves,
              groups);
      return new ReadRecord(stored, skeleton, skeleton.digest(hash), lines, sections);
    }
  }

  /**
   * A whole submission as stored.
   *
   * @param attested bytes of its attestation, empty where the submitter speaks for itself
   * @param attestation what they say; null where there is none
   */
  public record ReadSubmission(
      long index,
      ByteString entry,
      SubmissionHeader header,
      ByteString attested,
      @Nullable Attestation attestation,
      List<ReadRecord> records) {
    public List<Hash> digests() {
      return records.stream().map(ReadRecord::digest).toList();
    }

    /** Whoever signed it, and the principal it was signed for. */
    public List<String> signers() {
      return attestation == null
          ? List.of(header.getSubmitter())
          : List.of(header.getSubmitter(), attestation.getPrincipal());
    }

    /** About how many it has, sections included. */
    public long bytes() {
      long bytes = entry.size();
      for (ReadRecord record : records) {
        bytes += record.stored().getSerializedSize();
        for (ByteString section : record.sections().values()) {
          bytes += section.size();
        }
      }
      return bytes;
    }
  }

  /** Stored bytes do not match what was signed. */
  public static final class DamagedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedRecordException(String message) {
      super(message);
    }

    DamagedRecordException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * @return empty if the entry is not a submission or is not there
   * @throws DamagedRecordException if anything read does not open to the signed header
   */
  public Optional<ReadSubmission> read(long index) {
    Optional<byte[]> bytes = truth.entry(index);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    ByteString entryBytes = ByteString.copyFrom(bytes.get());
    try {
      Entry entry = Submissions.readEntry(entryBytes);
      if (!entry.hasSubmission()) {
        return Optional.empty();
      }
      SubmissionHeader header = Submissions.readHeader(entry.getSubmission().getHeader());
      ByteString attested = attested(index, header);
      return Optional.of(
          new ReadSubmission(
              index,
              entryBytes,
              header,
              attested,
              Submissions.readAttestation(hash, header, attested),
              records(index, header)));
    } catch (RecordException e) {
      throw new DamagedRecordException("entry " + index + ": " + e.getMessage(), e);
    }
  }

  /** Most submissions have none, and their headers say so: no look-up is spent on them. */
  private ByteString attested(long index, SubmissionHeader header) {
    return header.getAttestation().isEmpty()
        ? ByteString.EMPTY
        : truth.attestation(index).map(ByteString::copyFrom).orElse(ByteString.EMPTY);
  }

  /**
   * One record without its sections. The rest of its submission is not read, so whoever serves it
   * must see to it that its digest leads to something that vouches for it.
   *
   * @throws DamagedRecordException if it cannot be read
   */
  public Optional<ReadRecord> skeleton(long index, int position) {
    return truth.record(index, position).map(bytes -> record(index, position, bytes, null, null));
  }

  /** The same of one that was read already. */
  public ReadRecord skeleton(long index, int position, byte[] bytes) {
    return record(index, position, bytes, null, null);
  }

  /**
   * The records of a submission without their sections, in the order of their positions.
   *
   * @throws DamagedRecordException if they do not open to the signed header
   */
  public List<ReadRecord> skeletons(long index, SubmissionHeader header) {
    List<ReadRecord> records = new ArrayList<>(header.getRecordCount());
    List<Hash> digests = new ArrayList<>(header.getRecordCount());
    try (Cursor<TruthStore.PartRow> rows = truth.recordsOf(index)) {
      while (rows.next()) {
        int position = rows.row().position();
        if (position != records.size()) {
          throw damaged(index, records.size(), "missing", null);
        }
        ReadRecord record = record(index, position, rows.row().bytes(), null, null);
        records.add(record);
        digests.add(record.digest());
      }
    }
    requireOpens(index, header, digests);
    return records;
  }

  /** The digests must be those that the submitter signed. */
  void requireOpens(long index, SubmissionHeader header, List<Hash> digests) {
    if (digests.size() != header.getRecordCount()
        || !Submissions.recordsRoot(hash, digests)
            .equals(Hash.of(header.getRecordsRoot().toByteArray()))) {
      throw new DamagedRecordException(
          "entry " + index + ": its records do not open the signed records root", null);
    }
  }

  private List<ReadRecord> records(long index, SubmissionHeader header) {
    EntryKeys opening = keys(index);
    Map<Integer, byte[]> sections = new HashMap<>();
    try (Cursor<TruthStore.PartRow> rows = truth.sectionsOf(index)) {
      while (rows.next()) {
        sections.put(rows.row().position(), rows.row().bytes());
      }
    }
    List<ReadRecord> records = new ArrayList<>(header.getRecordCount());
    List<Hash> digests = new ArrayList<>(header.getRecordCount());
    try (Cursor<TruthStore.PartRow> rows = truth.recordsOf(index)) {
      while (rows.next()) {
        int position = rows.row().position();
        if (position != records.size()) {
          throw damaged(index, records.size(), "missing", null);
        }
        ReadRecord record =
            record(index, position, rows.row().bytes(), opening, sections.get(position));
        records.add(record);
        digests.add(record.digest());
      }
    }
    requireOpens(index, header, digests);
    return records;
  }

  private @Nullable EntryKeys keys(long index) {
    try {
      return keys.keys(index).orElse(null);
    } catch (IllegalArgumentException e) {
      throw new DamagedRecordException("entry " + index + ": its keys: " + e.getMessage(), e);
    }
  }

  private ReadRecord record(
      long index,
      int position,
      byte[] bytes,
      @Nullable EntryKeys opening,
      byte @Nullable [] sealed) {
    try {
      StoredRecord stored = StoredRecord.parseFrom(bytes);
      Map<Integer, ByteString> sections = Map.of();
      if (sealed != null) {
        if (opening == null) {
          // A key that was destroyed under law leaves a mark; this one was lost.
          throw damaged(index, position, "the key of its sections is missing", null);
        }
        sections = cipher.open(opening, position, sealed);
      }
      return ReadRecord.of(hash, stored, sections);
    } catch (InvalidProtocolBufferException | SectionsDamagedException e) {
      throw damaged(index, position, "unreadable", e);
    }
  }

  /** For replay: what the rules read of an entry. */
  LoggedSubmission submission(long index, SignedHeader signed) {
    ReadSubmission read =
        read(index).orElseThrow(() -> damaged(index, 0, "not a submission", null));
    List<LoggedRecord> records = new ArrayList<>(read.records().size());
    for (int position = 0; position < read.records().size(); position++) {
      records.add(logged(index, position, read.records().get(position)));
    }
    return new LoggedSubmission(
        read.header(), Hash.of(signed.getKeyId().toByteArray()), read.attestation(), records);
  }

  /**
   * What chains need of one record. Not compared with what was signed: whoever makes links of it
   * compares those.
   *
   * @throws DamagedRecordException if it is not there or cannot be read
   */
  public TouchedRecord touched(RecordPlace place) {
    byte[] bytes =
        truth
            .record(place.index(), place.position())
            .orElseThrow(() -> damaged(place.index(), place.position(), "missing", null));
    ReadRecord record = record(place.index(), place.position(), bytes, null, null);
    Set<Hash> subjectKeys = new LinkedHashSet<>();
    record.lines().forEach(line -> subjectKeys.add(line.subjectKey()));
    return new TouchedRecord(
        record.digest(), KindTable.isNotice(record.stored().getKind()), List.copyOf(subjectKeys));
  }

  /**
   * Who speaks in a submission.
   *
   * @param header of the submission
   * @param attested bytes of its attestation, empty where the submitter speaks for itself
   * @param signers submitter, and after it the principal, if the submitter signed for one
   */
  public record Speakers(SubmissionHeader header, ByteString attested, List<String> signers) {
    public Speakers {
      signers = List.copyOf(signers);
    }

    /** Whose statement it is. */
    public String speaker() {
      return signers.get(signers.size() - 1);
    }
  }

  /**
   * Who speaks in an entry, of which nothing else is read.
   *
   * @return empty if the entry is not a submission or is not there
   * @throws DamagedRecordException if that cannot be read
   */
  public Optional<Speakers> speakers(long index) {
    return truth.entry(index).flatMap(bytes -> speakers(index, bytes));
  }

  /** The same of an entry that was read already, whose bytes nobody changes. */
  public Optional<Speakers> speakers(long index, byte[] bytes) {
    try {
      Entry entry = Submissions.readEntry(UnsafeByteOperations.unsafeWrap(bytes));
      if (!entry.hasSubmission()) {
        return Optional.empty();
      }
      SubmissionHeader header = Submissions.readHeader(entry.getSubmission().getHeader());
      ByteString attested = attested(index, header);
      Attestation attestation = Submissions.readAttestation(hash, header, attested);
      return Optional.of(
          new Speakers(
              header,
              attested,
              attestation == null
                  ? List.of(header.getSubmitter())
                  : List.of(header.getSubmitter(), attestation.getPrincipal())));
    } catch (RecordException e) {
      throw new DamagedRecordException("entry " + index + ": " + e.getMessage(), e);
    }
  }

  /**
   * Whoever speaks in an entry; nobody in one that is no submission.
   *
   * @return empty if there is no such entry
   */
  public Optional<List<String>> signers(long index) {
    Optional<List<String>> found = speakers(index).map(Speakers::signers);
    return found.isPresent() ? found : truth.entry(index).map(_ -> List.of());
  }

  /**
   * What stands around the records of a submission.
   *
   * @param attestation null where the submitter speaks for itself
   */
  record Around(long sequencedAt, SubmissionHeader header, @Nullable Attestation attestation) {}

  /**
   * Of an entry alone: its records are not read.
   *
   * @return empty if the entry is not a submission or is not there
   * @throws DamagedRecordException if that cannot be read
   */
  Optional<Around> around(long index) {
    Optional<byte[]> bytes = truth.entry(index);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      Entry entry = Submissions.readEntry(ByteString.copyFrom(bytes.get()));
      if (!entry.hasSubmission()) {
        return Optional.empty();
      }
      SubmissionHeader header = Submissions.readHeader(entry.getSubmission().getHeader());
      return Optional.of(
          new Around(
              entry.getSequencedAt(),
              header,
              Submissions.readAttestation(hash, header, attested(index, header))));
    } catch (RecordException e) {
      throw new DamagedRecordException("entry " + index + ": " + e.getMessage(), e);
    }
  }

  /**
   * When an entry was sequenced, whatever it holds.
   *
   * @throws DamagedRecordException if it is not there or cannot be read
   */
  long sequencedAt(long index) {
    byte[] bytes =
        truth
            .entry(index)
            .orElseThrow(() -> new DamagedRecordException("entry " + index + ": missing"));
    try {
      return Submissions.readEntry(ByteString.copyFrom(bytes)).getSequencedAt();
    } catch (RecordException e) {
      throw new DamagedRecordException("entry " + index + ": " + e.getMessage(), e);
    }
  }

  /**
   * One record with what of it can be read.
   *
   * @param stated of its sections, how many the record has
   * @param opened of them, how many could be had; none if any is damaged
   * @param damaged whether any is damaged, or its key was lost
   */
  record Legible(LoggedRecord record, int stated, int opened, boolean damaged) {}

  /**
   * As {@link #one}, but a record whose sections are damaged comes without them.
   *
   * @throws DamagedRecordException if the record itself cannot be read
   */
  Optional<Legible> legible(long index, int position) {
    Optional<byte[]> bytes = truth.record(index, position);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    byte[] sealed = truth.sections(index, position).orElse(null);
    if (sealed != null) {
      try {
        ReadRecord read = record(index, position, bytes.get(), keys(index), sealed);
        return Optional.of(
            new Legible(
                logged(index, position, read),
                read.skeleton().sectionLeaves().size(),
                read.sections().size(),
                false));
      } catch (DamagedRecordException _) {
        // Or the record itself is: the reading without them tells.
      }
    }
    ReadRecord bare = record(index, position, bytes.get(), null, null);
    int stated = bare.skeleton().sectionLeaves().size();
    return Optional.of(new Legible(logged(index, position, bare), stated, 0, stated > 0));
  }

  /**
   * One record, who signed it and whose statement it is.
   *
   * @param speaker the principal that the submitter signed for, or else the submitter
   */
  record OneRecord(String submitter, String speaker, LoggedRecord record) {}

  /**
   * One record alone, for the rules. The rest of its submission is not read, so its root is not
   * recomputed here; the replay, the traces and the audit do that.
   */
  Optional<OneRecord> one(long index, int position) {
    Optional<byte[]> entryBytes = truth.entry(index);
    Optional<byte[]> bytes = truth.record(index, position);
    if (entryBytes.isEmpty() || bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      Entry entry = Submissions.readEntry(ByteString.copyFrom(entryBytes.get()));
      SubmissionHeader header = Submissions.readHeader(entry.getSubmission().getHeader());
      ReadRecord read =
          record(
              index,
              position,
              bytes.get(),
              keys(index),
              truth.sections(index, position).orElse(null));
      Attestation attestation = Submissions.readAttestation(hash, header, attested(index, header));
      return Optional.of(
          new OneRecord(
              header.getSubmitter(),
              attestation == null ? header.getSubmitter() : attestation.getPrincipal(),
              logged(index, position, read)));
    } catch (RecordException e) {
      throw new DamagedRecordException("entry " + index + ": " + e.getMessage(), e);
    }
  }

  /** What the rules read of one record. */
  LoggedRecord logged(long index, int position, ReadRecord read) {
    try {
      Trade trade = null;
      Recipe recipe = null;
      for (Map.Entry<Integer, ByteString> section : read.sections().entrySet()) {
        checkOpens(index, position, section.getKey(), section.getValue(), read.skeleton());
        Section parsed = Section.parseFrom(section.getValue());
        if (parsed.hasTrade()) {
          trade = parsed.getTrade();
        } else if (parsed.hasRecipe()) {
          recipe = parsed.getRecipe();
        }
      }
      return new LoggedRecord(
          read.stored().getKind(),
          read.digest(),
          PublicPart.parseFrom(read.stored().getPublicPart()),
          read.lines(),
          trade,
          recipe);
    } catch (InvalidProtocolBufferException e) {
      throw damaged(index, position, "unreadable", e);
    }
  }

  /** A section read back must hash to the leaf that the record's digest covers. */
  public void checkOpens(
      long index, int position, int number, ByteString section, Skeleton skeleton) {
    byte[] leaf =
        number < skeleton.sectionLeaves().size() ? skeleton.sectionLeaves().get(number) : null;
    if (leaf == null
        || !java.util.Arrays.equals(
            leaf, Skeleton.sectionLeaf(hash, leaf[0], section.toByteArray()))) {
      throw damaged(index, position, "section " + number + " does not match its hash", null);
    }
  }

  private static DamagedRecordException damaged(
      long index, int position, String what, @Nullable Throwable cause) {
    return new DamagedRecordException("record " + index + "." + position + ": " + what, cause);
  }
}
