// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Canonical;
import org.pinlian.record.Chains;
import org.pinlian.record.KindTable;
import org.pinlian.record.Limits;
import org.pinlian.record.RecordException;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Skeleton;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.ShownGroup;
import org.pinlian.v1.ShownLine;
import org.pinlian.v1.ShownRecord;
import org.pinlian.v1.ShownSection;

/**
 * A record as far as it is shown, read strictly, with the digest computed from what is shown and
 * from the leaves that stand for the rest (formats.md A.1).
 *
 * @param kind a number that KindTable knows
 * @param publicPart null when withheld
 * @param path from the digest to the header's {@code records_root}
 */
record ReadRecord(
    RecordPlace place,
    int kind,
    Hash digest,
    @Nullable PublicPart publicPart,
    List<StorySection> sections,
    List<StoryLine> lines,
    List<Hash> path) {

  private static final Canonical<PublicPart> PUBLIC_PARTS = Canonical.reader(PublicPart.parser());
  private static final Canonical<Section> SECTIONS = Canonical.reader(Section.parser());
  private static final Canonical<Line> LINES = Canonical.reader(Line.parser());

  static ReadRecord read(HashAlgorithm hash, RecordPlace place, ShownRecord shown)
      throws VerificationException {
    return new Reader(hash, place, shown).read();
  }

  boolean names(Hash subjectKey) {
    for (StoryLine line : lines) {
      if (line.subjectKey().equals(subjectKey)) {
        return true;
      }
    }
    return false;
  }

  boolean isNotice() {
    return KindTable.isNotice(kind);
  }

  /** The public part, of a record that may not withhold it. */
  PublicPart requirePublicPart() throws VerificationException {
    if (publicPart == null) {
      throw new VerificationException(
          BrokenRule.WITHHELD, "the public part of record " + place, "its digest");
    }
    return publicPart;
  }

  /** One reading; the parts in the order of the digest. */
  private static final class Reader {
    private final HashAlgorithm hash;
    private final RecordPlace place;
    private final ShownRecord shown;
    private final String where;
    private final List<StorySection> sections = new ArrayList<>();
    private final List<byte[]> sectionLeaves = new ArrayList<>();
    private final List<StoryLine> lines = new ArrayList<>();
    private final List<Skeleton.Group> groups = new ArrayList<>();

    Reader(HashAlgorithm hash, RecordPlace place, ShownRecord shown) {
      this.hash = hash;
      this.place = place;
      this.shown = shown;
      this.where = "record " + place;
    }

    ReadRecord read() throws VerificationException {
      int kind = shown.getKind();
      if (!KindTable.isKnown(kind)) {
        throw broken(
            BrokenRule.UNKNOWN_KIND, "a kind of the table", Integer.toUnsignedString(kind));
      }
      PublicPart publicPart = null;
      Hash publicDigest;
      switch (shown.getPublicCase()) {
        case PUBLIC_PART -> {
          publicPart = publicPart(kind, shown.getPublicPart());
          publicDigest = Skeleton.publicDigest(hash, shown.getPublicPart().toByteArray());
        }
        case PUBLIC_DIGEST ->
            publicDigest = CheckpointVerifier.hash(shown.getPublicDigest(), "a public_digest");
        default -> throw broken(BrokenRule.MALFORMED, "a public part or its digest", "neither");
      }
      readSections();
      readGroups(kind);
      Skeleton skeleton = new Skeleton(kind, publicDigest, sectionLeaves, groups);
      return new ReadRecord(
          place,
          kind,
          skeleton.digest(hash),
          publicPart,
          List.copyOf(sections),
          List.copyOf(lines),
          CheckpointVerifier.hashes(shown.getRecordsPathList()));
    }

    private PublicPart publicPart(int kind, ByteString bytes) throws VerificationException {
      limit(bytes.size(), Limits.PART_BYTES_MAX, "bytes of a public part");
      PublicPart part = canonical(PUBLIC_PARTS, bytes, "public part");
      salt(part.getSalt(), "public part");
      // record.proto numbers bodies in step with kinds.
      if (part.getBodyCase().getNumber() != kind + 10) {
        throw broken(
            BrokenRule.BODY_MISMATCH, "a body of kind " + kind, part.getBodyCase().toString());
      }
      return part;
    }

    private void readSections() throws VerificationException {
      limit(shown.getSectionsCount(), Limits.SECTIONS_MAX, "sections");
      for (ShownSection section : shown.getSectionsList()) {
        switch (section.getShownCase()) {
          case SECTION -> showSection(section);
          case LEAF -> withholdSection(section);
          default -> throw broken(BrokenRule.MALFORMED, "a section or its leaf", "neither");
        }
      }
    }

    private void showSection(ShownSection shownSection) throws VerificationException {
      if (shownSection.getErased()) {
        throw broken(BrokenRule.MALFORMED, "no content of an erased section", "content");
      }
      ByteString bytes = shownSection.getSection();
      limit(bytes.size(), Limits.PART_BYTES_MAX, "bytes of a section");
      Section section = canonical(SECTIONS, bytes, "section");
      salt(section.getSalt(), "section");
      // record.proto numbers contents in step with classes.
      if (section.getContentCase().getNumber() != section.getClass_Value() + 10) {
        throw broken(
            BrokenRule.SECTION_CLASS_MISMATCH,
            "content of class " + section.getClass_Value(),
            section.getContentCase().toString());
      }
      sectionLeaves.add(Skeleton.sectionLeaf(hash, section.getClass_Value(), bytes.toByteArray()));
      sections.add(new StorySection(section.getClass_(), section, false));
    }

    private void withholdSection(ShownSection section) throws VerificationException {
      byte[] leaf = section.getLeaf().toByteArray();
      if (leaf.length != Skeleton.SECTION_LEAF_BYTES) {
        throw broken(
            BrokenRule.MALFORMED,
            "a section leaf of " + Skeleton.SECTION_LEAF_BYTES + " bytes",
            leaf.length + " bytes");
      }
      SectionClass sectionClass = SectionClass.forNumber(leaf[0]);
      if (sectionClass == null || sectionClass == SectionClass.SECTION_CLASS_UNSPECIFIED) {
        throw broken(BrokenRule.SECTION_CLASS_MISMATCH, "a class from 1 to 5", "class " + leaf[0]);
      }
      sectionLeaves.add(leaf);
      sections.add(new StorySection(sectionClass, null, section.getErased()));
    }

    private void readGroups(int kind) throws VerificationException {
      int previousRole = 0;
      for (ShownGroup group : shown.getGroupsList()) {
        int role = group.getRole();
        if (role <= previousRole || group.getLinesCount() == 0) {
          throw broken(
              BrokenRule.GROUPS_NOT_CANONICAL,
              "groups ascending by role, none empty",
              "role "
                  + Integer.toUnsignedString(role)
                  + " with "
                  + group.getLinesCount()
                  + " lines after role "
                  + previousRole);
        }
        previousRole = role;
        LineRole lineRole = LineRole.forNumber(role);
        if (lineRole == null || !KindTable.allowsLine(kind, role)) {
          throw broken(
              BrokenRule.LINE_ROLE_NOT_ALLOWED, "a line role of kind " + kind, "role " + role);
        }
        limit(lines.size() + group.getLinesCount(), Limits.LINES_MAX, "lines");
        List<byte[]> leaves = new ArrayList<>(group.getLinesCount());
        for (ShownLine line : group.getLinesList()) {
          leaves.add(readLine(lineRole, line));
        }
        groups.add(new Skeleton.Group(role, leaves));
      }
      if (groups.isEmpty()) {
        throw broken(BrokenRule.GROUPS_NOT_CANONICAL, "one line at least", "none");
      }
    }

    private byte[] readLine(LineRole role, ShownLine shownLine) throws VerificationException {
      return switch (shownLine.getShownCase()) {
        case LINE -> {
          ByteString bytes = shownLine.getLine();
          limit(bytes.size(), Limits.LINE_BYTES_MAX, "bytes of a line");
          Line line = canonical(LINES, bytes, "line");
          salt(line.getSalt(), "line");
          subject(line.getSubject());
          Hash key = Chains.subjectKey(hash, line.getSubject());
          lines.add(new StoryLine(lines.size(), role, key, line.getSubject()));
          yield Skeleton.lineLeaf(hash, key, bytes.toByteArray());
        }
        case LEAF -> {
          byte[] leaf = shownLine.getLeaf().toByteArray();
          if (leaf.length != Skeleton.LINE_LEAF_BYTES) {
            throw broken(
                BrokenRule.MALFORMED,
                "a line leaf of " + Skeleton.LINE_LEAF_BYTES + " bytes",
                leaf.length + " bytes");
          }
          lines.add(new StoryLine(lines.size(), role, Hash.read(leaf, 0), null));
          yield leaf;
        }
        default -> throw broken(BrokenRule.MALFORMED, "a line or its leaf", "neither");
      };
    }

    private void subject(String uri) throws VerificationException {
      try {
        Subject unused = Subject.parse(uri);
      } catch (IdentifierException e) {
        throw new VerificationException(
            BrokenRule.BAD_SUBJECT, "a canonical subject in " + where, e);
      }
    }

    private <T extends com.google.protobuf.Message> T canonical(
        Canonical<T> reader, ByteString bytes, String what) throws VerificationException {
      try {
        return reader.read(bytes, what);
      } catch (RecordException e) {
        throw ReadEntry.refused(e, where);
      }
    }

    private void salt(ByteString salt, String what) throws VerificationException {
      if (salt.size() != Limits.SALT_BYTES) {
        throw broken(
            BrokenRule.BAD_SALT,
            "a salt of " + Limits.SALT_BYTES + " bytes in a " + what,
            salt.size() + " bytes");
      }
    }

    private void limit(int found, int most, String unit) throws VerificationException {
      if (found > most) {
        throw broken(BrokenRule.LIMIT_EXCEEDED, "at most " + most + " " + unit, found + "");
      }
    }

    private VerificationException broken(BrokenRule rule, String expected, String found) {
      return new VerificationException(rule, expected + " in " + where, found);
    }
  }
}
