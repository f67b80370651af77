// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.CertificateCheck;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.CurvePoint;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.FarmRecord;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionItem;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureRange;
import org.pinlian.v1.TemperatureVerdict;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Truth;

/**
 * What a public part says, for people, Chinese first. Names are ours; values are what others wrote
 * and have yet to be made fit for where they are shown.
 */
final class PublicFacts {
  private final List<Fact> facts = new ArrayList<>();

  private PublicFacts() {}

  /** How a fact is to be taken. */
  enum Tone {
    PLAIN,
    GOOD,
    BAD
  }

  /** One thing that is said. */
  record Fact(String name, String value, Tone tone) {}

  /** In the order in which people ask. */
  static List<Fact> of(PublicPart part) {
    PublicFacts said = new PublicFacts();
    said.body(part);
    return said.facts;
  }

  /** When the signer says it happened; empty of statements about no moment. */
  static Optional<Instant> happenedAt(@Nullable PublicPart part) {
    if (part == null) {
      return Optional.empty();
    }
    long millis =
        switch (part.getBodyCase()) {
          case TRACE_EVENT -> part.getTraceEvent().getEventTime();
          case CUSTODY_OFFER -> part.getCustodyOffer().getOfferedAt();
          case CUSTODY_ANSWER -> part.getCustodyAnswer().getAnsweredAt();
          case TEMPERATURE_LOG -> part.getTemperatureLog().getUntil();
          case ORDER -> part.getOrder().getOrderedAt();
          case CUSTODY_CANCEL -> part.getCustodyCancel().getCancelledAt();
          case CORRECTION -> part.getCorrection().getDeclaredAt();
          case ORDER_PROGRESS -> part.getOrderProgress().getReportedAt();
          default -> 0;
        };
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** What matters most of a record, on its first line. */
  static String gist(@Nullable PublicPart part) {
    if (part == null) {
      return "";
    }
    return switch (part.getBodyCase()) {
      case TRACE_EVENT -> ": " + Words.step(part.getTraceEvent().getBusinessStep());
      case COMMITMENT_CERTIFICATE ->
          ": " + Paint.clean(part.getCommitmentCertificate().getProductName());
      case CUSTODY_ANSWER -> ": " + outcomes(part.getCustodyAnswer());
      case TEMPERATURE_LOG -> ": " + Words.verdict(part.getTemperatureLog().getVerdict());
      case PRODUCT -> ": " + Paint.clean(part.getProduct().getName());
      case PLACE -> ": " + Paint.clean(part.getPlace().getName());
      case ORDER -> ": " + Words.order(part.getOrder().getType());
      case INTAKE -> ": " + Paint.clean(part.getIntake().getProductName());
      case DISPATCH -> ": " + Paint.clean(part.getDispatch().getProductName());
      case CERTIFICATE_CHECK -> ": " + TradeWords.result(part.getCertificateCheck().getResult());
      case FARM_RECORD -> ": " + TradeWords.activity(part.getFarmRecord().getActivity());
      case INSPECTION ->
          ": "
              + TradeWords.inspection(part.getInspection().getType())
              + ", "
              + TradeWords.conclusion(part.getInspection().getConclusion());
      case ORDER_PROGRESS -> ": " + TradeWords.step(part.getOrderProgress().getStep());
      case PRODUCT_REGISTRATION ->
          ": " + TradeWords.register(part.getProductRegistration().getRegister());
      default -> "";
    };
  }

  private static String outcomes(CustodyAnswer answer) {
    return answer.getAnswersList().stream()
        .map(LineAnswer::getOutcome)
        .distinct()
        .map(Words::outcome)
        .collect(Collectors.joining(", "));
  }

  private void body(PublicPart part) {
    switch (part.getBodyCase()) {
      case TRACE_EVENT -> event(part.getTraceEvent());
      case COMMITMENT_CERTIFICATE -> certificate(part.getCommitmentCertificate());
      case CUSTODY_OFFER -> offer(part.getCustodyOffer());
      case CUSTODY_ANSWER -> answer(part.getCustodyAnswer());
      case TEMPERATURE_LOG -> temperatures(part.getTemperatureLog());
      case PRODUCT -> {
        detail("类别 category", part.getProduct().getCategory());
        detail("规格 specification", part.getProduct().getSpecification());
        detail("批准文号 approval", part.getProduct().getApprovalNumber());
        if (part.getProduct().hasLabelRange()) {
          detail("标签温度 label", range(part.getProduct().getLabelRange()));
        }
      }
      case PLACE -> detail("区划 region", part.getPlace().getArea().getRegion());
      case ORDER -> {
        detail("依据 legal basis", part.getOrder().getLegalBasis());
        detail("原因 reason", part.getOrder().getReason());
      }
      case VOIDING -> detail("原因 reason", part.getVoiding().getReason());
      case CERTIFICATE_CHECK -> check(part.getCertificateCheck());
      case CUSTODY_CANCEL -> detail("原因 reason", part.getCustodyCancel().getReason());
      case FARM_RECORD -> farm(part.getFarmRecord());
      case SAME_GOODS -> detail("原因 reason", part.getSameGoods().getReason());
      case INSPECTION -> inspection(part.getInspection());
      case CORRECTION -> detail("原因 reason", part.getCorrection().getReason());
      case ORDER_PROGRESS -> detail("说明 text", part.getOrderProgress().getText());
      case PRODUCT_REGISTRATION -> {
        detail("证书编号 certificate", part.getProductRegistration().getCertificateNumber());
        detail("品名 product", part.getProductRegistration().getProductName());
        detail("持有者 holder", part.getProductRegistration().getHolder());
        detail("有效期至 valid until", part.getProductRegistration().getValidUntil());
      }
      case APPROVAL -> detail("意见 opinion", part.getApproval().getOpinion());
      case ERASURE -> {
        detail(
            "删除 erases",
            part.getErasure().getClassesList().stream()
                .map(Words::plain)
                .collect(Collectors.joining(", ")));
        detail("依据 legal basis", part.getErasure().getLaw() + " " + part.getErasure().getArticle());
        detail("原因 reason", part.getErasure().getReason());
      }
      case LOOK_UP -> detail("目的 purpose", part.getLookUp().getPurpose());
      case INTAKE -> detail("进货日期 received on", part.getIntake().getReceivedOn());
      case DISPATCH -> detail("发货日期 dispatched on", part.getDispatch().getDispatchedOn());
      case ENROLMENT -> detail("主体 participant", part.getEnrolment().getParticipant());
      case KEY_ROTATION -> detail("主体 participant", part.getKeyRotation().getParticipant());
      case DELEGATION -> detail("受托方 gateway", part.getDelegation().getGateway());
      case KEY_REVOCATION -> detail("原因 reason", part.getKeyRevocation().getReason());
      case BODY_NOT_SET -> {}
    }
  }

  private void event(TraceEvent event) {
    detail("动作 action", Words.action(event.getAction()));
    detail("状态 disposition", event.getDisposition());
    if (event.hasReadPoint()) {
      detail(
          "地点 where",
          event.getReadPoint().getRegion() + " " + Words.role(event.getReadPoint().getRole()));
    }
    if (event.hasItem()) {
      detail("品名 product", event.getItem().getProductName());
      detail("批号 lot", event.getItem().getLot());
      detail("采收 harvested", event.getItem().getHarvestedOn());
      detail("生产 produced", event.getItem().getProducedOn());
      detail("有效期至 expires", event.getItem().getExpiresOn());
    }
    event
        .getSensorsList()
        .forEach(sensor -> detail("温度 temperature", Words.verdict(sensor.getVerdict())));
  }

  private void certificate(CommitmentCertificate certificate) {
    // The producer's own word, never the result of an inspection.
    detail("性质 nature", "开具者自我承诺 the issuer's own commitment");
    detail("编号 number", certificate.getNumber() + " (" + Words.form(certificate.getForm()) + ")");
    detail("数量 quantity", quantity(certificate.getQuantity()));
    detail("产地 origin", certificate.getOrigin());
    detail("承诺主体 issuer", certificate.getIssuer());
    detail("开具日期 issued", certificate.getIssuedOn());
    detail(
        "承诺依据 basis",
        certificate.getBasesList().stream().map(Words::basis).collect(Collectors.joining("、")));
    detail("检测项目 tested", String.join("、", certificate.getTestedItemsList()));
    detail("来源合格证 parents", String.join("、", certificate.getParentNumbersList()));
  }

  private void check(CertificateCheck check) {
    detail("查验日期 checked on", check.getCheckedOn());
    detail("编号 number", check.getNumber());
    detail("承诺主体 issuer", check.getIssuer());
    detail("原因 reason", check.getReason());
  }

  private void farm(FarmRecord farm) {
    detail("日期 on", farm.getDoneOn());
    detail("至 until", farm.getUntilOn());
    detail(
        "投入品 input", (TradeWords.input(farm.getInputType()) + " " + farm.getInputName()).strip());
    detail("用法 usage", farm.getUsage());
    detail("用量 dosage", farm.getDosage());
    if (farm.getWithdrawalDays() > 0) {
      detail("安全间隔期、休药期 withdrawal", farm.getWithdrawalDays() + " 天 days");
    }
    detail("病虫害 pest", farm.getPest());
  }

  private void inspection(Inspection inspection) {
    boolean bad =
        inspection.getConclusion() == InspectionConclusion.INSPECTION_CONCLUSION_FAILED
            || inspection.getConclusion() == InspectionConclusion.INSPECTION_CONCLUSION_POSITIVE;
    add(
        "结论 conclusion",
        TradeWords.conclusion(inspection.getConclusion()),
        bad ? Tone.BAD : Tone.GOOD);
    detail("编号 number", inspection.getNumber());
    detail("抽样日期 sampled on", inspection.getSampledOn());
    detail("报告日期 reported on", inspection.getReportedOn());
    detail("检验机构 laboratory", inspection.getLaboratory());
    for (InspectionItem item : inspection.getItemsList()) {
      add(
          "项目 item",
          item.getItem()
              + ": "
              + (item.getResult() + " " + item.getUnit()).strip()
              + (item.getLimit().isEmpty() ? "" : " (限量 limit " + item.getLimit() + ")"),
          item.getPassed() == Truth.TRUTH_FALSE ? Tone.BAD : Tone.PLAIN);
    }
    detail("检验依据 standard", inspection.getStandard());
  }

  private void offer(CustodyOffer offer) {
    if (offer.getAnswerBy() != 0) {
      detail("答复期限 answer by", StoryText.time(offer.getAnswerBy()));
    }
    if (offer.hasLabelRange()) {
      detail("温度要求 must be kept at", range(offer.getLabelRange()));
    }
    if (offer.getCarrierLeg()) {
      detail("承运 carrier leg", "受托运输 carried for somebody else");
    }
  }

  private void answer(CustodyAnswer answer) {
    for (LineAnswer line : answer.getAnswersList()) {
      boolean refused = line.getOutcome() == CustodyOutcome.CUSTODY_OUTCOME_REFUSED;
      String said =
          Words.outcome(line.getOutcome()) + (refused ? ": " + Words.reason(line.getReason()) : "");
      add("明细 line " + line.getLine(), said, refused ? Tone.BAD : Tone.GOOD);
    }
  }

  private void temperatures(TemperatureLog log) {
    String verdict = Words.verdict(log.getVerdict());
    add(
        "结论 verdict",
        verdict,
        log.getVerdict() == TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN ? Tone.GOOD : Tone.BAD);
    detail(
        "时段 from, until", StoryText.time(log.getFrom()) + " — " + StoryText.time(log.getUntil()));
    if (log.hasLabelRange()) {
      detail("限值 limits", range(log.getLabelRange()));
    }
    detail("记录仪 logger", log.getDevice() + ", 校准至 calibrated until " + log.getCalibratedUntil());
    if (log.getCurveCount() > 0) {
      long lowest = Long.MAX_VALUE;
      long highest = Long.MIN_VALUE;
      for (CurvePoint point : log.getCurveList()) {
        lowest = Math.min(lowest, point.getValue());
        highest = Math.max(highest, point.getValue());
      }
      detail(
          "曲线 curve",
          log.getCurveCount() + " 点 points, " + degrees(lowest) + " — " + degrees(highest) + " ℃");
    }
  }

  private void detail(String name, String value) {
    add(name, value, Tone.PLAIN);
  }

  private void add(String name, String value, Tone tone) {
    if (!value.isEmpty()) {
      facts.add(new Fact(name, value, tone));
    }
  }

  static String quantity(Quantity quantity) {
    if (quantity.getUnstated()) {
      return "未说明 not stated";
    }
    return BigDecimal.valueOf(quantity.getUnscaled(), quantity.getDecimals()).toPlainString()
        + " "
        + quantity.getUnit();
  }

  private static String range(TemperatureRange range) {
    return degrees(range.getLowest()) + "–" + degrees(range.getHighest()) + " ℃";
  }

  private static String degrees(long thousandths) {
    return BigDecimal.valueOf(thousandths, 3).stripTrailingZeros().toPlainString();
  }
}
