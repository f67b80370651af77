// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.OrderStanding;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Story.StoryLine;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.Story.StorySection;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.record.RecordPlace;
import org.pinlian.tools.recall.OrderDrafts;
import org.pinlian.tools.recall.Report;
import org.pinlian.v1.Direction;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderQuantities;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;
import org.pinlian.v1.Trade;

/**
 * An order in the ledger, found by the name it gives itself: {@code
 * urn:pinlian:order:AUTHORITY:NUMBER}, on whose chain stand the order, its approval and what was
 * reported under it.
 *
 * @param goods that it names, as far as this reader is shown
 * @param whole whether that is all of them
 */
record GivenOrder(
    Subject name, Story story, OrderStanding standing, List<Subject> goods, boolean whole) {

  /**
   * Reads it.
   *
   * @param lookUp recorded by an authority; null to see what any participant sees
   * @throws CommandException REFUSED if there is none of that name
   */
  static GivenOrder read(GatewaySession session, Subject subject, @Nullable RecordPlace lookUp)
      throws RefusedException, UnreachableException, VerificationException, IdentifierException {
    Story story =
        lookUp == null
            ? session.trace(subject, Direction.DIRECTION_STORY, TraceLimits.defaults())
            : session.trace(subject, Direction.DIRECTION_STORY, TraceLimits.defaults(), lookUp);
    return in(story, subject)
        .orElseThrow(() ->
            new CommandException(
                Exit.REFUSED, "NOT_FOUND", "nobody gave the order " + subject.uri(), ""));
  }

  static Subject name(String name) throws IdentifierException {
    Subject subject = Subject.convert(name);
    if (subject.kind() != Subject.Kind.ORDER) {
      throw CommandException.usage(
          "not an order: \"" + name + "\"",
          "As `recall` says: urn:pinlian:order:AUTHORITY:NUMBER.");
    }
    return subject;
  }

  /** The one in a story: of its signer's name, and the first if the signer used a number twice. */
  static Optional<GivenOrder> in(Story story, Subject name) throws IdentifierException {
    for (OrderStanding standing : OrderStanding.of(story)) {
      StoryRecord record = story.record(standing.place()).orElseThrow();
      if (!name.uri().startsWith("urn:pinlian:order:" + record.signer().participant() + ":")) {
        continue;
      }
      List<Subject> goods = new ArrayList<>();
      for (StoryLine line : record.lines()) {
        String uri = line.subject();
        if (uri != null
            && line.role() == LineRole.LINE_ROLE_OBJECT
            && !uri.startsWith("urn:pinlian:order:")) {
          goods.add(Subject.parse(uri));
        }
      }
      List<String> on = goods.stream().map(Subject::uri).toList();
      return Optional.of(
          new GivenOrder(
              name,
              story,
              on.isEmpty() ? standing : standing.on(on),
              goods,
              record.withheldLines() == 0));
    }
    return Optional.empty();
  }

  /**
   * @param what cannot be done otherwise, as in "close"
   * @throws CommandException REFUSED if this reader is not shown all goods that the order names
   */
  void requireWhole(String what) {
    if (!whole) {
      throw new CommandException(
          Exit.REFUSED,
          "NOT_VISIBLE",
          "this reader is not shown which goods the order names, so it cannot " + what + " it",
          "Whoever gave the order can, and an authority.");
    }
  }

  Order body() {
    return standing.body();
  }

  ByteString digest() {
    return ByteString.copyFrom(standing.digest().bytes());
  }

  /** What stands that was reported under it, in the order of the log. */
  List<Report> reports() {
    List<Report> reports = new ArrayList<>();
    for (StoryRecord record : story.records()) {
      PublicPart part = record.publicPart();
      if (record.kind() == Kind.KIND_ORDER_PROGRESS
          && part != null
          && part.getOrderProgress().getOrder().equals(digest())
          && !isVoided(record)) {
        reports.add(report(record, part.getOrderProgress()));
      }
    }
    return reports;
  }

  private boolean isVoided(StoryRecord report) {
    for (StoryRecord record : story.records()) {
      PublicPart part = record.publicPart();
      boolean entitled =
          record.signer().participant().equals(report.signer().participant())
              || record.signer().roles().contains(Role.ROLE_AUTHORITY);
      if (part != null
          && part.hasVoiding()
          && entitled
          && part.getVoiding().getRecord().equals(ByteString.copyFrom(report.digest().bytes()))) {
        return true;
      }
    }
    return false;
  }

  private static Report report(StoryRecord record, OrderProgress progress) {
    Map<Integer, String> subjects = new LinkedHashMap<>();
    for (StoryLine line : record.lines()) {
      // Of a line that is not shown the key tells apart what is reported of.
      String subject = line.subject();
      subjects.put(line.number(), subject == null ? line.subjectKey().hex() : subject);
    }
    List<Report.Amounts> amounts = new ArrayList<>();
    boolean shown = true;
    for (StorySection section : record.sections()) {
      if (section.content() == null) {
        shown = false;
      } else if (section.content().hasTrade()) {
        amounts.addAll(amounts(section.content().getTrade(), subjects));
      }
    }
    return new Report(
        record.digest(),
        record.signer().participant(),
        record.signer().name(),
        record.signer().roles().contains(Role.ROLE_AUTHORITY),
        progress.getStep(),
        Instant.ofEpochMilli(progress.getReportedAt()),
        record.sequencedAt(),
        shown,
        amounts);
  }

  private static List<Report.Amounts> amounts(Trade trade, Map<Integer, String> subjects) {
    List<Report.Amounts> amounts = new ArrayList<>();
    for (OrderQuantities row : trade.getOrderQuantitiesList()) {
      amounts.add(
          new Report.Amounts(
              subjects.getOrDefault(row.getLine(), ""),
              row.getUnit(),
              BigDecimal.valueOf(row.getRecovered(), row.getDecimals()),
              BigDecimal.valueOf(row.getDestroyed(), row.getDecimals()),
              BigDecimal.valueOf(row.getSold(), row.getDecimals()),
              BigDecimal.valueOf(row.getMissing(), row.getDecimals())));
    }
    return amounts;
  }

  /** The records that are about it. */
  OrderDrafts drafts() {
    return new OrderDrafts(name, goods);
  }

  /** The order, as a subject. */
  Subject at() {
    return Subject.record(standing.place().index(), standing.place().position());
  }
}
