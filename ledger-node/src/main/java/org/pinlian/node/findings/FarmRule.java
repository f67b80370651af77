// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
  /** Of different ones; no laboratory offers so many. */
  private static final int ITEMS_MAX = 1_000;

  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isLot()) {
      return;
    }
    NavigableMap<LocalDate, Told> harvests = harvests(inquiry);
    Optional<List<String>> tested = tested(inquiry);
    for (Touch touch : inquiry.touches()) {
      FarmRecord used = touch.told().part().getFarmRecord();
      if (touch.told().kind() != Kind.KIND_FARM_RECORD
          || used.getActivity() != FarmActivity.FARM_ACTIVITY_INPUT_USE) {
        continue;
      }
      findWithdrawal(inquiry, touch, used, harvests);
      if (isDrug(used) && tested.isPresent()) {
        findUntested(inquiry, touch, used, tested.get());
      }
    }
  }

  private static void findWithdrawal(
      Inquiry inquiry, Touch touch, FarmRecord used, NavigableMap<LocalDate, Told> harvests) {
    OptionalLong last =
        Times.startOf(used.getUntilOn().isEmpty() ? used.getDoneOn() : used.getUntilOn());
    if (last.isEmpty() || used.getWithdrawalDays() <= 0) {
      return;
    }
    LocalDate started = Times.day(touch.at());
    LocalDate allowed = Times.day(last.getAsLong()).plusDays(used.getWithdrawalDays());
    // What was used on the stubble afterwards is nothing to an earlier harvest.
    Map.Entry<LocalDate, Told> harvest = harvests.ceilingEntry(started);
    if (harvest != null && harvest.getKey().isBefore(allowed)) {
      inquiry.find(
          FindingKind.WITHDRAWAL_NOT_KEPT,
          List.of(touch.told(), harvest.getValue()),
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
          harvest.getKey().toString());
    }
  }

  /** By day, the first record of each. */
  private static NavigableMap<LocalDate, Told> harvests(Inquiry inquiry) {
    NavigableMap<LocalDate, Told> harvests = new TreeMap<>();
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
        harvests.putIfAbsent(Times.day(day.getAsLong()), touch.told());
      }
    }
    return harvests;
  }

  private static boolean isDrug(FarmRecord used) {
    return used.getInputType() == FarmInputType.FARM_INPUT_TYPE_PESTICIDE
        || used.getInputType() == FarmInputType.FARM_INPUT_TYPE_VETERINARY_DRUG;
  }

  /**
   * What certificates and inspections say was tested; empty where no certificate rests on a test.
   */
  private static Optional<List<String>> tested(Inquiry inquiry) {
    Set<String> items = new TreeSet<>();
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
    return byTest ? Optional.of(items.stream().limit(ITEMS_MAX).toList()) : Optional.empty();
  }

  private static void findUntested(
      Inquiry inquiry, Touch touch, FarmRecord used, List<String> tested) {
    String wanted =
        used.getActiveIngredient().isEmpty() ? used.getInputName() : used.getActiveIngredient();
    if (wanted.isEmpty()) {
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
        tested.isEmpty() ? "none" : String.join(", ", tested));
  }
}
