// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.findings;

import java.util.Comparator;
import java.util.Optional;
import org.pinlian.v1.Approval;
import org.pinlian.v1.Kind;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.Role;

/**
 * What has become of an order, as of an instant: by what was stated about its record, not by
 * whether the goods are back.
 *
 * @param by the record that brought it about; the order itself where it holds, or waits, by itself
 */
public record OrderStanding(State state, Told by) {

  /** In which an order is. */
  public enum State {
    /** It needs another's approval and has none. */
    WAITING,
    IN_EFFECT,
    /** Whoever gave it, or an authority, closed it. */
    CLOSED,
    /** Somebody entitled to it voided or corrected it, whatever had become of it before. */
    VOIDED
  }

  /**
   * That of an order.
   *
   * @param related of which only what was stated about records is asked
   * @param asOf in milliseconds
   */
  public static OrderStanding of(Told order, Related related, long asOf) {
    Evidence evidence = new Evidence(related, asOf);
    Optional<Told> undoing = evidence.undoing(order);
    if (undoing.isPresent()) {
      return new OrderStanding(State.VOIDED, undoing.get());
    }
    Optional<Told> approval = approval(order, evidence);
    if (approval.isEmpty()) {
      return new OrderStanding(State.WAITING, order);
    }
    return closing(order, evidence)
        .map(closing -> new OrderStanding(State.CLOSED, closing))
        .orElseGet(() -> new OrderStanding(State.IN_EFFECT, approval.get()));
  }

  /** What brought a standing order into effect: the order itself where it needs no approval. */
  static Optional<Told> approval(Told order, Evidence evidence) {
    if (!order.part().getOrder().getNeedsApproval()) {
      return Optional.of(order);
    }
    for (Told notice : evidence.about(order)) {
      if (approves(notice, order) && evidence.isStanding(notice)) {
        return Optional.of(notice);
      }
    }
    return Optional.empty();
  }

  /** What closed an order first, of what stands: in the order in which it became known. */
  static Optional<Told> closing(Told order, Evidence evidence) {
    return evidence.about(order).stream()
        .filter(notice -> closes(notice, order) && evidence.isStanding(notice))
        .min(Comparator.comparingLong(Told::sequencedAt).thenComparing(Told::digest));
  }

  private static boolean approves(Told notice, Told order) {
    if (notice.kind() != Kind.KIND_APPROVAL || notice.signer().equals(order.signer())) {
      return false;
    }
    Approval approval = notice.part().getApproval();
    return order.hasDigest(approval.getRecord());
  }

  private static boolean closes(Told notice, Told order) {
    return notice.part().hasOrderProgress()
        && notice.part().getOrderProgress().getStep() == OrderStep.ORDER_STEP_CLOSED
        && order.hasDigest(notice.part().getOrderProgress().getOrder())
        && (notice.signer().equals(order.signer()) || notice.is(Role.ROLE_AUTHORITY));
  }
}
