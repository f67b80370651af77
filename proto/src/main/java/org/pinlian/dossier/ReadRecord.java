// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story.StoryErasure;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.KindTable;
import org.pinlian.record.RecordPlace;
import org.pinlian.record.Skeleton;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.ShownGroup;
import org.pinlian.v1.ShownLine;
import org.pinlian.v1.ShownRecord;

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

  /** Whether a section of it is said to be erased. */
  boolean isErased() {
    return sections.stream().anyMatch(StorySection::erasedAsTold);
  }

  /**
   * Its sections, those erased with what proves it.
   *
   * @param proved by class
   */
  List<StorySection> sections(Map<SectionClass, StoryErasure> proved) {
    List<StorySection> told = new ArrayList<>(sections.size());
    for (StorySection section : sections) {
      StoryErasure erasure = section.erasedAsTold() ? proved.get(section.sectionClass()) : null;
      told.add(erasure == null ? section : section.erasedBy(erasure));
    }
    return told;
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
    private final RecordParts parts;
    private final List<Skeleton.Group> groups = new ArrayList<>();

    Reader(HashAlgorithm hash, RecordPlace place, ShownRecord shown) {
      this.hash = hash;
      this.place = place;
      this.shown = shown;
      this.parts = new RecordParts(hash, shown.getKind(), place);
    }

    ReadRecord read() throws VerificationException {
      int kind = parts.requireKind();
      Hash publicDigest =
          switch (shown.getPublicCase()) {
            case PUBLIC_PART -> parts.readPublicPart(shown.getPublicPart());
            case PUBLIC_DIGEST ->
                CheckpointVerifier.hash(shown.getPublicDigest(), "a public_digest");
            case PUBLIC_NOT_SET -> throw parts.neither("a public part or its digest");
          };
      parts.readSections(shown.getSectionsList());
      readGroups();
      Skeleton skeleton = new Skeleton(kind, publicDigest, parts.sectionLeaves(), groups);
      return parts.record(
          place, skeleton.digest(hash), CheckpointVerifier.hashes(shown.getRecordsPathList()));
    }

    private void readGroups() throws VerificationException {
      for (ShownGroup group : shown.getGroupsList()) {
        LineRole role = parts.beginGroup(group.getRole(), group.getLinesCount());
        List<byte[]> leaves = new ArrayList<>(group.getLinesCount());
        for (ShownLine line : group.getLinesList()) {
          leaves.add(
              switch (line.getShownCase()) {
                case LINE -> parts.readLine(role, leaves.size(), line.getLine());
                case LEAF -> parts.readLeaf(role, leaves.size(), line.getLeaf());
                case SHOWN_NOT_SET -> throw parts.neither("a line or its leaf");
              });
        }
        groups.add(new Skeleton.Group(group.getRole(), leaves));
      }
      parts.endGroups();
    }
  }
}
