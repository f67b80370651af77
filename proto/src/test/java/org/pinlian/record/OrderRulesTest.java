// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.pinlian.record.FieldRulesTest.accepts;
import static org.pinlian.record.FieldRulesTest.refuses;

import com.google.protobuf.ByteString;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.pinlian.record.Samples.Sample;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderQuantities;
import org.pinlian.v1.Quantity;

class OrderRulesTest {
  private static final String ORDER = "public_part.order.";
  private static final String PROGRESS = "public_part.order_progress.";
  private static final String ROW = "sections[0].trade.order_quantities[0].";

  private static Sample order(Consumer<Order.Builder> change) {
    return Samples.of(Kind.KIND_ORDER).part(part -> change.accept(part.getOrderBuilder()));
  }

  private static Sample progress(Consumer<OrderProgress.Builder> change) {
    return Samples.of(Kind.KIND_ORDER_PROGRESS)
        .part(part -> change.accept(part.getOrderProgressBuilder()));
  }

  private static Sample row(Consumer<OrderQuantities.Builder> change) {
    return Samples.of(Kind.KIND_ORDER_PROGRESS)
        .trade(trade -> change.accept(trade.getOrderQuantitiesBuilder(0)));
  }

  @Test
  void anOrderSaysWhichGoodsForAllElseIsReadByThat() {
    refuses(order(Order.Builder::clearGoods), ORDER + "goods");
    refuses(order(body -> body.setGoodsValue(6)), ORDER + "goods");
  }

  @Test
  void anOrderMayRestOnAnInspectionAndBeAnnounced() {
    accepts(order(body -> body.setGround(Samples.DIGEST).setAnnouncedOn("2026-06-21")));
    refuses(order(body -> body.setGround(ByteString.copyFrom(new byte[16]))), ORDER + "ground");
    refuses(order(body -> body.setAnnouncedOn("21.6.2026")), ORDER + "announced_on");
  }

  @Test
  void progressIsOfOneOrder() {
    refuses(progress(OrderProgress.Builder::clearOrder), PROGRESS + "order");
    refuses(progress(OrderProgress.Builder::clearStep), PROGRESS + "step");
    refuses(progress(body -> body.setStepValue(5)), PROGRESS + "step");
    refuses(progress(OrderProgress.Builder::clearReportedAt), PROGRESS + "reported_at");
    refuses(progress(body -> {}).without(LineRole.LINE_ROLE_RECORD), "lines");
    refuses(
        progress(body -> {}).line(LineRole.LINE_ROLE_RECORD, "urn:pinlian:record:8.0"), "lines");
    Sample withoutGoods = progress(body -> {}).without(LineRole.LINE_ROLE_OBJECT);
    withoutGoods.trade.clearOrderQuantities();
    refuses(withoutGoods, "lines");
  }

  @Test
  void anAcknowledgementNeedsNoQuantities() {
    Sample sample = progress(body -> {});
    sample.trade.clearOrderQuantities();
    accepts(sample);
  }

  @Test
  void quantitiesAreOfObjectLinesEachOnce() {
    refuses(row(body -> body.setLine(1)), ROW + "line");
    refuses(row(body -> body.setLine(2)), ROW + "line");
    refuses(row(body -> body.setLine(-1)), ROW + "line");
    Sample twice = row(body -> {});
    twice.trade.addOrderQuantities(twice.trade.getOrderQuantities(0));
    refuses(twice, "sections[0].trade.order_quantities[1].line");
  }

  @Test
  void quantitiesAreNeitherNegativeNorBeyondCounting() {
    accepts(row(body -> body.setRecovered(0).setDestroyed(0).setSold(0)));
    refuses(row(body -> body.setRecovered(-1)), ROW + "recovered");
    refuses(row(body -> body.setMissing(Long.MIN_VALUE)), ROW + "missing");
    accepts(row(body -> body.clearDestroyed().clearSold().setRecovered(Long.MAX_VALUE)));
    refuses(row(body -> body.clearDestroyed().setRecovered(Long.MAX_VALUE)), ROW + "sold");
    refuses(row(body -> body.setDecimals(10)), ROW + "decimals");
    refuses(row(body -> body.setDecimals(-1)), ROW + "decimals");
  }

  @Test
  void theUnitIsThatOfTheLine() {
    refuses(row(body -> body.clearUnit()), ROW + "unit");
    refuses(row(body -> body.setUnit("千克")), ROW + "unit");
    Sample stated = row(body -> {});
    stated.trade.addQuantities(Quantity.newBuilder().setUnscaled(500).setUnit("KGM"));
    accepts(stated);
    stated.trade.getQuantitiesBuilder(0).setUnit("EA");
    refuses(stated, ROW + "unit");
  }

  @Test
  void onlyProgressHasSuchQuantities() {
    refuses(
        Samples.of(Kind.KIND_CUSTODY_OFFER)
            .trade(trade -> trade.addOrderQuantities(OrderQuantities.newBuilder().setUnit("EA"))),
        "sections[0].trade.order_quantities");
  }
}
