// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
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
import org.pinlian.record.FieldRules;
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
import org.pinlian.v1.ShownSection;

/**
 * Reads the parts of one record strictly, shown or withheld, and gathers what was read (formats.md
 * A.1). Traces and dossiers differ in how lines are withheld, and in nothing else.
 */
final class RecordParts {
  private static final Canonical<PublicPart> PUBLIC_PARTS = Canonical.reader(PublicPart.parser());
  private static final Canonical<Section> SECTIONS = Canonical.reader(Section.parser());
  private static final Canonical<Line> LINES = Canonical.reader(Line.parser());

  private final HashAlgorithm hash;
  private final int kind;
  private final String where;
  private @Nullable PublicPart publicPart;
  private final List<StorySection> sections = new ArrayList<>();
  private final List<byte[]> sectionLeaves = new ArrayList<>();
  private final List<StoryLine> lines = new ArrayList<>();
  private int previousRole;
  // Lines of the record up to the group being read, and with it: shown or not.
  private int linesBefore;
  private int linesSoFar;

  RecordParts(HashAlgorithm hash, int kind, RecordPlace place) {
    this.hash = hash;
    this.kind = kind;
    this.where = "record " + place;
  }

  int requireKind() throws VerificationException {
    if (!KindTable.isKnown(kind)) {
      throw broken(BrokenRule.UNKNOWN_KIND, "a kind of the table", Integer.toUnsignedString(kind));
    }
    return kind;
  }

  /** What was read, under the digest that follows from it. */
  ReadRecord record(RecordPlace place, Hash digest, List<Hash> path) {
    return new ReadRecord(
        place, kind, digest, publicPart, List.copyOf(sections), List.copyOf(lines), path);
  }

  // Public part and sections ---------------------------------------------------------------------

  /** Its digest. */
  Hash readPublicPart(ByteString bytes) throws VerificationException {
    limit(bytes.size(), Limits.PART_BYTES_MAX, "bytes of a public part");
    PublicPart part = canonical(PUBLIC_PARTS, bytes, "public part");
    salt(part.getSalt(), "public part");
    // record.proto numbers bodies in step with kinds.
    if (part.getBodyCase().getNumber() != kind + 10) {
      throw broken(
          BrokenRule.BODY_MISMATCH, "a body of kind " + kind, part.getBodyCase().toString());
    }
    publicPart = part;
    return Skeleton.publicDigest(hash, bytes.toByteArray());
  }

  /** As many as the digest covers; their leaves are in {@link #sectionLeaves}. */
  void readSections(List<ShownSection> shown) throws VerificationException {
    limit(shown.size(), Limits.SECTIONS_MAX, "sections");
    for (ShownSection section : shown) {
      switch (section.getShownCase()) {
        case SECTION -> showSection(section);
        case LEAF -> withholdSection(section);
        case SHOWN_NOT_SET -> throw neither("a section or its leaf");
      }
    }
  }

  List<byte[]> sectionLeaves() {
    return sectionLeaves;
  }

  private void showSection(ShownSection shown) throws VerificationException {
    if (shown.getErased()) {
      throw broken(BrokenRule.MALFORMED, "no content of an erased section", "content");
    }
    ByteString bytes = shown.getSection();
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

  // Lines ----------------------------------------------------------------------------------------

  /**
   * The next group.
   *
   * @param count of its lines, shown or not
   */
  LineRole beginGroup(int role, int count) throws VerificationException {
    if (role <= previousRole || count <= 0) {
      throw broken(
          BrokenRule.GROUPS_NOT_CANONICAL,
          "groups ascending by role, none empty",
          "role "
              + Integer.toUnsignedString(role)
              + " with "
              + Integer.toUnsignedString(count)
              + " lines after role "
              + previousRole);
    }
    previousRole = role;
    LineRole lineRole = LineRole.forNumber(role);
    if (lineRole == null || !KindTable.allowsLine(kind, role)) {
      throw broken(BrokenRule.LINE_ROLE_NOT_ALLOWED, "a line role of kind " + kind, "role " + role);
    }
    if (count > Limits.LINES_MAX - linesSoFar) {
      throw broken(BrokenRule.LIMIT_EXCEEDED, "at most " + Limits.LINES_MAX + " lines", "more");
    }
    linesBefore = linesSoFar;
    linesSoFar += count;
    return lineRole;
  }

  void endGroups() throws VerificationException {
    if (previousRole == 0) {
      throw broken(BrokenRule.GROUPS_NOT_CANONICAL, "one line at least", "none");
    }
  }

  /**
   * A line shown in text.
   *
   * @param number in its group
   * @return its leaf
   */
  byte[] readLine(LineRole role, int number, ByteString bytes) throws VerificationException {
    limit(bytes.size(), Limits.LINE_BYTES_MAX, "bytes of a line");
    Line line = canonical(LINES, bytes, "line");
    salt(line.getSalt(), "line");
    Subject subject = subject(line.getSubject());
    if (!FieldRules.allowsRole(subject.kind(), role.getNumber())) {
      throw broken(
          BrokenRule.SUBJECT_ROLE_NOT_ALLOWED,
          "a subject that may have line role " + role.getNumber(),
          subject.uri());
    }
    Hash key = Chains.subjectKey(hash, line.getSubject());
    lines.add(new StoryLine(linesBefore + number, role, key, line.getSubject()));
    return Skeleton.lineLeaf(hash, key, bytes.toByteArray());
  }

  /** As {@link #readLine}, of one that is withheld. */
  byte[] readLeaf(LineRole role, int number, ByteString bytes) throws VerificationException {
    byte[] leaf = bytes.toByteArray();
    if (leaf.length != Skeleton.LINE_LEAF_BYTES) {
      throw broken(
          BrokenRule.MALFORMED,
          "a line leaf of " + Skeleton.LINE_LEAF_BYTES + " bytes",
          leaf.length + " bytes");
    }
    lines.add(new StoryLine(linesBefore + number, role, Hash.read(leaf, 0), null));
    return leaf;
  }

  private Subject subject(String uri) throws VerificationException {
    try {
      return Subject.parse(uri);
    } catch (IdentifierException e) {
      throw new VerificationException(BrokenRule.BAD_SUBJECT, "a canonical subject in " + where, e);
    }
  }

  // Refusing -------------------------------------------------------------------------------------

  private <T extends Message> T canonical(Canonical<T> reader, ByteString bytes, String what)
      throws VerificationException {
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

  VerificationException neither(String expected) {
    return broken(BrokenRule.MALFORMED, expected, "neither");
  }

  VerificationException broken(BrokenRule rule, String expected, String found) {
    return new VerificationException(rule, expected + " in " + where, found);
  }
}
