// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static org.pinlian.record.FieldRulesTest.accepts;
import static org.pinlian.record.FieldRulesTest.refuses;

import com.google.protobuf.ByteString;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.pinlian.record.Samples.Sample;
import org.pinlian.v1.CertificateCheck;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.GateResult;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;

class CertificateCheckRulesTest {
  private static final String AT = "public_part.certificate_check.";

  private static Sample check(Consumer<CertificateCheck.Builder> change) {
    return Samples.of(Kind.KIND_CERTIFICATE_CHECK)
        .part(part -> change.accept(part.getCertificateCheckBuilder()));
  }

  /** One of a paper, which has no line. */
  private static Sample paper(Consumer<CertificateCheck.Builder> change) {
    return check(
            body -> {
              body.clearCertificate().setForm(CertificateForm.CERTIFICATE_FORM_2021);
              change.accept(body);
            })
        .without(LineRole.LINE_ROLE_CERTIFICATE);
  }

  @Test
  void needsAResultAndADay() {
    refuses(check(CertificateCheck.Builder::clearResult), AT + "result");
    refuses(check(body -> body.setResultValue(5)), AT + "result");
    refuses(check(CertificateCheck.Builder::clearCheckedOn), AT + "checked_on");
    refuses(check(body -> body.setCheckedOn("2026-02-29")), AT + "checked_on");
  }

  @Test
  void aCertificateOfThisLedgerHasADigestAndALine() {
    refuses(
        check(body -> body.setCertificate(ByteString.copyFrom(new byte[31]))), AT + "certificate");
    refuses(check(body -> {}).without(LineRole.LINE_ROLE_CERTIFICATE), AT + "certificate");
    refuses(
        paper(body -> {}).line(LineRole.LINE_ROLE_CERTIFICATE, Samples.CERTIFICATE),
        AT + "certificate");
    refuses(
        check(body -> {}).line(LineRole.LINE_ROLE_CERTIFICATE, Samples.CERTIFICATE + "-2"),
        "lines");
  }

  @Test
  void aPaperIsDescribedInstead() {
    accepts(paper(body -> body.setNumber("粤-7").setIssuer("示范竹笋合作社")));
    accepts(paper(body -> {}));
    refuses(paper(body -> body.setNumber("7").clearForm()), AT + "form");
    refuses(paper(body -> body.setFormValue(9)), AT + "form");
    refuses(check(body -> body.setNumber("7")), AT + "form");
    refuses(paper(CertificateCheck.Builder::clearForm), AT + "certificate");
  }

  @Test
  void withoutACertificateTheGateOpensOnAQuickTestOnly() {
    Sample tested =
        paper(body ->
            body.setResult(GateResult.GATE_RESULT_ABSENT_TESTED)
                .clearForm()
                .setQuickTest(Samples.DIGEST));
    accepts(tested);
    refuses(
        tested.part(part -> part.getCertificateCheckBuilder().clearQuickTest()), AT + "quick_test");
    refuses(
        paper(body ->
            body.setResult(GateResult.GATE_RESULT_ABSENT_TESTED).setQuickTest(Samples.DIGEST)),
        AT + "result");
    refuses(check(body -> body.setQuickTest(ByteString.copyFrom(new byte[33]))), AT + "quick_test");
  }

  @Test
  void aRefusalSaysWhy() {
    refuses(check(body -> body.setResult(GateResult.GATE_RESULT_REFUSED)), AT + "reason");
    accepts(check(body -> body.setResult(GateResult.GATE_RESULT_REFUSED).setReason("数量不符")));
    accepts(
        paper(
            body -> body.setResult(GateResult.GATE_RESULT_REFUSED).clearForm().setReason("无合格证")));
  }

  @Test
  void theGateIsNamedByItsCounty() {
    refuses(check(body -> body.getAreaBuilder().setRegion("44")), AT + "area.region");
    accepts(check(CertificateCheck.Builder::clearArea));
  }

  @Test
  void needsTheGoods() {
    refuses(check(body -> {}).without(LineRole.LINE_ROLE_OBJECT), "lines");
  }
}
