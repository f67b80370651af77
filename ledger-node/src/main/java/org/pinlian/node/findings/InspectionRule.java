// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.node.findings.OrdersInEffect.InEffect;
import org.pinlian.trade.Clock;
import org.pinlian.trade.Deadline;
import org.pinlian.trade.WorkingDays;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.Kind;

/**
 * A batch that failed is stopped or recalled in time, unless a retest cleared it, which is another
 * laboratory's to do (domain.md B7); a positive quick test, which is no failure yet, goes to a
 * laboratory.
 */
final class InspectionRule implements Rule {
  /** What is known beside one inspection, gathered once. */
  private static final class Known {
    private final Set<Hash> cleared = new HashSet<>();
    private final Set<Hash> retested = new HashSet<>();
    private final Set<Hash> grounds = new HashSet<>();
    private String lastLaboratoryDay = "";
    private long lastOrder = Long.MIN_VALUE;

    Known(List<Touch> inspections, List<InEffect> orders) {
      Map<Hash, String> laboratories = new HashMap<>();
      inspections.forEach(
          touch -> laboratories.put(touch.told().digest(), body(touch).getLaboratory()));
      for (Touch touch : inspections) {
        Inspection body = body(touch);
        Hash first = hash(body.getRetestOf());
        if (first != null) {
          retested.add(first);
          if (body.getConclusion() == InspectionConclusion.INSPECTION_CONCLUSION_PASSED
              && !body.getLaboratory().equals(laboratories.get(first))) {
            cleared.add(first);
          }
        }
        if (body.getType() != InspectionType.INSPECTION_TYPE_QUICK_TEST
            && body.getReportedOn().compareTo(lastLaboratoryDay) > 0) {
          lastLaboratoryDay = body.getReportedOn();
        }
      }
      for (InEffect order : orders) {
        lastOrder = Math.max(lastOrder, order.from());
        Hash ground = hash(order.body().getGround());
        if (ground != null) {
          grounds.add(ground);
        }
      }
    }
  }

  @Override
  public void look(Inquiry inquiry) {
    List<Touch> inspections = new ArrayList<>();
    for (Touch touch : inquiry.touches()) {
      if (touch.told().kind() == Kind.KIND_INSPECTION) {
        inspections.add(touch);
      }
    }
    if (inspections.isEmpty()) {
      return;
    }
    Known known = new Known(inspections, OrdersInEffect.on(inquiry));
    for (Touch touch : inspections) {
      switch (body(touch).getConclusion()) {
        case INSPECTION_CONCLUSION_FAILED -> findUnordered(inquiry, touch, known);
        case INSPECTION_CONCLUSION_POSITIVE -> findUnconfirmed(inquiry, touch, known);
        case INSPECTION_CONCLUSION_PASSED,
            INSPECTION_CONCLUSION_NEGATIVE,
            INSPECTION_CONCLUSION_UNSPECIFIED,
            UNRECOGNIZED -> {}
      }
    }
  }

  private static @Nullable Hash hash(ByteString digest) {
    return digest.size() == Hash.SIZE ? Hash.of(digest.toByteArray()) : null;
  }

  private static Inspection body(Touch touch) {
    return touch.told().part().getInspection();
  }

  /** Counted from the day of the report. */
  private static Deadline deadline(Clock clock, Touch inspection) {
    return clock.from(Times.day(inspection.at()), WorkingDays.china());
  }

  private static void findUnordered(Inquiry inquiry, Touch failed, Known known) {
    Hash digest = failed.told().digest();
    if (known.cleared.contains(digest)
        || known.grounds.contains(digest)
        || known.lastOrder >= failed.at() - Times.DAY_MILLIS) {
      return;
    }
    Deadline deadline = deadline(Clock.FAILURE_NOTICE, failed);
    if (!inquiry.passed(deadline.last())) {
      return;
    }
    Inspection body = body(failed);
    inquiry.find(
        FindingKind.FAILED_WITHOUT_ORDER,
        List.of(failed.told()),
        "number",
        body.getNumber(),
        "laboratory",
        body.getLaboratory(),
        "reported_on",
        body.getReportedOn(),
        "clock",
        Clock.FAILURE_NOTICE.name(),
        "until",
        Times.text(deadline.last()),
        "holidays_known",
        Boolean.toString(deadline.announced()));
  }

  private static void findUnconfirmed(Inquiry inquiry, Touch positive, Known known) {
    if (known.retested.contains(positive.told().digest())
        || known.lastLaboratoryDay.compareTo(body(positive).getReportedOn()) >= 0) {
      return;
    }
    Deadline deadline = deadline(Clock.TEST_REPORT, positive);
    if (!inquiry.passed(deadline.last())) {
      return;
    }
    Inspection body = body(positive);
    inquiry.find(
        FindingKind.POSITIVE_UNCONFIRMED,
        List.of(positive.told()),
        "number",
        body.getNumber(),
        "tested_by",
        positive.signer(),
        "reported_on",
        body.getReportedOn(),
        "clock",
        Clock.TEST_REPORT.name(),
        "until",
        Times.text(deadline.last()),
        "holidays_known",
        Boolean.toString(deadline.announced()));
  }
}
