// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pinlian.merkle.Hash;
import org.pinlian.v1.CertificateCheck;
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

  /** What is known of the lot's certificates, gathered once. */
  private static final class Known {
    private final TreeSet<Long> issued = new TreeSet<>();
    private final Map<Told, Told> undone = new LinkedHashMap<>();
    private long checkedFrom = Long.MAX_VALUE;

    Known(Inquiry inquiry) {
      Evidence evidence = inquiry.evidence();
      for (Touch touch : evidence.all(inquiry.subject()).touches()) {
        if (isCertificateOf(touch)) {
          Optional<Told> undoing = evidence.undoing(touch.told());
          if (undoing.isEmpty()) {
            issued.add(touch.at());
          } else {
            undone.put(touch.told(), undoing.get());
          }
        }
      }
      Set<Hash> voided = new HashSet<>();
      undone.keySet().forEach(told -> voided.add(told.digest()));
      Set<Hash> tested = new HashSet<>();
      for (Touch touch : inquiry.touches()) {
        if (touch.told().kind() == Kind.KIND_INSPECTION && isGood(touch)) {
          tested.add(touch.told().digest());
        }
      }
      for (Touch touch : inquiry.touches()) {
        if (touch.told().kind() == Kind.KIND_CERTIFICATE_CHECK && passes(touch, voided, tested)) {
          // Both may have been at any time of the day.
          checkedFrom = Math.min(checkedFrom, touch.at() - Times.DAY_MILLIS);
        }
      }
    }

    boolean covers(Touch touch) {
      return (!issued.isEmpty() && issued.first() <= touch.at()) || checkedFrom <= touch.at();
    }
  }

  @Override
  public void look(Inquiry inquiry) {
    if (!inquiry.isLot() || !needsCertificate(inquiry)) {
      return;
    }
    Known known = new Known(inquiry);
    Set<String> said = new HashSet<>();
    for (Touch touch : inquiry.touches()) {
      if (wantsCertificate(touch) && !known.covers(touch) && said.add(touch.signer())) {
        find(inquiry, touch, known);
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

  private static boolean isGood(Touch touch) {
    return switch (touch.told().part().getInspection().getConclusion()) {
      case INSPECTION_CONCLUSION_NEGATIVE, INSPECTION_CONCLUSION_PASSED -> true;
      case INSPECTION_CONCLUSION_POSITIVE,
          INSPECTION_CONCLUSION_FAILED,
          INSPECTION_CONCLUSION_UNSPECIFIED,
          UNRECOGNIZED ->
          false;
    };
  }

  /**
   * A check of a certificate in this ledger is worth what that is worth; of a paper one, its word;
   * without one, a test of these very goods that found nothing.
   */
  private static boolean passes(Touch touch, Set<Hash> voided, Set<Hash> tested) {
    CertificateCheck check = touch.told().part().getCertificateCheck();
    return switch (check.getResult()) {
      case GATE_RESULT_ABSENT_TESTED ->
          check.getQuickTest().size() == Hash.SIZE
              && tested.contains(Hash.of(check.getQuickTest().toByteArray()));
      case GATE_RESULT_COLLECTED, GATE_RESULT_ACCEPTED ->
          check.getCertificate().size() != Hash.SIZE
              || !voided.contains(Hash.of(check.getCertificate().toByteArray()));
      case GATE_RESULT_REFUSED, GATE_RESULT_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  static boolean isCertificateOf(Touch touch) {
    return touch.told().kind() == Kind.KIND_COMMITMENT_CERTIFICATE
        && touch.has(LineRole.LINE_ROLE_OBJECT);
  }

  private static void find(Inquiry inquiry, Touch touch, Known known) {
    for (Map.Entry<Told, Told> one : known.undone.entrySet()) {
      Told certificate = one.getKey();
      Told undoing = one.getValue();
      if (undoing.at() <= touch.at()) {
        inquiry.find(
            FindingKind.VOIDED_CERTIFICATE_USED,
            List.of(certificate, undoing, touch.told()),
            "number",
            certificate.part().getCommitmentCertificate().getNumber(),
            "voided_at",
            Times.text(undoing.at()),
            "used_by",
            touch.signer(),
            "used_at",
            Times.text(touch.at()),
            "did",
            touch.deed().name());
        return;
      }
      if (certificate.at() <= touch.at()) {
        // It stood when the goods went, which is all that whoever took them could know.
        return;
      }
    }
    Long later = known.issued.higher(touch.at());
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
        later == null ? "none" : Times.day(later).toString());
  }
}
