// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.identifier.Subject;
import org.pinlian.v1.Goods;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.ProductRegister;
import org.pinlian.v1.ProductRegistration;
import org.pinlian.v1.RefusalCode;

/** What is said of a class of goods: by its maker, and by the register that certified it. */
final class ProductRules {
  static final int SHELF_LIFE_DAYS_MAX = 36_500;
  static final int PACKAGING_LEVELS_MAX = 6;

  private final FieldChecks checks;
  private final LineTable lines;
  private final LineRules needed;

  ProductRules(FieldChecks checks, LineTable lines) {
    this.checks = checks;
    this.lines = lines;
    this.needed = new LineRules(checks, lines);
  }

  void check(Product product) {
    FieldPath at = FieldPath.PUBLIC_PART.in("product");
    needed.exactlyOne(LineRole.LINE_ROLE_OBJECT);
    checks.requiredName(at, "name", product.getName());
    checks.name(at, "category", product.getCategory());
    BodyRules.limits(
        checks,
        at,
        product.getTemperatureClass(),
        product.hasLabelRange(),
        product.getLabelRange());
    checks.upTo(at, "shelf_life_days", product.getShelfLifeDays(), SHELF_LIFE_DAYS_MAX);
    checks.name(at, "specification", product.getSpecification());
    checks.name(at, "approval_number", product.getApprovalNumber());
    checks.choice(at, "goods", product.getGoods());
    keyVarieties(at, product);
    String ratio = product.getPackagingRatio();
    if (!ratio.isEmpty() && !isRatio(ratio)) {
      checks.bad(
          at,
          "packaging_ratio",
          "must say how many smallest packages each level holds, from 1 on, as 1:5:2500");
    }
  }

  private void keyVarieties(FieldPath at, Product product) {
    if (product.getKeyVarietiesCount() > 0 && product.getGoods() != Goods.GOODS_DRUG) {
      checks.bad(at, "key_varieties", "of drugs only");
    }
    int last = 0;
    for (int i = 0; i < product.getKeyVarietiesCount() && !checks.isFull(); i++) {
      KeyVariety variety = product.getKeyVarieties(i);
      checks.requiredChoice(at.in("key_varieties", i), "", variety);
      if (variety != KeyVariety.UNRECOGNIZED && variety != KeyVariety.KEY_VARIETY_UNSPECIFIED) {
        if (variety.getNumber() <= last) {
          checks.bad(at.in("key_varieties", i), "", "varieties ascend, each once");
        }
        last = variety.getNumber();
      }
    }
  }

  /** Each level holds a whole number of those below it. */
  private static boolean isRatio(String ratio) {
    int levels = 0;
    long below = 1;
    long held = 0;
    int digits = 0;
    for (int i = 0; i <= ratio.length(); i++) {
      char c = i < ratio.length() ? ratio.charAt(i) : ':';
      if (c == ':') {
        boolean whole = levels == 0 ? held == 1 : held > below && held % below == 0;
        if (digits == 0 || !whole || ++levels > PACKAGING_LEVELS_MAX) {
          return false;
        }
        below = held;
        held = 0;
        digits = 0;
      } else if (c < '0' || c > '9' || (c == '0' && digits == 0) || ++digits > 9) {
        return false;
      } else {
        held = held * 10 + c - '0';
      }
    }
    return levels > 1;
  }

  void check(ProductRegistration registration) {
    FieldPath at = FieldPath.PUBLIC_PART.in("product_registration");
    needed.exactlyOne(LineRole.LINE_ROLE_OBJECT);
    classLine();
    ProductRegister register = registration.getRegister();
    checks.requiredChoice(at, "register", register);
    checks.requiredName(at, "certificate_number", registration.getCertificateNumber());
    checks.participant(at, "holder", registration.getHolder());
    checks.requiredName(at, "product_name", registration.getProductName());
    checks.requiredDate(at, "valid_from", registration.getValidFrom());
    // A geographical indication is of a place and without end; the other marks run out.
    if (register == ProductRegister.PRODUCT_REGISTER_GEOGRAPHICAL) {
      checks.requiredRegion(at, "region", registration.getRegion());
      checks.date(at, "valid_until", registration.getValidUntil());
    } else {
      checks.region(at, "region", registration.getRegion());
      checks.requiredDate(at, "valid_until", registration.getValidUntil());
    }
    checks.notBefore(
        at, "valid_until", registration.getValidUntil(), "valid_from", registration.getValidFrom());
  }

  private void classLine() {
    int line = lines.first(LineRole.LINE_ROLE_OBJECT);
    Subject subject = line < 0 ? null : lines.subject(line);
    if (subject == null) {
      return;
    }
    boolean product =
        switch (subject.kind()) {
          case CLASS, OTHER -> true;
          default -> false;
        };
    if (!product) {
      checks.refuse(
          "lines[" + line + "].subject",
          RefusalCode.BAD_SUBJECT,
          "a register lists classes of goods, not a " + subject.kind());
    }
  }
}
