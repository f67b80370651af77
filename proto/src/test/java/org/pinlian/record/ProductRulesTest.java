// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.pinlian.record.FieldRulesTest.accepts;
import static org.pinlian.record.FieldRulesTest.refuses;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.record.Samples.Sample;
import org.pinlian.v1.Goods;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.ProductRegister;
import org.pinlian.v1.ProductRegistration;
import org.pinlian.v1.RefusalCode;

class ProductRulesTest {
  private static final String PRODUCT = "public_part.product.";
  private static final String ENTRY = "public_part.product_registration.";

  private static Sample product(Consumer<Product.Builder> change) {
    return Samples.of(Kind.KIND_PRODUCT).part(part -> change.accept(part.getProductBuilder()));
  }

  private static Sample entry(Consumer<ProductRegistration.Builder> change) {
    return Samples.of(Kind.KIND_PRODUCT_REGISTRATION)
        .part(part -> change.accept(part.getProductRegistrationBuilder()));
  }

  @Test
  void onlyDrugsAreKeyVarieties() {
    accepts(
        product(body ->
            body.setGoods(Goods.GOODS_DRUG)
                .addKeyVarieties(KeyVariety.KEY_VARIETY_CENTRAL_PURCHASE)
                .addKeyVarieties(KeyVariety.KEY_VARIETY_VACCINE)));
    refuses(
        product(body ->
            body.setGoods(Goods.GOODS_FOOD).addKeyVarieties(KeyVariety.KEY_VARIETY_VACCINE)),
        PRODUCT + "key_varieties");
    refuses(
        product(body -> body.addKeyVarieties(KeyVariety.KEY_VARIETY_VACCINE)),
        PRODUCT + "key_varieties");
    refuses(product(body -> body.setGoodsValue(6)), PRODUCT + "goods");
  }

  @Test
  void varietiesAscendEachOnce() {
    for (KeyVariety second :
        new KeyVariety[] {KeyVariety.KEY_VARIETY_NARCOTIC, KeyVariety.KEY_VARIETY_PSYCHOTROPIC}) {
      refuses(
          product(body ->
              body.setGoods(Goods.GOODS_DRUG)
                  .addKeyVarieties(KeyVariety.KEY_VARIETY_PSYCHOTROPIC)
                  .addKeyVarieties(second)),
          PRODUCT + "key_varieties[1]");
    }
    refuses(
        product(body ->
            body.setGoods(Goods.GOODS_DRUG).addKeyVarieties(KeyVariety.KEY_VARIETY_UNSPECIFIED)),
        PRODUCT + "key_varieties[0]");
    refuses(
        product(body -> body.setGoods(Goods.GOODS_DRUG).addKeyVarietiesValue(6)),
        PRODUCT + "key_varieties[0]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1:5", "1:5:2500", "1:2:4:8:16:32", "1:999999999"})
  void aPackagingRatioCountsSmallestPackages(String ratio) {
    accepts(product(body -> body.setPackagingRatio(ratio)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "2:4",
        "1:",
        ":1",
        "1:5:12",
        "1:5:5",
        "1:05",
        "1:0",
        "1:-5",
        "1:2:4:8:16:32:64",
        "1:1000000000",
        "1：5",
        "1:5 "
      })
  void whatIsNoRatioIsRefused(String ratio) {
    refuses(product(body -> body.setPackagingRatio(ratio)), PRODUCT + "packaging_ratio");
  }

  @Test
  void anEntryOfARegisterIsWhole() {
    refuses(entry(ProductRegistration.Builder::clearRegister), ENTRY + "register");
    refuses(entry(body -> body.setRegisterValue(4)), ENTRY + "register");
    refuses(
        entry(ProductRegistration.Builder::clearCertificateNumber), ENTRY + "certificate_number");
    refuses(entry(ProductRegistration.Builder::clearHolder), ENTRY + "holder");
    refuses(entry(body -> body.setHolder("示范合作社")), ENTRY + "holder");
    refuses(entry(ProductRegistration.Builder::clearProductName), ENTRY + "product_name");
    refuses(entry(ProductRegistration.Builder::clearValidFrom), ENTRY + "valid_from");
    refuses(entry(body -> body.setValidUntil("2025-12-31")), ENTRY + "valid_until");
    accepts(entry(ProductRegistration.Builder::clearRegion));
  }

  @Test
  void onlyAGeographicalIndicationIsWithoutEnd() {
    refuses(entry(ProductRegistration.Builder::clearValidUntil), ENTRY + "valid_until");
    accepts(
        entry(body ->
            body.clearValidUntil().setRegister(ProductRegister.PRODUCT_REGISTER_GEOGRAPHICAL)));
    refuses(
        entry(
            body -> body.clearRegion().setRegister(ProductRegister.PRODUCT_REGISTER_GEOGRAPHICAL)),
        ENTRY + "region");
  }

  @Test
  void aRegisterListsClassesOfGoods() {
    for (String subject :
        new String[] {
          Samples.LOT, Samples.PALLET, "urn:pinlian:lot:" + Samples.COOPERATIVE + ":1"
        }) {
      refuses(
          entry(body -> {})
              .without(LineRole.LINE_ROLE_OBJECT)
              .line(LineRole.LINE_ROLE_OBJECT, subject),
          "lines[0].subject",
          RefusalCode.BAD_SUBJECT);
    }
    refuses(
        entry(body -> {}).line(LineRole.LINE_ROLE_OBJECT, "https://id.gs1.org/01/09520000000028"),
        "lines");
  }
}
