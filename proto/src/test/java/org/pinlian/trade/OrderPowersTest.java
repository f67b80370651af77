// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pinlian.trade.OrderPowers.Answer;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Goods;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.Role;

class OrderPowersTest {
  private static final OrderType RECALL = OrderType.ORDER_TYPE_RECALL;
  private static final OrderType STOP = OrderType.ORDER_TYPE_STOP_SALE;

  private static Answer bureau(Goods goods, OrderType type, AuthorityLevel level) {
    return OrderPowers.answer(goods, type, Set.of(Role.ROLE_AUTHORITY), level);
  }

  private static Answer firm(Goods goods, OrderType type, Role... roles) {
    return OrderPowers.answer(
        goods, type, Set.of(roles), AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED);
  }

  @Test
  void aDistrictOrdersRecallsOfFoodButNotOfDrugs() {
    assertTrue(bureau(Goods.GOODS_FOOD, RECALL, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT).allowed());
    for (AuthorityLevel level :
        Set.of(AuthorityLevel.AUTHORITY_LEVEL_DISTRICT, AuthorityLevel.AUTHORITY_LEVEL_CITY)) {
      Answer answer = bureau(Goods.GOODS_DRUG, RECALL, level);
      assertFalse(answer.allowed());
      assertTrue(answer.missing().contains("a provincial authority"), answer.missing());
      assertTrue(answer.missing().contains("药品管理法 82, 135"), answer.missing());
    }
    assertTrue(bureau(Goods.GOODS_DRUG, RECALL, AuthorityLevel.AUTHORITY_LEVEL_PROVINCE).allowed());
    assertTrue(bureau(Goods.GOODS_DRUG, STOP, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT).allowed());
  }

  @Test
  void anAuthorityWithoutALevelHasNoPower() {
    assertFalse(
        bureau(Goods.GOODS_FOOD, RECALL, AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED).allowed());
  }

  @Test
  void aMakerRecallsItsOwnFoodAndALicenceHolderItsOwnDrugs() {
    Answer own = firm(Goods.GOODS_FOOD, RECALL, Role.ROLE_PRODUCER, Role.ROLE_CARRIER);
    assertTrue(own.allowed() && own.ownOnly());
    assertFalse(firm(Goods.GOODS_FOOD, RECALL, Role.ROLE_LICENCE_HOLDER).allowed());
    assertTrue(firm(Goods.GOODS_DRUG, RECALL, Role.ROLE_LICENCE_HOLDER).ownOnly());
    Answer maker = firm(Goods.GOODS_DRUG, RECALL, Role.ROLE_PRODUCER);
    assertFalse(maker.allowed());
    assertTrue(maker.missing().contains("licence holder"), maker.missing());
    assertFalse(firm(Goods.GOODS_FOOD, STOP, Role.ROLE_PRODUCER).allowed());
  }

  @Test
  void whatNoLawGivesNobodyHas() {
    for (Goods goods : Set.of(Goods.GOODS_UNSPECIFIED, Goods.UNRECOGNIZED)) {
      assertFalse(bureau(goods, RECALL, AuthorityLevel.AUTHORITY_LEVEL_PROVINCE).allowed());
    }
    assertFalse(
        bureau(
                Goods.GOODS_FOOD,
                OrderType.ORDER_TYPE_UNSPECIFIED,
                AuthorityLevel.AUTHORITY_LEVEL_PROVINCE)
            .allowed());
  }

  @Test
  void everyPowerOfAnAuthorityIsAlsoThatOfTheLevelsAbove() {
    for (OrderPowers.Power power : OrderPowers.ALL) {
      boolean before = false;
      for (AuthorityLevel level :
          new AuthorityLevel[] {
            AuthorityLevel.AUTHORITY_LEVEL_DISTRICT,
            AuthorityLevel.AUTHORITY_LEVEL_CITY,
            AuthorityLevel.AUTHORITY_LEVEL_PROVINCE
          }) {
        boolean now = bureau(power.goods(), power.type(), level).allowed();
        assertTrue(now || !before, power.name());
        before = now;
      }
      assertTrue(before, power.name());
    }
    assertEquals(20, OrderPowers.ALL.size());
  }
}
