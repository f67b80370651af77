// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.drugfile;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.v1.Area;
import org.pinlian.v1.Counterparty;

/**
 * What a 单据 does not say.
 *
 * @param owner who signs: the bill is its own
 * @param partners by the enterprise ids that the bills use. An id that is missing here is a
 *     participant if it is written as one, {@code uscc:...}, and else a firm outside the ledger
 * @param area county and role of where; the default instance if not to be stated
 * @param productName for one-sided records, which must name a product; empty to name them by their
 *     code
 */
public record BillSettings(
    ParticipantId owner, Map<String, Partner> partners, Area area, String productName) {
  public BillSettings {
    partners = new LinkedHashMap<>(partners);
  }

  /** Null if there is no id. */
  @Nullable Partner partner(String id, String address) {
    if (id.isEmpty()) {
      return null;
    }
    Partner known = partners.get(id);
    if (known != null) {
      return known;
    }
    try {
      return new Partner.Enrolled(ParticipantId.parse(id));
    } catch (IdentifierException e) {
      return new Partner.Outside(Counterparty.newBuilder().setName(id).setAddress(address).build());
    }
  }

  boolean isOwner(@Nullable Partner partner) {
    return partner instanceof Partner.Enrolled enrolled && enrolled.participant().equals(owner);
  }
}
