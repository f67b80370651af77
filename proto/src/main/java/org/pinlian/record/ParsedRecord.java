// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.Record;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Section;
import org.pinlian.v1.Trade;

/**
 * A record whose every part was read strictly and hashed once.
 *
 * @param lines all lines, numbered over the groups in order
 */
public record ParsedRecord(
    Record record,
    PublicPart publicPart,
    List<Section> sections,
    List<ParsedLine> lines,
    Skeleton skeleton,
    Hash digest) {

  private static final Canonical<PublicPart> PUBLIC_PARTS = Canonical.reader(PublicPart.parser());
  private static final Canonical<Section> SECTIONS = Canonical.reader(Section.parser());
  private static final Canonical<Line> LINES = Canonical.reader(Line.parser());

  /** One line with its key. {@code role} is a number of LineRole. */
  public record ParsedLine(int role, Line line, Hash subjectKey) {
    public String subject() {
      return line.getSubject();
    }
  }

  /**
   * @param path what to call the record in a refusal, as {@code records[3]}
   * @throws RecordException naming the part that is malformed, not canonical or beyond a limit
   */
  public static ParsedRecord parse(HashAlgorithm hash, Record record, String path)
      throws RecordException {
    if (record.getKind() < 0 || record.getKind() > 0xffff) {
      throw new RecordException(
          RefusalCode.UNKNOWN_KIND, path + ".kind", "no such kind: " + record.getKind());
    }
    requireKnownFields(record.getUnknownFields(), path);
    limit(record.getPublicPart().size(), Limits.PART_BYTES_MAX, path + ".public_part", "bytes");
    limit(record.getSectionsCount(), Limits.SECTIONS_MAX, path + ".sections", "sections");
    PublicPart publicPart = PUBLIC_PARTS.read(record.getPublicPart(), path + ".public_part");

    List<Section> sections = new ArrayList<>(record.getSectionsCount());
    List<byte[]> sectionLeaves = new ArrayList<>(record.getSectionsCount());
    for (int i = 0; i < record.getSectionsCount(); i++) {
      String where = path + ".sections[" + i + "]";
      ByteString bytes = record.getSections(i);
      limit(bytes.size(), Limits.PART_BYTES_MAX, where, "bytes");
      Section section = SECTIONS.read(bytes, where);
      sections.add(section);
      sectionLeaves.add(Skeleton.sectionLeaf(hash, section.getClass_Value(), bytes.toByteArray()));
    }

    List<ParsedLine> lines = new ArrayList<>();
    List<Skeleton.Group> groups = readGroups(hash, record, path, lines);
    Skeleton skeleton =
        new Skeleton(
            record.getKind(),
            Skeleton.publicDigest(hash, record.getPublicPart().toByteArray()),
            sectionLeaves,
            groups);
    return new ParsedRecord(record, publicPart, sections, lines, skeleton, skeleton.digest(hash));
  }

  private static List<Skeleton.Group> readGroups(
      HashAlgorithm hash, Record record, String path, List<ParsedLine> lines)
      throws RecordException {
    int count = 0;
    for (LineGroup group : record.getGroupsList()) {
      count += group.getLinesCount();
    }
    limit(count, Limits.LINES_MAX, path + ".groups", "lines");
    if (count == 0) {
      throw new RecordException(
          RefusalCode.BAD_FIELD, path + ".groups", "a record has at least one line");
    }
    List<Skeleton.Group> groups = new ArrayList<>(record.getGroupsCount());
    int previousRole = 0;
    for (int g = 0; g < record.getGroupsCount(); g++) {
      LineGroup group = record.getGroups(g);
      String where = path + ".groups[" + g + "]";
      if (group.getRole() <= previousRole || group.getRole() > 255) {
        throw new RecordException(
            RefusalCode.NOT_CANONICAL,
            where + ".role",
            "roles ascend from 1, each once: " + group.getRole() + " after " + previousRole);
      }
      requireKnownFields(group.getUnknownFields(), where);
      if (group.getLinesCount() == 0) {
        throw new RecordException(RefusalCode.NOT_CANONICAL, where, "an empty group");
      }
      previousRole = group.getRole();
      List<byte[]> leaves = new ArrayList<>(group.getLinesCount());
      for (int i = 0; i < group.getLinesCount(); i++) {
        String lineWhere = where + ".lines[" + i + "]";
        ByteString bytes = group.getLines(i);
        limit(bytes.size(), Limits.LINE_BYTES_MAX, lineWhere, "bytes");
        Line line = LINES.read(bytes, lineWhere);
        Hash subjectKey = Chains.subjectKey(hash, line.getSubject());
        leaves.add(Skeleton.lineLeaf(hash, subjectKey, bytes.toByteArray()));
        lines.add(new ParsedLine(group.getRole(), line, subjectKey));
      }
      groups.add(new Skeleton.Group(group.getRole(), leaves));
    }
    return groups;
  }

  /**
   * The trade section's content, if the record has one. FieldRules sees to it that it has at most
   * one.
   */
  public @Nullable Trade trade() {
    for (Section section : sections) {
      if (section.hasTrade()) {
        return section.getTrade();
      }
    }
    return null;
  }

  /** The recipe section's content, if the record has one. */
  public @Nullable Recipe recipe() {
    for (Section section : sections) {
      if (section.hasRecipe()) {
        return section.getRecipe();
      }
    }
    return null;
  }

  /** What no digest covers must not be kept. */
  private static void requireKnownFields(UnknownFieldSet unknown, String path)
      throws RecordException {
    if (!unknown.asMap().isEmpty()) {
      throw new RecordException(RefusalCode.NOT_CANONICAL, path, "unknown fields");
    }
  }

  private static void limit(int found, int most, String path, String unit) throws RecordException {
    if (found > most) {
      throw new RecordException(
          RefusalCode.LIMIT_EXCEEDED, path, found + " " + unit + ", at most " + most);
    }
  }
}
