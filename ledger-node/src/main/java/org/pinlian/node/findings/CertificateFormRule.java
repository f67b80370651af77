// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.trade.CertificateForms;
import org.pinlian.v1.CommitmentCertificate;

/** A certificate is given out on the form that is in force on that day. */
final class CertificateFormRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    for (Touch touch : inquiry.touches()) {
      if (!CertificateRule.isCertificateOf(touch)) {
        continue;
      }
      CommitmentCertificate certificate = touch.told().part().getCommitmentCertificate();
      CertificateForms.@Nullable Form form = CertificateForms.of(certificate.getForm());
      if (form != null && !form.isInForceOn(certificate.getIssuedOn())) {
        String until = form.inForceUntil();
        inquiry.find(
            FindingKind.CERTIFICATE_FORM_NOT_IN_FORCE,
            List.of(touch.told()),
            "form",
            form.name(),
            "issued_on",
            certificate.getIssuedOn(),
            "in_force_from",
            form.inForceFrom(),
            "in_force_until",
            until == null ? "still" : until);
      }
    }
  }
}
