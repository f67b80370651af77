// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.trade.Completeness;
import org.pinlian.trade.Completeness.Filed;
import org.pinlian.trade.Completeness.Gap;
import org.pinlian.v1.Goods;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Trade;

/**
 * Records state what the law asks of them (domain.md B5). What stands in a personal section no rule
 * reads: where no name is given, the door has seen to it that there is such a section.
 */
final class CompletenessRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    Goods goods = goods(inquiry);
    boolean inspected = isInspected(inquiry);
    for (Touch touch : inquiry.touches()) {
      if (!touch.has(LineRole.LINE_ROLE_OBJECT)) {
        continue;
      }
      Told told = touch.told();
      Trade trade = told.trade();
      Map<String, List<Gap>> byList = new TreeMap<>();
      Filed filed =
          new Filed(
              told.part(),
              goods,
              trade == null ? Trade.getDefaultInstance() : trade,
              isPersonal(told.part(), trade),
              told.roles(),
              inspected);
      for (Gap gap : Completeness.gaps(filed)) {
        byList.computeIfAbsent(gap.list().name(), _ -> new ArrayList<>()).add(gap);
      }
      byList.forEach((list, gaps) -> find(inquiry, touch, list, gaps));
    }
  }

  private static void find(Inquiry inquiry, Touch touch, String list, List<Gap> gaps) {
    inquiry.find(
        FindingKind.RECORD_INCOMPLETE,
        List.of(touch.told()),
        "stated_by",
        touch.signer(),
        "list",
        list,
        "missing",
        String.join(", ", gaps.stream().map(gap -> gap.requirement().chinese()).toList()),
        "article",
        gaps.get(0).list().source().words());
  }

  private static boolean isPersonal(PublicPart part, @Nullable Trade trade) {
    return switch (part.getBodyCase()) {
      case INTAKE, DISPATCH -> trade == null || trade.getCounterparty().getName().isEmpty();
      // Whose contact is a person's is not told here.
      case COMMITMENT_CERTIFICATE -> true;
      default -> false;
    };
  }

  /** As its class says; without one, what the records themselves show. */
  private static Goods goods(Inquiry inquiry) {
    Goods stated =
        inquiry.product().map(product -> product.getGoods()).orElse(Goods.GOODS_UNSPECIFIED);
    if (stated != Goods.GOODS_UNSPECIFIED) {
      return stated;
    }
    if (inquiry.isDrugCode()) {
      return Goods.GOODS_DRUG;
    }
    return inquiry.isLot() && CertificateRule.needsCertificate(inquiry)
        ? Goods.GOODS_FARM_PRODUCT
        : Goods.GOODS_UNSPECIFIED;
  }

  private static boolean isInspected(Inquiry inquiry) {
    for (Touch touch : inquiry.touches()) {
      if (touch.told().kind() == Kind.KIND_INSPECTION
          && touch.told().part().getInspection().getConclusion()
              == InspectionConclusion.INSPECTION_CONCLUSION_PASSED) {
        return true;
      }
    }
    return false;
  }
}
