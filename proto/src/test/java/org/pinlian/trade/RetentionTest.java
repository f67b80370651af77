// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.LocalDate;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pinlian.trade.Retention.Kept;
import org.pinlian.v1.Goods;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.Kind;

class RetentionTest {
  private static final LocalDate RECORDED = LocalDate.parse("2026-06-12");

  private static @Nullable Kept kept(
      Kind kind, Goods goods, @Nullable String expiry, KeyVariety... varieties) {
    return Retention.of(
        kind, goods, Set.of(varieties), RECORDED, expiry == null ? null : LocalDate.parse(expiry));
  }

  private static Kept until(String day, Retention rule) {
    return new Kept(LocalDate.parse(day), rule);
  }

  @Test
  void foodIsKeptHalfAYearBeyondItsShelfLifeOrTwoYears() {
    assertEquals(
        until("2027-02-28", Retention.FOOD),
        kept(Kind.KIND_INTAKE, Goods.GOODS_FOOD, "2026-08-31"));
    assertEquals(
        until("2028-06-12", Retention.FOOD), kept(Kind.KIND_INTAKE, Goods.GOODS_FOOD, null));
  }

  @Test
  void farmProductsHalfAYearAndFarmRecordsTwo() {
    assertEquals(
        until("2026-12-12", Retention.FARM_PRODUCT),
        kept(Kind.KIND_INTAKE, Goods.GOODS_FARM_PRODUCT, "2030-01-01"));
    assertEquals(
        until("2028-06-12", Retention.FARM_RECORD),
        kept(Kind.KIND_FARM_RECORD, Goods.GOODS_FARM_PRODUCT, null));
    assertEquals(
        until("2026-12-12", Retention.COMMITMENT_CERTIFICATE),
        kept(Kind.KIND_COMMITMENT_CERTIFICATE, Goods.GOODS_UNSPECIFIED, null));
  }

  @Test
  void drugsFiveYearsAtLeastAndVaccinesFiveBeyondTheirExpiry() {
    assertEquals(
        until("2031-06-12", Retention.DRUG),
        kept(Kind.KIND_INTAKE, Goods.GOODS_DRUG, "2028-05-31"));
    assertEquals(
        until("2033-05-31", Retention.DRUG),
        kept(Kind.KIND_INTAKE, Goods.GOODS_DRUG, "2032-05-31"));
    assertEquals(
        until("2033-05-31", Retention.VACCINE),
        kept(Kind.KIND_INTAKE, Goods.GOODS_DRUG, "2028-05-31", KeyVariety.KEY_VARIETY_VACCINE));
    assertEquals(
        until("2033-02-28", Retention.CONTROLLED_DRUG),
        kept(Kind.KIND_INTAKE, Goods.GOODS_DRUG, "2028-02-29", KeyVariety.KEY_VARIETY_NARCOTIC));
  }

  @Test
  void ofWhatNobodyKnowsTheGoodsNothingIsSaid() {
    assertNull(kept(Kind.KIND_INTAKE, Goods.GOODS_UNSPECIFIED, "2028-05-31"));
  }
}
