// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pinlian.dossier.Story.Signer;
import org.pinlian.dossier.Story.StoryChain;
import org.pinlian.dossier.Story.StoryRecord;
import org.pinlian.dossier.Verdict.ProvenChain;
import org.pinlian.dossier.Verdict.Statement;
import org.pinlian.merkle.Hash;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Order;
import org.pinlian.v1.OrderStep;
import org.pinlian.v1.OrderType;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Role;

/**
 * An order on goods, and how it stands as far as the notices of a story tell: what whoever asks for
 * the goods must be told before anything else. Notices are always shown, whole chains of them and
 * to every reader, so a reader who was shown a story knows this much whatever else is withheld.
 *
 * @param on subjects of the story that the order is on, nearest first; keys where only those are
 *     shown
 * @param signer who ordered; null where withheld
 * @param since from when it is, or was, in effect; empty if it never was or that is withheld
 * @param approval the record that put it into effect, where it needed one
 * @param ending the record that ended it
 * @param ended when the ledger took that
 * @param mayApply whether it is about the whole lot or class of a unit asked for
 */
public record OrderStanding(
    RecordPlace place,
    Hash digest,
    Order body,
    List<String> on,
    @Nullable Signer signer,
    State state,
    Optional<Instant> since,
    Optional<RecordPlace> approval,
    Optional<RecordPlace> ending,
    Optional<Instant> ended,
    boolean mayApply) {
  private static final int UNDOING_DEPTH_MAX = 8;

  /** In effect before all else; recalls before other orders, the gravest first. */
  private static final Comparator<OrderStanding> ORDER =
      Comparator.comparing((OrderStanding order) -> order.state())
          .thenComparing(order -> order.body().getType() != OrderType.ORDER_TYPE_RECALL)
          .thenComparingInt(order -> order.body().getGrade())
          .thenComparing(OrderStanding::place);

  public OrderStanding {
    on = List.copyOf(on);
  }

  /** The same, said of other subjects. */
  public OrderStanding on(List<String> subjects) {
    return new OrderStanding(
        place, digest, body, subjects, signer, state, since, approval, ending, ended, mayApply);
  }

  /** How an order stands. */
  public enum State {
    IN_EFFECT,
    /** It needs another participant's approval (法制审核) and has none: it binds nobody yet. */
    WAITING,
    /** Closed by whoever gave it, or an authority. Recalled goods stay recalled. */
    CLOSED,
    /** Voided or corrected: it does not stand. */
    VOIDED
  }

  /** A notice, of a story or of a dossier. */
  private record Notice(
      RecordPlace place,
      Kind kind,
      Hash digest,
      @Nullable Signer signer,
      @Nullable Instant sequencedAt,
      boolean mayApply,
      @Nullable PublicPart part) {}

  /** The orders of a story, those in effect first. */
  public static List<OrderStanding> of(Story story) {
    Map<RecordPlace, List<String>> on = new LinkedHashMap<>();
    for (StoryChain chain : story.chains()) {
      for (RecordPlace place : chain.notices()) {
        on.computeIfAbsent(place, none -> new ArrayList<>()).add(chain.subject());
      }
    }
    List<Notice> notices = new ArrayList<>();
    for (RecordPlace place : on.keySet()) {
      story.record(place).ifPresent(record -> notices.add(notice(record)));
    }
    return of(notices, on);
  }

  /** The orders of a dossier, those in effect first. */
  public static List<OrderStanding> of(Verdict verdict) {
    Map<RecordPlace, List<String>> on = new LinkedHashMap<>();
    for (ProvenChain chain : verdict.chains()) {
      for (RecordPlace place : chain.notices()) {
        on.computeIfAbsent(place, none -> new ArrayList<>())
            .add(chain.subject().isEmpty() ? chain.key().hex() : chain.subject());
      }
    }
    List<Notice> notices = new ArrayList<>();
    for (Statement statement : verdict.statements()) {
      if (on.containsKey(statement.place())) {
        notices.add(notice(statement));
      }
    }
    return of(notices, on);
  }

  private static Notice notice(StoryRecord record) {
    return new Notice(
        record.place(),
        record.kind(),
        record.digest(),
        record.signer(),
        record.sequencedAt(),
        false,
        record.publicPart());
  }

  private static Notice notice(Statement statement) {
    return new Notice(
        statement.place(),
        statement.kind(),
        statement.digest(),
        statement.signer(),
        statement.sequencedAt(),
        statement.mayApply(),
        statement.publicPart());
  }

  private static List<OrderStanding> of(List<Notice> notices, Map<RecordPlace, List<String>> on) {
    Map<Hash, List<Notice>> about = new LinkedHashMap<>();
    for (Notice notice : notices) {
      Hash cited = cited(notice);
      if (cited != null) {
        about.computeIfAbsent(cited, none -> new ArrayList<>()).add(notice);
      }
    }
    List<OrderStanding> orders = new ArrayList<>();
    for (Notice notice : notices) {
      PublicPart part = notice.part();
      if (part != null && part.hasOrder()) {
        List<String> subjects = on.getOrDefault(notice.place(), List.of());
        orders.add(standing(notice, part.getOrder(), subjects, about));
      }
    }
    orders.sort(ORDER);
    return List.copyOf(orders);
  }

  private static OrderStanding standing(
      Notice notice, Order order, List<String> subjects, Map<Hash, List<Notice>> about) {
    @Nullable Notice approval = null;
    @Nullable Notice closing = null;
    for (Notice other : about.getOrDefault(notice.digest(), List.of())) {
      if (approval == null
          && approves(/* notice= */ other, /* order= */ notice)
          && undoing(other, about, 0) == null) {
        approval = other;
      }
      if (closing == null
          && closes(/* notice= */ other, /* order= */ notice)
          && undoing(other, about, 0) == null) {
        closing = other;
      }
    }
    @Nullable Notice undone = undoing(notice, about, 0);
    boolean approved = !order.getNeedsApproval() || approval != null;
    @Nullable Notice ending = undone != null ? undone : closing;
    State state = stateOf(undone != null, closing != null, approved);
    return new OrderStanding(
        notice.place(),
        notice.digest(),
        order,
        subjects,
        notice.signer(),
        state,
        approved ? since(order, approval) : Optional.empty(),
        Optional.ofNullable(approval).filter(none -> order.getNeedsApproval()).map(Notice::place),
        Optional.ofNullable(ending).map(Notice::place),
        ending == null ? Optional.empty() : Optional.ofNullable(ending.sequencedAt()),
        notice.mayApply());
  }

  private static State stateOf(boolean voided, boolean closed, boolean approved) {
    if (voided) {
      return State.VOIDED;
    }
    if (closed) {
      return State.CLOSED;
    }
    return approved ? State.IN_EFFECT : State.WAITING;
  }

  private static Optional<Instant> since(Order order, @Nullable Notice approval) {
    Instant ordered = Instant.ofEpochMilli(order.getOrderedAt());
    if (!order.getNeedsApproval()) {
      return Optional.of(ordered);
    }
    Instant approved = approval == null ? null : approval.sequencedAt();
    if (approved == null) {
      return Optional.empty();
    }
    return Optional.of(approved.isAfter(ordered) ? approved : ordered);
  }

  /** What a notice is about, by the digest that it cites. */
  private static @Nullable Hash cited(Notice notice) {
    PublicPart part = notice.part();
    if (part == null) {
      return null;
    }
    ByteString cited =
        switch (part.getBodyCase()) {
          case APPROVAL -> part.getApproval().getRecord();
          case VOIDING -> part.getVoiding().getRecord();
          case CORRECTION -> part.getCorrection().getRecord();
          case ORDER_PROGRESS -> part.getOrderProgress().getOrder();
          default -> ByteString.EMPTY;
        };
    return cited.size() == Hash.SIZE ? Hash.of(cited.toByteArray()) : null;
  }

  /** A warning is given where who approved is not shown: the ledger lets nobody approve twice. */
  private static boolean approves(Notice notice, Notice order) {
    if (notice.kind() != Kind.KIND_APPROVAL) {
      return false;
    }
    Signer approver = notice.signer();
    Signer signer = order.signer();
    return approver == null
        || signer == null
        || !approver.participant().equals(signer.participant());
  }

  private static boolean closes(Notice notice, Notice order) {
    PublicPart part = notice.part();
    return part != null
        && part.hasOrderProgress()
        && part.getOrderProgress().getStep() == OrderStep.ORDER_STEP_CLOSED
        && (isAuthority(notice) || isSame(notice, order));
  }

  /** The first notice that takes the record back and stands itself. */
  private static @Nullable Notice undoing(Notice record, Map<Hash, List<Notice>> about, int depth) {
    if (depth == UNDOING_DEPTH_MAX) {
      return null;
    }
    for (Notice notice : about.getOrDefault(record.digest(), List.of())) {
      boolean undoes =
          switch (notice.kind()) {
            case KIND_VOIDING -> isAuthority(notice) || isSame(notice, record);
            case KIND_CORRECTION -> isSame(notice, record);
            default -> false;
          };
      if (undoes && undoing(notice, about, depth + 1) == null) {
        return notice;
      }
    }
    return null;
  }

  /** Nobody whose signature is withheld takes a warning away. */
  private static boolean isAuthority(Notice notice) {
    Signer signer = notice.signer();
    return signer != null && signer.roles().contains(Role.ROLE_AUTHORITY);
  }

  private static boolean isSame(Notice notice, Notice record) {
    Signer signer = notice.signer();
    Signer other = record.signer();
    return signer != null && other != null && signer.participant().equals(other.participant());
  }
}
