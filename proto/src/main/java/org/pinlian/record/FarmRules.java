// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.FarmActivity;
import org.pinlian.v1.FarmInputType;
import org.pinlian.v1.FarmRecord;

/**
 * 农产品生产记录 (农产品质量安全法 art. 27). What the law asks for and is not there is a finding, not a refusal:
 * an incomplete record of a spraying is worth more than none.
 */
final class FarmRules {
  /** Ten years: longer than any animal is kept for its meat. */
  static final int WITHDRAWAL_DAYS_MAX = 3_650;

  private static final FieldPath AT = FieldPath.PUBLIC_PART.in("farm_record");

  private final FieldChecks checks;
  private final LineRules needed;

  FarmRules(FieldChecks checks, LineTable lines) {
    this.checks = checks;
    this.needed = new LineRules(checks, lines);
  }

  void check(FarmRecord farm) {
    needed.atLeastOneObject();
    checks.requiredChoice(AT, "activity", farm.getActivity());
    checks.requiredDate(AT, "done_on", farm.getDoneOn());
    checks.date(AT, "until_on", farm.getUntilOn());
    checks.notBefore(AT, "until_on", farm.getUntilOn(), "done_on", farm.getDoneOn());
    checks.choice(AT, "input_type", farm.getInputType());
    checks.name(AT, "input_name", farm.getInputName());
    checks.name(AT, "active_ingredient", farm.getActiveIngredient());
    checks.name(AT, "registration_number", farm.getRegistrationNumber());
    checks.text(AT, "usage", farm.getUsage());
    checks.name(AT, "dosage", farm.getDosage());
    checks.upTo(AT, "withdrawal_days", farm.getWithdrawalDays(), WITHDRAWAL_DAYS_MAX);
    checks.name(AT, "pest", farm.getPest());
    input(farm);
    if (farm.getActivity() == FarmActivity.FARM_ACTIVITY_DISEASE && farm.getPest().isEmpty()) {
      checks.missing(AT, "pest");
    }
  }

  private void input(FarmRecord farm) {
    boolean typed = farm.getInputType() != FarmInputType.FARM_INPUT_TYPE_UNSPECIFIED;
    if (typed) {
      if (farm.getActivity() == FarmActivity.FARM_ACTIVITY_HARVEST) {
        checks.bad(AT, "input_type", "nothing is used in a harvest; record the use by itself");
      }
      if (farm.getInputName().isEmpty()) {
        checks.missing(AT, "input_name");
      }
    } else if (farm.getActivity() == FarmActivity.FARM_ACTIVITY_INPUT_USE
        || !farm.getInputName().isEmpty()
        || !farm.getActiveIngredient().isEmpty()
        || !farm.getRegistrationNumber().isEmpty()
        || !farm.getUsage().isEmpty()
        || !farm.getDosage().isEmpty()
        || farm.getWithdrawalDays() != 0) {
      checks.missing(AT, "input_type");
    }
  }
}
