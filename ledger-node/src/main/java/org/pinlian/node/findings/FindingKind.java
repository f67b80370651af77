// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import org.pinlian.v1.FindingCode;

/**
 * What can be noticed: the one table of rule names, texts, severities and legal bases. A basis in
 * brackets is a rule of this ledger's own; articles marked with a question mark are general
 * knowledge and want confirming.
 */
public enum FindingKind {
  // Harm may be under way ------------------------------------------------------------------------
  RECALLED_GOODS_MOVED(
      Severity.URGENT,
      "召回、停售令生效后,货物仍在流转或销售",
      "goods were moved or sold while an order on them was in effect",
      "食品安全法 63; 药品管理法 82"),
  EXPIRED_GOODS_MOVED(
      Severity.URGENT,
      "超过保质期、有效期后仍在流转或销售",
      "goods were moved or sold after they expired",
      "食品安全法 34, 54; 药品管理法 98"),
  SOLD_TWICE(
      Severity.URGENT,
      "同一追溯码有两次以上销售记录",
      "one unit code was sold more than once",
      "医保发〔2025〕追溯码采集应用: 一码只应有一次销售"),
  SOLD_CODE_BACK(
      Severity.URGENT,
      "已售出的追溯码重新进入库存或流通(疑似回流药)",
      "a code that was sold is back in stock",
      "药品管理法 55, 57; 医保基金使用监督管理条例 ?"),
  FAILED_WITHOUT_ORDER(
      Severity.URGENT,
      "检验不合格,逾期未见停售或召回",
      "an inspection failed and no order followed in time",
      "食品安全法 63; 食品安全抽样检验管理办法 ?"),
  VACCINE_WITHOUT_FULL_TEMPERATURES(
      Severity.URGENT,
      "接收疫苗而没有全程温度监测记录",
      "a vaccine was accepted without a full temperature record",
      "疫苗管理法 39"),

  // A duty seems broken --------------------------------------------------------------------------
  RECALL_OVERDUE(
      Severity.SERIOUS,
      "召回未在法定时限内启动或完成",
      "a recall was not begun or not completed in its statutory time",
      "食品召回管理办法 13, 18; 药品召回管理办法"),
  CERTIFICATE_MISSING(
      Severity.SERIOUS,
      "应有承诺达标合格证而未见",
      "goods that need a commitment certificate were taken in or sold without one",
      "农产品质量安全法 39; 农业农村部令2025年第4号"),
  CERTIFICATE_OVERDRAWN(
      Severity.SERIOUS,
      "重开的合格证数量之和超过原合格证",
      "certificates given out again are for more than the first one was",
      "农业农村部令2025年第4号 (混装分装)"),
  CERTIFICATE_NUMBER_REUSED(
      Severity.SERIOUS, "同一主体的合格证编号重复", "one issuer used a certificate number twice", "(一证一号)"),
  VOIDED_CERTIFICATE_USED(
      Severity.SERIOUS,
      "已作废的合格证仍被使用",
      "a certificate was used after it was voided",
      "农业农村部令2025年第4号"),
  QUANTITY_NOT_CONSERVED(
      Severity.SERIOUS,
      "数量不平: 用出、转出多于产出、收入",
      "more of a lot went from a holder than came to it",
      "食品安全法 50, 51, 53 (数量)"),
  TWO_HOLDERS(Severity.SERIOUS, "同一物品有两个持有人", "two participants claim to hold one thing", "(一物一主)"),
  CODE_COMMISSIONED_TWICE(
      Severity.SERIOUS, "同一追溯码赋码两次", "one unit code was given out twice", "NMPAB/T 1002 (唯一性)"),
  CODE_AFTER_ITS_END(
      Severity.SERIOUS, "已销毁或注销的追溯码再次出现", "a code was used after its end", "NMPAB/T 1002"),
  TEMPERATURE_EXCURSION(
      Severity.SERIOUS, "温度超限", "readings lie outside the limits of the goods", "GSP 附录; GB 31605"),
  ACCEPTED_DESPITE_TEMPERATURE(
      Severity.SERIOUS,
      "温度超限或缺记录仍收货",
      "goods were accepted although their temperature record speaks against it",
      "GSP 附录; GB 31605; 疫苗管理法 39"),
  VERDICT_CONTRADICTED(
      Severity.SERIOUS,
      "温度结论与读数不符",
      "the stated verdict differs from what the readings say",
      "GSP 附录 (数据真实)"),
  WITHDRAWAL_NOT_KEPT(
      Severity.SERIOUS,
      "未到安全间隔期、休药期即采收",
      "goods were harvested before the withdrawal interval was over",
      "农产品质量安全法 29"),
  SHIPPED_NEVER_RECEIVED(
      Severity.SERIOUS, "此处发出,彼处未收", "shipped here and never received there", "食品安全法 42, 53"),
  TOO_FAR_TOO_SOON(
      Severity.SERIOUS,
      "两地之间行程快于可能",
      "one thing was in two counties sooner than it can travel",
      "(疑似克隆码)"),
  CIRCULAR_CONTAINMENT(
      Severity.SERIOUS, "包装关系成环", "containers are inside one another in a circle", "(包装关系)"),

  // Wants looking into ---------------------------------------------------------------------------
  CUSTODY_GAP(
      Severity.ORDINARY,
      "非持有人经手,交接链断开",
      "somebody acted on goods that nobody handed to them",
      "食品安全法 53; 药品管理法 61"),
  ACCEPTED_MORE_THAN_OFFERED(
      Severity.ORDINARY, "收货数量多于交付数量", "more was accepted than was offered", "食品安全法 53 (数量)"),
  OFFER_UNANSWERED(Severity.ORDINARY, "交付逾期未答复", "an offer was not answered in time", "(交接)"),
  OFFER_ANSWERED_TWICE(
      Severity.ORDINARY, "同一交付行两次答复", "a line of an offer was answered twice", "(交接)"),
  OFFER_UNKNOWN(Severity.ORDINARY, "答复所引交付不存在", "an answer cites no known offer", "(交接)"),
  OFFER_LINE_MISMATCH(
      Severity.ORDINARY, "答复与交付的货物不符", "an answer speaks of other goods than the offer", "(交接)"),
  ANSWERED_LATE(Severity.ORDINARY, "逾期收货", "accepted after the time limit of the offer", "(交接)"),
  ANSWERED_AFTER_CANCEL(
      Severity.ORDINARY, "撤回后仍收货", "accepted after the offer was taken back", "(交接)"),
  RETURN_WITHOUT_ACCEPTANCE(
      Severity.ORDINARY, "退货未引所退的收货", "a return that no acceptance stands behind", "(退货)"),
  UNITS_DIFFER(
      Severity.ORDINARY,
      "计量单位不一,不能合计",
      "amounts are stated in different units and cannot be added",
      "(数量)"),
  TEMPERATURE_GAP(
      Severity.ORDINARY, "温度无数据", "no readings for longer than allowed: no data", "GSP 附录"),
  CALIBRATION_EXPIRED(
      Severity.ORDINARY, "温度计校准过期", "readings after the calibration ran out", "GSP 附录; 计量法 9 ?"),
  BEFORE_PRODUCTION(
      Severity.ORDINARY, "早于生产即已流转", "goods were moved before they were produced", "(时间)"),
  EVENT_IN_FUTURE(
      Severity.ORDINARY, "所述时间晚于入账时间", "the time stated lies after the time of recording", "(时间)"),
  RECORD_INCOMPLETE(
      Severity.ORDINARY,
      "法定记录缺项",
      "a record leaves out what the law asks for",
      "食品安全法 50, 51, 53, 65, 98; 农产品质量安全法 27"),
  KEY_VARIETY_WITHOUT_CODES(
      Severity.ORDINARY,
      "重点品种未按最小包装追溯码流转",
      "a drug that must be traced by the code of its smallest package moved by the lot",
      "国家药监局2020年第111号公告; 疫苗管理法 10"),
  CERTIFICATE_FORM_NOT_IN_FORCE(
      Severity.ORDINARY,
      "合格证式样在开具之日不适用",
      "a certificate was given out on a form that was not in force",
      "农业农村部令2025年第4号"),
  DRUG_NOT_TESTED(
      Severity.ORDINARY,
      "用了药而未检该药",
      "a drug was used that no test looked for",
      "农业农村部令2025年第4号 (用什么药、检什么药)"),
  POSITIVE_UNCONFIRMED(
      Severity.ORDINARY,
      "快检阳性未送检确认",
      "a quick test was positive and no laboratory confirmed or cleared it",
      "食品安全法 88, 112"),
  CITED_RECORD_UNKNOWN(Severity.ORDINARY, "所引记录不存在", "a record cites no known record", "(引用)"),

  // How far it may be relied on ------------------------------------------------------------------
  ONE_SIDE_ONLY(Severity.NOTE, "仅一方陈述", "only one side states this", "(未入账的对方)"),
  UNSIGNED_READINGS(Severity.NOTE, "读数未由记录仪签名", "readings that no logger signed", "(记录仪签名)"),
  EVALUATION_CUT(
      Severity.NOTE, "相关记录过多,未全部评估", "too many related records to look at them all", "(评估上限)");

  private final FindingCode code = FindingCode.valueOf(name());
  private final Severity severity;
  private final String chinese;
  private final String english;
  private final String basis;

  FindingKind(Severity severity, String chinese, String english, String basis) {
    this.severity = severity;
    this.chinese = chinese;
    this.english = english;
    this.basis = basis;
  }

  /** The same, on the wire, where it has the same name. */
  public FindingCode code() {
    return code;
  }

  public Severity severity() {
    return severity;
  }

  /** The rule in Chinese. */
  public String chinese() {
    return chinese;
  }

  /** The rule in English. */
  public String english() {
    return english;
  }

  /** Law and article, or in brackets what of this ledger's own. */
  public String basis() {
    return basis;
  }
}
