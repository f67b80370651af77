// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.Document;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineGroup;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Recipe;
import org.pinlian.v1.Record;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.Trade;

/**
 * A record before it is salted. Not thread-safe; may be sealed any number of times, each time with
 * fresh salts and so with another digest.
 *
 * <pre>{@code
 * Draft.of(PublicPart.newBuilder().setCommitmentCertificate(...))
 *     .line(LineRole.LINE_ROLE_OBJECT, lot)
 *     .line(LineRole.LINE_ROLE_CERTIFICATE, certificate)
 *     .trade(Trade.newBuilder()....build())
 * }</pre>
 */
public final class Draft {
  private final PublicPart.Builder publicPart;
  private final Kind kind;
  private final TreeMap<Integer, List<Subject>> lines = new TreeMap<>();
  private final List<Section.Builder> sections = new ArrayList<>();

  private Draft(PublicPart.Builder publicPart, Kind kind) {
    this.publicPart = publicPart;
    this.kind = kind;
  }

  /** The kind follows from the body that is set. */
  public static Draft of(PublicPart.Builder publicPart) {
    // kind.proto and record.proto number kinds and bodies in step.
    Kind kind = Kind.forNumber(publicPart.getBodyCase().getNumber() - 10);
    if (kind == null || kind == Kind.KIND_UNSPECIFIED) {
      throw new IllegalArgumentException("a public part without a body");
    }
    return new Draft(publicPart, kind);
  }

  public Kind kind() {
    return kind;
  }

  /**
   * Adds a line. Line numbers, by which quantities name their goods, run over the roles in
   * ascending order, and within a role in the order of these calls.
   */
  public Draft line(LineRole role, Subject subject) {
    lines.computeIfAbsent(role.getNumber(), unused -> new ArrayList<>()).add(subject);
    return this;
  }

  /** How many lines it has. */
  public int lineCount() {
    return lines.values().stream().mapToInt(List::size).sum();
  }

  public Draft trade(Trade trade) {
    sections.add(Section.newBuilder().setClass_(SectionClass.SECTION_CLASS_TRADE).setTrade(trade));
    return this;
  }

  public Draft recipe(Recipe recipe) {
    sections.add(
        Section.newBuilder().setClass_(SectionClass.SECTION_CLASS_RECIPE).setRecipe(recipe));
    return this;
  }

  public Draft personal(Document personal) {
    sections.add(
        Section.newBuilder().setClass_(SectionClass.SECTION_CLASS_PERSONAL).setPersonal(personal));
    return this;
  }

  public Draft source(Document source) {
    sections.add(
        Section.newBuilder().setClass_(SectionClass.SECTION_CLASS_SOURCE).setSource(source));
    return this;
  }

  public Draft attachment(Document attachment) {
    sections.add(
        Section.newBuilder()
            .setClass_(SectionClass.SECTION_CLASS_ATTACHMENT)
            .setAttachment(attachment));
    return this;
  }

  /** The record with a fresh salt in every part. */
  public Record seal(SecureRandom random) {
    Record.Builder record =
        Record.newBuilder()
            .setKind(kind.getNumber())
            .setPublicPart(publicPart.clone().setSalt(salt(random)).build().toByteString());
    for (Section.Builder section : sections) {
      record.addSections(section.clone().setSalt(salt(random)).build().toByteString());
    }
    lines.forEach((role, subjects) -> {
      LineGroup.Builder group = LineGroup.newBuilder().setRole(role);
      for (Subject subject : subjects) {
        group.addLines(
            Line.newBuilder()
                .setSalt(salt(random))
                .setSubject(subject.uri())
                .build()
                .toByteString());
      }
      record.addGroups(group);
    });
    return record.build();
  }

  private static ByteString salt(SecureRandom random) {
    byte[] salt = new byte[Limits.SALT_BYTES];
    random.nextBytes(salt);
    return ByteString.copyFrom(salt);
  }
}
