// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.auditor;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.FieldRules;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.record.FieldViolation;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.KindTable;
import org.pinlian.record.Limits;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.ParsedRecord.ParsedLine;
import org.pinlian.record.RecordException;
import org.pinlian.record.Skeleton;
import org.pinlian.record.Submissions;
import org.pinlian.tools.auditor.Examined.KeysPart;
import org.pinlian.tools.auditor.Examined.Skeletal;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Entry;
import org.pinlian.v1.FollowedGroup;
import org.pinlian.v1.FollowedRecord;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Record;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;

/**
 * Examines one entry without regard to any other: bytes, digests, records root, and the signature
 * where the key is known by then (a key's id is the hash of the key, so whose and whether it is
 * valid there does not matter to that). Safe for many threads.
 */
final class Examiner {
  private final HashAlgorithm hash;
  private final Hash genesisLeaf;
  private final KeyRegistry registry;

  Examiner(HashAlgorithm hash, Hash genesisLeaf, KeyRegistry registry) {
    this.hash = hash;
    this.genesisLeaf = genesisLeaf;
    this.registry = registry;
  }

  Examined examine(FedEntry fed) {
    Hash leaf = hash.leaf(fed.bytes().toByteArray());
    try {
      return new Examining(fed).examine(leaf);
    } catch (AlarmException e) {
      return new Examined(fed.index(), leaf, null, null, null, List.of(), null, e);
    }
  }

  /** Whether the holder of the key signed exactly this header. */
  static boolean isSigned(KeyHistory key, SignedHeader signed) {
    return key.verifyingKey()
        .verifies(
            Submissions.signedMessage(signed.getHeader()), signed.getSignature().toByteArray());
  }

  /** The work on one entry. */
  private final class Examining {
    private final FedEntry fed;

    Examining(FedEntry fed) {
      this.fed = fed;
    }

    Examined examine(Hash leaf) throws AlarmException {
      Entry entry;
      try {
        entry = Submissions.readEntry(fed.bytes());
      } catch (RecordException e) {
        throw alarm(Rule.ENTRY_NOT_CANONICAL, "a canonical entry", said(e));
      }
      if (entry.hasSubmission()) {
        return submission(leaf, entry);
      }
      if (!fed.attestation().isEmpty() || !fed.records().isEmpty()) {
        throw alarm(
            Rule.FEED_MALFORMED,
            "nothing but the entry, which is no submission",
            fed.records().size() + " records, " + fed.attestation().size() + " bytes");
      }
      return new Examined(fed.index(), leaf, entry, null, null, List.of(), null, null);
    }

    private Examined submission(Hash leaf, Entry entry) throws AlarmException {
      SignedHeader signed = entry.getSubmission();
      SubmissionHeader header;
      try {
        header = Submissions.readHeader(signed.getHeader());
      } catch (RecordException e) {
        throw alarm(Rule.HEADER_NOT_CANONICAL, "a header that is well formed", said(e));
      }
      if (!Hash.of(header.getLedger().toByteArray()).equals(genesisLeaf)) {
        throw alarm(
            Rule.OTHER_LEDGER, genesisLeaf.hex(), Hash.of(header.getLedger().toByteArray()).hex());
      }
      if (entry.getSequencedAt() > header.getNotAfter()) {
        throw alarm(
            Rule.EXPIRED,
            "sequenced until " + header.getNotAfter(),
            "sequenced at " + entry.getSequencedAt());
      }
      if (signed.getKeyId().size() != Hash.SIZE) {
        throw alarm(
            Rule.KEY_NOT_VALID, "a key id of 32 bytes", signed.getKeyId().size() + " bytes");
      }
      Attestation attestation;
      try {
        attestation = Submissions.readAttestation(hash, header, fed.attestation());
      } catch (RecordException e) {
        throw alarm(Rule.ATTESTATION, "an attestation that the header names", said(e));
      }
      List<Skeletal> records = records(header);
      KeyHistory key = registry.key(Hash.of(signed.getKeyId().toByteArray()));
      Boolean signature = key == null ? null : isSigned(key, signed);
      return new Examined(fed.index(), leaf, entry, header, attestation, records, signature, null);
    }

    private List<Skeletal> records(SubmissionHeader header) throws AlarmException {
      if (fed.records().size() != header.getRecordCount()) {
        throw alarm(
            Rule.RECORD_COUNT,
            header.getRecordCount() + " records",
            fed.records().size() + " records");
      }
      List<Skeletal> records = new ArrayList<>(fed.records().size());
      List<Hash> digests = new ArrayList<>(fed.records().size());
      for (int position = 0; position < fed.records().size(); position++) {
        Skeletal record = record(position, fed.records().get(position));
        records.add(record);
        digests.add(record.digest());
      }
      Hash root = Submissions.recordsRoot(hash, digests);
      Hash signed = Hash.of(header.getRecordsRoot().toByteArray());
      if (!root.equals(signed)) {
        throw alarm(Rule.RECORDS_ROOT, "records_root " + signed.hex(), root.hex());
      }
      return records;
    }

    private Skeletal record(int position, FollowedRecord fedRecord) throws AlarmException {
      int kind = fedRecord.getKind();
      String where = " in record " + fed.index() + "." + position;
      if (!KindTable.isKnown(kind)) {
        throw alarm(
            Rule.UNKNOWN_KIND,
            "a kind of the table" + where,
            "kind " + Integer.toUnsignedString(kind) + " (is this auditor older than the ledger?)");
      }
      List<byte[]> sections = sections(fedRecord, where);
      roles(kind, fedRecord, where);
      return concernsKeys(fedRecord)
          ? whole(position, fedRecord, sections, where)
          : skeleton(fedRecord, sections, where);
    }

    private List<byte[]> sections(FollowedRecord fedRecord, String where) throws AlarmException {
      List<byte[]> leaves = new ArrayList<>(fedRecord.getSectionLeavesCount());
      for (ByteString bytes : fedRecord.getSectionLeavesList()) {
        byte[] leaf = bytes.toByteArray();
        if (leaf.length != Skeleton.SECTION_LEAF_BYTES
            || leaf[0] == 0
            || SectionClass.forNumber(leaf[0]) == null
            || leaves.size() == Limits.SECTIONS_MAX) {
          throw alarm(
              Rule.RECORD_MALFORMED,
              "at most " + Limits.SECTIONS_MAX + " section leaves: a class and a hash" + where,
              leaf.length + " bytes");
        }
        leaves.add(leaf);
      }
      return leaves;
    }

    private void roles(int kind, FollowedRecord fedRecord, String where) throws AlarmException {
      int previous = 0;
      int lines = 0;
      for (FollowedGroup group : fedRecord.getGroupsList()) {
        int count = group.getLinesCount() + group.getLineLeavesCount();
        lines += count;
        if (group.getRole() <= previous || count == 0 || lines > Limits.LINES_MAX) {
          throw alarm(
              Rule.RECORD_MALFORMED,
              "groups ascending by role, none empty, "
                  + Limits.LINES_MAX
                  + " lines at most"
                  + where,
              "role " + group.getRole() + " with " + count + " lines after role " + previous);
        }
        previous = group.getRole();
        if (!KindTable.allowsLine(kind, group.getRole())) {
          throw alarm(
              Rule.LINE_ROLE_NOT_ALLOWED,
              "a line role of kind " + kind + where,
              "role " + group.getRole());
        }
      }
      if (lines == 0) {
        throw alarm(Rule.RECORD_MALFORMED, "one line at least" + where, "none");
      }
    }

    private Skeletal skeleton(FollowedRecord fedRecord, List<byte[]> sections, String where)
        throws AlarmException {
      if (fedRecord.getPublicDigest().size() != Hash.SIZE) {
        throw alarm(
            Rule.RECORD_MALFORMED, "a public digest" + where, "" + fedRecord.getPublicCase());
      }
      List<Skeleton.Group> groups = new ArrayList<>(fedRecord.getGroupsCount());
      Set<Hash> touched = new LinkedHashSet<>();
      for (FollowedGroup group : fedRecord.getGroupsList()) {
        List<byte[]> leaves = new ArrayList<>(group.getLineLeavesCount());
        for (ByteString bytes : group.getLineLeavesList()) {
          byte[] leaf = bytes.toByteArray();
          if (leaf.length != Skeleton.LINE_LEAF_BYTES) {
            throw alarm(
                Rule.RECORD_MALFORMED,
                "line leaves of " + Skeleton.LINE_LEAF_BYTES + " bytes" + where,
                leaf.length + " bytes");
          }
          leaves.add(leaf);
          touched.add(Hash.read(leaf, 0));
        }
        if (group.getLinesCount() > 0) {
          throw alarm(Rule.FEED_MALFORMED, "leaves, not lines" + where, "lines");
        }
        groups.add(new Skeleton.Group(group.getRole(), leaves));
      }
      Hash digest =
          new Skeleton(
                  fedRecord.getKind(),
                  Hash.of(fedRecord.getPublicDigest().toByteArray()),
                  sections,
                  groups)
              .digest(hash);
      return new Skeletal(fedRecord.getKind(), digest, List.copyOf(touched), null);
    }

    private Skeletal whole(
        int position, FollowedRecord fedRecord, List<byte[]> sections, String where)
        throws AlarmException {
      Record.Builder record =
          Record.newBuilder().setKind(fedRecord.getKind()).setPublicPart(fedRecord.getPublicPart());
      boolean withheld = !fedRecord.hasPublicPart();
      for (FollowedGroup group : fedRecord.getGroupsList()) {
        withheld |= group.getLineLeavesCount() > 0;
        record.addGroups(
            LineGroup.newBuilder().setRole(group.getRole()).addAllLines(group.getLinesList()));
      }
      if (withheld) {
        throw alarm(
            Rule.WITHHELD,
            "public part and lines of kind " + fedRecord.getKind() + where,
            "hashes");
      }
      ParsedRecord parsed;
      try {
        parsed = ParsedRecord.parse(hash, record.build(), "records[" + position + "]");
      } catch (RecordException e) {
        throw alarm(Rule.RECORD_MALFORMED, "a canonical record" + where, said(e));
      }
      Set<Hash> touched = new LinkedHashSet<>();
      List<String> subjects = new ArrayList<>(parsed.lines().size());
      List<RoledLine> lines = new ArrayList<>(parsed.lines().size());
      for (ParsedLine line : parsed.lines()) {
        touched.add(line.subjectKey());
        subjects.add(line.subject());
        lines.add(new RoledLine(line.role(), line.line()));
      }
      Kind kind = Kind.forNumber(fedRecord.getKind());
      for (FieldViolation violation :
          FieldRules.check(
              kind == null ? Kind.UNRECOGNIZED : kind, parsed.publicPart(), List.of(), lines)) {
        throw alarm(
            Rule.KEYS_RECORD,
            "fields that keep their rules" + where,
            violation.path() + ": " + violation.message());
      }
      Hash digest =
          new Skeleton(
                  fedRecord.getKind(),
                  parsed.skeleton().publicDigest(),
                  sections,
                  parsed.skeleton().groups())
              .digest(hash);
      return new Skeletal(
          fedRecord.getKind(),
          digest,
          List.copyOf(touched),
          new KeysPart(parsed.publicPart(), List.copyOf(subjects)));
    }

    private AlarmException alarm(Rule rule, String expected, String found) {
      return new AlarmException(rule, fed.index(), expected, found);
    }
  }

  private static boolean concernsKeys(FollowedRecord record) {
    int kind = record.getKind();
    if (kind >= Kind.KIND_ENROLMENT_VALUE && kind <= Kind.KIND_DELEGATION_VALUE) {
      return true;
    }
    for (FollowedGroup group : record.getGroupsList()) {
      if (group.getRole() == LineRole.LINE_ROLE_KEYS_VALUE) {
        return true;
      }
    }
    return false;
  }

  private static String said(RecordException e) {
    return e.path() + ": " + e.getMessage();
  }
}
