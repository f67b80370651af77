// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Section;

/**
 * Whether a record is well formed, beyond its bytes being canonical: everything that can be said of
 * it without looking at the ledger. What needs the ledger (whose key, whose offer, whose
 * certificate) is the business of the node's rules and of {@link KeyRegistry}.
 *
 * <p>Pure and stateless, so safe for use by many threads. On the way of every record at admission,
 * so a good record is walked once, without regular expressions, reflection or formatting.
 */
public final class FieldRules {
  private FieldRules() {}

  /**
   * A line and the role of the group it came in.
   *
   * @param role a number of LineRole, as received
   */
  public record RoledLine(int role, Line line) {
    public String subject() {
      return line.getSubject();
    }
  }

  /**
   * What is wrong with the record, in the order of its fields; empty if nothing is. At most 100
   * faults are listed.
   *
   * @param lines all lines of the record, numbered over the groups in order
   */
  public static List<FieldViolation> check(
      Kind kind, PublicPart part, List<Section> sections, List<RoledLine> lines) {
    FieldChecks checks = new FieldChecks();
    if (kind == Kind.KIND_UNSPECIFIED || kind == Kind.UNRECOGNIZED) {
      checks.refuse("kind", RefusalCode.UNKNOWN_KIND, "no such kind of record");
      return checks.violations();
    }
    if (!KindTable.isBuilt(kind.getNumber())) {
      checks.refuse(
          "kind",
          RefusalCode.KIND_NOT_BUILT,
          "kind " + kind.getNumber() + " is not accepted by this release");
      return checks.violations();
    }
    checks.salt(FieldPath.PUBLIC_PART, part.getSalt());
    LineTable table = checkLines(checks, kind, lines);
    SectionTable found =
        checkSections(checks, sections, lines.size(), kind == Kind.KIND_TRACE_EVENT);
    if (kind != Kind.KIND_LOOK_UP
        && found.trade() != null
        && !found.trade().getLookedUp().isEmpty()) {
      checks.bad(found.tradeAt(), "looked_up", "only a look-up names what is looked up");
    }
    if (kind != Kind.KIND_ORDER_PROGRESS
        && found.trade() != null
        && found.trade().getOrderQuantitiesCount() > 0) {
      checks.bad(found.tradeAt(), "order_quantities", "only on an order progress");
    }
    // The body's field number is the kind's and ten.
    if (part.getBodyCase().getNumber() != kind.getNumber() + 10) {
      checks.refuse(
          "public_part",
          RefusalCode.BODY_MISMATCH,
          "kind "
              + kind.getNumber()
              + " has its body in field "
              + (kind.getNumber() + 10)
              + ", found "
              + part.getBodyCase());
    } else {
      new BodyRules(checks, table, found).check(part);
    }
    return checks.violations();
  }

  private static LineTable checkLines(FieldChecks checks, Kind kind, List<RoledLine> lines) {
    if (lines.isEmpty()) {
      checks.refuse("lines", RefusalCode.BAD_FIELD, "a record has at least one line");
    }
    if (lines.size() > Limits.LINES_MAX) {
      checks.refuse(
          "lines",
          RefusalCode.LIMIT_EXCEEDED,
          lines.size() + " lines, at most " + Limits.LINES_MAX);
      return new LineTable(List.of(), new @Nullable Subject[0]);
    }
    @Nullable Subject[] subjects = new @Nullable Subject[lines.size()];
    for (int n = 0; n < lines.size() && !checks.isFull(); n++) {
      RoledLine line = lines.get(n);
      if (line.line().getSalt().size() != Limits.SALT_BYTES) {
        checks.salt(FieldPath.of("lines", n), line.line().getSalt());
      }
      if (!KindTable.allowsLine(kind.getNumber(), line.role())) {
        checks.refuse(
            "lines[" + n + "]",
            RefusalCode.LINE_ROLE_NOT_ALLOWED,
            "kind " + kind.getNumber() + " has no lines of role " + line.role());
      }
      subjects[n] = checkSubject(checks, n, line);
    }
    return new LineTable(lines, subjects);
  }

  private static @Nullable Subject checkSubject(FieldChecks checks, int n, RoledLine line) {
    Subject subject;
    try {
      subject = Subject.parse(line.subject());
    } catch (IdentifierException e) {
      checks.refuse("lines[" + n + "].subject", RefusalCode.BAD_SUBJECT, message(e));
      return null;
    }
    if (!allowsRole(subject.kind(), line.role())) {
      checks.refuse(
          "lines[" + n + "].subject",
          RefusalCode.BAD_SUBJECT,
          "a subject of kind " + subject.kind() + " cannot have line role " + line.role());
    }
    return subject;
  }

  /**
   * Whether a subject of that kind may be touched in the role, given as a number of LineRole. Keys
   * chains, look-up chains, certificates and records are touched in one role only: otherwise anyone
   * who handles goods could write on the chain that says whose key is good.
   */
  public static boolean allowsRole(Subject.Kind kind, int role) {
    int own =
        switch (kind) {
          case KEYS -> LineRole.LINE_ROLE_KEYS_VALUE;
          case LOOK_UPS -> LineRole.LINE_ROLE_LOOK_UPS_VALUE;
          case CERTIFICATE -> LineRole.LINE_ROLE_CERTIFICATE_VALUE;
          case RECORD -> LineRole.LINE_ROLE_RECORD_VALUE;
          case CLASS, LOT, UNIT, LOGISTIC_UNIT, LOCATION, DRUG_CODE, ORDER, CASE, OTHER -> 0;
        };
    boolean reserved =
        switch (role) {
          case LineRole.LINE_ROLE_KEYS_VALUE,
              LineRole.LINE_ROLE_LOOK_UPS_VALUE,
              LineRole.LINE_ROLE_CERTIFICATE_VALUE,
              LineRole.LINE_ROLE_RECORD_VALUE ->
              true;
          default -> false;
        };
    return own != 0 ? role == own : !reserved;
  }

  private static String message(IdentifierException e) {
    String message = e.getMessage();
    return message == null ? "not a canonical subject" : message;
  }

  private static SectionTable checkSections(
      FieldChecks checks, List<Section> sections, int lineCount, boolean event) {
    if (sections.size() > Limits.SECTIONS_MAX) {
      checks.refuse(
          "sections",
          RefusalCode.LIMIT_EXCEEDED,
          sections.size() + " sections, at most " + Limits.SECTIONS_MAX);
      return SectionTable.EMPTY;
    }
    SectionTable table = SectionTable.EMPTY;
    for (int i = 0; i < sections.size() && !checks.isFull(); i++) {
      Section section = sections.get(i);
      FieldPath at = FieldPath.of("sections", i);
      checks.salt(at, section.getSalt());
      // The content's field number is the class's and ten; of no content it is 0.
      if (section.getContentCase().getNumber() != section.getClass_Value() + 10) {
        checks.refuse(
            at,
            "class",
            RefusalCode.BODY_MISMATCH,
            "class "
                + section.getClass_Value()
                + " has its content in field "
                + (section.getClass_Value() + 10L)
                + ", found "
                + section.getContentCase());
        continue;
      }
      switch (section.getContentCase()) {
        case TRADE -> {
          if (table.trade() != null) {
            checks.bad(at, "trade", "a record has one trade section at most");
          }
          FieldPath in = at.in("trade");
          boolean readings = TradeRules.check(checks, in, section.getTrade(), lineCount, event);
          table = table.withTrade(section.getTrade(), in, readings);
        }
        case RECIPE -> {
          if (table.recipe() != null) {
            checks.bad(at, "recipe", "a record has one recipe section at most");
          }
          table = table.withRecipe(section.getRecipe());
          TradeRules.check(checks, at.in("recipe"), section.getRecipe(), lineCount);
        }
        // Nothing reads these, so that they can be erased; their size was checked as bytes.
        case PERSONAL -> table = table.withPersonal();
        case SOURCE, ATTACHMENT -> {}
        case CONTENT_NOT_SET -> {}
      }
    }
    return table;
  }
}
