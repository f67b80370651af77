// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import com.google.protobuf.ByteString;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.v1.GateResult;
import org.pinlian.v1.Goods;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.Product;
import org.pinlian.v1.Role;

/**
 * 承诺达标合格证 (domain.md B1): whoever collects farm products and sells them, and every market gate,
 * wants one for the very batch; never "the firm's latest". One that was voided is none.
 */
final class CertificateRule implements Rule {
  /** 农业农村部令2025年第4号 art. 3, as the trade writes it. */
  private static final Set<String> COMMITTED =
      Set.of("蔬菜", "食用菌", "水果", "茶鲜叶", "畜禽", "禽蛋", "养殖水产品", "水产品");

  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isLot() || !needsCertificate(inquiry)) {
      return;
    }
    Set<String> said = new HashSet<>();
    for (Touch touch : inquiry.touches()) {
      if (wantsCertificate(touch) && !isCovered(inquiry, touch)) {
        if (said.add(touch.signer())) {
          find(inquiry, touch);
        }
      }
    }
  }

  /** A harvest, a product of the list, or goods whose own records speak of certificates. */
  static boolean needsCertificate(Inquiry inquiry) {
    Optional<Product> product = inquiry.product();
    if (product.isPresent()) {
      return product.get().getGoods() == Goods.GOODS_FARM_PRODUCT
          || COMMITTED.contains(product.get().getCategory());
    }
    for (Touch touch : inquiry.evidence().all(inquiry.subject()).touches()) {
      switch (touch.told().kind()) {
        case KIND_CERTIFICATE_CHECK, KIND_FARM_RECORD, KIND_COMMITMENT_CERTIFICATE -> {
          return true;
        }
        case KIND_TRACE_EVENT -> {
          if (!touch.told().part().getTraceEvent().getItem().getHarvestedOn().isEmpty()) {
            return true;
          }
        }
        default -> {}
      }
    }
    return false;
  }

  /** At the gate of a market, and where a collector sells. */
  private static boolean wantsCertificate(Touch touch) {
    return switch (touch.deed()) {
      case ACCEPTS -> touch.told().is(Role.ROLE_MARKET);
      case OFFERS, SELLS, DISPATCHES ->
          touch.told().is(Role.ROLE_COLLECTOR)
              && !touch.told().is(Role.ROLE_PRODUCER)
              && !Movements.isReturn(touch.told(), Set.of());
      default -> false;
    };
  }

  private static boolean isCovered(Inquiry inquiry, Touch touch) {
    long end = touch.at();
    for (Touch other : inquiry.touches()) {
      if (isCertificateOf(other) && other.at() <= end) {
        return true;
      }
      if (other.told().kind() == Kind.KIND_CERTIFICATE_CHECK
          && other.at() <= end + Times.DAY_MILLIS
          && passes(inquiry, other)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A check of a certificate in this ledger is worth what that is worth; of a paper one, its word.
   */
  private static boolean passes(Inquiry inquiry, Touch check) {
    GateResult result = check.told().part().getCertificateCheck().getResult();
    if (result == GateResult.GATE_RESULT_ABSENT_TESTED) {
      return true;
    }
    return (result == GateResult.GATE_RESULT_COLLECTED || result == GateResult.GATE_RESULT_ACCEPTED)
        && voidedIn(inquiry, check) == null;
  }

  /** The certificate on the lot's own chain that a check cites, if it no longer stands. */
  private static @Nullable Told voidedIn(Inquiry inquiry, Touch check) {
    ByteString cited = check.told().part().getCertificateCheck().getCertificate();
    for (Touch touch : inquiry.evidence().all(inquiry.subject()).touches()) {
      if (touch.told().kind() == Kind.KIND_COMMITMENT_CERTIFICATE
          && touch.told().hasDigest(cited)
          && !inquiry.evidence().isStanding(touch.told())) {
        return touch.told();
      }
    }
    return null;
  }

  static boolean isCertificateOf(Touch touch) {
    return touch.told().kind() == Kind.KIND_COMMITMENT_CERTIFICATE
        && touch.has(LineRole.LINE_ROLE_OBJECT);
  }

  private static void find(Inquiry inquiry, Touch touch) {
    for (Touch other : inquiry.evidence().all(inquiry.subject()).touches()) {
      Optional<Told> undoing =
          isCertificateOf(other) ? inquiry.evidence().undoing(other.told()) : Optional.empty();
      if (undoing.isPresent() && undoing.get().at() <= touch.at()) {
        inquiry.find(
            FindingKind.VOIDED_CERTIFICATE_USED,
            List.of(other.told(), undoing.get(), touch.told()),
            "number",
            other.told().part().getCommitmentCertificate().getNumber(),
            "voided_at",
            Times.text(undoing.get().at()),
            "used_by",
            touch.signer(),
            "used_at",
            Times.text(touch.at()),
            "did",
            touch.deed().name());
        return;
      }
      if (undoing.isPresent()) {
        // It stood when the goods went, which is all that whoever took them could know.
        return;
      }
    }
    inquiry.find(
        FindingKind.CERTIFICATE_MISSING,
        List.of(touch.told()),
        "by",
        touch.signer(),
        "at",
        Times.text(touch.at()),
        "did",
        touch.deed().name(),
        "issued_later",
        issuedLater(inquiry, touch));
  }

  private static String issuedLater(Inquiry inquiry, Touch touch) {
    OptionalLong later = OptionalLong.empty();
    for (Touch other : inquiry.touches()) {
      if (isCertificateOf(other) && other.at() > touch.at() && later.isEmpty()) {
        later = OptionalLong.of(other.at());
      }
    }
    return later.isPresent() ? Times.day(later.getAsLong()).toString() : "none";
  }
}
