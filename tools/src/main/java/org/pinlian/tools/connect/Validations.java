// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.connect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.pinlian.client.RefusedException;
import org.pinlian.client.Validation;
import org.pinlian.client.Validation.Noticed;
import org.pinlian.v1.Finding;

/** What a ledger says of records that are not recorded, as JSON. */
public final class Validations {
  private Validations() {}

  /** Of what nothing stands against. */
  public static ObjectNode json(Validation validation) {
    ObjectNode json = Json.object();
    switch (validation) {
      case Validation.Duplicate(var receipt) -> {
        json.put("outcome", "duplicate");
        json.put("index", receipt.index());
      }
      case Validation.Acceptable(List<Noticed> findings) -> {
        json.put("outcome", "acceptable");
        ArrayNode noticed = json.putArray("findings");
        for (Noticed one : findings) {
          Finding finding = one.finding();
          ObjectNode said = noticed.addObject();
          said.put("code", finding.getCode().name());
          said.put("record", one.position());
          said.put("subject", finding.getSubject());
          ObjectNode facts = said.putObject("facts");
          finding.getFactsList().forEach(fact -> facts.put(fact.getName(), fact.getValue()));
        }
      }
    }
    return json;
  }

  /** Of what would be refused. */
  public static ObjectNode json(RefusedException refused) {
    ObjectNode json = Json.object();
    json.put("outcome", "refused");
    json.put("code", refused.code().name());
    json.put("message", String.valueOf(refused.getMessage()));
    json.set("violations", Json.violations(violations(refused)));
    return json;
  }

  static List<Violation> violations(RefusedException refused) {
    return refused.violations().stream()
        .map(violation -> new Violation(violation.path(), violation.description()))
        .toList();
  }
}
