// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.List;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Intake;
import org.pinlian.v1.Trade;

/**
 * 进货查验记录 has what the law asks for (食品安全法 arts. 50, 53; 65 for farm products; 98 for imports). A
 * natural person's name stands in a personal section, which no rule reads: without a name in {@code
 * trade}, nothing is said of the supplier's address and contact either.
 */
final class IntakeRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    boolean farmProduct =
        inquiry
            .product()
            .filter(product -> product.getGoods() == Goods.GOODS_FARM_PRODUCT)
            .isPresent();
    for (Touch touch : inquiry.touches()) {
      if (touch.deed() != Deed.TAKES_IN) {
        continue;
      }
      List<String> missing = missing(touch, farmProduct);
      if (!missing.isEmpty()) {
        inquiry.find(
            FindingKind.INTAKE_INCOMPLETE,
            List.of(touch.told()),
            "taken_in_by",
            touch.signer(),
            "missing",
            String.join(", ", missing),
            "article",
            farmProduct ? "食品安全法 65" : "食品安全法 50, 53");
      }
    }
  }

  private static List<String> missing(Touch touch, boolean farmProduct) {
    Intake intake = touch.told().part().getIntake();
    List<String> missing = new ArrayList<>(0);
    need(!intake.getProductName().isEmpty(), "名称", missing);
    if (!farmProduct) {
      need(!intake.getSpecification().isEmpty(), "规格", missing);
      need(!intake.getProducedOn().isEmpty() || !intake.getLot().isEmpty(), "生产日期或批号", missing);
      need(!intake.getExpiresOn().isEmpty(), "保质期", missing);
    }
    need(!intake.getReceivedOn().isEmpty(), "进货日期", missing);
    Trade trade = touch.told().trade();
    need(!Amounts.of(touch.told(), touch.lines()).unstated(), "数量", missing);
    if (trade != null && trade.hasCounterparty()) {
      Counterparty supplier = trade.getCounterparty();
      if (!supplier.getName().isEmpty()) {
        need(!supplier.getAddress().isEmpty(), "供货者地址", missing);
        need(!supplier.getContact().isEmpty(), "供货者联系方式", missing);
      }
      if (!supplier.getCountry().isEmpty() && !supplier.getCountry().equals("CN")) {
        need(!supplier.getImportCertificate().isEmpty(), "入境货物检验检疫证明编号", missing);
      }
    }
    return missing;
  }

  private static void need(boolean there, String field, List<String> missing) {
    if (!there) {
      missing.add(field);
    }
  }
}
