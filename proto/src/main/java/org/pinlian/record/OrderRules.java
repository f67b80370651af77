// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.jspecify.annotations.Nullable;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderQuantities;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Trade;

/** Orders, and what is reported under them. Whose power it is, the node's rules say. */
final class OrderRules {
  private final FieldChecks checks;
  private final LineTable lines;
  private final LineRules needed;
  private final SectionTable sections;

  OrderRules(FieldChecks checks, LineTable lines, SectionTable sections) {
    this.checks = checks;
    this.lines = lines;
    this.needed = new LineRules(checks, lines);
    this.sections = sections;
  }

  void check(Order order) {
    FieldPath at = FieldPath.PUBLIC_PART.in("order");
    needed.atLeastOneObject();
    checks.requiredChoice(at, "type", order.getType());
    int grade = order.getGrade();
    if (order.getType() == OrderType.ORDER_TYPE_RECALL) {
      if (grade < 1 || grade > 3) {
        checks.bad(at, "grade", "a recall has grade 1, 2 or 3");
      }
    } else if (grade != 0) {
      checks.bad(at, "grade", "only a recall has a grade");
    }
    checks.requiredText(at, "legal_basis", order.getLegalBasis());
    checks.requiredText(at, "reason", order.getReason());
    checks.requiredInstant(at, "ordered_at", order.getOrderedAt());
    checks.requiredChoice(at, "goods", order.getGoods());
    checks.date(at, "announced_on", order.getAnnouncedOn());
    checks.optionalDigest(at, "ground", order.getGround());
  }

  void check(OrderProgress progress) {
    FieldPath at = FieldPath.PUBLIC_PART.in("order_progress");
    needed.exactlyOne(LineRole.LINE_ROLE_RECORD);
    needed.atLeastOneObject();
    checks.digest(at, "order", progress.getOrder());
    checks.requiredChoice(at, "step", progress.getStep());
    checks.requiredInstant(at, "reported_at", progress.getReportedAt());
    checks.text(at, "text", progress.getText());
    Trade trade = sections.trade();
    if (trade != null) {
      quantities(trade);
    }
  }

  /**
   * One row for a line, in the unit in which its quantity is stated: or nobody could add them up.
   */
  private void quantities(Trade trade) {
    @Nullable String[] units = new @Nullable String[lines.size()];
    for (Quantity quantity : trade.getQuantitiesList()) {
      if (quantity.getLine() >= 0 && quantity.getLine() < units.length) {
        units[quantity.getLine()] = quantity.getUnit();
      }
    }
    boolean[] seen = new boolean[lines.size()];
    for (int i = 0; i < trade.getOrderQuantitiesCount() && !checks.isFull(); i++) {
      FieldPath at = sections.tradeAt().in("order_quantities", i);
      OrderQuantities row = trade.getOrderQuantities(i);
      int line = row.getLine();
      if (line < 0 || line >= seen.length || lines.role(line) != LineRole.LINE_ROLE_OBJECT_VALUE) {
        checks.bad(at, "line", "no object line has number " + Integer.toUnsignedString(line));
      } else if (seen[line]) {
        checks.bad(at, "line", "line " + line + " is reported twice");
      } else {
        seen[line] = true;
        String unit = units[line];
        if (unit != null && !unit.equals(row.getUnit())) {
          checks.bad(at, "unit", "must be " + unit + ", in which the line's quantity is stated");
        }
      }
      TradeRules.unit(checks, at, row.getUnit());
      TradeRules.decimals(checks, at, row.getDecimals());
      amounts(at, row);
    }
  }

  private void amounts(FieldPath at, OrderQuantities row) {
    String[] names = {"recovered", "destroyed", "sold", "missing"};
    long[] amounts = {row.getRecovered(), row.getDestroyed(), row.getSold(), row.getMissing()};
    long rest = Long.MAX_VALUE;
    for (int i = 0; i < amounts.length; i++) {
      if (amounts[i] < 0) {
        checks.bad(at, names[i], "must not be less than 0, found " + amounts[i]);
        return;
      }
      if (amounts[i] > rest) {
        checks.bad(at, names[i], "with those before it, is beyond what can be counted");
        return;
      }
      rest -= amounts[i];
    }
  }
}
