// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pinlian.node.findings.InstanceCustody.Clash;
import org.pinlian.node.findings.InstanceCustody.Clashing;
import org.pinlian.node.findings.LotCustody.Stranger;

/** Somebody acts on goods that nobody handed to them, or two claim one thing. */
final class CustodyRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    if (inquiry.isInstance()) {
      Set<String> said = new HashSet<>();
      for (Clashing clash : inquiry.instance().clashes()) {
        boolean two = clash.clash() == Clash.TWO_HOLDERS;
        // One who acts without having the goods mostly does so again and again.
        if (two || said.add(clash.held() + " " + clash.by().signer())) {
          find(inquiry, clash);
        }
      }
    } else if (inquiry.isLot()) {
      Set<String> said = new HashSet<>();
      for (Stranger stranger : inquiry.lot().strangers()) {
        if (said.add(stranger.by().signer())) {
          inquiry.find(
              FindingKind.CUSTODY_GAP,
              List.of(stranger.origin().told(), stranger.by().told()),
              "came_from",
              stranger.origin().signer(),
              "acted",
              stranger.by().signer(),
              "did",
              stranger.by().deed().name(),
              "at",
              Times.text(stranger.by().at()));
        }
      }
    }
  }

  private static void find(Inquiry inquiry, Clashing clash) {
    List<Told> records = new ArrayList<>(2);
    Touch since = clash.since();
    if (since != null) {
      records.add(since.told());
    }
    records.add(clash.by().told());
    inquiry.find(
        clash.clash() == Clash.TWO_HOLDERS ? FindingKind.TWO_HOLDERS : FindingKind.CUSTODY_GAP,
        records,
        "held_by",
        clash.held().participant(),
        "where",
        clash.held().where().name(),
        "acted",
        clash.by().signer(),
        "did",
        clash.by().deed().name(),
        "at",
        Times.text(clash.by().at()));
  }
}
