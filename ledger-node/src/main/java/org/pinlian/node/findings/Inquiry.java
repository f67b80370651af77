// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.node.findings.InstanceCustody.Step;
import org.pinlian.node.findings.LotCustody.Flow;
import org.pinlian.node.findings.Offers.Answered;
import org.pinlian.v1.Product;

/**
 * The evaluation of one subject as of one instant: what every rule looks at, found once, and what
 * they notice. Used by one thread.
 */
final class Inquiry {
  private final String subject;
  private final Subject.Kind kind;
  private final String classUri;
  private final Chain chain;
  private final Evidence evidence;
  private final Stays stays;
  private final Offers offers;
  private final Custodies custodies;
  private final List<Found> found = new ArrayList<>();

  private @Nullable List<Answered> answers;
  private @Nullable InstanceCustody instance;
  private @Nullable LotCustody lot;
  private @Nullable List<String> wider;
  private @Nullable List<Movement> movements;

  Inquiry(String subject, Collection<Told> told, Related related, long asOf) {
    this.subject = subject;
    Subject parsed = parse(subject);
    this.kind = parsed == null ? Subject.Kind.OTHER : parsed.kind();
    this.classUri = parsed == null ? "" : parsed.classOf().map(Subject::uri).orElse("");
    this.evidence = new Evidence(related, asOf);
    this.chain = evidence.own(subject, told);
    this.stays = new Stays(evidence);
    this.offers = new Offers(evidence, stays);
    this.custodies = new Custodies(evidence, stays, offers);
  }

  private static @Nullable Subject parse(String subject) {
    try {
      return Subject.parse(subject);
    } catch (IdentifierException e) {
      return null;
    }
  }

  String subject() {
    return subject;
  }

  /**
   * Whether a time is over, see {@link Evidence#passed}.
   *
   * @param last the last millisecond that is in time
   */
  boolean passed(long last) {
    return evidence.passed(last);
  }

  /** What stands, in the order of the times stated. */
  List<Touch> touches() {
    return chain.touches();
  }

  Evidence evidence() {
    return evidence;
  }

  Stays stays() {
    return stays;
  }

  Offers offers() {
    return offers;
  }

  /** Whether it is one thing, which is in one place. */
  boolean isInstance() {
    return isInstance(kind);
  }

  static boolean isInstance(Subject.Kind kind) {
    return switch (kind) {
      case UNIT, LOGISTIC_UNIT, DRUG_CODE, OTHER -> true;
      case CLASS, LOT, LOCATION, CERTIFICATE, ORDER, CASE, RECORD, KEYS, LOOK_UPS -> false;
    };
  }

  /** Whether it is the smallest thing sold, under a code of its own. */
  boolean isUnit() {
    return kind == Subject.Kind.UNIT || kind == Subject.Kind.DRUG_CODE;
  }

  boolean isDrugCode() {
    return kind == Subject.Kind.DRUG_CODE;
  }

  boolean isLot() {
    return kind == Subject.Kind.LOT;
  }

  boolean isCertificate() {
    return kind == Subject.Kind.CERTIFICATE;
  }

  /** Answers to known offers, line by line. */
  List<Answered> answers() {
    List<Answered> known = answers;
    if (known == null) {
      known = offers.along(chain);
      answers = known;
    }
    return known;
  }

  /** Custody of one thing. */
  InstanceCustody instance() {
    InstanceCustody known = instance;
    if (known == null) {
      known = custodies.instance(subject);
      instance = known;
    }
    return known;
  }

  /** Custody of a lot. */
  LotCustody lot() {
    LotCustody known = lot;
    if (known == null) {
      known = custodies.lot(subject);
      lot = known;
    }
    return known;
  }

  /** What is stated of which holds for this too: its other codes, its lots and its class. */
  List<String> wider() {
    List<String> known = wider;
    if (known == null) {
      known = new ArrayList<>(isInstance() ? evidence.lotsOf(chain) : List.of());
      known.addAll(evidence.aliasesOf(chain));
      known.remove(subject);
      for (String one : List.copyOf(known)) {
        Subject parsed = parse(one);
        String classOfLot = parsed == null ? "" : parsed.classOf().map(Subject::uri).orElse("");
        if (!classOfLot.isEmpty() && !known.contains(classOfLot)) {
          known.add(classOfLot);
        }
      }
      if (!classUri.isEmpty() && !classUri.equals(subject) && !known.contains(classUri)) {
        known.add(classUri);
      }
      known = List.copyOf(known);
      wider = known;
    }
    return known;
  }

  /** The latest description of the product; empty where the goods have no class, or nobody does. */
  Optional<Product> product() {
    List<String> subjects = new ArrayList<>(wider());
    subjects.add(subject);
    for (String one : subjects) {
      List<Touch> told = evidence.chain(one).touches();
      for (int i = told.size() - 1; i >= 0; i--) {
        if (told.get(i).told().part().hasProduct()) {
          return Optional.of(told.get(i).told().part().getProduct());
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Goods go from one to another, out of the trade, or into something else.
   *
   * @param by who did it, and when
   * @param record on the subject's own chain or that of what it was in
   */
  record Movement(String by, Touch record) {
    long at() {
      return record.at();
    }

    /** The earliest it can have been: a dispatch has a day only. */
    long earliest() {
      return record.deed() == Deed.DISPATCHES ? at() - Times.DAY_MILLIS + 1 : at();
    }
  }

  /** All movements but returns, destructions and goods set apart, in order. */
  List<Movement> movements() {
    List<Movement> known = movements;
    if (known == null) {
      known = Movements.of(this);
      movements = known;
    }
    return known;
  }

  /** The records by which custody of it moved, those of what it was in among them. */
  List<Touch> moves() {
    if (isInstance()) {
      return instance().steps().stream().map(Step::by).toList();
    }
    return isLot() ? lot().flows().stream().map(Flow::by).toList() : List.of();
  }

  void find(FindingKind kind, List<Told> told, String... facts) {
    found.add(Found.of(kind, subject, told, facts));
  }

  List<Found> found() {
    return found;
  }
}
