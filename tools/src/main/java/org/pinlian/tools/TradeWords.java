// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import org.pinlian.v1.FarmActivity;
import org.pinlian.v1.FarmInputType;
import org.pinlian.v1.GateResult;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.ProductRegister;

/** How what is done at gates, in fields, in laboratories and under orders is said to people. */
final class TradeWords {
  private TradeWords() {}

  static String result(GateResult result) {
    return switch (result) {
      case GATE_RESULT_COLLECTED -> "已收取 collected";
      case GATE_RESULT_ACCEPTED -> "准予入市 let in";
      case GATE_RESULT_ABSENT_TESTED -> "无证, 快检通过 none shown, quick test passed";
      case GATE_RESULT_REFUSED -> "拒绝 refused";
      case GATE_RESULT_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String activity(FarmActivity activity) {
    return switch (activity) {
      case FARM_ACTIVITY_INPUT_USE -> "投入品使用 use of an input";
      case FARM_ACTIVITY_DISEASE -> "病虫害、疫病防治 disease or pest";
      case FARM_ACTIVITY_HARVEST -> "收获 harvest";
      case FARM_ACTIVITY_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String input(FarmInputType type) {
    return switch (type) {
      case FARM_INPUT_TYPE_PESTICIDE -> "农药 pesticide";
      case FARM_INPUT_TYPE_VETERINARY_DRUG -> "兽药 veterinary drug";
      case FARM_INPUT_TYPE_FERTILISER -> "肥料 fertiliser";
      case FARM_INPUT_TYPE_FEED -> "饲料 feed";
      case FARM_INPUT_TYPE_OTHER -> "其他 other";
      case FARM_INPUT_TYPE_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  static String inspection(InspectionType type) {
    return switch (type) {
      case INSPECTION_TYPE_SUPERVISION_SAMPLING -> "监督抽检 supervision sampling";
      case INSPECTION_TYPE_QUICK_TEST -> "快检 quick test";
      case INSPECTION_TYPE_OWN_TEST -> "自检 own test";
      case INSPECTION_TYPE_COMMISSIONED_TEST -> "委托检验 commissioned test";
      case INSPECTION_TYPE_RETEST -> "复检 retest";
      case INSPECTION_TYPE_BATCH_RELEASE -> "批签发 batch release";
      case INSPECTION_TYPE_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  /** A quick test is negative or positive, and no word of it says more. */
  static String conclusion(InspectionConclusion conclusion) {
    return switch (conclusion) {
      case INSPECTION_CONCLUSION_PASSED -> "合格 passed";
      case INSPECTION_CONCLUSION_FAILED -> "不合格 failed";
      case INSPECTION_CONCLUSION_NEGATIVE -> "阴性 negative";
      case INSPECTION_CONCLUSION_POSITIVE -> "阳性, 待确证 positive, not confirmed";
      case INSPECTION_CONCLUSION_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String step(OrderStep step) {
    return switch (step) {
      case ORDER_STEP_ACKNOWLEDGED -> "已知悉 acknowledged";
      case ORDER_STEP_PROGRESS -> "进展 progress";
      case ORDER_STEP_EFFECTIVENESS -> "效果评价 effectiveness";
      case ORDER_STEP_CLOSED -> "结案 closed";
      case ORDER_STEP_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String register(ProductRegister register) {
    return switch (register) {
      case PRODUCT_REGISTER_GREEN -> "绿色食品 green food";
      case PRODUCT_REGISTER_ORGANIC -> "有机产品 organic product";
      case PRODUCT_REGISTER_GEOGRAPHICAL -> "地理标志 geographical indication";
      case PRODUCT_REGISTER_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }
}
