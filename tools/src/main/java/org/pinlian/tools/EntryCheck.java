// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.node.storage.EntryKeys;
import org.pinlian.node.storage.SectionCipher;
import org.pinlian.node.storage.SectionCipher.SectionsDamagedException;
import org.pinlian.node.storage.TruthStore.PartRow;
import org.pinlian.record.ErasableClasses;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.Limits;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordException;
import org.pinlian.record.Skeleton;
import org.pinlian.record.Submissions;
import org.pinlian.tools.CheckedEntry.CheckedRecord;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Document;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.StoredRecord;
import org.pinlian.v1.SubmissionHeader;

/**
 * Checks one entry without regard to any other: that its bytes are canonical, and that its records
 * and their sections open the root that its header signs. Safe for many threads.
 */
final class EntryCheck {
  private static final HexFormat HEX = HexFormat.of();
  private static final ByteString NO_SALT = ByteString.copyFrom(new byte[Limits.SALT_BYTES]);
  private static final LineRole[] ROLES = new LineRole[13];

  static {
    for (int role = 0; role < ROLES.length; role++) {
      LineRole known = LineRole.forNumber(role);
      ROLES[role] = known == null ? LineRole.UNRECOGNIZED : known;
    }
  }

  private final HashAlgorithm hash;
  private final ByteString ledger;
  private final SectionCipher cipher = new SectionCipher(new SecureRandom());

  /**
   * @param genesisLeaf names the ledger in every header
   */
  EntryCheck(HashAlgorithm hash, Hash genesisLeaf) {
    this.hash = hash;
    this.ledger = ByteString.copyFrom(genesisLeaf.bytes());
  }

  HashAlgorithm hash() {
    return hash;
  }

  CheckedEntry check(StoredEntry stored) {
    return new Checking(stored.index()).entry(stored);
  }

  /**
   * A record alone, for whoever cites it; it was checked with its submission, or will be.
   *
   * @return null if it cannot be read
   */
  @Nullable CheckedRecord record(PartRow row, byte @Nullable [] sections, byte @Nullable [] seed) {
    return new Checking(row.index())
        .record(
            row,
            sections == null ? null : new PartRow(row.index(), row.position(), sections),
            seed == null ? null : keys(seed));
  }

  private static @Nullable EntryKeys keys(byte[] stored) {
    try {
      return EntryKeys.ofStored(stored);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The work on one entry, and what it found. */
  private final class Checking {
    private final long index;
    private final List<Difference> differences = new ArrayList<>(0);

    Checking(long index) {
      this.index = index;
    }

    CheckedEntry entry(StoredEntry stored) {
      Hash leaf = hash.leaf(stored.bytes());
      Entry entry = null;
      try {
        entry = Submissions.readEntry(UnsafeByteOperations.unsafeWrap(stored.bytes()));
      } catch (RecordException e) {
        differ("entries", "a canonical entry", said(e));
      }
      if (stored.bytes().length > Limits.ENTRY_BYTES_MAX) {
        differ(
            "entries",
            "at most " + Limits.ENTRY_BYTES_MAX + " bytes",
            stored.bytes().length + " bytes");
      }
      if (entry != null && entry.hasSubmission()) {
        return submission(stored, leaf, entry);
      }
      if (entry != null) {
        if (stored.attestation() != null) {
          differ(
              "attestations",
              "nothing, for the entry is no submission",
              stored.attestation().length + " bytes");
        }
        noRows("records", stored.records());
        noRows("sections", stored.sections());
      }
      return new CheckedEntry(index, leaf, entry, null, null, List.of(), null, null, differences);
    }

    private CheckedEntry submission(StoredEntry stored, Hash leaf, Entry entry) {
      SignedHeader signed = entry.getSubmission();
      SubmissionHeader header;
      try {
        header = Submissions.readHeader(signed.getHeader());
      } catch (RecordException e) {
        differ("entries", "a header that is well formed", said(e));
        return new CheckedEntry(index, leaf, entry, null, null, List.of(), null, null, differences);
      }
      header(entry, signed, header);
      Attestation attestation = attestation(stored, header);
      List<CheckedRecord> records = records(stored, header);
      byte[] key = new byte[Hash.SIZE + Limits.SUBMISSION_ID_BYTES];
      sha256(header.getSubmitterBytes()).copyTo(key, 0);
      header.getSubmissionId().copyTo(key, Hash.SIZE);
      byte[] value = new byte[Long.BYTES + Hash.SIZE];
      for (int i = 0; i < Long.BYTES; i++) {
        value[i] = (byte) (index >>> (56 - 8 * i));
      }
      sha256(signed.getHeader()).copyTo(value, Long.BYTES);
      return new CheckedEntry(
          index, leaf, entry, header, attestation, records, key, value, differences);
    }

    private @Nullable Attestation attestation(StoredEntry stored, SubmissionHeader header) {
      try {
        return Submissions.readAttestation(
            hash,
            header,
            stored.attestation() == null
                ? ByteString.EMPTY
                : UnsafeByteOperations.unsafeWrap(stored.attestation()));
      } catch (RecordException e) {
        differ(
            "attestations",
            header.getAttestation().isEmpty()
                ? "nothing, for the header names none"
                : "an attestation with digest " + hex(header.getAttestation()),
            said(e));
        return null;
      }
    }

    private void header(Entry entry, SignedHeader signed, SubmissionHeader header) {
      if (!header.getLedger().equals(ledger)) {
        differ(
            "entries", "a header for ledger " + hex(ledger), "one for " + hex(header.getLedger()));
      }
      if (signed.getKeyId().size() != Hash.SIZE) {
        differ("entries", "a key id of 32 bytes", signed.getKeyId().size() + " bytes");
      }
      if (entry.getSequencedAt() > header.getNotAfter()) {
        differ(
            "entries",
            "sequenced until " + header.getNotAfter(),
            "sequenced at " + entry.getSequencedAt());
      }
      if (header.getCreatedAt() > entry.getSequencedAt() + Limits.CLOCK_AHEAD_MILLIS_MAX) {
        differ(
            "entries",
            "created before it was sequenced at " + entry.getSequencedAt(),
            "created at " + header.getCreatedAt());
      }
    }

    private List<CheckedRecord> records(StoredEntry stored, SubmissionHeader header) {
      int count = header.getRecordCount();
      EntryKeys opening = stored.seed() == null ? null : keys(stored.seed());
      if (opening == null && stored.seed() != null) {
        differ("seeds", "a seed or a list of keys", stored.seed().length + " bytes");
      }
      List<CheckedRecord> records = new ArrayList<>(Math.min(count, stored.records().size()));
      List<Hash> digests = new ArrayList<>(records.size());
      int sectionsAt = 0;
      int expected = 0;
      for (PartRow row : stored.records()) {
        missing(expected, Math.min(row.position(), count));
        expected = row.position() + 1;
        while (sectionsAt < stored.sections().size()
            && stored.sections().get(sectionsAt).position() < row.position()) {
          noRow("sections", stored.sections().get(sectionsAt++));
        }
        PartRow sections = null;
        if (sectionsAt < stored.sections().size()
            && stored.sections().get(sectionsAt).position() == row.position()) {
          sections = stored.sections().get(sectionsAt++);
        }
        if (row.position() >= count) {
          noRow("records", row);
          continue;
        }
        CheckedRecord record = record(row, sections, opening);
        if (record != null) {
          records.add(record);
          digests.add(record.digest());
        }
      }
      missing(expected, count);
      noRows("sections", stored.sections().subList(sectionsAt, stored.sections().size()));
      if (digests.size() == count) {
        Hash root = Submissions.recordsRoot(hash, digests);
        Hash signed = Hash.of(header.getRecordsRoot().toByteArray());
        if (!root.equals(signed)) {
          differ(
              "records",
              index + ".0" + (count == 1 ? "" : ".." + index + "." + (count - 1)),
              "records_root " + signed,
              root.toString());
        }
      }
      return records;
    }

    @Nullable CheckedRecord record(
        PartRow row, @Nullable PartRow sections, @Nullable EntryKeys opening) {
      String place = index + "." + row.position();
      StoredRecord stored;
      ParsedRecord parsed;
      SortedMap<Integer, ByteString> opened;
      try {
        stored = stored(row.bytes());
        opened = open(place, row.position(), stored, sections, opening);
        Record.Builder whole =
            Record.newBuilder()
                .setKind(stored.getKind())
                .setPublicPart(stored.getPublicPart())
                .addAllGroups(stored.getGroupsList());
        if (opened != null) {
          whole.addAllSections(opened.values());
        }
        parsed = ParsedRecord.parse(hash, whole.build(), "record");
      } catch (RecordException e) {
        differ("records", place, "a canonical record", said(e));
        return null;
      }
      Hash digest = parsed.digest();
      Set<SectionClass> erased = EnumSet.noneOf(SectionClass.class);
      if (opened == null
          || !opensLeaves(place, stored, parsed, opened, erased)
          || !erased.isEmpty()) {
        digest = digestOf(stored, parsed);
      }
      if (opening != null
          && opened != null
          && !opening.destroyed(row.position()).containsAll(erased)) {
        differ("sections", place, "all sections of which a key is there", "erased " + erased);
      }
      if (opened != null) {
        fields(place, parsed, erased);
      }
      return checked(row.position(), parsed, digest, opened == null, erased);
    }

    /**
     * The sections' bytes by their position in the record, without those whose key is destroyed;
     * null if they cannot be had, because the key was lost or they are damaged, which is told then.
     */
    private @Nullable SortedMap<Integer, ByteString> open(
        String place,
        int position,
        StoredRecord stored,
        @Nullable PartRow sealed,
        @Nullable EntryKeys opening) {
      int count = stored.getSectionLeavesCount();
      if (sealed == null) {
        if (count > 0) {
          differ("sections", place, count + " sections", "none");
          return null;
        }
        return new TreeMap<>();
      }
      if (count == 0) {
        differ("sections", place, "nothing, for the record has no sections", "some");
        return new TreeMap<>();
      }
      if (opening == null) {
        differ("seeds", place, "the key of its sections, or a mark of its destruction", "none");
        return null;
      }
      SortedMap<Integer, ByteString> opened;
      try {
        opened = cipher.open(opening, position, sealed.bytes());
      } catch (SectionsDamagedException | IndexOutOfBoundsException e) {
        differ("sections", place, "sections that decrypt", "bytes that do not");
        return null;
      }
      if (!opened.isEmpty() && (opened.firstKey() < 0 || opened.lastKey() >= count)) {
        differ("sections", place, "sections 0 to " + (count - 1), "sections " + opened.keySet());
        return null;
      }
      return opened;
    }

    /**
     * @param erased takes the classes of the sections that are not there
     */
    private boolean opensLeaves(
        String place,
        StoredRecord stored,
        ParsedRecord parsed,
        SortedMap<Integer, ByteString> opened,
        Set<SectionClass> erased) {
      boolean good = true;
      int next = 0;
      for (int i = 0; i < stored.getSectionLeavesCount(); i++) {
        byte[] leaf = stored.getSectionLeaves(i).toByteArray();
        if (!opened.containsKey(i)) {
          SectionClass missing = leaf.length == 0 ? null : SectionClass.forNumber(leaf[0]);
          if (missing == null || !ErasableClasses.contains(missing)) {
            differ("sections", place, "section " + i + ", which cannot be erased", "none");
            good = false;
          } else {
            erased.add(missing);
          }
          continue;
        }
        byte[] found = parsed.skeleton().sectionLeaves().get(next++);
        if (good && !Arrays.equals(leaf, found)) {
          differ(
              "sections",
              place,
              "section " + i + " with leaf " + HEX.formatHex(leaf),
              HEX.formatHex(found));
          good = false;
        }
      }
      return good;
    }

    /** By the section leaves as stored. */
    private Hash digestOf(StoredRecord stored, ParsedRecord parsed) {
      List<byte[]> leaves = new ArrayList<>(stored.getSectionLeavesCount());
      for (ByteString leaf : stored.getSectionLeavesList()) {
        leaves.add(leaf.toByteArray());
      }
      return new Skeleton(
              stored.getKind(),
              parsed.skeleton().publicDigest(),
              leaves,
              parsed.skeleton().groups())
          .digest(hash);
    }

    /**
     * @param erased classes of sections that were there once: for each an empty one takes the
     *     place, because some records must have one
     */
    private void fields(String place, ParsedRecord parsed, Set<SectionClass> erased) {
      List<Section> sections = new ArrayList<>(parsed.sections());
      for (SectionClass one : erased) {
        Section.Builder empty = Section.newBuilder().setSalt(NO_SALT).setClass_(one);
        Document nothing = Document.getDefaultInstance();
        switch (one) {
          case SECTION_CLASS_PERSONAL -> empty.setPersonal(nothing);
          case SECTION_CLASS_SOURCE -> empty.setSource(nothing);
          default -> empty.setAttachment(nothing);
        }
        sections.add(empty.build());
      }
      List<RoledLine> lines = new ArrayList<>(parsed.lines().size());
      for (ParsedLine line : parsed.lines()) {
        lines.add(new RoledLine(line.role(), line.line()));
      }
      for (FieldViolation violation :
          FieldRules.check(kind(parsed), parsed.publicPart(), sections, lines)) {
        differ(
            "records",
            place,
            "fields that keep their rules",
            violation.path() + ": " + violation.message());
      }
    }

    private CheckedRecord checked(
        int position, ParsedRecord parsed, Hash digest, boolean unread, Set<SectionClass> erased) {
      List<ParsedLine> lines = parsed.lines();
      List<StatementLine> named = new ArrayList<>(lines.size());
      for (ParsedLine line : lines) {
        named.add(
            new StatementLine(
                line.role() < ROLES.length ? ROLES[line.role()] : LineRole.UNRECOGNIZED,
                line.subject(),
                line.subjectKey()));
      }
      return new CheckedRecord(
          position,
          parsed.record().getKind(),
          kind(parsed),
          digest,
          parsed.publicPart(),
          named,
          touched(lines),
          parsed.trade(),
          parsed.recipe(),
          unread,
          erased);
    }

    private void missing(int from, int to) {
      for (int position = from; position < to; position++) {
        differ("records", index + "." + position, "a record", "none");
      }
    }

    private void noRows(String column, List<PartRow> rows) {
      for (PartRow row : rows) {
        noRow(column, row);
      }
    }

    private void noRow(String column, PartRow row) {
      differ(
          column,
          row.index() + "." + row.position(),
          "nothing, for the entry has no such record",
          row.bytes().length + " bytes");
    }

    private void differ(String column, String expected, String found) {
      differ(column, Long.toString(index), expected, found);
    }

    private void differ(String column, String key, String expected, String found) {
      differences.add(new Difference(column, key, expected, found));
    }
  }

  /**
   * The envelope of a record at rest. Nobody signed it; what is in it is hashed and must be
   * canonical, so here it is enough that there is nothing else.
   */
  private static StoredRecord stored(byte[] bytes) throws RecordException {
    try {
      StoredRecord stored = StoredRecord.parseFrom(UnsafeByteOperations.unsafeWrap(bytes));
      if (stored.getUnknownFields().getSerializedSize() == 0
          && stored.getSerializedSize() == bytes.length) {
        return stored;
      }
    } catch (InvalidProtocolBufferException e) {
      throw new RecordException(RefusalCode.MALFORMED, "stored record", "not a readable message");
    }
    throw new RecordException(
        RefusalCode.NOT_CANONICAL, "stored record", "holds more than a record's parts");
  }

  private static Kind kind(ParsedRecord parsed) {
    Kind kind = Kind.forNumber(parsed.record().getKind());
    return kind == null ? Kind.UNRECOGNIZED : kind;
  }

  private static List<Hash> touched(List<ParsedLine> lines) {
    if (lines.size() == 1) {
      return List.of(lines.get(0).subjectKey());
    }
    Set<Hash> keys = new LinkedHashSet<>();
    for (ParsedLine line : lines) {
      keys.add(line.subjectKey());
    }
    return List.copyOf(keys);
  }

  private static Hash sha256(ByteString bytes) {
    return HashAlgorithm.SHA_256.begin().bytes(bytes.asReadOnlyByteBuffer()).finish();
  }

  private static String hex(ByteString bytes) {
    return HEX.formatHex(bytes.toByteArray());
  }

  private static String said(RecordException e) {
    return e.path() + ": " + e.getMessage();
  }
}
