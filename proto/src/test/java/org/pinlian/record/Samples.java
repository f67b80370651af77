// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.pinlian.record.FieldRules.RoledLine;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.Approval;
import org.pinlian.v1.Area;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.CertificateCheck;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.Correction;
import org.pinlian.v1.Counterparty;
import org.pinlian.v1.CurvePoint;
import org.pinlian.v1.CustodyAnswer;
import org.pinlian.v1.CustodyCancel;
import org.pinlian.v1.CustodyOffer;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.Dispatch;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.FarmActivity;
import org.pinlian.v1.FarmInputType;
import org.pinlian.v1.FarmRecord;
import org.pinlian.v1.GateResult;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Inspection;
import org.pinlian.v1.InspectionConclusion;
import org.pinlian.v1.InspectionItem;
import org.pinlian.v1.InspectionType;
import org.pinlian.v1.Intake;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineAnswer;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.LookUp;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderProgress;
import org.pinlian.v1.OrderQuantities;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.Place;
import org.pinlian.v1.Product;
import org.pinlian.v1.ProductRegister;
import org.pinlian.v1.ProductRegistration;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Quantity;
import org.pinlian.v1.Role;
import org.pinlian.v1.SameGoods;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.TemperatureClass;
import org.pinlian.v1.TemperatureLog;
import org.pinlian.v1.TemperatureMedium;
import org.pinlian.v1.TemperatureReadings;
import org.pinlian.v1.TemperatureVerdict;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.Trade;
import org.pinlian.v1.Truth;
import org.pinlian.v1.Voiding;

/**
 * A good record of each kind, to be spoilt one field at a time. Firms of region 000000, goods of
 * 952.
 */
final class Samples {
  static final String BUREAU = "uscc:91000000MA00000157";
  static final String COOPERATIVE = "uscc:91000000MA00000232";
  static final String MARKET = "uscc:91000000MA0000031W";
  static final String FARMER = "farmer:putian-7";
  static final String PRODUCT = "https://id.gs1.org/01/09520000000011";
  static final String LOT = PRODUCT + "/10/IF2601";
  static final String PALLET = "https://id.gs1.org/00/095200000000000011";
  static final String PLACE = "https://id.gs1.org/414/9520000000011";
  static final String KEYS = "urn:pinlian:keys:";
  static final String CERTIFICATE = "urn:pinlian:certificate:" + COOPERATIVE + ":HZ-0001";
  static final String LOOK_UPS = "urn:pinlian:lookups:uscc:91000000MA00000157";
  static final String RECORD = "urn:pinlian:record:7.0";
  static final long NOW = 1_760_000_000_000L;
  static final ByteString SALT = ByteString.copyFrom(new byte[16]);
  static final ByteString DIGEST = ByteString.copyFrom(new byte[32]);

  private static final Map<Integer, VerifyingKey> MADE = new ConcurrentHashMap<>();

  private Samples() {}

  /** A record as parsed. */
  static final class Sample {
    final Kind kind;
    PublicPart.Builder part = PublicPart.newBuilder().setSalt(SALT);
    Trade.Builder trade = Trade.newBuilder();
    final List<Section> more = new ArrayList<>();
    List<RoledLine> lines = new ArrayList<>();

    Sample(Kind kind) {
      this.kind = kind;
    }

    Sample line(LineRole role, String subject) {
      lines.add(
          new RoledLine(
              role.getNumber(), Line.newBuilder().setSalt(SALT).setSubject(subject).build()));
      lines.sort((one, other) -> Integer.compare(one.role(), other.role()));
      return this;
    }

    Sample onlyLines(RoledLine... only) {
      lines = new ArrayList<>(Arrays.asList(only));
      return this;
    }

    Sample without(LineRole role) {
      lines.removeIf(line -> line.role() == role.getNumber());
      return this;
    }

    Sample part(Consumer<PublicPart.Builder> change) {
      change.accept(part);
      return this;
    }

    Sample trade(Consumer<Trade.Builder> change) {
      change.accept(trade);
      return this;
    }

    List<Section> sections() {
      List<Section> sections = new ArrayList<>();
      if (!trade.build().equals(Trade.getDefaultInstance())) {
        sections.add(section(trade.build()));
      }
      sections.addAll(more);
      return sections;
    }

    List<FieldViolation> check() {
      return FieldRules.check(kind, part.build(), sections(), lines);
    }
  }

  static Section section(Trade trade) {
    return Section.newBuilder()
        .setSalt(SALT)
        .setClass_(SectionClass.SECTION_CLASS_TRADE)
        .setTrade(trade)
        .build();
  }

  /** The same key for the same number. Kept: making one costs more than most tests do. */
  static VerifyingKey key(int seed) {
    return MADE.computeIfAbsent(
        seed,
        number -> {
          byte[] bytes = new byte[32];
          bytes[0] = number.byteValue();
          return SigningKey.ofEd25519Seed(bytes).verifyingKey();
        });
  }

  static EnrolledKey enrolledKey(int seed) {
    return EnrolledKey.newBuilder().setSpki(ByteString.copyFrom(key(seed).spki())).build();
  }

  static ByteString keyId(int seed) {
    return ByteString.copyFrom(key(seed).keyId().bytes());
  }

  static Sample of(Kind kind) {
    Sample sample = new Sample(kind);
    switch (kind) {
      case KIND_ENROLMENT -> {
        sample.line(LineRole.LINE_ROLE_KEYS, KEYS + COOPERATIVE);
        sample.part.setEnrolment(
            Enrolment.newBuilder()
                .setParticipant(COOPERATIVE)
                .setName("示范竹笋合作社")
                .addRoles(Role.ROLE_PRODUCER)
                .addRoles(Role.ROLE_COLLECTOR)
                .setRegion("000000")
                .addKeys(enrolledKey(1)));
      }
      case KIND_KEY_ROTATION -> {
        sample.line(LineRole.LINE_ROLE_KEYS, KEYS + COOPERATIVE);
        sample.part.setKeyRotation(
            KeyRotation.newBuilder()
                .setParticipant(COOPERATIVE)
                .setKey(enrolledKey(2))
                .setReplaces(keyId(1)));
      }
      case KIND_KEY_REVOCATION -> {
        sample.line(LineRole.LINE_ROLE_KEYS, KEYS + COOPERATIVE);
        sample.part.setKeyRevocation(
            KeyRevocation.newBuilder()
                .setParticipant(COOPERATIVE)
                .setKeyId(keyId(1))
                .setReason("电脑失窃")
                .setCompromisedSince(NOW));
      }
      case KIND_DELEGATION -> {
        sample.line(LineRole.LINE_ROLE_KEYS, KEYS + COOPERATIVE);
        sample.part.setDelegation(
            Delegation.newBuilder()
                .setParticipant(COOPERATIVE)
                .setGateway(MARKET)
                .setKeyId(keyId(3))
                .addKinds(Kind.KIND_TRACE_EVENT)
                .addKinds(Kind.KIND_CUSTODY_OFFER)
                .setValidUntil(NOW));
      }
      case KIND_PRODUCT -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, PRODUCT);
        sample.part.setProduct(
            Product.newBuilder()
                .setName("示范疫苗")
                .setCategory("疫苗")
                .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
                .setShelfLifeDays(730));
      }
      case KIND_PLACE -> {
        sample.line(LineRole.LINE_ROLE_PLACE, PLACE);
        sample.part.setPlace(
            Place.newBuilder()
                .setName("一号冷库")
                .setArea(Area.newBuilder().setRegion("000000").setRole(Role.ROLE_MARKET)));
      }
      case KIND_TRACE_EVENT -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.part.setTraceEvent(event(EventType.EVENT_TYPE_OBJECT, EventAction.EVENT_ACTION_ADD));
      }
      case KIND_COMMITMENT_CERTIFICATE -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, "urn:pinlian:lot:" + COOPERATIVE + ":ZS-0612");
        sample.line(LineRole.LINE_ROLE_CERTIFICATE, CERTIFICATE);
        sample.part.setCommitmentCertificate(
            CommitmentCertificate.newBuilder()
                .setForm(CertificateForm.CERTIFICATE_FORM_2025_1)
                .setNumber("HZ-0001")
                .setProductName("竹笋")
                .setQuantity(Quantity.newBuilder().setUnscaled(500).setUnit("KGM"))
                .setOrigin("示范县示范镇")
                .setRegion("000000")
                .setIssuer("示范竹笋合作社")
                .setIssuedOn("2026-06-12")
                .addBases(CommitmentBasis.COMMITMENT_BASIS_CONTROL));
      }
      case KIND_CERTIFICATE_CHECK -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.line(LineRole.LINE_ROLE_CERTIFICATE, CERTIFICATE);
        sample.part.setCertificateCheck(
            CertificateCheck.newBuilder()
                .setResult(GateResult.GATE_RESULT_ACCEPTED)
                .setCheckedOn("2026-06-13")
                .setCertificate(DIGEST)
                .setArea(Area.newBuilder().setRegion("000000").setRole(Role.ROLE_MARKET)));
      }
      case KIND_CUSTODY_OFFER -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.trade.setReceiver(MARKET);
        sample.part.setCustodyOffer(
            CustodyOffer.newBuilder().setOfferedAt(NOW).setAnswerBy(NOW + 1000));
      }
      case KIND_CUSTODY_ANSWER -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT).line(LineRole.LINE_ROLE_RECORD, RECORD);
        sample.part.setCustodyAnswer(
            CustodyAnswer.newBuilder()
                .setOffer(DIGEST)
                .setAnsweredAt(NOW)
                .addAnswers(
                    LineAnswer.newBuilder().setOutcome(CustodyOutcome.CUSTODY_OUTCOME_ACCEPTED)));
      }
      case KIND_CUSTODY_CANCEL -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT).line(LineRole.LINE_ROLE_RECORD, RECORD);
        sample.part.setCustodyCancel(
            CustodyCancel.newBuilder().setOffer(DIGEST).setCancelledAt(NOW).setReason("改用他车"));
      }
      case KIND_INTAKE -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.trade.setCounterparty(Counterparty.newBuilder().setName("外地示范商行"));
        sample.part.setIntake(Intake.newBuilder().setReceivedOn("2026-06-12").setProductName("竹笋"));
      }
      case KIND_DISPATCH -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.trade.setCounterparty(Counterparty.newBuilder().setName("外地示范商行"));
        sample.part.setDispatch(
            Dispatch.newBuilder().setDispatchedOn("2026-06-12").setProductName("竹笋"));
      }
      case KIND_TEMPERATURE_LOG -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.trade.setReadings(
            TemperatureReadings.newBuilder()
                .setFromSeconds(NOW / 1000)
                .addAllSeconds(List.of(0, 300, 300))
                .addAllSteps(List.of(5000, 200, -400)));
        sample.part.setTemperatureLog(
            TemperatureLog.newBuilder()
                .setDevice("T301-7")
                .setCalibratedUntil("2027-01-31")
                .setTemperatureClass(TemperatureClass.TEMPERATURE_CLASS_TWO_TO_EIGHT)
                .setMedium(TemperatureMedium.TEMPERATURE_MEDIUM_TRANSPORT)
                .setFrom(NOW)
                .setUntil(NOW + 600_000)
                .setVerdict(TemperatureVerdict.TEMPERATURE_VERDICT_WITHIN)
                .addCurve(CurvePoint.newBuilder().setAt(NOW).setValue(5000)));
      }
      case KIND_FARM_RECORD -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.trade.setCounterparty(Counterparty.newBuilder().setName("示范农资店"));
        sample.part.setFarmRecord(
            FarmRecord.newBuilder()
                .setActivity(FarmActivity.FARM_ACTIVITY_INPUT_USE)
                .setDoneOn("2026-05-20")
                .setUntilOn("2026-05-22")
                .setInputType(FarmInputType.FARM_INPUT_TYPE_PESTICIDE)
                .setInputName("示范乳油")
                .setActiveIngredient("氯氰菊酯")
                .setUsage("兑水喷雾")
                .setDosage("30 mL/亩")
                .setWithdrawalDays(7));
      }
      case KIND_SAME_GOODS -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.line(LineRole.LINE_ROLE_ALIAS, "urn:pinlian:lot:" + COOPERATIVE + ":ZS-0612");
        sample.part.setSameGoods(SameGoods.newBuilder().setReason("入市换码"));
      }
      case KIND_INSPECTION -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.part.setInspection(
            Inspection.newBuilder()
                .setType(InspectionType.INSPECTION_TYPE_SUPERVISION_SAMPLING)
                .setNumber("SF-2026-0001")
                .setSampledOn("2026-06-13")
                .setReportedOn("2026-06-20")
                .setLaboratory("示范检验所")
                .setCmaNumber("000000000000")
                .setConclusion(InspectionConclusion.INSPECTION_CONCLUSION_FAILED)
                .addItems(
                    InspectionItem.newBuilder()
                        .setItem("氯氰菊酯")
                        .setMethod("GB 23200.113")
                        .setResult("1.2")
                        .setUnit("mg/kg")
                        .setLimit("0.5")
                        .setPassed(Truth.TRUTH_FALSE))
                .setStandard("GB 2763"));
      }
      case KIND_ORDER -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT);
        sample.part.setOrder(
            Order.newBuilder()
                .setType(OrderType.ORDER_TYPE_RECALL)
                .setGrade(2)
                .setLegalBasis("食品安全法 第63条")
                .setReason("标签有误")
                .setGoods(Goods.GOODS_FOOD)
                .setOrderedAt(NOW));
      }
      case KIND_VOIDING -> {
        sample.line(LineRole.LINE_ROLE_RECORD, RECORD);
        sample.part.setVoiding(Voiding.newBuilder().setRecord(DIGEST).setReason("填错数量"));
      }
      case KIND_CORRECTION -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT).line(LineRole.LINE_ROLE_RECORD, RECORD);
        sample.part.setCorrection(
            Correction.newBuilder().setRecord(DIGEST).setDeclaredAt(NOW).setReason("日期有误"));
      }
      case KIND_APPROVAL -> {
        sample.line(LineRole.LINE_ROLE_RECORD, RECORD);
        sample.part.setApproval(Approval.newBuilder().setRecord(DIGEST).setOpinion("同意"));
      }
      case KIND_ORDER_PROGRESS -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, LOT).line(LineRole.LINE_ROLE_RECORD, RECORD);
        sample.trade.addOrderQuantities(
            OrderQuantities.newBuilder()
                .setUnit("KGM")
                .setDecimals(1)
                .setRecovered(120)
                .setDestroyed(30)
                .setSold(4));
        sample.part.setOrderProgress(
            OrderProgress.newBuilder()
                .setOrder(DIGEST)
                .setStep(OrderStep.ORDER_STEP_PROGRESS)
                .setReportedAt(NOW)
                .setText("已下架封存"));
      }
      case KIND_ERASURE -> {
        sample.line(LineRole.LINE_ROLE_RECORD, RECORD);
        sample.part.setErasure(
            Erasure.newBuilder()
                .setRecord(DIGEST)
                .addClasses(SectionClass.SECTION_CLASS_PERSONAL)
                .addClasses(SectionClass.SECTION_CLASS_ATTACHMENT)
                .setLaw("个人信息保护法")
                .setArticle("47")
                .setReason("本人撤回同意"));
      }
      case KIND_LOOK_UP -> {
        sample.line(LineRole.LINE_ROLE_LOOK_UPS, LOOK_UPS);
        sample.trade.setLookedUp(LOT);
        sample.part.setLookUp(LookUp.newBuilder().setPurpose("日常检查"));
      }
      case KIND_PRODUCT_REGISTRATION -> {
        sample.line(LineRole.LINE_ROLE_OBJECT, PRODUCT);
        sample.part.setProductRegistration(
            ProductRegistration.newBuilder()
                .setRegister(ProductRegister.PRODUCT_REGISTER_GREEN)
                .setCertificateNumber("LB-00-0000000000A")
                .setHolder(COOPERATIVE)
                .setProductName("竹笋")
                .setRegion("000000")
                .setValidFrom("2026-01-01")
                .setValidUntil("2028-12-31"));
      }
      default -> throw new IllegalArgumentException(kind + " is not built");
    }
    return sample;
  }

  static AuthorityLevel district() {
    return AuthorityLevel.AUTHORITY_LEVEL_DISTRICT;
  }

  static TraceEvent.Builder event(EventType type, EventAction action) {
    return TraceEvent.newBuilder()
        .setType(type)
        .setAction(action)
        .setEventTime(NOW)
        .setZoneOffset("+08:00")
        .setBusinessStep("commissioning");
  }

  static Sample event(EventType type, EventAction action, RoledLine... lines) {
    Sample sample = new Sample(Kind.KIND_TRACE_EVENT).onlyLines(lines);
    sample.part.setTraceEvent(event(type, action));
    return sample;
  }

  static RoledLine line(LineRole role, String subject) {
    return new RoledLine(
        role.getNumber(), Line.newBuilder().setSalt(SALT).setSubject(subject).build());
  }
}
