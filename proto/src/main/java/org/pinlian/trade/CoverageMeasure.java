// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

/**
 * By what coverage is measured: what the district's plan sets as its aims (domain.md A3), and what
 * this ledger takes its words to mean.
 */
public enum CoverageMeasure implements Row {
  REGISTERED_PERCENT(
      100, "绿色、有机、地理标志农产品纳入追溯管理 registered products traced, percent", Plan.of("五·一(七)")),
  LIVE_MONTHS(
      12,
      "“纳入追溯”：有效期内且最近若干月内有批次生产或流通 traced: some lot was made or moved while the registration was valid"
          + " and within so many months",
      Source.known("[this ledger]", "", Certainty.LOW)),
  INSPECTED_A_YEAR(36_000, "全区每年食品检验量 foods inspected a year, batches", Plan.of("五·一(六)")),
  SAMPLED_PER_THOUSAND(5, "抽样检验量每千人批次 sampled per 1,000 people, batches", Plan.of("五·一(六)"));

  /** In a class of its own, which an enum's constants can use. */
  private static final class Plan {
    static Source of(String chapter) {
      return Source.read("揭榕府〔2022〕41号", chapter);
    }
  }

  private final int value;
  private final String what;

  @SuppressWarnings("ImmutableEnumChecker") // two strings and an enum constant
  private final Source source;

  CoverageMeasure(int value, String what, Source source) {
    this.value = value;
    this.what = what;
    this.source = source;
  }

  public int value() {
    return value;
  }

  @Override
  public String words() {
    return what + ": " + value;
  }

  @Override
  public Source source() {
    return source;
  }
}
