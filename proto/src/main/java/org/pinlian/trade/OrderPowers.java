// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Goods;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.Role;

/**
 * Who may order what of which goods (domain.md B6). The grade of a recall changes its clocks, not
 * whose power it is.
 */
public final class OrderPowers {
  private static final Source FOOD_LAW = Source.read("食品安全法", "63");
  private static final Source DRUG_CONTROL = Source.known("药品管理法", "99", Certainty.HIGH);
  private static final Source DRUG_RECALL = Source.read("药品管理法", "82, 135");
  private static final Source DEVICE_CONTROL = Source.known("医疗器械监督管理条例", "72", Certainty.MEDIUM);
  private static final Source DEVICE_RECALL = Source.known("医疗器械监督管理条例", "67", Certainty.LOW);
  private static final Source COSMETIC_LAW = Source.known("化妆品监督管理条例", "44", Certainty.MEDIUM);

  private static final Set<Role> MAKER = Set.of(Role.ROLE_PRODUCER);
  private static final Set<Role> HOLDER = Set.of(Role.ROLE_LICENCE_HOLDER);
  private static final Set<Role> EITHER = Set.of(Role.ROLE_PRODUCER, Role.ROLE_LICENCE_HOLDER);
  private static final Set<Role> NOBODY = Set.of();

  /** All of it; what stands in no row, nobody may. */
  public static final List<Power> ALL = all();

  private OrderPowers() {}

  /**
   * One row.
   *
   * @param from the lowest level of authority that may
   * @param voluntary roles in which one may of one's own goods, without authority
   */
  public record Power(
      Goods goods, OrderType type, AuthorityLevel from, Set<Role> voluntary, Source source)
      implements Row {
    public Power {
      voluntary = Set.copyOf(voluntary);
    }

    @Override
    public String name() {
      return goods + " " + type;
    }

    /** Who may: what anybody else is told is missing. */
    @Override
    public String words() {
      String authority =
          switch (from) {
            case AUTHORITY_LEVEL_PROVINCE -> "省级监管部门 a provincial authority";
            case AUTHORITY_LEVEL_CITY -> "市级以上监管部门 an authority of a city or above";
            default -> "县级以上监管部门 an authority of a county or above";
          };
      if (voluntary.isEmpty()) {
        return authority;
      }
      return authority
          + (voluntary.equals(HOLDER)
              ? ", 或上市许可持有人自行召回 or the licence holder's own recall"
              : ", 或生产者自行召回 or the maker's own recall");
    }
  }

  /**
   * Whether an order may be given.
   *
   * @param allowed whether at all
   * @param ownOnly allowed for the signer's own goods only: no authority's order
   * @param power the row that says so; null where there is none
   * @param missing what the signer lacks, in Chinese and English; empty if allowed
   */
  public record Answer(boolean allowed, boolean ownOnly, @Nullable Power power, String missing) {}

  private static List<Power> all() {
    List<Power> all = new ArrayList<>();
    for (Goods goods : new Goods[] {Goods.GOODS_FOOD, Goods.GOODS_FARM_PRODUCT}) {
      add(all, goods, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT, FOOD_LAW, MAKER, FOOD_LAW);
    }
    add(
        all,
        Goods.GOODS_DRUG,
        AuthorityLevel.AUTHORITY_LEVEL_PROVINCE,
        DRUG_RECALL,
        HOLDER,
        DRUG_CONTROL);
    add(
        all,
        Goods.GOODS_DEVICE,
        AuthorityLevel.AUTHORITY_LEVEL_PROVINCE,
        DEVICE_RECALL,
        EITHER,
        DEVICE_CONTROL);
    add(
        all,
        Goods.GOODS_COSMETIC,
        AuthorityLevel.AUTHORITY_LEVEL_DISTRICT,
        COSMETIC_LAW,
        EITHER,
        COSMETIC_LAW);
    return List.copyOf(all);
  }

  /**
   * A recall from a level on, or by the roles; all else by any authority of the county or above.
   */
  private static void add(
      List<Power> all,
      Goods goods,
      AuthorityLevel recallFrom,
      Source recall,
      Set<Role> voluntary,
      Source control) {
    all.add(new Power(goods, OrderType.ORDER_TYPE_RECALL, recallFrom, voluntary, recall));
    for (OrderType type :
        new OrderType[] {
          OrderType.ORDER_TYPE_STOP_SALE,
          OrderType.ORDER_TYPE_WITHDRAWAL,
          OrderType.ORDER_TYPE_SUSPENSION
        }) {
      all.add(new Power(goods, type, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT, NOBODY, control));
    }
  }

  /**
   * Whether the signer may give such an order.
   *
   * @param level of the signer, if an authority
   */
  public static Answer answer(
      Goods goods, OrderType type, Collection<Role> roles, AuthorityLevel level) {
    Power power = null;
    for (Power row : ALL) {
      if (row.goods() == goods && row.type() == type) {
        power = row;
      }
    }
    if (power == null) {
      return new Answer(false, false, null, "法律未规定的职权 a power that no law here gives");
    }
    if (roles.contains(Role.ROLE_AUTHORITY)
        && level != AuthorityLevel.UNRECOGNIZED
        && level.compareTo(power.from()) >= 0) {
      return new Answer(true, false, power, "");
    }
    for (Role role : power.voluntary()) {
      if (roles.contains(role)) {
        return new Answer(true, true, power, "");
      }
    }
    return new Answer(false, false, power, power.words() + " (" + power.source().words() + ")");
  }
}
