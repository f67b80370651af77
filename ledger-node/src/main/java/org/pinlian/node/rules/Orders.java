// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.pinlian.node.rules.Judgement.Refused;
import org.pinlian.record.RecordPlace;
import org.pinlian.trade.OrderPowers;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.RefusalCode;

/** Whose power an order is, and who reports under it. The powers themselves are data. */
public final class Orders {
  private static final String DRUG_CODE = "urn:pinlian:cn-drug:";

  private Orders() {}

  /** Whoever asks for the public notices finds it again, without going over the log. */
  static RuleWrite given(Statement statement) {
    return new RuleWrite(
        RuleKey.newestFirst(RuleTable.ORDERS, statement.place()),
        RuleWrite.place(statement.place()));
  }

  /** The place that a row of {@link RuleTable#ORDERS} has. */
  public static RecordPlace place(byte[] value) {
    return RuleWrite.placeIn(ByteBuffer.wrap(value));
  }

  static @Nullable Refused refusal(Statement statement) {
    Order order = statement.part().getOrder();
    OrderPowers.Answer answer =
        OrderPowers.answer(order.getGoods(), order.getType(), statement.roles(), statement.level());
    if (!answer.allowed()) {
      return refuse(
          statement,
          RefusalCode.NO_SUCH_POWER,
          "public_part.order.type",
          order.getType() + " of " + order.getGoods() + " needs " + answer.missing());
    }
    for (int n = 0; n < statement.lines().size(); n++) {
      StatementLine line = statement.lines().get(n);
      // Or a power over food would reach a drug by calling it food.
      if (line.subject().startsWith(DRUG_CODE) && order.getGoods() != Goods.GOODS_DRUG) {
        return refuse(
            statement,
            RefusalCode.BAD_FIELD,
            "public_part.order.goods",
            "lines[" + n + "] is a drug's code, so they are drugs");
      }
      if (answer.ownOnly() && OwnSubjects.isOthersLot(line, statement.signer())) {
        return refuse(
            statement,
            RefusalCode.NOT_PERMITTED,
            "lines[" + n + "].subject",
            "is another participant's lot");
      }
    }
    return null;
  }

  /**
   * Progress is a notice, so it reaches what its order is about and lots of the signer's own, which
   * may have come of that. Whether the signer holds any of it is a finding.
   */
  static @Nullable Refused progressRefusal(Citation citation, Statement statement) {
    OrderProgress progress = statement.part().getOrderProgress();
    CitedRecord cited = citation.record();
    if (cited == null
        || cited.kind() != Kind.KIND_ORDER
        || !citation.hasDigest(progress.getOrder())) {
      return refuse(
          statement,
          RefusalCode.UNKNOWN_RECORD,
          "public_part.order_progress.order",
          "there is no order of that digest at " + citation.place());
    }
    if (progress.getStep() == OrderStep.ORDER_STEP_CLOSED
        && !statement.isByAuthority()
        && !cited.signer().equals(statement.signer())) {
      return refuse(
          statement,
          RefusalCode.NOT_PERMITTED,
          "public_part.order_progress.step",
          "an order is closed by whoever gave it, or an authority");
    }
    return Rules.strangerRefusal(
        cited,
        statement,
        line ->
            line.role() == LineRole.LINE_ROLE_OBJECT
                && OwnSubjects.isOf(OwnSubjects.LOT, line, statement.signer()));
  }

  private static Refused refuse(
      Statement statement, RefusalCode code, String path, String message) {
    return new Refused(statement.place().position(), code, path, message);
  }
}
