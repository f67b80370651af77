// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.FarmActivity;
import org.pinlian.v1.FarmInputType;
import org.pinlian.v1.FarmRecord;
import org.pinlian.v1.Kind;

/**
 * What was used on a crop against when it was harvested and what was tested (农产品质量安全法 arts. 27, 29;
 * 用什么药、检什么药).
 */
final class FarmRule implements Rule {
  private record Harvest(Told record, LocalDate day) {}

  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isLot()) {
      return;
    }
    List<Harvest> harvests = harvests(inquiry);
    List<String> tested = null;
    for (Touch touch : inquiry.touches()) {
      FarmRecord used = touch.told().part().getFarmRecord();
      if (touch.told().kind() != Kind.KIND_FARM_RECORD
          || used.getActivity() != FarmActivity.FARM_ACTIVITY_INPUT_USE) {
        continue;
      }
      findWithdrawal(inquiry, touch, used, harvests);
      if (isDrug(used)) {
        if (tested == null) {
          tested = tested(inquiry);
        }
        findUntested(inquiry, touch, used, tested);
      }
    }
  }

  private static void findWithdrawal(
      Inquiry inquiry, Touch touch, FarmRecord used, List<Harvest> harvests) {
    OptionalLong last =
        Times.startOf(used.getUntilOn().isEmpty() ? used.getDoneOn() : used.getUntilOn());
    if (last.isEmpty() || used.getWithdrawalDays() <= 0) {
      return;
    }
    LocalDate started = Times.day(touch.at());
    LocalDate allowed = Times.day(last.getAsLong()).plusDays(used.getWithdrawalDays());
    for (Harvest harvest : harvests) {
      // What was used on the stubble afterwards is nothing to this harvest.
      if (harvest.day().isBefore(allowed) && !harvest.day().isBefore(started)) {
        inquiry.find(
            FindingKind.WITHDRAWAL_NOT_KEPT,
            List.of(touch.told(), harvest.record()),
            "input",
            used.getInputName(),
            "active_ingredient",
            used.getActiveIngredient(),
            "last_used_on",
            Times.day(last.getAsLong()).toString(),
            "withdrawal_days",
            Integer.toString(used.getWithdrawalDays()),
            "harvest_allowed_from",
            allowed.toString(),
            "harvested_on",
            harvest.day().toString());
        return;
      }
    }
  }

  private static List<Harvest> harvests(Inquiry inquiry) {
    List<Harvest> harvests = new ArrayList<>();
    for (Touch touch : inquiry.touches()) {
      OptionalLong day = OptionalLong.empty();
      if (touch.told().kind() == Kind.KIND_FARM_RECORD
          && touch.told().part().getFarmRecord().getActivity()
              == FarmActivity.FARM_ACTIVITY_HARVEST) {
        day = Times.startOf(touch.told().part().getFarmRecord().getDoneOn());
      } else if (touch.deed() == Deed.MAKES) {
        day = Times.startOf(touch.told().part().getTraceEvent().getItem().getHarvestedOn());
      }
      if (day.isPresent()) {
        harvests.add(new Harvest(touch.told(), Times.day(day.getAsLong())));
      }
    }
    return harvests;
  }

  private static boolean isDrug(FarmRecord used) {
    return used.getInputType() == FarmInputType.FARM_INPUT_TYPE_PESTICIDE
        || used.getInputType() == FarmInputType.FARM_INPUT_TYPE_VETERINARY_DRUG;
  }

  /**
   * What certificates and inspections say was tested; null where no certificate rests on a test.
   */
  private static @Nullable List<String> tested(Inquiry inquiry) {
    List<String> items = new ArrayList<>();
    boolean byTest = false;
    for (Touch touch : inquiry.touches()) {
      if (CertificateRule.isCertificateOf(touch)) {
        CommitmentCertificate certificate = touch.told().part().getCommitmentCertificate();
        byTest =
            byTest
                || certificate.getBasesList().contains(CommitmentBasis.COMMITMENT_BASIS_OWN_TEST)
                || certificate
                    .getBasesList()
                    .contains(CommitmentBasis.COMMITMENT_BASIS_COMMISSIONED_TEST);
        items.addAll(certificate.getTestedItemsList());
      } else if (touch.told().kind() == Kind.KIND_INSPECTION) {
        touch
            .told()
            .part()
            .getInspection()
            .getItemsList()
            .forEach(item -> items.add(item.getItem()));
      }
    }
    return byTest ? items : null;
  }

  private static void findUntested(
      Inquiry inquiry, Touch touch, FarmRecord used, @Nullable List<String> tested) {
    String wanted =
        used.getActiveIngredient().isEmpty() ? used.getInputName() : used.getActiveIngredient();
    if (tested == null || wanted.isEmpty()) {
      return;
    }
    for (String item : tested) {
      if (item.contains(wanted)) {
        return;
      }
    }
    inquiry.find(
        FindingKind.DRUG_NOT_TESTED,
        List.of(touch.told()),
        "input",
        used.getInputName(),
        "active_ingredient",
        used.getActiveIngredient(),
        "tested",
        tested.isEmpty()
            ? "none"
            : String.join(", ", tested.stream().sorted().distinct().toList()));
  }
}
