// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.rules.StatementLine;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;

/**
 * Certificates given out again for parts of a lot (2025-2) are together for no more than the lot's
 * own. Of one for a mixture, only what its other lots cannot have given counts against this one.
 */
final class OverdrawnRule implements Rule {
  private static final int RECORDS_MAX = 20;

  @Override
  public void look(Inquiry inquiry) {
    if (inquiry.isLot()) {
      findOverdrawn(inquiry);
      findVoidedParents(inquiry);
    }
  }

  private static void findOverdrawn(Inquiry inquiry) {
    Amounts own = certified(inquiry.touches());
    List<Told> records = new ArrayList<>();
    for (Touch touch : inquiry.touches()) {
      if (CertificateRule.isCertificateOf(touch)) {
        records.add(touch.told());
      }
    }
    if (records.isEmpty() || own.unstated() || own.units().size() != 1) {
      return;
    }
    String unit = own.units().iterator().next();
    BigDecimal drawn = BigDecimal.ZERO;
    Set<String> others = new HashSet<>();
    Map<String, Amounts> known = new HashMap<>();
    int children = 0;
    for (Touch touch : inquiry.touches()) {
      if (touch.told().kind() != Kind.KIND_COMMITMENT_CERTIFICATE
          || !touch.has(LineRole.LINE_ROLE_INPUT)
          || touch.has(LineRole.LINE_ROLE_OBJECT)) {
        continue;
      }
      Amounts child = Amounts.of(touch.told().part().getCommitmentCertificate().getQuantity());
      if (child.unstated()) {
        continue;
      }
      children++;
      if (!child.units().equals(own.units())) {
        others.addAll(child.units());
        continue;
      }
      BigDecimal fromHere = child.of(unit).subtract(fromOthers(inquiry, touch, unit, known));
      if (fromHere.signum() > 0) {
        drawn = drawn.add(fromHere);
        if (records.size() < RECORDS_MAX) {
          records.add(touch.told());
        }
      }
    }
    if (!others.isEmpty()) {
      others.add(unit);
      inquiry.find(
          FindingKind.UNITS_DIFFER,
          records,
          "of",
          "certificates",
          "units",
          String.join(", ", others.stream().sorted().toList()));
    }
    if (drawn.compareTo(own.of(unit)) > 0) {
      inquiry.find(
          FindingKind.CERTIFICATE_OVERDRAWN,
          records,
          "unit",
          unit,
          "certified",
          Amounts.number(own.of(unit)),
          "drawn",
          Amounts.number(drawn),
          "over",
          Amounts.number(drawn.subtract(own.of(unit))),
          "children",
          Integer.toString(children));
    }
  }

  /** At most: all that the other lots were certified for. Without a figure, all of the child. */
  private static BigDecimal fromOthers(
      Inquiry inquiry, Touch child, String unit, Map<String, Amounts> known) {
    BigDecimal most = BigDecimal.ZERO;
    Set<String> counted = new HashSet<>();
    for (StatementLine line : child.told().lines()) {
      if (line.role() != LineRole.LINE_ROLE_INPUT
          || line.subject().equals(inquiry.subject())
          || !counted.add(line.subject())) {
        continue;
      }
      Amounts other =
          known.computeIfAbsent(
              line.subject(), lot -> certified(inquiry.evidence().chain(lot).touches()));
      if (other.unstated() || !other.units().contains(unit)) {
        return Amounts.of(child.told().part().getCommitmentCertificate().getQuantity()).of(unit);
      }
      most = most.add(other.of(unit));
    }
    return most;
  }

  private static Amounts certified(List<Touch> touches) {
    Amounts sum = Amounts.NONE;
    for (Touch touch : touches) {
      if (CertificateRule.isCertificateOf(touch)) {
        sum = sum.plus(Amounts.of(touch.told().part().getCommitmentCertificate().getQuantity()));
      }
    }
    return sum;
  }

  /** A certificate given out again names those of its inputs, which must have stood then. */
  private static void findVoidedParents(Inquiry inquiry) {
    Map<String, Map<String, Told>> voided = new HashMap<>();
    for (Touch touch : inquiry.touches()) {
      if (!CertificateRule.isCertificateOf(touch)
          || touch.told().part().getCommitmentCertificate().getForm()
              != CertificateForm.CERTIFICATE_FORM_2025_2) {
        continue;
      }
      CommitmentCertificate child = touch.told().part().getCommitmentCertificate();
      int input = 0;
      for (StatementLine line : touch.told().lines()) {
        if (line.role() == LineRole.LINE_ROLE_INPUT && input < child.getParentNumbersCount()) {
          Map<String, Told> ofLot =
              voided.computeIfAbsent(line.subject(), lot -> voided(inquiry, lot));
          findVoided(inquiry, touch, child.getParentNumbers(input++), ofLot);
        }
      }
    }
  }

  /** By number: the certificates of a lot that no longer stand, where none of that number does. */
  private static Map<String, Told> voided(Inquiry inquiry, String lot) {
    Map<String, Told> voided = new HashMap<>();
    Set<String> standing = new HashSet<>();
    for (Touch touch : inquiry.evidence().all(lot).touches()) {
      if (CertificateRule.isCertificateOf(touch)) {
        String number = touch.told().part().getCommitmentCertificate().getNumber();
        if (inquiry.evidence().isStanding(touch.told())) {
          standing.add(number);
        } else {
          voided.put(number, touch.told());
        }
      }
    }
    voided.keySet().removeAll(standing);
    return voided;
  }

  private static void findVoided(
      Inquiry inquiry, Touch child, String number, Map<String, Told> ofLot) {
    Told voided = ofLot.get(number);
    @Nullable Told undoing =
        voided == null ? null : inquiry.evidence().undoing(voided).orElse(null);
    if (voided == null || undoing == null) {
      return;
    }
    // A certificate has a day only: one of the day of the voiding must also have come after it.
    if (child.at() + Times.DAY_MILLIS > undoing.at()
        && child.told().sequencedAt() > undoing.sequencedAt()) {
      inquiry.find(
          FindingKind.VOIDED_CERTIFICATE_USED,
          List.of(voided, undoing, child.told()),
          "number",
          number,
          "voided_at",
          Times.text(undoing.at()),
          "used_by",
          child.signer(),
          "used_at",
          Times.text(child.at()),
          "did",
          "REISSUES");
    }
  }
}
