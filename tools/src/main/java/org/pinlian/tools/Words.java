// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ProtocolMessageEnum;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CustodyOutcome;
import org.pinlian.v1.CustodyReason;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.FindingSeverity;
import org.pinlian.v1.Kind;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.Role;
import org.pinlian.v1.TemperatureVerdict;

/** How the protocol's names are written on a command line, and said to people. */
final class Words {
  /** China Standard Time, as all dates. */
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  /** No clock here runs longer. */
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private static final Map<Kind, String> KINDS = new EnumMap<>(Kind.class);
  private static final Map<Role, String> ROLES = new EnumMap<>(Role.class);

  // Business steps of CBV 2.0 that food and drugs go through; others are shown as they are.
  private static final Map<String, String> STEPS =
      Map.ofEntries(
          Map.entry("accepting", "收货确认"),
          Map.entry("arriving", "到达"),
          Map.entry("commissioning", "赋码建批"),
          Map.entry("creating_class_instance", "建批"),
          Map.entry("decommissioning", "使用完毕"),
          Map.entry("departing", "启运"),
          Map.entry("destroying", "销毁"),
          Map.entry("dispensing", "发放"),
          Map.entry("holding", "暂存"),
          Map.entry("inspecting", "查验"),
          Map.entry("packing", "装箱"),
          Map.entry("receiving", "收货"),
          Map.entry("repackaging", "分装"),
          Map.entry("retail_selling", "零售"),
          Map.entry("picking", "领料"),
          Map.entry("sampling", "抽检"),
          Map.entry("shipping", "发货"),
          Map.entry("stock_taking", "盘点"),
          Map.entry("stocking", "上架"),
          Map.entry("storing", "储存"),
          Map.entry("transporting", "运输"),
          Map.entry("unpacking", "拆箱"));

  static {
    KINDS.put(Kind.KIND_ENROLMENT, "主体登记 enrolment");
    KINDS.put(Kind.KIND_KEY_ROTATION, "密钥更换 key rotation");
    KINDS.put(Kind.KIND_KEY_REVOCATION, "密钥吊销 key revocation");
    KINDS.put(Kind.KIND_DELEGATION, "代签委托 delegation");
    KINDS.put(Kind.KIND_PRODUCT, "产品 product");
    KINDS.put(Kind.KIND_PLACE, "场所 place");
    KINDS.put(Kind.KIND_TRACE_EVENT, "追溯事件 trace event");
    // Never 检验合格: it is the producer's own word (domain.md B1).
    KINDS.put(Kind.KIND_COMMITMENT_CERTIFICATE, "承诺达标合格证 commitment certificate");
    KINDS.put(Kind.KIND_CERTIFICATE_CHECK, "合格证查验 certificate check");
    KINDS.put(Kind.KIND_CUSTODY_OFFER, "交接发起 custody offer");
    KINDS.put(Kind.KIND_CUSTODY_ANSWER, "交接答复 custody answer");
    KINDS.put(Kind.KIND_CUSTODY_CANCEL, "交接撤回 custody cancel");
    KINDS.put(Kind.KIND_INTAKE, "进货(仅一方) intake, one side only");
    KINDS.put(Kind.KIND_DISPATCH, "发货(仅一方) dispatch, one side only");
    KINDS.put(Kind.KIND_TEMPERATURE_LOG, "温度记录 temperature log");
    KINDS.put(Kind.KIND_FARM_RECORD, "农业生产记录 farm record");
    KINDS.put(Kind.KIND_SAME_GOODS, "同一货物换码 same goods");
    KINDS.put(Kind.KIND_INSPECTION, "检验 inspection");
    KINDS.put(Kind.KIND_ORDER, "监管指令 order");
    KINDS.put(Kind.KIND_VOIDING, "作废 voiding");
    KINDS.put(Kind.KIND_CORRECTION, "更正 correction");
    KINDS.put(Kind.KIND_APPROVAL, "核准 approval");
    KINDS.put(Kind.KIND_ORDER_PROGRESS, "指令执行进展 order progress");
    KINDS.put(Kind.KIND_ERASURE, "删除 erasure");
    KINDS.put(Kind.KIND_LOOK_UP, "查询登记 look-up");
    KINDS.put(Kind.KIND_PRODUCT_REGISTRATION, "认定产品名录 product registration");

    ROLES.put(Role.ROLE_PRODUCER, "生产者 producer");
    ROLES.put(Role.ROLE_COLLECTOR, "收购者 collector");
    ROLES.put(Role.ROLE_PROCESSOR, "加工者 processor");
    ROLES.put(Role.ROLE_CARRIER, "承运者 carrier");
    ROLES.put(Role.ROLE_MARKET, "批发市场 market");
    ROLES.put(Role.ROLE_SHOP, "销售者 shop");
    ROLES.put(Role.ROLE_CANTEEN, "食堂 canteen");
    ROLES.put(Role.ROLE_PHARMACY, "药店 pharmacy");
    ROLES.put(Role.ROLE_HOSPITAL, "医疗/接种单位 hospital");
    ROLES.put(Role.ROLE_LICENCE_HOLDER, "上市许可持有人 licence holder");
    ROLES.put(Role.ROLE_LABORATORY, "检验机构 laboratory");
    ROLES.put(Role.ROLE_AUTHORITY, "监管部门 authority");
    ROLES.put(Role.ROLE_DEVICE, "记录仪 device");
    ROLES.put(Role.ROLE_GATEWAY, "网关(代签服务) gateway");
  }

  private Words() {}

  /**
   * The value as it is written on a command line: {@code ROLE_LICENCE_HOLDER} is licence-holder.
   */
  static <E extends Enum<E> & ProtocolMessageEnum> String plain(E value) {
    String name = value.name();
    String prefix = prefix(value.getDeclaringClass());
    return (name.startsWith(prefix) ? name.substring(prefix.length()) : name)
        .toLowerCase(Locale.ROOT)
        .replace('_', '-');
  }

  static <E extends Enum<E> & ProtocolMessageEnum> @Nullable E parse(Class<E> type, String text) {
    String wanted = text.toLowerCase(Locale.ROOT).replace('_', '-');
    for (E value : type.getEnumConstants()) {
      if (isUsable(value) && plain(value).equals(wanted)) {
        return value;
      }
    }
    return null;
  }

  /**
   * As written after an option.
   *
   * @throws CommandException USAGE, with what there is
   */
  static <E extends Enum<E> & ProtocolMessageEnum> E choice(
      Class<E> type, String option, String text) {
    E value = parse(type, text);
    if (value == null) {
      throw CommandException.usage(
          option + ": no \"" + text + "\"", "There are " + all(type) + ".");
    }
    return value;
  }

  /**
   * The last millisecond of a day, as written after an option.
   *
   * @throws CommandException USAGE
   */
  static long endOfDay(String option, String date) {
    try {
      return LocalDate.parse(date).atTime(LocalTime.MAX).toInstant(CHINA).toEpochMilli();
    } catch (DateTimeException e) {
      throw CommandException.usage(option + ": no date: \"" + date + "\"", "As 2027-12-31.");
    }
  }

  /**
   * An instant, as written after an option: with an offset, or in China without one; a date alone
   * is the last millisecond of that day.
   *
   * @throws CommandException USAGE
   */
  static long instant(String option, String time) {
    try {
      Instant instant =
          time.indexOf('T') < 0 ? Instant.ofEpochMilli(endOfDay(option, time)) : withTime(time);
      if (instant.isAfter(LATEST)) {
        throw new DateTimeException("after " + LATEST);
      }
      return instant.toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw CommandException.usage(
          option + ": no time: \"" + time + "\"",
          "As 2026-03-02T12:00:00+08:00, 2026-03-02T04:00:00Z or 2026-03-02.");
    }
  }

  private static Instant withTime(String time) {
    TemporalAccessor parsed =
        DateTimeFormatter.ISO_DATE_TIME.parseBest(time, OffsetDateTime::from, LocalDateTime::from);
    return parsed instanceof LocalDateTime local
        ? local.toInstant(CHINA)
        : OffsetDateTime.from(parsed).toInstant();
  }

  static <E extends Enum<E> & ProtocolMessageEnum> String all(Class<E> type) {
    StringJoiner all = new StringJoiner(", ");
    for (E value : type.getEnumConstants()) {
      if (isUsable(value)) {
        all.add(plain(value));
      }
    }
    return all.toString();
  }

  private static <E extends Enum<E>> boolean isUsable(E value) {
    return !value.name().equals("UNRECOGNIZED") && !value.name().endsWith("_UNSPECIFIED");
  }

  /** {@code LineRole} has values that start with {@code LINE_ROLE_}. */
  private static String prefix(Class<?> type) {
    return type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT)
        + "_";
  }

  static String kind(int number) {
    Kind kind = Kind.forNumber(number);
    return kind == null ? "kind " + number : KINDS.getOrDefault(kind, plain(kind));
  }

  static String role(Role role) {
    return ROLES.getOrDefault(role, plain(role));
  }

  static String severity(FindingSeverity severity) {
    return switch (severity) {
      case FINDING_SEVERITY_URGENT -> "紧急 urgent";
      case FINDING_SEVERITY_SERIOUS -> "严重 serious";
      case FINDING_SEVERITY_ORDINARY -> "一般 ordinary";
      case FINDING_SEVERITY_NOTE -> "提示 note";
      case FINDING_SEVERITY_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String step(String step) {
    String chinese = STEPS.get(step);
    return chinese == null ? Paint.clean(step) : chinese + " " + step;
  }

  static String action(EventAction action) {
    return switch (action) {
      case EVENT_ACTION_ADD -> "新增 add";
      case EVENT_ACTION_OBSERVE -> "观察 observe";
      case EVENT_ACTION_DELETE -> "移除 delete";
      case EVENT_ACTION_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  static String verdict(TemperatureVerdict verdict) {
    return switch (verdict) {
      case TEMPERATURE_VERDICT_WITHIN -> "在限内 within limits";
      case TEMPERATURE_VERDICT_EXCURSION -> "超限 out of range";
      case TEMPERATURE_VERDICT_NO_DATA -> "无数据 no data";
      case TEMPERATURE_VERDICT_UNSPECIFIED, UNRECOGNIZED -> "未说明 not stated";
    };
  }

  static String form(CertificateForm form) {
    return switch (form) {
      case CERTIFICATE_FORM_2019 -> "2019";
      case CERTIFICATE_FORM_2021 -> "2021";
      case CERTIFICATE_FORM_2025_1 -> "2025 样式一";
      case CERTIFICATE_FORM_2025_2 -> "2025 样式二";
      case CERTIFICATE_FORM_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String basis(CommitmentBasis basis) {
    return switch (basis) {
      case COMMITMENT_BASIS_CONTROL -> "质量安全控制符合要求";
      case COMMITMENT_BASIS_OWN_TEST -> "自行检测合格";
      case COMMITMENT_BASIS_COMMISSIONED_TEST -> "委托检测合格";
      case COMMITMENT_BASIS_OWN_WORD -> "自我承诺";
      case COMMITMENT_BASIS_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String outcome(CustodyOutcome outcome) {
    return switch (outcome) {
      case CUSTODY_OUTCOME_ACCEPTED -> "收货 accepted";
      case CUSTODY_OUTCOME_REFUSED -> "拒收 refused";
      case CUSTODY_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String reason(CustodyReason reason) {
    return switch (reason) {
      case CUSTODY_REASON_TEMPERATURE -> "温度 temperature";
      case CUSTODY_REASON_NO_TEMPERATURE_RECORD -> "无温度记录 no temperature record";
      case CUSTODY_REASON_QUANTITY -> "数量 quantity";
      case CUSTODY_REASON_DAMAGE -> "破损 damage";
      case CUSTODY_REASON_DOCUMENTS -> "单据 documents";
      case CUSTODY_REASON_WRONG_GOODS -> "货物不符 wrong goods";
      case CUSTODY_REASON_EXPIRED -> "过期 expired";
      case CUSTODY_REASON_OTHER -> "其他 other";
      case CUSTODY_REASON_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }

  static String order(OrderType type) {
    return switch (type) {
      case ORDER_TYPE_STOP_SALE -> "停止销售 stop sale";
      case ORDER_TYPE_WITHDRAWAL -> "下架退市 withdrawal";
      case ORDER_TYPE_RECALL -> "召回 recall";
      case ORDER_TYPE_SUSPENSION -> "暂停销售使用 suspension";
      case ORDER_TYPE_UNSPECIFIED, UNRECOGNIZED -> "?";
    };
  }
}
