// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.trade.Completeness.Filed;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.Dispatch;
import org.pinlian.v1.FarmActivity;
import org.pinlian.v1.FarmRecord;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Intake;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Role;
import org.pinlian.v1.Trade;

class CompletenessTest {
  private static final Intake INTAKE =
      Intake.newBuilder()
          .setReceivedOn("2026-06-12")
          .setProductName("笋干")
          .setSpecification("500g")
          .setLot("A1")
          .setExpiresOn("2027-06-11")
          .build();
  private static final Dispatch DISPATCH =
      Dispatch.newBuilder()
          .setDispatchedOn("2026-06-12")
          .setProductName("笋干")
          .setSpecification("500g")
          .setProducedOn("2026-06-01")
          .setExpiresOn("2027-06-11")
          .build();
  private static final Trade TRADE =
      Trade.newBuilder()
          .addQuantities(Quantity.newBuilder().setUnscaled(5).setUnit("KGM"))
          .setCounterparty(
              Counterparty.newBuilder().setName("示范商行").setAddress("示范路1号").setContact("示范"))
          .build();

  private static List<String> gaps(PublicPart.Builder part, Goods goods, Trade trade, Role role) {
    return gaps(part, goods, trade, role, false);
  }

  private static List<String> gaps(
      PublicPart.Builder part, Goods goods, Trade trade, Role role, boolean personal) {
    return Completeness.gaps(new Filed(part.build(), goods, trade, personal, Set.of(role), false))
        .stream()
        .map(gap -> gap.list().name() + " " + gap.requirement().chinese())
        .toList();
  }

  private static PublicPart.Builder intake(Intake intake) {
    return PublicPart.newBuilder().setIntake(intake);
  }

  @Test
  void aWholeIntakeHasNoGaps() {
    assertEquals(List.of(), gaps(intake(INTAKE), Goods.GOODS_FOOD, TRADE, Role.ROLE_SHOP));
  }

  @Test
  void eachThingLeftOutIsNamed() {
    assertEquals(
        List.of(
            "FOOD_INTAKE 规格",
            "FOOD_INTAKE 数量",
            "FOOD_INTAKE 生产日期或者生产批号",
            "FOOD_INTAKE 保质期",
            "FOOD_INTAKE 对方名称",
            "FOOD_INTAKE 对方地址",
            "FOOD_INTAKE 对方联系方式"),
        gaps(
            intake(Intake.newBuilder().setReceivedOn("2026-06-12").setProductName("笋干").build()),
            Goods.GOODS_FOOD,
            Trade.getDefaultInstance(),
            Role.ROLE_SHOP));
  }

  @Test
  void farmProductsNeedLessAndUnknownGoodsNothing() {
    Intake bare = Intake.newBuilder().setReceivedOn("2026-06-12").setProductName("竹笋").build();
    assertEquals(List.of(), gaps(intake(bare), Goods.GOODS_FARM_PRODUCT, TRADE, Role.ROLE_SHOP));
    assertEquals(
        List.of(),
        gaps(intake(bare), Goods.GOODS_UNSPECIFIED, Trade.getDefaultInstance(), Role.ROLE_SHOP));
  }

  @Test
  void aNaturalPersonStandsInThePersonalSection() {
    assertEquals(
        List.of("FARM_PRODUCT_INTAKE 数量"),
        gaps(
            intake(INTAKE),
            Goods.GOODS_FARM_PRODUCT,
            Trade.getDefaultInstance(),
            Role.ROLE_COLLECTOR,
            true));
  }

  @Test
  void anImportNamesItsOverseasSide() {
    Trade abroad =
        TRADE.toBuilder()
            .setCounterparty(TRADE.getCounterparty().toBuilder().setCountry("TH"))
            .build();
    assertEquals(
        List.of("IMPORT 境外生产企业", "IMPORT 入境货物检验检疫证明"),
        gaps(intake(INTAKE), Goods.GOODS_FOOD, abroad, Role.ROLE_MARKET));
  }

  @Test
  void aMakersSaleRestsOnAnInspectionAndRetailOnNothing() {
    PublicPart.Builder part = PublicPart.newBuilder().setDispatch(DISPATCH);
    assertEquals(
        List.of("FOOD_MAKERS_SALE 检验合格证号"),
        gaps(part, Goods.GOODS_FOOD, TRADE, Role.ROLE_PROCESSOR));
    assertEquals(List.of(), gaps(part, Goods.GOODS_FOOD, TRADE, Role.ROLE_MARKET));
    assertEquals(
        List.of(), gaps(part, Goods.GOODS_FOOD, Trade.getDefaultInstance(), Role.ROLE_SHOP));
  }

  @Test
  void aUseOfAnInputSaysFromWhereHowAndHowMuch() {
    assertEquals(
        List.of("FARM_INPUT_USE 来源", "FARM_INPUT_USE 用法", "FARM_INPUT_USE 用量"),
        gaps(
            PublicPart.newBuilder()
                .setFarmRecord(
                    FarmRecord.newBuilder()
                        .setActivity(FarmActivity.FARM_ACTIVITY_INPUT_USE)
                        .setDoneOn("2026-05-20")
                        .setInputName("示范乳油")),
            Goods.GOODS_FARM_PRODUCT,
            Trade.getDefaultInstance(),
            Role.ROLE_PRODUCER));
  }
}
