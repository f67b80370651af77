// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.List;
import org.pinlian.v1.Kind;

/** One number, one certificate: the chain of a certificate has one that stands. */
final class CertificateNumberRule implements Rule {
  private static final int RECORDS_MAX = 20;

  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isCertificate()) {
      return;
    }
    List<Touch> all =
        inquiry.touches().stream()
            .filter(touch -> touch.told().kind() == Kind.KIND_COMMITMENT_CERTIFICATE)
            .toList();
    if (all.size() > 1) {
      inquiry.find(
          FindingKind.CERTIFICATE_NUMBER_REUSED,
          all.stream().limit(RECORDS_MAX).map(Touch::told).toList(),
          "number",
          all.get(0).told().part().getCommitmentCertificate().getNumber(),
          "certificates",
          Integer.toString(all.size()));
    }
  }
}
