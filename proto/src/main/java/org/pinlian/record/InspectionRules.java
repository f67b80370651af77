// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionItem;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.Truth;

/**
 * 检验. A quick test is a hint: it is negative or positive, and never says that goods have failed. A
 * report passes or fails them, and its items must not say otherwise.
 */
final class InspectionRules {
  static final int ITEMS_MAX = 1_000;

  private static final FieldPath AT = FieldPath.PUBLIC_PART.in("inspection");

  private final FieldChecks checks;
  private final LineRules needed;

  InspectionRules(FieldChecks checks, LineTable lines) {
    this.checks = checks;
    this.needed = new LineRules(checks, lines);
  }

  void check(Inspection inspection) {
    needed.atLeastOneObject();
    checks.requiredChoice(AT, "type", inspection.getType());
    boolean quick = inspection.getType() == InspectionType.INSPECTION_TYPE_QUICK_TEST;
    checks.requiredDate(AT, "sampled_on", inspection.getSampledOn());
    if (quick) {
      checks.name(AT, "number", inspection.getNumber());
      checks.date(AT, "reported_on", inspection.getReportedOn());
    } else {
      checks.requiredName(AT, "number", inspection.getNumber());
      checks.requiredDate(AT, "reported_on", inspection.getReportedOn());
    }
    checks.notBefore(
        AT, "reported_on", inspection.getReportedOn(), "sampled_on", inspection.getSampledOn());
    laboratory(inspection.getLaboratory(), quick);
    checks.name(AT, "cma_number", inspection.getCmaNumber());
    conclusion(inspection.getConclusion(), quick);
    items(inspection, quick);
    checks.name(AT, "standard", inspection.getStandard());
    if (inspection.getType() == InspectionType.INSPECTION_TYPE_RETEST) {
      checks.digest(AT, "retest_of", inspection.getRetestOf());
    } else if (!inspection.getRetestOf().isEmpty()) {
      checks.bad(AT, "retest_of", "only a retest is of another inspection");
    }
    if (inspection.hasArea()) {
      BodyRules.area(checks, AT.in("area"), inspection.getArea());
    }
  }

  private void laboratory(String laboratory, boolean quick) {
    if (laboratory.startsWith("uscc:") || laboratory.startsWith("gln:")) {
      checks.participant(AT, "laboratory", laboratory);
    } else if (quick) {
      checks.name(AT, "laboratory", laboratory);
    } else {
      checks.requiredName(AT, "laboratory", laboratory);
    }
  }

  private void conclusion(InspectionConclusion conclusion, boolean quick) {
    checks.requiredChoice(AT, "conclusion", conclusion);
    switch (conclusion) {
      case INSPECTION_CONCLUSION_PASSED, INSPECTION_CONCLUSION_FAILED -> {
        if (quick) {
          checks.bad(AT, "conclusion", "a quick test is negative or positive, never conclusive");
        }
      }
      case INSPECTION_CONCLUSION_NEGATIVE, INSPECTION_CONCLUSION_POSITIVE -> {
        if (!quick) {
          checks.bad(AT, "conclusion", "only a quick test is negative or positive");
        }
      }
      // Said above to be missing or unknown.
      case INSPECTION_CONCLUSION_UNSPECIFIED, UNRECOGNIZED -> {}
    }
  }

  private void items(Inspection inspection, boolean quick) {
    int count = inspection.getItemsCount();
    if (count > ITEMS_MAX) {
      checks.limit(AT, "items", count, ITEMS_MAX, "items");
      return;
    }
    int failed = 0;
    int passed = 0;
    for (int i = 0; i < count && !checks.isFull(); i++) {
      InspectionItem item = inspection.getItems(i);
      check(AT.in("items", i), item, quick);
      failed += item.getPassed() == Truth.TRUTH_FALSE ? 1 : 0;
      passed += item.getPassed() == Truth.TRUTH_TRUE ? 1 : 0;
    }
    if (inspection.getConclusion() == InspectionConclusion.INSPECTION_CONCLUSION_PASSED
        && failed > 0) {
      checks.bad(AT, "conclusion", "cannot be passed with an item that is not");
    }
    if (inspection.getConclusion() == InspectionConclusion.INSPECTION_CONCLUSION_FAILED) {
      if (count == 0) {
        checks.missing(AT, "items");
      } else if (passed == count) {
        checks.bad(AT, "conclusion", "cannot be failed with every item passed");
      }
    }
  }

  private void check(FieldPath at, InspectionItem item, boolean quick) {
    checks.requiredName(at, "item", item.getItem());
    checks.name(at, "method", item.getMethod());
    checks.name(at, "result", item.getResult());
    checks.name(at, "unit", item.getUnit());
    checks.name(at, "limit", item.getLimit());
    checks.choice(at, "passed", item.getPassed());
    if (quick && item.getPassed() != Truth.TRUTH_UNSPECIFIED) {
      checks.bad(at, "passed", "a quick test judges nothing");
    }
  }
}
