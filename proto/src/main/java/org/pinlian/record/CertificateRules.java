// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.v1.CertificateForm;
import org.pinlian.v1.CommitmentBasis;
import org.pinlian.v1.CommitmentCertificate;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.RefusalCode;

/**
 * 承诺达标合格证 (domain.md B1). The forms of 2025 are held to the order in force; those of 2019 and 2021
 * come in by import only and are taken with what their paper said.
 */
final class CertificateRules {
  private static final FieldPath AT = FieldPath.PUBLIC_PART.in("commitment_certificate");

  private final FieldChecks checks;
  private final LineTable lines;

  CertificateRules(FieldChecks checks, LineTable lines) {
    this.checks = checks;
    this.lines = lines;
  }

  void check(CommitmentCertificate certificate) {
    checks.requiredChoice(AT, "form", certificate.getForm());
    checks.requiredName(AT, "number", certificate.getNumber());
    ParticipantId maker = certificateLine(certificate.getNumber());
    exactlyOne(LineRole.LINE_ROLE_OBJECT);
    checks.requiredName(AT, "product_name", certificate.getProductName());
    if (certificate.hasQuantity()) {
      TradeRules.publicQuantity(checks, AT.in("quantity"), certificate.getQuantity());
    } else {
      checks.missing(AT, "quantity");
    }
    checks.requiredText(AT, "origin", certificate.getOrigin());
    checks.region(AT, "region", certificate.getRegion());
    issuer(certificate, maker);
    checks.requiredDate(AT, "issued_on", certificate.getIssuedOn());
    bases(certificate);
    checks.names(AT, "tested_items", certificate.getTestedItemsList());
    parents(certificate);
  }

  /**
   * The number in the subject is the number on the paper. Whose it must be, the node's rules say.
   */
  private @Nullable ParticipantId certificateLine(String number) {
    exactlyOne(LineRole.LINE_ROLE_CERTIFICATE);
    int line = lines.first(LineRole.LINE_ROLE_CERTIFICATE);
    Subject subject = line < 0 ? null : lines.subject(line);
    if (subject == null || subject.kind() != Subject.Kind.CERTIFICATE) {
      return null;
    }
    if (!subject.number().equals(Optional.of(number))) {
      checks.refuse(
          "lines[" + line + "].subject",
          RefusalCode.BAD_SUBJECT,
          "must be urn:pinlian:certificate:{participant}:{number} with the number on the"
              + " certificate");
    }
    return subject.participant().orElse(null);
  }

  /** What is in a public part stays for ever, so a farmer's own name and telephone are kept out. */
  private void issuer(CommitmentCertificate certificate, @Nullable ParticipantId maker) {
    boolean person = maker != null && maker.scheme() == ParticipantId.Scheme.FARMER;
    if (person) {
      checks.name(AT, "issuer", certificate.getIssuer());
      if (!certificate.getContact().isEmpty()) {
        checks.bad(AT, "contact", "a natural person's goes to a personal section");
      }
    } else {
      checks.requiredName(AT, "issuer", certificate.getIssuer());
      checks.name(AT, "contact", certificate.getContact());
    }
  }

  private void bases(CommitmentCertificate certificate) {
    CertificateForm form = certificate.getForm();
    int seen = 0;
    boolean tested = false;
    for (int i = 0; i < certificate.getBasesCount() && !checks.isFull(); i++) {
      CommitmentBasis basis = certificate.getBases(i);
      FieldPath at = AT.in("bases", i);
      checks.requiredChoice(at, "", basis);
      if (basis == CommitmentBasis.UNRECOGNIZED) {
        continue;
      }
      if ((seen >>> basis.getNumber() & 1) == 1) {
        checks.bad(at, "", basis + " is given twice");
      }
      seen |= 1 << basis.getNumber();
      tested |=
          basis == CommitmentBasis.COMMITMENT_BASIS_OWN_TEST
              || basis == CommitmentBasis.COMMITMENT_BASIS_COMMISSIONED_TEST;
      if (form == CertificateForm.CERTIFICATE_FORM_2025_2) {
        checks.bad(at, "", "form 2025-2 states no basis");
      } else if (form == CertificateForm.CERTIFICATE_FORM_2025_1
          && basis == CommitmentBasis.COMMITMENT_BASIS_OWN_WORD) {
        checks.bad(at, "", "form 2025-1 has no such basis");
      }
    }
    boolean basisNeeded =
        form == CertificateForm.CERTIFICATE_FORM_2025_1
            || form == CertificateForm.CERTIFICATE_FORM_2021;
    if (basisNeeded && certificate.getBasesCount() == 0) {
      checks.missing(AT, "bases");
    }
    // 用什么药、检什么药: asked of the form in force; the older papers had no room for it.
    if (tested
        && form == CertificateForm.CERTIFICATE_FORM_2025_1
        && certificate.getTestedItemsCount() == 0) {
      checks.bad(AT, "tested_items", "a test as basis names the items tested");
    }
    if (!tested && certificate.getTestedItemsCount() > 0) {
      checks.bad(AT, "tested_items", "only with a test as basis");
    }
  }

  /** Form 2025-2 is given out on mixing and splitting, so it says from what; the others do not. */
  private void parents(CommitmentCertificate certificate) {
    int inputs = lines.count(LineRole.LINE_ROLE_INPUT);
    int numbers = certificate.getParentNumbersCount();
    checks.names(AT, "parent_numbers", certificate.getParentNumbersList());
    if (certificate.getForm() == CertificateForm.CERTIFICATE_FORM_2025_2) {
      if (inputs == 0 && numbers == 0) {
        checks.bad(AT, "parent_numbers", "form 2025-2 needs input lines or parent numbers");
      } else if (inputs > 0 && numbers > 0 && inputs != numbers) {
        checks.bad(
            AT,
            "parent_numbers",
            "one for each input line: " + numbers + " for " + inputs + " lines");
      }
      return;
    }
    if (numbers > 0) {
      checks.bad(AT, "parent_numbers", "only with form 2025-2");
    }
    if (inputs > 0) {
      checks.refuse("lines", RefusalCode.BAD_FIELD, "input lines only with form 2025-2");
    }
  }

  private void exactlyOne(LineRole role) {
    if (lines.count(role) != 1) {
      checks.refuse(
          "lines",
          RefusalCode.BAD_FIELD,
          "needs exactly 1 line of " + role + ", found " + lines.count(role));
    }
  }
}
