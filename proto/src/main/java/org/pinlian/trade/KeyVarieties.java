// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.util.List;
import org.pinlian.v1.KeyVariety;

/**
 * 重点品种 (domain.md B2): drugs whose every smallest package must carry a code and be traced by it.
 */
public final class KeyVarieties {
  private static final Source NOTICE = Source.known("国家药监局2020年第111号公告", "", Certainty.HIGH);

  public static final List<Variety> ALL =
      List.of(
          new Variety(
              KeyVariety.KEY_VARIETY_CENTRAL_PURCHASE, "国家集采中选品种", "2020-12-31", false, NOTICE),
          new Variety(KeyVariety.KEY_VARIETY_NARCOTIC, "麻醉药品", "2020-12-31", true, NOTICE),
          new Variety(KeyVariety.KEY_VARIETY_PSYCHOTROPIC, "精神药品", "2020-12-31", true, NOTICE),
          new Variety(KeyVariety.KEY_VARIETY_BLOOD_PRODUCT, "血液制品", "2020-12-31", false, NOTICE),
          new Variety(
              KeyVariety.KEY_VARIETY_VACCINE,
              "疫苗",
              "2019-12-01",
              false,
              Source.read("疫苗管理法", "10")));

  private KeyVarieties() {}

  /**
   * One variety.
   *
   * @param codedFrom since when every smallest package carries a code
   * @param regulatorOnly whether its flow is shown to regulators only
   */
  public record Variety(
      KeyVariety variety, String chinese, String codedFrom, boolean regulatorOnly, Source source)
      implements Row {
    @Override
    public String name() {
      return variety.name();
    }

    @Override
    public String words() {
      return chinese
          + ": 一物一码 coded from "
          + codedFrom
          + (regulatorOnly ? ", 流向仅监管可见 flow for regulators only" : "");
    }
  }
}
