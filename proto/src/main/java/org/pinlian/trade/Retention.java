// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.time.LocalDate;
import java.time.Period;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.Goods;
import org.pinlian.v1.KeyVariety;
import org.pinlian.v1.Kind;

/**
 * How long records must be kept (domain.md B1, B5, B6). Implants, whose records are kept for ever,
 * are not told apart from other devices here.
 */
public enum Retention implements Row {
  /** 凭证保存期限 of intake and sale of food. */
  FOOD(Period.ofMonths(6), Period.ZERO, Period.ofYears(2), Source.read("食品安全法", "50, 51, 53, 98")),
  FARM_PRODUCT(Period.ZERO, Period.ofMonths(6), Period.ZERO, Source.read("食品安全法", "65")),
  FARM_RECORD(Period.ZERO, Period.ofYears(2), Period.ZERO, Source.read("农产品质量安全法", "27")),
  COMMITMENT_CERTIFICATE(
      Period.ZERO,
      Period.ofMonths(6),
      Period.ZERO,
      Source.read("农产品质量安全承诺达标合格证管理办法", "农业农村部令2025年第4号")),
  ENTRUSTED_TRANSPORT(Period.ZERO, Period.ofYears(2), Period.ZERO, Source.read("食品安全法实施条例", "25")),
  FOOD_RECALL(
      Period.ZERO, Period.ofYears(2), Period.ZERO, Source.known("食品召回管理办法", "", Certainty.HIGH)),
  DRUG(
      Period.ofYears(1),
      Period.ofYears(5),
      Period.ZERO,
      Source.known("药品经营质量管理规范", "", Certainty.MEDIUM)),
  VACCINE(Period.ofYears(5), Period.ZERO, Period.ofYears(5), Source.read("疫苗管理法", "38-40, 46")),
  CONTROLLED_DRUG(
      Period.ofYears(5),
      Period.ZERO,
      Period.ofYears(5),
      Source.known("麻醉药品和精神药品管理条例", "", Certainty.HIGH)),
  DEVICE(
      Period.ofYears(2),
      Period.ZERO,
      Period.ofYears(5),
      Source.known("医疗器械经营监督管理办法", "", Certainty.HIGH)),
  COSMETIC(
      Period.ofYears(1),
      Period.ofYears(2),
      Period.ofYears(2),
      Source.known("化妆品监督管理条例", "", Certainty.MEDIUM));

  private final Period afterExpiry;
  private final Period atLeast;
  private final Period withoutExpiry;

  @SuppressWarnings("ImmutableEnumChecker") // two strings and an enum constant
  private final Source source;

  /**
   * Makes a rule.
   *
   * @param afterExpiry from the end of the shelf life on; zero where that does not matter
   * @param atLeast from the record on, whatever the shelf life
   * @param withoutExpiry from the record on, where no end of the shelf life is known
   */
  Retention(Period afterExpiry, Period atLeast, Period withoutExpiry, Source source) {
    this.afterExpiry = afterExpiry;
    this.atLeast = atLeast;
    this.withoutExpiry = withoutExpiry;
    this.source = source;
  }

  @Override
  public String words() {
    List<String> words = new ArrayList<>();
    if (!afterExpiry.isZero()) {
      words.add("保质期满后 after expiry " + words(afterExpiry));
    }
    if (!atLeast.isZero()) {
      words.add("不少于 at least " + words(atLeast));
    }
    if (!withoutExpiry.isZero()) {
      words.add("无保质期的 without expiry " + words(withoutExpiry));
    }
    return String.join("; ", words);
  }

  private static String words(Period period) {
    return period.getYears() > 0
        ? period.getYears() + " 年 years"
        : period.getMonths() + " 个月 months";
  }

  @Override
  public Source source() {
    return source;
  }

  /** The last day on which the record must still be there. */
  public LocalDate until(LocalDate recordedOn, @Nullable LocalDate expiresOn) {
    LocalDate least = recordedOn.plus(atLeast);
    LocalDate other = least;
    if (!afterExpiry.isZero()) {
      other = expiresOn == null ? recordedOn.plus(withoutExpiry) : expiresOn.plus(afterExpiry);
    }
    return other.isAfter(least) ? other : least;
  }

  /** Which rule says so. */
  public record Kept(LocalDate until, Retention rule) {}

  /** The longest that applies to a record of the kind on such goods; null if none is known. */
  public static @Nullable Kept of(
      Kind kind,
      Goods goods,
      Collection<KeyVariety> varieties,
      LocalDate recordedOn,
      @Nullable LocalDate expiresOn) {
    Kept longest = null;
    for (Retention rule : rules(kind, goods, varieties)) {
      LocalDate until = rule.until(recordedOn, expiresOn);
      if (longest == null || until.isAfter(longest.until())) {
        longest = new Kept(until, rule);
      }
    }
    return longest;
  }

  private static List<Retention> rules(Kind kind, Goods goods, Collection<KeyVariety> varieties) {
    List<Retention> rules = new ArrayList<>();
    switch (kind) {
      case KIND_FARM_RECORD -> rules.add(FARM_RECORD);
      case KIND_COMMITMENT_CERTIFICATE, KIND_CERTIFICATE_CHECK -> rules.add(COMMITMENT_CERTIFICATE);
      case KIND_ORDER, KIND_ORDER_PROGRESS -> {
        if (goods == Goods.GOODS_FOOD || goods == Goods.GOODS_FARM_PRODUCT) {
          rules.add(FOOD_RECALL);
        }
      }
      default -> {}
    }
    switch (goods) {
      case GOODS_FOOD -> rules.add(FOOD);
      case GOODS_FARM_PRODUCT -> rules.add(FARM_PRODUCT);
      case GOODS_DRUG -> rules.add(DRUG);
      case GOODS_DEVICE -> rules.add(DEVICE);
      case GOODS_COSMETIC -> rules.add(COSMETIC);
      case GOODS_UNSPECIFIED, UNRECOGNIZED -> {}
    }
    if (varieties.contains(KeyVariety.KEY_VARIETY_VACCINE)) {
      rules.add(VACCINE);
    }
    if (varieties.contains(KeyVariety.KEY_VARIETY_NARCOTIC)
        || varieties.contains(KeyVariety.KEY_VARIETY_PSYCHOTROPIC)) {
      rules.add(CONTROLLED_DRUG);
    }
    return rules;
  }
}
