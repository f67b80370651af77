// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.List;

/** Goods from or to somebody who is not enrolled: nobody here can say that it was otherwise. */
final class OneSideRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    for (Touch touch : inquiry.touches()) {
      if (touch.deed() == Deed.TAKES_IN || touch.deed() == Deed.DISPATCHES) {
        inquiry.find(
            FindingKind.ONE_SIDE_ONLY,
            List.of(touch.told()),
            "stated_by",
            touch.signer(),
            "did",
            touch.deed().name(),
            "on",
            Times.day(touch.at()).toString());
      }
    }
  }
}
