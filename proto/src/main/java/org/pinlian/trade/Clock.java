// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.pinlian.v1.Goods;

/**
 * Statutory times (domain.md B6, B7), in China Standard Time. Hours run from the minute. Days do
 * not count the day they start on and end with the last millisecond of the last one, be it a
 * holiday: no source says that a recall may wait for a working day.
 */
public enum Clock implements Row {
  FOOD_RECALL_1_START(24, Unit.HOURS, Start.KNOWING, "食品一级召回启动", Laws.FOOD_RECALL),
  FOOD_RECALL_2_START(48, Unit.HOURS, Start.KNOWING, "食品二级召回启动", Laws.FOOD_RECALL),
  FOOD_RECALL_3_START(72, Unit.HOURS, Start.KNOWING, "食品三级召回启动", Laws.FOOD_RECALL),
  FOOD_RECALL_1_END(10, Unit.WORKING_DAYS, Start.ANNOUNCEMENT, "食品一级召回完成", Laws.FOOD_RECALL_END),
  FOOD_RECALL_2_END(20, Unit.WORKING_DAYS, Start.ANNOUNCEMENT, "食品二级召回完成", Laws.FOOD_RECALL_END),
  FOOD_RECALL_3_END(30, Unit.WORKING_DAYS, Start.ANNOUNCEMENT, "食品三级召回完成", Laws.FOOD_RECALL_END),
  DRUG_RECALL_1_NOTICE(1, Unit.DAYS, Start.ORDER, "药品一级召回通知与备案", Laws.DRUG_RECALL),
  DRUG_RECALL_2_NOTICE(3, Unit.DAYS, Start.ORDER, "药品二级召回通知与备案", Laws.DRUG_RECALL),
  DRUG_RECALL_3_NOTICE(7, Unit.DAYS, Start.ORDER, "药品三级召回通知与备案", Laws.DRUG_RECALL),
  DRUG_RECALL_1_PROGRESS(1, Unit.DAYS, Start.LAST_REPORT, "药品一级召回进展报告", Laws.DRUG_RECALL),
  DRUG_RECALL_2_PROGRESS(3, Unit.DAYS, Start.LAST_REPORT, "药品二级召回进展报告", Laws.DRUG_RECALL),
  DRUG_RECALL_3_PROGRESS(7, Unit.DAYS, Start.LAST_REPORT, "药品三级召回进展报告", Laws.DRUG_RECALL),
  DRUG_RECALL_SUMMARY(10, Unit.WORKING_DAYS, Start.COMPLETION, "药品召回总结报告", Laws.DRUG_RECALL),
  /** The re-test after an objection may not be a quick test. */
  QUICK_TEST_OBJECTION(4, Unit.HOURS, Start.RESULT, "快检结果异议", Source.read("食品安全法", "88")),
  RETEST_APPLICATION(7, Unit.WORKING_DAYS, Start.RESULT, "复检申请", Source.read("食品安全法", "88")),
  TEST_REPORT(20, Unit.WORKING_DAYS, Start.SAMPLE, "检验报告", Source.read("食品安全抽样检验管理办法", "24")),
  FAILURE_NOTICE(5, Unit.WORKING_DAYS, Start.REPORT, "不合格结果通知", Laws.SAMPLING),
  RETEST_SAMPLE(3, Unit.WORKING_DAYS, Start.RETEST, "复检备份样品移交", Laws.SAMPLING),
  RETEST_REPORT(10, Unit.WORKING_DAYS, Start.RETEST_SAMPLE_RECEIVED, "复检结论", Laws.SAMPLING),
  FAILURE_HANDLING(90, Unit.DAYS, Start.REPORT, "不合格食品核查处置", Laws.SAMPLING);

  /** Of what a clock counts. */
  public enum Unit {
    HOURS,
    DAYS,
    WORKING_DAYS
  }

  /** From what a clock counts. */
  public enum Start {
    KNOWING("知悉不安全", "knowledge that the goods are unsafe"),
    ANNOUNCEMENT("公告之日", "the announcement"),
    ORDER("作出召回决定", "the decision to recall"),
    LAST_REPORT("上次报告", "the report before"),
    COMPLETION("召回完成", "completion"),
    RESULT("收到检验结果", "receipt of the result"),
    SAMPLE("收到样品", "receipt of the sample"),
    REPORT("收到不合格检验报告", "receipt of the report that failed the goods"),
    RETEST("确定复检机构", "the choice of the retesting laboratory"),
    RETEST_SAMPLE_RECEIVED("收到备份样品", "receipt of the kept sample");

    private final String chinese;
    private final String english;

    Start(String chinese, String english) {
      this.chinese = chinese;
      this.english = english;
    }

    public String chinese() {
      return chinese;
    }

    public String english() {
      return english;
    }
  }

  /** In a class of its own, which an enum's constants can use. */
  private static final class Laws {
    static final Source FOOD_RECALL = Source.read("食品召回管理办法", "");
    static final Source FOOD_RECALL_END = Source.read("食品召回管理办法", "18");
    static final Source DRUG_RECALL = Source.known("药品召回管理办法(国家药监局2022年第92号)", "", Certainty.HIGH);
    static final Source SAMPLING = Source.known("食品安全抽样检验管理办法", "", Certainty.HIGH);
  }

  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  private final int count;
  private final Unit unit;
  private final Start start;
  private final String chinese;

  @SuppressWarnings("ImmutableEnumChecker") // two strings and an enum constant
  private final Source source;

  Clock(int count, Unit unit, Start start, String chinese, Source source) {
    this.count = count;
    this.unit = unit;
    this.start = start;
    this.chinese = chinese;
    this.source = source;
  }

  public int count() {
    return count;
  }

  public Unit unit() {
    return unit;
  }

  public Start start() {
    return start;
  }

  /** What must be done in time. */
  public String chinese() {
    return chinese;
  }

  @Override
  public String words() {
    String length =
        switch (unit) {
          case HOURS -> count + " 小时 hours";
          case DAYS -> count + " 日 days";
          case WORKING_DAYS -> count + " 工作日 working days";
        };
    return chinese + ": " + length + ", 自" + start.chinese() + "起 from " + start.english();
  }

  @Override
  public Source source() {
    return source;
  }

  /** When the time that started at an instant ends. */
  public Deadline from(Instant started, WorkingDays calendar) {
    LocalDate day = started.atOffset(CHINA).toLocalDate();
    return switch (unit) {
      case HOURS -> new Deadline(started.toEpochMilli() + count * 3_600_000L, true);
      case DAYS -> new Deadline(endOf(day.plusDays(count)), true);
      case WORKING_DAYS -> {
        WorkingDays.Counted counted = calendar.after(day, count);
        yield new Deadline(endOf(counted.day()), counted.announced());
      }
    };
  }

  /** When the time that started on a day ends. Hours count from the end of that day. */
  public Deadline from(LocalDate day, WorkingDays calendar) {
    return from(Instant.ofEpochMilli(endOf(day)), calendar);
  }

  private static long endOf(LocalDate day) {
    return day.plusDays(1).atStartOfDay().toInstant(CHINA).toEpochMilli() - 1;
  }

  /** By when a recall must have begun or, of drugs, been notified and filed. */
  public static Optional<Clock> recallStart(Goods goods, int grade) {
    return switch (goods) {
      case GOODS_FOOD, GOODS_FARM_PRODUCT ->
          byGrade(grade, FOOD_RECALL_1_START, FOOD_RECALL_2_START, FOOD_RECALL_3_START);
      case GOODS_DRUG ->
          byGrade(grade, DRUG_RECALL_1_NOTICE, DRUG_RECALL_2_NOTICE, DRUG_RECALL_3_NOTICE);
      default -> Optional.empty();
    };
  }

  /** By when a recall must be complete. */
  public static Optional<Clock> recallEnd(Goods goods, int grade) {
    return switch (goods) {
      case GOODS_FOOD, GOODS_FARM_PRODUCT ->
          byGrade(grade, FOOD_RECALL_1_END, FOOD_RECALL_2_END, FOOD_RECALL_3_END);
      default -> Optional.empty();
    };
  }

  /** How long may pass from one report of progress to the next. */
  public static Optional<Clock> recallProgress(Goods goods, int grade) {
    return goods == Goods.GOODS_DRUG
        ? byGrade(grade, DRUG_RECALL_1_PROGRESS, DRUG_RECALL_2_PROGRESS, DRUG_RECALL_3_PROGRESS)
        : Optional.empty();
  }

  private static Optional<Clock> byGrade(int grade, Clock first, Clock second, Clock third) {
    return switch (grade) {
      case 1 -> Optional.of(first);
      case 2 -> Optional.of(second);
      case 3 -> Optional.of(third);
      default -> Optional.empty();
    };
  }
}
