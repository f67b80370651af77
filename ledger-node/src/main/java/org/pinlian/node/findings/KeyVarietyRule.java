// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pinlian.trade.KeyVarieties;
import org.pinlian.trade.KeyVarieties.Variety;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.Product;

/**
 * 重点品种 are traced by the code of every smallest package: whoever hands on or sells a lot of one
 * says nothing of its codes. One finding for each who does.
 */
final class KeyVarietyRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    Optional<Product> product = inquiry.isLot() ? inquiry.product() : Optional.empty();
    if (product.isEmpty() || product.get().getKeyVarietiesCount() == 0) {
      return;
    }
    Set<String> said = new HashSet<>();
    for (Touch touch : inquiry.touches()) {
      boolean moves =
          touch.deed() == Deed.OFFERS
              || touch.deed() == Deed.SELLS
              || touch.deed() == Deed.DISPATCHES;
      if (!moves || !said.add(touch.signer())) {
        continue;
      }
      for (Variety variety : KeyVarieties.ALL) {
        if (product.get().getKeyVarietiesList().contains(variety.variety())
            && Times.day(touch.at()).toString().compareTo(variety.codedFrom()) >= 0) {
          find(inquiry, touch, variety);
          break;
        }
      }
    }
  }

  private static void find(Inquiry inquiry, Touch touch, Variety variety) {
    KeyVariety kind = variety.variety();
    inquiry.find(
        FindingKind.KEY_VARIETY_WITHOUT_CODES,
        List.of(touch.told()),
        "variety",
        kind.name(),
        "moved_by",
        touch.signer(),
        "at",
        Times.text(touch.at()),
        "coded_from",
        variety.codedFrom());
  }
}
