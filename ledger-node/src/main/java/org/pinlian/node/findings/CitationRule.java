// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.PublicPart;

/** A record that speaks of another by digest leads to that very record. */
final class CitationRule implements Rule {
  @Override
  public void look(Inquiry inquiry) {
    for (Touch touch : inquiry.touches()) {
      ByteString digest = cited(touch.told().part());
      if (digest != null && inquiry.evidence().cited(touch.told(), digest).isEmpty()) {
        inquiry.find(
            FindingKind.CITED_RECORD_UNKNOWN,
            List.of(touch.told()),
            "cited",
            HexFormat.of().formatHex(digest.toByteArray()),
            "stated_by",
            touch.signer());
      }
    }
  }

  /** Null where none is cited through a record line. Answers have a finding of their own. */
  private static @Nullable ByteString cited(PublicPart part) {
    return switch (part.getBodyCase()) {
      case VOIDING -> part.getVoiding().getRecord();
      case CORRECTION -> part.getCorrection().getRecord();
      case APPROVAL -> part.getApproval().getRecord();
      case ORDER_PROGRESS -> part.getOrderProgress().getOrder();
      case CUSTODY_CANCEL -> part.getCustodyCancel().getOffer();
      default -> null;
    };
  }
}
