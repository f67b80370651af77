// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import org.pinlian.v1.CertificateCheck;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.LineRole;

/**
 * 收取、查验合格证: what was looked at, before goods were bought or let in. Either a certificate of this
 * ledger, which says itself what it says, or a paper, of which the check says what stood on it.
 */
final class CertificateCheckRules {
  private static final FieldPath AT = FieldPath.PUBLIC_PART.in("certificate_check");

  private final FieldChecks checks;
  private final LineTable lines;
  private final LineRules needed;

  CertificateCheckRules(FieldChecks checks, LineTable lines) {
    this.checks = checks;
    this.lines = lines;
    this.needed = new LineRules(checks, lines);
  }

  void check(CertificateCheck check) {
    needed.atLeastOneObject();
    needed.oneAtMost(LineRole.LINE_ROLE_CERTIFICATE);
    checks.requiredChoice(AT, "result", check.getResult());
    checks.requiredDate(AT, "checked_on", check.getCheckedOn());
    checks.optionalDigest(AT, "certificate", check.getCertificate());
    checks.choice(AT, "form", check.getForm());
    checks.name(AT, "number", check.getNumber());
    checks.name(AT, "issuer", check.getIssuer());
    checks.optionalDigest(AT, "quick_test", check.getQuickTest());
    if (check.hasArea()) {
      BodyRules.area(checks, AT.in("area"), check.getArea());
    }
    checks.text(AT, "reason", check.getReason());
    shown(check);
    switch (check.getResult()) {
      case GATE_RESULT_COLLECTED, GATE_RESULT_ACCEPTED -> {
        if (check.getCertificate().isEmpty() && !isPaper(check)) {
          checks.bad(AT, "certificate", "must be given, or the form of the paper");
        }
      }
      case GATE_RESULT_ABSENT_TESTED -> {
        if (check.getQuickTest().isEmpty()) {
          checks.missing(AT, "quick_test");
        }
        if (!check.getCertificate().isEmpty() || isPaper(check)) {
          checks.bad(AT, "result", "none was shown, and yet one is described");
        }
      }
      case GATE_RESULT_REFUSED -> {
        if (check.getReason().isEmpty()) {
          checks.missing(AT, "reason");
        }
      }
      // Said above to be missing or unknown.
      case GATE_RESULT_UNSPECIFIED, UNRECOGNIZED -> {}
    }
  }

  private void shown(CertificateCheck check) {
    boolean cited = !check.getCertificate().isEmpty();
    boolean named = lines.count(LineRole.LINE_ROLE_CERTIFICATE) > 0;
    if (cited && isPaper(check)) {
      checks.bad(AT, "form", "a certificate of this ledger says itself what it says");
    } else if (!cited
        && check.getForm() == CertificateForm.CERTIFICATE_FORM_UNSPECIFIED
        && isPaper(check)) {
      checks.missing(AT, "form");
    }
    if (cited != named) {
      checks.bad(
          AT,
          "certificate",
          "a certificate of this ledger has a digest here and a line of its own");
    }
  }

  private static boolean isPaper(CertificateCheck check) {
    return check.getForm() != CertificateForm.CERTIFICATE_FORM_UNSPECIFIED
        || !check.getNumber().isEmpty()
        || !check.getIssuer().isEmpty();
  }
}
