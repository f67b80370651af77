// SPDX-License-Identifier: Apache-2.0
package org.pinlian.trade;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.CertificateForm;

/**
 * 合格证式样 (domain.md B1). What a certificate commits to is a commitment, never an inspection's
 * result.
 */
public final class CertificateForms {
  private static final String ORDER_2025 = "农产品质量安全承诺达标合格证管理办法";

  public static final List<Form> ALL =
      List.of(
          new Form(
              CertificateForm.CERTIFICATE_FORM_2019,
              "食用农产品合格证",
              "2019-12-01",
              "2021-10-31",
              List.of("不使用禁限用农药兽药", "不使用非法添加物", "遵守农药安全间隔期、兽药休药期规定", "对承诺的真实性负责"),
              12,
              Source.known("全国试行食用农产品合格证制度实施方案", "农质发〔2019〕6号", Certainty.MEDIUM)),
          new Form(
              CertificateForm.CERTIFICATE_FORM_2021,
              "承诺达标合格证 (试行)",
              "2021-11-01",
              "2026-01-31",
              List.of("不使用禁用农药兽药、停用兽药和非法添加物", "常规农药兽药残留不超标", "对承诺的真实性负责"),
              6,
              Source.known("农办质〔2021〕16号", "", Certainty.HIGH)),
          new Form(
              CertificateForm.CERTIFICATE_FORM_2025_1,
              "承诺达标合格证 样式一",
              "2026-02-01",
              null,
              List.of("未使用禁用农药、兽药及其他化合物", "使用的常规农药、兽药残留不超标"),
              6,
              Source.read(ORDER_2025, "农业农村部令2025年第4号")),
          new Form(
              CertificateForm.CERTIFICATE_FORM_2025_2,
              "承诺达标合格证 样式二",
              "2026-02-01",
              null,
              List.of("已按规定收取并保存该批次农产品承诺达标合格证或者其他质量安全合格证明", "未违规使用保鲜剂、防腐剂、添加剂等"),
              6,
              Source.read(ORDER_2025, "农业农村部令2025年第4号")));

  private CertificateForms() {}

  /**
   * One form.
   *
   * @param inForceUntil the last day on which it could be given out; null while it is in force
   * @param commitments 承诺内容, as printed
   * @param keptMonths by whoever gave it out and whoever took it
   */
  public record Form(
      CertificateForm form,
      String title,
      String inForceFrom,
      @Nullable String inForceUntil,
      List<String> commitments,
      int keptMonths,
      Source source)
      implements Row {
    public Form {
      commitments = List.copyOf(commitments);
    }

    @Override
    public String name() {
      return form.name();
    }

    @Override
    public String words() {
      return title
          + ": "
          + String.join("; ", commitments)
          + " ("
          + inForceFrom
          + " – "
          + (inForceUntil == null ? "" : inForceUntil)
          + ", 保存 kept "
          + keptMonths
          + " 个月 months)";
    }

    /** Whether it could be given out on that day, written yyyy-mm-dd. */
    public boolean isInForceOn(String day) {
      return day.compareTo(inForceFrom) >= 0
          && (inForceUntil == null || day.compareTo(inForceUntil) <= 0);
    }
  }

  /** Null for what is no form. */
  public static @Nullable Form of(CertificateForm form) {
    for (Form row : ALL) {
      if (row.form() == form) {
        return row;
      }
    }
    return null;
  }
}
