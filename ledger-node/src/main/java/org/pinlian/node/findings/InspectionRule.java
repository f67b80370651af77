// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.node.findings.OrdersInEffect.InEffect;
import org.pinlian.trade.Clock;
import org.pinlian.trade.Deadline;
import org.pinlian.trade.WorkingDays;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.Kind;

/**
 * A batch that failed is stopped or recalled in time, unless a retest cleared it; a positive quick
 * test, which is no failure yet, goes to a laboratory.
 */
final class InspectionRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    List<Touch> inspections = new ArrayList<>();
    for (Touch touch : inquiry.touches()) {
      if (touch.told().kind() == Kind.KIND_INSPECTION) {
        inspections.add(touch);
      }
    }
    for (Touch touch : inspections) {
      switch (body(touch).getConclusion()) {
        case INSPECTION_CONCLUSION_FAILED -> findUnordered(inquiry, touch, inspections);
        case INSPECTION_CONCLUSION_POSITIVE -> findUnconfirmed(inquiry, touch, inspections);
        case INSPECTION_CONCLUSION_PASSED,
            INSPECTION_CONCLUSION_NEGATIVE,
            INSPECTION_CONCLUSION_UNSPECIFIED,
            UNRECOGNIZED -> {}
      }
    }
  }

  private static Inspection body(Touch touch) {
    return touch.told().part().getInspection();
  }

  /** Counted from the day of the report. */
  private static Deadline deadline(Clock clock, Touch inspection) {
    return clock.from(Times.day(inspection.at()), WorkingDays.china());
  }

  private static void findUnordered(Inquiry inquiry, Touch failed, List<Touch> inspections) {
    Deadline deadline = deadline(Clock.FAILURE_NOTICE, failed);
    if (!deadline.isPast(inquiry.asOf())) {
      return;
    }
    for (Touch other : inspections) {
      Inspection retest = body(other);
      if (failed.told().hasDigest(retest.getRetestOf())
          && retest.getConclusion() == InspectionConclusion.INSPECTION_CONCLUSION_PASSED) {
        return;
      }
    }
    for (InEffect order : OrdersInEffect.on(inquiry)) {
      if (order.from() >= failed.at() - Times.DAY_MILLIS
          || failed.told().hasDigest(order.body().getGround())) {
        return;
      }
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

  private static void findUnconfirmed(Inquiry inquiry, Touch positive, List<Touch> inspections) {
    Deadline deadline = deadline(Clock.TEST_REPORT, positive);
    if (!deadline.isPast(inquiry.asOf())) {
      return;
    }
    for (Touch other : inspections) {
      Inspection later = body(other);
      if (later.getType() != InspectionType.INSPECTION_TYPE_QUICK_TEST
          && (positive.told().hasDigest(later.getRetestOf())
              || later.getReportedOn().compareTo(body(positive).getReportedOn()) >= 0)) {
        return;
      }
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
