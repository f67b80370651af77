// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.pinlian.record.FieldRulesTest.accepts;
import static org.pinlian.record.FieldRulesTest.refuses;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.pinlian.record.Samples.Sample;
import org.pinlian.v1.FarmActivity;
import org.pinlian.v1.FarmRecord;
import org.pinlian.v1.Kind;

class FarmRulesTest {
  private static final String AT = "public_part.farm_record.";

  private static Sample farm(Consumer<FarmRecord.Builder> change) {
    return Samples.of(Kind.KIND_FARM_RECORD)
        .part(part -> change.accept(part.getFarmRecordBuilder()));
  }

  private static Sample harvest(Consumer<FarmRecord.Builder> change) {
    return Samples.of(Kind.KIND_FARM_RECORD)
        .part(part ->
            change.accept(
                part.getFarmRecordBuilder()
                    .clear()
                    .setActivity(FarmActivity.FARM_ACTIVITY_HARVEST)
                    .setDoneOn("2026-06-10")));
  }

  @Test
  void needsAnActivityAndADay() {
    refuses(farm(FarmRecord.Builder::clearActivity), AT + "activity");
    refuses(farm(body -> body.setActivityValue(4)), AT + "activity");
    refuses(farm(FarmRecord.Builder::clearDoneOn), AT + "done_on");
    refuses(farm(body -> body.setDoneOn("2026-5-20")), AT + "done_on");
  }

  @Test
  void theLastDayOfUseIsNotBeforeTheFirst() {
    refuses(farm(body -> body.setUntilOn("2026-05-19")), AT + "until_on");
    refuses(farm(body -> body.setUntilOn("2026-05-32")), AT + "until_on");
    accepts(farm(body -> body.setUntilOn("2026-05-20")));
    accepts(farm(FarmRecord.Builder::clearUntilOn));
  }

  @Test
  void aUseSaysWhatWasUsed() {
    refuses(farm(FarmRecord.Builder::clearInputType), AT + "input_type");
    refuses(farm(body -> body.setInputTypeValue(6)), AT + "input_type");
    refuses(farm(FarmRecord.Builder::clearInputName), AT + "input_name");
    // What the law asks for beyond is a finding.
    accepts(farm(body -> body.clearUsage().clearDosage().clearWithdrawalDays()));
  }

  @Test
  void aDiseaseIsNamedAndMayBeTreated() {
    refuses(farm(body -> body.setActivity(FarmActivity.FARM_ACTIVITY_DISEASE)), AT + "pest");
    accepts(farm(body -> body.setActivity(FarmActivity.FARM_ACTIVITY_DISEASE).setPest("笋蝇")));
    accepts(harvest(body -> body.setActivity(FarmActivity.FARM_ACTIVITY_DISEASE).setPest("笋蝇")));
  }

  @Test
  void aHarvestUsesNothing() {
    accepts(harvest(body -> body.setUntilOn("2026-06-12")));
    refuses(farm(body -> body.setActivity(FarmActivity.FARM_ACTIVITY_HARVEST)), AT + "input_type");
    refuses(harvest(body -> body.setDosage("30 mL")), AT + "input_type");
    refuses(harvest(body -> body.setWithdrawalDays(1)), AT + "input_type");
  }

  @Test
  void intervalsBeyondTenYearsAreNone() {
    accepts(farm(body -> body.setWithdrawalDays(FarmRules.WITHDRAWAL_DAYS_MAX)));
    refuses(
        farm(body -> body.setWithdrawalDays(FarmRules.WITHDRAWAL_DAYS_MAX + 1)),
        AT + "withdrawal_days");
    refuses(farm(body -> body.setWithdrawalDays(-1)), AT + "withdrawal_days");
  }
}
